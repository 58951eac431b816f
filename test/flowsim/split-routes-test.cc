// SPDX-License-Identifier: GPL-2.0-only
// Flows that use all their shortest paths in equal shares.
#include "flowsim/split-routes.h"

#include "fabric/routes-of-flows.h"
#include "flowsim/class-max-min.h"
#include "flowsim/fabric-flow-sim.h"
#include "ns3/m3-estimator.h"
#include "ns3/m3-fabric-shapes.h"
#include "packet/engine/random-scenario.h"
#include "packet/engine/star.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <vector>

using namespace ns3::m3;

namespace
{

/// Slowdowns of flows between two racks of two hosts with two spines, by flowSim.
std::vector<double> SlowdownsOfTwoRacks(uint64_t fabricRate, bool splits)
{
    const FabricGraph fabric = MakeLeafSpine({2, 2, 2, 10 * GBIT, fabricRate, 1000});
    const std::vector<NodeId>& hosts = fabric.Hosts();
    const FlowList flows{{hosts[0], hosts[2], 10'000'000, 0}, {hosts[1], hosts[3], 10'000'000, 0}};
    const RouteTable routes(fabric, EngineMode::STANDARD);
    std::vector<double> slowdowns(flows.size());
    StreamFabricFlowSim(
        fabric,
        routes,
        flows,
        DATA_HEADER_BYTES,
        [&](uint32_t flow, double slowdown) { slowdowns[flow] = slowdown; },
        {},
        nullptr,
        {},
        splits);
    return slowdowns;
}

/// Shares of all links that a flow needs, followed from node to node.
std::map<LinkId, double> SharesOf(const FabricGraph& fabric, const RouteTable& routes, const Route& route)
{
    const NodeId dst = fabric.Link(route.back()).to;
    std::map<LinkId, double> shares{{route.front(), 1}};
    std::vector<std::pair<NodeId, double>> nodes{{fabric.Link(route.front()).to, 1}};
    std::vector<LinkId> links;
    while (!nodes.empty())
    {
        const auto [node, share] = nodes.back();
        nodes.pop_back();
        if (node != dst)
        {
            routes.NextLinks(node, dst, links);
            for (const LinkId link : links)
            {
                shares[link] += share / static_cast<double>(links.size());
                nodes.emplace_back(fabric.Link(link).to, share / static_cast<double>(links.size()));
            }
        }
    }
    return shares;
}

} // namespace

TEST(SplitRoutes, TwoFlowsShareTwoPaths)
{
    // each of two flows needs 1/2 of both uplinks of its rack: r0 / 2 + r1 / 2 <= C, so both have min(10, C) Gb/s
    for (const double slowdown : SlowdownsOfTwoRacks(10 * GBIT, true))
    {
        EXPECT_NEAR(slowdown, 1, 1e-9);
    }
    // C = 5 Gb/s: alone, a flow has 10 Gb/s over two paths of 5; together both have 5 as their one path alone would
    // have
    for (const double slowdown : SlowdownsOfTwoRacks(5 * GBIT, true))
    {
        EXPECT_GT(slowdown, 1.4);
        EXPECT_LT(slowdown, 2);
    }
}

TEST(SplitRoutes, AClosNetworkHasOneLinkPerStageLeft)
{
    // 4 links: NIC, one uplink of the rack for all 4, one downlink for all 4, that of the receiver
    const FabricGraph fabric = MakeLeafSpine({3, 4, 4, 10 * GBIT, 10 * GBIT, 1000});
    const RouteTable routes(fabric, EngineMode::STANDARD);
    const std::vector<NodeId>& hosts = fabric.Hosts();
    const FlowList flows{{hosts[0], hosts[5], 1000, 0}, {hosts[1], hosts[9], 1000, 0}, {hosts[2], hosts[3], 1000, 0}};
    const SplitRoutes split(fabric, routes, flows);
    RoutesOfFlows next(routes);
    for (const Flow& flow : flows)
    {
        Route route;
        next.Next(flow.src, flow.dst, route);
        FluidFlow fluid{};
        split.Split(route, fluid);
        ASSERT_EQ(fluid.links.size(), route.size());
        EXPECT_EQ(fluid.links.front(), route.front());
        EXPECT_EQ(fluid.links.back(), route.back());
        if (route.size() == 4)
        {
            EXPECT_EQ(fluid.shares, (std::vector<double>{1, 0.25, 0.25, 1}));
        }
    }
}

