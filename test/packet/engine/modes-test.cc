// SPDX-License-Identifier: GPL-2.0-only
// Each defect of the published simulator that `standard` mode mends: shown in `hpcc` mode, and gone in `standard`
// (docs/guide.md lists them).
#include "packet/engine/star.h"
#include "temporary-folder.h"

#include "fabric/ideal-fct.h"
#include "ns3/m3-congestion-control.h"
#include "ns3/m3-dcqcn.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-packet-simulation.h"
#include "workload/flow-file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iomanip>

using namespace ns3::m3;

namespace
{

constexpr uint64_t RATE = 10'000'000'000;

/// Every host but the first sends to it at once.
FlowList Incast(const FabricGraph& fabric, uint64_t bytes)
{
    FlowList flows;
    for (std::size_t i = 1; i < fabric.Hosts().size(); i++)
    {
        flows.push_back({fabric.Hosts()[i], fabric.Hosts()[0], bytes, 1000});
    }
    return flows;
}

/// Nothing slows senders but PFC.
RdmaConfig Unrestrained(EngineMode mode)
{
    RdmaConfig config;
    config.mode = mode;
    config.congestionControl = CongestionControlType::NONE;
    config.windowBytes = 0;
    return config;
}

PacketResult RunFor(const FabricGraph& fabric, const RdmaConfig& config, const FlowList& flows, int64_t stopNs)
{
    PacketRunOptions options;
    options.recordPfc = true;
    options.stopNs = stopNs;
    return RunPacketSimulation(fabric, config, flows, options);
}

constexpr int64_t ONE_SECOND = 1'000'000'000;

} // namespace

