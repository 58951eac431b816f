// SPDX-License-Identifier: GPL-2.0-only
// Every run ends: PFC deadlock, packets that are never sent again; and nothing that only waits is sent again.
#include "packet/engine/star.h"

#include "ns3/m3-packet-simulation.h"
#include "ns3/m3-rdma-config.h"
#include "ns3/simulator.h"

#include <gtest/gtest.h>

#include <algorithm>

using namespace ns3::m3;

namespace
{

const std::vector<CongestionControlType> ALL_CONTROLS = {CongestionControlType::NONE,
                                                         CongestionControlType::DCTCP,
                                                         CongestionControlType::DCQCN,
                                                         CongestionControlType::HPCC,
                                                         CongestionControlType::TIMELY};

/// A ring of switches with hosts on each; hosts first, host h at switch h / hostsEach.
FabricGraph Ring(uint32_t switches, uint32_t hostsEach, double errorRate = 0)
{
    FabricGraph fabric;
    for (uint32_t i = 0; i < switches * hostsEach; i++)
    {
        fabric.AddNode(NodeKind::HOST);
    }
    for (uint32_t i = 0; i < switches; i++)
    {
        fabric.AddNode(NodeKind::SWITCH);
    }
    const uint32_t first = switches * hostsEach;
    for (uint32_t i = 0; i < first; i++)
    {
        fabric.AddLink(i, first + i / hostsEach, 10 * GBIT, 1000, 0);
    }
    for (uint32_t i = 0; i < switches; i++)
    {
        fabric.AddLink(first + i, first + (i + 1) % switches, 10 * GBIT, 1000, errorRate);
    }
    return fabric;
}

/// Every host sends to its like two switches further on.
FlowList TwoOn(uint32_t switches, uint32_t hostsEach, uint64_t bytes)
{
    const uint32_t hosts = switches * hostsEach;
    FlowList flows;
    for (uint32_t i = 0; i < hosts; i++)
    {
        flows.push_back({i, (i + 2 * hostsEach) % hosts, bytes, 0});
    }
    return flows;
}

bool AllDeadlocked(const PacketResult& result)
{
    return std::all_of(result.flows.begin(),
                       result.flows.end(),
                       [](const FlowOutcome& flow) { return flow.unfinished == Unfinished::DEADLOCK; });
}

} // namespace

// Five switches in a circle, each flow two hops on: all buffers of the circle fill with what the next switch has no
// room for. The ports of the circle are those from switch i to switch i + 1.
TEST(StuckFlows, APfcDeadlockEndsTheRunAndNamesItsPorts)
{
    const FabricGraph fabric = Ring(5, 4);
    const FlowList flows = TwoOn(5, 4, 2'000'000);
    for (const CongestionControlType control : ALL_CONTROLS)
    {
        for (const EngineMode mode : {EngineMode::STANDARD, EngineMode::HPCC})
        {
            SCOPED_TRACE(CongestionControlName(control));
            RdmaConfig config;
            config.congestionControl = control;
            config.mode = mode;
            config.bufferBytes = 300'000;
            const PacketResult result = RunPacketSimulation(fabric, config, flows);
            ASSERT_EQ(result.deadlock.size(), 5U);
            for (std::size_t i = 0; i < 5; i++)
            {
                const FabricLink& link = fabric.Link(result.deadlock[i]);
                EXPECT_FALSE(fabric.IsHost(link.from));
                EXPECT_FALSE(fabric.IsHost(link.to));
                EXPECT_EQ(link.to, fabric.Link(result.deadlock[(i + 1) % 5]).from) << "each waits for the next";
            }
            EXPECT_TRUE(AllDeadlocked(result));
            EXPECT_EQ(result.retransmissions, 0U);
            EXPECT_NE(DeadlockText(fabric, result).find("node 20 port 4 -> node 21 port 5 ->"), std::string::npos);
            EXPECT_EQ(UnfinishedText(result), "20 deadlock");
        }
    }
}

// With an error rate on the links the senders' timeouts are armed and go on for ever; the run ends all the same.
TEST(StuckFlows, ADeadlockEndsTheRunWhereTimeoutsAreArmed)
{
    for (const CongestionControlType control : ALL_CONTROLS)
    {
        RdmaConfig config;
        config.congestionControl = control;
        config.bufferBytes = 300'000;
        const PacketResult result =
            RunPacketSimulation(Ring(5, 4, 1e-12), config, TwoOn(5, 4, 2'000'000)); // so rare that nothing is lost
        EXPECT_EQ(result.deadlock.size(), 5U) << CongestionControlName(control);
        EXPECT_EQ(result.linkLosses, 0U);
        EXPECT_EQ(result.completionOrder.size(), 0U);
    }
}

