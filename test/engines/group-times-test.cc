// SPDX-License-Identifier: GPL-2.0-only
// Completion times, stragglers and critical paths of groups, of times that are given.
#include "engines/group-times.h"
#include "report/group-chart.h"
#include "report/group-report.h"

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

using namespace ns3::m3;

namespace
{

/// Flow 0 (group 0) waits for flow 2, computation 0 for flow 0, flow 1 for that: chain of group 0, and flow 2 before
/// it.
Schedule ChainOfTasks()
{
    Schedule schedule;
    const uint32_t chain = schedule.AddGroup({"the chain", "chain"});
    schedule.AddGroup({"nothing is in it", "chain"});
    const TaskId first = schedule.AddFlow({0, 1, 1000, 0});
    const TaskId second = schedule.AddFlow({1, 2, 1000, 0});
    const TaskId before = schedule.AddFlow({3, 0, 1000, 0});
    const TaskId think = schedule.AddCompute({1, 50});
    schedule.AddDependency(first, {before, TaskEvent::RECEIVED, 5});
    schedule.AddDependency(think, {first, TaskEvent::RECEIVED, 10});
    schedule.AddDependency(second, {think, TaskEvent::SENT, 10});
    schedule.AddDependency(second, {first, TaskEvent::SENT, 1}); // allows it earlier
    for (const TaskId task : {first, second, think})
    {
        schedule.SetGroup(task, chain);
    }
    return schedule;
}

/// By place: flows 0, 1, 2, computation 0.
TaskTimes TimesOfChain()
{
    return {{100, 270, 0, 210}, {200, 400, 95, 260}, {220, 430, 99, 260}};
}

SlowdownReport ReportOf(std::vector<GroupTimes> groups)
{
    SlowdownReport report("packet");
    report.Add(0, 1);
    report.Finish();
    report.groups = std::move(groups);
    return report;
}

} // namespace

TEST(GroupTimes, TheCriticalPathAddsUpToTheCompletionTime)
{
    const std::vector<GroupTimes> groups = GroupsOf(ChainOfTasks(), TimesOfChain());
    ASSERT_EQ(groups.size(), 1U) << "a group without tasks has no time";
    const GroupTimes& group = groups[0];
    EXPECT_EQ(group.tasks, 3U);
    EXPECT_EQ(group.startNs, 100);
    EXPECT_EQ(group.CompletionNs(), 300);
    EXPECT_EQ(group.transferNs, 100 + 130); // to 200, and from 270 to 400
    EXPECT_EQ(group.computeNs, 50);
    EXPECT_EQ(group.waitingNs, 10 + 10);
    EXPECT_EQ(group.straggler, 2U);
    EXPECT_EQ(group.behindNs, 400 - (260 + 400) / 2.0) << "hosts 1 and 2 end at 260 and 400";
    ASSERT_EQ(group.path.size(), 3U);
    EXPECT_EQ(group.path[0].task, "flow 0 from 0 to 1");
    EXPECT_EQ(group.path[0].waitedNs, 0) << "what comes before the group is not of it";
    EXPECT_EQ(group.path[1].task, "compute 0 at 1");
    EXPECT_EQ(group.path[1].waitedNs, 10);
    EXPECT_EQ(group.path[2].startNs, 270);
    EXPECT_EQ(group.path[2].busyNs, 130);
    ASSERT_EQ(group.bars.size(), 3U);
    EXPECT_NE(TimelineChart(group).find("class=\"computes\""), std::string::npos);
}

TEST(GroupTimes, APathGoesThroughOtherGroupsAndStopsAtSetStarts)
{
    // flow 0 runs from 0 to 50; flow 2, of no group, is set to start at 20 and ends at 150, for which flow 1 waits
    Schedule schedule;
    const uint32_t group = schedule.AddGroup({"g", "g"});
    schedule.SetGroup(schedule.AddFlow({0, 1, 1000, 0}), group);
    const TaskId last = schedule.AddFlow({1, 2, 1000, 0});
    schedule.SetGroup(last, group);
    schedule.AddDependency(last, {schedule.AddFlow({2, 3, 1000, 20}), TaskEvent::RECEIVED, 0});
    const TaskTimes times{{0, 150, 20}, {50, 200, 150}, {60, 210, 160}};
    const GroupTimes of = GroupsOf(schedule, times).at(0);
    EXPECT_EQ(of.transferNs, 50 + 130);
    EXPECT_EQ(of.waitingNs, 20);
    EXPECT_EQ(of.CompletionNs(), 200);
}

TEST(GroupTimes, AGroupWithATaskThatDoesNotEndHasNoTime)
{
    TaskTimes times = TimesOfChain();
    times.startNs[1] = times.receivedNs[1] = times.sentNs[1] = std::nan("");
    const std::vector<GroupTimes> groups = GroupsOf(ChainOfTasks(), times);
    EXPECT_EQ(groups.at(0).unfinished, 1U);
    EXPECT_TRUE(std::isnan(groups[0].CompletionNs()));
    EXPECT_EQ(groups[0].startNs, 100);
    const std::vector<SlowdownReport> reports{ReportOf(groups)};
    std::stringstream csv;
    WriteGroupsCsv(reports, csv);
    EXPECT_NE(csv.str().find("packet,\"chain\",\"the chain\",3,1,100,,,,,,\n"), std::string::npos) << csv.str();
    std::stringstream text;
    PrintGroups(reports, text);
    EXPECT_NE(text.str().find("packet: 1 of 1 groups did not finish"), std::string::npos) << text.str();
}

TEST(GroupTimes, ReportsHaveTheDistributionOfEachKind)
{
    std::vector<GroupTimes> groups;
    for (int i = 1; i <= 101; i++)
    {
        GroupTimes group;
        group.kind = i % 2 == 0 ? "even" : "odd";
        group.endNs = 1000.0 * i;
        groups.push_back(group);
    }
    const std::vector<KindTimes> kinds = KindsOf(ReportOf(groups));
    ASSERT_EQ(kinds.size(), 2U);
    EXPECT_EQ(kinds[0].kind, "odd");
    EXPECT_EQ(kinds[0].groups, 51U);
    EXPECT_EQ(kinds[0].QuantileNs(0.5), 51'000);
    EXPECT_EQ(kinds[1].QuantileNs(1), 100'000);
    std::stringstream none;
    PrintGroups({ReportOf({})}, none);
    EXPECT_EQ(none.str(), "");
}
