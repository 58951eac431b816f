// SPDX-License-Identifier: GPL-2.0-only
#include "core/random-stream.h"
#include "fabric/ideal-fct.h"
#include "fabric/routes-of-flows.h"
#include "flowsim/fabric-flow-sim.h"
#include "ns3/m3-fabric-shapes.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-packet-simulation.h"
#include "parts/path-index.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

using namespace ns3::m3;

namespace
{

FlowList RandomFlows(const FabricGraph& fabric, uint32_t count)
{
    RandomStream random(4);
    FlowList flows;
    const auto& hosts = fabric.Hosts();
    for (uint32_t i = 0; i < count; i++)
    {
        const uint64_t src = random.Integer(0, hosts.size() - 1);
        const uint64_t dst = (src + random.Integer(1, hosts.size() - 1)) % hosts.size();
        flows.push_back({hosts[src], hosts[dst], random.Integer(1, 50'000), static_cast<int64_t>(i) * 1000});
    }
    return flows;
}

FabricGraph SmallFabric()
{
    ThreeTierShape shape;
    shape.racksPerPod = 2;
    shape.hostsPerRack = 3;
    return MakeThreeTier(shape);
}

} // namespace

TEST(PathIndex, EveryFlowIsForegroundOfOnePath)
{
    const FabricGraph fabric = SmallFabric();
    const FlowList flows = RandomFlows(fabric, 2000);
    const RouteTable routes(fabric, EngineMode::STANDARD);
    const PathIndex index(fabric, routes, flows, {200'000}); // enough that no path is missed
    std::vector<int> seen(flows.size(), 0);
    std::set<Route> distinct;
    RoutesOfFlows next(routes);
    std::vector<Route> expected(flows.size());
    for (std::size_t i = 0; i < flows.size(); i++)
    {
        next.Next(flows[i].src, flows[i].dst, expected[i]);
    }
    for (uint32_t path = 0; path < index.PathCount(); path++)
    {
        EXPECT_TRUE(distinct.insert(index.PathRoute(path)).second);
        for (uint32_t flow : index.ForegroundFlows(path))
        {
            seen[flow]++;
            EXPECT_EQ(index.PathRoute(path), expected[flow]);
        }
    }
    EXPECT_EQ(std::count(seen.begin(), seen.end(), 1), static_cast<long>(flows.size()));
    constexpr uint32_t HEADER = 48;
    std::vector<double> bytes(fabric.LinkCount(), 0);
    std::vector<uint64_t> count(fabric.LinkCount(), 0);
    for (std::size_t i = 0; i < flows.size(); i++)
    {
        for (const LinkId link : expected[i])
        {
            bytes[link] += static_cast<double>(WireBytes(flows[i].sizeBytes, HEADER));
            count[link]++;
        }
    }
    for (LinkId link = 0; link < fabric.LinkCount(); link++)
    {
        EXPECT_EQ(index.WireBytesOf(link, HEADER), bytes[link]);
        EXPECT_EQ(index.FlowsOn(link), count[link]);
    }
}

TEST(PathIndex, DrawsPathsByTheirFlows)
{
    const FabricGraph fabric = SmallFabric();
    const FlowList flows = RandomFlows(fabric, 500);
    const RouteTable routes(fabric, EngineMode::STANDARD);
    constexpr uint32_t DRAWS = 200'000;
    const PathIndex index(fabric, routes, flows, {DRAWS});
    uint64_t sum = 0;
    double chiSquare = 0;
    for (uint32_t path = 0; path < index.PathCount(); path++)
    {
        const double expected = DRAWS * static_cast<double>(index.ForegroundFlows(path).size()) / 500;
        chiSquare += (index.Multiplicity(path) - expected) * (index.Multiplicity(path) - expected) / expected;
        sum += index.Multiplicity(path);
    }
    EXPECT_EQ(sum, DRAWS);
    const double degrees = index.PathCount() - 1;
    EXPECT_NEAR(chiSquare, degrees, 6 * std::sqrt(2 * degrees));
}

TEST(PathIndex, DrawsTheSameOnAnyNumberOfThreads)
{
    const FabricGraph fabric = SmallFabric();
    const FlowList flows = RandomFlows(fabric, 200'000);
    for (const EngineMode mode : {EngineMode::STANDARD, EngineMode::HPCC})
    {
        const RouteTable routes(fabric, mode);
        const PathIndex one(fabric, routes, flows, {20, 5, 1});
        for (const uint32_t threads : {2, 3})
        {
            const RouteTable ownRoutes(fabric, mode); // whose tables the threads make
            const PathIndex index(fabric, ownRoutes, flows, {20, 5, threads});
            ASSERT_EQ(index.PathCount(), one.PathCount());
            for (uint32_t path = 0; path < index.PathCount(); path++)
            {
                EXPECT_EQ(index.PathRoute(path), one.PathRoute(path));
                EXPECT_EQ(index.Multiplicity(path), one.Multiplicity(path));
                EXPECT_EQ(index.ForegroundFlows(path), one.ForegroundFlows(path));
                for (const LinkId link : index.PathRoute(path))
                {
                    EXPECT_EQ(index.WireBytesOf(link, 48), one.WireBytesOf(link, 48));
                }
            }
        }
    }
    const RouteTable routes(fabric, EngineMode::STANDARD);
    EXPECT_THROW(PathIndex(fabric, routes, flows, {0}), InputError);
    EXPECT_THROW(PathIndex(fabric, routes, {}, {5}), InputError);
}

TEST(PathIndex, WindowsLeaveOutWhatIsOverByThen)
{
    const FabricGraph fabric = SmallFabric();
    FlowList flows = RandomFlows(fabric, 50'000); // 50 ms
    flows[100].sizeBytes = 100'000'000;           // may last 640 ms at 10 Gb/s
    const RouteTable routes(fabric, EngineMode::STANDARD);
    const PathIndex index(fabric, routes, flows, {500});
    const std::vector<TimeWindow> windows = {{20'000'000, 21'000'000}, {30'000'000, 30'000'100}};
    bool sawLasting = false;
    for (uint32_t path = 0; path < index.PathCount(); path++)
    {
        const PathScenario whole = index.Scenario(path);
        const PathScenario part = index.Scenario(path, windows);
        const std::set<uint32_t> taken(part.originalFlow.begin(), part.originalFlow.end());
        EXPECT_LT(taken.size(), whole.originalFlow.size() / 4);
        for (std::size_t i = 0; i < whole.flows.size(); i++)
        {
            const Flow& flow = whole.flows[i];
            const auto lasts = static_cast<int64_t>(PathIndex::SLOWEST * static_cast<double>(flow.sizeBytes) * 0.8);
            const bool matters = std::any_of(windows.begin(),
                                             windows.end(),
                                             [&](const TimeWindow& window)
                                             {
                                                 return flow.startNs <= window.second &&
                                                        flow.startNs + lasts / 4 >= window.first; // at 40 Gb/s
                                             });
            EXPECT_TRUE(!matters || taken.count(whole.originalFlow[i])) << whole.originalFlow[i];
            sawLasting = sawLasting || (whole.originalFlow[i] == 100 && taken.count(100));
        }
    }
    EXPECT_TRUE(sawLasting);
}

TEST(PathIndex, ElephantFlowsBeforeAWindowTakePartOnRequest)
{
    const FabricGraph fabric = SmallFabric();
    const FlowList flows = RandomFlows(fabric, 50'000); // 50 ms
    const RouteTable routes(fabric, EngineMode::STANDARD);
    const PathIndex index(fabric, routes, flows, {100});
    constexpr int64_t BEGIN = 40'000'000;
    constexpr int64_t LEAD = 10'000'000;
    const std::vector<TimeWindow> window = {{BEGIN, BEGIN + 1'000'000}};
    double all = 0;
    double taken = 0;
    std::size_t more = 0;
    for (uint32_t path = 0; path < index.PathCount(); path++)
    {
        const PathScenario whole = index.Scenario(path);
        const PathScenario part = index.Scenario(path, window, LEAD);
        const PathScenario without = index.Scenario(path, window);
        const std::set<uint32_t> ids(part.originalFlow.begin(), part.originalFlow.end());
        const std::set<uint32_t> fewer(without.originalFlow.begin(), without.originalFlow.end());
        EXPECT_TRUE(std::includes(ids.begin(), ids.end(), fewer.begin(), fewer.end()));
        more += ids.size() - fewer.size();
        for (std::size_t i = 0; i < whole.flows.size(); i++)
        {
            const Flow& flow = whole.flows[i];
            if (flow.startNs >= BEGIN - LEAD && flow.startNs < BEGIN)
            {
                all += static_cast<double>(flow.sizeBytes);
                taken += ids.count(whole.originalFlow[i]) ? static_cast<double>(flow.sizeBytes) : 0;
            }
        }
    }
    EXPECT_GT(more, 0U);
    EXPECT_GT(taken / all, 0.8) << "elephant flows carry at least 0.9 of all bytes, in the mean of all links";
    EXPECT_LT(taken / all, 1);
}

TEST(PathIndex, ScenariosKeepFlowsDelaysAndLinks)
{
    const FabricGraph fabric = SmallFabric();
    const FlowList flows = RandomFlows(fabric, 1000);
    const RouteTable routes(fabric, EngineMode::STANDARD);
    const PathIndex index(fabric, routes, flows, {1000});
    RoutesOfFlows next(routes);
    std::vector<Route> routeOf(flows.size());
    for (std::size_t i = 0; i < flows.size(); i++)
    {
        next.Next(flows[i].src, flows[i].dst, routeOf[i]);
    }
    const auto delay = [](const FabricGraph& graph, const Route& route)
    {
        int64_t sum = 0;
        for (LinkId link : route)
        {
            sum += graph.Link(link).delayNs;
        }
        return sum;
    };
    for (uint32_t path = 0; path < index.PathCount(); path += 17)
    {
        const PathScenario scenario = index.Scenario(path);
        const Route& real = index.PathRoute(path);
        ASSERT_EQ(scenario.path.size(), real.size());
        for (std::size_t i = 0; i < real.size(); i++)
        {
            EXPECT_EQ(scenario.fabric.Link(scenario.path[i]).bitsPerSecond, fabric.Link(real[i]).bitsPerSecond);
        }
        const std::set<LinkId> pathLinks(real.begin(), real.end());
        const RouteTable scenarioRoutes(scenario.fabric, EngineMode::STANDARD);
        std::set<uint32_t> taken;
        std::vector<uint32_t> foreground;
        for (std::size_t i = 0; i < scenario.flows.size(); i++)
        {
            const uint32_t id = scenario.originalFlow[i];
            taken.insert(id);
            Route route;
            scenarioRoutes.DataRoute({scenario.flows[i].src, scenario.flows[i].dst, i}, route);
            EXPECT_EQ(delay(scenario.fabric, route), delay(fabric, routeOf[id]));
            Route only;
            scenario.RouteOf(i, only);
            EXPECT_EQ(only, route);
            Route stoodFor; // may be another one as short where ways out from the same access switch differ
            for (const LinkId link : route)
            {
                const Route& originals = scenario.originalLinks.at(link);
                EXPECT_EQ(scenario.fabric.Link(link).delayNs, delay(fabric, originals));
                stoodFor.insert(stoodFor.end(), originals.begin(), originals.end());
            }
            ASSERT_EQ(stoodFor.size(), routeOf[id].size());
            EXPECT_EQ(fabric.Link(stoodFor.front()).from, flows[id].src);
            EXPECT_EQ(fabric.Link(stoodFor.back()).to, flows[id].dst);
            for (std::size_t k = 1; k < stoodFor.size(); k++)
            {
                EXPECT_EQ(fabric.Link(stoodFor[k]).from, fabric.Link(stoodFor[k - 1]).to);
            }
            EXPECT_EQ(scenario.flows[i].sizeBytes, flows[id].sizeBytes);
            if (scenario.foreground[i])
            {
                foreground.push_back(id);
                EXPECT_EQ(route, scenario.path);
            }
            EXPECT_EQ(scenario.originalNode[scenario.flows[i].src], flows[id].src);
            EXPECT_EQ(scenario.originalNode[scenario.flows[i].dst], flows[id].dst);
        }
        EXPECT_EQ(foreground, index.ForegroundFlows(path));
        for (uint32_t id = 0; id < flows.size(); id++)
        {
            const bool touches =
                std::any_of(routeOf[id].begin(), routeOf[id].end(), [&](LinkId l) { return pathLinks.count(l) > 0; });
            EXPECT_EQ(touches, taken.count(id) > 0) << "flow " << id;
        }
    }
}

TEST(PathIndex, AScenarioRunsOnThePacketEngine)
{
    const FabricGraph fabric = SmallFabric();
    const FlowList flows = RandomFlows(fabric, 500);
    const RouteTable routes(fabric, EngineMode::STANDARD);
    const PathIndex index(fabric, routes, flows, {1});
    const PathScenario scenario = index.Scenario(0);
    const PacketResult result = RunPacketSimulation(scenario.fabric, {}, scenario.flows);
    EXPECT_EQ(result.completionOrder.size(), scenario.flows.size());
}
