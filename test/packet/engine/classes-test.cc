// SPDX-License-Identifier: GPL-2.0-only
// Classes in `STANDARD` mode: strict ones, weights, PFC and ECN of each.
#include "star.h"

#include "fabric/ideal-fct.h"
#include "ns3/m3-dctcp.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-packet-observer.h"
#include "ns3/m3-packet-simulation.h"
#include "ns3/simulator.h"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <utility>
#include <vector>

using namespace ns3::m3;

namespace
{

constexpr uint64_t CLASS_RATE = 10'000'000'000;
constexpr int64_t PACKET_NS = 839; // 1048 B at 10 Gb/s, rounded up

/// Senders at line rate whatever happens.
RdmaConfig Uncontrolled()
{
    RdmaConfig config;
    config.congestionControl = CongestionControlType::NONE;
    config.windowBytes = 0;
    return config;
}

PacketResult Simulate(const FabricGraph& fabric, const RdmaConfig& config, const FlowList& flows)
{
    return RunPacketSimulation(fabric, config, flows);
}

/// Wire bytes of data of each class that are put on a link between 1 and 11 ms.
std::array<double, PRIORITY_CLASSES> BytesIn10Ms(const RdmaConfig& config, const FlowList& flows, LinkId link)
{
    struct Counter : PacketObserver
    {
        void OnFrame(const FrameInfo& frame) override
        {
            if (frame.link == counted && frame.kind == PacketKind::DATA &&
                ns3::Simulator::Now() >= begin + ns3::MilliSeconds(1))
            {
                bytes[frame.priority] += frame.wireBytes;
            }
        }

        const ns3::Time begin = ns3::Simulator::Now();
        LinkId counted = 0;
        std::array<double, PRIORITY_CLASSES> bytes{};
    } counter;

    counter.counted = link;
    PacketRunOptions options;
    options.stopNs = 11'000'000;
    options.observer = &counter;
    RunPacketSimulation(Star(9, CLASS_RATE), config, flows, options);
    return counter.bytes;
}

/// Expects shares of 1, 2 and 5 of a port's rate for classes 1, 2 and 4, within 2 %.
void ExpectShares(const std::array<double, PRIORITY_CLASSES>& bytes)
{
    constexpr double ALL = CLASS_RATE / 8 * 0.01; // in 10 ms
    EXPECT_NEAR(bytes[1] / ALL, 1.0 / 8, 0.02 / 8);
    EXPECT_NEAR(bytes[2] / ALL, 2.0 / 8, 0.02 * 2 / 8);
    EXPECT_NEAR(bytes[4] / ALL, 5.0 / 8, 0.02 * 5 / 8);
}

} // namespace

