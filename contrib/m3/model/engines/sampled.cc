// SPDX-License-Identifier: GPL-2.0-only
/*
 * The engine sampled: every packet of sampled windows of time, each of which begins with the flows that another engine
 * expects to be under way (sampled simulation with functional warming: Wunderlich et al., SMARTS, ISCA 2003). So the
 * work goes by the number of windows. Flows of the windows count such that the slowdowns that flowSim expects are as
 * frequent as in the trace.
 */
#include "built-in-engines.h"
#include "flows-in-transfer.h"
#include "kept-fluid-run.h"
#include "packet-traits.h"
#include "sampling-engine.h"
#include "window-simulation.h"

#include "core/text-format.h"
#include "features/fluid-run.h"
#include "ns3/m3-control-description.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-numbers.h"
#include "ns3/m3-scenario.h"
#include "packet/engine/replication.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <utility>

namespace ns3::m3
{

namespace
{

constexpr const char* PACKETS = "packet"; //!< the engine that simulates all of a short trace
constexpr const char* FLUID = "flowsim";  //!< the engine that windows begin from where another one has no answer
constexpr const char* NO_FLOWS = "empty"; //!< value of --start: windows begin on an idle network
constexpr double WHOLE_TRACE = 0.5;       //!< share of a trace's time from which all of it is simulated
constexpr uint32_t MIN_WINDOWS = 8;       //!< fewer have no interval that is worth giving
constexpr uint32_t ENOUGH_WINDOWS = 128;  //!< without a budget or target error of the user's,
constexpr double ENOUGH_FLOWS = 400'000;  //!< nor more flows than these, with those of leads and tails
constexpr double NS_PER_MS = 1e6;

// how far queueing may be off with a probability of 95 % because of what windows begin from: the same flows in windows
// and in the whole trace (docs/accuracy.md)
constexpr double ERROR_FROM_MODEL = 0.025;
constexpr double ERROR_FROM_FLUID = 0.06;

/// How much of a trace is simulated.
struct Budget
{
    double share = 0.1; //!< of the trace's time
    bool isSet = false; //!< by the user
};

class SampledEngine : public SamplingEngine
{
  public:
    explicit SampledEngine(const EngineInfo& info);

    std::future<void> LoadAhead() const override
    {
        return m_start == NO_FLOWS ? std::future<void>() : MakeEngine(m_start)->LoadAhead();
    }

    bool GivesPerFlow() const override
    {
        return false;
    }

    bool CanShare() const override
    {
        return true;
    }

    bool CanStop() const override
    {
        return true;
    }

  private:
    void DoPrepare(const Scenario& scenario, const Question& question) override;
    SlowdownReport DoRun(const Scenario& scenario, const Question& question) override;

    bool StartsFromFluid() const
    {
        return m_starter && m_starter->Info().name == FLUID;
    }

    double StartError() const
    {
        return StartsFromFluid() ? ERROR_FROM_FLUID : ERROR_FROM_MODEL;
    }

    WindowPlan PlanOf(const Scenario& scenario, const std::vector<double>& fctsNs) const;
    SlowdownReport RunAll(const Scenario& scenario, const Question& question) const;
    void AddWindowNotes(const Scenario& scenario,
                        const WindowPlan& plan,
                        const WindowSimulation& simulation,
                        SlowdownReport& report) const;

