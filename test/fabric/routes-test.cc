// SPDX-License-Identifier: GPL-2.0-only
#include "input-file.h"

#include "core/random-stream.h"
#include "fabric/expected-loads.h"
#include "fabric/routes-of-flows.h"
#include "ns3/m3-fabric-shapes.h"
#include "ns3/m3-input-error.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <map>
#include <set>
#include <sys/resource.h>
#include <utility>
#include <vector>

using namespace ns3::m3;

namespace
{

uint32_t HashOf(const char* text, uint32_t seed)
{
    return MurmurHash3(text, std::strlen(text), seed);
}

/// Switches in a random connected graph, each with two hosts; some pairs of switches have parallel links.
FabricGraph RandomFabric(uint64_t seed)
{
    RandomStream random(seed);
    FabricGraph fabric;
    constexpr uint32_t SWITCHES = 8;
    for (uint32_t i = 0; i < SWITCHES; i++)
    {
        fabric.AddNode(NodeKind::SWITCH);
    }
    for (uint32_t i = 1; i < SWITCHES; i++)
    {
        fabric.AddLink(i, static_cast<NodeId>(random.Integer(0, i - 1)), 1'000'000'000, 10);
    }
    for (uint32_t i = 0; i < SWITCHES; i++)
    {
        const auto a = static_cast<NodeId>(random.Integer(0, SWITCHES - 1));
        const auto b = static_cast<NodeId>((a + random.Integer(1, SWITCHES - 1)) % SWITCHES);
        fabric.AddLink(a, b, 1'000'000'000, 10);
    }
    for (uint32_t i = 0; i < 2 * SWITCHES; i++)
    {
        const NodeId host = fabric.AddNode(NodeKind::HOST);
        fabric.AddLink(host, i / 2, 1'000'000'000, 10);
        if (i % 5 == 0) // a second NIC
        {
            fabric.AddLink(host, (i / 2 + 3) % SWITCHES, 1'000'000'000, 10);
        }
    }
    return fabric;
}

/// Shortest distance in links, hosts in between not allowed.
uint32_t Distance(const FabricGraph& fabric, NodeId from, NodeId to)
{
    std::vector<uint32_t> distance(fabric.NodeCount(), std::numeric_limits<uint32_t>::max());
    std::vector<NodeId> queue{from};
    distance[from] = 0;
    for (std::size_t i = 0; i < queue.size(); i++)
    {
        if (queue[i] != from && fabric.IsHost(queue[i]))
        {
            continue;
        }
        for (LinkId link : fabric.EgressLinks(queue[i]))
        {
            const NodeId next = fabric.Link(link).to;
            if (distance[next] > distance[queue[i]] + 1)
            {
                distance[next] = distance[queue[i]] + 1;
                queue.push_back(next);
            }
        }
    }
    return distance[to];
}

void ExpectShortestPath(const FabricGraph& fabric, const Route& route, NodeId src, NodeId dst)
{
    ASSERT_FALSE(route.empty());
    EXPECT_EQ(fabric.Link(route.front()).from, src);
    EXPECT_EQ(fabric.Link(route.back()).to, dst);
    EXPECT_EQ(route.size(), Distance(fabric, src, dst));
    for (std::size_t i = 1; i < route.size(); i++)
    {
        ASSERT_EQ(fabric.Link(route[i]).from, fabric.Link(route[i - 1]).to);
        EXPECT_FALSE(fabric.IsHost(fabric.Link(route[i]).from));
    }
}

} // namespace

TEST(MurmurHash3, PublishedTestVectors)
{
    EXPECT_EQ(HashOf("", 0), 0U);
    EXPECT_EQ(HashOf("", 1), 0x514E28B7U);
    EXPECT_EQ(HashOf("hello", 0), 0x248BFA47U);
    EXPECT_EQ(HashOf("hello, world", 0), 0x149BBB7FU);
    EXPECT_EQ(HashOf("The quick brown fox jumps over the lazy dog", 0x9747B28CU), 0x2FA826CDU);
}

TEST(Routes, AreShortestPathsOnRandomGraphs)
{
    for (uint64_t seed = 1; seed <= 20; seed++)
    {
        const FabricGraph fabric = RandomFabric(seed);
        for (EngineMode mode : {EngineMode::STANDARD, EngineMode::HPCC})
        {
            const RouteTable routes(fabric, mode);
            Route data;
            Route ack;
            for (NodeId src : fabric.Hosts())
            {
                for (NodeId dst : fabric.Hosts())
                {
                    if (src == dst)
                    {
                        EXPECT_FALSE(routes.Reachable(src, dst));
                        continue;
                    }
                    EXPECT_TRUE(routes.Reachable(src, dst));
                    const RouteKey key{src, dst, seed * 31 + src, static_cast<uint16_t>(10000 + dst)};
                    routes.DataRoute(key, data);
                    ExpectShortestPath(fabric, data, src, dst);
                    routes.AckRoute(key, ack);
                    ExpectShortestPath(fabric, ack, dst, src);
                    if (mode == EngineMode::STANDARD)
                    {
                        for (std::size_t i = 0; i < data.size(); i++)
                        {
                            EXPECT_EQ(ack[data.size() - 1 - i], ReverseLink(data[i]));
                        }
                    }
                }
            }
        }
    }
}

TEST(Routes, SpreadOverEqualPathsAsExpectedLoadSays)
{
    const FabricGraph fabric = RandomFabric(3);
    const RouteTable routes(fabric, EngineMode::STANDARD);
    const NodeId src = fabric.Hosts()[0]; // two NICs
    const NodeId dst = fabric.Hosts()[7];
    std::vector<double> expected(fabric.LinkCount(), 0);
    routes.AddExpectedLoad(dst, {{src, 1.0}}, expected);
    constexpr int FLOWS = 40'000;
    std::vector<double> seen(fabric.LinkCount(), 0);
    Route route;
    for (uint64_t flow = 0; flow < FLOWS; flow++)
    {
        routes.DataRoute({src, dst, flow}, route);
        for (LinkId link : route)
        {
            seen[link] += 1.0 / FLOWS;
        }
    }
    for (LinkId link = 0; link < fabric.LinkCount(); link++)
    {
        EXPECT_NEAR(seen[link], expected[link], 0.015) << "link " << link;
    }
}

TEST(Routes, ExpectedLoadsOfRacksAreThoseOfTheirHosts)
{
    const auto demand = [](std::size_t src, std::size_t dst)
    { return (src + 2 * dst) % 5 == 0 ? 0 : 0.1 * static_cast<double>(1 + (3 * src + dst) % 7); };
    for (const EngineMode mode : {EngineMode::STANDARD, EngineMode::HPCC})
    {
        for (const bool isRegular : {true, false})
        {
            const FabricGraph fabric = isRegular ? MakeThreeTier({3, 2, 3, 2, 2}) : RandomFabric(4);
            const RouteTable routes(fabric, mode);
            std::map<NodeId, std::size_t> rackOfTor;
            std::vector<std::vector<NodeId>> racks;
            std::vector<std::size_t> rackOf(fabric.NodeCount());
            for (const NodeId host : fabric.Hosts())
            {
                rackOf[host] = rackOfTor.try_emplace(fabric.TopOfRack(host), racks.size()).first->second;
                racks.resize(rackOfTor.size());
                racks[rackOf[host]].push_back(host);
            }
            std::vector<double> loads(fabric.LinkCount(), 0);
            AddExpectedLoads(fabric, mode, racks, demand, loads);
            std::vector<double> byHost(fabric.LinkCount(), 0);
            for (const NodeId dst : fabric.Hosts())
            {
                std::vector<std::pair<NodeId, double>> demands;
                for (const NodeId src : fabric.Hosts())
                {
                    if (src != dst)
                    {
                        demands.emplace_back(src, demand(rackOf[src], rackOf[dst]));
                    }
                }
                routes.AddExpectedLoad(dst, demands, byHost);
            }
            for (LinkId link = 0; link < fabric.LinkCount(); link++)
            {
                if (isRegular) // the same sums in the same order
                {
                    EXPECT_EQ(loads[link], byHost[link]) << link;
                }
                EXPECT_NEAR(loads[link], byHost[link], 1e-12) << link;
            }
        }
    }
}

TEST(Routes, ExpectedLoadsOfRacksNameWhoCannotBeReached)
{
    FabricGraph fabric = MakeLeafSpine({2, 2, 1});
    const std::vector<std::vector<NodeId>> racks{{0, 1}, {2, 3}};
    std::vector<double> load(fabric.LinkCount(), 0);
    const auto errorOf = [&](const std::function<double(std::size_t, std::size_t)>& demand)
    { return InputErrorOf([&] { AddExpectedLoads(fabric, EngineMode::STANDARD, racks, demand, load); }); };
    const auto all = [](std::size_t, std::size_t) { return 1.0; };
    const auto inside = [](std::size_t src, std::size_t dst) { return src == dst ? 1.0 : 0.0; };
    const LinkId ofHost = fabric.EgressLinks(3)[0];
    fabric.SetLinkUp(ofHost, false);
    EXPECT_EQ(errorOf(inside), "no path from host 3 to host 2");
    fabric.SetLinkUp(ofHost, true);
    const LinkId uplink = fabric.EgressLinks(fabric.TopOfRack(0)).back();
    fabric.SetLinkUp(uplink, false);
    EXPECT_EQ(errorOf(all), "no path from host 2 to host 0");
    EXPECT_EQ(load, std::vector<double>(fabric.LinkCount(), 0)) << "half done";
    EXPECT_EQ(errorOf(inside), "");
    // each host sends 1 to the one beside it, which the uplinks do not see
    EXPECT_EQ(load[ofHost], 1);
    EXPECT_EQ(load[ReverseLink(ofHost)], 1);
    EXPECT_EQ(load[uplink] + load[ReverseLink(uplink)], 0);
}

TEST(Routes, TablesGrowWithSwitchesNotWithHosts)
{
    // 500 racks of 40 hosts, 4 spines: with 20,000 hosts in it, a table would take 500 KB and all of them 250 MB
    const FabricGraph fabric = MakeLeafSpine({500, 40, 4});
    const RouteTable routes(fabric, EngineMode::STANDARD);
    const auto peakKilobytes = []
    {
        rusage usage{};
        getrusage(RUSAGE_SELF, &usage);
        return usage.ru_maxrss;
    };
    Route route;
    routes.DataRoute({19'999, 0, 0}, route);
    [[maybe_unused]] const auto before = peakKilobytes();
    for (NodeId dst = 40; dst < 20'000; dst += 40)
    {
        routes.DataRoute({0, dst, dst}, route);
        ASSERT_EQ(route.size(), 4U);
    }
#ifndef M3_SANITIZED // AddressSanitizer keeps what was freed for a while
    EXPECT_LT(peakKilobytes() - before, 50'000);
#endif
}

TEST(Routes, ChooseByTheHashOfAFlow)
{
    const FabricGraph fabric = MakeLeafSpine({2, 3, 7});
    const RouteTable routes(fabric, EngineMode::STANDARD);
    RandomStream random(3);
    const std::vector<NodeId>& hosts = fabric.Hosts();
    Route route;
    for (int i = 0; i < 1000; i++)
    {
        const NodeId src = hosts[random.Integer(0, 2)];
        const NodeId dst = hosts[random.Integer(3, 5)];
        const uint64_t id = random.Integer(0, UINT64_MAX - 1);
        routes.DataRoute({src, dst, id}, route);
        ASSERT_EQ(route.size(), 4U);
        const NodeId leaf = fabric.Link(route[1]).from;
        std::vector<LinkId> up;
        for (const LinkId link : fabric.EgressLinks(leaf))
        {
            if (!fabric.IsHost(fabric.Link(link).to))
            {
                up.push_back(link);
            }
        }
        ASSERT_EQ(up.size(), 7U);
        const uint32_t words[3] = {src, dst, static_cast<uint32_t>(id)};
        EXPECT_EQ(route[1], up[MurmurHash3(words, sizeof words, leaf) % up.size()]);
    }
}

TEST(Routes, KeysCountFlowsAndPorts)
{
    const FabricGraph fabric = MakeLeafSpine({2, 2, 2});
    const RouteTable routes(fabric, EngineMode::HPCC);
    RoutesOfFlows keys(routes);
    EXPECT_EQ(keys.NextKey(0, 1).srcPort, 10000);
    EXPECT_EQ(keys.NextKey(0, 1).srcPort, 10001);
    EXPECT_EQ(keys.NextKey(1, 0).srcPort, 10000);
    EXPECT_EQ(keys.NextKey(0, 1).flowId, 3U);
}

TEST(Routes, HpccModeUsesTheLastOfParallelLinks)
{
    FabricGraph fabric;
    for (const NodeKind kind : {NodeKind::HOST, NodeKind::HOST, NodeKind::SWITCH, NodeKind::SWITCH})
    {
        fabric.AddNode(kind);
    }
    fabric.AddLink(0, 2, 1'000'000'000, 10);
    fabric.AddLink(1, 3, 1'000'000'000, 10);
    fabric.AddLink(2, 3, 1'000'000'000, 10);
    const LinkId last = fabric.AddLink(3, 2, 1'000'000'000, 10);
    const auto linksBetween = [&fabric](EngineMode mode)
    {
        const RouteTable routes(fabric, mode);
        std::set<LinkId> links;
        for (uint64_t id = 0; id < 64; id++)
        {
            Route route;
            routes.DataRoute({0, 1, id, static_cast<uint16_t>(10000 + id)}, route);
            EXPECT_EQ(route.size(), 3U);
            links.insert(route[1]);
        }
        return links;
    };
    EXPECT_EQ(linksBetween(EngineMode::HPCC), std::set<LinkId>{ReverseLink(last)});
    EXPECT_EQ(linksBetween(EngineMode::STANDARD).size(), 2U);
}

TEST(Routes, HpccModeHashesTheDestinationPort)
{
    const FabricGraph fabric = MakeLeafSpine({2, 2, 8});
    std::map<EngineMode, std::set<Route>> routesOf;
    for (const EngineMode mode : {EngineMode::HPCC, EngineMode::STANDARD})
    {
        const RouteTable routes(fabric, mode);
        for (uint16_t dstPort = 100; dstPort < 164; dstPort++)
        {
            Route route;
            RoutesOfFlows(routes).Next(0, 2, route, dstPort);
            routesOf[mode].insert(route);
        }
    }
    EXPECT_EQ(routesOf[EngineMode::HPCC].size(), 8U); // of 64 hashes, all spines get some
    EXPECT_EQ(routesOf[EngineMode::STANDARD].size(), 1U);
}

TEST(Routes, RefuseSwitchesAndIslands)
{
    FabricGraph fabric;
    for (int i = 0; i < 3; i++)
    {
        fabric.AddNode(NodeKind::HOST);
    }
    const NodeId hub = fabric.AddNode(NodeKind::SWITCH);
    const NodeId other = fabric.AddNode(NodeKind::SWITCH);
    fabric.AddLink(0, hub, 1000, 1);
    fabric.AddLink(1, hub, 1000, 1);
    fabric.AddLink(2, other, 1000, 1);
    const RouteTable routes(fabric, EngineMode::STANDARD);
    Route route;
    EXPECT_FALSE(routes.Reachable(0, 2));
    EXPECT_THROW(routes.DataRoute({0, 2, 0}, route), InputError);
    EXPECT_THROW(routes.DataRoute({0, hub, 0}, route), InputError);
    EXPECT_THROW(routes.DataRoute({0, 99, 0}, route), InputError);
    EXPECT_NO_THROW(routes.DataRoute({0, 1, 0}, route));
    std::vector<double> load(fabric.LinkCount(), 0);
    EXPECT_THROW(routes.AddExpectedLoad(hub, {{0, 1.0}}, load), InputError);
    EXPECT_THROW(routes.AddExpectedLoad(99, {{0, 1.0}}, load), InputError);
    EXPECT_THROW(routes.AddExpectedLoad(2, {{0, 1.0}}, load), InputError);
    EXPECT_EQ(load, std::vector<double>(fabric.LinkCount(), 0)) << "half done";
}

TEST(Routes, ExpectedLoadsOfThousandsOfRacksKeepNoTables)
{
    // 10,000 racks of one host: tables towards all of them would take 5 GB, those asked for here 200 MB
    constexpr NodeId RACKS = 10'000;
    constexpr NodeId CORE = 2 * RACKS;
    FabricGraph fabric;
    for (NodeId node = 0; node <= CORE; node++)
    {
        fabric.AddNode(node < RACKS ? NodeKind::HOST : NodeKind::SWITCH);
    }
    for (NodeId host = 0; host < RACKS; host++)
    {
        fabric.AddLink(host, RACKS + host, 10'000'000'000, 1000);
        fabric.AddLink(RACKS + host, CORE, 100'000'000'000, 1000);
    }
    const RouteTable routes(fabric, EngineMode::STANDARD);
    std::vector<double> load(fabric.LinkCount(), 0);
    const auto peakKilobytes = []
    {
        rusage usage{};
        getrusage(RUSAGE_SELF, &usage);
        return usage.ru_maxrss;
    };
    routes.AddExpectedLoad(0, {{1, 1.0}}, load);
    [[maybe_unused]] const auto before = peakKilobytes();
    for (NodeId dst = 2; dst < 400; dst++)
    {
        routes.AddExpectedLoad(dst, {{1, 1.0}}, load);
    }
#ifndef M3_SANITIZED // AddressSanitizer keeps what was freed for a while
    EXPECT_LT(peakKilobytes() - before, 50'000);
#endif
    EXPECT_EQ(load[fabric.EgressLinks(1)[0]], 399) << "all that host 1 sends leaves by its link";
    EXPECT_EQ(load[ReverseLink(fabric.EgressLinks(7)[0])], 1);
}
