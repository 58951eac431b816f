#include "m3-estimator.h"

#include "ns3/fabric-flow-sim.h"
#include "ns3/fabric-from-nodes.h"
#include "ns3/flow-features.h"
#include "ns3/input-error.h"
#include "ns3/packet-simulation.h"
#include "ns3/path-features.h"
#include "ns3/random-stream.h"

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
                                                      {Engine::M3, "m3"}};

double SecondsSince(std::chrono::steady_clock::time_point begin)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// Value of a predicted distribution at a probability, between its quantiles linear.
double DrawSlowdown(const float* quantiles, double probability)
{
    uint32_t above = 0;
    while (above < QUANTILES && QuantileLevel(above) < probability)
    {
        above++;
    }
    if (above == 0 || above == QUANTILES)
    {
        return quantiles[above == 0 ? 0 : QUANTILES - 1];
    }
    const double low = QuantileLevel(above - 1);
    const double part = (probability - low) / (QuantileLevel(above) - low);
    return quantiles[above - 1] + part * (quantiles[above] - quantiles[above - 1]);
}

} // namespace

Engine ParseEngine(const std::string& name)
{
    for (const auto& [engine, text] : ENGINES)
    {
        if (name == text)
        {
            return engine;
        }
    }
    throw InputError("unknown engine '" + name + "'; there are packet, flowsim, m3");
}

std::string EngineName(Engine engine)
{
    for (const auto& [known, text] : ENGINES)
    {
        if (engine == known)
        {
            return text;
        }
    }
    return "";
}

