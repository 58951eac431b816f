// SPDX-License-Identifier: GPL-2.0-only
// Which part of a network the m3 engine looks at, and whether two ways of looking agree.
#include "temporary-folder.h"

#include "nn/model-checkpoint.h"
#include "ns3/m3-estimator.h"
#include "ns3/m3-fabric-shapes.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-workload-helper.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <vector>

using namespace ns3::m3;

namespace
{

FlowList Generate(const FabricGraph& fabric, uint64_t count, double load)
{
    WorkloadHelper workload;
    workload.flows = count;
    workload.load = load;
    return workload.Generate(fabric);
}

constexpr uint64_t LIST_FLOWS = 20'000;

struct BothScopes
{
    SlowdownReport network;
    SlowdownReport paths;
};

/// Calls use(load, reports) under two controls at each load, 64 hosts, LIST_FLOWS flows.
template <typename Use>
void ForEachListByBothScopes(const std::vector<double>& loads, Use use)
{
    const FabricGraph fabric = MakeThreeTier({});
    for (const auto control : {CongestionControlType::DCTCP, CongestionControlType::TIMELY})
    {
        for (const double load : loads)
        {
            const FlowList flows = Generate(fabric, LIST_FLOWS, load);
            M3Estimator network(fabric);
            network.config.congestionControl = control;
            M3Estimator paths(fabric);
            paths.config.congestionControl = control;
            paths.Set("scope", "paths");
            use(load, BothScopes{network.Run("m3", flows), paths.Run("m3", flows)});
        }
    }
}

} // namespace

TEST(Scopes, AutoPicksByTheNumberOfFlowsAndSaysWhich)
{
    const FabricGraph fabric = MakeLeafSpine({2, 4, 2});
    const FlowList flows = Generate(fabric, 2000, 0.5);
    M3Estimator automatic(fabric);
    automatic.besidePackets = true; // m3 asks its model
    M3Estimator chosen(fabric);
    const uint64_t all = flows.size();
    const uint64_t perHost = all / 8;

    struct Case
    {
        uint64_t networkFlows;
        uint64_t windowsFlowsPerHost;
        uint64_t maxNetworkFlows;
        std::string scope;
    };

    for (const auto& [networkFlows, windowsFlowsPerHost, maxNetworkFlows, scope] :
         {Case{all, perHost, 0, "network"},
          Case{all - 1, perHost, all, "windows"},
          Case{all - 1, perHost + 1, all, "network"},
          Case{all - 1, perHost + 1, all - 1, "paths"}})
    {
        automatic.Set("network-flows", std::to_string(networkFlows));
        automatic.Set("windows-flows-per-host", std::to_string(windowsFlowsPerHost));
        automatic.Set("max-network-flows", std::to_string(maxNetworkFlows));
        chosen.Set("scope", scope);
        const std::unique_ptr<Engine> engine = MakeEngine("m3");
        engine->Set("network-flows", std::to_string(networkFlows));
        engine->Set("windows-flows-per-host", std::to_string(windowsFlowsPerHost));
        engine->Set("max-network-flows", std::to_string(maxNetworkFlows));
        EXPECT_EQ(engine->Choices(fabric, flows.size()).front().second, scope);
        const SlowdownReport report = automatic.Run("m3", flows);
        const SlowdownReport expected = chosen.Run("m3", flows);
        ASSERT_EQ(report.Notes().size(), expected.Notes().size() + 1);
        EXPECT_EQ(report.Notes().front().find("scope " + scope + ": "), 0U) << report.Notes().front();
        EXPECT_EQ(report.OverallQuantile(0.99), expected.OverallQuantile(0.99));
        EXPECT_EQ(report.OverallSamplingInterval(0.99).low, expected.OverallSamplingInterval(0.99).low);
    }
    automatic.Set("scope", "auto");
}

