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
#include "plan-windows.h"
#include "sampling-engine.h"
#include "window-simulation.h"

#include "core/text-format.h"
#include "features/fluid-run.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-numbers.h"
#include "ns3/m3-scenario.h"
#include "packet/engine/replication.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace ns3::m3
{

namespace
{

constexpr const char* PACKETS = "packet"; //!< the engine that simulates all of a short trace
constexpr const char* FLUID = "flowsim";  //!< the engine that windows begin from where another one has no answer
constexpr const char* NO_FLOWS = "empty"; //!< value of --start: windows begin on an idle network
constexpr double NS_PER_MS = 1e6;
constexpr double NS_PER_S = 1e9;

// how far queueing may be off because of what windows begin from: the p99 by the same flows in windows and in the whole
// trace, what lies below by windows that are a large share of the trace (docs/lab/2026-11-29-accuracy-sampled.md)
constexpr QueueingError ERROR_FROM_MODEL{0.025, 0.09};
constexpr QueueingError ERROR_FROM_FLUID{0.06, 0.3};
constexpr double MANY_DROPS = 0.002; //!< of transmissions, from which windows do not tell enough
constexpr double ERROR_KEPT = 0.25;  //!< of what a model is off by on the flows of the windows, in the lead

/// What scenarios that are compared have in common.
struct CommonWindows
{
    WindowPlan plan;
    bool isCounted = false; //!< The first scenario has run, and says how many windows there are.
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

    /// All scenarios have the same windows, with the longest lead and tail of them, so that reports are matched pairs.
    /// The first one says how many windows a target error takes.
    void RunEach(const std::vector<const Scenario*>& scenarios,
                 const Question& question,
                 const std::function<void(std::size_t index, const SlowdownReport& report)>& done) override;

  private:
    void DoPrepare(const Scenario& scenario, const Question& question) override;
    SlowdownReport DoRun(const Scenario& scenario, const Question& question) override;

    /// Where all packets were simulated, what the packet engine takes into account holds, and not that of windows.
    void DoComplete(const Scenario& /*scenario*/, const Question& /*question*/, SlowdownReport& report) override
    {
        if (m_whole)
        {
            m_whole->wallSeconds = report.wallSeconds;
            report = *std::exchange(m_whole, {});
        }
    }

    bool StartsFromFluid() const
    {
        return m_starter && m_starter->Info().name == FLUID;
    }

    QueueingError StartError(const std::optional<StarterCheck>& check) const
    {
        if (StartsFromFluid())
        {
            return ERROR_FROM_FLUID;
        }
        return {std::hypot(ERROR_FROM_MODEL.atP99, check ? ERROR_KEPT * check->queueing : 0), ERROR_FROM_MODEL.slope};
    }

    WindowPlan PlanOf(const Scenario& scenario, const Question& question, const FluidRun* run) const;
    std::shared_ptr<const FluidRun> RunOf(const Scenario& scenario, const Question& question);
    SlowdownReport RunAll(const Scenario& scenario, const Question& question);
    void AddWindowNotes(const Scenario& scenario,
                        const WindowPlan& plan,
                        const WindowSimulation& simulation,
                        SlowdownReport& report) const;

    void SetBudget(const std::string& text);

    WindowWishes m_wishes;
    double m_budgetSeconds = 0;          //!< of the processor; 0: any
    uint64_t m_networkFlows = 5'000'000; // in half a minute and 3 GB
    std::string m_start = "m3";
    std::unique_ptr<Engine> m_starter;
    std::optional<SlowdownReport> m_whole; //!< of the whole trace, where it was too short for windows
    std::string m_whyOther;                //!< why windows do not begin from the engine that was asked for
    KeptFluidRun m_run{FluidKind::OF_CLASSES};
    std::optional<CommonWindows> m_common; //!< of the scenarios that are being compared
};

SampledEngine::SampledEngine(const EngineInfo& info)
    : SamplingEngine(info)
{
    AddOption("windows", "number of windows of time to sample", m_wishes.windows, CountOption(1));
    AddOption("flows-per-window", "number of successive flows of a window", m_wishes.flowsPerWindow, CountOption(1));
    AddTargetErrorOption();
    AddOption("budget",
              "share of the trace's time that sampled simulates, as in 10% (the default, with at most 128 windows and "
              "400,000 flows; up to 30% where that leaves less than 24 windows; with a target error as much as it "
              "needs), or processor time for packets, as in 30s: "
              "windows are simulated in the order of the plan until it is spent; how many depends on the machine, and "
              "the result for that number does not",
              "SHARE|TIME",
              "",
              [this](const std::string& text) { SetBudget(text); });
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
        [this](const std::string& text) { m_wishes.leadNs = std::max<int64_t>(1, ParseTimeNs("--lead", text)); });
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

void SampledEngine::SetBudget(const std::string& text)
{
    const bool isTime = std::any_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z' && c != 'e'; });
    const double budget =
        isTime ? static_cast<double>(ParseTimeNs("--budget", text)) / NS_PER_S : ParseProbability("--budget", text);
    if (budget == 0)
    {
        throw InputError("the budget must be above 0");
    }
    m_wishes.budget = isTime ? 0 : budget;
    m_budgetSeconds = isTime ? budget : 0;
}

void SampledEngine::DoPrepare(const Scenario& scenario, const Question& question)
{
    if (scenario.Config().mode != EngineMode::STANDARD)
    {
        throw NoAnswer("the engine " + Info().name + " simulates packets in standard mode only");
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
    if (!StartsFromFluid() && FluidClassesOf(scenario.Fabric(), scenario.Config(), scenario.Flows()))
    {
        m_whyOther = m_start + " knows no classes of flows";
        m_starter = MakeEngine(FLUID);
    }
    try
    {
        m_starter->FctsOf(scenario, Alone(question), FluidRun(), {});
    }
    catch (const InputError& error)
    {
        if (StartsFromFluid())
        {
            throw;
        }
        m_whyOther = error.what();
        m_starter = MakeEngine(FLUID);
    }
}

WindowPlan SampledEngine::PlanOf(const Scenario& scenario, const Question& question, const FluidRun* run) const
{
    WindowWishes wishes = m_wishes;
    wishes.hasTargetError = HasTargetError() || m_budgetSeconds > 0;
    wishes.startsFromFluid = StartsFromFluid();
    const FluidFcts fluid = run ? FluidFcts{0, run->fluidFctNs} : FluidFctsOfPart(scenario);
    return PlanWindows(scenario, fluid, question.sizeClasses, wishes);
}

/// flowSim over the whole trace; null where the trace is too long for that.
std::shared_ptr<const FluidRun> SampledEngine::RunOf(const Scenario& scenario, const Question& question)
{
    return scenario.Flows().size() > m_networkFlows ? nullptr : m_run.Of(scenario, question);
}

void SampledEngine::RunEach(const std::vector<const Scenario*>& scenarios,
                            const Question& question,
                            const std::function<void(std::size_t index, const SlowdownReport& report)>& done)
{
    Question asked = question;
    asked.keepFluidRun = true;
    std::vector<WindowPlan> plans;
    for (const Scenario* scenario : scenarios)
    {
        Prepare(*scenario, asked);
        plans.push_back(PlanOf(*scenario, asked, RunOf(*scenario, asked).get()));
    }
    const std::shared_ptr<void> end(nullptr,
                                    [&](void*)
                                    {
                                        m_common.reset();
                                        if (!question.keepFluidRun)
                                        {
                                            m_run.Clear();
                                        }
                                    });
    if (!scenarios.empty())
    {
        m_common = CommonWindows{CommonPlan(plans, scenarios.front()->Flows(), m_wishes)};
    }
    Engine::RunEach(scenarios, asked, done);
}

/// A trace too short for windows: every packet of it.
SlowdownReport SampledEngine::RunAll(const Scenario& scenario, const Question& question)
{
    if (!IsFirst(question))
    {
        return EmptyReport(scenario, question);
    }
    SlowdownReport report = MakeEngine(PACKETS)->Run(scenario, Alone(question));
    report.SetEngine(Info().name);
    report.AddNote("the trace is too short to sample windows: all of its packets are simulated");
    m_whole = report;
    return report;
}

/// One line on the windows of each kind.
void AddPlanNotes(const FlowList& flows,
                  const WindowPlan& plan,
                  const std::vector<WindowOutcome>& outcomes,
                  uint64_t counted,
                  SlowdownReport& report)
{
    const auto span = static_cast<double>(flows.back().startNs - flows.front().startNs);
    for (uint32_t k = 0; k < plan.kinds.size(); k++)
    {
        const WindowKind& kind = plan.kinds[k];
        const auto windows = std::count_if(outcomes.begin(),
                                           outcomes.end(),
                                           [k](const WindowOutcome& window) { return window.kind == k; });
        const double windowNs = WindowNs(kind, flows);
        const auto around = static_cast<double>(kind.leadNs + kind.tailNs);
        report.AddNote(
            FormatText("%ld windows of %s flows and %.2f ms, with a lead of %.2f ms and a tail of %.2f ms: "
                       "%.1f %% of the trace's time%s",
                       static_cast<long>(windows),
                       CountText(kind.flows).c_str(),
                       windowNs / NS_PER_MS,
                       static_cast<double>(kind.leadNs) / NS_PER_MS,
                       static_cast<double>(kind.tailNs) / NS_PER_MS,
                       100 * static_cast<double>(windows) * (windowNs + around) / span,
                       k > 0 ? ", for flows that take long" : ("; " + CountText(counted) + " flows count").c_str()));
    }
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
    double dataHops = 0;
    double drops = 0;
    for (const WindowOutcome& window : simulation.Outcomes())
    {
        dataHops += static_cast<double>(window.dataHops);
        drops += static_cast<double>(window.drops);
        counted += window.flows.size();
        cut += window.cut;
        gaveUp += window.gaveUp;
        underWay += window.underWay;
    }
    const auto windows = static_cast<double>(simulation.Outcomes().size());
    AddPlanNotes(scenario.Flows(), plan, simulation.Outcomes(), counted, report);
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
                                  "to go on at its rate in the tail, then at that of flowSim",
                                  CountText(cut).c_str()));
    }
    if (gaveUp > 0)
    {
        report.AddNote(CountText(gaveUp) + " flows of the windows gave up and are left out");
    }
    if (drops > MANY_DROPS * dataHops)
    {
        report.WithholdIntervals(
            FormatText("switches drop %.1f in 1000 transmissions: a network that collapses now and "
                       "then remembers that for longer than a lead",
                       1000 * drops / dataHops));
    }
    if (simulation.Expected().empty())
    {
        report.AddNote(
            "the trace is long: flowSim ran around the windows alone, so that flows are weighted by their size "
            "class alone");
    }
}