TEST(Modes, ABufferBelowReserveAndHeadroomIsRefusedAndDoesNotWrap)
{
    const FabricGraph fabric = Star(17, RATE);
    const NodeId hub = fabric.NodeCount() - 1;
    const FlowList flows = Incast(fabric, 200'000);
    RdmaConfig config = Unrestrained(EngineMode::HPCC);
    config.bufferBytes = 20'000;
    EXPECT_TRUE(BufferOfSwitch(fabric, hub, config).wraps);
    // 16 x 200 KB stand in a buffer of 20 KB, and nothing pauses or drops
    const PacketResult wrapped = RunFor(fabric, config, flows, ONE_SECOND);
    EXPECT_TRUE(wrapped.pfc.empty());
    EXPECT_EQ(wrapped.switchDrops, 0U);
    EXPECT_EQ(wrapped.completionOrder.size(), flows.size());

    config.mode = EngineMode::STANDARD;
    EXPECT_THROW(RunPacketSimulation(fabric, config, flows), InputError);
    config.bufferBytes.reset();
    EXPECT_FALSE(RunFor(fabric, config, flows, ONE_SECOND).pfc.empty());
}

TEST(Modes, AFlowThatLosesItsLastPacketEnds)
{
    const FabricGraph fabric = Star(2, RATE, 1000, 0.2);
    FlowList flows;
    for (int i = 0; i < 50; i++)
    {
        flows.push_back({0, 1, 2500, i * 10'000});
    }
    RdmaConfig config;
    config.windowBytes = 50'000;
    config.baseRttNs = 10'000;
    config.mode = EngineMode::HPCC;
    config.bufferBytes = 1'000'000;
    const auto unfinished = [](const PacketResult& result)
    {
        return std::count_if(result.flows.begin(),
                             result.flows.end(),
                             [](const FlowOutcome& flow) { return flow.unfinished != Unfinished::NO; });
    };
    EXPECT_GT(unfinished(RunFor(fabric, config, flows, ONE_SECOND)), 0);
    config.mode = EngineMode::STANDARD;
    EXPECT_EQ(unfinished(RunFor(fabric, config, flows, ONE_SECOND)), 0);
}

TEST(Modes, HeadroomHoldsWhatArrivesAfterAPause)
{
    const FabricGraph fabric = Star(65, RATE);
    const NodeId hub = fabric.NodeCount() - 1;
    const FlowList flows = Incast(fabric, 100'000);
    constexpr uint64_t POOL = 100'000;
    const auto dropsIn = [&](EngineMode mode)
    {
        RdmaConfig config = Unrestrained(mode);
        config.bufferBytes = 10'000'000;
        config.bufferBytes = BufferOfSwitch(fabric, hub, config).fixedBytes + POOL;
        const PacketResult result = RunFor(fabric, config, flows, ONE_SECOND);
        EXPECT_FALSE(result.pfc.empty());
        return result.switchDrops;
    };
    EXPECT_GT(dropsIn(EngineMode::HPCC), 0U);
    EXPECT_EQ(dropsIn(EngineMode::STANDARD), 0U);
}

TEST(Modes, ALossyNetworkHasNoHeadroom)
{
    const FabricGraph fabric = Star(17, RATE);
    const NodeId hub = fabric.NodeCount() - 1;
    const auto fixedBytes = [&](EngineMode mode, bool pfc)
    {
        RdmaConfig config = Unrestrained(mode);
        config.bufferBytes = 10'000'000;
        config.pfc = pfc;
        return BufferOfSwitch(fabric, hub, config).fixedBytes;
    };
    EXPECT_EQ(fixedBytes(EngineMode::HPCC, false), fixedBytes(EngineMode::HPCC, true));
    EXPECT_LT(fixedBytes(EngineMode::STANDARD, false), fixedBytes(EngineMode::STANDARD, true));
}

TEST(Modes, StartTimesAreWholeNanoseconds)
{
    const FabricGraph fabric = Star(2, RATE);
    constexpr int FLOWS = 1000;
    const auto file = TemporaryFolder() / "m3-modes-test-flows.txt";
    {
        std::ofstream out(file);
        out << FLOWS << '\n' << std::fixed << std::setprecision(9);
        for (int i = 0; i < FLOWS; i++)
        {
            out << "0 1 3 100 1000 " << 1 + i * 1.237e-6 << '\n'; // whole ns: i * 1237
        }
    }
    const FlowList published = ReadFlowFile(file.string(), fabric, StartTimes::HPCC_SECONDS);
    const FlowList exact = ReadFlowFile(file.string(), fabric, StartTimes::SECONDS);
    std::filesystem::remove(file);
    int early = 0;
    for (int i = 0; i < FLOWS; i++)
    {
        const int64_t start = ONE_SECOND + i * int64_t{1237};
        ASSERT_EQ(exact.at(i).startNs, start);
        ASSERT_TRUE(published.at(i).startNs == start || published.at(i).startNs == start - 1) << i;
        early += published[i].startNs != start;
    }
    EXPECT_GT(early, FLOWS / 4);
}

TEST(Modes, SequenceNumbersGoBeyond32Bits)
{
    // runs in `standard` only: a flow of hpcc mode that wraps is of no use to anybody
    const FabricGraph fabric = Star(2, 100'000'000'000);
    RdmaConfig config = Unrestrained(EngineMode::STANDARD);
    constexpr uint64_t SIZE = (uint64_t{1} << 32) + 5000;
    const PacketResult result = RunPacketSimulation(fabric, config, {{0, 1, SIZE, 0}});
    const RouteTable routes(fabric, config.mode);
    Route route;
    routes.DataRoute({0, 1, 0}, route);
    const int64_t ideal = IdealFctNs(fabric, route, SIZE, config.HeaderBytes(), config.mode);
    ASSERT_EQ(result.flows[0].unfinished, Unfinished::NO);
    EXPECT_NEAR(static_cast<double>(result.flows[0].receiverFctNs), static_cast<double>(ideal), 2);
}

namespace
{

/// Keeps what the ACKs of a flow bring, and does not react.
class Listener : public CongestionControl
{
  public:
    static std::vector<std::vector<TelemetryRecord>> heard;

    void OnAck(SenderControl& /*sender*/, const AckInfo& ack) override
    {
        heard.emplace_back(ack.hops, ack.hops + ack.hopCount);
    }
};

std::vector<std::vector<TelemetryRecord>> Listener::heard;

} // namespace

TEST(Modes, TelemetryHasEveryHopAndTheFullTime)
{
    // a chain of seven switches, and a flow that starts beyond 2^24 ns
    FabricGraph fabric;
    const NodeId first = fabric.AddNode(NodeKind::HOST);
    const NodeId last = fabric.AddNode(NodeKind::HOST);
    NodeId before = first;
    constexpr uint32_t SWITCHES = 7;
    for (uint32_t i = 0; i < SWITCHES; i++)
    {
        const NodeId node = fabric.AddNode(NodeKind::SWITCH);
        fabric.AddLink(before, node, RATE, 1000);
        before = node;
    }
    fabric.AddLink(before, last, RATE, 1000);
    const NodeId fifth = fabric.AddNode(NodeKind::HOST);
    fabric.AddLink(6, fifth, RATE, 1000); // the fifth switch
    constexpr int64_t START = 20'000'000;
    RdmaConfig config;
    config.congestionControl = RegisterCongestionControl(
        "listener",
        [](const RdmaConfig&, uint64_t) { return std::make_unique<Listener>(); },
        Telemetry::HOPS);
    for (EngineMode mode : {EngineMode::HPCC, EngineMode::STANDARD})
    {
        Listener::heard.clear();
        config.mode = mode;
        RunPacketSimulation(fabric, config, {{first, last, 5000, START}});
        // of 5 packets; the last one's ACK ends the flow, in `hpcc` mode after its control has seen it
        ASSERT_EQ(Listener::heard.size(), mode == EngineMode::HPCC ? 5U : 4U);
        for (const auto& hops : Listener::heard)
        {
            if (mode == EngineMode::HPCC)
            {
                EXPECT_TRUE(hops.empty()) << "there is room for five hops, and none is of use where there are more";
                continue;
            }
            ASSERT_EQ(hops.size(), SWITCHES);
            for (std::size_t i = 0; i < hops.size(); i++)
            {
                EXPECT_EQ(fabric.Link(hops[i].link).from, 2 + i);
                EXPECT_GT(hops[i].time, static_cast<uint64_t>(START));
            }
        }
    }
    Listener::heard.clear();
    config.mode = EngineMode::HPCC;
    RunPacketSimulation(fabric, config, {{first, fifth, 5000, START}});
    ASSERT_EQ(Listener::heard.size(), 5U);
    for (const auto& hops : Listener::heard)
    {
        ASSERT_EQ(hops.size(), 5U);
        EXPECT_LT(hops[0].link, hops[4].link);
        EXPECT_LT(hops[0].time, START - (1 << 24) + 100'000);
    }
}

TEST(Modes, OnlyDataPacketsAreMarked)
{
    // ACKs of a flow queue behind the data of two others; in `HPCC` mode each takes a random draw from the data
    FabricGraph fabric = Star(4, RATE);
    RdmaConfig config;
    config.congestionControl = CongestionControlType::DCQCN;
    config.Of<DcqcnConfig>().kminBytes = 0;
    config.Of<DcqcnConfig>().kmaxBytes = 200'000;
    config.windowBytes = 0;
    FlowList data = {{1, 0, 200'000, 0}, {2, 0, 200'000, 0}};
    FlowList withAcks = data;
    withAcks.push_back({0, 3, 400, 30'000}); // one packet, whose ACK comes back through the queue towards host 0
    for (EngineMode mode : {EngineMode::HPCC, EngineMode::STANDARD})
    {
        config.mode = mode;
        std::vector<int64_t> fcts[2];
        for (const FlowList* flows : {&data, &withAcks})
        {
            const PacketResult result = RunPacketSimulation(fabric, config, *flows);
            EXPECT_GT(result.ecnMarks, 0U);
            fcts[flows == &withAcks] = {result.flows[0].receiverFctNs, result.flows[1].receiverFctNs};
        }
        // an ACK holds data up by 48 ns each; another sequence of draws changes more than that
        const bool disturbed = std::abs(fcts[1][0] - fcts[0][0]) > 200 || std::abs(fcts[1][1] - fcts[0][1]) > 200;
        EXPECT_EQ(disturbed, mode == EngineMode::HPCC);
    }
}

TEST(Modes, NextHopsFollowThePorts)
{
    // equal ways over two spines, the one with the higher id linked first
    FabricGraph fabric;
    const NodeId src = fabric.AddNode(NodeKind::HOST);
    const NodeId dst = fabric.AddNode(NodeKind::HOST);
    const NodeId left = fabric.AddNode(NodeKind::SWITCH);
    const NodeId right = fabric.AddNode(NodeKind::SWITCH);
    const NodeId low = fabric.AddNode(NodeKind::SWITCH);
    const NodeId high = fabric.AddNode(NodeKind::SWITCH);
    const NodeId middle = fabric.AddNode(NodeKind::SWITCH);
    fabric.AddLink(src, left, RATE, 1000);
    fabric.AddLink(dst, right, RATE, 1000);
    for (NodeId spine : {high, low, middle})
    {
        fabric.AddLink(left, spine, RATE, 1000);
        fabric.AddLink(spine, right, RATE, 1000);
    }
    const auto firstSpine = [&](EngineMode mode)
    {
        Route route;
        RouteTable(fabric, mode).FirstRoute(src, dst, route);
        return fabric.Link(route[1]).to;
    };
    EXPECT_EQ(firstSpine(EngineMode::STANDARD), high) << "port order";
    EXPECT_EQ(firstSpine(EngineMode::HPCC), middle) << "descending node id";
}

TEST(Modes, BufferThatTheModelsAreToldOf)
{
    const FabricGraph fabric = Star(17, RATE);
    const NodeId hub = fabric.NodeCount() - 1;
    constexpr uint64_t RESERVE = 4096; // bytes of a port
    const uint64_t reserves = RESERVE * fabric.EgressLinks(hub).size();
    RdmaConfig config;
    config.bufferBytes = 400'000;
    for (const EngineMode mode : {EngineMode::STANDARD, EngineMode::HPCC})
    {
        config.mode = mode;
        config.pfc = true;
        EXPECT_EQ(SharedPoolBytes(fabric, hub, config), 400'000 - BufferOfSwitch(fabric, hub, config).fixedBytes);
        EXPECT_LT(SharedPoolBytes(fabric, hub, config), 400'000 - reserves) << "headroom is for pauses";
        config.pfc = false;
        EXPECT_EQ(SharedPoolBytes(fabric, hub, config), 400'000 - reserves) << "headroom is filled, or is not there";
    }
    config.nodeSharedPoolBytes.assign(fabric.NodeCount(), 70'000);
    EXPECT_EQ(SharedPoolBytes(fabric, hub, config), 70'000U);
}

TEST(Modes, AWindowOfZeroIsRefusedForHpccInStandardMode)
{
    const FabricGraph fabric = Star(3, RATE);
    RdmaConfig config;
    config.congestionControl = CongestionControlType::HPCC;
    config.windowBytes = 0;
    config.mode = EngineMode::HPCC; // divides by it, as the published simulator does
    EXPECT_EQ(RunPacketSimulation(fabric, config, {{0, 1, 1000, 0}}).completionOrder.size(), 1U);
    config.mode = EngineMode::STANDARD;
    EXPECT_THROW(RunPacketSimulation(fabric, config, {{0, 1, 1000, 0}}), InputError);
    config.windowBytes.reset();
    EXPECT_EQ(RunPacketSimulation(fabric, config, {{0, 1, 1000, 0}}).completionOrder.size(), 1U);
}
