// SPDX-License-Identifier: GPL-2.0-only
#include "temporary-folder.h"

#include "features/feature-schema.h"
#include "features/flow-features.h"
#include "features/input-ranges.h"
#include "features/path-features.h"
#include "nn/correction-model.h"
#include "ns3/m3-dcqcn.h"
#include "ns3/m3-dctcp.h"
#include "ns3/m3-fabric-shapes.h"
#include "ns3/m3-hpcc.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-scenario-space.h"
#include "ns3/m3-timely.h"
#include "ns3/m3-workload-helper.h"
#include "training/sample-file.h"
#include "workload/flow-generator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <numeric>
#include <set>
#include <tuple>

using namespace ns3::m3;

namespace
{

constexpr std::size_t TIMEOUT = 32;      // input of a flow: log of the retransmission timeout
constexpr std::size_t ACTIVE = 7;        // input of a hop: log(1 + active flows)
constexpr std::size_t FLUID_RATE = 24;   // input of a hop: what flows in transfer use, of capacity
constexpr std::size_t HELD_HERE = 37;    // input of a hop: the link holds the flow down
constexpr std::size_t DURING_FLOWS = 16; // input of a hop: log(1 + flows that arrive while it lasts)

FabricGraph Dumbbell(uint64_t rate)
{
    FabricGraph fabric;
    for (int i = 0; i < 4; i++)
    {
        fabric.AddNode(NodeKind::HOST);
    }
    const NodeId left = fabric.AddNode(NodeKind::SWITCH);
    const NodeId right = fabric.AddNode(NodeKind::SWITCH);
    fabric.AddLink(0, left, rate, 1000);
    fabric.AddLink(1, left, rate, 1000);
    fabric.AddLink(2, right, rate, 1000);
    fabric.AddLink(3, right, rate, 1000);
    fabric.AddLink(left, right, rate, 1000);
    return fabric;
}

struct FluidView
{
    std::vector<double> slowdown; //!< of all flows
    FlowFeatures features;        //!< of those selected
};

FluidView Look(const FabricGraph& fabric,
               const RouteTable& routes,
               const RdmaConfig& config,
               const FlowList& flows,
               const std::vector<uint32_t>& selection)
{
    const FluidRun run = RecordFluidRun(fabric, routes, config, flows);
    std::vector<double> slowdown;
    for (std::size_t id = 0; id < flows.size(); id++)
    {
        slowdown.push_back(UncongestedFctOf(fabric, flows, run.fluid, id).Slowdown(run.fluidFctNs[id]));
    }
    return {slowdown, ViewFluid(fabric, routes, config, flows, selection, run)};
}

FluidView View(const FabricGraph& fabric, const FlowList& flows, const std::vector<uint32_t>& selection)
{
    const RouteTable routes(fabric, EngineMode::STANDARD);
    const RdmaConfig config = RdmaConfig().Resolve(fabric, routes);
    return Look(fabric, routes, config, flows, selection);
}

float Hop(const FluidView& view, std::size_t row, std::size_t hop, std::size_t input)
{
    return view.features.hop[(view.features.hopBegin[row] + hop) * HOP_INPUTS + input];
}

} // namespace

