// SPDX-License-Identifier: GPL-2.0-only
// Values at the ends of their ranges, and beyond: what is accepted gives times and slowdowns that are right, the rest
// is refused where it enters.
#include "temporary-folder.h"

#include "fabric/fabric-from-nodes.h"
#include "fabric/ideal-fct.h"
#include "fabric/topology-file.h"
#include "flowsim/fabric-flow-sim.h"
#include "ns3/m3-dcqcn.h"
#include "ns3/m3-dctcp.h"
#include "ns3/m3-fabric-helper.h"
#include "ns3/m3-hpcc.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-packet-simulation.h"
#include "ns3/m3-timely.h"
#include "packet/hpcc/hpcc-files.h"
#include "workload/flow-file.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <sstream>

using namespace ns3::m3;

namespace
{

constexpr uint64_t GIGABIT = 1'000'000'000;

/// Hosts 0 and 2 with a switch between them.
FabricGraph Between(uint64_t firstBps, uint64_t secondBps, int64_t delayNs, double errorRate = 0)
{
    FabricGraph fabric;
    fabric.AddNode(NodeKind::HOST);
    fabric.AddNode(NodeKind::SWITCH);
    fabric.AddNode(NodeKind::HOST);
    fabric.AddLink(0, 1, firstBps, delayNs, errorRate);
    fabric.AddLink(1, 2, secondBps, delayNs, errorRate);
    return fabric;
}

void Check(const FabricGraph& fabric, const FlowList& flows)
{
    CheckFlows(fabric, RouteTable(fabric, EngineMode::STANDARD), flows);
}

int64_t Ideal(const FabricGraph& fabric, uint64_t bytes, EngineMode mode = EngineMode::STANDARD)
{
    const RouteTable routes(fabric, mode);
    return IdealFctsOfFlows(fabric, routes, DATA_HEADER_BYTES).NextNs(0, 2, bytes);
}

/// Column 8 of each line of fct.txt. \param cut how many ideals are said to be too small
std::vector<uint64_t>
IdealColumn(const FabricGraph& fabric, EngineMode mode, const std::vector<uint64_t>& sizes, uint64_t& cut)
{
    RdmaConfig config;
    config.mode = mode;
    FlowList flows;
    PacketResult result;
    for (const uint64_t size : sizes)
    {
        result.completionOrder.push_back(static_cast<uint32_t>(flows.size()));
        flows.push_back({0, 2, size, 0});
        result.flows.emplace_back();
    }
    const std::string file = (TemporaryFolder() / "ideal.txt").string();
    cut = WriteHpccFct(fabric, config, flows, result, {}, file);
    std::vector<uint64_t> ideals;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);)
    {
        std::istringstream fields(line);
        std::string field;
        for (int i = 0; i < 8; i++)
        {
            fields >> field;
        }
        ideals.push_back(std::stoull(field));
    }
    return ideals;
}

} // namespace

TEST(Ranges, OfLinks)
{
    EXPECT_NO_THROW(Between(MIN_LINK_BPS, MAX_LINK_BPS, 0));
    EXPECT_NO_THROW(Between(GIGABIT, GIGABIT, MAX_LINK_DELAY_NS));
    EXPECT_THROW(Between(GIGABIT, 0, 0), InputError);
    EXPECT_THROW(Between(GIGABIT, MAX_LINK_BPS + 1, 0), InputError);
    EXPECT_THROW(Between(GIGABIT, GIGABIT, -1), InputError);
    EXPECT_THROW(Between(GIGABIT, GIGABIT, MAX_LINK_DELAY_NS + 1), InputError);
    EXPECT_THROW(Between(GIGABIT, GIGABIT, INT64_MAX), InputError);
    EXPECT_THROW(Between(MAX_LINK_BPS, MAX_LINK_BPS, MAX_LINK_DELAY_NS), InputError) << "1 Pb/s over 1000 s";
    EXPECT_THROW(Between(GIGABIT, GIGABIT, 0, 1), InputError);
    EXPECT_THROW(Between(GIGABIT, GIGABIT, 0, -0.1), InputError);
    EXPECT_THROW(Between(GIGABIT, GIGABIT, 0, std::nan("")), InputError);
}

TEST(Ranges, OfLinksInATopologyFile)
{
    const std::string file = (TemporaryFolder() / "topo.txt").string();
    for (const char* link : {"0 1 10Gbps 8900000000s 0", "0 1 900000Tbps 1us 0", "0 1 10Gbps 1us 1"})
    {
        std::ofstream(file) << "2 0 1\n\n" << link << '\n';
        EXPECT_THROW(ReadTopologyFile(file), InputError) << link;
    }
}

