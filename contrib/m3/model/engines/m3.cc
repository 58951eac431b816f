// SPDX-License-Identifier: GPL-2.0-only
/*
 * The engine m3: flowSim over the whole network, and a model that corrects flows drawn at random from each size class
 * (scope network); or the same in sampled windows of time (windows); or on sampled paths, a flow of a path counting
 * with multiplicity / corrected flows of the path (paths). Flows that meet no other flow have the slowdown of the flow
 * alone, by rule or by the packet engine, which also simulates traces of few flows. LibTorch is loaded at the first
 * run.
 */
#include "built-in-engines.h"
#include "kept-fluid-run.h"
#include "per-flow-times.h"
#include "trained-engine.h"

#include "config/ideal-fcts-of-run.h"
#include "core/random-stream.h"
#include "core/text-format.h"
#include "fabric/routes-of-flows.h"
#include "flowsim/fabric-flow-sim.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-scenario.h"
#include "ns3/m3-schedule.h"
#include "packet/engine/lone-flow-fct.h"
#include "packet/engine/replication.h"
#include "scenario/traffic-shape.h"

#include <algorithm>
#include <chrono>
#include <numeric>

namespace ns3::m3
{

namespace
{

/// The texts of --scope, by Scope.
constexpr const char* SCOPES[] = {"auto", "network", "windows", "paths"};

std::string ScopeName(Scope scope)
{
    return SCOPES[static_cast<std::size_t>(scope)];
}

Scope ParseScope(const std::string& name)
{
    std::string all;
    for (std::size_t i = 0; i < std::size(SCOPES); i++)
    {
        if (name == SCOPES[i])
        {
            return static_cast<Scope>(i);
        }
        all += (all.empty() ? "" : ", ") + std::string(SCOPES[i]);
    }
    throw InputError("unknown scope '" + name + "'; there are " + all);
}

/// The slowdown of flows alone, in a scenario that outlives it.
LoneSlowdown LoneSlowdownOf(const Scenario& scenario)
{
    const auto alone = std::make_shared<LoneFlowFct>(scenario.Fabric(), scenario.Routes(), scenario.Resolved());
    return [alone](uint64_t sizeBytes, const Route& route) { return alone->Slowdown(sizeBytes, route); };
}

EstimateInput InputOf(const Scenario& scenario, const Question& question)
{
    return InputOf(scenario, question, LoneSlowdownOf(scenario));
}

/// How completion times are drawn.
enum class Drawing
{
    IN_ORDER, //!< One after the other: of all flows. Those of a schedule are drawn by their numbers in it.
    BY_FLOW   //!< Each by the flow's own number, whatever others are asked for.
};

/// Draws a completion time for each predicted flow.
class TimeDrawer : public PredictionUser
{
  public:
    TimeDrawer(const Scenario& scenario, const Question& question, const FluidRun& run, Drawing drawing)
        : m_scenario(scenario),
          m_run(run),
          m_takesMedian(question.medianFcts),
          m_drawing(drawing),
          m_seed(SeedOfReplication(question.seed)),
          m_random(m_seed)
    {
        times.reserve(scenario.Flows().size());
    }

    void Use(std::size_t /*selection*/, uint32_t flow, const float* slowdowns) override
    {
        constexpr double MEDIAN = 0.5;
        const ScheduledFlows* scheduled = m_scenario.Scheduled();
        const double probability = m_takesMedian                   ? MEDIAN
                                   : scheduled                     ? UniformOf(m_seed, scheduled->numbers[flow])
                                   : m_drawing == Drawing::BY_FLOW ? UniformOf(m_seed, flow)
                                                                   : m_random.Uniform();
        times.push_back(TimeOf(m_scenario,
                               PredictedQuantile(slowdowns, probability),
                               static_cast<double>(IdealFctUnder(m_scenario.Resolved(),
                                                                 m_scenario.Fabric(),
                                                                 m_scenario.Routes(),
                                                                 m_run.fluid.flows[flow].links,
                                                                 m_scenario.Flows()[flow].sizeBytes)),
                               m_run.fluid.flows[flow].links));
    }

    std::vector<CompletionTime> times;

  private:
    const Scenario& m_scenario;
    const FluidRun& m_run;
    bool m_takesMedian;
    Drawing m_drawing;
    uint64_t m_seed;
    RandomStream m_random;
};

class M3Engine : public TrainedEngine
{
  public:
    explicit M3Engine(const EngineInfo& info);

