// SPDX-License-Identifier: GPL-2.0-only
// Networks in which hosts forward: rings, tori, BCube, boards of GPUs; links with a rate for each direction.
#include "input-file.h"
#include "packet/engine/star.h"

#include "core/random-stream.h"
#include "fabric/fabric-from-nodes.h"
#include "fabric/fabric-role.h"
#include "fabric/ideal-fct.h"
#include "fabric/topology-file.h"
#include "ns3/m3-estimator.h"
#include "ns3/m3-fabric-helper.h"
#include "ns3/m3-fabric-shapes.h"
#include "ns3/m3-packet-simulation.h"
#include "ns3/m3-workload-helper.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <tuple>

using namespace ns3::m3;

namespace
{

constexpr int64_t HOP_NS = 1000; //!< propagation delay of every link here

FabricGraph ForwardingHosts(uint32_t hosts)
{
    FabricGraph fabric;
    for (uint32_t i = 0; i < hosts; i++)
    {
        fabric.AddNode(NodeKind::FORWARDING_HOST);
    }
    return fabric;
}

FabricGraph ForwardingRing(uint32_t hosts)
{
    FabricGraph ring = ForwardingHosts(hosts);
    for (uint32_t i = 0; i < hosts; i++)
    {
        ring.AddLink(i, (i + 1) % hosts, 100 * GBIT, HOP_NS);
    }
    return ring;
}

/// Node 4 y + x is joined to its neighbours in x and in y.
FabricGraph Torus4x4()
{
    FabricGraph torus = ForwardingHosts(16);
    for (uint32_t y = 0; y < 4; y++)
    {
        for (uint32_t x = 0; x < 4; x++)
        {
            torus.AddLink(4 * y + x, 4 * y + (x + 1) % 4, 100 * GBIT, HOP_NS);
            torus.AddLink(4 * y + x, 4 * ((y + 1) % 4) + x, 100 * GBIT, HOP_NS);
        }
    }
    return torus;
}

/// BCube(4, 1) (Guo et al., SIGCOMM 2009): server 4 a + b at switches a of level 0 and b of level 1.
FabricGraph BCube41()
{
    FabricGraph cube = ForwardingHosts(16);
    for (int i = 0; i < 8; i++)
    {
        cube.AddNode(NodeKind::SWITCH);
    }
    for (NodeId server = 0; server < 16; server++)
    {
        cube.AddLink(server, 16 + server / 4, 10 * GBIT, HOP_NS);
        cube.AddLink(server, 20 + server % 4, 10 * GBIT, HOP_NS);
    }
    return cube;
}

/// Two quads of GPUs, each pair of a quad joined, and each GPU with its counterpart: the links of a DGX-1's hybrid
/// cube mesh, of which some are twice as fast.
FabricGraph BoardOfGpus()
{
    FabricGraph board = ForwardingHosts(8);
    for (const NodeId quad : {0U, 4U})
    {
        for (NodeId a = 0; a < 4; a++)
        {
            for (NodeId b = a + 1; b < 4; b++)
            {
                board.AddLink(quad + a, quad + b, (a + b == 3 ? 400 : 200) * GBIT, HOP_NS);
            }
        }
    }
    for (NodeId a = 0; a < 4; a++)
    {
        board.AddLink(a, a + 4, (a % 2 == 0 ? 200 : 400) * GBIT, HOP_NS);
    }
    return board;
}

RdmaConfig UncontrolledConfig()
{
    RdmaConfig config;
    config.congestionControl = CongestionControlType::NONE;
    config.windowBytes = 0;
    return config;
}

std::vector<NodeId> NodesOfRoute(const FabricGraph& fabric, NodeId src, NodeId dst, uint64_t id)
{
    Route route;
    RouteTable(fabric, EngineMode::STANDARD).DataRoute({src, dst, id}, route);
    std::vector<NodeId> nodes{src};
    for (const LinkId link : route)
    {
        EXPECT_EQ(fabric.Link(link).from, nodes.back());
        nodes.push_back(fabric.Link(link).to);
    }
    return nodes;
}

/// All routes that flows of a pair take.
std::set<std::vector<NodeId>> RoutesOfPair(const FabricGraph& fabric, NodeId src, NodeId dst)
{
    std::set<std::vector<NodeId>> routes;
    for (uint64_t id = 0; id < 200; id++)
    {
        routes.insert(NodesOfRoute(fabric, src, dst, id));
    }
    return routes;
}

std::vector<int64_t> FctsOf(const FabricGraph& fabric, const RdmaConfig& config, const FlowList& flows)
{
    const PacketResult result = RunPacketSimulation(fabric, config, flows);
    std::vector<int64_t> fcts;
    for (const FlowOutcome& flow : result.flows)
    {
        EXPECT_EQ(flow.unfinished, Unfinished::NO);
        fcts.push_back(flow.receiverFctNs);
    }
    return fcts;
}

/// What the fluid and the packets say of the slowdown of flows that share links, all of one size.
void ExpectSlowdowns(const FabricGraph& fabric, const FlowList& flows, double expected)
{
    M3Estimator estimator(fabric);
    estimator.config = UncontrolledConfig();
    for (const char* engine : {"packet", "flowsim"})
    {
        const SlowdownReport report = estimator.Run(engine, flows);
        EXPECT_NEAR(report.OverallQuantile(0), expected, 0.01 * expected) << engine;
        EXPECT_NEAR(report.OverallQuantile(1), expected, 0.01 * expected) << engine;
    }
}

} // namespace