TEST(Scopes, NetworkAndPathsAgreeWhereAPathIsAllThereIs)
{
    // two senders at one end of a line of switches, a receiver at the other: nothing is cut away from either path
    constexpr uint64_t RATE = 10'000'000'000;
    FabricGraph fabric;
    for (uint32_t i = 0; i < 6; i++)
    {
        fabric.AddNode(i < 3 ? NodeKind::SWITCH : NodeKind::HOST);
    }
    fabric.AddLink(3, 0, RATE, 1000);
    fabric.AddLink(4, 0, RATE, 1000);
    fabric.AddLink(0, 1, RATE, 1000);
    fabric.AddLink(1, 2, RATE, 1000);
    fabric.AddLink(2, 5, RATE, 1000);
    FlowList flows;
    for (const Flow& flow : Generate(MakeLeafSpine({1, 2, 1}), 5000, 0.5))
    {
        flows.push_back({static_cast<NodeId>(3 + flows.size() % 2), 5, flow.sizeBytes, flow.startNs});
    }
    M3Estimator estimator(fabric);
    // the same weights for both, in a file for each: a model of one scope is refused in the other
    const std::string shipped = CorrectionModel::ShippedCheckpoint(Scope::PATHS);
    std::ifstream in(shipped, std::ios::binary);
    FlowCheckpoint checkpoint = ReadFlowCheckpoint(in, shipped);
    checkpoint.scope = Scope::NETWORK;
    const std::string ofNetwork = (TemporaryFolder() / "path-weights-of-network.pt").string();
    WriteCheckpoint(checkpoint, ofNetwork);
    estimator.Set("flows-per-class", std::to_string(flows.size()));
    estimator.Set("flows-per-path", std::to_string(flows.size()));
    estimator.Set("scope", "network");
    estimator.Set("checkpoint", ofNetwork);
    const SlowdownReport network = estimator.Run("m3", flows);
    EXPECT_GT(network.OverallQuantile(0.9), 1.2) << "they wait for each other";
    estimator.Set("scope", "paths");
    estimator.Set("checkpoint", shipped);
    const SlowdownReport paths = estimator.Run("m3", flows);
    for (std::size_t c = 0; c < network.Classes().Count(); c++)
    {
        EXPECT_NEAR(paths.ClassQuantile(c, 0.5) / network.ClassQuantile(c, 0.5), 1, 0.02) << c;
        EXPECT_NEAR(paths.ClassQuantile(c, 0.99) / network.ClassQuantile(c, 0.99), 1, 0.02) << c;
    }
}

TEST(Scopes, PathsAndNetworkAgree)
{
    ForEachListByBothScopes(
        {0.2, 0.4, 0.6},
        [](double load, const BothScopes& by)
        {
            EXPECT_EQ(by.paths.FlowCount(), LIST_FLOWS);
            for (double p : {0.5, 0.9, 0.99})
            {
                EXPECT_NEAR(std::log(by.paths.OverallQuantile(p) / by.network.OverallQuantile(p)), 0, 0.1)
                    << load << ' ' << p;
            }
            const auto drawn = by.paths.OverallSamplingInterval(0.99);
            const auto all = by.network.OverallSamplingInterval(0.99);
            EXPECT_LE(drawn.low, all.high) << load;
            EXPECT_GE(drawn.high, all.low) << load;
        });
}

TEST(Scopes, PathsAndNetworkAgreeWithinWhatTheySayOfPackets)
{
    // at high loads sampling alone does not explain how they differ
    ForEachListByBothScopes({0.3, 0.6, 0.8},
                            [](double load, const BothScopes& by)
                            {
                                for (const SlowdownReport* report : {&by.network, &by.paths})
                                {
                                    const ConfidenceInterval sampled = report->OverallSamplingInterval(0.99);
                                    const ConfidenceInterval packets = report->PredictionInterval();
                                    EXPECT_LT(packets.low, sampled.low);
                                    EXPECT_GT(packets.high, sampled.high);
                                    EXPECT_LT(packets.high / packets.low, 2.5) << "says something all the same";
                                }
                                // the network knows more, so paths must leave room for what it says
                                EXPECT_LT(by.paths.PredictionInterval().low, by.network.OverallQuantile(0.99)) << load;
                                EXPECT_GT(by.paths.PredictionInterval().high, by.network.OverallQuantile(0.99)) << load;
                            });
}

