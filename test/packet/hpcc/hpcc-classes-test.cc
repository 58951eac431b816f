// SPDX-License-Identifier: GPL-2.0-only
// Classes, ACK intervals and a link that goes down in `HPCC` mode, on networks small enough to say what comes out.
#include "ns3/m3-packet-simulation.h"

#include <gtest/gtest.h>

using namespace ns3::m3;

namespace
{

constexpr uint64_t RATE = 10'000'000'000;

RdmaConfig Uncontrolled()
{
    RdmaConfig config;
    config.mode = EngineMode::HPCC;
    config.congestionControl = CongestionControlType::NONE;
    config.windowBytes = 0;
    config.bufferBytes = 100'000'000;
    return config;
}

/// Hosts 0 to 2 at switch 3.
FabricGraph Star()
{
    FabricGraph fabric;
    for (int i = 0; i < 3; i++)
    {
        fabric.AddNode(NodeKind::HOST);
    }
    fabric.AddNode(NodeKind::SWITCH);
    for (NodeId host = 0; host < 3; host++)
    {
        fabric.AddLink(host, 3, RATE, 1000);
    }
    return fabric;
}

int64_t FctOf(const FlowList& flows, std::size_t flow)
{
    const PacketResult result = RunPacketSimulation(Star(), Uncontrolled(), flows);
    return result.flows.at(flow).unfinished == Unfinished::NO ? result.flows[flow].receiverFctNs : -1;
}

} // namespace

TEST(HpccClasses, ClassZeroWaitsForOnePacketAtMost)
{
    constexpr int64_t PACKET_NS = 838; // 1048 B at 10 Gb/s
    const int64_t alone = FctOf({{1, 2, 50'000, 100'000, 0}}, 0);
    const int64_t beside = FctOf({{0, 2, 1'000'000, 0, 5}, {1, 2, 50'000, 100'000, 0}}, 1);
    EXPECT_GE(beside, alone);
    EXPECT_LE(beside, alone + PACKET_NS);
}

TEST(HpccClasses, OthersShareByTurns)
{
    // two senders fill the port; with one class the flow of a third class would get what is left, here its half
    const int64_t shared = FctOf({{0, 2, 2'000'000, 0, 5}, {1, 2, 500'000, 0, 6}}, 1);
    const int64_t alone = FctOf({{1, 2, 500'000, 0, 6}}, 0);
    EXPECT_NEAR(static_cast<double>(shared) / static_cast<double>(alone), 2, 0.02);
}

TEST(HpccClasses, BelowTheAckIntervalNothingEnds)
{
    RdmaConfig config = Uncontrolled();
    config.ackIntervalBytes = 8000;
    config.ackChunkBytes = 5000;
    // 4,000 B are below both, 5,000 B are a chunk, 8,500 B beyond the interval; 7,000 B have the ACK of their first
    // 5,000
    const PacketResult result =
        RunPacketSimulation(Star(),
                            config,
                            {{0, 1, 4000, 0}, {0, 1, 5000, 10'000}, {0, 1, 8500, 20'000}, {0, 1, 7000, 30'000}});
    EXPECT_EQ(result.flows[0].unfinished, Unfinished::NO_PROGRESS);
    EXPECT_EQ(result.flows[1].unfinished, Unfinished::NO);
    EXPECT_EQ(result.flows[2].unfinished, Unfinished::NO);
    EXPECT_EQ(result.flows[3].unfinished, Unfinished::NO_PROGRESS);
}

TEST(HpccClasses, AfterALinkFailsFlowsGoOnBesideIt)
{
    // hosts 0, 1 at switches 2, 5, with switches 3 and 4 between them
    FabricGraph fabric;
    fabric.AddNode(NodeKind::HOST);
    fabric.AddNode(NodeKind::HOST);
    for (int i = 0; i < 4; i++)
    {
        fabric.AddNode(NodeKind::SWITCH);
    }
    fabric.AddLink(0, 2, RATE, 1000);
    fabric.AddLink(2, 3, RATE, 1000);
    fabric.AddLink(2, 4, RATE, 1000);
    fabric.AddLink(3, 5, RATE, 1000);
    fabric.AddLink(4, 5, RATE, 1000);
    fabric.AddLink(5, 1, RATE, 1000);
    FlowList flows;
    for (int i = 0; i < 8; i++)
    {
        flows.push_back({0, 1, 1'000'000, 0, static_cast<uint8_t>(i)});
    }
    for (const LinkId fails : fabric.EgressLinks(2))
    {
        if (fabric.Link(fails).to == 0)
        {
            continue;
        }
        PacketRunOptions options;
        options.linkChanges = {{1'000'000, fails, false}};
        const PacketResult result = RunPacketSimulation(fabric, Uncontrolled(), flows, options);
        EXPECT_GT(result.linkLosses, 0U) << "what was on the link";
        for (const FlowOutcome& flow : result.flows)
        {
            EXPECT_EQ(flow.unfinished, Unfinished::NO) << "in mid-transfer, a NACK brings what was lost";
        }
    }
    PacketRunOptions options;
    options.linkChanges = {{1'000'000, 0, false}}; // host 0's only one
    const PacketResult result = RunPacketSimulation(fabric, Uncontrolled(), flows, options);
    for (const FlowOutcome& flow : result.flows)
    {
        EXPECT_NE(flow.unfinished, Unfinished::NO);
    }
}
