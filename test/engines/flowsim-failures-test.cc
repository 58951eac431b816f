// SPDX-License-Identifier: GPL-2.0-only
// Failures in flowSim: worked out by hand, and beside packets.
#include "ns3/m3-engine.h"
#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-rdma-config.h"
#include "ns3/m3-scenario.h"
#include "ns3/m3-schedule.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

using namespace ns3::m3;

namespace
{

/// Hosts 0 and 1 behind switch 3, host 2 behind switch 4; switches 5 and 6 join 3 and 4.
FabricGraph TwoWaysToHost2()
{
    FabricGraph fabric;
    for (int node = 0; node < 7; node++)
    {
        fabric.AddNode(node < 3 ? NodeKind::HOST : NodeKind::SWITCH);
    }
    fabric.AddLink(0, 3, 10'000'000'000, 1000);
    fabric.AddLink(1, 3, 10'000'000'000, 1000);
    fabric.AddLink(2, 4, 10'000'000'000, 1000);
    for (const NodeId middle : {5, 6})
    {
        fabric.AddLink(3, middle, 10'000'000'000, 1000);
        fabric.AddLink(middle, 4, 10'000'000'000, 1000);
    }
    return fabric;
}

std::vector<double> FailingFcts(const std::string& engine, const FlowList& flows, const std::string& failures)
{
    const FabricGraph fabric = TwoWaysToHost2();
    RdmaConfig config;
    config.failures = ParseFailures("failures", failures);
    std::vector<double> fcts;
    for (const CompletionTime& time : MakeEngine(engine)->RunPerFlow(Scenario(fabric, config, flows), Question()))
    {
        fcts.push_back(time.receiverNs);
    }
    return fcts;
}

} // namespace

TEST(FlowsimFailures, RatesAndRoutesChangeAtTheirTimes)
{
    const FlowList one{{0, 2, 1'000'000, 0}};
    const double calm = FailingFcts("flowsim", one, "")[0];
    const double wire = 1000 * 1048 * 0.8; // ns at 10 Gb/s
    EXPECT_NEAR(FailingFcts("flowsim", one, "0 link-rate 0 3 25%")[0] - calm, 3 * wire, 1);
    EXPECT_NEAR(FailingFcts("flowsim", one, "400us link-rate 0 3 50%")[0] - calm, wire - 400'000, 1);
    EXPECT_NEAR(FailingFcts("flowsim", one, "100us link-rate 0 3 50%; 300us link-rate 0 3 100%")[0] - calm, 100'000, 1);
    EXPECT_NEAR(FailingFcts("flowsim", one, "100us node-down 5; 200us node-up 5; 300us node-down 6")[0], calm, 1)
        << "there is another way";
    EXPECT_NEAR(FailingFcts("flowsim", one, "100us node-down 4; 5ms node-up 4")[0] - calm, 4'900'000, 1) << "none";
    EXPECT_NEAR(FailingFcts("flowsim", {{0, 2, 1'000'000, 200'000}}, "100us node-down 4; 5ms node-up 4")[0] - calm,
                4'800'000,
                1)
        << "it waits from its start on";
    EXPECT_TRUE(std::isnan(FailingFcts("flowsim", one, "100us node-down 4")[0]));
}

TEST(FlowsimFailures, ChangesThatChangeNothingChangeNothing)
{
    FlowList flows;
    std::string same;
    for (uint32_t id = 0; id < 60; id++)
    {
        flows.push_back({id % 2, 2, 1000 + id * 7919 % 90'000, id * 9000, static_cast<uint8_t>(id % 3)});
        same += (id > 0 ? "; " : "") + std::to_string(id * 11) + "us link-rate 3 5 100%";
    }
    const std::vector<double> calm = FailingFcts("flowsim", flows, "");
    const std::vector<double> changed = FailingFcts("flowsim", flows, same);
    for (std::size_t id = 0; id < flows.size(); id++)
    {
        EXPECT_NEAR(changed[id], calm[id], 1e-3) << id;
    }
}

TEST(FlowsimFailures, AreRoughlyThoseOfPackets)
{
    const FlowList flows{{0, 2, 4'000'000, 0}, {1, 2, 4'000'000, 0}, {0, 2, 4'000'000, 1'000'000}};
    for (const std::string failures : {"2ms link-rate 2 4 40%",
                                       "1ms node-down 5",
                                       "1ms node-down 6; 3ms node-up 6",
                                       "3ms link-down 1 3; 5ms link-up 1 3"})
    {
        const std::vector<double> packets = FailingFcts("packet", flows, failures);
        const std::vector<double> fluid = FailingFcts("flowsim", flows, failures);
        for (std::size_t id = 0; id < flows.size(); id++)
        {
            EXPECT_NEAR(fluid[id] / packets[id], 1, 0.15) << failures << ", flow " << id; // packets time out
        }
    }
}

TEST(FlowsimFailures, ReportsSayWhatDidNotEndAndWhatIsLeftOut)
{
    const FabricGraph fabric = TwoWaysToHost2();
    RdmaConfig config;
    config.failures = ParseFailures("failures", "100us node-down 4; 0 link-loss 0 3 1%");
    const FlowList flows{{0, 2, 1'000'000, 0}, {0, 1, 1'000'000, 0}, {1, 2, 1000, 500'000}};
    const SlowdownReport report = MakeEngine("flowsim")->Run(Scenario(fabric, config, flows), Question());
    EXPECT_EQ(report.Unfinished(), 2U);
    EXPECT_EQ(report.FlowCount(), 1U);
    ASSERT_EQ(report.Notes().size(), 1U);
    EXPECT_EQ(report.Notes()[0], "not taken into account: links that lose packets from a time on");
    Schedule schedule(flows);
    schedule.AddDependency(TaskId::OfFlow(2), {TaskId::OfFlow(0), TaskEvent::RECEIVED, 0});
    const SlowdownReport waiting = MakeEngine("flowsim")->Run(Scenario(fabric, config, schedule), Question());
    EXPECT_EQ(waiting.Unfinished(), 2U);
    EXPECT_NE(waiting.UnfinishedText().find("1 unreachable, 1 waiting"), std::string::npos) << waiting.UnfinishedText();
    EXPECT_EQ(waiting.FlowCount(), 1U);
}

TEST(FlowsimFailures, AScheduleThatWaitsForNothingLateIsTheList)
{
    // each flow waits for the end of one that has ended long before it starts: starts are those of the list
    const FabricGraph fabric = TwoWaysToHost2();
    for (const char* failures : {"500us link-down 1 3; 1800us link-up 1 3",
                                 "100us node-down 6; 900us node-up 6; 1ms link-rate 0 3 1Gbps",
                                 "200us link-down 0 3; 2ms link-up 0 3"})
    {
        RdmaConfig config;
        config.failures = ParseFailures("failures", failures);
        FlowList flows;
        Schedule schedule;
        for (uint32_t i = 0; i < 24; i++)
        {
            flows.push_back({i % 2, i % 3 == 0 ? 1 - i % 2 : 2, 30'000 + 1000 * i, int64_t{i / 2} * 250'000});
            const TaskId flow = schedule.AddFlow(flows.back());
            if (i >= 22)
            {
                schedule.AddDependency(flow, {TaskId::OfFlow(i - 22), TaskEvent::SENT, 0});
            }
        }
        const auto list = MakeEngine("flowsim")->RunPerFlow(Scenario(fabric, config, flows), Question());
        const auto waiting = MakeEngine("flowsim")->RunPerFlow(Scenario(fabric, config, schedule), Question());
        for (std::size_t i = 0; i < flows.size(); i++)
        {
            EXPECT_NEAR(waiting[i].receiverNs, list[i].receiverNs, 1e-6 * list[i].receiverNs) << failures << ", " << i;
            EXPECT_EQ(waiting[i].startNs, static_cast<double>(flows[i].startNs));
        }
    }
}

TEST(FlowsimFailures, AChainGoesOnWhenItsLinkComesUp)
{
    // flow 1 starts when flow 0 has arrived, at about 0.9 ms, and waits for host 2's way until 3 ms, as packets do
    const FabricGraph fabric = TwoWaysToHost2();
    RdmaConfig config;
    config.failures = ParseFailures("failures", "500us link-down 2 4; 3ms link-up 2 4");
    Schedule schedule;
    const TaskId first = schedule.AddFlow({0, 1, 1'000'000, 0});
    const TaskId second = schedule.AddFlow({1, 2, 1'000'000, 0});
    schedule.AddDependency(second, {first, TaskEvent::RECEIVED, 0});
    const Scenario scenario(fabric, config, schedule);
    const auto fluid = MakeEngine("flowsim")->RunPerFlow(scenario, Question());
    const auto packets = MakeEngine("packet")->RunPerFlow(scenario, Question());
    EXPECT_NEAR(fluid[1].startNs / packets[1].startNs, 1, 0.15);
    EXPECT_NEAR(fluid[1].startNs + fluid[1].receiverNs, 3e6 + 1e6 * 1.1 * 8 / 10, 3e5);
    EXPECT_NEAR((fluid[1].startNs + fluid[1].receiverNs) / (packets[1].startNs + packets[1].receiverNs), 1, 0.15);
}