    void RunEach(const std::vector<const Scenario*>& scenarios,
                 const Question& question,
                 const std::function<void(std::size_t index, const SlowdownReport& report)>& done) override;
    std::vector<double> FctsOf(const Scenario& scenario,
                               const Question& question,
                               const FluidRun& run,
                               const std::vector<uint32_t>& flows) override;
    EngineOptions Choices(const FabricGraph& fabric, uint64_t flows) const override;

    bool GivesFctsOf() const override
    {
        return true;
    }

    bool GivesPerFlow() const override
    {
        return m_scope == Scope::AUTO || m_scope == Scope::NETWORK;
    }

    bool CanShare() const override
    {
        return m_scope == Scope::PATHS || m_scope == Scope::WINDOWS;
    }

  private:
    void DoPrepare(const Scenario& scenario, const Question& question) override;
    Substitute SubstituteFor(const Scenario& scenario, const Question& question) override;
    SlowdownReport DoRun(const Scenario& scenario, const Question& question) override;
    std::vector<CompletionTime> DoRunPerFlow(const Scenario& scenario, const Question& question) override;
    void DoComplete(const Scenario& scenario, const Question& question, SlowdownReport& report) override;

    Scope ScopeOf(const FabricGraph& fabric, uint64_t flows) const;
    std::string CheckpointOf(Scope scope) const;
    void LoadModel(const Scenario& scenario, const Question& question, Scope scope);
    SlowdownReport BeginReport(const Scenario& scenario, const Question& question) const;
    std::size_t RunTogether(const std::vector<const Scenario*>& scenarios,
                            std::size_t from,
                            const Question& question,
                            const std::function<void(std::size_t index, SlowdownReport& report)>& finish);