TEST(FlowFeatures, TellWhatTheFlowMeets)
{
    const FabricGraph fabric = Dumbbell(10'000'000'000);
    // the first runs alone, the second meets it on the middle link, the third comes while the second is there
    const FlowList flows = {{0, 2, 1'000'000, 0},
                            {1, 3, 100'000, 10'000},
                            {0, 3, 1000, 20'000},
                            {0, 2, 1000, 90'000'000}};
    const FluidView view = View(fabric, flows, {0, 1, 3});
    ASSERT_EQ(view.features.Count(), 3U);
    EXPECT_EQ(view.features.hopBegin, (std::vector<uint32_t>{0, 3, 6, 9}));
    EXPECT_FLOAT_EQ(Hop(view, 0, 1, ACTIVE), 0);
    EXPECT_FLOAT_EQ(Hop(view, 1, 0, ACTIVE), 0);
    EXPECT_FLOAT_EQ(Hop(view, 1, 1, ACTIVE), std::log(2.0F));
    EXPECT_FLOAT_EQ(Hop(view, 1, 1, DURING_FLOWS), std::log(2.0F));
    EXPECT_FLOAT_EQ(Hop(view, 0, 1, DURING_FLOWS), std::log(3.0F));
    EXPECT_FLOAT_EQ(Hop(view, 2, 1, ACTIVE), 0); // all others have ended long ago
    EXPECT_EQ(Hop(view, 1, 1, HELD_HERE), 1) << "two flows share the middle link";
    EXPECT_EQ(Hop(view, 1, 0, HELD_HERE) + Hop(view, 1, 2, HELD_HERE), 0);
    EXPECT_NEAR(view.features.flow[1 * FLOW_INPUTS + LOG_FLUID], std::log(view.slowdown[1]), 1e-6);
    EXPECT_GT(view.slowdown[1], 1.5);
    EXPECT_NEAR(view.slowdown[3], 1, 1e-9);
}

TEST(FlowFeatures, DoNotDependOnTheUnitOfRate)
{
    // ten times the rate, a tenth of all delays and times: the same network in other units
    const auto scaled = [](uint64_t factor)
    {
        FabricGraph fabric;
        fabric.AddNode(NodeKind::HOST);
        fabric.AddNode(NodeKind::HOST);
        fabric.AddNode(NodeKind::SWITCH);
        fabric.AddLink(0, 2, 1'000'000'000 * factor, 100'000 / static_cast<int64_t>(factor));
        fabric.AddLink(2, 1, 1'000'000'000 * factor, 100'000 / static_cast<int64_t>(factor));
        const auto scale = static_cast<int64_t>(factor);
        RdmaConfig config;
        config.Of<DctcpConfig>().kBytes = 20'000;
        config.nodeSharedPoolBytes = {0, 0, 100'000};
        const RouteTable routes(fabric, EngineMode::STANDARD);
        return Look(fabric,
                    routes,
                    config.Resolve(fabric, routes),
                    {{0, 1, 300'000, 0}, {0, 1, 5000, 1'000'000 / scale}, {1, 0, 70'000, 1'500'000 / scale}},
                    {0, 1, 2});
    };
    const FluidView slow = scaled(1);
    const FluidView fast = scaled(10);
    for (std::size_t i = 0; i < slow.features.flow.size(); i++)
    {
        if (i % FLOW_INPUTS == TIMEOUT) // the minimum, 1 ms, is no part of the network's time
        {
            EXPECT_NEAR(slow.features.flow[i], std::log(3), 1e-3);
            EXPECT_GT(fast.features.flow[i], std::log(20));
            continue;
        }
        EXPECT_NEAR(slow.features.flow[i], fast.features.flow[i], 1e-3) << "input " << i % FLOW_INPUTS;
    }
    for (std::size_t i = 0; i < slow.features.hop.size(); i++)
    {
        EXPECT_NEAR(slow.features.hop[i], fast.features.hop[i], 1e-3) << "hop input " << i % HOP_INPUTS;
    }
}

TEST(FlowFeatures, OfASelectionAreThoseOfAll)
{
    const TrainingScenario scenario = DrawScenario(5, 3, 2e5);
    const RouteTable routes(scenario.fabric, scenario.config.mode);
    const RdmaConfig config = scenario.config.Resolve(scenario.fabric, routes);
    std::vector<uint32_t> all(scenario.flows.size());
    std::iota(all.begin(), all.end(), 0U);
    const FluidView whole = Look(scenario.fabric, routes, config, scenario.flows, all);
    const std::vector<uint32_t> some = {1, 7, 100, 333};
    const FluidView part = Look(scenario.fabric, routes, config, scenario.flows, some);
    EXPECT_EQ(whole.slowdown, part.slowdown);
    for (std::size_t row = 0; row < some.size(); row++)
    {
        for (std::size_t input = 0; input < FLOW_INPUTS; input++)
        {
            EXPECT_EQ(part.features.flow[row * FLOW_INPUTS + input],
                      whole.features.flow[some[row] * FLOW_INPUTS + input]);
        }
        const std::size_t hops = part.features.hopBegin[row + 1] - part.features.hopBegin[row];
        for (std::size_t i = 0; i < hops * HOP_INPUTS; i++)
        {
            EXPECT_NEAR(part.features.hop[part.features.hopBegin[row] * HOP_INPUTS + i],
                        whole.features.hop[whole.features.hopBegin[some[row]] * HOP_INPUTS + i],
                        1e-4)
                << "hop input " << i % HOP_INPUTS;
        }
    }
}

TEST(FlowFeatures, TellBuffersAndTimeoutsInBdpsAndRtts)
{
    // the whole buffer of a switch grows with its ports, what there is for each of them does not
    constexpr std::size_t POOL_OF_PORTS = 23;
    for (const uint32_t hosts : {4, 16})
    {
        const FabricGraph fabric = MakeLeafSpine({2, hosts, 2});
        const RouteTable routes(fabric, EngineMode::STANDARD);
        const RdmaConfig config = RdmaConfig().Resolve(fabric, routes);
        const FlowList flows = {{fabric.Hosts().front(), fabric.Hosts().back(), 5000, 0}};
        const FlowFeatures features = Look(fabric, routes, config, flows, {0}).features;
        const double rtt = UnitRttNs(fabric, routes, config);
        const double bdp = static_cast<double>(fabric.HostRate()) * rtt / 8e9;
        Route route;
        routes.DataRoute({flows[0].src, flows[0].dst, 0}, route);
        for (std::size_t i = 0; i < route.size(); i++)
        {
            const NodeId node = fabric.Link(route[i]).from;
            const float* hop = &features.hop[i * HOP_INPUTS];
            if (fabric.IsHost(node))
            {
                EXPECT_EQ(hop[LOG_POOL], 0);
                continue;
            }
            const auto pool = static_cast<double>(SharedPoolBytes(fabric, node, config));
            EXPECT_NEAR(std::exp(hop[LOG_POOL]) * bdp / pool, 1, 1e-5);
            EXPECT_NEAR(std::exp(hop[POOL_OF_PORTS]) * static_cast<double>(fabric.PortCapacity(node)) * rtt / 8e9 /
                            pool,
                        1,
                        1e-5);
        }
        EXPECT_NEAR(std::exp(features.flow[TIMEOUT]) * rtt, 1'000'000, 10) << "three base RTTs are less";
    }
}

TEST(PathViewer, SeesWhatTheNetworkSeesWhereAFlowIsAlone)
{
    const FabricGraph fabric = MakeThreeTier({});
    const FlowList flows = {{3, 60, 123'456, 1000}, {3, 60, 2000, 1'000'000'000}};
    const RouteTable routes(fabric, EngineMode::STANDARD);
    const RdmaConfig config = RdmaConfig().Resolve(fabric, routes);
    const FluidView network = Look(fabric, routes, config, flows, {0, 1});
    const PathViewer viewer(fabric, routes, config, flows, {100});
    for (uint32_t path = 0; path < viewer.Index().PathCount(); path++)
    {
        const std::vector<uint32_t>& foreground = viewer.Index().ForegroundFlows(path);
        const FlowFeatures view = viewer.View(path, foreground);
        ASSERT_EQ(view.Count(), foreground.size());
        for (std::size_t row = 0; row < foreground.size(); row++)
        {
            const std::size_t id = foreground[row];
            for (std::size_t input = 0; input < FLOW_INPUTS; input++)
            {
                EXPECT_NEAR(view.flow[row * FLOW_INPUTS + input], network.features.flow[id * FLOW_INPUTS + input], 1e-4)
                    << "input " << input;
            }
            const std::size_t hops = network.features.hopBegin[id + 1] - network.features.hopBegin[id];
            ASSERT_EQ(view.hopBegin[row + 1] - view.hopBegin[row], hops);
            for (std::size_t i = 0; i < hops * HOP_INPUTS; i++)
            {
                EXPECT_NEAR(view.hop[view.hopBegin[row] * HOP_INPUTS + i],
                            network.features.hop[network.features.hopBegin[id] * HOP_INPUTS + i],
                            1e-4)
                    << "hop input " << i % HOP_INPUTS;
            }
        }
    }
}

TEST(PathViewer, KnowsTheLoadOfLinksInBothDirections)
{
    const FabricGraph fabric = MakeThreeTier({});
    WorkloadHelper workload;
    workload.flows = 2000;
    const FlowList flows = workload.Generate(fabric);
    const RouteTable routes(fabric, EngineMode::STANDARD);
    const RdmaConfig config = RdmaConfig().Resolve(fabric, routes);
    const PathViewer viewer(fabric, routes, config, flows, {50});
    std::set<float> reverseLoads;
    for (uint32_t path = 0; path < viewer.Index().PathCount(); path++)
    {
        const std::vector<uint32_t>& foreground = viewer.Index().ForegroundFlows(path);
        const FlowFeatures view = viewer.View(path, foreground);
        const FlowFeatures network = Look(fabric, routes, config, flows, foreground).features;
        ASSERT_EQ(view.hopBegin, network.hopBegin);
        for (std::size_t hop = 0; hop < view.hopBegin.back(); hop++)
        {
            for (const uint32_t load : {LINK_LOAD, REVERSE_LOAD})
            {
                EXPECT_NEAR(view.hop[hop * HOP_INPUTS + load], network.hop[hop * HOP_INPUTS + load], 1e-5);
            }
            reverseLoads.insert(view.hop[hop * HOP_INPUTS + REVERSE_LOAD]);
        }
    }
    EXPECT_GT(reverseLoads.size(), 20U) << "links differ";
}

TEST(PathViewer, FlowsThatAreCutAwayTakeTheirShare)
{
    // host 1 sends to 2, which the path of 0 to 2 sees, and keeps most of its link busy with what goes to 3
    FabricGraph star;
    for (int i = 0; i < 4; i++)
    {
        star.AddNode(NodeKind::HOST);
    }
    const NodeId hub = star.AddNode(NodeKind::SWITCH);
    for (NodeId host = 0; host < 4; host++)
    {
        star.AddLink(host, hub, 10'000'000'000, 1000);
    }
    constexpr uint64_t BYTES = 1'000'000; // 0.8 ms at 10 Gb/s
    constexpr int64_t GAP_NS = 1'000'000;
    constexpr uint32_t CUT_AWAY = 100;
    FlowList flows = {{0, 2, BYTES, 0}, {1, 2, BYTES, 0}};
    for (uint32_t i = 1; i <= CUT_AWAY; i++)
    {
        flows.push_back({1, 3, BYTES, i * GAP_NS});
    }
    const RouteTable routes(star, EngineMode::STANDARD);
    const RdmaConfig config = RdmaConfig().Resolve(star, routes);
    const auto slowdown = [&](const FlowList& list)
    {
        const PathViewer viewer(star, routes, config, list, {2000});
        for (uint32_t path = 0; path < viewer.Index().PathCount(); path++)
        {
            if (viewer.Index().ForegroundFlows(path) == std::vector<uint32_t>{0})
            {
                return std::exp(viewer.View(path, {0}).flow[LOG_FLUID]);
            }
        }
        return 0.F;
    };
    const double load = static_cast<double>(WireBytes(BYTES, config.HeaderBytes())) / (1.25 * GAP_NS);
    EXPECT_NEAR(slowdown({flows[0], flows[1]}), 2, 0.02) << "nothing is cut away: both have half";
    EXPECT_GT(slowdown(flows), 1 / load - 0.02) << "the other has what is left of its own link";
    EXPECT_LT(slowdown(flows), 1.6);
}

TEST(ScenarioSpace, DrawsTrafficOnANetworkOfOnesOwn)
{
    const FabricGraph network = MakeLeafSpine({3, 5, 2});
    std::set<CongestionControlType> controls;
    for (uint64_t index = 0; index < 20; index++)
    {
        const TrainingScenario scenario = DrawScenario(3, index, 1e4, network);
        EXPECT_EQ(scenario.fabric.Hosts().size(), 15U);
        EXPECT_EQ(scenario.fabric.LinkCount(), network.LinkCount());
        const RouteTable routes(scenario.fabric, scenario.config.mode);
        EXPECT_NO_THROW(CheckFlows(scenario.fabric, routes, scenario.flows));
        controls.insert(scenario.config.congestionControl);
    }
    EXPECT_EQ(controls.size(), 4U) << "20 draws hold each control";
}

TEST(PathViewer, SeesWhatAFlowMeetsWithoutTheRestOfTheTrace)
{
    // on a path of few flows most of the trace lies outside of every window
    ThreeTierShape shape;
    shape.hostsPerRack = 4;
    const FabricGraph fabric = MakeThreeTier(shape);
    WorkloadHelper workload;
    workload.flows = 30'000;
    const FlowList flows = workload.Generate(fabric);
    const RouteTable routes(fabric, EngineMode::STANDARD);
    const RdmaConfig config = RdmaConfig().Resolve(fabric, routes);
    const PathViewer viewer(fabric, routes, config, flows, {50});
    std::size_t seen = 0;
    double fluidError = 0;
    double hopError = 0;
    for (uint32_t path = 0; path < viewer.Index().PathCount(); path++)
    {
        const std::vector<uint32_t>& foreground = viewer.Index().ForegroundFlows(path);
        const FlowFeatures view = viewer.View(path, foreground);
        ASSERT_EQ(view.Count(), foreground.size());
        const PathScenario whole = viewer.Index().Scenario(path);
        std::vector<uint32_t> selection;
        for (uint32_t flow = 0; flow < whole.flows.size(); flow++)
        {
            if (whole.foreground[flow])
            {
                selection.push_back(flow);
            }
        }
        const RouteTable wholeRoutes(whole.fabric, EngineMode::STANDARD);
        RdmaConfig wholeConfig = config;
        wholeConfig.nodeSharedPoolBytes.assign(whole.fabric.NodeCount(), 1'000'000);
        const FluidRun run = RecordFluidRun(viewer.Fluid(whole, {{0, INT64_MAX}}));
        const FlowFeatures expected = ViewFluid(whole.fabric, wholeRoutes, wholeConfig, whole.flows, selection, run);
        ASSERT_EQ(view.hopBegin, expected.hopBegin);
        constexpr std::size_t FLUID_SLOWDOWN = 4;
        for (std::size_t row = 0; row < foreground.size(); row++, seen++)
        {
            fluidError += std::abs(view.flow[row * FLOW_INPUTS + FLUID_SLOWDOWN] -
                                   expected.flow[row * FLOW_INPUTS + FLUID_SLOWDOWN]);
            const std::size_t second = (expected.hopBegin[row] + 1) * std::size_t{HOP_INPUTS} + ACTIVE;
            hopError += std::abs(view.hop[second] - expected.hop[second]);
        }
    }
    EXPECT_LT(fluidError / static_cast<double>(seen), 0.005);
    EXPECT_LT(hopError / static_cast<double>(seen), 0.01);
}

TEST(PathViewer, CarriesAsMuchAsTheNetworkInAShortList)
{
    // a third of the bytes are still under way when the last flow starts, so links are less busy than bytes suggest
    const FabricGraph fabric = MakeThreeTier({}); // 64 hosts
    WorkloadHelper workload;
    workload.flows = 20'000;
    for (const double load : {0.3, 0.6})
    {
        workload.load = load;
        const FlowList flows = workload.Generate(fabric);
        const RouteTable routes(fabric, EngineMode::STANDARD);
        const RdmaConfig config = RdmaConfig().Resolve(fabric, routes);
        const PathViewer viewer(fabric, routes, config, flows, {100});
        std::vector<uint32_t> selection;
        double sum = 0;
        for (uint32_t path = 0; path < viewer.Index().PathCount(); path++)
        {
            const std::vector<uint32_t>& foreground = viewer.Index().ForegroundFlows(path);
            const FlowFeatures view = viewer.View(path, foreground);
            for (std::size_t hop = 0; hop < view.hopBegin.back(); hop++)
            {
                sum += view.hop[hop * HOP_INPUTS + FLUID_RATE];
            }
            selection.insert(selection.end(), foreground.begin(), foreground.end());
        }
        std::sort(selection.begin(), selection.end());
        const FlowFeatures network = Look(fabric, routes, config, flows, selection).features;
        double expected = 0;
        for (std::size_t hop = 0; hop < network.hopBegin.back(); hop++)
        {
            expected += network.hop[hop * HOP_INPUTS + FLUID_RATE];
        }
        EXPECT_NEAR(sum / expected, 1, 0.08) << "load " << load;
    }
}

TEST(ScenarioSpace, SameNumbersGiveTheSameScenario)
{
    for (uint64_t index : {0, 1, 2, 3})
    {
        const TrainingScenario a = DrawScenario(3, index, 1e5);
        const TrainingScenario b = DrawScenario(3, index, 1e5);
        EXPECT_EQ(a.description, b.description);
        ASSERT_EQ(a.flows.size(), b.flows.size());
        EXPECT_EQ(a.flows.back().startNs, b.flows.back().startNs);
        EXPECT_EQ(a.config.windowBytes, b.config.windowBytes);
        EXPECT_NE(a.description, DrawScenario(4, index, 1e5).description);
        // every drawn configuration can run
        const RouteTable routes(a.fabric, a.config.mode);
        EXPECT_NO_THROW(a.config.Resolve(a.fabric, routes));
    }
}

TEST(ScenarioSpace, VariantsDifferInTheirConfigurationAlone)
{
    const auto settings = [](const RdmaConfig& config)
    {
        return std::tuple(config.windowBytes,
                          config.pfc,
                          config.variableWindow,
                          config.nodeSharedPoolBytes,
                          config.Of<DctcpConfig>().kBytes,
                          config.Of<DcqcnConfig>().kminBytes,
                          config.Of<HpccConfig>().eta,
                          config.Of<TimelyConfig>().tLowNs);
    };
    const FabricGraph own = Dumbbell(10'000'000'000);
    for (uint64_t index = 0; index < 12; index++)
    {
        for (const bool drawn : {true, false})
        {
            const auto variant = [&](uint32_t number) {
                return drawn ? DrawScenario(3, index, 1e5, HostRange{}, number)
                             : DrawScenario(3, index, 1e5, own, number);
            };
            const TrainingScenario base = variant(0);
            const TrainingScenario one = variant(1);
            EXPECT_EQ(variant(1).description, one.description);
            EXPECT_NE(one.description, base.description);
            EXPECT_EQ(one.config.congestionControl, base.config.congestionControl);
            EXPECT_NE(settings(one.config), settings(base.config));
            EXPECT_NE(settings(one.config), settings(variant(2).config));
            EXPECT_EQ(one.fabric.LinkCount(), base.fabric.LinkCount());
            ASSERT_EQ(one.flows.size(), base.flows.size());
            for (std::size_t flow = 0; flow < base.flows.size(); flow++)
            {
                ASSERT_EQ(one.flows[flow].src, base.flows[flow].src);
                ASSERT_EQ(one.flows[flow].dst, base.flows[flow].dst);
                ASSERT_EQ(one.flows[flow].sizeBytes, base.flows[flow].sizeBytes);
                ASSERT_EQ(one.flows[flow].startNs, base.flows[flow].startNs);
            }
        }
    }
}

TEST(ScenarioSpace, NetworksHaveAsManyHostsAsAskedFor)
{
    constexpr uint64_t DRAWN = 60;
    for (const HostRange range : {HostRange{}, HostRange{4, 8}, HostRange{129, 512}})
    {
        std::size_t smallest = std::numeric_limits<std::size_t>::max();
        std::size_t largest = 0;
        for (uint64_t index = 0; index < DRAWN; index++)
        {
            const std::size_t hosts = DrawScenario(3, index, 1, range).fabric.Hosts().size();
            smallest = std::min(smallest, hosts);
            largest = std::max(largest, hosts);
        }
        EXPECT_GE(smallest, range.min);
        EXPECT_LT(smallest, 2 * range.min + 4);
        EXPECT_LE(largest, range.max);
        EXPECT_GT(largest, range.max / 2);
    }
    for (const HostRange range : {HostRange{3, 128}, HostRange{4, 513}, HostRange{65, 128}})
    {
        EXPECT_THROW(DrawScenario(3, 0, 1, range), InputError);
    }
}

TEST(SampleFile, ReadsWhatItWroteAndRefusesTheRest)
{
    const auto folder = TemporaryFolder() / "m3-samples";
    std::filesystem::create_directories(folder);
    const std::string file = (folder / "a.m3s").string();
    TrainingSamples samples;
    samples.features = View(Dumbbell(10'000'000'000), {{0, 2, 5000, 0}, {1, 3, 7000, 10}}, {0, 1}).features;
    samples.slowdown = {1.5F, 2.5F};
    samples.sizeBytes = {5000, 7000};
    samples.origin.scenario = "two flows";
    WriteSamples(samples, file);
    const TrainingSamples back = ReadSamples(file);
    EXPECT_EQ(back.features.flow, samples.features.flow);
    EXPECT_EQ(back.features.hop, samples.features.hop);
    EXPECT_EQ(back.features.hopBegin, samples.features.hopBegin);
    EXPECT_EQ(back.slowdown, samples.slowdown);
    EXPECT_EQ(back.sizeBytes, samples.sizeBytes);
    EXPECT_EQ(back.origin.scenario, "two flows");
    EXPECT_EQ(SampleFiles(folder.string()), std::vector<std::string>{file});

    std::filesystem::resize_file(file, std::filesystem::file_size(file) - 1); // cut off
    EXPECT_THROW(ReadSamples(file), InputError);
    std::ofstream(file) << "something else";
    EXPECT_THROW(ReadSamples(file), InputError);
    std::filesystem::remove_all(folder);
    EXPECT_THROW(ReadSamples(file), InputError);
    EXPECT_THROW(SampleFiles(folder.string()), InputError);
}

TEST(InputRanges, TellWhatLiesOutside)
{
    FlowFeatures trained;
    trained.hopBegin = {0};
    const auto add = [](FlowFeatures& features, float flowValue, float hopValue)
    {
        FlowFeatures one;
        one.flow.assign(FLOW_INPUTS, flowValue);
        one.hop.assign(HOP_INPUTS, hopValue);
        one.hopBegin = {0, 1};
        Append(features, one);
    };
    add(trained, -1, 0);
    add(trained, 1, 2);
    const InputRanges ranges = RangesOf(trained);
    ASSERT_EQ(ranges.flowLow.size(), FLOW_INPUTS);
    EXPECT_EQ(ranges.flowLow[3], -1);
    EXPECT_EQ(ranges.hopHigh[5], 2);
    EXPECT_TRUE(OutOfRange(trained, ranges).empty());

    InputRanges before;
    before.flowLow.assign(2, -5); // of a version with fewer inputs
    before.flowHigh.assign(2, 0);
    const InputRanges both = RangesOf(trained, before);
    EXPECT_EQ(both.flowLow[1], -5);
    EXPECT_EQ(both.flowHigh[1], 1);
    EXPECT_EQ(both.flowLow[2], -1);
    EXPECT_EQ(both.hopHigh, ranges.hopHigh);

    constexpr uint32_t WINDOW = 8; // a logarithm
    FlowFeatures asked;
    asked.hopBegin = {0};
    for (int i = 0; i < 200; i++)
    {
        add(asked, 0, 1);
    }
    asked.flow[WINDOW] = 5;
    EXPECT_TRUE(OutOfRange(asked, ranges).empty()) << "1 of 200 flows";
    for (int i = 0; i < 20; i++)
    {
        asked.flow[static_cast<std::size_t>(i) * FLOW_INPUTS + WINDOW] = 2;
    }
    const auto lines = OutOfRange(asked, ranges);
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0], "window in BDPs: 7.39 for 10 % of flows, trained on 0.368 to 2.72");
    EXPECT_TRUE(OutOfRange(asked, InputRanges()).empty()) << "an older checkpoint does not say";
}

TEST(CorrectionModel, QuantileSharesSumToOne)
{
    double sum = 0;
    for (uint32_t i = 0; i < QUANTILES; i++)
    {
        sum += QuantileWeight(i);
        EXPECT_GT(QuantileWeight(i), 0);
    }
    EXPECT_NEAR(sum, 1, 1e-12);
}