/// Simulates windows; with a budget of time in rounds, so that the starter is asked for little that is not simulated.
void RunInRounds(const WindowPlan& plan,
                 const std::vector<SampledWindow>& windows,
                 const Question& question,
                 WindowSimulation& simulation)
{
    constexpr std::size_t FIRST = 16;
    std::size_t next = simulation.HasSeconds() ? std::min(windows.size(), FIRST) : windows.size();
    while (true)
    {
        next = std::max(next, std::min(windows.size(), simulation.Windows()));
        simulation.RunUpTo(plan, {windows.begin(), windows.begin() + static_cast<std::ptrdiff_t>(next)});
        if (next == windows.size() || simulation.IsSpent() || question.IsToStop())
        {
            return;
        }
        next = std::min(windows.size(), 2 * next);
    }
}

SlowdownReport SampledEngine::DoRun(const Scenario& scenario, const Question& question)
{
    const FlowList& flows = scenario.Flows();
    const auto run = RunOf(scenario, question);
    const WindowPlan plan = m_common ? m_common->plan : PlanOf(scenario, question, run.get());
    if (IsNearlyWhole(plan, flows))
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
    const bool byTime = m_budgetSeconds > 0 && !(m_common && m_common->isCounted);
    simulation.SetSeconds(byTime ? m_budgetSeconds : 0);
    uint64_t wanted = 0;
    const auto estimate = [&](uint64_t windows)
    {
        SlowdownReport report = EmptyReport(scenario, question);
        wanted = windows;
        const std::vector<SampledWindow> spread =
            SpreadWindows(flows, plan, static_cast<uint32_t>(windows), SeedOfReplication(question.seed));
        RunInRounds(plan, spread, asked, simulation);
        if (IsFirst(question))
        {
            AddWindows(flows, simulation.Outcomes(), simulation.Expected(), report);
            report.SetUnits(KeyOf(spread, simulation.Outcomes().size()));
        }
        return report;
    };
    const uint32_t draws = byTime && !HasTargetError() && m_wishes.windows == 0 ? plan.maxWindows : plan.windows;
    SlowdownReport report =
        EstimateUntilPrecise(asked, draws, plan.maxWindows, estimate, [](SlowdownReport& of) { of.Finish(); });
    if (m_common)
    {
        m_common->plan.windows = m_common->plan.maxWindows = static_cast<uint32_t>(simulation.Windows());
        m_common->isCounted = true;
    }
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
    if (simulation.IsSpent())
    {
        report.AddNote(FormatText("the budget of %.3g s of processor time was spent after %zu windows",
                                  m_budgetSeconds,
                                  simulation.Outcomes().size()));
    }
    AddWindowNotes(scenario, plan, simulation, report);
    if (question.links && !question.share)
    {
        report.links = simulation.Links().Uses(scenario);
        report.AddNote(FormatText("of links, the windows with leads and tails are known, %.2f ms in all",
                                  report.links->spanNs / NS_PER_MS));
    }
    const std::optional<StarterCheck> check = simulation.CheckOfStarter();
    report.SetQueueingError(StartError(check));
    if (check)
    {
        report.AddNote(check->text);
    }
    return report;
}

} // namespace

std::vector<EngineEntry> SampledEngines()
{
    EngineInfo info;
    info.name = "sampled";
    info.text = "every packet of sampled windows of time, begun with the flows that an estimate has under way";
    info.takes = PACKET_TRAITS.With({Trait::LOAD_BALANCING, Trait::LINK_ERRORS, Trait::ASYMMETRIC_LINKS});
    info.usesThreads = true;
    info.whyNoTasks =
        "simulates windows of time of a list in which every flow has its start: flows of a window would not "
        "start by what its packets do";
    return {MakeEngineEntry<SampledEngine>(info)};
}

} // namespace ns3::m3
