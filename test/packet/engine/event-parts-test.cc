// SPDX-License-Identifier: GPL-2.0-only
#include "packet/engine/event-parts.h"

#include "input-file.h"
#include "packet/engine/star.h"

#include "ns3/m3-input-error.h"
#include "ns3/m3-packet-simulation.h"
#include "ns3/m3-rdma-config.h"

#include <gtest/gtest.h>

#include <vector>

namespace ns3::m3
{

namespace
{

/// Two servers of two hosts behind a switch each, 25 ns away, and a switch 500 ns away from every host: 12 directed
/// links of 500 ns (one of them between the outer switch and another one) and 8 of 25 ns, so the median is 500 ns.
FabricGraph TwoServers()
{
    FabricGraph fabric;
    for (int host = 0; host < 4; host++)
    {
        fabric.AddNode(NodeKind::HOST);
    }
    for (int i = 0; i < 4; i++)
    {
        fabric.AddNode(NodeKind::SWITCH);
    }
    for (NodeId host = 0; host < 4; host++)
    {
        fabric.AddLink(host, 4 + host / 2, 400 * GBIT, 25);
        fabric.AddLink(host, 6, 400 * GBIT, 500);
    }
    fabric.AddLink(6, 7, 400 * GBIT, 500);
    return fabric;
}

EventParts::Message Arrival(int64_t sentNs, uint64_t order, int64_t timeNs, uint32_t subject)
{
    return {sentNs, order, timeNs, EventType::SWITCH_ARRIVAL, subject, 0};
}

} // namespace

TEST(EventParts, LinksOfAtLeastTheMedianDelayAreCut)
{
    const FabricGraph fabric = TwoServers();
    const EventParts parts(fabric);
    EXPECT_EQ(parts.PartOf(0), 1U);
    EXPECT_EQ(parts.PartOf(1), 1U);
    EXPECT_EQ(parts.PartOf(4), 1U);
    EXPECT_EQ(parts.PartOf(2), 2U);
    EXPECT_EQ(parts.PartOf(3), 2U);
    EXPECT_EQ(parts.PartOf(5), 2U);
    EXPECT_EQ(parts.PartOf(6), 3U);
    EXPECT_EQ(parts.PartOf(7), 4U);
    for (LinkId link = 0; link < fabric.LinkCount(); link++)
    {
        EXPECT_EQ(parts.Crosses(link), fabric.Link(link).delayNs == 500);
    }
}

TEST(EventParts, ARoundEndsTheShortestCutDelayAfterItsFirstEvent)
{
    const FabricGraph fabric = TwoServers();
    EventParts parts(fabric);
    std::vector<uint32_t> delivered;
    const auto deliver = [&](const EventParts::Message& message) { delivered.push_back(message.subject); };
    EXPECT_FALSE(parts.EndRound(1000, deliver)); // the first round: 1000 to 1500
    parts.Post(2, 3, Arrival(1000, 7, 1521, 1));
    parts.Post(1, 3, Arrival(1020, 9, 1521, 2));
    EXPECT_FALSE(parts.EndRound(1500, deliver));
    EXPECT_TRUE(delivered.empty());
    // from one sender after the other, whatever was sent first
    EXPECT_TRUE(parts.EndRound(1501, deliver));
    EXPECT_EQ(delivered, (std::vector<uint32_t>{2, 1}));
    // the next: 1501 to 2001; of one sender by time and by the order of its events
    parts.Post(1, 3, Arrival(1900, 12, 2421, 3));
    parts.Post(1, 3, Arrival(1900, 11, 2421, 4));
    parts.Post(1, 3, Arrival(1880, 13, 2421, 5));
    EXPECT_FALSE(parts.EndRound(2001, deliver));
    EXPECT_TRUE(parts.EndRound(2300, deliver));
    EXPECT_EQ(delivered, (std::vector<uint32_t>{2, 1, 5, 4, 3}));
    // nothing is left, and a round without messages changes nothing
    EXPECT_FALSE(parts.EndRound(EventWheel::NEVER, deliver));
    EXPECT_EQ(delivered.size(), 5U);
}

TEST(EventParts, WhatOneSenderPostsAtOnceComesInTheOppositeOrder)
{
    // up to 16 equal entries stay in place in std::sort of GCC's library, and they are taken from the end
    const FabricGraph fabric = TwoServers();
    EventParts parts(fabric);
    for (uint32_t flow = 0; flow < 8; flow++)
    {
        parts.Post(EventParts::SCRIPT, 1, {100, 0, 3100, EventType::FLOW_DUE, flow, 0});
    }
    std::vector<uint32_t> delivered;
    EXPECT_TRUE(parts.EndRound(EventWheel::NEVER,
                               [&](const EventParts::Message& message) { delivered.push_back(message.subject); }));
    EXPECT_EQ(delivered, (std::vector<uint32_t>{7, 6, 5, 4, 3, 2, 1, 0}));
}

TEST(EventParts, ARunInPartsSendsTheSamePackets)
{
    // flows that no other meets have the same FCTs in any order of events
    const FabricGraph fabric = TwoServers();
    const FlowList flows = {{0, 2, 50'000, 0}, {3, 1, 70'000, 400'000}, {1, 0, 1, 800'000}};
    RdmaConfig config;
    config.mode = EngineMode::HPCC;
    const PacketResult sequential = RunPacketSimulation(fabric, config, flows);
    config.parallelPostNs = 3000;
    const PacketResult parallel = RunPacketSimulation(fabric, config, flows);
    ASSERT_EQ(parallel.completionOrder.size(), flows.size());
    for (std::size_t flow = 0; flow < flows.size(); flow++)
    {
        EXPECT_EQ(parallel.flows[flow].senderFctNs, sequential.flows[flow].senderFctNs);
        EXPECT_EQ(parallel.flows[flow].receiverFctNs, sequential.flows[flow].receiverFctNs);
    }
}

TEST(EventParts, OthersRefuseTheOrderOfParallelRuns)
{
    RdmaConfig config;
    config.parallelPostNs = 0;
    const FlowList flows = {{0, 2, 50'000, 0}};
    EXPECT_EQ(InputErrorOf([&] { RunPacketSimulation(TwoServers(), config, flows); }),
              "the order of events of a parallel run is taken in hpcc mode only");
    config.mode = EngineMode::HPCC;
    FlowList ofClasses = flows;
    ofClasses[0].priorityGroup = 1;
    EXPECT_EQ(InputErrorOf([&] { RunPacketSimulation(TwoServers(), config, ofClasses); }),
              "the order of events of a parallel run takes flows of one class");
}

} // namespace ns3::m3