Scope ParseScope(const std::string& name)
{
    if (name == "network")
    {
        return Scope::NETWORK;
    }
    if (name == "paths")
    {
        return Scope::PATHS;
    }
    if (name == "published")
    {
        return Scope::PUBLISHED;
    }
    throw InputError("unknown scope '" + name + "'; there are network, paths, published");
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

const FabricGraph& M3Estimator::Fabric() const
{
    return m_fabric;
}

void M3Estimator::Prepare(Engine engine, const FlowList& flows)
{
    if (flows.empty())
    {
        throw InputError("there are no flows");
    }
    const RouteTable routes(m_fabric, config.mode);
    CheckFlows(m_fabric, routes, flows);
    const RdmaConfig resolved = config.Resolve(m_fabric, routes);
    for (NodeId node = 0; node < m_fabric.NodeCount(); node++)
    {
        if (!m_fabric.IsHost(node))
        {
            BufferOfSwitch(m_fabric, node, resolved);
        }
        for (LinkId link : m_fabric.EgressLinks(node))
        {
            EcnProfileOfPort(resolved, m_fabric.Link(link).bitsPerSecond, m_fabric.HostRate());
        }
    }
    if (engine == Engine::M3)
    {
        LoadModel();
    }
}

void M3Estimator::LoadModel()
{
    if (flowsPerClass == 0 || paths == 0)
    {
        throw InputError("flows per class and paths must be at least 1");
    }
    if (!(targetError >= 0 && targetError < 1))
    {
        throw InputError("the target error must be at least 0 and below 1");
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
    const bool published = scope == Scope::PUBLISHED;
    if (published && sizeClasses.edges != SizeClasses().edges)
    {
        throw InputError("the published model has size classes of its own: 0,1000,10000,50000");
    }
    const std::string file = !checkpoint.empty() ? checkpoint
                             : published         ? PathMapModel::ShippedCheckpoint()
                                                 : CorrectionModel::ShippedCheckpoint(scope);
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
}

SlowdownReport M3Estimator::Run(Engine engine, const FlowList& flows)
{
    Prepare(engine, flows);
    const auto begin = std::chrono::steady_clock::now();
    SlowdownReport report = engine == Engine::PACKET    ? RunPacket(flows)
                            : engine == Engine::FLOWSIM ? RunFluid(flows)
                                                        : RunM3(flows);
    report.Finish();
    report.wallSeconds = SecondsSince(begin);
    if (engine == Engine::M3)
    {
        report.wallSeconds += std::exchange(m_loadSeconds, 0); // the first run pays for the model
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

SlowdownReport M3Estimator::RunPacket(const FlowList& flows)
{
    PacketRunOptions options;
    options.progress = Reporter(flows);
    const PacketResult result = RunPacketSimulation(m_fabric, config, flows, options);
    const RouteTable routes(m_fabric, config.mode);
    const FabricFluid ideal = MakeFabricFluid(m_fabric, routes, flows, config.HeaderBytes(), config.mode);
    SlowdownReport report(EngineName(Engine::PACKET), sizeClasses);
    uint64_t unfinished = 0;
    for (std::size_t i = 0; i < flows.size(); i++)
    {
        if (result.flows[i].unfinished != Unfinished::NO)
        {
            unfinished++;
            continue;
        }
        report.Add(sizeClasses.ClassOf(flows[i].sizeBytes),
                   static_cast<double>(result.flows[i].receiverFctNs) / ideal.idealNs[i]);
    }
    report.SetUnfinished(unfinished);
    return report;
}

SlowdownReport M3Estimator::RunFluid(const FlowList& flows)
{
    const RouteTable routes(m_fabric, config.mode);
    SlowdownReport report(EngineName(Engine::FLOWSIM), sizeClasses);
    const auto ended = [&](uint32_t flow, double slowdown)
    { report.Add(sizeClasses.ClassOf(flows[flow].sizeBytes), slowdown); };
    StreamFabricFlowSim(m_fabric, routes, flows, config.HeaderBytes(), config.mode, ended, Reporter(flows));
    return report;
}

std::vector<uint32_t> M3Estimator::Select(const FlowList& flows, uint64_t perClass) const
{
    std::vector<std::vector<uint32_t>> byClass(sizeClasses.Count());
    for (uint32_t id = 0; id < flows.size(); id++)
    {
        byClass[sizeClasses.ClassOf(flows[id].sizeBytes)].push_back(id);
    }
    RandomStream random(seed);
    std::vector<uint32_t> selection;
    for (auto& ids : byClass)
    {
        const std::size_t count = std::min<std::size_t>(perClass, ids.size());
        for (std::size_t k = 0; k < count; k++)
        {
            std::swap(ids[k], ids[random.Integer(k, ids.size() - 1)]);
        }
        selection.insert(selection.end(), ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(count));
    }
    std::sort(selection.begin(), selection.end());
    return selection;
}

void M3Estimator::AddPredictions(const FlowFeatures& features,
                                 const std::vector<uint32_t>& flowIds,
                                 const FlowList& flows,
                                 double weight,
                                 Unit unit,
                                 SlowdownReport& report)
{
    const std::vector<float> predicted = m_model->Predict(features);
    for (std::size_t i = 0; i < flowIds.size(); i++)
    {
        if (unit == Unit::FLOW)
        {
            report.BeginUnit();
        }
        const std::size_t sizeClass = sizeClasses.ClassOf(flows[flowIds[i]].sizeBytes);
        for (uint32_t k = 0; k < QUANTILES; k++)
        {
            report.Add(sizeClass, predicted[i * QUANTILES + k], weight * QuantileWeight(k));
        }
    }
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

std::vector<double> M3Estimator::RunPerFlow(Engine engine, const FlowList& flows)
{
    Prepare(engine, flows);
    if (engine == Engine::M3)
    {
        if (scope != Scope::NETWORK)
        {
            throw InputError("completion times of single flows need the scope network");
        }
        return DrawFcts(flows);
    }
    std::vector<double> fcts;
    if (engine == Engine::PACKET)
    {
        PacketRunOptions options;
        options.progress = Reporter(flows);
        for (const FlowOutcome& flow : RunPacketSimulation(m_fabric, config, flows, options).flows)
        {
            fcts.push_back(flow.unfinished == Unfinished::NO ? static_cast<double>(flow.receiverFctNs)
                                                             : std::numeric_limits<double>::quiet_NaN());
        }
        return fcts;
    }
    const RouteTable routes(m_fabric, config.mode);
    const auto run = RunFluidOf(routes, flows);
    for (std::size_t id = 0; id < flows.size(); id++)
    {
        fcts.push_back(run->slowdown[id] * run->fluid.idealNs[id]);
    }
    return fcts;
}

std::vector<double> M3Estimator::DrawFcts(const FlowList& flows)
{
    constexpr uint32_t AT_ONCE = 200'000; // their features take 300 MB
    const RouteTable routes(m_fabric, config.mode);
    const RdmaConfig resolved = config.Resolve(m_fabric, routes);
    const auto run = RunFluidOf(routes, flows);
    RandomStream random(seed);
    std::vector<double> fcts;
    for (uint32_t first = 0; first < flows.size(); first += AT_ONCE)
    {
        std::vector<uint32_t> selection(std::min<std::size_t>(AT_ONCE, flows.size() - first));
        std::iota(selection.begin(), selection.end(), first);
        const std::vector<float> predicted =
            m_model->Predict(ViewFluid(m_fabric, routes, resolved, flows, selection, *run));
        for (std::size_t i = 0; i < selection.size(); i++)
        {
            const double slowdown = DrawSlowdown(&predicted[i * QUANTILES], random.Uniform());
            fcts.push_back(slowdown * run->fluid.idealNs[first + i]);
        }
    }
    return fcts;
}

void M3Estimator::EstimateNetwork(const FlowList& flows, uint64_t drawsPerClass, SlowdownReport& report)
{
    const RouteTable routes(m_fabric, config.mode);
    const RdmaConfig resolved = config.Resolve(m_fabric, routes);
    const std::vector<uint32_t> selection = Select(flows, drawsPerClass);
    const auto run = RunFluidOf(routes, flows);
    const FlowFeatures features = ViewFluid(m_fabric, routes, resolved, flows, selection, *run);
    AddPredictions(features, selection, flows, 1, Unit::FLOW, report);
    AddOutOfRange(features, report);
    std::vector<uint64_t> sampled(sizeClasses.Count(), 0);
    for (uint32_t id : selection)
    {
        sampled[sizeClasses.ClassOf(flows[id].sizeBytes)]++;
    }
    for (std::size_t c = 0; c < sampled.size(); c++)
    {
        report.SetSampledFlows(c, sampled[c]);
    }
}

void M3Estimator::EstimatePaths(const FlowList& flows, uint32_t draws, SlowdownReport& report)
{
    const RouteTable routes(m_fabric, config.mode);
    const RdmaConfig resolved = config.Resolve(m_fabric, routes);
    const PathViewer viewer(m_fabric, routes, resolved, flows);
    const std::vector<SampledPath> sampled = viewer.Index().Sample(draws, seed);
    FlowFeatures seen;
    for (std::size_t i = 0; i < sampled.size(); i++)
    {
        const PathView view = viewer.View(sampled[i].path);
        Append(seen, view.features);
        const double weight = sampled[i].multiplicity / static_cast<double>(view.flows.size());
        report.BeginUnit(sampled[i].multiplicity);
        AddPredictions(view.features, view.flows, flows, weight, Unit::PATH, report);
        if (progress)
        {
            progress(i + 1, sampled.size());
        }
    }
    AddOutOfRange(seen, report);
}

void M3Estimator::AddOutOfRange(const FlowFeatures& features, SlowdownReport& report) const
{
    for (const std::string& line : OutOfRange(features, m_model->Ranges()))
    {
        report.AddNote("outside of what the model was trained on: " + line);
    }
}

void M3Estimator::EstimatePublished(const FlowList& flows, uint32_t draws, SlowdownReport& report)
{
    const RouteTable routes(m_fabric, config.mode);
    const RdmaConfig resolved = config.Resolve(m_fabric, routes);
    const PathViewer viewer(m_fabric, routes, resolved, flows);
    const std::vector<SampledPath> sampled = viewer.Index().Sample(draws, seed);
    PathMaps maps;
    for (std::size_t i = 0; i < sampled.size(); i++)
    {
        Append(maps, viewer.Map(sampled[i].path));
        if (progress)
        {
            progress(i + 1, sampled.size());
        }
    }
    const std::vector<float> predicted = m_publishedModel->Predict(maps);
    for (std::size_t i = 0; i < sampled.size(); i++)
    {
        const double perFlow =
            sampled[i].multiplicity / static_cast<double>(viewer.Index().ForegroundFlows(sampled[i].path).size());
        report.BeginUnit(sampled[i].multiplicity);
        for (uint32_t bucket = 0; bucket < LABEL_BUCKETS; bucket++)
        {
            const double weight = perFlow * maps.flows[i * LABEL_BUCKETS + bucket] / MAP_PERCENTILES;
            for (uint32_t p = 0; p < MAP_PERCENTILES && weight > 0; p++)
            {
                const float slowdown = predicted[i * PATH_LABELS + bucket * MAP_PERCENTILES + p];
                report.Add(bucket, std::max(1.0F, slowdown), weight);
            }
        }
    }
}

SlowdownReport M3Estimator::RunM3(const FlowList& flows)
{
    constexpr double QUANTILE = 0.99;
    const uint64_t most = std::min<uint64_t>(flows.size(), UINT32_MAX);
    uint64_t draws = scope == Scope::NETWORK ? flowsPerClass : paths;
    while (targetError > 0)
    {
        SlowdownReport report = EstimateOnce(flows, draws);
        report.Finish();
        const double value = report.OverallQuantile(QUANTILE);
        const ConfidenceInterval interval = report.OverallInterval(QUANTILE);
        const double reach = std::max(interval.high / value - 1, 1 - interval.low / value);
        if (reach <= targetError || draws >= most)
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
    return EstimateOnce(flows, draws);
}

SlowdownReport M3Estimator::EstimateOnce(const FlowList& flows, uint64_t draws)
{
    SlowdownReport report(EngineName(Engine::M3), sizeClasses);
    switch (scope)
    {
    case Scope::NETWORK:
        EstimateNetwork(flows, draws, report);
        break;
    case Scope::PATHS:
        EstimatePaths(flows, static_cast<uint32_t>(draws), report);
        break;
    case Scope::PUBLISHED:
        EstimatePublished(flows, static_cast<uint32_t>(draws), report);
        break;
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

} // namespace ns3::m3
