// SPDX-License-Identifier: GPL-2.0-only
// Processing delays and cut-through switching.
#include "input-file.h"
#include "packet/engine/star.h"

#include "core/random-stream.h"
#include "fabric/ideal-fct.h"
#include "flowsim/fabric-flow-sim.h"
#include "ns3/m3-estimator.h"
#include "ns3/m3-fabric-shapes.h"
#include "ns3/m3-incast.h"
#include "ns3/m3-packet-simulation.h"
#include "ns3/m3-workload-helper.h"
#include "parts/link-decomposition.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

using namespace ns3::m3;

namespace
{

/// Two hosts, node 0 and the last one, with switches between them.
FabricGraph LineOfRates(const std::vector<uint64_t>& rates, int64_t delayNs = 1000)
{
    FabricGraph line;
    NodeId last = line.AddNode(NodeKind::HOST);
    for (std::size_t i = 0; i < rates.size(); i++)
    {
        const NodeId next = line.AddNode(i + 1 == rates.size() ? NodeKind::HOST : NodeKind::SWITCH);
        line.AddLink(last, next, rates[i], delayNs);
        last = next;
    }
    return line;
}

/// A configuration in which nothing but links and nodes holds a lone flow back.
RdmaConfig ConfigOfTiming(int64_t switchNs, int64_t hostNs, uint64_t cutThroughBytes)
{
    RdmaConfig config;
    config.congestionControl = CongestionControlType::NONE;
    config.windowBytes = 0;
    config.switchDelayNs = switchNs;
    config.hostDelayNs = hostNs;
    config.cutThroughBytes = cutThroughBytes;
    return config;
}

int64_t FctOnLine(const FabricGraph& line, const RdmaConfig& config, uint64_t bytes)
{
    const FlowList flows{{0, line.NodeCount() - 1, bytes, 0}};
    return RunPacketSimulation(line, config, flows).flows[0].receiverFctNs;
}

int64_t IdealOnLine(const FabricGraph& line, const RdmaConfig& config, uint64_t bytes)
{
    Route route;
    for (LinkId link = 0; link < line.LinkCount(); link += 2)
    {
        route.push_back(link);
    }
    return IdealFctNs(line, route, bytes, config.Format(), config.mode);
}

/// When the last byte is there, packet by packet: a packet starts on a link when the one before has left it and when
/// the node before has what it waits for.
long double LastByteByDefinition(const FabricGraph& line, const RdmaConfig& config, uint64_t bytes)
{
    std::vector<long double> freeAt(line.LinkCount() / 2, 0);
    long double end = 0;
    for (uint64_t sent = 0; sent < bytes; sent += config.payloadBytes)
    {
        const uint64_t wire = std::min<uint64_t>(config.payloadBytes, bytes - sent) + config.HeaderBytes();
        long double ready = 0;
        for (std::size_t hop = 0; hop < freeAt.size(); hop++)
        {
            const FabricLink& link = line.Link(static_cast<LinkId>(2 * hop));
            const bool isLast = hop + 1 == freeAt.size();
            const bool cuts = !isLast && config.cutThroughBytes > 0 &&
                              line.Link(static_cast<LinkId>(2 * hop + 2)).bitsPerSecond <= link.bitsPerSecond;
            const uint64_t awaited = cuts ? std::min(wire, config.cutThroughBytes) : wire;
            const long double start = std::max(ready, freeAt[hop]);
            freeAt[hop] = start + 8e9L * wire / link.bitsPerSecond;
            end = freeAt[hop] + link.delayNs + config.hostDelayNs;
            ready = start + 8e9L * awaited / link.bitsPerSecond + link.delayNs + config.switchDelayNs;
        }
    }
    return end;
}

} // namespace