    std::string m_checkpoint;
    Scope m_scope = Scope::AUTO;
    uint32_t m_windows = 16;
    uint64_t m_flowsPerWindow = 20'000;
    uint64_t m_flowsPerClass = 5000;
    uint32_t m_flowsPerPath = 12;
    // flowSim with its record and replay takes about 3 us a flow (256 hosts, 50 % load) on one core, so a quarter of a
    // minute; work on windows and paths is shared by threads
    uint64_t m_networkFlows = 5'000'000;
    // with fewer, windows with their warm-up are most of the trace
    uint64_t m_windowsFlowsPerHost = 20'000;
    // in about three minutes of processor time and 4 GB (docs/performance.md), for paths are less exact
    uint64_t m_maxNetworkFlows = 20'000'000;
    LoadedModel<CorrectionModel> m_model;
    KeptFluidRun m_run{FluidKind::OF_ONE_CLASS};
    std::unique_ptr<Engine> m_packets; //!< of small scenarios, made when asked for
};

M3Engine::M3Engine(const EngineInfo& info)
    : TrainedEngine(info)
{
    AddOption("checkpoint",
              "model checkpoint of the m3 engine (default: the one that is shipped)",
              m_checkpoint,
              TextOption("FILE"));
    AddOption(
        "scope",
        "scope of the m3 engine: network, sampled windows (of time) or sampled paths; published: sampled paths by the "
        "published method; auto: network up to five million flows, with packets in place of the shipped model up "
        "to two million transmissions; above, windows from 20,000 flows per host on, else network up to twenty "
        "million flows and paths above",
        "NAME",
        ScopeName(m_scope),
        [this](const std::string& name) { m_scope = ParseScope(name); });
    AddOption("windows",
              "number of windows of time to sample, with --scope=windows or by sampled (there as --budget allows)",
              m_windows,
              CountOption(1));
    AddOption("flows-per-window",
              "number of successive flows of a window (by sampled as many as begin in twice the rest of its run)",
              m_flowsPerWindow,
              CountOption(1));
    AddPathsOption();
    AddPassOptions();
    AddOption("flows-per-class",
              "maximum number of flows of each size class that the m3 engine corrects",
              m_flowsPerClass,
              CountOption(1));
    AddOption(
        "flows-per-path",
        "maximum number of successive flows that the m3 engine corrects for each sampled path, with --scope=paths",
        m_flowsPerPath,
        CountOption(1));
    AddTargetErrorOption();
    AddOption(
        "network-flows",
        "maximum number of flows for which --scope=auto always takes the network, and sampled runs flowSim over the "
        "whole trace",
        m_networkFlows,
        CountOption());
    AddOption("windows-flows-per-host",
              "minimum number of flows per host for which --scope=auto takes windows, above --network-flows",
              m_windowsFlowsPerHost,
              CountOption());
    AddOption(
        "max-network-flows",
        "maximum number of flows for which --scope=auto takes the network where it does not take windows; above, paths",
        m_maxNetworkFlows,
        CountOption());
}

/// Returns the scope that is set, or that AUTO stands for with this number of flows.
Scope M3Engine::ScopeOf(const FabricGraph& fabric, uint64_t flows) const
{
    return m_scope != Scope::AUTO                                   ? m_scope
           : flows <= m_networkFlows                                ? Scope::NETWORK
           : flows / fabric.Hosts().size() >= m_windowsFlowsPerHost ? Scope::WINDOWS
           : flows <= m_maxNetworkFlows                             ? Scope::NETWORK
                                                                    : Scope::PATHS;
}

std::string M3Engine::CheckpointOf(Scope scope) const
{
    return m_checkpoint.empty() ? CorrectionModel::ShippedCheckpoint(scope) : m_checkpoint;
}

EngineOptions M3Engine::Choices(const FabricGraph& fabric, uint64_t flows) const
{
    const Scope scope = ScopeOf(fabric, flows);
    EngineOptions choices{{"scope", ScopeName(scope)}};
    if (scope == Scope::PATHS)
    {
        choices.emplace_back("paths", std::to_string(Paths()));
    }
    else
    {
        choices.emplace_back("flows-per-class", std::to_string(m_flowsPerClass));
    }
    choices.emplace_back("checkpoint", CheckpointOf(scope));
    return choices;
}

void M3Engine::LoadModel(const Scenario& scenario, const Question& question, Scope scope)
{
    if (question.share && scope == Scope::NETWORK)
    {
        throw InputError("several processes can only share the scopes paths and windows");
    }
    RequireTrainedControl(scenario, !m_checkpoint.empty());
    const std::string file = CheckpointOf(scope);
    m_model.Load(file);
    m_model.Get().RequireScope(scope, file);
}

void M3Engine::DoPrepare(const Scenario& scenario, const Question& question)
{
    const Scope scope = ScopeOf(scenario.Fabric(), scenario.Flows().size());
    if (scenario.WaitsForTasks() && scope != Scope::NETWORK)
    {
        throw NoAnswer("the engine " + Info().name +
                       " estimates flows that wait for others with the scope network alone, not with the scope " +
                       ScopeName(scope));
    }
    CheckPaths(scenario);
    LoadModel(scenario, question, scope);
    if (scope == Scope::WINDOWS && scenario.Flows().size() < m_windows)
    {
        throw InputError("there are fewer flows than windows");
    }
}

/// Packets are simulated where that takes about as long as to ask the model, some 0.3 s at most. A
/// model that was chosen is asked.
Substitute M3Engine::SubstituteFor(const Scenario& scenario, const Question& question)
{
    constexpr uint64_t MAX_TRANSMISSIONS = 2'000'000; // of data packets
    constexpr uint64_t MAX_EVENTS = 60'000'000;       // with all that is sent again, in some three seconds
    if (m_scope != Scope::AUTO || !m_checkpoint.empty() || question.share || question.besidePackets)
    {
        return {};
    }
    RoutesOfFlows routes(scenario.Routes());
    Route route;
    uint64_t transmissions = 0;
    for (const Flow& flow : scenario.Flows())
    {
        routes.Next(flow.src, flow.dst, route, flow.dstPort);
        transmissions += PacketCount(flow.sizeBytes, scenario.Config().payloadBytes) * route.size();
        if (transmissions > MAX_TRANSMISSIONS)
        {
            return {};
        }
    }
    if (!m_packets)
    {
        m_packets = MakeLimitedPacketEngine(MAX_EVENTS);
    }
    return {m_packets.get(),
            CountText(transmissions) + " transmissions of data packets take about as long as the model: they are "
                                       "simulated; the scope network asks the model"};
}

/// A report without flows: why the scope is what it is, if the engine chose it, and the flows of each size class.
SlowdownReport M3Engine::BeginReport(const Scenario& scenario, const Question& question) const
{
    SlowdownReport report = EmptyReport(scenario, question);
    const uint64_t flows = scenario.Flows().size();
    if (m_scope == Scope::AUTO)
    {
        const Scope used = ScopeOf(scenario.Fabric(), flows);
        const bool isWhole = used == Scope::NETWORK;
        const bool few = used != Scope::WINDOWS && flows > m_networkFlows;
        report.AddNote("scope " + ScopeName(used) + ": flowSim runs on " +
                       (isWhole                  ? "the whole network, up to "
                        : used == Scope::WINDOWS ? "sampled windows of time, above "
                                                 : "sampled paths, above ") +
                       CountText(few ? m_maxNetworkFlows : m_networkFlows) + " flows" +
                       (few ? " where there are fewer than " + CountText(m_windowsFlowsPerHost) + " per host" : ""));
    }
    return report;
}

SlowdownReport M3Engine::DoRun(const Scenario& scenario, const Question& question)
{
    const Scope scope = ScopeOf(scenario.Fabric(), scenario.Flows().size());
    const EstimateInput input = InputOf(scenario, question);
    const auto fluid = scope == Scope::NETWORK ? m_run.Of(scenario, question) : nullptr;
    const uint64_t flows = std::min<uint64_t>(scenario.Flows().size(), UINT32_MAX);
    const bool byWindows = scope == Scope::WINDOWS;
    const uint64_t maxDraws = byWindows ? std::max<uint64_t>(m_windows, flows / m_flowsPerWindow) : flows;
    const uint64_t draws = scope == Scope::NETWORK ? m_flowsPerClass : byWindows ? m_windows : Paths();
    const auto estimate = [&](uint64_t of)
    {
        SlowdownReport report = BeginReport(scenario, question);
        if (scope == Scope::NETWORK)
        {
            EstimateNetworks({{input, *fluid, {}}},
                             of,
                             input.threads,
                             m_model.Get(),
                             SlowdownReport(report),
                             [&](std::size_t, SlowdownReport& estimated) { report = std::move(estimated); });
        }
        else if (byWindows)
        {
            EstimateWindows(input, static_cast<uint32_t>(of), m_flowsPerWindow, m_flowsPerClass, m_model.Get(), report);
        }
        else
        {
            EstimatePaths(input, static_cast<uint32_t>(of), m_flowsPerPath, m_model.Get(), report);
        }
        return report;
    };
    return EstimateUntilPrecise(question,
                                draws,
                                maxDraws,
                                estimate,
                                [&](SlowdownReport& report) { FinishEstimate(scenario.Config(), report); });
}

void M3Engine::DoComplete(const Scenario& /*scenario*/, const Question& /*question*/, SlowdownReport& report)
{
    report.wallSeconds += m_model.TakeSeconds(); // the first run pays for the model
}

std::vector<CompletionTime> M3Engine::DoRunPerFlow(const Scenario& scenario, const Question& question)
{
    if (!GivesPerFlow())
    {
        throw InputError("completion times of single flows need the scope network");
    }
    LoadModel(scenario, question, Scope::NETWORK);
    const auto fluid = m_run.Of(scenario, question);
    std::vector<uint32_t> all(scenario.Flows().size());
    std::iota(all.begin(), all.end(), 0U);
    const EstimateInput input = InputOf(scenario, question);
    TimeDrawer drawer(scenario, question, *fluid, Drawing::IN_ORDER);
    PredictFlows({{input, *fluid, all}}, input.threads, m_model.Get(), drawer);
    return std::move(drawer.times);
}

std::vector<double> M3Engine::FctsOf(const Scenario& scenario,
                                     const Question& question,
                                     const FluidRun& run,
                                     const std::vector<uint32_t>& flows)
{
    LoadModel(scenario, question, Scope::NETWORK);
    if (flows.empty())
    {
        return {};
    }
    const EstimateInput input = InputOf(scenario, question);
    TimeDrawer drawer(scenario, question, run, Drawing::BY_FLOW);
    PredictFlows({{input, run, flows}}, input.threads, m_model.Get(), drawer);
    std::vector<double> fcts;
    fcts.reserve(flows.size());
    for (const CompletionTime& time : drawer.times)
    {
        fcts.push_back(time.receiverNs);
    }
    return fcts;
}

/// Estimates scenarios from one on for which flowSim is the same. \return the first one for which it is not
std::size_t M3Engine::RunTogether(const std::vector<const Scenario*>& scenarios,
                                  std::size_t from,
                                  const Question& question,
                                  const std::function<void(std::size_t index, SlowdownReport& report)>& finish)
{
    const Scenario& first = *scenarios[from];
    const auto isSame = [&](const Scenario& other)
    {
        return &other.Fabric() == &first.Fabric() && &other.Flows() == &first.Flows() &&
               other.Config().Format() == first.Config().Format() && other.Config().mode == first.Config().mode;
    };
    const auto fluid = m_run.Of(first, question);
    std::vector<EstimateInput> inputs;
    inputs.reserve(scenarios.size()); // selections refer to them
    std::vector<FlowSelection> networks;
    std::size_t next = from;
    for (; next < scenarios.size() && isSame(*scenarios[next]); next++)
    {
        inputs.push_back(InputOf(*scenarios[next], question));
        networks.push_back({inputs.back(), *fluid, {}});
    }
    EstimateNetworks(std::move(networks),
                     m_flowsPerClass,
                     inputs.front().threads,
                     m_model.Get(),
                     BeginReport(first, question),
                     [&](std::size_t network, SlowdownReport& report)
                     {
                         FinishEstimate(scenarios[from + network]->Config(), report);
                         finish(from + network, report);
                     });
    return next;
}

void M3Engine::RunEach(const std::vector<const Scenario*>& scenarios,
                       const Question& asked,
                       const std::function<void(std::size_t index, const SlowdownReport& report)>& done)
{
    Question question = asked;
    const auto begin = std::chrono::steady_clock::now();
    std::size_t finished = 0;
    const auto finish = [&](std::size_t index, SlowdownReport& report)
    {
        AddScenarioNotes(*scenarios[index], question, report);
        const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
        report.wallSeconds = elapsed.count() / static_cast<double>(++finished);
        done(index, report);
    };
    for (const Scenario* scenario : scenarios)
    {
        Prepare(*scenario, question);
        // all by packets or all by the model: steps between neighbours are no steps between the two
        question.besidePackets = question.besidePackets || !SubstituteFor(*scenario, question).engine;
    }
    for (std::size_t next = 0; next < scenarios.size();)
    {
        const Scenario& scenario = *scenarios[next];
        const bool hasGroups = scenario.Tasks() && !scenario.Tasks()->Groups().empty();
        if (SubstituteFor(scenario, question).engine || scenario.WaitsForTasks() || hasGroups || question.links ||
            question.AsksByLabel())
        {
            finished++;
            done(next, Run(scenario, question));
            next++;
            continue;
        }
        if (ScopeOf(scenario.Fabric(), scenario.Flows().size()) == Scope::NETWORK)
        {
            next = RunTogether(scenarios, next, question, finish);
            continue;
        }
        SlowdownReport report = DoRun(scenario, question);
        finish(next++, report);
    }
}

} // namespace

std::vector<EngineEntry> M3Engines()
{
    EngineInfo info;
    info.name = "m3";
    info.text = "the fluid, corrected flow by flow by a trained model; of small scenarios, packets";
    info.takes = {Trait::SMALL_WINDOW, Trait::CONTROL_INPUTS};
    info.partly = {Trait::DEPENDENCIES};
    info.isTrained = true;
    info.usesThreads = true;
    info.role = EngineRole::ESTIMATE;
    std::vector<EngineEntry> entries{MakeEngineEntry<M3Engine>(info)};
    for (const Scope scope : {Scope::NETWORK, Scope::WINDOWS, Scope::PATHS})
    {
        EngineInfo variant = info;
        variant.name = info.name + "-" + ScopeName(scope);
        variant.text = "m3 with the scope " + ScopeName(scope) + " whatever the number of flows";
        variant.family = info.name;
        variant.role = EngineRole::NONE;
        variant.fixed = {{"scope", ScopeName(scope)}};
        if (scope != Scope::NETWORK)
        {
            variant.partly = {};
            variant.whyNoTasks = "samples " + ScopeName(scope) + " of a list in which every flow has its start";
        }
        entries.push_back(MakeEngineEntry<M3Engine>(variant));
    }
    return entries;
}

} // namespace ns3::m3