TEST(Classes, IncastLosesNothingInAnyClass)
{
    const FabricGraph fabric = Star(256, CLASS_RATE);
    for (uint8_t only = 0; only <= 8; only++) // 8: all classes at once
    {
        FlowList flows;
        for (NodeId src = 1; src < 256; src++)
        {
            const auto one = static_cast<uint8_t>(only == 8 ? src % 8 : only);
            flows.push_back({src, 0, 30'000, 0, one});
        }
        flows.push_back({0, 1, 1000, 0, static_cast<uint8_t>(only % 8 == 1 ? 2 : 1)}); // so that classes are told apart
        const PacketResult result = Simulate(fabric, Uncontrolled(), flows);
        EXPECT_EQ(result.switchDrops, 0U) << "class " << int{only};
        EXPECT_EQ(result.completionOrder.size(), flows.size());
        EXPECT_GT(result.dataHops, 0U);
    }
}

TEST(Classes, AStrictClassWaitsForOnePacketAPort)
{
    RdmaConfig config = Uncontrolled();
    config.strictClasses = 0b11;
    const FabricGraph fabric = Star(9, CLASS_RATE);
    Flow urgent{1, 0, 100'000, 200'000, 0};
    const int64_t alone = Simulate(fabric, config, {urgent}).flows[0].receiverFctNs;
    // others at the urgent flow's NIC and at the switch port that it takes, some of them strict, too, but after it
    FlowList flows{{1, 0, 1'000'000, 0, 5}, {1, 2, 1'000'000, 0, 1}, {2, 0, 1'000'000, 0, 1}, {3, 0, 1'000'000, 0, 7}};
    flows.push_back(urgent);
    const PacketResult result = Simulate(fabric, config, flows);
    EXPECT_GE(result.flows[4].receiverFctNs, alone);
    EXPECT_LE(result.flows[4].receiverFctNs, alone + 2 * PACKET_NS + 1) << "two ports";
    EXPECT_EQ(result.completionOrder.front(), 4U);
}

TEST(Classes, WeightsShareAPortInBytes)
{
    RdmaConfig config = Uncontrolled();
    config.packedClassWeights = ParseClassWeights("weights", "1:1,2:2,4:5").Packed();
    const FabricGraph fabric = Star(9, CLASS_RATE);
    FlowList flows;
    // the first class has three senders, which does not give it more
    for (const auto& [src, one] : std::vector<std::pair<NodeId, uint8_t>>{{1, 1}, {2, 1}, {3, 1}, {4, 2}, {5, 4}})
    {
        flows.push_back({src, 0, 100'000'000, 0, one});
    }
    const LinkId nic = fabric.EgressLinks(0).front();
    ExpectShares(BytesIn10Ms(config, flows, ReverseLink(nic)));
    for (Flow& flow : flows)
    {
        std::swap(flow.src, flow.dst);
    }
    ExpectShares(BytesIn10Ms(config, flows, nic)); // at a NIC, too
}

TEST(Classes, WhatAClassDoesNotUseIsTheOthers)
{
    RdmaConfig config = Uncontrolled();
    config.packedClassWeights = ParseClassWeights("weights", "2:63").Packed();
    // class 2 has one flow that is capped far below its share at another port
    FlowList flows{{1, 0, 100'000'000, 0, 1}, {2, 0, 1'000'000, 0, 2}};
    const PacketResult result = Simulate(Star(9, CLASS_RATE), config, flows);
    const auto wire = [](double bytes) { return bytes * 1.048 * 8 / 10; };
    EXPECT_NEAR(static_cast<double>(result.flows[1].receiverFctNs), wire(1e6) * 64 / 63, wire(1e6) / 20);
    EXPECT_NEAR(static_cast<double>(result.flows[0].receiverFctNs), wire(101e6), wire(1e6));
}

TEST(Classes, ALossyClassDropsBesideALosslessOne)
{
    RdmaConfig config = Uncontrolled();
    config.lossyClasses = 1 << 5;
    FlowList flows;
    for (NodeId src = 1; src < 9; src++)
    {
        flows.push_back({src, 0, 300'000, 0, static_cast<uint8_t>(src % 2 ? 5 : 2)});
    }
    PacketRunOptions options;
    options.recordPfc = true;

    struct Drops : PacketObserver
    {
        void OnDrop(LinkId, uint32_t flow) override
        {
            of.push_back(flow);
        }

        std::vector<uint32_t> of;
    } drops;

    options.observer = &drops;
    const PacketResult result = RunPacketSimulation(Star(9, CLASS_RATE), config, flows, options);
    EXPECT_EQ(result.completionOrder.size(), flows.size());
    EXPECT_GT(result.switchDrops, 0U);
    EXPECT_EQ(drops.of.size(), result.switchDrops);
    for (const uint32_t flow : drops.of)
    {
        EXPECT_EQ(flows[flow].priorityGroup, 5);
    }
    ASSERT_FALSE(result.pfc.empty());
    for (const PfcEvent& event : result.pfc)
    {
        EXPECT_EQ(event.node % 2, 0U) << "only senders of the lossless class are paused";
    }
    // one class alone, and lossy
    for (Flow& flow : flows)
    {
        flow.priorityGroup = 5;
    }
    EXPECT_GT(Simulate(Star(9, CLASS_RATE), config, flows).switchDrops, 0U);
    config.lossyClasses = 0;
    EXPECT_EQ(Simulate(Star(9, CLASS_RATE), config, flows).switchDrops, 0U);
}

TEST(Classes, MarkEachByItsOwnQueue)
{
    RdmaConfig config;
    config.windowBytes = 1'000'000;
    constexpr EcnProfile NEVER{1'000'000'000, 1'000'000'000, 1};
    config.ecnByClass[2] = NEVER;

    struct Marks : PacketObserver
    {
        void OnEcnMark(LinkId, uint32_t flow) override
        {
            of.push_back(flow);
        }

        std::vector<uint32_t> of;
    } marks;

    FlowList flows{{1, 0, 500'000, 0, 2}, {2, 0, 500'000, 0, 2}, {3, 0, 500'000, 0, 6}, {4, 0, 500'000, 0, 6}};
    PacketRunOptions options;
    options.observer = &marks;
    RunPacketSimulation(Star(9, CLASS_RATE), config, flows, options);
    ASSERT_FALSE(marks.of.empty());
    for (const uint32_t flow : marks.of)
    {
        EXPECT_GE(flow, 2U);
    }
}

TEST(Classes, FlowsOfOneClassAreAsOfAnyOther)
{
    FlowList flows;
    std::mt19937 random(1);
    for (int i = 0; i < 200; i++)
    {
        const NodeId src = random() % 9;
        flows.push_back({src, static_cast<NodeId>((src + 1 + random() % 8) % 9), 1 + random() % 60'000, 1000 * i});
    }
    const PacketResult usual = Simulate(Star(9, CLASS_RATE), {}, flows);
    for (Flow& flow : flows)
    {
        flow.priorityGroup = 0;
    }
    const PacketResult other = Simulate(Star(9, CLASS_RATE), {}, flows);
    for (std::size_t i = 0; i < flows.size(); i++)
    {
        EXPECT_EQ(usual.flows[i].receiverFctNs, other.flows[i].receiverFctNs);
    }
}

TEST(Classes, EveryFlowEndsAndNoneBelowItsIdeal)
{
    for (uint32_t seed = 1; seed <= 12; seed++)
    {
        std::mt19937 random(seed);
        RdmaConfig config;
        config.congestionControl = seed % 3 == 0   ? CongestionControlType::DCQCN
                                   : seed % 3 == 1 ? CongestionControlType::DCTCP
                                                   : CongestionControlType::HPCC;
        config.pfc = seed % 4 != 0;
        config.strictClasses = static_cast<ClassSet>(random());
        config.lossyClasses = static_cast<ClassSet>(random());
        config.ackHighPriority = random() % 2;
        config.ackIntervalBytes = random() % 2 ? 1 : 1 + random() % 5000;
        config.payloadBytes = 64 + random() % 4000;
        for (uint32_t one = 0; one < PRIORITY_CLASSES; one++)
        {
            ClassWeights weights(config.packedClassWeights);
            weights.Set(one, 1 + random() % 63);
            config.packedClassWeights = weights.Packed();
        }
        const FabricGraph fabric = Star(9, CLASS_RATE);
        FlowList flows;
        for (int i = 0; i < 300; i++)
        {
            const NodeId src = random() % 9;
            const NodeId dst = random() % 3 == 0 ? (src == 0 ? 1 : 0) : (src + 1 + random() % 8) % 9;
            flows.push_back({src, dst, 1 + random() % 50'000, 2000 * i, static_cast<uint8_t>(random() % 8)});
        }
        const PacketResult result = Simulate(fabric, config, flows);
        const RouteTable routes(fabric, config.mode);
        Route route;
        for (std::size_t i = 0; i < flows.size(); i++)
        {
            ASSERT_EQ(result.flows[i].unfinished, Unfinished::NO) << "seed " << seed << " flow " << i;
            routes.FirstRoute(flows[i].src, flows[i].dst, route);
            EXPECT_GE(result.flows[i].receiverFctNs,
                      IdealFctNs(fabric, route, flows[i].sizeBytes, config.Format(), config.mode));
        }
        EXPECT_TRUE(config.lossyClasses != 0 || !config.pfc || result.switchDrops == 0);
    }
}

TEST(Classes, AreReadAndWrittenAsPeopleWriteThem)
{
    EXPECT_EQ(ParseClassSet("x", "0,5"), 0b100001);
    EXPECT_EQ(ParseClassSet("x", "none"), 0);
    EXPECT_EQ(ClassSetText(0b100001), "0,5");
    EXPECT_EQ(ClassSetText(0), "none");
    EXPECT_EQ(ClassWeightsText(ParseClassWeights("x", "7:63,1:2")), "1:2,7:63");
    EXPECT_EQ(ClassWeightsText(ClassWeights()), "equal");
    EXPECT_EQ(ParseClassWeights("x", "equal").Packed(), 0U);
    EXPECT_EQ(ParseClassWeights("x", "3:1").Of(3), 1U);
    for (const char* wrong : {"8", "0,", "-1", "a", ""})
    {
        EXPECT_THROW(ParseClassSet("x", wrong), InputError) << wrong;
    }
    for (const char* wrong : {"1", "1:0", "1:64", "8:1", "1:2:3", "", "1:2,"})
    {
        EXPECT_THROW(ParseClassWeights("x", wrong), InputError) << wrong;
    }
}
