// SPDX-License-Identifier: GPL-2.0-only
#include "flows-in-transfer.h"

#include "fluid-lead.h"

#include "core/in-order.h"
#include "features/fluid-run.h"
#include "ns3/m3-engine.h"
#include "ns3/m3-scenario.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

namespace ns3::m3
{

namespace
{

/// How long the slowest flow takes by flowSim, ns.
double LongestNs(const FluidRun& run)
{
    return run.fluidFctNs.empty() ? 0 : *std::max_element(run.fluidFctNs.begin(), run.fluidFctNs.end());
}

/// Flows of a list that start before a time and may be in transfer then, ascending. \param longestNs of the run
std::vector<uint32_t> FlowsNear(const FlowList& flows, const FluidRun& run, double longestNs, int64_t timeNs)
{
    constexpr double SLOWEST = 8;          // few flows take so many times as long as by flowSim,
    constexpr double BESIDES_NS = 100'000; // or longer than that beside what flowSim does not know
    std::vector<uint32_t> near;
    const int64_t earliest = timeNs - static_cast<int64_t>(SLOWEST * longestNs + BESIDES_NS) - 1;
    for (uint32_t id = FirstFrom(flows, earliest); id < flows.size() && flows[id].startNs < timeNs; id++)
    {
        if (static_cast<double>(timeNs - flows[id].startNs) < SLOWEST * run.fluidFctNs[id] + BESIDES_NS)
        {
            near.push_back(id);
        }
    }
    return near;
}

/// Flows near a time that take longer than up to it. \param asked ascending, holds all of `near` \param fcts of these
std::vector<FlowInTransfer> InTransfer(const FlowList& flows,
                                       const FluidRun& run,
                                       const std::vector<uint32_t>& near,
                                       const std::vector<uint32_t>& asked,
                                       const std::vector<double>& fcts,
                                       int64_t timeNs)
{
    constexpr double NS_PER_S = 1e9;
    std::vector<FlowInTransfer> inTransfer;
    for (const uint32_t id : near)
    {
        const auto elapsed = static_cast<double>(timeNs - flows[id].startNs);
        const auto place = std::lower_bound(asked.begin(), asked.end(), id) - asked.begin();
        const double fct = fcts[static_cast<std::size_t>(place)];
        if (elapsed < fct)
        {
            inTransfer.push_back({id, elapsed / fct, run.fluid.flows[id].bits / fct * NS_PER_S});
        }
    }
    return inTransfer;
}

/// Flows of a trace around a window, with a run of flowSim over them.
struct PartOfTrace
{
    FlowList flows;
    std::vector<uint32_t> ids; //!< in the trace
    FluidRun run;
};

FluidRun RunOfPart(const Scenario& scenario, const FlowList& flows, const std::vector<uint32_t>& ids)
{
    const auto routeOf = [&](std::size_t i, Route& route) {
        scenario.Routes().DataRoute({flows[i].src, flows[i].dst, ids[i]}, route);
    };
    FabricFluid fluid =
        MakeFabricFluid(scenario.Fabric(), routeOf, flows, scenario.Config().Format(), scenario.Config().mode);
    TellClasses(scenario.Fabric(), scenario.Config(), flows, fluid);
    return RecordFluidRun(std::move(fluid));
}

PartOfTrace PartAround(const Scenario& scenario, const SampledWindow& window, const FluidLead& lead)
{
    const FlowList& trace = scenario.Flows();
    const int64_t allFrom = window.beginNs - static_cast<int64_t>(lead.allNs);
    const uint32_t all = FirstFrom(trace, allFrom);
    const uint32_t end = FirstFrom(trace, window.stopNs);
    PartOfTrace part;
    for (uint32_t id = FirstFrom(trace, window.beginNs - static_cast<int64_t>(lead.elephantNs)); id < end; id++)
    {
        if (id >= all || trace[id].sizeBytes >= lead.elephantBytes)
        {
            part.flows.push_back(trace[id]);
            part.ids.push_back(id);
        }
    }
    part.run = RunOfPart(scenario, part.flows, part.ids);
    part.run.loadFromNs = static_cast<double>(allFrom);
    return part;
}

} // namespace

std::vector<std::vector<FlowInTransfer>> FlowsInTransfer(const Scenario& scenario,
                                                         const Question& question,
                                                         Engine& starter,
                                                         const FluidRun& run,
                                                         const std::vector<SampledWindow>& windows)
{
    std::vector<std::vector<uint32_t>> near;
    std::vector<uint32_t> all;
    const double longestNs = LongestNs(run);
    for (const SampledWindow& window : windows)
    {
        near.push_back(FlowsNear(scenario.Flows(), run, longestNs, window.beginNs));
        all.insert(all.end(), near.back().begin(), near.back().end());
    }
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    const std::vector<double> fcts = starter.FctsOf(scenario, question, run, all);
    std::vector<std::vector<FlowInTransfer>> inTransfer;
    for (std::size_t w = 0; w < windows.size(); w++)
    {
        inTransfer.push_back(InTransfer(scenario.Flows(), run, near[w], all, fcts, windows[w].beginNs));
    }
    return inTransfer;
}

std::vector<std::vector<FlowInTransfer>> FlowsInTransferByParts(const Scenario& scenario,
                                                                const Question& question,
                                                                Engine& starter,
                                                                const std::vector<SampledWindow>& windows)
{
    const FluidLead lead = FluidLeadOf(scenario);
    std::vector<std::vector<FlowInTransfer>> inTransfer;
    InOrder(
        windows.size(),
        ThreadCount(question.threads),
        [&](std::size_t w) { return PartAround(scenario, windows[w], lead); },
        [&](std::size_t w, const PartOfTrace& part)
        {
            const Scenario around(scenario, part.flows);
            const int64_t begin = windows[w].beginNs;
            const std::vector<uint32_t> near = FlowsNear(part.flows, part.run, LongestNs(part.run), begin);
            const std::vector<double> fcts = starter.FctsOf(around, question, part.run, near);
            inTransfer.push_back(InTransfer(part.flows, part.run, near, near, fcts, begin));
            for (FlowInTransfer& flow : inTransfer.back())
            {
                flow.flow = part.ids[flow.flow];
            }
        });
    return inTransfer;
}

FluidFcts FluidFctsOfPart(const Scenario& scenario)
{
    constexpr std::size_t MAX_FLOWS = 100'000;
    const FlowList& trace = scenario.Flows();
    const std::size_t count = std::min(MAX_FLOWS, trace.size());
    const std::size_t first = (trace.size() - count) / 2;
    PartOfTrace part;
    for (std::size_t id = first; id < first + count; id++)
    {
        part.flows.push_back(trace[id]);
        part.ids.push_back(static_cast<uint32_t>(id));
    }
    return {static_cast<uint32_t>(first), RunOfPart(scenario, part.flows, part.ids).fluidFctNs};
}

} // namespace ns3::m3
