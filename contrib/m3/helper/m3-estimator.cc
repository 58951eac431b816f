// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-estimator.h"

#include "engines/m3-estimator-work.h"

#include "core/in-order.h"
#include "core/random-stream.h"
#include "fabric/fabric-from-nodes.h"
#include "fabric/ideal-fct.h"
#include "flowsim/fabric-flow-sim.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-packet-simulation.h"
#include "ns3/m3-routes.h"
#include "packet/engine/replication.h"

#include <boost/functional/hash.hpp>

#include <algorithm>
#include <chrono>
#include <limits>
#include <numeric>
#include <utility>

namespace ns3::m3
{

namespace
{

constexpr std::pair<Engine, const char*> ENGINES[] = {{Engine::PACKET, "packet"},
                                                      {Engine::FLOWSIM, "flowsim"},
                                                      {Engine::PARSIMON, "parsimon"},
                                                      {Engine::M3, "m3"}};

constexpr std::pair<Scope, const char*> SCOPES[] = {{Scope::AUTO, "auto"},
                                                    {Scope::NETWORK, "network"},
                                                    {Scope::WINDOWS, "windows"},
                                                    {Scope::PATHS, "paths"},
                                                    {Scope::PUBLISHED, "published"}};

/// \param what is named, for the error \throws InputError
template <typename Value, std::size_t COUNT>
Value ParseName(const std::pair<Value, const char*> (&names)[COUNT], const char* what, const std::string& name)
{
    std::string all;
    for (const auto& [value, text] : names)
    {
        if (name == text)
        {
            return value;
        }
        all += (all.empty() ? "" : ", ") + std::string(text);
    }
    throw InputError("unknown " + std::string(what) + " '" + name + "'; there are " + all);
}

template <typename Value, std::size_t COUNT>
std::string NameOf(const std::pair<Value, const char*> (&names)[COUNT], Value value)
{
    const auto* found =
        std::find_if(std::begin(names), std::end(names), [value](const auto& known) { return known.first == value; });
    return found == std::end(names) ? "" : found->second;
}

} // namespace

Engine ParseEngine(const std::string& name)
{
    return ParseName(ENGINES, "engine", name);
}

std::string EngineName(Engine engine)
{
    return NameOf(ENGINES, engine);
}

Scope ParseScope(const std::string& name)
{
    return ParseName(SCOPES, "scope", name);
}

std::string ScopeName(Scope scope)
{
    return NameOf(SCOPES, scope);
}

M3Estimator::M3Estimator(const NodeContainer& nodes)
    : M3Estimator(ReadFabric(nodes))
{
}

M3Estimator::M3Estimator(FabricGraph fabric)
    : m_fabric(std::move(fabric))
{
}

M3Estimator::~M3Estimator() = default;
M3Estimator::M3Estimator(M3Estimator&&) noexcept = default;
M3Estimator& M3Estimator::operator=(M3Estimator&&) noexcept = default;

Scope M3Estimator::ScopeOf(uint64_t flows) const
{
    return scope != Scope::AUTO                                     ? scope
           : flows <= networkFlows                                  ? Scope::NETWORK
           : flows / m_fabric.Hosts().size() >= windowsFlowsPerHost ? Scope::WINDOWS
           : flows <= mostNetworkFlows                              ? Scope::NETWORK
                                                                    : Scope::PATHS;
}

const FabricGraph& M3Estimator::Fabric() const
{
    return m_fabric;
}

void M3Estimator::Prepare(Engine engine, const FlowList& flows)
{
    CheckFields(flows);
    const RouteTable routes(m_fabric, config.mode);
    CheckFlows(m_fabric, routes, flows);
    CheckConfig(routes);
    if (engine == Engine::M3)
    {
        LoadModel(ScopeOf(flows.size()));
        if (ScopeOf(flows.size()) == Scope::WINDOWS && windows > flows.size())
        {
            throw InputError("there are fewer flows than windows");
        }
        CheckedParts(flows);
    }
}

void M3Estimator::CheckConfig(const RouteTable& routes) const
{
    const RdmaConfig resolved = config.Resolve(m_fabric, routes);
    for (NodeId node = 0; node < m_fabric.NodeCount(); node++)
    {
        if (!m_fabric.IsHost(node))
        {
            BufferOfSwitch(m_fabric, node, resolved);
        }
        for (LinkId link : m_fabric.EgressLinks(node))
        {
            EcnProfileOfPort(resolved, m_fabric.Link(link).bitsPerSecond);
        }
    }
}

void M3Estimator::LoadModel(Scope used)
{
    if (share && (used != Scope::PATHS || check > 0))
    {
        throw InputError("several processes can only share the scope paths, without a check");
    }
    const CongestionControlType trained[] = {CongestionControlType::DCTCP,
                                             CongestionControlType::DCQCN,
                                             CongestionControlType::HPCC,
                                             CongestionControlType::TIMELY};
    const bool registered = config.congestionControl >= CongestionControlType::REGISTERED;
    if (std::find(std::begin(trained), std::end(trained), config.congestionControl) == std::end(trained) &&
        !(registered && !checkpoint.empty()))
    {
        throw InputError("no model was trained with the congestion control " +
                         CongestionControlName(config.congestionControl) +
                         (registered ? "; train one on samples of it and set it as checkpoint" : ""));
    }
    const bool published = used == Scope::PUBLISHED;
    if (published && sizeClasses.edges != SizeClasses().edges)
    {
        throw InputError("the published model has size classes of its own: 0,1000,10000,50000");
    }
    const std::string file = !checkpoint.empty() ? checkpoint
                             : published         ? PathMapModel::ShippedCheckpoint()
                                                 : CorrectionModel::ShippedCheckpoint(used);
    const bool loaded = published ? m_publishedModel != nullptr : m_model != nullptr;
    if (!loaded || file != m_modelFile)
    {
        const auto begin = std::chrono::steady_clock::now();
        m_model.reset();
        m_publishedModel.reset();
        if (published)
        {
            m_publishedModel = PathMapModel::Load(file);
        }
        else
        {
            m_model = CorrectionModel::Load(file);
        }
        m_modelFile = file;
        m_loadSeconds = SecondsSince(begin);
    }
    if (!published)
    {
        m_model->RequireScope(used, file);
    }
}

SlowdownReport M3Estimator::Run(Engine engine, const FlowList& flows)
{
    Prepare(engine, flows);
    const auto begin = std::chrono::steady_clock::now();
    SlowdownReport report = engine == Engine::PACKET     ? RunPacket(flows)
                            : engine == Engine::FLOWSIM  ? RunFluid(flows)
                            : engine == Engine::PARSIMON ? RunLinks(flows)
                                                         : RunM3(flows);
    AddScenarioNotes(engine, flows, report);
    report.wallSeconds = SecondsSince(begin);
    if (const std::string warning = EcnWarning(m_fabric, config); !warning.empty())
    {
        report.AddNote(warning);
    }
    if (engine == Engine::M3)
    {
        report.wallSeconds += std::exchange(m_loadSeconds, 0); // the first run pays for the model
        if (check > 0)
        {
            AddCheckNotes(RunCheck(flows), report);
        }
    }
    return report;
}

std::function<void(uint64_t)> M3Estimator::Reporter(const FlowList& flows) const
{
    if (!progress)
    {
        return {};
    }
    return [this, total = flows.size()](uint64_t done) { progress(done, total); };
}

PacketResult M3Estimator::AddPacketRun(const FlowList& flows, uint32_t firstFlow, SlowdownReport& report)
{
    PacketRunOptions options;
    options.progress = Reporter(flows);
    const PacketResult result = RunPacketSimulation(m_fabric, config, flows, options);
    const RouteTable routes(m_fabric, config.mode);
    IdealFctsOfFlows ideals(m_fabric, routes, config.HeaderBytes());
    for (std::size_t i = 0; i < flows.size(); i++)
    {
        const Flow& flow = flows[i];
        const int64_t ideal = ideals.NextNs(flow.src, flow.dst, flow.sizeBytes);
        if (i >= firstFlow && result.flows[i].unfinished == Unfinished::NO)
        {
            report.Add(sizeClasses.ClassOf(flow.sizeBytes), SlowdownOf(result.flows[i].receiverFctNs, ideal));
        }
    }
    return result;
}

SlowdownReport M3Estimator::RunPacket(const FlowList& flows)
{
    SlowdownReport report(EngineName(Engine::PACKET), sizeClasses);
    const PacketResult result = AddPacketRun(flows, 0, report);
    report.SetUnfinished(flows.size() - result.completionOrder.size(), UnfinishedText(result));
    report.packetCounts = CountsOf(result);
    const std::string deadlock = DeadlockText(m_fabric, result);
    if (!deadlock.empty())
    {
        report.AddNote(deadlock);
    }
    report.Finish();
    return report;
}

SlowdownReport M3Estimator::RunFluid(const FlowList& flows)
{
    const RouteTable routes(m_fabric, config.mode);
    SlowdownReport report(EngineName(Engine::FLOWSIM), sizeClasses);
    const auto ended = [&](uint32_t flow, double slowdown)
    { report.Add(sizeClasses.ClassOf(flows[flow].sizeBytes), slowdown); };
    StreamFabricFlowSim(m_fabric, routes, flows, config.HeaderBytes(), ended, Reporter(flows));
    report.Finish();
    return report;
}

std::shared_ptr<const FluidRun> M3Estimator::RunFluidOf(const RouteTable& routes, const FlowList& flows)
{
    if (!keepFluidRun)
    {
        return std::make_shared<const FluidRun>(RecordFluidRun(m_fabric, routes, config, flows, Reporter(flows)));
    }
    std::size_t key = boost::hash_value(config.HeaderBytes());
    boost::hash_combine(key, static_cast<int>(config.mode));
    for (const Flow& flow : flows)
    {
        for (const uint64_t part : {uint64_t{flow.src}, uint64_t{flow.dst}, flow.sizeBytes, uint64_t(flow.startNs)})
        {
            boost::hash_combine(key, part);
        }
    }
    if (!m_fluidRun || key != m_fluidRunKey)
    {
        m_fluidRun = std::make_shared<const FluidRun>(RecordFluidRun(m_fabric, routes, config, flows, Reporter(flows)));
        m_fluidRunKey = key;
    }
    return m_fluidRun;
}

std::vector<CompletionTime> M3Estimator::RunPerFlow(Engine engine, const FlowList& flows)
{
    if (engine == Engine::M3)
    {
        if (scope != Scope::NETWORK && scope != Scope::AUTO)
        {
            throw InputError("completion times of single flows need the scope network");
        }
        const Scope before = std::exchange(scope, Scope::NETWORK);
        Prepare(engine, flows);
        scope = before;
        return DrawFcts(flows);
    }
    Prepare(engine, flows);
    if (engine == Engine::PARSIMON)
    {
        return DrawFctsByLinks(flows);
    }
    std::vector<CompletionTime> times;
    times.reserve(flows.size());
    if (engine == Engine::PACKET)
    {
        PacketRunOptions options;
        options.progress = Reporter(flows);
        for (const FlowOutcome& flow : RunPacketSimulation(m_fabric, config, flows, options).flows)
        {
            constexpr double NEVER = std::numeric_limits<double>::quiet_NaN();
            const bool finished = flow.unfinished == Unfinished::NO;
            times.push_back({finished ? static_cast<double>(flow.receiverFctNs) : NEVER,
                             finished ? static_cast<double>(flow.senderFctNs) : NEVER});
        }
        return times;
    }
    const RouteTable routes(m_fabric, config.mode);
    const auto run = RunFluidOf(routes, flows);
    for (std::size_t id = 0; id < flows.size(); id++)
    {
        const UnslowedFlow unslowed = UnslowedOf(m_fabric, flows, run->fluid, id);
        const double slowdown = unslowed.Slowdown(run->fluidFctNs[id]);
        times.push_back(TimeOf(slowdown, unslowed.idealNs, run->fluid.flows[id].links));
    }
    return times;
}

/// Of a flow with some slowdown. The last ACK finds empty queues.
CompletionTime M3Estimator::TimeOf(double slowdown, double idealNs, const Route& route) const
{
    double back = 0;
    for (const LinkId id : route)
    {
        const FabricLink& link = m_fabric.Link(id);
        back += static_cast<double>(link.delayNs) + 8e9 * config.AckBytes() / static_cast<double>(link.bitsPerSecond);
    }
    return {slowdown * idealNs, slowdown * idealNs + back};
}

std::vector<CompletionTime> M3Estimator::DrawFcts(const FlowList& flows)
{
    class Drawer : public PredictionUser
    {
      public:
        Drawer(const M3Estimator& estimator, const FlowList& flows, const FluidRun& run)
            : m_estimator(estimator),
              m_flows(flows),
              m_run(run),
              m_random(SeedOfReplication(estimator.seed))
        {
            times.reserve(flows.size());
        }

        void Use(std::size_t /*selection*/, uint32_t flow, const float* slowdowns) override
        {
            constexpr double MEDIAN = 0.5;
            const double probability = m_estimator.medianFcts ? MEDIAN : m_random.Uniform();
            times.push_back(m_estimator.TimeOf(PredictedQuantile(slowdowns, probability),
                                               UnslowedOf(m_estimator.m_fabric, m_flows, m_run.fluid, flow).idealNs,
                                               m_run.fluid.flows[flow].links));
        }

        std::vector<CompletionTime> times;

      private:
        const M3Estimator& m_estimator;
        const FlowList& m_flows;
        const FluidRun& m_run;
        RandomStream m_random;
    };

    Work work(m_fabric, config, flows, Scope::NETWORK);
    work.fluid = RunFluidOf(work.routes, flows);
    std::vector<uint32_t> all(flows.size());
    std::iota(all.begin(), all.end(), 0U);
    const EstimateInput input = InputOf(work);
    Drawer drawer(*this, flows, *work.fluid);
    PredictFlows({{input, *work.fluid, all}}, input.threads, *m_model, drawer);
    return std::move(drawer.times);
}

EstimateInput M3Estimator::InputOf(const Work& work) const
{
    return {m_fabric,
            work.routes,
            work.resolved,
            work.flows,
            sizeClasses,
            SeedOfReplication(seed),
            0,
            ThreadCount(threads),
            progress,
            share,
            [alone = work.alone](uint64_t sizeBytes, const Route& route) { return alone->Slowdown(sizeBytes, route); }};
}

SlowdownReport M3Estimator::EmptyReport(const FlowList& flows) const
{
    SlowdownReport report(EngineName(Engine::M3), sizeClasses);
    if (scope == Scope::AUTO)
    {
        const Scope used = ScopeOf(flows.size());
        const bool atMost = used == Scope::NETWORK;
        const bool few = used != Scope::WINDOWS && flows.size() > networkFlows;
        report.AddNote("scope " + ScopeName(used) + ": " + std::to_string(flows.size()) +
                       (atMost ? " flows are at most the " : " flows are more than the ") +
                       std::to_string(few ? mostNetworkFlows : networkFlows) +
                       " up to which flowSim runs on the whole network" +
                       (few ? " where there are fewer per host than " + std::to_string(windowsFlowsPerHost) +
                                  ", from which on windows of time are sampled"
                            : ""));
    }
    std::vector<uint64_t> flowCount(sizeClasses.Count(), 0);
    for (const Flow& flow : flows)
    {
        flowCount[sizeClasses.ClassOf(flow.sizeBytes)]++;
    }
    for (std::size_t c = 0; c < flowCount.size(); c++)
    {
        report.SetFlowCount(c, flowCount[c]);
    }
    return report;
}

SlowdownReport M3Estimator::RunM3(const FlowList& flows)
{
    Work work(m_fabric, config, flows, ScopeOf(flows.size()));
    if (work.scope == Scope::NETWORK)
    {
        work.fluid = RunFluidOf(work.routes, flows);
    }
    return Estimate(work);
}

void FinishEstimate(const RdmaConfig& config, const CorrectionModel* model, SlowdownReport& report)
{
    constexpr double TAIL = 0.999;
    constexpr double RETRANSMITTED = 30; // slowdown; the published kind of network keeps below 20 without losses
    report.Finish();
    if (model)
    {
        report.SetHeldOutErrors(model->ErrorsElsewhere(config.pfc), config.pfc ? "with PFC" : "without PFC");
    }
    if (!config.pfc && report.OverallQuantile(TAIL) > RETRANSMITTED)
    {
        report.AddNote("without PFC, flows that wait for retransmissions are expected to make the tail: its p99 may be "
                       "off by a large factor; compare with packets on parts of the trace");
    }
}

SlowdownReport M3Estimator::Estimate(const Work& work)
{
    constexpr double QUANTILE = 0.99;
    const uint64_t flows = std::min<uint64_t>(work.flows.size(), UINT32_MAX);
    const bool byWindows = work.scope == Scope::WINDOWS;
    const uint64_t most = byWindows ? std::max<uint64_t>(windows, flows / flowsPerWindow) : flows;
    uint64_t draws = work.scope == Scope::NETWORK ? flowsPerClass : byWindows ? windows : paths;
    while (true)
    {
        SlowdownReport report = EstimateOnce(work, draws);
        double reach = 0;
        if (!share || share->Rank() == 0)
        {
            FinishEstimate(config, work.scope == Scope::PUBLISHED ? nullptr : m_model.get(), report);
            reach = report.SamplingReach(QUANTILE);
        }
        reach = share ? share->OfFirst(reach) : reach;
        if (targetError == 0 || reach <= targetError || draws >= most)
        {
            return report;
        }
        // intervals shrink with the root of what is drawn
        constexpr double MARGIN = 1.2;
        constexpr double LEAST = 1.5;
        constexpr double LARGEST = 16;
        const double more = MARGIN * (reach / targetError) * (reach / targetError);
        draws = std::min(most, static_cast<uint64_t>(static_cast<double>(draws) * std::clamp(more, LEAST, LARGEST)));
    }
}

SlowdownReport M3Estimator::EstimateOnce(const Work& work, uint64_t draws)
{
    SlowdownReport report = EmptyReport(work.flows);
    const EstimateInput input = InputOf(work);
    switch (work.scope)
    {
    case Scope::AUTO: // decided before
    case Scope::NETWORK:
        EstimateNetworks({{input, *work.fluid, {}}},
                         draws,
                         input.threads,
                         *m_model,
                         SlowdownReport(report),
                         [&](std::size_t, SlowdownReport& of) { report = std::move(of); });
        break;
    case Scope::WINDOWS:
        EstimateWindows(input, static_cast<uint32_t>(draws), flowsPerWindow, flowsPerClass, *m_model, report);
        break;
    case Scope::PATHS:
        EstimatePaths(input, static_cast<uint32_t>(draws), flowsPerPath, *m_model, report);
        break;
    case Scope::PUBLISHED:
        EstimatePublished(input, static_cast<uint32_t>(draws), *m_publishedModel, report);
        break;
    }
    return report;
}

} // namespace ns3::m3
