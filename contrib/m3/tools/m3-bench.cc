// SPDX-License-Identifier: GPL-2.0-only
/**
 * Speed of the engines on generated traffic, by Google Benchmark: packet transmissions and fluid events per second.
 *
 *   ./ns3 run m3-bench
 *   ./ns3 run "m3-bench --benchmark_filter=Packet"
 */
#include "core/in-order.h"
#include "core/random-stream.h"
#include "features/flow-features.h"
#include "features/path-feature-map.h"
#include "features/path-features.h"
#include "flowsim/fabric-flow-sim.h"
#include "nn/correction-model.h"
#include "nn/path-map-model.h"
#include "ns3/m3-fabric-shapes.h"
#include "ns3/m3-load-balancing-description.h"
#include "ns3/m3-packet-simulation.h"
#include "ns3/m3-workload-helper.h"
#include "ns3/simulator.h"

#include <benchmark/benchmark.h>

#include <limits>
#include <numeric>

using namespace ns3::m3;

namespace
{

/// The 256-host fabric of the m3 paper at 2:1.
FabricGraph Fabric256()
{
    ThreeTierShape shape;
    shape.racksPerPod = 16;
    shape.spinesPerPlane = 8;
    return MakeThreeTier(shape);
}

FlowList WebServerFlows(const FabricGraph& fabric, uint64_t count, double load)
{
    WorkloadHelper workload;
    workload.flows = count;
    workload.load = load;
    return workload.Generate(fabric);
}

/// The 6,144-host fabric of the m3 paper at 2:1.
FabricGraph Fabric6144()
{
    ThreeTierShape shape;
    shape.pods = 8;
    shape.racksPerPod = 48;
    shape.hostsPerRack = 16;
    shape.planes = 4;
    shape.spinesPerPlane = 24;
    return MakeThreeTier(shape);
}

/// 49,152 hosts in 3,072 racks of 64 pods, 2:1.
FabricGraph Fabric49152()
{
    ThreeTierShape shape;
    shape.pods = 64;
    shape.racksPerPod = 48;
    shape.hostsPerRack = 16;
    shape.planes = 4;
    shape.spinesPerPlane = 24;
    return MakeThreeTier(shape);
}

/// Flows for 6,144 hosts or 49,152, from the network on. \param hosts number of hosts \param flows number of flows
void Generation(benchmark::State& state)
{
    const FabricGraph fabric = state.range(0) == 6144 ? Fabric6144() : Fabric49152();
    for (auto _ : state)
    {
        benchmark::DoNotOptimize(WebServerFlows(fabric, static_cast<uint64_t>(state.range(1)), 0.5));
    }
    state.SetItemsProcessed(state.iterations() * state.range(1));
}

/// Routes of flows of 6,144 hosts or 49,152; tables are included. \param hosts number of hosts \param flows number of
/// flows
void Routes(benchmark::State& state)
{
    const FabricGraph fabric = state.range(0) == 6144 ? Fabric6144() : Fabric49152();
    const FlowList flows = WebServerFlows(fabric, static_cast<uint64_t>(state.range(1)), 0.5);
    for (auto _ : state)
    {
        const RouteTable routes(fabric, EngineMode::STANDARD);
        Route route;
        uint32_t id = 0;
        for (const Flow& flow : flows)
        {
            routes.DataRoute({flow.src, flow.dst, id++}, route);
            benchmark::DoNotOptimize(route.data());
        }
    }
    state.SetItemsProcessed(state.iterations() * state.range(1));
}

/// Runs packets and counts data and ACK transmissions.
void RunPackets(benchmark::State& state, const FabricGraph& fabric, const RdmaConfig& config, const FlowList& flows)
{
    int64_t hops = 0;
    for (auto _ : state)
    {
        const PacketResult result = RunPacketSimulation(fabric, config, flows);
        hops += static_cast<int64_t>(result.dataHops + result.ackHops);
    }
    state.SetItemsProcessed(hops);
}

/// The default 64-host scenario. \param control CongestionControlType
void Packet(benchmark::State& state)
{
    const FabricGraph fabric = MakeThreeTier({});
    RdmaConfig config;
    config.congestionControl = static_cast<CongestionControlType>(state.range(0));
    state.SetLabel(CongestionControlName(config.congestionControl));
    RunPackets(state, fabric, config, WebServerFlows(fabric, 5000, 0.5));
}

/// As Packet, with flows of eight classes.
void PacketClasses(benchmark::State& state)
{
    const FabricGraph fabric = MakeThreeTier({});
    FlowList flows = WebServerFlows(fabric, 5000, 0.5);
    for (std::size_t i = 0; i < flows.size(); i++)
    {
        flows[i].priorityGroup = static_cast<uint8_t>(i % PRIORITY_CLASSES);
    }
    RunPackets(state, fabric, {}, flows);
}

/// As Packet with DCTCP, with packets of a flow on several paths and selective repeat. \param balancing
/// LoadBalancingType
void PacketBalanced(benchmark::State& state)
{
    const FabricGraph fabric = MakeThreeTier({});
    RdmaConfig config;
    config.loadBalancing = static_cast<LoadBalancingType>(state.range(0));
    config.recovery = RecoveryType::SELECTIVE_REPEAT;
    state.SetLabel(LoadBalancingOf(config.loadBalancing).name);
    RunPackets(state, fabric, config, WebServerFlows(fabric, 5000, 0.5));
}

void Tick(int64_t intervalNs)
{
    ns3::Simulator::Schedule(ns3::NanoSeconds(intervalNs), &Tick, intervalNs);
}

/// As Packet with DCTCP, beside a recurring ns-3 event. \param interval of the event, ns
void PacketBesideEvents(benchmark::State& state)
{
    const FabricGraph fabric = MakeThreeTier({});
    const FlowList flows = WebServerFlows(fabric, 5000, 0.5);
    uint64_t events = 0;
    for (auto _ : state)
    {
        const uint64_t before = ns3::Simulator::GetEventCount();
        Tick(state.range(0));
        benchmark::DoNotOptimize(RunPacketSimulation(fabric, {}, flows));
        events += ns3::Simulator::GetEventCount() - before;
        ns3::Simulator::Destroy();
    }
    state.counters["ns3_events"] = benchmark::Counter(static_cast<double>(events), benchmark::Counter::kAvgIterations);
}

/// Successive ns-3 events, and nothing else. \param events number of them
void EventsAlone(benchmark::State& state)
{
    for (auto _ : state)
    {
        Tick(1000);
        ns3::Simulator::Stop(ns3::NanoSeconds(1000 * state.range(0)));
        ns3::Simulator::Run();
        ns3::Simulator::Destroy();
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

/// 6,144 hosts. Set-up is included.
void PacketLarge(benchmark::State& state)
{
    const FabricGraph fabric = Fabric6144();
    RunPackets(state, fabric, {}, WebServerFlows(fabric, 50'000, 0.5));
}

/// 256 hosts without oversubscription, Hadoop flows at 50 % load. Set-up is included. \param flows number of flows
void PacketHadoop(benchmark::State& state)
{
    ThreeTierShape shape;
    shape.racksPerPod = 16;
    shape.spinesPerPlane = 16;
    const FabricGraph fabric = MakeThreeTier(shape);
    WorkloadHelper workload;
    workload.flows = static_cast<uint64_t>(state.range(0));
    workload.sizes = "Hadoop";
    RunPackets(state, fabric, {}, workload.Generate(fabric));
}

/// Events of the fluid simulation of a fabric.
void RunFluidEvents(benchmark::State& state, const FabricGraph& fabric, const FlowList& flows)
{
    const RouteTable routes(fabric, EngineMode::STANDARD);
    const FabricFluid fluid = MakeFabricFluid(fabric, routes, flows, DATA_HEADER_BYTES);
    int64_t events = 0;
    for (auto _ : state)
    {
        FluidStatistics statistics;
        benchmark::DoNotOptimize(RunFlowSim(fluid.linkGbps, fluid.flows, FluidAllocation::MAX_MIN, &statistics));
        events += static_cast<int64_t>(statistics.events);
    }
    state.SetItemsProcessed(events);
}

/// As FlowSimFabric with streamed flows; routes and ideal FCTs are included. \param load in percent \param flows number
/// of flows
void FlowSimStream(benchmark::State& state)
{
    const FabricGraph fabric = Fabric256();
    const auto count = static_cast<uint64_t>(state.range(1));
    const FlowList flows = WebServerFlows(fabric, count, static_cast<double>(state.range(0)) / 100);
    const RouteTable routes(fabric, EngineMode::STANDARD);
    int64_t events = 0;
    for (auto _ : state)
    {
        const auto ended = [](uint32_t, double slowdown) { benchmark::DoNotOptimize(slowdown); };
        events += static_cast<int64_t>(StreamFabricFlowSim(fabric, routes, flows, DATA_HEADER_BYTES, ended).events);
    }
    state.SetItemsProcessed(events);
}

/// 256 hosts. \param load in percent
void FlowSimFabric(benchmark::State& state)
{
    const FabricGraph fabric = Fabric256();
    RunFluidEvents(state, fabric, WebServerFlows(fabric, 100'000, static_cast<double>(state.range(0)) / 100));
}

/// 6,144 hosts at 50 % load.
void FlowSimLarge(benchmark::State& state)
{
    const FabricGraph fabric = Fabric6144();
    RunFluidEvents(state, fabric, WebServerFlows(fabric, 200'000, 0.5));
}

/// Events of the fluid simulation of a path of 7 hosts with batches of simultaneous flows. \param batch
void FlowSimPath(benchmark::State& state)
{
    constexpr uint32_t HOSTS = 7;
    constexpr int FLOWS = 20'000;
    RandomStream random(1);
    std::vector<double> links(HOSTS - 1, 40);
    links.front() = links.back() = 10;
    std::vector<FluidFlow> flows;
    for (int i = 0; i < FLOWS; i++)
    {
        const auto src = static_cast<uint32_t>(random.Integer(0, HOSTS - 2));
        const auto dst = static_cast<uint32_t>(random.Integer(src + 1, HOSTS - 1));
        Route route(dst - src);
        std::iota(route.begin(), route.end(), src);
        const double start = static_cast<double>(i / state.range(0) * state.range(0)) * 3000;
        flows.push_back({route, 8000 + 80'000 * random.Exponential(), start, links.front()});
    }
    const auto allocation = static_cast<FluidAllocation>(state.range(1));
    state.SetLabel(allocation == FluidAllocation::MAX_MIN ? "exact" : "published");
    int64_t events = 0;
    for (auto _ : state)
    {
        FluidStatistics statistics;
        benchmark::DoNotOptimize(RunFlowSim(links, flows, allocation, &statistics));
        events += static_cast<int64_t>(statistics.events);
    }
    state.SetItemsProcessed(events);
}

/// 20,000 flows on 64 hosts, all of which get features.
struct WatchedFlows
{
    WatchedFlows()
        : all(flows.size())
    {
        std::iota(all.begin(), all.end(), 0U);
    }

    FlowFeatures View() const
    {
        return ViewFluid(fabric, routes, config, flows, all, RecordFluidRun(fabric, routes, config, flows));
    }

    FabricGraph fabric = MakeThreeTier({});
    RouteTable routes{fabric, EngineMode::STANDARD};
    FlowList flows = WebServerFlows(fabric, 20'000, 0.5);
    RdmaConfig config = RdmaConfig().Resolve(fabric, routes);
    std::vector<uint32_t> all;
};

/// Features of all flows, made while flowSim runs.
void Features(benchmark::State& state)
{
    const WatchedFlows watched;
    for (auto _ : state)
    {
        benchmark::DoNotOptimize(watched.View());
    }
    state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(watched.all.size()));
}

/// Predictions of the shipped model from given features.
void Prediction(benchmark::State& state)
{
    const FlowFeatures features = WatchedFlows().View();
    const auto model = CorrectionModel::Load(CorrectionModel::ShippedCheckpoint(Scope::NETWORK));
    for (auto _ : state)
    {
        benchmark::DoNotOptimize(model->Predict(features, ThreadCount(0)));
    }
    state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(features.Count()));
}

/// The published feature map of 20,000 flows on a path of 7 hosts.
void PathFeatureMap(benchmark::State& state)
{
    constexpr uint32_t HOSTS = 7;
    constexpr int FLOWS = 20'000;
    RandomStream random(1);
    std::vector<PathFlow> flows;
    for (int i = 0; i < FLOWS; i++)
    {
        const auto src = static_cast<uint32_t>(random.Integer(0, HOSTS - 2));
        const auto dst = static_cast<uint32_t>(random.Integer(src + 1, HOSTS - 1));
        flows.push_back({src, dst, static_cast<uint64_t>(random.LogUniform(50, 1e6)), random.LogUniform(1, 50)});
    }
    for (auto _ : state)
    {
        benchmark::DoNotOptimize(MakePathFeatureMap(HOSTS, flows));
    }
    state.SetItemsProcessed(state.iterations() * FLOWS);
}

/// Predictions of the shipped model of the published method for 500 sampled paths with given maps.
void PublishedPrediction(benchmark::State& state)
{
    constexpr uint32_t PATHS = 500;
    const WatchedFlows watched;
    const PathViewer viewer(watched.fabric, watched.routes, watched.config, watched.flows, {PATHS, 1});
    PathMaps maps;
    for (uint32_t i = 0; i < PATHS; i++)
    {
        Append(maps, viewer.Map(i % viewer.Index().PathCount()));
    }
    const auto model = PathMapModel::Load(PathMapModel::ShippedCheckpoint());
    for (auto _ : state)
    {
        benchmark::DoNotOptimize(model->Predict(maps));
    }
    state.SetItemsProcessed(state.iterations() * PATHS);
}

constexpr auto EXACT = static_cast<int64_t>(FluidAllocation::MAX_MIN);
constexpr auto PUBLISHED = static_cast<int64_t>(FluidAllocation::PUBLISHED);

} // namespace

BENCHMARK(Generation)
    ->Args({6144, 1'000'000})
    ->Args({49'152, 1'000'000})
    ->Args({49'152, 10'000'000})
    ->Unit(benchmark::kMillisecond);
BENCHMARK(Routes)->Args({6144, 1'000'000})->Args({49'152, 1'000'000})->Unit(benchmark::kMillisecond);
BENCHMARK(Packet)
    ->Arg(static_cast<int64_t>(CongestionControlType::DCTCP))
    ->Arg(static_cast<int64_t>(CongestionControlType::DCQCN))
    ->Arg(static_cast<int64_t>(CongestionControlType::HPCC))
    ->Arg(static_cast<int64_t>(CongestionControlType::TIMELY))
    ->Unit(benchmark::kMillisecond);
BENCHMARK(PacketBalanced)
    ->Unit(benchmark::kMillisecond)
    ->ArgName("balancing")
    ->DenseRange(static_cast<int>(LoadBalancingType::ECMP), static_cast<int>(LoadBalancingType::ENTROPY));
BENCHMARK(PacketClasses)->Unit(benchmark::kMillisecond);
BENCHMARK(PacketBesideEvents)->Arg(1'000'000'000)->Arg(10'000)->Arg(1000)->Arg(100)->Unit(benchmark::kMillisecond);
BENCHMARK(EventsAlone)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(PacketHadoop)->Arg(5000)->Arg(50'000)->Unit(benchmark::kMillisecond);
BENCHMARK(PacketLarge)->Unit(benchmark::kMillisecond);
BENCHMARK(FlowSimFabric)->Arg(30)->Arg(50)->Arg(55)->Arg(60)->Arg(75)->Unit(benchmark::kMillisecond);
BENCHMARK(FlowSimStream)
    ->Args({50, 100'000})
    ->Args({50, 1'000'000})
    ->Args({55, 1'000'000})
    ->Args({60, 1'000'000})
    ->Unit(benchmark::kMillisecond);
BENCHMARK(FlowSimLarge)->Unit(benchmark::kMillisecond);
BENCHMARK(FlowSimPath)
    ->Args({1, EXACT})
    ->Args({1, PUBLISHED})
    ->Args({500, EXACT})
    ->Args({500, PUBLISHED})
    ->Unit(benchmark::kMillisecond);
BENCHMARK(PathFeatureMap)->Unit(benchmark::kMillisecond);
BENCHMARK(Features)->Unit(benchmark::kMillisecond);
BENCHMARK(PublishedPrediction)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime();
BENCHMARK(Prediction)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime();

BENCHMARK_MAIN();
