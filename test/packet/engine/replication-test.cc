// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-estimator.h"
#include "ns3/m3-fabric-shapes.h"
#include "ns3/m3-packet-simulation.h"
#include "ns3/m3-workload-helper.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"
#include "packet/engine/replication.h"

#include <gtest/gtest.h>

using namespace ns3;
using namespace ns3::m3;

namespace
{

/// Puts ns-3's seed and run back.
class Replication : public ::testing::Test
{
  protected:
    void TearDown() override
    {
        RngSeedManager::SetSeed(1);
        RngSeedManager::SetRun(1);
        Simulator::Destroy();
    }

    static FlowList Flows(const FabricGraph& fabric)
    {
        WorkloadHelper workload;
        workload.flows = 2000;
        workload.load = 0.7;
        return workload.Generate(fabric);
    }

    /// p99 of slowdown of the same flows. \param run of ns-3
    static double
    P99(const std::string& engine, const FabricGraph& fabric, const FlowList& flows, const RdmaConfig& config, int run)
    {
        RngSeedManager::SetRun(static_cast<uint64_t>(run));
        M3Estimator estimator{FabricGraph(fabric)};
        estimator.config = config;
        estimator.Set("flows-per-class", "50");
        const double p99 = estimator.Run(engine, flows).OverallQuantile(0.99);
        RngSeedManager::SetRun(1);
        return p99;
    }
};

/// A network of its own for each test: 8 hosts in two racks.
FabricGraph TwoRacks()
{
    return MakeLeafSpine({2, 4, 2});
}

} // namespace

TEST_F(Replication, RunOneLeavesSeedsAsTheyAre)
{
    EXPECT_EQ(SeedOfReplication(1), 1U);
    EXPECT_EQ(SeedOfReplication(UINT64_MAX), UINT64_MAX);
    RngSeedManager::SetRun(2);
    const uint64_t second = SeedOfReplication(1);
    EXPECT_NE(second, 1U);
    EXPECT_NE(second, SeedOfReplication(2));
    RngSeedManager::SetRun(3);
    EXPECT_NE(SeedOfReplication(1), second);
    RngSeedManager::SetRun(1);
    RngSeedManager::SetSeed(2);
    EXPECT_NE(SeedOfReplication(1), 1U);
    EXPECT_NE(SeedOfReplication(1), second);
}

TEST_F(Replication, ShiftsTheWorkload)
{
    const FabricGraph fabric = TwoRacks();
    const FlowList first = Flows(fabric);
    RngSeedManager::SetRun(2);
    const FlowList second = Flows(fabric);
    RngSeedManager::SetRun(1);
    const FlowList again = Flows(fabric);
    ASSERT_EQ(first.size(), second.size());
    uint32_t different = 0;
    for (std::size_t i = 0; i < first.size(); i++)
    {
        different += first[i].sizeBytes != second[i].sizeBytes;
        EXPECT_EQ(first[i].sizeBytes, again[i].sizeBytes);
        EXPECT_EQ(first[i].startNs, again[i].startNs);
    }
    EXPECT_GT(different, first.size() / 2);
}

// the flows are the same: what differs is marks, losses, or what is drawn
TEST_F(Replication, ShiftsMarksLossesAndSampling)
{
    const FabricGraph fabric = TwoRacks();
    const FlowList flows = Flows(fabric);
    RdmaConfig dcqcn; // marks with a probability
    dcqcn.congestionControl = CongestionControlType::DCQCN;
    for (const EngineMode mode : {EngineMode::STANDARD, EngineMode::HPCC})
    {
        dcqcn.mode = mode;
        EXPECT_EQ(P99("packet", fabric, flows, dcqcn, 1), P99("packet", fabric, flows, dcqcn, 1));
        EXPECT_NE(P99("packet", fabric, flows, dcqcn, 1), P99("packet", fabric, flows, dcqcn, 2));
    }
    const RdmaConfig dctcp; // marks by a threshold, so that the engine draws nothing
    EXPECT_EQ(P99("packet", fabric, flows, dctcp, 1), P99("packet", fabric, flows, dctcp, 2));
    EXPECT_EQ(P99("parsimon", fabric, flows, dctcp, 1), P99("parsimon", fabric, flows, dctcp, 1));
    EXPECT_NE(P99("parsimon", fabric, flows, dctcp, 1), P99("parsimon", fabric, flows, dctcp, 2));
    EXPECT_NE(P99("m3-network", fabric, flows, dctcp, 1), P99("m3-network", fabric, flows, dctcp, 2));
    FabricGraph lossy;
    for (int host = 0; host < 2; host++)
    {
        lossy.AddNode(NodeKind::HOST);
    }
    const NodeId hub = lossy.AddNode(NodeKind::SWITCH);
    lossy.AddLink(0, hub, 10'000'000'000, 1000, 0.01);
    lossy.AddLink(1, hub, 10'000'000'000, 1000, 0.01);
    FlowList some;
    for (int64_t i = 0; i < 200; i++)
    {
        some.push_back({0, 1, 10'000, i * 100'000});
    }
    const auto ends = [&](uint64_t run)
    {
        RngSeedManager::SetRun(run);
        std::vector<int64_t> times;
        for (const FlowOutcome& flow : RunPacketSimulation(lossy, dctcp, some).flows)
        {
            times.push_back(flow.receiverFctNs);
        }
        return times;
    };
    EXPECT_EQ(ends(1), ends(1));
    EXPECT_NE(ends(1), ends(2));
}

// a run in an event ended with Simulator::Stop, and with it the script's own run
TEST_F(Replication, AnEstimateInsideAnEventLeavesTheScriptItsEvents)
{
    const FabricGraph fabric = TwoRacks();
    const FlowList flows = Flows(fabric);
    const auto p99 = [&] { return P99("packet", fabric, flows, {}, 1); };
    const double alone = p99();
    Simulator::Destroy();
    std::vector<int64_t> seen; // times of events, us
    const auto see = [&seen] { seen.push_back(Simulator::Now().GetMicroSeconds()); };
    double inside = 0;
    Simulator::Schedule(Seconds(1), [&] { inside = p99(); });
    Simulator::Schedule(Seconds(1) + MicroSeconds(5), see); // while the engine runs
    Simulator::Schedule(Seconds(2), see);
    Simulator::Schedule(Seconds(3), [&] { inside += p99(); });
    Simulator::Schedule(Seconds(4), see);
    Simulator::Run();
    EXPECT_EQ(inside, 2 * alone);
    EXPECT_EQ(seen, (std::vector<int64_t>{1'000'005, 2'000'000, 4'000'000}));
    EXPECT_GE(Simulator::Now(), Seconds(4));
}

// events after a run that the script starts itself wait for its next Simulator::Run
TEST_F(Replication, LaterEventsStayForTheNextRun)
{
    const FabricGraph fabric = TwoRacks();
    const FlowList flows = Flows(fabric);
    int seen = 0;
    Simulator::Schedule(Seconds(100), [&seen] { seen++; });
    P99("packet", fabric, flows, {}, 1);
    EXPECT_EQ(seen, 0);
    EXPECT_LT(Simulator::Now(), Seconds(100));
    P99("packet", fabric, flows, {}, 1);
    EXPECT_EQ(seen, 0);
    Simulator::Run();
    EXPECT_EQ(seen, 1);
}
