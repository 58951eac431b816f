// SPDX-License-Identifier: GPL-2.0-only
/*
 * The engine sampled: every packet of sampled windows of time, each of which begins with the flows that another engine
 * expects to be under way (sampled simulation with functional warming: Wunderlich et al., SMARTS, ISCA 2003). So the
 * work goes by the number of windows. Flows of the windows count such that the slowdowns that flowSim expects are as
 * frequent as in the trace.
 */
#include "built-in-engines.h"
#include "kept-fluid-run.h"
#include "packet-traits.h"
#include "sampling-engine.h"
#include "window-share.h"
#include "windows-by-packets.h"

#include "core/in-order.h"
#include "core/text-format.h"
#include "features/fluid-run.h"
#include "ns3/m3-estimate-share.h"
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
constexpr uint32_t ENOUGH_WINDOWS = 64;   //!< without a budget or target error of the user's
constexpr double NS_PER_MS = 1e6;

/// The k-th smallest value for k = p (n - 1). \pre values is not empty
double OrderStatistic(std::vector<double> values, double p)
{
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(p * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), at, values.end());
    return *at;
}

/// The question for an engine that this process alone asks.
Question Alone(Question question)
{
    question.share = nullptr;
    return question;
}

bool IsFirst(const Question& question)
{
    return !question.share || question.share->Rank() == 0;
}

/// How much of a trace is simulated.
struct Budget
{
    double share = 0.1; //!< of the trace's time
    bool isSet = false; //!< by the user
};

/// Windows of a scenario, simulated one after the other, with what they begin from.
class WindowSimulation
{
  public:
    /// \param starter engine that says who is under way; null: nobody \param run of flowSim over all flows
    WindowSimulation(const Scenario& scenario,
                     const Question& question,
                     Engine* starter,
                     std::shared_ptr<const FluidRun> run);

    /// Slowdowns that flowSim expects, one per flow.
    const std::vector<float>& Expected() const
    {
        return m_expected;
    }

    /// Simulates windows of a sequence from those on that are done, until the question's stop says so.
    /// \throws InputError if it does before the first one
    void RunUpTo(const std::vector<TimeWindow>& windows);

    /// Outcomes of the windows that are done; on other ranks than 0 nothing.
    const std::vector<WindowOutcome>& Outcomes() const
    {
        return m_outcomes;
    }

    /// How far the starter is off on flows of the windows at p50 and p99, as a line for people; "" if it is not asked.
    std::string CheckOfStarter() const;

  private:
    void Tell(std::size_t done, std::size_t all) const
    {
        if (m_question.progress)
        {
            m_question.progress(done, all);
        }
    }

    std::vector<std::vector<uint32_t>> FlowsNear(const std::vector<TimeWindow>& windows) const;
    std::vector<std::vector<FlowInTransfer>> InTransfer(const std::vector<TimeWindow>& windows) const;

    const Scenario& m_scenario;
    const Question& m_question;
    Engine* m_starter;
    std::shared_ptr<const FluidRun> m_run;
    RdmaConfig m_config;
    std::vector<float> m_expected;
    std::vector<WindowOutcome> m_outcomes;
    std::size_t m_windows = 0; //!< that are done, by all processes
};

WindowSimulation::WindowSimulation(const Scenario& scenario,
                                   const Question& question,
                                   Engine* starter,
                                   std::shared_ptr<const FluidRun> run)
    : m_scenario(scenario),
      m_question(question),
      m_starter(starter),
      m_run(std::move(run)),
      m_config(ConfigOfReplication(scenario.Resolved()))
{
    const FlowList& flows = scenario.Flows();
    m_expected.reserve(flows.size());
    for (std::size_t id = 0; id < flows.size(); id++)
    {
        const UncongestedFct alone = UncongestedFctOf(scenario.Fabric(), flows, m_run->fluid, id);
        m_expected.push_back(static_cast<float>(alone.Slowdown(m_run->fluidFctNs[id])));
    }
}

/// Flows that may be in transfer when windows begin, per window ascending.
std::vector<std::vector<uint32_t>> WindowSimulation::FlowsNear(const std::vector<TimeWindow>& windows) const
{
    constexpr double SLOWEST = 8;          // few flows take so many times as long as by flowSim,
    constexpr double BESIDES_NS = 100'000; // or longer than that beside what flowSim does not know
    const FlowList& flows = m_scenario.Flows();
    std::vector<std::vector<uint32_t>> near(windows.size());
    for (std::size_t w = 0; w < windows.size(); w++)
    {
        for (uint32_t id = 0; id < flows.size() && flows[id].startNs < windows[w].beginNs; id++)
        {
            const auto elapsed = static_cast<double>(windows[w].beginNs - flows[id].startNs);
            if (elapsed < SLOWEST * m_run->fluidFctNs[id] + BESIDES_NS)
            {
                near[w].push_back(id);
            }
        }
    }
    return near;
}

