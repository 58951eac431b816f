// SPDX-License-Identifier: GPL-2.0-only
// m3 answers by packets where that takes about as long as its model.
#include "nn/correction-model.h"
#include "ns3/m3-estimator.h"
#include "ns3/m3-fabric-helper.h"
#include "ns3/m3-workload-helper.h"

#include <gtest/gtest.h>

#include <algorithm>

using namespace ns3::m3;

namespace
{

/// A small network.
ns3::NodeContainer SmallNetwork()
{
    ThreeTierShape shape;
    shape.racksPerPod = 2;
    shape.hostsPerRack = 4;
    return FabricHelper::ThreeTier(shape);
}

FlowList Flows(const ns3::NodeContainer& nodes, std::size_t count)
{
    WorkloadHelper workload;
    workload.flows = count;
    workload.load = 0.5;
    return workload.Generate(nodes);
}

} // namespace

TEST(SmallScenarios, PacketsAreSimulatedUpToSoManyTransmissions)
{
    const ns3::NodeContainer nodes = SmallNetwork();
    FlowList flows = Flows(nodes, 499);
    M3Estimator estimator(nodes);
    const auto isPackets = [&]
    {
        const auto notes = estimator.Run("m3", flows).Notes();
        return std::any_of(notes.begin(),
                           notes.end(),
                           [](const std::string& note) { return note.find("are simulated") != std::string::npos; });
    };
    const SlowdownReport packets = estimator.Run("packet", flows);
    const SlowdownReport few = estimator.Run("m3", flows);
    EXPECT_TRUE(isPackets());
    EXPECT_EQ(few.Engine(), "m3");
    EXPECT_FALSE(few.AreIntervalsWithheld());
    const std::vector<CompletionTime> times = estimator.RunPerFlow("m3", flows);
    const std::vector<CompletionTime> expected = estimator.RunPerFlow("packet", flows);
    for (std::size_t i = 0; i < flows.size(); i++)
    {
        ASSERT_EQ(times[i].receiverNs, expected[i].receiverNs) << i;
    }
    for (const double p : {0.1, 0.5, 0.99})
    {
        EXPECT_EQ(few.OverallQuantile(p), packets.OverallQuantile(p));
    }
    std::vector<RdmaConfig> configurations(2);
    configurations[1].windowBytes = 5000;
    estimator.RunConfigurations(
        "m3",
        flows,
        configurations,
        [&](std::size_t index, const SlowdownReport& report)
        {
            estimator.config = configurations[index];
            EXPECT_EQ(report.OverallQuantile(0.99), estimator.Run("packet", flows).OverallQuantile(0.99)) << index;
        });
    estimator.config = {};
    // the model where it is asked for or stands beside packets
    EXPECT_TRUE(estimator.Run("m3-network", flows).AreIntervalsWithheld());
    estimator.Set("scope", "network");
    EXPECT_FALSE(isPackets());
    estimator.Set("scope", "auto");
    EXPECT_TRUE(isPackets());
    estimator.besidePackets = true;
    EXPECT_FALSE(isPackets());
    estimator.besidePackets = false;
    // in a rack a packet makes two transmissions: of a million packets, some less than two million
    const auto inRack = [](uint64_t bytes) { return FlowList{{0, 1, bytes, 0}, {1, 2, 1'000'000, 0}}; };
    flows = inRack(999'000'000 - 1'000'000);
    EXPECT_TRUE(isPackets());
    flows = inRack(1'000'000'000 - 1'000'000 + 1);
    EXPECT_FALSE(isPackets());
    // and one that was named
    flows = inRack(1'000'000);
    EXPECT_TRUE(isPackets());
    estimator.Set("checkpoint", CorrectionModel::ShippedCheckpoint(Scope::NETWORK));
    EXPECT_FALSE(isPackets());
}

TEST(SmallScenarios, ConfigurationsAreAllSimulatedOrNone)
{
    const ns3::NodeContainer nodes = SmallNetwork();
    const FlowList flows = Flows(nodes, 2000); // less than a million transmissions
    M3Estimator estimator(nodes);
    std::vector<RdmaConfig> configurations(2);
    configurations[1].payloadBytes = 64; // some fifteen times as many
    std::vector<double> together(2);
    const auto run = [&]
    {
        estimator.RunConfigurations("m3",
                                    flows,
                                    configurations,
                                    [&](std::size_t index, const SlowdownReport& report)
                                    { together[index] = report.OverallQuantile(0.99); });
    };
    run();
    const double model = estimator.Run("m3-network", flows).OverallQuantile(0.99);
    const double packets = estimator.Run("packet", flows).OverallQuantile(0.99);
    ASSERT_NE(model, packets);
    EXPECT_EQ(together[0], model) << "the other one has too many packets";
    configurations[1].payloadBytes = 500;
    run();
    EXPECT_EQ(together[0], packets);
}