TEST(Ranges, OfFlows)
{
    const FabricGraph fabric = Between(GIGABIT, GIGABIT, 1000);
    EXPECT_NO_THROW(Check(fabric, {{0, 2, MAX_FLOW_BYTES, MAX_START_NS}}));
    EXPECT_THROW(Check(fabric, {{0, 2, MAX_FLOW_BYTES + 1, 0}}), InputError);
    EXPECT_THROW(Check(fabric, {{0, 2, 1, MAX_START_NS + 1}}), InputError);
    EXPECT_THROW(Check(fabric, {{0, 2, 1, INT64_MAX}}), InputError);
    const FabricGraph fast = Between(MAX_LINK_BPS, MAX_LINK_BPS, 0);
    EXPECT_NO_THROW(Check(fast, FlowList(1000, {0, 2, MAX_FLOW_BYTES, 0})));
    EXPECT_THROW(Check(fast, FlowList(1001, {0, 2, MAX_FLOW_BYTES, 0})), InputError) << "more than 1 EB in all";
    // 1 TB at 1 kb/s takes 250 years alone; 1 GB does in 200 flows one after the other
    const FabricGraph slow = Between(1000, GIGABIT, 1000);
    EXPECT_THROW(Check(slow, {{0, 2, 1'000'000'000'000, 0}}), InputError);
    EXPECT_NO_THROW(Check(slow, FlowList(10, {0, 2, 1'000'000'000, 0})));
    EXPECT_THROW(Check(slow, FlowList(200, {0, 2, 1'000'000'000, 0})), InputError);
    EXPECT_THROW(Ideal(slow, 1'000'000'000'000), InputError);
    EXPECT_THROW(Ideal(slow, 1'000'000'000'000, EngineMode::HPCC), InputError);
}

TEST(Ranges, IdealFctsOfLargeFlowsAndSlowLinks)
{
    // n packets at the slowest link, one more at the other: 5 GB at 100 Gb/s are 5 10^6 packets of 83.84 ns
    EXPECT_EQ(Ideal(Between(100 * GIGABIT, 100 * GIGABIT, 1000), 5'000'000'000), 2000 + 5'000'001 * int64_t{8384} / 100 + 1);
    // 1 PB at 1 Gb/s: 10^12 packets of 8384 ns
    EXPECT_EQ(Ideal(Between(GIGABIT, GIGABIT, 0), MAX_FLOW_BYTES), (1'000'000'000'001) * int64_t{8384});
    // 1 MB at 1 kb/s, then 1 Tb/s: 1000 packets of 8.384 s and one of 8.384 ns
    EXPECT_EQ(Ideal(Between(1000, 1000 * GIGABIT, 0), 1'000'000), 8'384'000'000'000 + 9);
}

TEST(Ranges, ASlowdownIsNeverBelowOneOrInfinite)
{
    // 49 B at 400 Gb/s take 0.98 ns: cut off to 0 in `HPCC` mode
    const FabricGraph fabric = Between(400 * GIGABIT, 400 * GIGABIT, 0);
    EXPECT_EQ(Ideal(fabric, 1, EngineMode::HPCC), 1);
    EXPECT_EQ(SlowdownOf(0, 1), 1);
    const FlowList flows = {{0, 2, 1, 0}, {0, 2, 1, 0}, {0, 2, 1, 50}};
    for (const EngineMode mode : {EngineMode::HPCC, EngineMode::STANDARD})
    {
        const RouteTable routes(fabric, mode);
        for (const double slowdown :
             FabricFlowSimSlowdowns(fabric, flows, MakeFabricFluid(fabric, routes, flows, DATA_HEADER_BYTES)))
        {
            EXPECT_GE(slowdown, 1);
            EXPECT_LE(slowdown, 2.1);
        }
        RdmaConfig config;
        config.mode = mode;
        IdealFctsOfFlows ideals(fabric, routes, config.HeaderBytes());
        for (const FlowOutcome& flow : RunPacketSimulation(fabric, config, flows).flows)
        {
            const double slowdown = SlowdownOf(flow.receiverFctNs, ideals.NextNs(0, 2, 1));
            EXPECT_GE(slowdown, 1);
            EXPECT_LE(slowdown, 2.1);
        }
    }
}

TEST(Ranges, IdealsInFctFilesAreWhole)
{
    // the published formula: base RTT of the pair, and payload with 48 B per packet at the slowest link. 2.2 GB are the
    // last that fit into 64 bits there: 2^64 / (8 10^9) B on the wire
    const std::vector<uint64_t> sizes = {2'200'000'000, 2'201'000'000, 4'000'000'000, 5'000'000'000};
    const FabricGraph fabric = Between(400 * GIGABIT, 100 * GIGABIT, 1000);
    const uint64_t rtt = 2 * 2000 + 20 + 80;
    uint64_t cut = 0;
    const auto whole = IdealColumn(fabric, EngineMode::STANDARD, sizes, cut);
    ASSERT_EQ(whole.size(), sizes.size());
    EXPECT_EQ(cut, 0U);
    for (std::size_t i = 0; i < sizes.size(); i++)
    {
        EXPECT_EQ(whole[i], rtt + sizes[i] / 1000 * 1048 * 8 / 100);
    }
    const auto asThere = IdealColumn(fabric, EngineMode::HPCC, sizes, cut);
    EXPECT_EQ(cut, 3U) << "who reads that column in `HPCC` mode is told";
    EXPECT_EQ(asThere[0], whole[0]);
    constexpr double LOST_NS = 0x1p64 / 100e9; // each time that the product passes 2^64
    EXPECT_NEAR(static_cast<double>(whole[2] - asThere[2]), LOST_NS, 1);
    EXPECT_NEAR(static_cast<double>(whole[3] - asThere[3]), 2 * LOST_NS, 1);
}

TEST(Ranges, ErrorRatesOfDevicesAreThoseOfFiles)
{
    for (const double errorRate : {0.9999, std::nextafter(1.0, 0.0)})
    {
        const FabricGraph read = ReadFabric(FabricHelper::Install(Between(GIGABIT, GIGABIT, 1000, errorRate)));
        EXPECT_EQ(read.Link(0).errorRate, errorRate);
    }
}

TEST(Ranges, EveryEndOfARangeRuns)
{
    // slow beside fast links, long ones, the largest settings: nothing overflows (seen by UBSan, and by the times)
    FabricGraph fabric;
    for (int host = 0; host < 4; host++)
    {
        fabric.AddNode(NodeKind::HOST);
    }
    const NodeId hub = fabric.AddNode(NodeKind::SWITCH);
    fabric.AddLink(0, hub, MAX_LINK_BPS, 0);
    fabric.AddLink(1, hub, 1'000'000, MAX_LINK_DELAY_NS);
    fabric.AddLink(2, hub, MIN_LINK_BPS, 1);
    fabric.AddLink(3, hub, MAX_LINK_BPS, 8'000'000);
    const FlowList flows = {{0, 3, 20'000'000, 0},
                            {0, 1, 30'000, 1},
                            {1, 0, 1, 2},
                            {2, 3, 3000, 3},
                            {3, 0, 5000, MAX_START_NS}};
    for (const EngineMode mode : {EngineMode::STANDARD, EngineMode::HPCC})
    {
        for (const char* control : {"dctcp", "dcqcn", "hpcc", "hpcc-pint", "timely", "none"})
        {
            for (const bool extreme : {false, true})
            {
                SCOPED_TRACE(std::string(control) + (extreme ? ", extreme" : ""));
                RdmaConfig config;
                config.mode = mode;
                config.congestionControl = ParseCongestionControl(control);
                if (extreme)
                {
                    config.baseRttNs = MAX_BASE_RTT_NS;
                    config.minRateBps = 1;
                    config.Of<TimelyConfig>().aiBps = config.Of<HpccConfig>().aiBps = config.Of<DcqcnConfig>().aiBps =
                        config.Of<DctcpConfig>().aiBps = 1;
                    config.windowBytes = INT64_MAX;
                    config.Of<DctcpConfig>().kBytes = INT64_MAX;
                }
                PacketRunOptions options;
                options.maxEvents = 3'000'000;
                const PacketResult result = RunPacketSimulation(fabric, config, flows, options);
                const RouteTable routes(fabric, mode);
                IdealFctsOfFlows ideals(fabric, routes, config.HeaderBytes());
                for (std::size_t i = 0; i < flows.size(); i++)
                {
                    const int64_t ideal = ideals.NextNs(flows[i].src, flows[i].dst, flows[i].sizeBytes);
                    if (result.flows[i].unfinished == Unfinished::NO && !result.beyondLimits)
                    {
                        EXPECT_GE(result.flows[i].receiverFctNs, ideal - 1);
                    }
                }
            }
        }
    }
}
