// Each defect of the published simulator that `standard` mode mends: shown in `hpcc` mode, and gone in `standard`
// (docs/guide.md lists them).
#include "star.h"

#include "ns3/flow-file.h"
#include "ns3/ideal-fct.h"
#include "ns3/input-error.h"
#include "ns3/packet-simulation.h"

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
    EXPECT_EQ(wrapped.drops, 0U);
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
        return result.drops;
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
    const auto file = std::filesystem::temp_directory_path() / "m3-modes-test-flows.txt";
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