    uint32_t m_windows = 0;
    uint64_t m_flowsPerWindow = 0;
    uint64_t m_networkFlows = 5'000'000; // in half a minute and 3 GB
    int64_t m_leadNs = 0;
    Budget m_budget;
    std::string m_start = "m3";
    std::unique_ptr<Engine> m_starter;
    std::string m_whyOther; //!< why windows do not begin from the engine that was asked for
    KeptFluidRun m_run;
};

SampledEngine::SampledEngine(const EngineInfo& info)
    : SamplingEngine(info)
{
    AddOption("windows", "number of windows of time to sample", m_windows, CountOption(1));
    AddOption("flows-per-window", "number of successive flows of a window", m_flowsPerWindow, CountOption(1));
    AddTargetErrorOption();
    AddOption("budget",
              "share of the trace's time that sampled simulates (default: 10%, at most 128 windows and 400,000 flows; "
              "with a target error "
              "as much as it needs)",
              "SHARE",
              "",
              [this](const std::string& text)
              {
                  m_budget = {ParseProbability("--budget", text), true};
                  if (m_budget.share == 0)
                  {
                      throw InputError("the budget must be above 0");
                  }
              });
    AddOption("network-flows",
              "number of flows up to which flowSim runs over the whole trace; beyond, for each window",
              m_networkFlows,
              CountOption());
    AddOption(
        "lead",
        "time that sampled simulates before each window (default: 0.3 of the tail, at least 40 base RTTs; more without "
        "PFC, and where flowsim says who is under way)",
        "TIME",
        "",
        [this](const std::string& text) { m_leadNs = std::max<int64_t>(1, ParseTimeNs("--lead", text)); });
    AddOption("start",
              "engine that says which flows are under way when a window of sampled begins: m3, flowsim; or empty",
              "NAME",
              m_start,
              [this](const std::string& name)
              {
                  m_start = name == NO_FLOWS ? name : FindEngine(name).name;
                  m_starter.reset();
              });
}

void SampledEngine::DoPrepare(const Scenario& scenario, const Question& question)
{
    if (scenario.Config().mode != EngineMode::STANDARD)
    {
        throw InputError("the engine " + Info().name + " simulates packets in standard mode only");
    }
    m_whyOther.clear();
    if (m_start == NO_FLOWS)
    {
        m_starter.reset();
        return;
    }
    if (!m_starter || m_starter->Info().name != m_start)
    {
        m_starter = MakeEngine(m_start);
    }
    if (!m_starter->GivesFctsOf())
    {
        throw InputError("--start: the engine " + m_start + " does not say how long single flows take");
    }
    try
    {
        m_starter->FctsOf(scenario, Alone(question), FluidRun(), {});
    }
    catch (const InputError& error)
    {
        if (m_start == FLUID)
        {
            throw;
        }
        m_whyOther = error.what();
        m_starter = MakeEngine(FLUID);
    }
}

/// Lead and tail go by base RTTs and by how long flows take; a window lasts twice as long as its tail.
/// \param fctsNs of flows of the trace by flowSim
WindowPlan SampledEngine::PlanOf(const Scenario& scenario, const std::vector<double>& fctsNs) const
{
    constexpr double LEAD_RTTS = 40;
    constexpr double LEAD_OF_TAIL = 0.3;
    constexpr double MEMORIES = 1.5; // of the congestion control,
    constexpr double TAILS = 4;      // but not long after nearly all flows of before are done
    constexpr double LOSSY_LEAD = 3; // times as long without PFC: timeouts take long
    constexpr double FLUID_LEAD = 4; // times as long, where flowSim says who is under way: it knows no queues
    constexpr double ENDED = 0.985;  // of the flows, by the end of the tail
    constexpr double SLOWER = 1.3;   // than by flowSim
    constexpr double MIN_TAIL_RTTS = 40;
    const FlowList& flows = scenario.Flows();
    const double rttNs = UnitRttNs(scenario.Fabric(), scenario.Routes(), scenario.Resolved());
    WindowPlan plan{};
    const double tail = std::max(MIN_TAIL_RTTS * rttNs, SLOWER * OrderStatistic(fctsNs, ENDED));
    const ControlDescription& control = ControlOf(scenario.Config().congestionControl);
    const double memory = control.memoryNs ? control.memoryNs(scenario.Resolved()) : 0;
    const double lead = std::max({LEAD_RTTS * rttNs, LEAD_OF_TAIL * tail, std::min(MEMORIES * memory, TAILS * tail)}) *
                        (StartsFromFluid() ? FLUID_LEAD : 1) * (scenario.Config().pfc ? 1 : LOSSY_LEAD);
    plan.tailNs = static_cast<int64_t>(tail);
    plan.leadNs = m_leadNs > 0 ? m_leadNs : static_cast<int64_t>(lead);
    const auto span = static_cast<double>(flows.back().startNs - flows.front().startNs);
    const double perNs = static_cast<double>(flows.size()) / std::max(1.0, span);
    const auto around = static_cast<double>(plan.leadNs + plan.tailNs);
    const uint64_t flowsOfWindow =
        m_flowsPerWindow > 0 ? m_flowsPerWindow : static_cast<uint64_t>(std::max(1.0, 2 * tail * perNs));
    plan.flows = std::min<uint64_t>(flowsOfWindow, flows.size());
    const double each = around + static_cast<double>(plan.flows) / perNs;
    const auto most = static_cast<uint32_t>(std::min(1e6, WHOLE_TRACE * span / each));
    const auto allowed = static_cast<uint32_t>(std::min(1e6, m_budget.share * span / each));
    const auto enough = static_cast<uint32_t>(std::min<double>(ENOUGH_WINDOWS, ENOUGH_FLOWS / (each * perNs)));
    plan.windows =
        m_windows > 0 ? m_windows : std::max(MIN_WINDOWS, m_budget.isSet ? allowed : std::min(allowed, enough));
    plan.maxWindows = std::max(plan.windows, !HasTargetError() ? 0 : m_budget.isSet ? allowed : most);
    return plan;
}

/// A trace too short for windows: every packet of it.
SlowdownReport SampledEngine::RunAll(const Scenario& scenario, const Question& question) const
{
    if (!IsFirst(question))
    {
        return EmptyReport(scenario, question);
    }
    SlowdownReport report = MakeEngine(PACKETS)->Run(scenario, Alone(question));
    report.SetEngine(Info().name);
    report.AddNote("the trace is too short to sample windows: all of its packets are simulated");
    return report;
}

void SampledEngine::AddWindowNotes(const Scenario& scenario,
                                   const WindowPlan& plan,
                                   const WindowSimulation& simulation,
                                   SlowdownReport& report) const
{
    uint64_t counted = 0;
    uint64_t cut = 0;
    uint64_t gaveUp = 0;
    uint64_t underWay = 0;
    for (const WindowOutcome& window : simulation.Outcomes())
    {
        counted += window.flows.size();
        cut += window.cut;
        gaveUp += window.gaveUp;
        underWay += window.underWay;
    }
    const auto windows = static_cast<double>(simulation.Outcomes().size());
    const FlowList& flows = scenario.Flows();
    const auto span = static_cast<double>(flows.back().startNs - flows.front().startNs);
    const double window = static_cast<double>(plan.flows) / static_cast<double>(flows.size()) * span;
    const double simulated = windows * (window + static_cast<double>(plan.leadNs + plan.tailNs)) / span;
    report.AddNote(FormatText("%.0f windows of %s flows and %.2f ms, with a lead of %.2f ms and a tail of %.2f ms: "
                              "%.1f %% of the trace's time; %s flows count",
                              windows,
                              CountText(plan.flows).c_str(),
                              window / NS_PER_MS,
                              static_cast<double>(plan.leadNs) / NS_PER_MS,
                              static_cast<double>(plan.tailNs) / NS_PER_MS,
                              100 * simulated,
                              CountText(counted).c_str()));
    if (!m_whyOther.empty())
    {
        report.AddNote(m_whyOther + ": windows begin with the flows that " + FLUID + " has under way");
    }
    if (m_starter)
    {
        report.AddNote(FormatText("each begins with the flows that %s expects to be under way, %.0f on average",
                                  m_starter->Info().name.c_str(),
                                  static_cast<double>(underWay) / windows));
    }
    else
    {
        report.WithholdIntervals("each begins on an idle network: flows under way are missing");
    }
    if (cut > 0)
    {
        report.AddNote(FormatText("%s of the flows were in transfer when their run ended: the rest of each is taken "
                                  "to go on at its rate in the tail",
                                  CountText(cut).c_str()));
    }
    if (gaveUp > 0)
    {
        report.AddNote(CountText(gaveUp) + " flows of the windows gave up and are left out");
    }
    if (simulation.Expected().empty())
    {
        report.AddNote(
            "the trace is long: flowSim ran around the windows alone, so that flows are weighted by their size "
            "class alone");
    }
    if (const std::string check = simulation.CheckOfStarter(); !check.empty())
    {
        report.AddNote(check);
    }
}

SlowdownReport SampledEngine::DoRun(const Scenario& scenario, const Question& question)
{
    const FlowList& flows = scenario.Flows();
    const auto run = flows.size() > m_networkFlows ? nullptr : m_run.Of(scenario, question);
    const WindowPlan plan = PlanOf(scenario, run ? run->fluidFctNs : FluidFctsOfPart(scenario));
    const auto span = static_cast<double>(flows.back().startNs - flows.front().startNs);
    const double each = static_cast<double>(plan.leadNs + plan.tailNs) +
                        static_cast<double>(plan.flows) / static_cast<double>(flows.size()) * span;
    if (plan.windows * each > WHOLE_TRACE * span)
    {
        return RunAll(scenario, question);
    }
    bool isStopped = false;
    Question asked = question;
    asked.stop = [&]
    {
        isStopped = isStopped || question.IsToStop();
        return isStopped;
    };
    WindowSimulation simulation(scenario, asked, m_starter.get(), run);
    uint64_t wanted = 0;
    const auto estimate = [&](uint64_t windows)
    {
        SlowdownReport report = EmptyReport(scenario, question);
        wanted = windows;
        simulation.RunUpTo(
            SpreadWindows(flows, plan, static_cast<uint32_t>(windows), SeedOfReplication(question.seed)));
        if (IsFirst(question))
        {
            AddWindows(flows, simulation.Outcomes(), simulation.Expected(), report);
            report.SetQueueingError(StartError());
        }
        return report;
    };
    SlowdownReport report =
        EstimateUntilPrecise(asked, plan.windows, plan.maxWindows, estimate, [](SlowdownReport& of) { of.Finish(); });
    if (!IsFirst(question))
    {
        return report;
    }
    if (isStopped)
    {
        const std::size_t done = simulation.Outcomes().size();
        report.AddNote("stopped after " + std::to_string(done) +
                       (done < wanted ? " of " + std::to_string(wanted) + " windows"
                                      : " windows, before the target error was reached"));
    }
    AddWindowNotes(scenario, plan, simulation, report);
    return report;
}

} // namespace

std::vector<EngineEntry> SampledEngines()
{
    EngineInfo info;
    info.name = "sampled";
    info.text = "every packet of sampled windows of time, begun with the flows that an estimate has under way";
    info.takes = PACKET_TRAITS.With({Trait::LINK_ERRORS});
    info.usesThreads = true;
    return {MakeEngineEntry<SampledEngine>(info)};
}

} // namespace ns3::m3