/// The flows that the starter expects to be in transfer when windows begin, per window ascending.
std::vector<std::vector<FlowInTransfer>> WindowSimulation::InTransfer(const std::vector<TimeWindow>& windows) const
{
    constexpr double NS_PER_S = 1e9;
    std::vector<std::vector<FlowInTransfer>> inTransfer(windows.size());
    if (!m_starter)
    {
        return inTransfer;
    }
    const std::vector<std::vector<uint32_t>> near = FlowsNear(windows);
    std::vector<uint32_t> all;
    for (const std::vector<uint32_t>& ofWindow : near)
    {
        all.insert(all.end(), ofWindow.begin(), ofWindow.end());
    }
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    const std::vector<double> fcts = m_starter->FctsOf(m_scenario, Alone(m_question), *m_run, all);
    for (std::size_t w = 0; w < windows.size(); w++)
    {
        for (const uint32_t id : near[w])
        {
            const auto elapsed = static_cast<double>(windows[w].beginNs - m_scenario.Flows()[id].startNs);
            const auto place = std::lower_bound(all.begin(), all.end(), id) - all.begin();
            const double fct = fcts[static_cast<std::size_t>(place)];
            if (elapsed < fct)
            {
                inTransfer[w].push_back({id, elapsed / fct, m_run->fluid.flows[id].bits / fct * NS_PER_S});
            }
        }
    }
    return inTransfer;
}

void WindowSimulation::RunUpTo(const std::vector<TimeWindow>& windows)
{
    const std::size_t done = m_windows;
    if (done == 0 && m_question.IsToStop())
    {
        throw InputError("stopped before the first window was done");
    }
    const std::vector<std::vector<FlowInTransfer>> underWay =
        InTransfer({windows.begin() + static_cast<std::ptrdiff_t>(done), windows.end()});
    EstimateShare* share = m_question.share;
    const std::size_t step = share ? share->Processes() : 1; // every n-th window is this process's
    const std::size_t first = share ? share->Rank() : 0;
    const std::size_t mine = (underWay.size() + step - 1 - first) / step;
    std::vector<WindowOutcome> outcomes;
    Tell(done, windows.size());
    InOrderWhile(
        mine,
        ThreadCount(m_question.threads),
        [&](std::size_t i)
        {
            const std::size_t w = first + i * step;
            return RunWindowByPackets(m_scenario, m_config, windows[done + w], underWay[w]);
        },
        [&](std::size_t i, WindowOutcome&& outcome)
        {
            outcomes.push_back(std::move(outcome));
            Tell(std::min(windows.size(), done + (i + 1) * step), windows.size()); // others are as far
            return i + 1 == mine || !m_question.IsToStop();
        });
    m_windows = share ? windows.size() : done + outcomes.size();
    outcomes = share ? GatherWindows(*share, outcomes) : std::move(outcomes);
    m_outcomes.insert(m_outcomes.end(), outcomes.begin(), outcomes.end());
}