TEST(DirectNetworks, RingOfEightHosts)
{
    const FabricGraph ring = ForwardingRing(8);
    EXPECT_EQ(RoutesOfPair(ring, 0, 3), (std::set<std::vector<NodeId>>{{0, 1, 2, 3}}));
    EXPECT_EQ(RoutesOfPair(ring, 0, 6), (std::set<std::vector<NodeId>>{{0, 7, 6}}));
    EXPECT_EQ(RoutesOfPair(ring, 0, 4), (std::set<std::vector<NodeId>>{{0, 1, 2, 3, 4}, {0, 7, 6, 5, 4}}));
    // 1048 B take 83.84 ns. 1000 packets over 3 links: 3 x 1000 + (1000 + 2) x 83.84 = 87,007.68
    EXPECT_NEAR(FctsOf(ring, UncontrolledConfig(), {{0, 3, 1'000'000, 0}})[0], 87'008, 3);
    // 0 to 2 and 1 to 2 share 1 - 2, where what is in transit and host 1's own take turns: both take twice as long
    ExpectSlowdowns(ring, {{0, 2, 10'000'000, 0}, {1, 2, 10'000'000, 0}}, 2);
    // every host to the next but one: each link has two flows, one of them in transit
    FlowList all;
    for (NodeId host = 0; host < 8; host++)
    {
        all.push_back({host, (host + 2) % 8, 10'000'000, 0});
    }
    ExpectSlowdowns(ring, all, 2);
}

TEST(DirectNetworks, Torus)
{
    const FabricGraph torus = Torus4x4();
    // (0, 0) to (1, 1): x first or y first
    EXPECT_EQ(RoutesOfPair(torus, 0, 5), (std::set<std::vector<NodeId>>{{0, 1, 5}, {0, 4, 5}}));
    // (0, 0) to (2, 2): 2 hops in either direction of x and of y, in any order: 2 x 2 x 6 = 24 routes of 4 links
    const auto routes = RoutesOfPair(torus, 0, 10);
    EXPECT_EQ(routes.size(), 24U);
    EXPECT_TRUE(std::all_of(routes.begin(), routes.end(), [](const auto& route) { return route.size() == 5; }));
    // 4 x 1000 + (100 + 3) x 83.84 = 12,635.52
    EXPECT_NEAR(FctsOf(torus, UncontrolledConfig(), {{0, 10, 100'000, 0}})[0], 12'636, 4);
    // 1 to 3 by 2 (or by 0) and 2 to 3: with both by 2, each has half of 2 - 3
    const NodeId by = NodesOfRoute(torus, 1, 3, 0)[1];
    ExpectSlowdowns(torus, {{1, 3, 10'000'000, 0}, {by, 3, 10'000'000, 0}}, 2);
}

TEST(DirectNetworks, BCube)
{
    const FabricGraph cube = BCube41();
    // in one group of level 0: by its switch
    EXPECT_EQ(RoutesOfPair(cube, 0, 3), (std::set<std::vector<NodeId>>{{0, 16, 3}}));
    // 00 to 11 (server 5): by server 01 (level 0, then level 1) or by server 10 (level 1, then level 0)
    EXPECT_EQ(RoutesOfPair(cube, 0, 5), (std::set<std::vector<NodeId>>{{0, 16, 1, 21, 5}, {0, 20, 4, 17, 5}}));
    // 1048 B take 838.4 ns: 4 x 1000 + (10 + 3) x 838.4 = 14,899.2
    EXPECT_NEAR(FctsOf(cube, UncontrolledConfig(), {{0, 5, 10'000, 0}})[0], 14'900, 4);
    // 15 to 1: all of it under every control, in both modes of PFC
    for (const auto control : {CongestionControlType::DCTCP, CongestionControlType::DCQCN, CongestionControlType::HPCC})
    {
        for (const bool pfc : {true, false})
        {
            RdmaConfig config;
            config.congestionControl = control;
            config.pfc = pfc;
            FlowList flows;
            for (NodeId src = 1; src < 16; src++)
            {
                flows.push_back({src, 0, 200'000, 0});
            }
            const PacketResult result = RunPacketSimulation(cube, config, flows);
            EXPECT_EQ(result.completionOrder.size(), 15U);
            EXPECT_TRUE(!pfc || result.switchDrops == 0);
        }
    }
}

TEST(DirectNetworks, BoardOfGpus)
{
    const FabricGraph board = BoardOfGpus();
    EXPECT_EQ(RoutesOfPair(board, 0, 2), (std::set<std::vector<NodeId>>{{0, 2}}));
    EXPECT_EQ(RoutesOfPair(board, 0, 5), (std::set<std::vector<NodeId>>{{0, 1, 5}, {0, 4, 5}}));
    // 0 - 3 at 400 Gb/s, 20.96 ns a packet: 1000 + 100 x 20.96 = 3096
    EXPECT_NEAR(FctsOf(board, UncontrolledConfig(), {{0, 3, 100'000, 0}})[0], 3096, 2);
    // by 1 or by 4: 0 - 1 and 0 - 4 at 200 Gb/s (41.92 ns); then 1 - 5 at 400, or 4 - 5 at 200:
    // 2 x 1000 + 100 x 41.92 + 20.96 or 41.92
    const NodeId by = NodesOfRoute(board, 0, 5, 0)[1];
    EXPECT_NEAR(FctsOf(board, UncontrolledConfig(), {{0, 5, 100'000, 0}})[0], by == 1 ? 6213 : 6234, 2);
    // all to all in turn: all end, and none below its ideal
    FlowList flows;
    for (NodeId step = 1; step < 8; step++)
    {
        for (NodeId gpu = 0; gpu < 8; gpu++)
        {
            flows.push_back({gpu, (gpu + step) % 8, 300'000, 20'000 * int64_t{step}});
        }
    }
    const std::vector<int64_t> fcts = FctsOf(board, {}, flows);
    const RouteTable routes(board, EngineMode::STANDARD);
    IdealFctsOfFlows ideals(board, routes, RdmaConfig().Format());
    for (std::size_t i = 0; i < flows.size(); i++)
    {
        EXPECT_GE(fcts[i], ideals.NextNs(flows[i].src, flows[i].dst, flows[i].sizeBytes));
    }
}

TEST(DirectNetworks, ALoneFlowHasItsIdealFct)
{
    RandomStream random(5);
    for (const FabricGraph& fabric : {ForwardingRing(8), Torus4x4(), BCube41(), BoardOfGpus()})
    {
        const auto hosts = static_cast<NodeId>(fabric.Hosts().size());
        const RouteTable routes(fabric, EngineMode::STANDARD);
        for (int i = 0; i < 40; i++)
        {
            RdmaConfig config = UncontrolledConfig();
            config.hostDelayNs = static_cast<int64_t>(random.Integer(0, 1)) * 700;
            config.cutThroughBytes = random.Integer(0, 1) * 64;
            const auto src = static_cast<NodeId>(random.Integer(0, hosts - 1));
            const auto dst = static_cast<NodeId>((src + random.Integer(1, hosts - 1)) % hosts);
            const auto bytes = static_cast<uint64_t>(random.LogUniform(1, 1e6));
            Route route;
            routes.DataRoute({src, dst, 0}, route);
            const int64_t ideal = IdealFctNs(fabric, route, bytes, config.Format(), config.mode);
            const int64_t fct = FctsOf(fabric, config, {{src, dst, bytes, 0}})[0];
            EXPECT_GE(fct, ideal);
            EXPECT_LE(fct, ideal + 2 * static_cast<int64_t>(route.size()));
        }
    }
}

TEST(DirectNetworks, RandomTrafficEndsOrIsADeadlock)
{
    for (const FabricGraph& fabric : {ForwardingRing(8), Torus4x4(), BCube41(), BoardOfGpus()})
    {
        for (const bool pfc : {true, false})
        {
            WorkloadHelper workload;
            workload.flows = 1500;
            workload.load = 0.6;
            FlowList flows = workload.Generate(fabric);
            for (std::size_t i = 0; i < flows.size(); i++)
            {
                flows[i].priorityGroup = i % 2 ? 3 : 5;
            }
            RdmaConfig config;
            config.pfc = pfc;
            const PacketResult result = RunPacketSimulation(fabric, config, flows);
            EXPECT_TRUE(result.completionOrder.size() == flows.size() || !result.deadlock.empty());
            EXPECT_TRUE(!pfc || result.switchDrops == 0);
        }
    }
}

TEST(DirectNetworks, RingsCanDeadlockUnderPfcAndTheReportSaysWhere)
{
    // windows off and no control: every link of the ring fills, and each host waits for the next one
    RdmaConfig config = UncontrolledConfig();
    FlowList flows;
    for (int round = 0; round < 20; round++)
    {
        for (NodeId host = 0; host < 8; host++)
        {
            flows.push_back({host, (host + 3) % 8, 2'000'000, 0});
        }
    }
    const PacketResult result = RunPacketSimulation(ForwardingRing(8), config, flows);
    EXPECT_TRUE(result.completionOrder.size() == flows.size() || result.deadlock.size() == 8);
    EXPECT_EQ(result.switchDrops, 0U);
}

TEST(DirectNetworks, HostsForwardOnlyWhereSaidSo)
{
    FabricGraph line;
    for (int i = 0; i < 3; i++)
    {
        line.AddNode(NodeKind::HOST);
    }
    line.AddLink(0, 1, 10 * GBIT, HOP_NS);
    line.AddLink(1, 2, 10 * GBIT, HOP_NS);
    EXPECT_NE(InputErrorOf(
                  [&] {
                      RunPacketSimulation(line, {}, {{0, 2, 1000, 0}});
                  })
                  .find("no path from host 0 to host 2 but by way of other hosts, and hosts do not forward"),
              std::string::npos);
    M3Estimator estimator(ForwardingRing(8));
    for (const char* engine : {"m3", "published", "sampled", "parsimon"})
    {
        EXPECT_NE(InputErrorOf(
                      [&] {
                          estimator.Run(engine, {{0, 2, 1000, 0}});
                      })
                      .find("does not know hosts that forward; engines that do: packet, rerun, flowsim"),
                  std::string::npos)
            << engine;
    }
    estimator.config.mode = EngineMode::HPCC;
    EXPECT_NE(InputErrorOf(
                  [&] {
                      estimator.Run("packet", {{0, 2, 1000, 0}});
                  })
                  .find("hpcc mode has neither hosts"),
              std::string::npos);
    estimator.config = {};
    estimator.config.ackHighPriority = true;
    EXPECT_NE(InputErrorOf(
                  [&] {
                      estimator.Run("packet", {{0, 2, 1000, 0}});
                  })
                  .find("ack-high-priority"),
              std::string::npos);
}

TEST(DirectNetworks, RolesAndRatesGoThroughNodesAndFiles)
{
    FabricGraph board = BoardOfGpus();
    board.AddNode(NodeKind::SWITCH);
    board.AddNode(NodeKind::HOST);
    board.AddLink(0, 8, 100 * GBIT, 500, 0, 40 * GBIT);
    board.AddLink(8, 9, 10 * GBIT, 500);
    const auto linksOf = [](const FabricGraph& fabric)
    {
        std::set<std::tuple<NodeId, NodeId, uint64_t>> links;
        for (LinkId link = 0; link < fabric.LinkCount(); link++)
        {
            links.emplace(fabric.Link(link).from, fabric.Link(link).to, fabric.Link(link).bitsPerSecond);
        }
        return links;
    };
    const auto expectEqual = [&](const FabricGraph& other)
    {
        ASSERT_EQ(other.NodeCount(), board.NodeCount());
        ASSERT_EQ(other.LinkCount(), board.LinkCount());
        for (NodeId node = 0; node < board.NodeCount(); node++)
        {
            EXPECT_EQ(other.Kind(node), board.Kind(node));
        }
        EXPECT_EQ(linksOf(other), linksOf(board)); // ReadFabric may number them otherwise
    };
    expectEqual(ReadFabric(FabricHelper::Install(board)));
    const std::string file = (TemporaryFolder() / "board.txt").string();
    WriteTopologyFile(board, file);
    expectEqual(ReadTopologyFile(file));
    EXPECT_TRUE(board.HasAsymmetricLinks());

    const auto errorOf = [](const std::string& text)
    { return InputErrorOf([&] { ReadTopologyFile(WriteInput("direct.txt", text)); }); };
    EXPECT_NE(errorOf("2 1 1\n5h\n0 1 1Gbps 1us 0\n").find("direct.txt:2: switch: host that forwards"),
              std::string::npos);
    EXPECT_NE(errorOf("2 1 1\nxh\n0 1 1Gbps 1us 0\n").find("direct.txt:2: switch"), std::string::npos);
    EXPECT_NE(errorOf("2 2 1\n1h 1\n0 1 1Gbps 1us 0\n").find("is there twice"), std::string::npos);
    EXPECT_NE(errorOf("2 1 1\n1h\n0 1 1Gbps:0 1us 0\n").find("direct.txt:3: link: rate back"), std::string::npos);
    EXPECT_NE(errorOf("2 1 1\n1h\n0 1 :1Gbps 1us 0\n").find("direct.txt:3: link: rate"), std::string::npos);
}

TEST(AsymmetricLinks, DataAndAcksHaveTheirOwnRates)
{
    FabricGraph line;
    line.AddNode(NodeKind::HOST);
    line.AddNode(NodeKind::SWITCH);
    line.AddNode(NodeKind::HOST);
    line.AddLink(0, 1, 40 * GBIT, HOP_NS, 0, 10 * GBIT);
    line.AddLink(1, 2, 10 * GBIT, HOP_NS, 0, 1 * GBIT);
    // there: 209.6 + 838.4 + 2000, each rounded up; back: 60 B at 1 and at 10 Gb/s, 480 + 48 + 2000; rounded up hop by
    // hop
    EXPECT_EQ(BaseRttNs(line, {0, 2}, 48, 60), 210 + 839 + 480 + 48 + 4000);
    const PacketResult result = RunPacketSimulation(line, UncontrolledConfig(), {{0, 2, 1000, 0}});
    EXPECT_EQ(result.flows[0].receiverFctNs, 2000 + 1049);
    EXPECT_EQ(result.flows[0].senderFctNs, 2000 + 1049 + 2000 + 528);
    // the other way 1 Gb/s is the bottleneck: 8384 + 838.4 + 2000
    EXPECT_EQ(FctsOf(line, UncontrolledConfig(), {{2, 0, 1000, 0}})[0], 2000 + 9223);
    M3Estimator estimator(line);
    for (const char* engine : {"packet", "flowsim"})
    {
        EXPECT_NEAR(estimator.Run(engine, {{2, 0, 100'000, 0}, {0, 2, 5000, 10'000'000}}).OverallQuantile(1), 1, 0.01);
    }
    const SlowdownReport report = estimator.Run("parsimon", {{2, 0, 100'000, 0}, {0, 2, 5000, 10'000'000}});
    EXPECT_TRUE(std::any_of(report.Notes().begin(),
                            report.Notes().end(),
                            [](const std::string& note)
                            { return note.find("links with a rate for each direction") != std::string::npos; }));
}

TEST(AsymmetricLinks, ADegradedRateIsInProportionInBothDirections)
{
    FabricGraph line;
    line.AddNode(NodeKind::HOST);
    line.AddNode(NodeKind::HOST);
    line.AddLink(0, 1, 40 * GBIT, HOP_NS, 0, 10 * GBIT);
    PacketRunOptions options;
    LinkChange change{};
    change.timeNs = 0;
    change.link = 0;
    change.bitsPerSecond = 20 * GBIT;
    options.linkChanges = {change};
    // 1048 B at 20 and, the other way, at 5 Gb/s: 419.2 and 1676.8
    const PacketResult result =
        RunPacketSimulation(line, UncontrolledConfig(), {{0, 1, 1000, 1000}, {1, 0, 1000, 100'000}}, options);
    EXPECT_EQ(result.flows[0].receiverFctNs, HOP_NS + 420);
    EXPECT_EQ(result.flows[1].receiverFctNs, HOP_NS + 1677);
}

TEST(AsymmetricLinks, LosslessWherePausesComeSlowly)
{
    FabricGraph star;
    for (int host = 0; host < 9; host++)
    {
        star.AddNode(NodeKind::HOST);
    }
    const NodeId hub = star.AddNode(NodeKind::SWITCH);
    for (NodeId host = 0; host < 9; host++)
    {
        star.AddLink(host, hub, 100 * GBIT, HOP_NS, 0, 5 * GBIT); // pauses of the switch take the slow way
    }
    FlowList flows;
    for (NodeId host = 1; host < 9; host++)
    {
        flows.push_back({host, 0, 1'000'000, 0});
        flows.push_back({0, host, 1'000'000, 0}); // so that a pause waits for data
    }
    PacketRunOptions options;
    options.recordPfc = true;
    const PacketResult result = RunPacketSimulation(star, UncontrolledConfig(), flows, options);
    EXPECT_EQ(result.completionOrder.size(), flows.size());
    EXPECT_EQ(result.switchDrops, 0U);
    EXPECT_FALSE(result.pfc.empty());
}