TEST(NodeTiming, AddsUpAsWorkedOutByHand)
{
    // 3 links of 10 Gb/s, 0.8 ns a byte, 1000 ns each; 1048 B take 838.4 ns, 64 B 51.2 ns
    const FabricGraph line = LineOfRates({10 * GBIT, 10 * GBIT, 10 * GBIT});
    // store and forward: 3 x 1000 + 3 x 838.4, rounded up at each hop
    EXPECT_EQ(FctOnLine(line, ConfigOfTiming(0, 0, 0), 1000), 5517);
    // two switches of 400 ns, the receiving host of 700 ns
    EXPECT_EQ(FctOnLine(line, ConfigOfTiming(400, 700, 0), 1000), 5517 + 2 * 400 + 700);
    // switches go on after 64 B: 3 x 1000 + 2 x 51.2 + 838.4 = 3940.8; the engine rounds up at each of 3 hops
    EXPECT_NEAR(FctOnLine(line, ConfigOfTiming(0, 0, 64), 1000), 3941, 2);
    EXPECT_EQ(IdealOnLine(line, ConfigOfTiming(0, 0, 64), 1000), 3941);
    // a packet shorter than that is stored: 62 B take 49.6 ns, 3 x 1049.6 = 3148.8
    EXPECT_EQ(IdealOnLine(line, ConfigOfTiming(0, 0, 64), 14), 3149);
    // the second switch has a faster link behind it, and stores: 51.2 + 838.4 + 1048 x 8 / 40 = 1099.2
    const FabricGraph faster = LineOfRates({10 * GBIT, 10 * GBIT, 40 * GBIT});
    EXPECT_EQ(IdealOnLine(faster, ConfigOfTiming(0, 0, 64), 1000), 3000 + 1100);
    EXPECT_NEAR(FctOnLine(faster, ConfigOfTiming(0, 0, 64), 1000), 4100, 2);
    // a slower one: 64 B at 40 Gb/s take 12.8 ns, then the packet 838.4 ns
    const FabricGraph slower = LineOfRates({40 * GBIT, 10 * GBIT});
    EXPECT_EQ(IdealOnLine(slower, ConfigOfTiming(0, 0, 64), 1000), 2000 + 852);
    EXPECT_NEAR(FctOnLine(slower, ConfigOfTiming(0, 0, 64), 1000), 2852, 2);
    // base RTT: 3 links there and back, processing at 2 switches and a host each way, 64 of 1048 and 60 of 60 B
    const Route route{0, 2, 4};
    EXPECT_EQ(BaseRttNs(line, route, ConfigOfTiming(400, 700, 64).Format(), 60),
              2 * (3000 + 2 * 400 + 700) + 2 * 52 + 839 + 3 * 48);
}

