// SPDX-License-Identifier: GPL-2.0-only
// What `standard` mode promises, on random traffic over every congestion control.
#include "packet/engine/star.h"

#include "core/random-stream.h"
#include "fabric/ideal-fct.h"
#include "fabric/routes-of-flows.h"
#include "ns3/m3-fabric-shapes.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-packet-simulation.h"
#include "ns3/nstime.h"
#include "ns3/simulator.h"

#include <gtest/gtest.h>

#include <algorithm>

using namespace ns3::m3;

namespace
{

constexpr CongestionControlType CONTROLS[] = {CongestionControlType::DCTCP,
                                              CongestionControlType::DCQCN,
                                              CongestionControlType::HPCC,
                                              CongestionControlType::TIMELY,
                                              CongestionControlType::NONE};

FabricGraph SmallLeafSpine()
{
    LeafSpineShape shape;
    shape.racks = 4;
    shape.hostsPerRack = 4;
    shape.spines = 2;
    return MakeLeafSpine(shape);
}

FlowList RandomFlows(const FabricGraph& fabric, uint32_t count, int64_t spanNs, uint64_t seed)
{
    RandomStream random(seed);
    const auto& hosts = fabric.Hosts();
    FlowList flows;
    for (uint32_t i = 0; i < count; i++)
    {
        const auto src = static_cast<uint32_t>(random.Integer(0, hosts.size() - 1));
        const auto other = static_cast<uint32_t>(random.Integer(1, hosts.size() - 1));
        flows.push_back({hosts[src],
                         hosts[(src + other) % hosts.size()],
                         static_cast<uint64_t>(random.LogUniform(1, 300'000)),
                         static_cast<int64_t>(random.Integer(0, static_cast<uint64_t>(spanNs)))});
    }
    std::sort(flows.begin(), flows.end(), [](const Flow& a, const Flow& b) { return a.startNs < b.startNs; });
    return flows;
}

/// `fan` senders to host 0 at once.
FlowList Incast(const FabricGraph& fabric, uint32_t fan, uint64_t bytes)
{
    FlowList flows;
    for (uint32_t i = 0; i < fan; i++)
    {
        flows.push_back({fabric.Hosts()[1 + i], fabric.Hosts()[0], bytes, 1000});
    }
    return flows;
}

RdmaConfig With(CongestionControlType control)
{
    RdmaConfig config;
    config.congestionControl = control;
    return config;
}

void ExpectAllFinishNotBelowIdeal(const FabricGraph& fabric, const RdmaConfig& config, const FlowList& flows)
{
    const PacketResult result = RunPacketSimulation(fabric, config, flows);
    const RouteTable routes(fabric, config.mode);
    RoutesOfFlows next(routes);
    Route route;
    for (std::size_t i = 0; i < flows.size(); i++)
    {
        next.Next(flows[i].src, flows[i].dst, route);
        ASSERT_EQ(result.flows[i].unfinished, Unfinished::NO) << "flow " << i;
        ASSERT_GE(result.flows[i].receiverFctNs,
                  IdealFctNs(fabric, route, flows[i].sizeBytes, config.HeaderBytes(), config.mode))
            << "flow " << i << " of " << flows[i].sizeBytes << " B";
        ASSERT_GT(result.flows[i].senderFctNs, result.flows[i].receiverFctNs);
    }
}

} // namespace

TEST(StandardMode, AFlowAloneTakesItsIdealTime)
{
    for (uint64_t rate :
         {1'000'000'000ULL, 10'000'000'000ULL, 25'000'000'000ULL, 400'000'000'000ULL, 800'000'000'000ULL})
    {
        for (uint64_t size : {1ULL, 999ULL, 1000ULL, 1001ULL, 12'345ULL, 1'000'000ULL})
        {
            const FabricGraph fabric = Star(2, rate);
            RdmaConfig config = With(CongestionControlType::NONE);
            config.windowBytes = 0;
            const PacketResult result = RunPacketSimulation(fabric, config, {{0, 1, size, 7}});
            const RouteTable routes(fabric, config.mode);
            Route route;
            routes.DataRoute({0, 1, 0}, route);
            const int64_t ideal = IdealFctNs(fabric, route, size, config.HeaderBytes(), config.mode);
            EXPECT_GE(result.flows[0].receiverFctNs, ideal) << rate << " bit/s, " << size << " B";
            EXPECT_LE(result.flows[0].receiverFctNs, ideal + 2) << rate << " bit/s, " << size << " B";
        }
    }
}

TEST(StandardMode, EveryFlowFinishesNotBelowItsIdealTime)
{
    const FabricGraph fabric = SmallLeafSpine();
    for (CongestionControlType control : CONTROLS)
    {
        SCOPED_TRACE(CongestionControlName(control));
        for (uint64_t seed : {1, 2, 3})
        {
            ExpectAllFinishNotBelowIdeal(fabric, With(control), RandomFlows(fabric, 600, 2'000'000, seed));
        }
    }
}

TEST(StandardMode, PfcLosesNothingUnderIncast)
{
    const FabricGraph fabric = Star(65, 10'000'000'000);
    for (CongestionControlType control : CONTROLS)
    {
        SCOPED_TRACE(CongestionControlName(control));
        RdmaConfig config = With(control);
        config.windowBytes = 200'000; // far beyond the BDP
        const PacketResult result = RunPacketSimulation(fabric, config, Incast(fabric, 64, 100'000));
        EXPECT_EQ(result.switchDrops, 0U);
        EXPECT_EQ(result.completionOrder.size(), 64U);
    }
}

TEST(StandardMode, PfcIsPausedAndResumed)
{
    const FabricGraph fabric = Star(17, 10'000'000'000);
    RdmaConfig config = With(CongestionControlType::NONE);
    config.windowBytes = 0;
    PacketRunOptions options;
    options.recordPfc = true;
    const PacketResult result = RunPacketSimulation(fabric, config, Incast(fabric, 16, 200'000), options);
    ASSERT_FALSE(result.pfc.empty());
    EXPECT_EQ(result.switchDrops, 0U);
    std::vector<int> paused(fabric.NodeCount(), 0);
    for (const PfcEvent& event : result.pfc)
    {
        paused[event.node] += event.pause ? 1 : -1;
        ASSERT_GE(paused[event.node], 0);
        ASSERT_LE(paused[event.node], 1);
    }
    EXPECT_EQ(std::count(paused.begin(), paused.end(), 0), static_cast<long>(paused.size()));
}

TEST(StandardMode, LossyFlowsAllFinish)
{
    const FabricGraph fabric = Star(33, 10'000'000'000);
    for (CongestionControlType control : CONTROLS)
    {
        SCOPED_TRACE(CongestionControlName(control));
        RdmaConfig config = With(control);
        config.pfc = false;
        config.windowBytes = 100'000;
        const PacketResult result = RunPacketSimulation(fabric, config, Incast(fabric, 32, 50'000));
        EXPECT_GT(result.switchDrops, 0U);
        EXPECT_EQ(result.completionOrder.size(), 32U);
    }
}

TEST(StandardMode, LostLastPacketsAreSentAgain)
{
    FabricGraph lossy;
    lossy.AddNode(NodeKind::HOST);
    lossy.AddNode(NodeKind::HOST);
    lossy.AddNode(NodeKind::SWITCH);
    // a packet and its ACK come through with a probability of 0.9^4 = 0.66; 17 failures in a row, after which a flow is
    // given up, have one of 10^-8
    lossy.AddLink(0, 2, 10'000'000'000, 1000, 0.1);
    lossy.AddLink(1, 2, 10'000'000'000, 1000, 0.1);
    for (CongestionControlType control : CONTROLS)
    {
        FlowList flows;
        for (int i = 0; i < 100; i++)
        {
            flows.push_back({0, 1, 1500, i * 1000});
        }
        const PacketResult result = RunPacketSimulation(lossy, With(control), flows);
        EXPECT_EQ(result.completionOrder.size(), flows.size()) << CongestionControlName(control);
        EXPECT_GT(result.linkLosses, 0U);
        EXPECT_EQ(result.switchDrops, 0U);
        EXPECT_GE(result.retransmissions, 1U);
    }
}

TEST(StandardMode, TheSameSeedGivesTheSameRun)
{
    const FabricGraph fabric = SmallLeafSpine();
    const FlowList flows = RandomFlows(fabric, 500, 300'000, 9);
    RdmaConfig config = With(CongestionControlType::DCQCN);
    config.seed = 5;
    const auto fcts = [&]
    {
        std::vector<int64_t> times;
        for (const FlowOutcome& outcome : RunPacketSimulation(fabric, config, flows).flows)
        {
            times.push_back(outcome.receiverFctNs);
        }
        return times;
    };
    const auto first = fcts();
    EXPECT_EQ(first, fcts());
    config.seed = 6;
    EXPECT_NE(first, fcts());
    for (uint64_t seed : {uint64_t{0}, uint64_t{4294967296}, UINT64_MAX}) // any seed will do
    {
        config.seed = seed;
        EXPECT_NE(first, fcts());
    }
}

TEST(StandardMode, TelemetryCoversAnyNumberOfHops)
{
    FabricGraph fabric;
    const NodeId a = fabric.AddNode(NodeKind::HOST);
    NodeId last = a;
    for (int i = 0; i < 12; i++)
    {
        const NodeId next = fabric.AddNode(NodeKind::SWITCH);
        fabric.AddLink(last, next, 10'000'000'000, 500);
        last = next;
    }
    const NodeId b = fabric.AddNode(NodeKind::HOST);
    fabric.AddLink(last, b, 2'000'000'000, 500); // the last hop is the bottleneck
    const NodeId c = fabric.AddNode(NodeKind::HOST);
    fabric.AddLink(c, 5, 10'000'000'000, 500);
    RdmaConfig config = With(CongestionControlType::HPCC);
    const PacketResult result = RunPacketSimulation(fabric, config, {{a, b, 4'000'000, 0}, {c, b, 4'000'000, 0}});
    for (const FlowOutcome& outcome : result.flows)
    {
        ASSERT_EQ(outcome.unfinished, Unfinished::NO);
        // 8 MB and headers at 2 Gb/s, at HPCC's target utilisation of 95 %: a control blind at the 13th hop would not
        // settle there
        EXPECT_LT(outcome.receiverFctNs, 45'000'000);
    }
    EXPECT_EQ(result.switchDrops, 0U);
}

TEST(StandardMode, ManyPortsAndManyFlowsOfAPair)
{
    // beyond the 257 ports of a switch and the 55,536 source ports of a pair that the published simulator has
    const FabricGraph fabric = Star(301, 10'000'000'000);
    FlowList flows;
    for (uint32_t i = 0; i < 60'000; i++)
    {
        flows.push_back({299, 300, 100, int64_t{i} * 200});
    }
    for (uint32_t i = 0; i < 299; i++)
    {
        flows.push_back({i, i + 1, 5000, 12'000'000});
    }
    const PacketResult result = RunPacketSimulation(fabric, {}, flows);
    EXPECT_EQ(result.completionOrder.size(), flows.size());
    for (const FlowOutcome& flow : result.flows)
    {
        ASSERT_GT(flow.receiverFctNs, 0);
    }
}

TEST(StandardMode, OtherEventsOfTheSimulatorRunInTime)
{
    const FabricGraph fabric = Star(3, 10'000'000'000);
    std::vector<int64_t> ran;
    const ns3::Time begin = ns3::Simulator::Now(); // runs of other tests may have gone before
    for (int64_t time : {0, 5'000, 5'001, 20'000})
    {
        ns3::Simulator::Schedule(ns3::NanoSeconds(time),
                                 [&] { ran.push_back((ns3::Simulator::Now() - begin).GetNanoSeconds()); });
    }
    const PacketResult result = RunPacketSimulation(fabric, {}, {{0, 1, 100'000, 0}, {2, 1, 100'000, 0}});
    EXPECT_EQ(ran, (std::vector<int64_t>{0, 5'000, 5'001, 20'000}));
    EXPECT_EQ(result.completionOrder.size(), 2U);
}

TEST(StandardMode, StopTimeEndsARun)
{
    const FabricGraph fabric = Star(2, 10'000'000'000);
    PacketRunOptions options;
    options.stopNs = 50'000;
    const PacketResult result = RunPacketSimulation(fabric, {}, {{0, 1, 1000, 0}, {0, 1, 1'000'000, 0}}, options);
    EXPECT_EQ(result.flows[0].unfinished, Unfinished::NO);
    EXPECT_EQ(result.flows[1].unfinished, Unfinished::STOP_TIME);
}

TEST(StandardMode, PacketsThatMayBeSentEndARun)
{
    const FabricGraph fabric = Star(2, 10'000'000'000);
    const FlowList flows = {{0, 1, 1000, 0}, {0, 1, 200'000'000, 0}};
    const PacketResult whole = RunPacketSimulation(fabric, {}, flows);
    PacketRunOptions options;
    options.maxDataHops = whole.dataHops / 4;
    const PacketResult part = RunPacketSimulation(fabric, {}, flows, options);
    EXPECT_TRUE(part.beyondLimits);
    EXPECT_GT(part.dataHops, options.maxDataHops);
    EXPECT_LT(part.dataHops, whole.dataHops / 2);
    EXPECT_EQ(part.flows[0].unfinished, Unfinished::NO);
    EXPECT_EQ(part.flows[1].unfinished, Unfinished::STOP_TIME);
    options.maxDataHops = whole.dataHops;
    EXPECT_EQ(RunPacketSimulation(fabric, {}, flows, options).flows[1].receiverFctNs, whole.flows[1].receiverFctNs);
}

TEST(StandardMode, EventsThatMayHappenEndARun)
{
    // 8 flows into one link: DCQCN's timers tick on while switches have lost what was sent and timeouts are waited for
    const FabricGraph fabric = Star(9, 10'000'000'000);
    RdmaConfig config;
    config.congestionControl = CongestionControlType::DCQCN;
    config.pfc = false;
    FlowList flows;
    for (NodeId sender = 1; sender <= 8; sender++)
    {
        flows.push_back({sender, 0, 5'000'000, 0});
    }
    const PacketResult whole = RunPacketSimulation(fabric, config, flows);
    EXPECT_FALSE(whole.beyondLimits);
    PacketRunOptions options;
    options.maxEvents = whole.dataHops; // each takes more than one
    const PacketResult part = RunPacketSimulation(fabric, config, flows, options);
    EXPECT_TRUE(part.beyondLimits);
    EXPECT_LT(part.dataHops, whole.dataHops);
    options.maxEvents = 100 * whole.dataHops;
    const PacketResult same = RunPacketSimulation(fabric, config, flows, options);
    EXPECT_FALSE(same.beyondLimits);
    EXPECT_EQ(same.dataHops, whole.dataHops);
}

TEST(StandardMode, RefusesWhatCannotWork)
{
    const FabricGraph fabric = Star(4, 10'000'000'000);
    RdmaConfig config;
    config.bufferBytes = 1000;
    try
    {
        RunPacketSimulation(fabric, config, {{0, 1, 1000, 0}});
        FAIL() << "a buffer of 1000 B was accepted";
    }
    catch (const InputError& error)
    {
        // the smallest that works is named, and works
        const std::string text = error.what();
        const auto number = text.substr(text.find("works is ") + 9);
        config.bufferBytes = std::stoull(number);
        EXPECT_EQ(RunPacketSimulation(fabric, config, {{0, 1, 1000, 0}}).completionOrder.size(), 1U) << text;
        config.bufferBytes = *config.bufferBytes - 1;
        EXPECT_THROW(RunPacketSimulation(fabric, config, {{0, 1, 1000, 0}}), InputError);
    }
    EXPECT_THROW(RunPacketSimulation(fabric, {}, {{0, 4, 1000, 0}}), InputError); // a switch
    EXPECT_THROW(RunPacketSimulation(fabric, {}, {{0, 9, 1000, 0}}), InputError); // unknown
    EXPECT_THROW(RunPacketSimulation(fabric, {}, {{0, 0, 1000, 0}}), InputError); // itself
    EXPECT_THROW(RunPacketSimulation(fabric, {}, {{0, 1, 0, 0}}), InputError);    // empty
    EXPECT_THROW(RunPacketSimulation(fabric, {}, {{0, 1, 1, 5}, {0, 1, 1, 4}}), InputError);
    EXPECT_THROW(ParseCongestionControl("reno"), InputError);
}
