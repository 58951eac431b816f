// SPDX-License-Identifier: GPL-2.0-only
// Links and nodes that fail during a run of the packet engine.
#include "packet/engine/random-scenario.h"

#include "ns3/m3-engine.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-packet-outcome.h"
#include "ns3/m3-packet-simulation.h"
#include "ns3/m3-scenario.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace ns3::m3;

namespace
{

constexpr uint64_t TEN_GBPS = 10'000'000'000;

/// Two racks of two hosts, 0 1 and 2 3, whose switches 4 and 5 are joined by switches 6 and 7.
FabricGraph TwoSpines()
{
    FabricGraph fabric;
    for (int node = 0; node < 8; node++)
    {
        fabric.AddNode(node < 4 ? NodeKind::HOST : NodeKind::SWITCH);
    }
    for (NodeId host = 0; host < 4; host++)
    {
        fabric.AddLink(host, host < 2 ? 4 : 5, TEN_GBPS, 1000);
    }
    for (const NodeId rack : {4, 5})
    {
        fabric.AddLink(rack, 6, TEN_GBPS, 1000);
        fabric.AddLink(rack, 7, TEN_GBPS, 1000);
    }
    return fabric;
}

PacketResult RunFailing(const FlowList& flows, const std::string& failures, RdmaConfig config = {})
{
    config.failures = ParseFailures("failures", failures);
    return RunPacketSimulation(TwoSpines(), config, flows);
}

FlowList CrossTraffic()
{
    FlowList flows;
    for (uint32_t id = 0; id < 16; id++)
    {
        flows.push_back({id % 2, 2 + id / 2 % 2, 500'000, 1000 * id});
    }
    return flows;
}

void AddRandomFailures(RandomStream& random, RandomScenario& scenario)
{
    const double lastNs = static_cast<double>(scenario.flows.back().startNs) + 100'000;
    for (uint64_t count = random.Integer(1, 6); count > 0; count--)
    {
        const auto kind = static_cast<FailureKind>(random.Integer(0, 5));
        const FabricLink& link =
            scenario.fabric.Link(static_cast<LinkId>(random.Integer(0, scenario.fabric.LinkCount() - 1)));
        Failure failure{static_cast<int64_t>(random.Uniform(0, lastNs)), kind, link.from, link.to};
        failure.rateShare = random.LogUniform(0.01, 1);
        failure.errorRate = random.LogUniform(1e-4, 0.9);
        scenario.config.failures.push_back(failure);
        const bool goesDown = kind == FailureKind::LINK_DOWN || kind == FailureKind::NODE_DOWN;
        if (goesDown && random.Uniform() < 0.7)
        {
            failure.kind = kind == FailureKind::LINK_DOWN ? FailureKind::LINK_UP : FailureKind::NODE_UP;
            failure.timeNs += static_cast<int64_t>(random.LogUniform(100, 50e6));
            scenario.config.failures.push_back(failure);
        }
    }
}

} // namespace

TEST(FailingNetworks, FlowsGoRoundASwitchThatGoesDownAndSayHowLongThatTook)
{
    const PacketResult calm = RunFailing(CrossTraffic(), "");
    EXPECT_TRUE(calm.recoveries.empty());
    EXPECT_EQ(RecoveryText(calm), "");
    constexpr int64_t DOWN = 300'000;
    const PacketResult result = RunFailing(CrossTraffic(), "300us node-down 6");
    EXPECT_EQ(UnfinishedText(result), "");
    EXPECT_GT(result.linkLosses, 0U);
    EXPECT_GT(result.recoveries.size(), 2U);
    EXPECT_LT(result.recoveries.size(), 16U) << "those of the other switch go on";
    for (const FlowRecovery& recovery : result.recoveries)
    {
        EXPECT_EQ(recovery.failureNs, DOWN);
        EXPECT_GT(recovery.recoveryNs, 8 * 1000) << "there and back";
        EXPECT_LT(recovery.failureNs + recovery.recoveryNs,
                  CrossTraffic()[recovery.flow].startNs + result.flows[recovery.flow].senderFctNs + 1);
    }
    EXPECT_NE(RecoveryText(result).find("failures cut " + std::to_string(result.recoveries.size()) +
                                        " times the route of a flow; time until it went on: p50 "),
              std::string::npos)
        << RecoveryText(result);
    RdmaConfig config;
    config.failures = ParseFailures("failures", "300us node-down 6");
    const FabricGraph fabric = TwoSpines();
    const FlowList flows = CrossTraffic();
    const std::vector<std::string> notes =
        MakeEngine("packet")->Run(Scenario(fabric, config, flows), Question()).Notes();
    EXPECT_EQ(std::count(notes.begin(), notes.end(), RecoveryText(result)), 1) << "as reports have it";
    const PacketResult same = RunFailing(CrossTraffic(), "300us link-down 4 6, 300us link-down 6 5");
    for (std::size_t id = 0; id < result.flows.size(); id++)
    {
        EXPECT_EQ(same.flows[id].receiverFctNs, result.flows[id].receiverFctNs) << "both of its links at once";
    }
}

TEST(FailingNetworks, FlowsWithoutARouteWaitForALinkToComeUp)
{
    const FlowList flows{{0, 2, 500'000, 0}, {1, 3, 1000, 1'000'000}};
    const std::string down = "100us node-down 5";
    const PacketResult result = RunFailing(flows, down + "; 3s node-up 5");
    EXPECT_EQ(UnfinishedText(result), "");
    EXPECT_GE(result.flows[1].receiverFctNs, 2'999'000'000) << "from its start on";
    EXPECT_LT(result.flows[1].receiverFctNs, 2'999'100'000) << "it starts when it can";
    ASSERT_EQ(result.recoveries.size(), 1U);
    EXPECT_EQ(result.recoveries[0].flow, 0U);
    EXPECT_GT(result.recoveries[0].recoveryNs, 2'999'900'000);
    EXPECT_LT(result.recoveries[0].recoveryNs, 2'999'900'000 + 65'000'000) << "timeouts go on, at most 64 ms apart";

    const PacketResult cut = RunFailing(flows, down);
    EXPECT_EQ(UnfinishedText(cut), "2 unreachable");
    ASSERT_EQ(cut.recoveries.size(), 1U);
    EXPECT_EQ(cut.recoveries[0].recoveryNs, -1);
    EXPECT_EQ(RecoveryText(cut), "failures cut 1 times the route of a flow; 1 times it did not");
    const PacketResult elsewhere = RunFailing(flows, down + "; 200us node-down 6; 2ms node-up 6");
    EXPECT_EQ(UnfinishedText(elsewhere), "2 unreachable") << "what comes up is of no use to them";
}

TEST(FailingNetworks, ADegradedLinkHasItsRateFromThenOn)
{
    RdmaConfig config;
    config.congestionControl = CongestionControlType::NONE;
    const FlowList flows{{0, 1, 1'000'000, 0}};
    const auto fct = [&](const std::string& failures)
    { return static_cast<double>(RunFailing(flows, failures, config).flows[0].receiverFctNs); };
    const double calm = fct("");
    EXPECT_NEAR(fct("0 link-rate 0 4 25%") / calm, 4, 0.05);
    EXPECT_EQ(fct("0 link-rate 0 4 2.5Gbps"), fct("0 link-rate 4 0 25%"));
    EXPECT_NEAR(fct("0 link-rate 1 4 50%") / calm, 2, 0.05) << "at the switch: PFC holds the sender";
    EXPECT_NEAR(fct("400us link-rate 0 4 10%") - 400'000, 10 * (calm - 400'000), 0.02 * 10 * calm);
    EXPECT_NEAR(fct("400us link-rate 0 4 10%; 600us link-rate 0 4 100%"), calm + 180'000, 0.02 * calm);
    EXPECT_EQ(fct("0 link-rate 2 5 10%"), calm) << "elsewhere";
    EXPECT_EQ(RunFailing(flows, "0 link-rate 1 4 50%", config).retransmissions, 0U);
}

TEST(FailingNetworks, ALinkLosesPacketsFromATimeOnUntilAnother)
{
    const FlowList flows{{0, 1, 2'000'000, 0}};
    const PacketResult lossy = RunFailing(flows, "500us link-loss 0 4 1%");
    EXPECT_EQ(UnfinishedText(lossy), "");
    EXPECT_GT(lossy.linkLosses, 5U);
    EXPECT_GT(lossy.retransmissions, 0U);
    const PacketResult mended = RunFailing(flows, "500us link-loss 0 4 1%; 501us link-loss 0 4 0");
    EXPECT_LT(mended.linkLosses, 2U);
    EXPECT_EQ(UnfinishedText(RunFailing(flows, "500us link-loss 0 4 99.9999%")), "1 no-progress");
}

TEST(FailingNetworks, HpccModeKnowsLinksThatGoDownAlone)
{
    RdmaConfig config;
    config.mode = EngineMode::HPCC;
    const FlowList flows{{0, 2, 100'000, 0}};
    EXPECT_EQ(RunFailing(flows, "10us link-down 4 6", config).flows[0].unfinished, Unfinished::NO);
    EXPECT_THROW(RunFailing(flows, "10us link-rate 4 6 50%", config), InputError);
    EXPECT_THROW(RunFailing(flows, "10us node-down 6; 20us node-up 6", config), InputError);
}

TEST(FailingNetworks, EveryFlowEndsOrSaysWhyWhateverGoesDown)
{
    constexpr uint64_t SEEDS = 150;
    constexpr int64_t ENOUGH_NS = 100'000'000;
    uint64_t cut = 0;
    uint64_t unfinished = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
    {
        RandomScenario scenario = MakeRandomScenario(seed);
        scenario.config.mode = EngineMode::STANDARD;
        scenario.config.bufferBytes.reset(); // may be below what all classes need
        RandomStream random(seed);
        AddRandomFailures(random, scenario);
        const bool ofClasses = seed % 3 == 0;
        for (Flow& flow : scenario.flows)
        {
            flow.priorityGroup = static_cast<uint8_t>(ofClasses ? random.Integer(0, 7) : DEFAULT_CLASS);
        }
        std::string text = "seed " + std::to_string(seed) + ": " + scenario.description;
        for (const Failure& failure : scenario.config.failures)
        {
            text += "; " + FailureText(failure);
        }
        SCOPED_TRACE(text);
        PacketRunOptions options;
        options.maxEvents = 60'000'000; // far beyond what any of these runs needs: what does not end, ends here
        if (!scenario.config.pfc)       // senders that nothing holds back may go on at full speed for seconds
        {
            options.stopNs = scenario.flows.back().startNs + ENOUGH_NS;
        }
        const PacketResult result = RunPacketSimulation(scenario.fabric, scenario.config, scenario.flows, options);
        EXPECT_FALSE(result.beyondLimits);
        for (const FlowOutcome& flow : result.flows)
        {
            EXPECT_TRUE(flow.unfinished != Unfinished::STOP_TIME || !scenario.config.pfc) << "nothing stops the run";
            EXPECT_EQ(flow.unfinished == Unfinished::NO, flow.senderFctNs > 0);
            unfinished += flow.unfinished != Unfinished::NO;
        }
        for (const FlowRecovery& recovery : result.recoveries)
        {
            EXPECT_GE(recovery.recoveryNs, -1);
            EXPECT_TRUE(recovery.recoveryNs >= 0 || result.flows[recovery.flow].unfinished != Unfinished::NO);
        }
        cut += result.recoveries.size();
    }
    EXPECT_GT(cut, 50U) << "failures meet flows";
    EXPECT_GT(unfinished, 10U) << "some for good";
}
