// SPDX-License-Identifier: GPL-2.0-only
// What engines say of links and of flows by label.
#include "engines/flow-labels.h"
#include "fabric/ideal-fct.h"
#include "fabric/routes-of-flows.h"
#include "ns3/m3-engine.h"
#include "ns3/m3-fabric-shapes.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-scenario.h"
#include "ns3/m3-schedule.h"
#include "packet/engine/star.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

using namespace ns3::m3;

namespace
{

constexpr uint64_t USED_RATE = 10'000'000'000;

Question WithLinks()
{
    Question question;
    question.links = true;
    return question;
}

/// 600 flows between the hosts of a leaf-spine fabric whose uplinks are 4:1.
struct Network
{
    Network()
    {
        LeafSpineShape shape;
        shape.fabricBps = USED_RATE;
        fabric = MakeLeafSpine(shape);
        RandomFlows();
    }

    void RandomFlows()
    {
        uint64_t state = 12345;
        const auto draw = [&state](uint64_t below)
        {
            state = state * 6364136223846793005ULL + 1442695040888963407ULL;
            return (state >> 33) % below;
        };
        for (int i = 0; i < 600; i++)
        {
            const auto src = static_cast<NodeId>(draw(32));
            const auto dst = static_cast<NodeId>((src + 1 + draw(31)) % 32);
            flows.push_back({src, dst, 500 + draw(60'000), i * 1000});
        }
    }

    /// Sum of FCT less ideal FCT.
    double DelayNs(const Scenario& scenario, const std::vector<CompletionTime>& times) const
    {
        IdealFctsOfFlows ideals(fabric, scenario.Routes(), scenario.Config().Format());
        double sum = 0;
        for (std::size_t i = 0; i < flows.size(); i++)
        {
            const auto ideal = static_cast<double>(ideals.NextNs(flows[i].src, flows[i].dst, flows[i].sizeBytes));
            sum += times[i].receiverNs - ideal;
        }
        return sum;
    }

    FabricGraph fabric;
    FlowList flows;
};

double DelayOfLinks(const LinkUses& uses)
{
    return std::accumulate(uses.links.begin(),
                           uses.links.end(),
                           0.0,
                           [](double sum, const LinkUse& use) { return sum + use.delayNs.value_or(NAN); });
}

double SharesOfLinks(const LinkUses& uses)
{
    return std::accumulate(uses.links.begin(),
                           uses.links.end(),
                           uses.elsewhereShare,
                           [](double sum, const LinkUse& use) { return sum + use.tailShare.value_or(NAN); });
}

bool SaysInNotes(const SlowdownReport& report, const std::string& part)
{
    for (const std::string& note : report.Notes())
    {
        if (note.find(part) != std::string::npos)
        {
            return true;
        }
    }
    return false;
}

} // namespace

// Hosts 1 and 2 send 1 MB each to host 0 at the same time. Both have half of the last link for T = 2 x 1.048 MB x 8 /
// 10 Gb/s = 1.6768 ms, and no other link limits them: each is delayed by T (1 - 1/2) = 838.4 us at that link.
TEST(LinkUses, FlowsimDelaysFlowsAtTheLinkThatLimitsThem)
{
    const FabricGraph fabric = Star(3, USED_RATE);
    const FlowList flows = {{1, 0, 1'000'000, 0}, {2, 0, 1'000'000, 0}};
    const Scenario scenario(fabric, RdmaConfig(), flows);
    const SlowdownReport report = MakeEngine("flowsim")->Run(scenario, WithLinks());
    ASSERT_TRUE(report.links);
    const LinkId last = ReverseLink(fabric.EgressLinks(0)[0]);
    for (const LinkUse& use : report.links->links)
    {
        EXPECT_NEAR(*use.delayNs, use.link == last ? 2 * 838'400.0 : 0, 1e-3) << use.name;
        EXPECT_NEAR(*use.tailShare, use.link == last ? 1 : 0, 1e-9) << use.name;
        EXPECT_FALSE(use.queueP99Bytes);
        EXPECT_FALSE(use.marks);
    }
    EXPECT_EQ(report.links->links[last].dataBytes, 2U * 1'048'000);
    EXPECT_EQ(report.links->links[last].name, "switch 3 to host 0");
    // it is busy from the first start to the last end but for the way of the last packet
    EXPECT_NEAR(report.links->Utilisation(report.links->links[last]), 1, 0.01);
    EXPECT_EQ(report.links->tailFlows, 1U);
    EXPECT_TRUE(SaysInNotes(report, "no queues"));
}

TEST(LinkUses, DelaysOfLinksSumToThoseOfFlows)
{
    const Network network;
    for (const std::string engine : {"flowsim", "parsimon", "packet"})
    {
        const Scenario scenario(network.fabric, RdmaConfig(), network.flows);
        const SlowdownReport report = MakeEngine(engine)->Run(scenario, WithLinks());
        ASSERT_TRUE(report.links && report.links->HasTail()) << engine;
        const double delay = network.DelayNs(scenario, MakeEngine(engine)->RunPerFlow(scenario, Question()));
        // the packet engine has flows whose packets never wait
        const double least = engine == "packet" ? 0.9 * delay : delay * (1 - 1e-6);
        EXPECT_GE(DelayOfLinks(*report.links), least) << engine;
        EXPECT_LE(DelayOfLinks(*report.links), delay * (1 + 1e-6)) << engine;
        EXPECT_NEAR(SharesOfLinks(*report.links), 1, 1e-9) << engine;
        EXPECT_EQ(report.links->tailFlows, 6U) << engine;
    }
}

TEST(LinkUses, BytesAreThoseOfFlowsOverRoutes)
{
    const Network network;
    const Scenario scenario(network.fabric, RdmaConfig(), network.flows);
    std::vector<uint64_t> bytes(network.fabric.LinkCount());
    RoutesOfFlows routes(scenario.Routes());
    Route route;
    for (const Flow& flow : network.flows)
    {
        routes.Next(flow.src, flow.dst, route);
        for (const LinkId link : route)
        {
            bytes[link] += WireBytes(flow.sizeBytes, scenario.Config().Format());
        }
    }
    for (const std::string engine : {"flowsim", "parsimon", "packet"})
    {
        const SlowdownReport report = MakeEngine(engine)->Run(scenario, WithLinks());
        for (const LinkUse& use : report.links->links)
        {
            EXPECT_EQ(use.dataBytes, bytes[use.link]) << engine << ", " << use.name;
            EXPECT_EQ(use.controlBytes.has_value(), engine == "packet");
        }
    }
}

// 8 hosts send to one at once: the queue, and the delay, is at the link to that host.
TEST(LinkUses, AnIncastIsDelayedAtItsReceiver)
{
    const FabricGraph fabric = Star(9, USED_RATE);
    FlowList flows;
    for (NodeId host = 1; host < 9; host++)
    {
        flows.push_back({host, 0, 200'000, 0});
    }
    for (const std::string engine : {"flowsim", "packet"})
    {
        RdmaConfig config;
        config.pfc = false; // pauses would move what waits to the senders
        const SlowdownReport report = MakeEngine(engine)->Run(Scenario(fabric, config, flows), WithLinks());
        const LinkUse& last = report.links->links[ReverseLink(fabric.EgressLinks(0)[0])];
        EXPECT_GT(*last.tailShare, 0.9) << engine;
        EXPECT_EQ(last.place, "links to the hosts of rack 0") << engine;
    }
}

TEST(LinkUses, NothingIsKeptUnlessAsked)
{
    const Network network;
    const Scenario scenario(network.fabric, RdmaConfig(), network.flows);
    for (const std::string engine : {"flowsim", "parsimon", "packet"})
    {
        const SlowdownReport plain = MakeEngine(engine)->Run(scenario, Question());
        EXPECT_FALSE(plain.links) << engine;
        EXPECT_TRUE(plain.byLabel.empty()) << engine;
        const SlowdownReport asked = MakeEngine(engine)->Run(scenario, WithLinks());
        // flowSim adds up in another order where it notes what limits a flow
        EXPECT_NEAR(asked.OverallQuantile(0.99) / plain.OverallQuantile(0.99), 1, 1e-9) << engine;
    }
}

TEST(FlowLabels, AreThoseOfRacksPodsAndClasses)
{
    ThreeTierShape shape; // 2 pods of 4 racks of 8 hosts: hosts 0 to 31 in pod 0
    const FabricGraph fabric = MakeThreeTier(shape);
    FlowList flows = {{0, 8, 1000, 0}, {8, 0, 1000, 0}, {0, 1, 1000, 0}, {63, 0, 1000, 0}};
    flows[1].priorityGroup = 5;
    const Scenario scenario(fabric, RdmaConfig(), flows);
    const auto namesBy = [&](const std::string& by)
    {
        const FlowLabels labels = LabelFlows(scenario, by);
        EXPECT_EQ(labels.by, by);
        std::vector<std::string> names;
        for (const uint32_t label : labels.ofFlow)
        {
            names.push_back(label == FlowLabels::NONE ? "" : labels.labels[label].name);
        }
        return names;
    };
    using Names = std::vector<std::string>;
    EXPECT_EQ(namesBy("rack-pair"),
              (Names{"rack 0 to rack 1", "rack 1 to rack 0", "within rack 0", "rack 7 to rack 0"}));
    EXPECT_EQ(namesBy("pod-pair"), (Names{"within pod 0", "within pod 0", "within pod 0", "pod 1 to pod 0"}));
    EXPECT_EQ(namesBy("source-rack"), (Names{"from rack 0", "from rack 1", "from rack 0", "from rack 7"}));
    EXPECT_EQ(namesBy("destination-rack"), (Names{"to rack 1", "to rack 0", "to rack 0", "to rack 0"}));
    EXPECT_EQ(namesBy("class"), (Names{"class 3", "class 5", "class 3", "class 3"}));
    EXPECT_EQ(namesBy("group"), (Names{"", "", "", ""}));
    EXPECT_THROW(LabelFlows(scenario, "rack"), InputError);
}

TEST(FlowLabels, GroupsOfAScheduleAreLabels)
{
    const FabricGraph fabric = Star(4, USED_RATE);
    Schedule schedule;
    const TaskId first = schedule.AddFlow({0, 1, 100'000, 0});
    const TaskId second = schedule.AddFlow({1, 2, 100'000, 0});
    schedule.AddFlow({2, 3, 100'000, 0});
    schedule.AddDependency(second, {first, TaskEvent::RECEIVED, 0});
    schedule.SetGroup(first, schedule.AddGroup({"ring 0", "ring"}));
    schedule.SetGroup(second, schedule.AddGroup({"ring 1", "ring"}));
    const Scenario scenario(fabric, RdmaConfig(), schedule);
    Question question = WithLinks();
    question.by = {"group", "kind"};
    for (const std::string engine : {"packet", "flowsim", "parsimon"})
    {
        const SlowdownReport report = MakeEngine(engine)->Run(scenario, question);
        ASSERT_EQ(report.byLabel.size(), 2U) << engine;
        ASSERT_EQ(report.byLabel[0].rows.size(), 2U) << engine;
        EXPECT_EQ(report.byLabel[0].rows[1].label.name, "ring 1") << engine;
        ASSERT_EQ(report.byLabel[1].rows.size(), 1U) << engine;
        EXPECT_EQ(report.byLabel[1].rows[0].flows, 2U) << engine;
        EXPECT_TRUE(report.links) << engine;
    }
}

TEST(FlowLabels, OwnLabelsGiveSlowdownsOfTheirFlows)
{
    const Network network;
    const Scenario scenario(network.fabric, RdmaConfig(), network.flows);
    Question question;
    FlowLabels tenants{"tenant", {{"a", "", ""}, {"b", "", ""}, {"unused", "", ""}}, {}};
    for (std::size_t i = 0; i < network.flows.size(); i++)
    {
        tenants.ofFlow.push_back(i % 3 == 2 ? FlowLabels::NONE : i % 3);
    }
    question.labels = {tenants};
    const auto engine = MakeEngine("flowsim");
    const SlowdownReport report = engine->Run(scenario, question);
    ASSERT_EQ(report.byLabel.size(), 1U);
    const LabelSlowdowns& slowdowns = report.byLabel[0];
    EXPECT_EQ(slowdowns.by, "tenant");
    ASSERT_EQ(slowdowns.rows.size(), 2U);
    EXPECT_EQ(slowdowns.rows[0].flows, 200U);
    const std::vector<CompletionTime> times = engine->RunPerFlow(scenario, Question());
    IdealFctsOfFlows ideals(network.fabric, scenario.Routes(), scenario.Config().Format());
    double sum = 0;
    for (std::size_t i = 0; i < times.size(); i++)
    {
        const Flow& flow = network.flows[i];
        const auto ideal = static_cast<double>(ideals.NextNs(flow.src, flow.dst, flow.sizeBytes));
        sum += i % 3 == 0 ? times[i].receiverNs / ideal : 0;
    }
    EXPECT_NEAR(slowdowns.rows[0].mean, sum / 200, 1e-9);

    question.labels[0].ofFlow.pop_back();
    EXPECT_THROW(engine->Run(scenario, question), InputError);
    question.labels = {};
    question.by = {"colour"};
    EXPECT_THROW(engine->Run(scenario, question), InputError);
}

TEST(FlowLabels, FlowsThatDoNotFinishCountAsUnfinished)
{
    const FlowLabels labels{"tenant", {{"a", "", ""}, {"b", "", ""}}, {0, 0, 1}};
    const LabelSlowdowns slowdowns = SlowdownsByLabel(labels, {2, NAN, NAN});
    EXPECT_EQ(slowdowns.rows[0].unfinished, 1U);
    EXPECT_EQ(slowdowns.rows[0].p99, 2);
    EXPECT_EQ(slowdowns.rows[1].unfinished, 1U);
    EXPECT_TRUE(std::isnan(slowdowns.rows[1].p99));
    EXPECT_THROW(SlowdownsByLabel(labels, {2, NAN}), InputError);
    EXPECT_THROW(SlowdownsByLabel({"x", {}, {0}}, {2}), InputError);
}