TEST(Scopes, SomeFlowsOfEachPathStandForAllOfThem)
{
    const FabricGraph fabric = MakeLeafSpine({2, 4, 2});
    const FlowList flows = Generate(fabric, 20'000, 0.6);
    M3Estimator estimator(fabric);
    estimator.Set("scope", "paths");
    constexpr uint32_t SEEDS = 8;
    const auto quantile = [&](uint64_t flowsPerPath)
    {
        estimator.Set("flows-per-path", std::to_string(flowsPerPath));
        double mean = 0;
        for (estimator.seed = 1; estimator.seed <= SEEDS; estimator.seed++)
        {
            mean += estimator.Run("m3", flows).OverallQuantile(0.9) / SEEDS;
        }
        return mean;
    };
    const double some = quantile(4); // of about 70 for each time that a path is drawn
    const double all = quantile(flows.size());
    EXPECT_GT(all, 1.5) << "flows wait for each other";
    EXPECT_NE(some, all);
    EXPECT_NEAR(some / all, 1, 0.03);
}

TEST(Scopes, WindowsAreThoseOfTheWholeNetwork)
{
    // with what surrounds them, the flows of a window fare as in a run of all
    const FabricGraph fabric = MakeLeafSpine({2, 4, 2});
    WorkloadHelper workload;
    workload.flows = 40'000;
    workload.load = 0.6;
    workload.sizes = "constant:2000000";
    const FlowList flows = workload.Generate(fabric);
    M3Estimator estimator(fabric);
    estimator.Set("flows-per-class", std::to_string(flows.size()));
    estimator.Set("scope", "network");
    const double p99 = estimator.Run("m3", flows).OverallQuantile(0.99);
    EXPECT_GT(p99, 3) << "flows wait for each other";
    estimator.Set("scope", "windows");
    estimator.Set("flows-per-window", "400");
    estimator.Set("flows-per-class", "1600");
    constexpr int REPETITIONS = 100;
    int held = 0;
    double mean = 0;
    double meanSquare = 0;
    double meanReach = 0;
    for (estimator.seed = 1; estimator.seed <= REPETITIONS; estimator.seed++)
    {
        const SlowdownReport some = estimator.Run("m3", flows);
        const double estimate = some.OverallQuantile(0.99) / p99;
        const ConfidenceInterval interval = some.OverallSamplingInterval(0.99);
        held += interval.low <= p99 && p99 <= interval.high;
        mean += estimate / REPETITIONS;
        meanSquare += estimate * estimate / REPETITIONS;
        meanReach += (interval.high - interval.low) / 2 / p99 / REPETITIONS;
    }
    EXPECT_NEAR(mean, 1, 0.03);
    EXPECT_GE(held, 0.9 * REPETITIONS);
    EXPECT_LE(held, 0.99 * REPETITIONS);
    // upper ends lie among the few largest slowdowns, so intervals are wider than normal ones would be, but not without
    // end
    EXPECT_LE(meanReach, 3 * 2 * std::sqrt(meanSquare - mean * mean));
}

TEST(Scopes, WindowsOfHeavyTailsBeginEarlyEnough)
{
    // a large flow that is under way when a window begins lasts for long: without it the window is too empty
    const FabricGraph fabric = MakeThreeTier({}); // 64 hosts
    WorkloadHelper workload;
    workload.flows = 100'000;
    workload.sizes = "Hadoop";
    const FlowList flows = workload.Generate(fabric);
    M3Estimator estimator(fabric);
    estimator.Set("scope", "network");
    const double network = estimator.Run("m3", flows).OverallQuantile(0.99);
    estimator.Set("scope", "windows");
    estimator.Set("flows-per-window", "1000");
    constexpr int SEEDS = 2;
    double windows = 0;
    for (estimator.seed = 1; estimator.seed <= SEEDS; estimator.seed++)
    {
        windows += estimator.Run("m3", flows).OverallQuantile(0.99) / SEEDS;
    }
    EXPECT_NEAR(windows / network, 1, 0.05);
}

TEST(Scopes, TwoWindowsOfHalfTheTraceAreAllOfIt)
{
    const FabricGraph fabric = MakeLeafSpine({2, 4, 2});
    const FlowList flows = Generate(fabric, 20'000, 0.6);
    M3Estimator estimator(fabric);
    estimator.Set("flows-per-class", std::to_string(flows.size()));
    estimator.Set("scope", "network");
    const SlowdownReport all = estimator.Run("m3", flows);
    estimator.Set("scope", "windows");
    estimator.Set("windows", "2");
    estimator.Set("flows-per-window", std::to_string(flows.size()));
    const SlowdownReport halves = estimator.Run("m3", flows);
    for (std::size_t c = 0; c < all.Classes().Count(); c++)
    {
        EXPECT_EQ(halves.FlowCount(c), all.FlowCount(c));
        EXPECT_NEAR(halves.ClassQuantile(c, 0.5) / all.ClassQuantile(c, 0.5), 1, 0.02) << c;
        EXPECT_NEAR(halves.ClassQuantile(c, 0.99) / all.ClassQuantile(c, 0.99), 1, 0.03) << c;
    }
    estimator.Set("windows", std::to_string(static_cast<uint32_t>(flows.size() + 1)));
    EXPECT_THROW(estimator.Run("m3", flows), InputError);
    EXPECT_THROW(estimator.Set("windows", "0"), InputError);
    estimator.Set("windows", "2");
    EXPECT_THROW(estimator.Set("flows-per-window", "0"), InputError);
}