TEST(NodeTiming, ALoneFlowHasItsIdealFct)
{
    RandomStream random(7);
    const std::vector<uint64_t> rates{GBIT, 10 * GBIT, 25 * GBIT, 40 * GBIT, 100 * GBIT, 7 * GBIT + 1};
    for (int i = 0; i < 600; i++)
    {
        std::vector<uint64_t> ofLinks(random.Integer(1, 7));
        for (uint64_t& rate : ofLinks)
        {
            rate = rates[random.Integer(0, rates.size() - 1)];
        }
        const FabricGraph line = LineOfRates(ofLinks, static_cast<int64_t>(random.Integer(0, 3000)));
        const bool delays = random.Integer(0, 1) == 1;
        RdmaConfig config = ConfigOfTiming(delays ? static_cast<int64_t>(random.Integer(0, 2000)) : 0,
                                           delays ? static_cast<int64_t>(random.Integer(0, 5000)) : 0,
                                           random.Integer(0, 3) == 0 ? 0 : random.Integer(1, 1200));
        config.payloadBytes = static_cast<uint32_t>(random.Integer(64, 4096));
        const auto bytes = static_cast<uint64_t>(random.LogUniform(1, 300'000));
        const int64_t ideal = IdealOnLine(line, config, bytes);
        EXPECT_EQ(ideal, static_cast<int64_t>(std::ceil(LastByteByDefinition(line, config, bytes) - 1e-6L)));
        const int64_t fct = FctOnLine(line, config, bytes);
        EXPECT_GE(fct, ideal) << i;
        EXPECT_LE(fct, ideal + 2 * static_cast<int64_t>(ofLinks.size())) << i; // parts of a ns at each hop
        // flowSim: a flow that is alone has slowdown 1
        const RouteTable routes(line, config.mode);
        const FlowList flows{{0, line.NodeCount() - 1, bytes, 0}};
        EXPECT_NEAR(FabricFlowSimSlowdowns(line, flows, MakeFabricFluid(line, routes, flows, config.Format())).front(),
                    1,
                    1e-9);
    }
}

TEST(NodeTiming, AFlowUnderAControlHasItsIdealFct)
{
    // with the default window, the bandwidth-delay product of the largest base RTT: delays are part of it
    const FabricGraph fabric = MakeLeafSpine({});
    M3Estimator estimator(fabric);
    for (const auto control : {CongestionControlType::DCTCP, CongestionControlType::DCQCN})
    {
        for (const uint64_t cut : {0, 64})
        {
            estimator.config = ConfigOfTiming(2000, 5000, cut);
            estimator.config.windowBytes.reset();
            estimator.config.congestionControl = control;
            for (const char* engine : {"packet", "parsimon", "flowsim"})
            {
                const SlowdownReport report = estimator.Run(engine, {{0, 31, 1'000'000, 0}, {3, 30, 5'000, 5'000'000}});
                EXPECT_NEAR(report.OverallQuantile(1), 1, 0.002) << engine << cut;
            }
        }
    }
}

TEST(NodeTiming, LosslessUnderIncastWithDelays)
{
    // what is in a switch's pipeline when it pauses needs headroom, too
    const FabricGraph star = Star(17, 100 * GBIT);
    for (const uint64_t cut : {0, 64})
    {
        RdmaConfig config = ConfigOfTiming(3000, 1000, cut);
        FlowList flows;
        for (NodeId src = 1; src < 17; src++)
        {
            flows.push_back({src, 0, 3'000'000, 0});
        }
        PacketRunOptions options;
        options.recordPfc = true;
        const PacketResult result = RunPacketSimulation(star, config, flows, options);
        EXPECT_EQ(result.switchDrops, 0U);
        EXPECT_EQ(result.completionOrder.size(), flows.size());
        EXPECT_FALSE(result.pfc.empty());
    }
}

TEST(NodeTiming, EveryFlowEndsAndNoneBelowItsIdeal)
{
    const FabricGraph fabric = MakeLeafSpine({});
    WorkloadHelper workload;
    workload.flows = 2000;
    workload.load = 0.7;
    workload.incast = IncastSpec{16, 20'000, 0.05};
    for (const bool pfc : {true, false})
    {
        RdmaConfig config;
        config.pfc = pfc;
        config.switchDelayNs = 500;
        config.hostDelayNs = 800;
        config.cutThroughBytes = 128;
        FlowList flows = workload.Generate(fabric);
        for (std::size_t i = 0; i < flows.size(); i++)
        {
            flows[i].priorityGroup = i % 3;
        }
        const PacketResult result = RunPacketSimulation(fabric, config, flows);
        const RouteTable routes(fabric, config.mode);
        IdealFctsOfFlows ideals(fabric, routes, config.Format());
        for (std::size_t i = 0; i < flows.size(); i++)
        {
            const int64_t ideal = ideals.NextNs(flows[i].src, flows[i].dst, flows[i].sizeBytes);
            EXPECT_EQ(result.flows[i].unfinished, Unfinished::NO) << i;
            EXPECT_GE(result.flows[i].receiverFctNs, ideal) << i;
        }
    }
}

TEST(NodeTiming, ALinkThatFailsLosesWhatIsOnItAndNotWhatIsProcessed)
{
    // 1048 B at 10 Gb/s take 839 ns, the link 1000 ns: the packet is at the switch at 1839 ns, and out of it at 4839 ns
    const FabricGraph line = LineOfRates({10 * GBIT, 10 * GBIT});
    const RdmaConfig config = ConfigOfTiming(3000, 0, 0);
    const auto lossesOf = [&](int64_t downNs)
    {
        PacketRunOptions options;
        options.linkChanges = {{downNs, 0, false}, {downNs + 10, 0, true}};
        return RunPacketSimulation(line, config, {{0, 2, 1000, 0}}, options).linkLosses;
    };
    EXPECT_EQ(lossesOf(1000), 1U);
    EXPECT_EQ(lossesOf(1800), 1U);
    EXPECT_EQ(lossesOf(1900), 0U);
    EXPECT_EQ(lossesOf(4800), 0U);
}

TEST(NodeTiming, OtherEnginesSayWhatTheyDoNotKnow)
{
    M3Estimator estimator(MakeLeafSpine({}));
    estimator.besidePackets = true; // m3 asks its model
    const FlowList flows = WorkloadHelper().Generate(estimator.Fabric());
    estimator.config.switchDelayNs = 600;
    estimator.config.cutThroughBytes = 64;
    const SlowdownReport report = estimator.Run("m3", flows);
    EXPECT_TRUE(report.AreIntervalsWithheld());
    std::string notes;
    for (const std::string& note : report.Notes())
    {
        notes += note;
    }
    EXPECT_NE(notes.find("switch delay in ns 600 (trained with 0)"), std::string::npos) << notes;
    EXPECT_NE(notes.find("cut-through 64 (trained with 0)"), std::string::npos) << notes;
}

TEST(NodeTiming, IsOfStandardModeAlone)
{
    const FabricGraph star = Star(3, 10 * GBIT);
    for (RdmaConfig config : {ConfigOfTiming(1, 0, 0), ConfigOfTiming(0, 1, 0), ConfigOfTiming(0, 0, 64)})
    {
        config.mode = EngineMode::HPCC;
        EXPECT_EQ(InputErrorOf(
                      [&] {
                          RunPacketSimulation(star, config, {{0, 1, 1000, 0}});
                      }),
                  "switch-delay, host-delay and cut-through: hpcc mode has neither processing delays nor cut-through "
                  "switching; standard mode does");
    }
    EXPECT_EQ(InputErrorOf(
                  [&] {
                      RunPacketSimulation(star, ConfigOfTiming(2'000'000'000, 0, 0), {{0, 1, 1000, 0}});
                  }),
              "processing delays must be from 0 to 1 s");
}
