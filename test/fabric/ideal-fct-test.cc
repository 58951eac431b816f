// SPDX-License-Identifier: GPL-2.0-only
#include "core/random-stream.h"
#include "fabric/first-routes.h"
#include "fabric/ideal-fct.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <set>
#include <vector>

using namespace ns3::m3;

namespace
{

/// A line of links with random delays, and rates that are random, usual ones, or some of both.
FabricGraph RandomLine(RandomStream& random, Route& route)
{
    constexpr std::array<uint64_t, 6> USUAL_GBPS = {1, 10, 25, 40, 100, 800};
    FabricGraph fabric;
    const auto links = static_cast<uint32_t>(random.Integer(1, 6));
    const double usual = static_cast<double>(random.Integer(0, 4)) / 4; // how often
    const auto rate = [&]
    {
        return random.Uniform() < usual ? USUAL_GBPS[random.Integer(0, USUAL_GBPS.size() - 1)] * 1'000'000'000
                                        : static_cast<uint64_t>(random.LogUniform(1e9, 8e11));
    };
    NodeId last = fabric.AddNode(NodeKind::HOST);
    route.clear();
    for (uint32_t i = 0; i < links; i++)
    {
        const NodeId next = fabric.AddNode(i + 1 == links ? NodeKind::HOST : NodeKind::SWITCH);
        route.push_back(fabric.AddLink(last, next, rate(), static_cast<int64_t>(random.Integer(0, 5000))));
        last = next;
    }
    return fabric;
}

/// Store-and-forward packet by packet, by definition.
template <typename Time, typename TxTime>
Time ByDefinition(const FabricGraph& fabric, const Route& route, uint64_t size, uint32_t header, TxTime txTime)
{
    std::vector<Time> busyUntil(route.size(), 0);
    Time arrival = 0;
    for (uint64_t sent = 0; sent < size; sent += MTU_PAYLOAD_BYTES)
    {
        const uint64_t bytes = std::min<uint64_t>(MTU_PAYLOAD_BYTES, size - sent) + header;
        arrival = 0;
        for (std::size_t hop = 0; hop < route.size(); hop++)
        {
            const FabricLink& link = fabric.Link(route[hop]);
            busyUntil[hop] = std::max(arrival, busyUntil[hop]) + txTime(bytes, link.bitsPerSecond);
            arrival = busyUntil[hop] + link.delayNs;
        }
    }
    return arrival;
}

/// Switches in a random connected graph with hosts of few kinds, some alone at a switch, with two links, with none, or
/// with one that is down; in every fourth all links are of kinds of their own.
FabricGraph RandomNetwork(RandomStream& random)
{
    constexpr uint32_t HOSTS = 12;
    FabricGraph fabric;
    const auto switches = static_cast<uint32_t>(random.Integer(1, 6));
    const bool isPlain = random.Uniform() < 0.75;
    const auto add = [&](NodeId from, NodeId to)
    {
        const uint64_t gbps = random.Uniform() < 0.7 ? 10 : 40;
        const LinkId link =
            fabric.AddLink(from,
                           to,
                           isPlain ? gbps * 1'000'000'000 : static_cast<uint64_t>(random.LogUniform(1e9, 1e11)),
                           isPlain ? 1000 : static_cast<int64_t>(random.Integer(0, 5000)),
                           0,
                           isPlain ? std::optional<uint64_t>() : random.Integer(1, 90) * 1'000'000'000);
        if (random.Uniform() < 0.05)
        {
            fabric.SetLinkUp(link, false);
        }
    };
    for (uint32_t node = 0; node < HOSTS + switches; node++)
    {
        fabric.AddNode(node < HOSTS ? NodeKind::HOST : NodeKind::SWITCH);
    }
    for (NodeId node = HOSTS + 1; node < HOSTS + switches; node++)
    {
        add(node, static_cast<NodeId>(random.Integer(HOSTS, node - 1)));
        add(static_cast<NodeId>(random.Integer(HOSTS, node - 1)), node);
    }
    for (NodeId host = 0; host < HOSTS; host++)
    {
        const uint64_t links = random.Uniform() < 0.8 ? 1 : random.Integer(0, 2);
        for (uint64_t i = 0; i < links; i++)
        {
            add(host, static_cast<NodeId>(HOSTS + random.Integer(0, switches - 1)));
        }
    }
    return fabric;
}

} // namespace

TEST(IdealFct, EqualsStoreAndForwardByDefinition)
{
    RandomStream random(1);
    Route route;
    for (int i = 0; i < 2000; i++)
    {
        const FabricGraph fabric = RandomLine(random, route);
        const auto size = static_cast<uint64_t>(random.LogUniform(1, 200'000));
        const auto header = static_cast<uint32_t>(random.Integer(0, 100));
        const auto exact = ByDefinition<long double>(fabric,
                                                     route,
                                                     size,
                                                     header,
                                                     [](uint64_t bytes, uint64_t rate) { return 8e9L * bytes / rate; });
        EXPECT_EQ(IdealFctNs(fabric, route, size, header, EngineMode::STANDARD),
                  static_cast<int64_t>(std::ceil(exact - 1e-6L)));
        EXPECT_EQ(IdealFctNs(fabric, route, size, header, EngineMode::HPCC),
                  ByDefinition<int64_t>(fabric, route, size, header, HpccTxTimeNs));
    }
}

TEST(IdealFct, HoldsForFlowsOfAnySize)
{
    FabricGraph fabric;
    fabric.AddNode(NodeKind::HOST);
    fabric.AddNode(NodeKind::HOST);
    const Route route{fabric.AddLink(0, 1, 1'000'000'000, 1000)};
    for (uint64_t size = 1000; size <= 100'000'000'000'000; size *= 10)
    {
        // packets of 1048 B, 8 ns a byte
        EXPECT_EQ(IdealFctNs(fabric, route, size, 48, EngineMode::STANDARD),
                  1000 + static_cast<int64_t>(size / 1000 * 1048 * 8));
    }
}

TEST(IdealFct, AWholeNumberOfNanosecondsIsNotRoundedUp)
{
    // at 3 Gb/s a byte takes no whole number of ps, but 600 B take 1600 ns and 1200 B 3200 ns
    FabricGraph fabric;
    fabric.AddNode(NodeKind::HOST);
    fabric.AddNode(NodeKind::HOST);
    const Route route{fabric.AddLink(0, 1, 3'000'000'000, 1000)};
    EXPECT_EQ(IdealFctNs(fabric, route, 552, 48, EngineMode::STANDARD), 1000 + 1600);
    EXPECT_EQ(IdealFctNs(fabric, route, 553, 48, EngineMode::STANDARD), 1000 + 1603); // 1602.67
    EXPECT_EQ(IdealFctNs(fabric, route, 1104, 48, EngineMode::STANDARD), 1000 + 3200);
}

TEST(LinkTiming, HpccTimesAreThoseOfTheOriginal)
{
    // packet-level facts of the published simulator at 10 Gb/s: 838.4 -> 838, an exact 48.0 -> 47, 640.0 -> 639
    EXPECT_EQ(HpccTxTimeNs(1048, 10'000'000'000), 838);
    EXPECT_EQ(HpccTxTimeNs(60, 10'000'000'000), 47);
    EXPECT_EQ(HpccTxTimeNs(800, 10'000'000'000), 639);
    EXPECT_EQ(HpccTxTimeNs(1048, 100'000'000'000'000), 0);
    EXPECT_EQ(StandardTxTimeNs(800, 10'000'000'000), 640);
    EXPECT_EQ(StandardTxTimeNs(1048, 10'000'000'000), 839);
}

TEST(LinkTiming, SecondsAreTruncatedToNanoseconds)
{
    EXPECT_EQ(HpccSecondsToNs(3.25), 3'250'000'000); // binary fractions are exact
    EXPECT_EQ(HpccSecondsToNs(7), 7'000'000'000);
    EXPECT_EQ(HpccSecondsToNs(2.000000003), 2'000'000'002); // the double is below 2 s and 3 ns
    EXPECT_EQ(HpccSecondsToNs(0), 0);
}

TEST(LinkTiming, StandardTimesAreRoundedUp)
{
    EXPECT_EQ(StandardTxTimeNs(2, 3), 5'333'333'334); // 16e9 / 3 = 5,333,333,333.33
    EXPECT_EQ(StandardTxTimeNs(3, 3), 8'000'000'000);
    EXPECT_EQ(StandardTxTimeNs(1, 7), 1'142'857'143); // 8e9 / 7 = 1,142,857,142.86
    EXPECT_EQ(PacketCount(1), 1U);
    EXPECT_EQ(PacketCount(1000), 1U);
    EXPECT_EQ(PacketCount(1001), 2U);
    EXPECT_EQ(WireBytes(2500, 48), 2500U + 3 * 48);
}

TEST(FirstRoutes, StandForThoseOfAllPairs)
{
    RandomStream random(11);
    for (int round = 0; round < 60; round++)
    {
        const FabricGraph fabric = RandomNetwork(random);
        const EngineMode mode = round % 2 == 0 ? EngineMode::STANDARD : EngineMode::HPCC;
        const RouteTable routes(fabric, mode);
        std::set<std::vector<uint64_t>> expected; // rates and delays, link by link
        const auto textOf = [&fabric](const Route& route)
        {
            std::vector<uint64_t> text;
            for (const LinkId link : route)
            {
                text.insert(text.end(),
                            {fabric.Link(link).bitsPerSecond, static_cast<uint64_t>(fabric.Link(link).delayNs)});
            }
            return text;
        };
        int64_t largest = 0;
        Route route;
        const PacketFormat format{48, 1000, {500, 700, round % 3 == 0 ? 64U : 0U}};
        for (const NodeId src : fabric.Hosts())
        {
            for (const NodeId dst : fabric.Hosts())
            {
                if (src != dst && !fabric.EgressLinks(dst).empty() && routes.Reachable(src, dst))
                {
                    routes.FirstRoute(src, dst, route);
                    expected.insert(textOf(route));
                    largest = std::max(largest, BaseRttNs(fabric, route, format, 60));
                }
            }
        }
        std::set<std::vector<uint64_t>> seen;
        FoldFirstRoutes<Route>(
            fabric,
            routes,
            [](LinkId link, const Route* rest)
            {
                Route whole(1, link);
                whole.insert(whole.end(), rest ? rest->begin() : whole.end(), rest ? rest->end() : whole.end());
                return whole;
            },
            [&](const Route& whole) { seen.insert(textOf(whole)); });
        EXPECT_EQ(seen, expected) << round;
        EXPECT_EQ(MaxBaseRttNs(fabric, routes, format, 60), largest) << round;
    }
}

TEST(BaseRtt, IsThereAndBack)
{
    FabricGraph fabric;
    fabric.AddNode(NodeKind::HOST);
    fabric.AddNode(NodeKind::HOST);
    fabric.AddNode(NodeKind::SWITCH);
    const Route route{fabric.AddLink(0, 2, 10'000'000'000, 1000), fabric.AddLink(2, 1, 10'000'000'000, 2000)};
    // 1048 B take 838.4 and 60 B 48 ns a hop
    EXPECT_EQ(BaseRttNs(fabric, route, 48, 60), 2 * 3000 + 2 * (839 + 48));
    const RouteTable routes(fabric, EngineMode::STANDARD);
    EXPECT_EQ(MaxBaseRttNs(fabric, routes, 48, 60), 2 * 3000 + 2 * (839 + 48));
    EXPECT_EQ(BottleneckRate(fabric, route), 10'000'000'000U);
}