TEST(SplitRoutes, RatesAreMaxMinFairOnEveryNetwork)
{
    // the definition: no link carries more than it can, and every flow has a link that is full, on which no flow has a
    // higher rate
    for (uint64_t seed = 1; seed <= 200; seed++)
    {
        SCOPED_TRACE(seed);
        const RandomScenario scenario = MakeRandomScenario(seed);
        const FabricGraph& fabric = scenario.fabric;
        const RouteTable routes(fabric, EngineMode::STANDARD);
        FlowList flows = scenario.flows;
        flows.resize(std::min<std::size_t>(flows.size(), 40));
        std::vector<double> capacity;
        for (LinkId link = 0; link < fabric.LinkCount(); link++)
        {
            capacity.push_back(static_cast<double>(fabric.Link(link).bitsPerSecond) / 1e9);
        }
        const SplitRoutes split(fabric, routes, flows);
        ClassMaxMinRates rates(capacity, {0, {}, {}});
        RoutesOfFlows next(routes);
        std::vector<std::map<LinkId, double>> shares;
        for (uint32_t id = 0; id < flows.size(); id++)
        {
            Route route;
            next.Next(flows[id].src, flows[id].dst, route);
            shares.push_back(SharesOf(fabric, routes, route));
            FluidFlow fluid{};
            split.Split(route, fluid);
            rates.Add(id, fluid.links, std::numeric_limits<double>::infinity(), 0, fluid.shares);
        }
        std::vector<double> used(capacity.size());
        std::vector<double> highest(capacity.size());
        for (uint32_t id = 0; id < flows.size(); id++)
        {
            for (const auto& [link, share] : shares[id])
            {
                used[link] += share * rates.Rate(id);
                highest[link] = std::max(highest[link], rates.Rate(id));
            }
        }
        for (LinkId link = 0; link < capacity.size(); link++)
        {
            ASSERT_LE(used[link], capacity[link] * (1 + 1e-6)) << "link " << link;
        }
        for (uint32_t id = 0; id < flows.size(); id++)
        {
            const bool isHeldBack = std::any_of(shares[id].begin(),
                                                shares[id].end(),
                                                [&](const auto& part)
                                                {
                                                    return used[part.first] >= capacity[part.first] * (1 - 1e-6) &&
                                                           rates.Rate(id) >= highest[part.first] * (1 - 1e-6);
                                                });
            ASSERT_TRUE(isHeldBack) << "flow " << id;
        }
    }
}

TEST(SplitRoutes, FlowsimSplitsWhatIsSprayed)
{
    M3Estimator estimator(MakeLeafSpine({2, 8, 4, 10 * GBIT, 20 * GBIT, 1000}));
    const FabricGraph& fabric = estimator.Fabric();
    FlowList flows;
    for (uint32_t i = 0; i < 8; i++)
    {
        flows.push_back({fabric.Hosts()[i], fabric.Hosts()[8 + i], 10'000'000, 0});
    }
    EXPECT_GT(estimator.Run("flowsim", flows).OverallQuantile(1), 1.2) << "ECMP";
    for (const LoadBalancingType type :
         {LoadBalancingType::SPRAY, LoadBalancingType::DRILL, LoadBalancingType::ENTROPY})
    {
        estimator.config.loadBalancing = type;
        const SlowdownReport report = estimator.Run("flowsim", flows);
        EXPECT_NEAR(report.OverallQuantile(1), 1, 1e-9);
        EXPECT_TRUE(report.Notes().empty());
    }
    estimator.config.loadBalancing = LoadBalancingType::FLOWLET;
    EXPECT_FALSE(estimator.Run("flowsim", flows).Notes().empty());
}