std::string WindowSimulation::CheckOfStarter() const
{
    constexpr std::size_t MAX_FLOWS = 20'000; // enough for a p99
    std::vector<std::pair<uint32_t, double>> all;
    for (const WindowOutcome& window : m_outcomes)
    {
        for (const WindowFlow& flow : window.flows)
        {
            all.emplace_back(flow.flow, flow.slowdown);
        }
    }
    if (!m_starter || all.empty())
    {
        return "";
    }
    std::sort(all.begin(), all.end());
    const std::size_t step = all.size() / MAX_FLOWS + 1;
    std::vector<uint32_t> ids;
    std::vector<double> packets;
    for (std::size_t i = 0; i < all.size(); i += step)
    {
        if (ids.empty() || ids.back() != all[i].first)
        {
            ids.push_back(all[i].first);
            packets.push_back(all[i].second);
        }
    }
    std::vector<double> expected = m_starter->FctsOf(m_scenario, Alone(m_question), *m_run, ids);
    for (std::size_t i = 0; i < ids.size(); i++)
    {
        expected[i] /= UncongestedFctOf(m_scenario.Fabric(), m_scenario.Flows(), m_run->fluid, ids[i]).idealNs;
    }
    const auto error = [&](double p) { return 100 * (OrderStatistic(expected, p) / OrderStatistic(packets, p) - 1); };
    return FormatText("%s on %zu flows of these windows, against packets: p50 %+.1f %%, p99 %+.1f %%",
                      m_starter->Info().name.c_str(),
                      ids.size(),
                      error(0.5),
                      error(0.99));
}

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

    WindowPlan PlanOf(const Scenario& scenario, const FluidRun& run) const;
    SlowdownReport RunAll(const Scenario& scenario, const Question& question) const;
    void AddWindowNotes(const Scenario& scenario,
                        const WindowPlan& plan,
                        const WindowSimulation& simulation,
                        SlowdownReport& report) const;

    uint32_t m_windows = 0;
    uint64_t m_flowsPerWindow = 0;
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
              "share of the trace's time that sampled simulates (default: 10%, at most 64 windows; with a target error "
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
    AddOption("lead",
              "time that sampled simulates before each window (default: 40 base RTTs)",
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

/// Lead and tail go by base RTTs and by how long flows take; a window lasts twice as long as both together.
WindowPlan SampledEngine::PlanOf(const Scenario& scenario, const FluidRun& run) const
{
    constexpr double LEAD_RTTS = 40;
    constexpr double FLUID_LEAD = 4; // times as long, where flowSim says who is under way: it knows no queues
    constexpr double ENDED = 0.985;  // of the flows, by the end of the tail
    constexpr double SLOWER = 1.3;   // than by flowSim
    constexpr double MIN_TAIL_RTTS = 40;
    const FlowList& flows = scenario.Flows();
    const double rttNs = UnitRttNs(scenario.Fabric(), scenario.Routes(), scenario.Resolved());
    WindowPlan plan{};
    const double lead = LEAD_RTTS * rttNs * (m_starter && m_starter->Info().name == FLUID ? FLUID_LEAD : 1);
    plan.leadNs = m_leadNs > 0 ? m_leadNs : static_cast<int64_t>(lead);
    plan.tailNs = static_cast<int64_t>(std::max(MIN_TAIL_RTTS * rttNs, SLOWER * OrderStatistic(run.fluidFctNs, ENDED)));
    const auto span = static_cast<double>(flows.back().startNs - flows.front().startNs);
    const double perNs = static_cast<double>(flows.size()) / std::max(1.0, span);
    const auto around = static_cast<double>(plan.leadNs + plan.tailNs);
    const uint64_t flowsOfWindow =
        m_flowsPerWindow > 0 ? m_flowsPerWindow : static_cast<uint64_t>(std::max(1.0, 2 * around * perNs));
    plan.flows = std::min<uint64_t>(flowsOfWindow, flows.size());
    const double each = around + static_cast<double>(plan.flows) / perNs;
    const auto most = static_cast<uint32_t>(std::min(1e6, WHOLE_TRACE * span / each));
    const bool isLimited = m_budget.isSet || !HasTargetError();
    const auto allowed = static_cast<uint32_t>(std::min(1e6, m_budget.share * span / each));
    plan.windows =
        m_windows > 0 ? m_windows : std::max(MIN_WINDOWS, m_budget.isSet ? allowed : std::min(allowed, ENOUGH_WINDOWS));
    plan.maxWindows = m_windows > 0 ? m_windows : isLimited ? plan.windows : most;
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
    report.AddNote(m_starter ? FormatText("each begins with the flows that %s expects to be under way, %.0f on average",
                                          m_starter->Info().name.c_str(),
                                          static_cast<double>(underWay) / windows)
                             : "each begins on an idle network: flows under way are missing");
    if (cut > 0)
    {
        report.AddNote(
            FormatText("%s of the flows were in transfer when their run ended: their slowdown is that of the "
                       "part that was sent",
                       CountText(cut).c_str()));
    }
    if (gaveUp > 0)
    {
        report.AddNote(CountText(gaveUp) + " flows of the windows gave up and are left out");
    }
    if (const std::string check = simulation.CheckOfStarter(); !check.empty())
    {
        report.AddNote(check);
    }
}

SlowdownReport SampledEngine::DoRun(const Scenario& scenario, const Question& question)
{
    const auto run = m_run.Of(scenario, question);
    const WindowPlan plan = PlanOf(scenario, *run);
    const FlowList& flows = scenario.Flows();
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
