// SPDX-License-Identifier: GPL-2.0-only
#include "plan-windows.h"

#include "window-simulation.h"

#include "features/fluid-run.h"
#include "ns3/m3-control-description.h"
#include "ns3/m3-scenario.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace ns3::m3
{

namespace
{

constexpr double WHOLE_TRACE = 0.5;    //!< share of a trace's time from which all of it is simulated
constexpr double DEFAULT_BUDGET = 0.1; //!< of the trace's time,
constexpr double SHORT_BUDGET = 0.3;   //!< up to this where it has room for fewer than
constexpr double GOOD_WINDOWS = 24;
constexpr double MIN_WINDOWS = 8;        //!< of each kind; fewer have no interval that is worth giving
constexpr double ENOUGH_WINDOWS = 128;   //!< without a budget or target error of the user's,
constexpr double ENOUGH_FLOWS = 400'000; //!< nor more flows than these, with those of leads and tails
constexpr double SLOWER = 1.3;           //!< than by flowSim may flows be

/// Time from the first start of a trace to the last, ns, at least 1.
double SpanNs(const FlowList& flows)
{
    return std::max(1.0, static_cast<double>(flows.back().startNs - flows.front().startNs));
}

double RunNs(const WindowKind& kind, const FlowList& flows)
{
    return static_cast<double>(kind.leadNs + kind.tailNs) + WindowNs(kind, flows);
}

/// \param lengths of the tail that a window lasts, at least \param budget share of the trace's time for this kind
WindowKind
KindOf(const Scenario& scenario, double rttNs, double tailNs, double lengths, double budget, const WindowWishes& wishes)
{
    constexpr double LEAD_RTTS = 40;
    constexpr double LEAD_OF_TAIL = 0.3;
    constexpr double MEMORIES = 1.5; // of the congestion control,
    constexpr double TAILS = 4;      // but not long after nearly all flows of before are done
    constexpr double LOSSY_LEAD = 3; // times as long without PFC: timeouts take long
    constexpr double FLUID_LEAD = 4; // times as long, where flowSim says who is under way: it knows no queues
    const ControlDescription& control = ControlOf(scenario.Config().congestionControl);
    const double memory = control.memoryNs ? control.memoryNs(scenario.Resolved()) : 0;
    const double lead =
        std::max({LEAD_RTTS * rttNs, LEAD_OF_TAIL * tailNs, std::min(MEMORIES * memory, TAILS * tailNs)}) *
        (wishes.startsFromFluid ? FLUID_LEAD : 1) * (scenario.Config().pfc ? 1 : LOSSY_LEAD);
    const FlowList& flows = scenario.Flows();
    const double perNs = static_cast<double>(flows.size()) / SpanNs(flows);
    WindowKind kind{};
    kind.tailNs = static_cast<int64_t>(tailNs);
    kind.leadNs = wishes.leadNs > 0 ? wishes.leadNs : static_cast<int64_t>(lead);
    // after a long lead a window is worth as long a time, where the budget still has room for enough of them
    const double room = budget * SpanNs(flows) / MIN_WINDOWS - static_cast<double>(kind.leadNs + kind.tailNs);
    const double windowNs = std::max(lengths * tailNs, std::min(static_cast<double>(kind.leadNs), room));
    const double flowsOfWindow = std::clamp(windowNs * perNs, 1.0, static_cast<double>(flows.size()));
    kind.flows =
        std::min<uint64_t>(flows.size(),
                           wishes.flowsPerWindow > 0 ? wishes.flowsPerWindow : static_cast<uint64_t>(flowsOfWindow));
    return kind;
}

/// Tail that flows of size classes need of which many outlast another one, ns; 0: there are none.
double LongTailNs(const FlowList& flows, const FluidFcts& fluid, const SizeClasses& classes, double tailNs)
{
    constexpr double MANY = 0.05;         // flows of a class
    constexpr double ENDED = 0.97;        // of the flows of a class, by the end of its tail
    constexpr std::size_t MIN_FLOWS = 50; // of a class that are known
    std::vector<std::vector<double>> ofClass(classes.Count());
    for (std::size_t i = 0; i < fluid.fctsNs.size(); i++)
    {
        ofClass[classes.ClassOf(flows[fluid.first + i].sizeBytes)].push_back(SLOWER * fluid.fctsNs[i]);
    }
    double longest = 0;
    for (const std::vector<double>& fcts : ofClass)
    {
        const auto outlast = std::count_if(fcts.begin(), fcts.end(), [&](double fct) { return fct > tailNs; });
        if (fcts.size() >= MIN_FLOWS && static_cast<double>(outlast) > MANY * static_cast<double>(fcts.size()))
        {
            longest = std::max(longest, OrderStatistic(fcts, ENDED));
        }
    }
    return longest;
}

/// Number of windows of a kind that a share of a trace's time has room for.
double WindowsIn(double share, const WindowKind& kind, const FlowList& flows)
{
    return share * SpanNs(flows) / RunNs(kind, flows);
}

/// Number of windows of a kind that are enough. \param part of what is enough in all
double EnoughWindows(double part, const WindowKind& kind, const FlowList& flows)
{
    const double flowsPerNs = static_cast<double>(flows.size()) / SpanNs(flows);
    return part * std::min(ENOUGH_WINDOWS, ENOUGH_FLOWS / (RunNs(kind, flows) * flowsPerNs));
}

} // namespace

WindowPlan
PlanWindows(const Scenario& scenario, const FluidFcts& fluid, const SizeClasses& classes, const WindowWishes& wishes)
{
    constexpr double ENDED = 0.985; // of all flows, by the end of the tail
    constexpr double MIN_TAIL_RTTS = 40;
    constexpr double LENGTHS = 2;
    constexpr double LONG_LENGTHS = 1;
    constexpr double HALF = 0.5; // of the budget, for windows with a long tail
    constexpr double MAX_WINDOWS = 1e6;
    const FlowList& flows = scenario.Flows();
    const double rttNs = UnitRttNs(scenario.Fabric(), scenario.Routes(), scenario.Resolved());
    const double tail = std::max(MIN_TAIL_RTTS * rttNs, SLOWER * OrderStatistic(fluid.fctsNs, ENDED));
    double budget = wishes.budget > 0 ? wishes.budget : DEFAULT_BUDGET;
    WindowPlan plan{};
    plan.kinds.push_back(KindOf(scenario, rttNs, tail, LENGTHS, budget, wishes));
    const double good = GOOD_WINDOWS * RunNs(plan.kinds.front(), flows) / SpanNs(flows);
    if (wishes.budget == 0 && good > budget)
    {
        budget = std::min(good, SHORT_BUDGET);
        plan.kinds.front() = KindOf(scenario, rttNs, tail, LENGTHS, budget, wishes);
    }
    const double longTail = wishes.flowsPerWindow > 0 ? 0 : LongTailNs(flows, fluid, classes, tail);
    if (longTail > tail)
    {
        const WindowKind kind = KindOf(scenario, rttNs, longTail, LONG_LENGTHS, HALF * budget, wishes);
        if (WindowsIn(HALF * budget, kind, flows) >= MIN_WINDOWS)
        {
            plan.kinds.push_back(kind);
        }
    }
    const double part = 1.0 / static_cast<double>(plan.kinds.size());
    double windows = 0;
    double allowed = 0;
    for (WindowKind& kind : plan.kinds)
    {
        const double most = WindowsIn(part * budget, kind, flows);
        kind.share = std::max(MIN_WINDOWS, wishes.budget > 0 ? most : std::min(most, EnoughWindows(part, kind, flows)));
        windows += kind.share;
        allowed += most;
    }
    for (WindowKind& kind : plan.kinds)
    {
        kind.share /= windows;
    }
    const double most = std::min(MAX_WINDOWS, WHOLE_TRACE * SpanNs(flows) / MeanRunNs(plan, flows));
    plan.windows = wishes.windows > 0 ? wishes.windows : static_cast<uint32_t>(std::min(MAX_WINDOWS, windows));
    plan.maxWindows = std::max(
        plan.windows,
        !wishes.hasTargetError ? 0 : static_cast<uint32_t>(wishes.budget > 0 ? std::min(MAX_WINDOWS, allowed) : most));
    return plan;
}

WindowPlan CommonPlan(const std::vector<WindowPlan>& plans, const FlowList& flows, const WindowWishes& wishes)
{
    const auto hasFewer = [](const WindowPlan& a, const WindowPlan& b) { return a.kinds.size() < b.kinds.size(); };
    WindowPlan common = *std::max_element(plans.begin(), plans.end(), hasFewer);
    for (const WindowPlan& plan : plans)
    {
        for (std::size_t k = 0; k < plan.kinds.size(); k++)
        {
            WindowKind& kind = common.kinds[k];
            kind.leadNs = std::max(kind.leadNs, plan.kinds[k].leadNs);
            kind.tailNs = std::max(kind.tailNs, plan.kinds[k].tailNs);
            kind.flows = std::max(kind.flows, plan.kinds[k].flows);
        }
    }
    const WindowPlan& first = plans.front();
    const double factor = wishes.windows > 0 ? 1 : MeanRunNs(first, flows) / MeanRunNs(common, flows);
    const double atLeast = wishes.windows > 0 ? 1 : MIN_WINDOWS * static_cast<double>(common.kinds.size());
    const auto scaled = [&](uint32_t windows) { return static_cast<uint32_t>(std::max(atLeast, factor * windows)); };
    common.windows = scaled(first.windows);
    common.maxWindows = std::max(common.windows, scaled(first.maxWindows));
    return common;
}

double MeanRunNs(const WindowPlan& plan, const FlowList& flows)
{
    double mean = 0;
    for (const WindowKind& kind : plan.kinds)
    {
        mean += kind.share * RunNs(kind, flows);
    }
    return mean;
}

double WindowNs(const WindowKind& kind, const FlowList& flows)
{
    return static_cast<double>(kind.flows) / static_cast<double>(flows.size()) * SpanNs(flows);
}

bool IsNearlyWhole(const WindowPlan& plan, const FlowList& flows)
{
    return plan.windows * MeanRunNs(plan, flows) > WHOLE_TRACE * SpanNs(flows);
}

} // namespace ns3::m3
