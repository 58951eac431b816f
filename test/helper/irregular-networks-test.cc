// SPDX-License-Identifier: GPL-2.0-only
// Networks of no shape: random connected graphs with mixed rates and delays, several links between two switches and
// hosts with two NICs, by every engine.
#include "core/random-stream.h"
#include "fabric/fabric-from-nodes.h"
#include "fabric/ideal-fct.h"
#include "ns3/m3-estimator.h"
#include "ns3/m3-fabric-helper.h"
#include "ns3/m3-input-error.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

using namespace ns3::m3;

namespace
{

constexpr uint64_t GBPS = 1'000'000'000;

FabricGraph RandomGraph(uint64_t seed)
{
    constexpr uint32_t SWITCHES = 9;
    constexpr uint32_t HOSTS = 14;
    constexpr uint64_t RATES[] = {10 * GBPS, 25 * GBPS, 40 * GBPS, 100 * GBPS};
    RandomStream random(seed);
    FabricGraph fabric;
    const auto rate = [&](std::size_t fewest) { return RATES[random.Integer(fewest, 3)]; };
    const auto delay = [&] { return static_cast<int64_t>(random.Integer(0, 3000)); };
    for (uint32_t i = 0; i < SWITCHES + HOSTS; i++)
    {
        fabric.AddNode(i < SWITCHES ? NodeKind::SWITCH : NodeKind::HOST);
    }
    for (NodeId a = 1; a < SWITCHES; a++) // a tree of long arms, so that paths get long
    {
        fabric.AddLink(a, static_cast<NodeId>(random.Integer(a < 3 ? 0 : a - 3, a - 1)), rate(1), delay());
    }
    for (uint32_t extra = 0; extra < 3; extra++) // and other ways, often beside an existing link
    {
        const auto a = static_cast<NodeId>(random.Integer(1, SWITCHES - 1));
        fabric.AddLink(a, a - 1, rate(1), delay());
        fabric.AddLink(a, a - 1, rate(1), delay());
    }
    for (NodeId host = SWITCHES; host < SWITCHES + HOSTS; host++)
    {
        fabric.AddLink(host, static_cast<NodeId>(random.Integer(0, SWITCHES - 1)), rate(0), delay());
        if (host % 5 == 0)
        {
            fabric.AddLink(host, static_cast<NodeId>(random.Integer(0, SWITCHES - 1)), rate(0), delay());
        }
    }
    return fabric;
}

FlowList RandomFlows(const FabricGraph& fabric, uint32_t count, double meanGapNs, uint64_t seed)
{
    RandomStream random(seed);
    FlowList flows;
    double now = 0;
    for (uint32_t i = 0; i < count; i++)
    {
        const auto& hosts = fabric.Hosts();
        const uint64_t src = random.Integer(0, hosts.size() - 1);
        const uint64_t dst = (src + random.Integer(1, hosts.size() - 1)) % hosts.size();
        now += meanGapNs * random.Exponential();
        flows.push_back(
            {hosts[src], hosts[dst], static_cast<uint64_t>(random.LogUniform(1, 300'000)), static_cast<int64_t>(now)});
    }
    return flows;
}

} // namespace

TEST(IrregularNetworks, AFlowAloneTakesItsIdealTimeByEveryEngine)
{
    for (uint64_t seed = 1; seed <= 10; seed++)
    {
        M3Estimator estimator(RandomGraph(seed));
        estimator.config.windowBytes = 0; // a window for 10 Gb/s would hold a faster host back
        const FabricGraph& fabric = estimator.Fabric();
        FlowList flows = RandomFlows(fabric, 300, 1, seed);
        for (std::size_t i = 0; i < flows.size(); i++)
        {
            flows[i].startNs = static_cast<int64_t>(i) * 2'000'000;
            flows[i].sizeBytes = std::min<uint64_t>(flows[i].sizeBytes, 10'000); // more would mark its own packets
        }
        std::size_t longest = 0;
        const RouteTable routes(fabric, EngineMode::STANDARD);
        Route route;
        for (std::size_t i = 0; i < flows.size(); i++)
        {
            routes.DataRoute({flows[i].src, flows[i].dst, i}, route);
            longest = std::max(longest, route.size());
        }
        EXPECT_GE(longest, 5U) << seed;
        const auto packets = estimator.RunPerFlow("packet", flows);
        const auto fluid = estimator.RunPerFlow("flowsim", flows);
        for (std::size_t i = 0; i < flows.size(); i++)
        {
            routes.DataRoute({flows[i].src, flows[i].dst, i}, route);
            const auto ideal = static_cast<double>(
                IdealFctNs(fabric, route, flows[i].sizeBytes, DATA_HEADER_BYTES, EngineMode::STANDARD));
            EXPECT_GE(packets[i].receiverNs, ideal) << seed << ' ' << i;
            EXPECT_LE(packets[i].receiverNs, ideal + static_cast<double>(route.size())) << seed << ' ' << i;
            EXPECT_NEAR(fluid[i].receiverNs, ideal, 1e-6 * ideal) << seed << ' ' << i;
        }
    }
}

TEST(IrregularNetworks, EveryEngineAnswers)
{
    for (uint64_t seed = 1; seed <= 5; seed++)
    {
        M3Estimator estimator(RandomGraph(seed));
        const FlowList flows = RandomFlows(estimator.Fabric(), 3000, 4000, seed + 100);
        const SlowdownReport truth = estimator.Run("packet", flows);
        EXPECT_EQ(truth.Unfinished(), 0U);
        EXPECT_GE(truth.OverallQuantile(0), 1);
        const SlowdownReport fluid = estimator.Run("flowsim", flows);
        EXPECT_GE(fluid.OverallQuantile(0), 1);
        for (const std::string scope : {"network", "paths"})
        {
            estimator.Set("scope", scope);
            const SlowdownReport report = estimator.Run("m3", flows);
            EXPECT_EQ(report.FlowCount(), flows.size());
            for (std::size_t c = 0; c < report.Classes().Count(); c++)
            {
                EXPECT_EQ(report.FlowCount(c), truth.FlowCount(c));
                EXPECT_GE(report.ClassQuantile(c, 0), 1);
                EXPECT_LE(report.ClassQuantile(c, 0.5), report.ClassQuantile(c, 0.99));
                // far from the truth is worse than no model
                EXPECT_LT(std::abs(std::log(report.ClassQuantile(c, 0.5) / truth.ClassQuantile(c, 0.5))), 0.7)
                    << "graph " << seed << " class " << c;
            }
        }
    }
}

TEST(IrregularNetworks, WhatCannotRunIsRefusedByEveryEngine)
{
    FabricGraph fabric = RandomGraph(1);
    const NodeId host = fabric.Hosts().front();
    const NodeId other = fabric.Hosts().back();
    const NodeId island = fabric.AddNode(NodeKind::HOST);
    const NodeId lonely = fabric.AddNode(NodeKind::SWITCH);
    fabric.AddLink(island, lonely, GBPS, 0);
    EXPECT_THROW(fabric.AddLink(host, lonely, 0, 0), InputError) << "zero rate";
    EXPECT_THROW(fabric.AddLink(host, host, GBPS, 0), InputError) << "loop";
    for (const std::string scope : {"auto", "network", "paths"})
    {
        M3Estimator estimator(fabric);
        estimator.Set("scope", scope);
        for (const Flow& wrong : {Flow{host, island, 1000, 0},
                                  Flow{island, host, 1000, 0},
                                  Flow{host, host, 1000, 0},
                                  Flow{host, 12345, 1000, 0},
                                  Flow{lonely, host, 1000, 0}})
        {
            for (const std::string engine : {"packet", "flowsim", "parsimon", "m3"})
            {
                try
                {
                    estimator.Run(engine, {{host, other, 1000, 0}, wrong});
                    ADD_FAILURE() << wrong.src << " to " << wrong.dst << " by " << engine;
                }
                catch (const InputError& error)
                {
                    EXPECT_NE(std::string(error.what()).find("flow 1"), std::string::npos) << error.what();
                }
            }
        }
    }
}

TEST(IrregularNetworks, NodesKeepAllThatAFabricSays)
{
    // two hosts at a switch inside a server and one outside, with links of all differences
    FabricGraph fabric;
    fabric.AddNode(NodeKind::FORWARDING_HOST);
    fabric.AddNode(NodeKind::HOST);
    fabric.AddNode(NodeKind::SWITCH);
    fabric.AddNode(NodeKind::SWITCH);
    fabric.SetServerSwitch(2);
    fabric.AddLink(0, 2, 400'000'000'000, 25);
    fabric.AddLink(1, 2, 200'000'000'000, 25, 0.25, 100'000'000'000);
    fabric.AddLink(2, 3, 100'000'000'000, 500);
    fabric.AddLink(1, 3, 50'000'000'000, 700);
    const FabricGraph read = ReadFabric(FabricHelper::Install(fabric));
    ASSERT_EQ(read.NodeCount(), fabric.NodeCount());
    ASSERT_EQ(read.LinkCount(), fabric.LinkCount());
    for (NodeId node = 0; node < fabric.NodeCount(); node++)
    {
        EXPECT_EQ(read.Kind(node), fabric.Kind(node));
        EXPECT_EQ(read.IsServerSwitch(node), fabric.IsServerSwitch(node));
        ASSERT_EQ(read.EgressLinks(node).size(), fabric.EgressLinks(node).size());
        for (std::size_t port = 0; port < fabric.EgressLinks(node).size(); port++)
        {
            const FabricLink& one = read.Link(read.EgressLinks(node)[port]);
            const FabricLink& other = fabric.Link(fabric.EgressLinks(node)[port]);
            EXPECT_EQ(one.to, other.to);
            EXPECT_EQ(one.bitsPerSecond, other.bitsPerSecond);
            EXPECT_EQ(one.delayNs, other.delayNs);
            EXPECT_EQ(one.errorRate, other.errorRate);
        }
    }
}
