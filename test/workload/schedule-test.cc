// SPDX-License-Identifier: GPL-2.0-only
// Flows that wait for others: what a schedule may say, and the starts and ends that engines give it.
#include "input-file.h"
#include "packet/engine/star.h"

#include "core/random-stream.h"
#include "flowsim/fabric-flow-sim.h"
#include "ns3/m3-engine.h"
#include "ns3/m3-packet-simulation.h"
#include "ns3/m3-scenario.h"
#include "ns3/m3-schedule.h"

#include <gtest/gtest.h>

#include <algorithm>

using namespace ns3::m3;

namespace
{

constexpr int64_t MICROSECOND = 1000; //!< ns

/// Hosts 0 to 3 at 10 Gb/s and switch 4, 1 us per link.
const FabricGraph& FourHostStar()
{
    static const FabricGraph star = Star(4, 10 * GBIT);
    return star;
}

/// What is wrong with a schedule.
std::string ScheduleError(const Schedule& schedule)
{
    return InputErrorOf([&] { Scenario(FourHostStar(), RdmaConfig(), schedule); });
}

PacketResult
RunBoth(const Schedule& schedule, const FabricGraph& fabric = FourHostStar(), PacketRunOptions options = {})
{
    options.schedule = &schedule;
    return RunPacketSimulation(fabric, RdmaConfig(), schedule.Flows(), options);
}

/// The start of each task by its definition, from the starts and FCTs that a run gives: equal to those of the run.
/// \param received \param sent of flows, FCTs in ns
template <typename Time>
void ExpectStartsFollow(const Schedule& schedule,
                        const std::vector<Time>& starts,
                        const std::vector<Time>& received,
                        const std::vector<Time>& sent)
{
    std::vector<Time> expected;
    for (std::size_t place = 0; place < schedule.TaskCount(); place++)
    {
        const TaskId task = schedule.TaskAt(place);
        expected.push_back(static_cast<Time>(task.IsCompute() ? schedule.Computes()[task.Index()].startNs
                                                              : schedule.Flows()[place].startNs));
    }
    for (const Schedule::Edge& edge : schedule.Dependencies())
    {
        const TaskId before = edge.dependency.predecessor;
        Time at = starts[schedule.PlaceOf(before)];
        if (edge.dependency.event != TaskEvent::STARTED)
        {
            at += before.IsCompute() ? static_cast<Time>(schedule.Computes()[before.Index()].durationNs)
                  : edge.dependency.event == TaskEvent::SENT ? sent[before.Index()]
                                                             : received[before.Index()];
        }
        Time& start = expected[schedule.PlaceOf(edge.task)];
        start = std::max(start, at + static_cast<Time>(edge.dependency.delayNs));
    }
    for (std::size_t place = 0; place < expected.size(); place++)
    {
        EXPECT_NEAR(static_cast<double>(starts[place]), static_cast<double>(expected[place]), 1e-3)
            << schedule.NameOf(schedule.TaskAt(place));
    }
}

/// Flows and computations that wait for random ones before them in a shuffled order.
Schedule RandomTasks(uint64_t seed)
{
    RandomStream random(seed);
    Schedule schedule;
    std::vector<TaskId> tasks;
    const auto draw = [&](double below) { return static_cast<uint32_t>(random.Uniform() * below); };
    for (uint32_t i = 0; i < 60; i++)
    {
        const NodeId src = draw(4);
        const int64_t start = draw(20) * MICROSECOND;
        tasks.push_back(i % 4 == 3 ? schedule.AddCompute({src, draw(30) * MICROSECOND, start})
                                   : schedule.AddFlow({src, (src + 1 + draw(3)) % 4, 1 + draw(20'000), start}));
    }
    for (std::size_t i = tasks.size() - 1; i > 0; i--)
    {
        std::swap(tasks[i], tasks[draw(static_cast<double>(i + 1))]);
    }
    for (std::size_t i = 1; i < tasks.size(); i++)
    {
        for (uint32_t edges = draw(4); edges > 0; edges--)
        {
            schedule.AddDependency(
                tasks[i],
                {tasks[draw(static_cast<double>(i))], static_cast<TaskEvent>(draw(3)), draw(5) * MICROSECOND / 2});
        }
    }
    return schedule;
}

} // namespace

TEST(Schedule, ErrorsNameTheTask)
{
    Schedule schedule;
    const TaskId first = schedule.AddFlow({0, 1, 1000, 0});
    const TaskId second = schedule.AddFlow({1, 2, 1000, 0});
    const TaskId think = schedule.AddCompute({2, 5 * MICROSECOND});
    schedule.AddDependency(second, {first, TaskEvent::RECEIVED, 0});
    schedule.AddDependency(think, {second, TaskEvent::SENT, 0});
    EXPECT_EQ(ScheduleError(schedule), "");
    {
        Schedule wrong = schedule;
        wrong.AddDependency(first, {think, TaskEvent::RECEIVED, 0});
        EXPECT_EQ(ScheduleError(wrong),
                  "tasks wait for each other in a circle: flow 0 waits for compute 0, compute 0 waits for flow 1, flow "
                  "1 waits for flow 0");
    }
    {
        Schedule wrong = schedule;
        wrong.SetName(second, "ring step 2");
        wrong.AddDependency(second, {second, TaskEvent::STARTED, 10});
        EXPECT_EQ(ScheduleError(wrong), "tasks wait for each other in a circle: ring step 2 waits for ring step 2");
        wrong = schedule;
        wrong.SetName(second, "ring step 2");
        wrong.AddDependency(second, {TaskId::OfCompute(7), TaskEvent::STARTED, 10});
        EXPECT_EQ(ScheduleError(wrong), "ring step 2: waits for compute 7, which is not in the schedule");
    }
    {
        Schedule wrong = schedule;
        wrong.AddDependency(TaskId::OfFlow(9), {first, TaskEvent::SENT, 0});
        EXPECT_EQ(ScheduleError(wrong), "flow 9 has dependencies but is not in the schedule");
        wrong = schedule;
        wrong.AddDependency(second, {first, TaskEvent::SENT, -1});
        EXPECT_EQ(ScheduleError(wrong), "flow 1: needs delays of 0 to 1e9 s");
        wrong = schedule;
        wrong.AddCompute({4, 10});
        EXPECT_EQ(ScheduleError(wrong).substr(0, 29), "compute 1: node 4 is a switch");
        wrong.AddFlow({0, 17, 10, 0});
        EXPECT_EQ(ScheduleError(wrong), "flow 2: node 17 does not exist, there are 5");
        wrong = schedule;
        wrong.AddGroup({"g", "g"});
        wrong.SetGroup(think, 1);
        EXPECT_EQ(ScheduleError(wrong), "compute 0: its group 1 does not exist, there are 1");
        wrong.AddGroup({"h", "h"});
        EXPECT_EQ(ScheduleError(wrong), "");
    }
}

TEST(Schedule, AHostWithoutLinkIsNamedWithItsTask)
{
    FabricGraph fabric = Star(2, 10 * GBIT);
    const NodeId lonely = fabric.AddNode(NodeKind::HOST);
    Schedule schedule;
    schedule.AddFlow({0, 1, 1000, 0});
    schedule.SetName(schedule.AddFlow({0, lonely, 1000, 0}), "to nowhere");
    schedule.AddDependency(TaskId::OfFlow(1), {TaskId::OfFlow(0), TaskEvent::SENT, 0});
    EXPECT_EQ(InputErrorOf([&] { Scenario(fabric, RdmaConfig(), schedule); }).substr(0, 12), "to nowhere: ");
}

TEST(Schedule, OneHandsOnWhatItHasReceived)
{
    // 1000 B and 48 B of headers at 10 Gb/s take 838.4 ns per link, 1 us of delay each: FCT 2 * 1838.4 ns = 3677 ns
    Schedule schedule;
    const TaskId first = schedule.AddFlow({0, 1, 1000, 500});
    const TaskId second = schedule.AddFlow({1, 2, 1000, 0});
    const TaskId third = schedule.AddFlow({2, 3, 1000, 0});
    schedule.AddDependency(second, {first, TaskEvent::RECEIVED, 100});
    schedule.AddDependency(third, {first, TaskEvent::STARTED, 7});
    const PacketResult result = RunBoth(schedule);
    ASSERT_EQ(result.completionOrder.size(), 3U);
    EXPECT_NEAR(static_cast<double>(result.flows[0].receiverFctNs), 3677, 1);
    EXPECT_EQ(result.taskStartsNs[0], 500);
    EXPECT_EQ(result.taskStartsNs[1], 500 + result.flows[0].receiverFctNs + 100);
    EXPECT_EQ(result.taskStartsNs[2], 507);
    EXPECT_EQ(result.flows[1].receiverFctNs, result.flows[0].receiverFctNs) << "alone on its links";
}

TEST(Schedule, StartsFollowFromTheTimesOfPredecessorsInBothEngines)
{
    for (uint64_t seed = 1; seed <= 20; seed++)
    {
        const Schedule schedule = RandomTasks(seed);
        const PacketResult result = RunBoth(schedule);
        std::vector<int64_t> received;
        std::vector<int64_t> sent;
        for (const FlowOutcome& flow : result.flows)
        {
            EXPECT_EQ(flow.unfinished, Unfinished::NO);
            received.push_back(flow.receiverFctNs);
            sent.push_back(flow.senderFctNs);
        }
        ExpectStartsFollow(schedule, result.taskStartsNs, received, sent);

        const RouteTable routes(FourHostStar(), EngineMode::STANDARD);
        uint64_t ended = 0;
        const TaskTimes times =
            ScheduleFlowSim(FourHostStar(), routes, schedule, 48, 60, [&](uint32_t, double) { ended++; });
        EXPECT_EQ(ended, schedule.Flows().size());
        std::vector<double> fcts;
        std::vector<double> acks;
        for (std::size_t flow = 0; flow < schedule.Flows().size(); flow++)
        {
            fcts.push_back(times.receivedNs[flow] - times.startNs[flow]);
            acks.push_back(times.sentNs[flow] - times.startNs[flow]);
        }
        ExpectStartsFollow(schedule, times.startNs, fcts, acks);
    }
}

TEST(Schedule, TheStartsOfARunAsAListGiveTheSameFlowsimRun)
{
    for (uint64_t seed = 1; seed <= 10; seed++)
    {
        const Schedule schedule = RandomTasks(seed);
        const RouteTable routes(FourHostStar(), EngineMode::STANDARD);
        std::vector<double> slowdowns(schedule.Flows().size());
        const TaskTimes times = ScheduleFlowSim(FourHostStar(),
                                                routes,
                                                schedule,
                                                48,
                                                60,
                                                [&](uint32_t flow, double slowdown) { slowdowns[flow] = slowdown; });
        std::vector<uint32_t> order(slowdowns.size());
        std::vector<FluidFlow> fluid;
        for (uint32_t i = 0; i < order.size(); i++)
        {
            order[i] = i;
        }
        std::stable_sort(order.begin(),
                         order.end(),
                         [&](uint32_t a, uint32_t b) { return times.startNs[a] < times.startNs[b]; });
        FabricFluid list = MakeFabricFluid(FourHostStar(), routes, schedule.Flows(), 48);
        for (const uint32_t flow : order)
        {
            fluid.push_back(list.flows[flow]);
            fluid.back().startNs = times.startNs[flow];
        }
        const std::vector<double> fcts = RunFlowSim(list.linkGbps, fluid);
        for (std::size_t i = 0; i < order.size(); i++)
        {
            const UncongestedFct alone = UncongestedFctOf(FourHostStar(), schedule.Flows(), list, order[i]);
            EXPECT_NEAR(slowdowns[order[i]], alone.Slowdown(fcts[i]), 1e-9);
        }
    }
}

TEST(Schedule, PerturbedStartsKeepGroupsNamesAndComputations)
{
    Schedule schedule;
    const TaskId first = schedule.AddFlow({0, 1, 1000, 7});
    const TaskId think = schedule.AddCompute({1, 5});
    schedule.SetGroup(think, schedule.AddGroup({"a group", "a kind"}));
    schedule.SetName(first, "first");
    for (const bool waits : {false, true})
    {
        if (waits)
        {
            schedule.AddDependency(think, {first, TaskEvent::RECEIVED, 3});
        }
        const Schedule moved = PerturbStartTimes(schedule);
        EXPECT_EQ(moved.NameOf(first), "first");
        EXPECT_EQ(moved.GroupOf(think), 0U);
        EXPECT_EQ(moved.GroupOf(first), Schedule::NO_GROUP);
        EXPECT_EQ(moved.Groups().at(0).kind, "a kind");
        EXPECT_EQ(moved.Computes().at(0).durationNs, 5);
        EXPECT_EQ(moved.Dependencies().size(), waits ? 1U : 0U);
        EXPECT_GE(moved.Flows().at(0).startNs, 7);
    }
}

TEST(Schedule, WithoutPredecessorsItIsTheList)
{
    FlowList flows;
    for (uint32_t i = 0; i < 200; i++)
    {
        flows.push_back({i % 4, (i + 1 + i / 7 % 3) % 4, 1 + i * 97 % 9000, i * 300});
    }
    Schedule schedule(flows);
    const PacketResult list = RunPacketSimulation(FourHostStar(), RdmaConfig(), flows);
    const PacketResult result = RunBoth(schedule);
    EXPECT_EQ(result.completionOrder, list.completionOrder);
    for (std::size_t i = 0; i < flows.size(); i++)
    {
        EXPECT_EQ(result.flows[i].receiverFctNs, list.flows[i].receiverFctNs);
        EXPECT_EQ(result.flows[i].senderFctNs, list.flows[i].senderFctNs);
    }
    std::swap(flows.front(), flows.back());
    EXPECT_EQ(ScheduleError(Schedule(flows)), "flow 1: needs a size above 0 and starts that do not fall");
}

TEST(Schedule, WhatWaitsForAFlowThatDoesNotEndNeverStarts)
{
    // the link of host 1 goes down for good: flow 0 does not end, and neither do the others but flow 3
    Schedule schedule;
    const TaskId first = schedule.AddFlow({0, 1, 1'000'000, 0});
    const TaskId second = schedule.AddFlow({2, 3, 1000, 0});
    const TaskId third = schedule.AddFlow({3, 2, 1000, 0});
    const TaskId fourth = schedule.AddFlow({2, 3, 1000, 0});
    schedule.AddDependency(second, {first, TaskEvent::RECEIVED, 0});
    schedule.AddDependency(third, {second, TaskEvent::STARTED, 0});
    schedule.AddDependency(fourth, {first, TaskEvent::STARTED, 50 * MICROSECOND});
    PacketRunOptions options;
    options.linkChanges.push_back({10 * MICROSECOND, FourHostStar().EgressLinks(1)[0], false});
    const PacketResult result = RunBoth(schedule, FourHostStar(), options);
    EXPECT_NE(result.flows[0].unfinished, Unfinished::NO);
    EXPECT_EQ(result.flows[1].unfinished, Unfinished::WAITING);
    EXPECT_EQ(result.flows[2].unfinished, Unfinished::WAITING);
    EXPECT_EQ(result.flows[3].unfinished, Unfinished::NO);
    EXPECT_EQ(result.taskStartsNs[1], -1);
    EXPECT_EQ(result.taskStartsNs[3], 50 * MICROSECOND);
    EXPECT_EQ(UnfinishedName(Unfinished::WAITING), "waiting");
}

TEST(Schedule, AnEngineThatDoesNotKnowOfPredecessorsRefusesThem)
{
    Schedule schedule(FlowList(200, {0, 1, 1000, 0}));
    schedule.AddDependency(TaskId::OfFlow(1), {TaskId::OfFlow(0), TaskEvent::RECEIVED, 0});
    const Scenario scenario(FourHostStar(), RdmaConfig(), schedule);
    for (const EngineInfo& info : RegisteredEngines())
    {
        const std::string error = InputErrorOf([&] { MakeEngine(info.name)->Run(scenario, Question()); });
        const std::string perFlow = InputErrorOf([&] { MakeEngine(info.name)->RunPerFlow(scenario, Question()); });
        const bool takes = info.takes.Has(Trait::DEPENDENCIES);
        const std::string why = info.whyNoTasks.empty() ? "needs the start of every flow beforehand" : info.whyNoTasks;
        const bool byPasses = info.partly.Has(Trait::DEPENDENCIES);
        EXPECT_EQ(takes, info.name == "packet" || info.name == "rerun" || info.name == "flowsim") << info.name;
        EXPECT_EQ(byPasses, info.name == "parsimon" || info.name == "m3" || info.name == "m3-network") << info.name;
        EXPECT_EQ(error,
                  takes || byPasses ? ""
                                    : "the engine " + info.name + " " + why +
                                          ", and here flows wait for others; engines that take such schedules: "
                                          "packet, rerun, flowsim, parsimon, m3, m3-network");
        EXPECT_EQ(perFlow, error);
    }
}