// What is not in the circle goes on: a flow beside it that starts after the deadlock, and one that starts much later.
TEST(StuckFlows, FlowsBesideADeadlockFinish)
{
    const FabricGraph fabric = Ring(5, 4);
    FlowList flows = TwoOn(5, 4, 2'000'000);
    flows.erase(flows.begin());                      // host 0 has no part in it
    flows.erase(flows.begin());                      // nor host 1
    flows.push_back({0, 1, 100'000, 10'000'000});    // at the same switch
    flows.push_back({1, 0, 100'000, 2'000'000'000}); // two seconds on
    const PacketResult result = RunPacketSimulation(fabric, {}, flows);
    ASSERT_EQ(result.deadlock.size(), 5U);
    EXPECT_EQ(result.flows[18].unfinished, Unfinished::NO);
    EXPECT_EQ(result.flows[19].unfinished, Unfinished::NO);
    EXPECT_EQ(UnfinishedText(result), "18 deadlock");
}

// A deadlock that a change of a link undoes: the ring is cut, pauses at the cut are forgotten, and all flows end.
TEST(StuckFlows, ALinkChangeDissolvesADeadlock)
{
    const FabricGraph fabric = Ring(5, 4);
    PacketRunOptions options;
    const LinkId cut = fabric.EgressLinks(20).back();
    options.linkChanges = {{50'000'000, cut, false}};
    const PacketResult result = RunPacketSimulation(fabric, {}, TwoOn(5, 4, 2'000'000), options);
    EXPECT_TRUE(result.deadlock.empty());
    EXPECT_EQ(result.completionOrder.size(), 20U);
}

// `hpcc` mode has no retransmission timeout: a flow that lost its last packets never ends, while the timers of DCQCN go
// on for ever. The run ends, and says which.
TEST(StuckFlows, WhatHpccModeNeverSendsAgainEndsTheRun)
{
    FabricGraph lossy;
    lossy.AddNode(NodeKind::HOST);
    lossy.AddNode(NodeKind::HOST);
    lossy.AddNode(NodeKind::SWITCH);
    lossy.AddLink(0, 2, 10 * GBIT, 1000, 0.3);
    lossy.AddLink(1, 2, 10 * GBIT, 1000, 0.3);
    FlowList flows;
    for (int i = 0; i < 50; i++)
    {
        flows.push_back({0, 1, 1500, i * 100'000});
    }
    for (const CongestionControlType control : ALL_CONTROLS)
    {
        RdmaConfig config;
        config.congestionControl = control;
        config.mode = EngineMode::HPCC;
        const PacketResult result = RunPacketSimulation(lossy, config, flows);
        EXPECT_LT(result.completionOrder.size(), 50U) << CongestionControlName(control);
        EXPECT_TRUE(result.deadlock.empty());
        EXPECT_EQ(UnfinishedText(result), std::to_string(50 - result.completionOrder.size()) + " no-progress");
    }
}

// `hpcc` mode, a switch of three ports of 1 Gb/s without delay: headroom of three link delays is none, and a port's
// share of the pool is less than a full packet, so that full packets are dropped even in an idle network. A flow's last
// packet of 194 B passes; its NACK has all of them sent again, for ever. The run ends within two seconds; with a stop
// time it goes on until then, as the published simulator's.
TEST(StuckFlows, PacketsThatAreSentInVainForEverEndTheRun)
{
    const FabricGraph fabric = Star(3, GBIT, 0);
    const FlowList flows{{0, 2, 100'194, 1000}}; // 0.8 ms: the receiver sends the same NACK again after 0.5 ms
    RdmaConfig config;
    config.mode = EngineMode::HPCC;
    config.windowBytes = 200'000; // the whole flow
    const PacketResult result = RunPacketSimulation(fabric, config, flows);
    EXPECT_EQ(UnfinishedText(result), "1 no-progress");
    EXPECT_GT(result.retransmissions, 1000U);
    EXPECT_TRUE(result.deadlock.empty());
    PacketRunOptions options;
    options.stopNs = 3'000'000'000;
    const PacketResult stopped = RunPacketSimulation(fabric, config, flows, options);
    EXPECT_EQ(UnfinishedText(stopped), "1 stop-time");
    EXPECT_GT(stopped.dataHops, result.dataHops);
}

// 1,000 flows of 8 KB to one host at 10 Gb/s that start together, under PFC: 8 packets of 1,000 B each need 8 x 1,048 B
// x 8 / 10 Gb/s = 6,707.2 ns a flow. Nothing is dropped, so nothing is sent again, and the last byte is there when the
// link has carried all: 6.7072 ms and a route's latency, not some timeouts of 1 ms later.
TEST(StuckFlows, NothingThatWaitsBehindPausesIsSentAgain)
{
    const FabricGraph fabric = Star(101, 10 * GBIT);
    FlowList flows;
    for (uint32_t i = 0; i < 1000; i++)
    {
        flows.push_back({1 + i % 100, 0, 8000, 0});
    }
    for (const CongestionControlType control : {CongestionControlType::NONE, CongestionControlType::DCTCP})
    {
        RdmaConfig config;
        config.congestionControl = control;
        const PacketResult result = RunPacketSimulation(fabric, config, flows);
        EXPECT_EQ(result.retransmissions, 0U);
        EXPECT_EQ(result.switchDrops, 0U);
        EXPECT_EQ(result.dataHops, 1000U * 8 * 2) << "each packet over two links, once";
        int64_t last = 0;
        for (const FlowOutcome& flow : result.flows)
        {
            last = std::max(last, flow.receiverFctNs);
        }
        EXPECT_GE(last, 6'707'200);
        EXPECT_LE(last, 6'707'200 + 20'000) << CongestionControlName(control);
    }
}

// Without PFC timeouts are armed. Senders that have measured their RTT wait for it: RFC 6298's SRTT + 4 RTTVAR. A queue
// of 4 MB is 3.3 ms long at 10 Gb/s; with a fixed timeout of 1 ms every window in it would be sent again.
TEST(StuckFlows, ATimeoutFollowsTheMeasuredRtt)
{
    const FabricGraph fabric = Star(5, 10 * GBIT);
    RdmaConfig config;
    config.congestionControl = CongestionControlType::NONE;
    config.pfc = false;
    config.bufferBytes = 50'000'000;
    config.windowBytes = 1'000'000; // 4 MB under way in all
    FlowList flows;
    for (uint32_t i = 1; i < 5; i++)
    {
        flows.push_back({i, 0, 20'000'000, 0});
    }
    const PacketResult result = RunPacketSimulation(fabric, config, flows);
    EXPECT_EQ(result.switchDrops, 0U);
    EXPECT_EQ(result.completionOrder.size(), 4U);
    // before the first sample the timeout is 1 ms; the queue grows by 4 x 1,048 B each 838 ns and shrinks by one, so
    // that samples come from the start on and grow with it
    EXPECT_EQ(result.retransmissions, 0U);
}

// A lossy link: every packet lost costs a time that RFC 6298 bounds. One flow of one packet, lost for certain at first
// because the link is down: 1 ms until it is sent again, then 2, 4 ... up to 64.
TEST(StuckFlows, TimeoutsAreDoubledUpTo64Ms)
{
    FabricGraph fabric = Star(2, 10 * GBIT);
    PacketRunOptions options;

    class Sent : public PacketObserver
    {
      public:
        void OnFrame(const FrameInfo& frame) override
        {
            if (frame.kind == PacketKind::DATA && frame.link == nic)
            {
                timesNs.push_back(ns3::Simulator::Now().GetNanoSeconds());
            }
        }

        LinkId nic = 0;
        std::vector<int64_t> timesNs;
    } sent;

    sent.nic = fabric.EgressLinks(0)[0];
    options.observer = &sent;
    options.linkChanges = {{1, sent.nic, false}}; // cuts the first packet short and stays down
    ns3::Simulator::Destroy();
    const PacketResult result = RunPacketSimulation(fabric, {}, {{0, 1, 500, 0}}, options);
    EXPECT_EQ(result.flows[0].unfinished, Unfinished::UNREACHABLE);
    ASSERT_EQ(sent.timesNs.size(), 17U) << "the first and 16 timeouts";
    int64_t expected = 1'000'000;
    for (std::size_t i = 1; i < sent.timesNs.size(); i++)
    {
        EXPECT_EQ(sent.timesNs[i] - sent.timesNs[i - 1], expected) << i;
        expected = std::min<int64_t>(64'000'000, 2 * expected);
    }
    EXPECT_EQ(result.retransmissions, 16U);
    EXPECT_EQ(result.linkLosses, 17U);
}

// Progress ends the back-off, and with it what is left of the long timeout: the next loss is noticed after 1 ms. Of a
// window's packets, sent at 0, 1, 3 and 7 ms, the last arrive; the packet behind them is lost once and sent again 1 ms
// later, not at the end of the 8 ms that began at 7 ms.
TEST(StuckFlows, ProgressEndsABackedOffTimeout)
{
    for (const uint64_t window : {1U, 2U})
    {
        const FabricGraph fabric = Star(2, 10 * GBIT);
        RdmaConfig config;
        config.congestionControl = CongestionControlType::NONE;
        config.windowBytes = window * 1000;
        PacketRunOptions options;
        const double all = 1 - 1e-12;
        // packets arrive at the switch 1,838.4 ns after they begin, ACKs at the sender 5,772.8 ns after
        options.linkChanges = {{1, 0, true, 0, all}, {4'000'000, 0, true, 0, 0}};
        options.linkChanges.push_back({7'006'700, 0, true, 0, all}); // between the last ACK and the arrival
        options.linkChanges.push_back({7'500'000, 0, true, 0, 0});
        const PacketResult result = RunPacketSimulation(fabric, config, {{0, 1, (window + 1) * 1000, 0}}, options);
        const double begun = 7'000'000 + 5772.8;                 // the first ACK lets the last packet go
        const double last = window == 1 ? begun : begun + 838.4; // the timer begins again with the last ACK
        EXPECT_NEAR(static_cast<double>(result.flows[0].receiverFctNs), last + 1'000'000 + 2 * 1838.4, 5) << window;
    }
}

// ACKs that hosts send although PFC has paused their data take no room from that data: nothing is dropped. Host 0 sends
// to host 2, behind a slow link, so that the link between the switches and host 0 are paused nearly all of the time.
// What host 1 sends to host 0 meets no queue; its ACKs, 1,000 of 60 B and more, wait at the paused link between the
// switches, while the headroom of a port is less than 10 KB.
TEST(StuckFlows, AcksThatPassAPauseLoseNothing)
{
    FabricGraph fabric;
    for (int i = 0; i < 3; i++)
    {
        fabric.AddNode(NodeKind::HOST);
    }
    const NodeId near = fabric.AddNode(NodeKind::SWITCH);
    const NodeId far = fabric.AddNode(NodeKind::SWITCH);
    fabric.AddLink(0, near, 100 * GBIT, 100, 0);
    fabric.AddLink(near, far, 100 * GBIT, 100, 0);
    fabric.AddLink(1, far, 100 * GBIT, 100, 0);
    fabric.AddLink(2, far, 1 * GBIT, 100, 0);
    const FlowList flows = {{0, 2, 3'000'000, 0}, {1, 0, 3'000'000, 1'000'000}};
    for (const CongestionControlType control : ALL_CONTROLS)
    {
        RdmaConfig config;
        config.congestionControl = control;
        config.ackHighPriority = true;
        config.windowBytes = 1'000'000;
        config.variableWindow = false;
        config.rateBound = false;
        PacketRunOptions options;
        options.recordPfc = true;
        const PacketResult result = RunPacketSimulation(fabric, config, flows, options);
        EXPECT_FALSE(result.pfc.empty());
        EXPECT_EQ(result.switchDrops, 0U) << CongestionControlName(control);
        EXPECT_EQ(result.retransmissions, 0U);
        EXPECT_EQ(result.completionOrder.size(), flows.size());
    }
}

// A link that is down for less than a packet is on it loses that packet all the same.
TEST(StuckFlows, AShortOutageLosesWhatIsOnTheWire)
{
    FabricGraph fabric;
    fabric.AddNode(NodeKind::HOST);
    fabric.AddNode(NodeKind::HOST);
    fabric.AddNode(NodeKind::SWITCH);
    fabric.AddLink(0, 2, 10 * GBIT, 10'000, 0);
    fabric.AddLink(1, 2, 10 * GBIT, 10'000, 0);
    PacketRunOptions options;
    const LinkId nic = fabric.EgressLinks(0)[0];
    // the one packet of 548 B leaves at 439 ns and is on the wire until 10,439 ns
    options.linkChanges = {{5000, nic, false}, {6000, nic, true}};
    const PacketResult result = RunPacketSimulation(fabric, {}, {{0, 1, 500, 0}}, options);
    EXPECT_EQ(result.linkLosses, 1U);
    EXPECT_EQ(result.flows[0].unfinished, Unfinished::NO);
    EXPECT_GT(result.flows[0].receiverFctNs, 1'000'000) << "sent again after 1 ms";
}
