// SPDX-License-Identifier: GPL-2.0-only
// Ideal FCTs of flows whose packets may take any shortest path. Times of a packet of 1048 B: 209.6 ns at 40 Gb/s, 838.4
// ns at 10 Gb/s.
#include "config/ideal-fcts-of-run.h"
#include "core/random-stream.h"
#include "ns3/m3-fabric-shapes.h"
#include "ns3/m3-packet-simulation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

using namespace ns3::m3;

namespace
{

constexpr uint64_t GBPS = 1'000'000'000;

/// A path between the two switches of TwoHosts(), over one more switch.
struct Middle
{
    uint64_t rate;
    int64_t delayNs;
};

/// Hosts 0 and 1 by links of a rate and 1 us at switches 2 and 3, and some paths between these.
FabricGraph TwoHosts(uint64_t rate, const std::vector<Middle>& paths)
{
    FabricGraph fabric;
    fabric.AddNode(NodeKind::HOST);
    fabric.AddNode(NodeKind::HOST);
    fabric.AddNode(NodeKind::SWITCH);
    fabric.AddNode(NodeKind::SWITCH);
    fabric.AddLink(0, 2, rate, 1000);
    fabric.AddLink(3, 1, rate, 1000);
    for (const Middle& path : paths)
    {
        const NodeId middle = fabric.AddNode(NodeKind::SWITCH);
        fabric.AddLink(2, middle, path.rate, path.delayNs);
        fabric.AddLink(middle, 3, path.rate, path.delayNs);
    }
    return fabric;
}

/// The ideal FCT over all paths from host 0 to host 1, ns.
int64_t OverPaths(const FabricGraph& fabric, uint64_t sizeBytes, const PacketFormat& format = 48)
{
    const RouteTable routes(fabric, EngineMode::STANDARD);
    Route route;
    routes.DataRoute({0, 1, 0}, route);
    return IdealFctOverPathsNs(fabric, routes, route, sizeBytes, format);
}

} // namespace

TEST(IdealOverPaths, IsThatOfTheFastestPath)
{
    // the last of three packets leaves the NIC after 3 x 838.4 ns, and takes three more links and 4 us on the second
    // path
    const FabricGraph fabric = TwoHosts(10 * GBPS, {{10 * GBPS, 5000}, {10 * GBPS, 1000}});
    EXPECT_EQ(OverPaths(fabric, 3000), 9031); // 6 x 838.4 + 4000 = 9030.4
    // the last packet has 600 B, 480 ns: the last link is reached after 3 x 838.4 + 3000 ns, has 2 x 838.4 + 480 ns to
    // send, and takes 1000 ns
    EXPECT_EQ(OverPaths(fabric, 2552), 8672);
    // the last of two packets has 58 B, 46.4 ns, and may overtake the first one, which takes 4 x 838.4 + 4000 = 7353.6
    EXPECT_EQ(OverPaths(fabric, 1010), 7354);
}

TEST(IdealOverPaths, PathsThatAreSlowerThanTheNicAddUp)
{
    // four paths carry what the NIC sends: the last packet leaves it after 4 x 209.6 ns, and has one to itself:
    // 838.4 + 1000 + 838.4 + 1000 + 838.4 + 1000 + 209.6 + 1000 = 6724.8
    const Middle slow{10 * GBPS, 1000};
    EXPECT_EQ(OverPaths(TwoHosts(40 * GBPS, {slow, slow, slow, slow}), 4000), 6725);
    // two paths: the first packet is there after 1209.6 ns, all four take 4 x 8384 bit / 20 Gb/s = 1676.8 ns, and the
    // last one goes on for 1000 + 838.4 + 1000 + 209.6 + 1000 ns
    EXPECT_EQ(OverPaths(TwoHosts(40 * GBPS, {slow, slow}), 4000), 6935); // 6934.4
    // one path: 209.6 + 4 x 838.4 + 838.4 + 209.6 + 4000 = 8611.2
    EXPECT_EQ(OverPaths(TwoHosts(40 * GBPS, {slow}), 4000), 8612);
}

TEST(IdealOverPaths, WherePathsAreAlikeItIsThatOfEach)
{
    const FabricGraph fabric = MakeThreeTier({2, 4, 2, 2, 2, 10 * GBPS, 40 * GBPS, 1000});
    const RouteTable routes(fabric, EngineMode::STANDARD);
    const std::vector<NodeId> hosts = fabric.Hosts();
    RandomStream random(1);
    Route route;
    for (uint32_t id = 0; id < 500; id++)
    {
        const NodeId src = hosts[random.Integer(0, hosts.size() - 1)];
        const NodeId dst = hosts[random.Integer(0, hosts.size() - 1)];
        if (src == dst)
        {
            continue;
        }
        routes.DataRoute({src, dst, id}, route);
        const auto any = static_cast<uint64_t>(random.LogUniform(1, 1e7));
        const uint64_t size = id % 2 == 0 ? any : (any / 1000 + 1) * 1000;
        PacketFormat format(48, 1000, {id % 3 * 100, id % 2 * 500, id % 5 == 0 ? 64U : 0U});
        const int64_t each = IdealFctNs(fabric, route, size, format, EngineMode::STANDARD);
        const int64_t overAll = IdealFctOverPathsNs(fabric, routes, route, size, format);
        const uint64_t lastBytes = (size - 1) % 1000 + 1;
        EXPECT_LE(overAll, each) << size << " B, flow " << id;
        if (lastBytes == 1000 || size < 1000)
        {
            EXPECT_EQ(overAll, each) << size << " B, flow " << id;
        }
        else // a shorter last packet may overtake others
        {
            EXPECT_GE(overAll, each - StandardTxTimeNs(lastBytes + 48, 10 * GBPS)) << size << " B, flow " << id;
        }
    }
}

TEST(IdealOverPaths, NoFlowThatIsSpreadGoesBelowIt)
{
    // paths that differ in rate and delay, and lone flows: of those of one packet some take the fastest path
    const FabricGraph fabric =
        TwoHosts(40 * GBPS, {{10 * GBPS, 4000}, {10 * GBPS, 1000}, {25 * GBPS, 1000}, {40 * GBPS, 3000}});
    RdmaConfig config;
    config.recovery = RecoveryType::SELECTIVE_REPEAT;
    for (const LoadBalancingType balancing :
         {LoadBalancingType::SPRAY, LoadBalancingType::FLOWLET, LoadBalancingType::DRILL, LoadBalancingType::ENTROPY})
    {
        config.loadBalancing = balancing;
        FlowList flows;
        for (uint32_t i = 0; i < 60; i++)
        {
            flows.push_back({0, 1, i % 2 == 0 ? 1000U : 1000U * i * i, i * 20'000'000});
        }
        const PacketResult result = RunPacketSimulation(fabric, config, flows);
        const RouteTable routes(fabric, config.mode);
        IdealFctsOfRun ideals(fabric, routes, config);
        int64_t least = std::numeric_limits<int64_t>::max();
        for (std::size_t i = 0; i < flows.size(); i++)
        {
            const int64_t ideal = ideals.NextNs(0, 1, flows[i].sizeBytes);
            EXPECT_GE(result.flows[i].receiverFctNs, ideal) << flows[i].sizeBytes << " B";
            least = std::min(least, result.flows[i].receiverFctNs - ideal);
        }
        EXPECT_LE(least, 4) << "1 ns for each link";
    }
}
