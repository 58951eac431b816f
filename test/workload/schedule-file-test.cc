// SPDX-License-Identifier: GPL-2.0-only
// This module's own files of schedules: what is written is read again, and what is wrong with a file.
#include "input-file.h"
#include "packet/engine/star.h"

#include "core/random-stream.h"
#include "ns3/m3-engine.h"
#include "ns3/m3-packet-simulation.h"
#include "ns3/m3-scenario.h"
#include "ns3/m3-schedule.h"
#include "ns3/m3-text-file.h"
#include "workload/flow-file.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

using namespace ns3::m3;

namespace
{

/// Hosts 0 to 3 and switch 4.
const FabricGraph& ScheduleStar()
{
    static const FabricGraph star = Star(4, 10 * GBIT);
    return star;
}

Schedule ReadScheduleText(const std::string& text, InputNotes* notes = nullptr)
{
    return ReadTrafficFile(WriteInput("schedule.txt", text), ScheduleStar(), StartTimes::SECONDS, notes);
}

/// What is wrong with a file whose first and last lines are right.
std::string LinesError(const std::string& lines)
{
    return InputErrorOf([&] { ReadScheduleText("m3-schedule 1\n" + lines + "end\n"); });
}

std::string WrittenText(const Schedule& schedule)
{
    const std::string file = WriteInput("written.txt", "");
    WriteSchedule(schedule, file);
    std::stringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

/// Tasks with and without names and groups, which wait for earlier ones.
Schedule NamedTasks(uint64_t seed)
{
    RandomStream random(seed);
    const auto draw = [&](double below) { return static_cast<uint32_t>(random.Uniform() * below); };
    Schedule schedule;
    schedule.AddGroup({"all-reduce 1 of ranks 0 to 3", "all-reduce"});
    schedule.AddGroup({"", "flow.7 100%"});
    std::vector<TaskId> tasks;
    for (uint32_t i = 0; i < 50; i++)
    {
        const NodeId src = draw(4);
        const auto start = static_cast<int64_t>(draw(3)) * 123'456'789'012'345'678;
        const TaskId task =
            i % 3 == 2 ? schedule.AddCompute({src, draw(1000), start})
                       : schedule.AddFlow({src, (src + 1) % 4, 1 + draw(9000), start, static_cast<uint8_t>(draw(8))});
        if (i % 4 == 0)
        {
            schedule.SetName(task, (i % 8 == 0 ? "flow." : "rank 3, step #") + std::to_string(i));
        }
        if (i % 5 < 2)
        {
            schedule.SetGroup(task, i % 5);
        }
        for (uint32_t edges = tasks.empty() ? 0 : draw(3); edges > 0; edges--)
        {
            schedule.AddDependency(
                task,
                {tasks[draw(static_cast<double>(tasks.size()))], static_cast<TaskEvent>(draw(3)), draw(2) * 700});
        }
        tasks.push_back(task);
    }
    return schedule;
}

void ExpectSameSchedule(const Schedule& a, const Schedule& b)
{
    ASSERT_EQ(a.Flows().size(), b.Flows().size());
    ASSERT_EQ(a.TaskCount(), b.TaskCount());
    ASSERT_EQ(a.Dependencies().size(), b.Dependencies().size());
    ASSERT_EQ(a.Groups().size(), b.Groups().size());
    for (std::size_t place = 0; place < a.TaskCount(); place++)
    {
        const TaskId task = a.TaskAt(place);
        EXPECT_EQ(a.NameOf(task), b.NameOf(task));
        EXPECT_EQ(a.GroupOf(task), b.GroupOf(task));
        if (task.IsCompute())
        {
            const Compute& of = a.Computes()[task.Index()];
            const Compute& other = b.Computes()[task.Index()];
            EXPECT_EQ(of.host, other.host);
            EXPECT_EQ(of.durationNs, other.durationNs);
            EXPECT_EQ(of.startNs, other.startNs);
            continue;
        }
        const Flow& of = a.Flows()[place];
        const Flow& other = b.Flows()[place];
        EXPECT_EQ(of.src, other.src);
        EXPECT_EQ(of.dst, other.dst);
        EXPECT_EQ(of.sizeBytes, other.sizeBytes);
        EXPECT_EQ(of.startNs, other.startNs);
        EXPECT_EQ(of.priorityGroup, other.priorityGroup);
    }
    for (std::size_t i = 0; i < a.Dependencies().size(); i++)
    {
        const Schedule::Edge& edge = a.Dependencies()[i];
        const Schedule::Edge& other = b.Dependencies()[i];
        EXPECT_TRUE(edge.task == other.task && edge.dependency.predecessor == other.dependency.predecessor);
        EXPECT_EQ(edge.dependency.event, other.dependency.event);
        EXPECT_EQ(edge.dependency.delayNs, other.dependency.delayNs);
    }
    for (std::size_t i = 0; i < a.Groups().size(); i++)
    {
        EXPECT_EQ(a.Groups()[i].name, b.Groups()[i].name);
        EXPECT_EQ(a.Groups()[i].kind, b.Groups()[i].kind);
    }
}

} // namespace

TEST(ScheduleFile, WhatIsWrittenIsReadAgainTaskByTask)
{
    for (uint64_t seed = 1; seed <= 20; seed++)
    {
        const Schedule schedule = NamedTasks(seed);
        const std::string text = WrittenText(schedule);
        const Schedule read = ReadScheduleText(text);
        ExpectSameSchedule(schedule, read);
        EXPECT_EQ(WrittenText(read), text);
    }
}

TEST(ScheduleFile, LinesSayWhatATaskIs)
{
    InputNotes notes;
    const Schedule schedule = ReadScheduleText("m3-schedule 1 # comment\n"
                                               "group ar kind=all-reduce name=all-reduce%201\n"
                                               "group other\n"
                                               "flow a 0 1 16MiB start=2us class=5 group=ar\n"
                                               "compute think 1 1.5us\n"
                                               "flow flow.1 1 2 100\n"
                                               "after think a received\n"
                                               "after flow.1 think sent 30\n"
                                               "after flow.1 a started 1ms\n"
                                               "end\nmore\n",
                                               &notes);
    ASSERT_EQ(schedule.Flows().size(), 2U);
    EXPECT_EQ(schedule.Flows()[0].sizeBytes, 16U << 20);
    EXPECT_EQ(schedule.Flows()[0].startNs, 2000);
    EXPECT_EQ(schedule.Flows()[0].priorityGroup, 5);
    EXPECT_EQ(schedule.Flows()[1].priorityGroup, 3);
    EXPECT_EQ(schedule.NameOf(TaskId::OfFlow(1)), "flow 1");
    EXPECT_EQ(schedule.Computes().at(0).durationNs, 1500);
    EXPECT_EQ(schedule.Groups().at(0).name, "all-reduce 1");
    EXPECT_EQ(schedule.Groups().at(1).kind, "other");
    EXPECT_EQ(schedule.GroupOf(TaskId::OfFlow(0)), 0U);
    EXPECT_EQ(schedule.GroupOf(TaskId::OfFlow(1)), Schedule::NO_GROUP);
    ASSERT_EQ(schedule.Dependencies().size(), 3U);
    EXPECT_EQ(schedule.Dependencies()[1].dependency.delayNs, 30);
    EXPECT_EQ(schedule.Dependencies()[2].dependency.event, TaskEvent::STARTED);
    ASSERT_EQ(notes.size(), 1U);
    EXPECT_NE(notes[0].find("schedule.txt:11: what follows the line 'end' is ignored"), std::string::npos);
}

TEST(ScheduleFile, ErrorsNameFileLineAndTask)
{
    const std::string two = "flow a 0 1 10\nflow b 1 2 10\n"; // lines 2 and 3
    EXPECT_EQ(LinesError(two), "");
    EXPECT_EQ(LinesError(two + "after a b sent\nafter b a received 5\n"),
              "schedule.txt:2: 'a': waits for itself: a waits for b, b waits for a");
    EXPECT_EQ(LinesError("compute c 0 5\nafter c c started\n"), "schedule.txt:2: 'c': waits for itself: c waits for c");
    EXPECT_EQ(LinesError(two + "after a x sent\n"),
              "schedule.txt:4: 'a': waits for 'x': no line before this one has a flow or computation of this name");
    EXPECT_EQ(LinesError(two + "after flow.2 a sent\n"),
              "schedule.txt:4: 'flow.2': no line before this one has a flow or computation of this name");
    EXPECT_EQ(LinesError(two + "after a b ended\n"), "schedule.txt:4: 'a': 'ended' is not started, sent or received");
    EXPECT_EQ(LinesError(two + "after a b sent -5\n").substr(0, 26), "schedule.txt:4: 'a': delay");
    EXPECT_EQ(LinesError(two + "after a b sent 2e9s\n"),
              "schedule.txt:4: 'a': delay: must be at most 1e9 s, is '2e9s'");
    EXPECT_EQ(LinesError(two + "flow a 0 1 5\n"), "schedule.txt:4: 'a': name: an earlier task has it");
    EXPECT_EQ(LinesError(two + "flow flow.9 0 1 5\n"), "schedule.txt:4: 'flow.9': name: this one is flow.2");
    EXPECT_EQ(LinesError("flow compute.0 0 1 5\n"), "schedule.txt:2: 'compute.0': name: this one is flow.0");
    EXPECT_EQ(LinesError("flow a 0 9 5\n"), "schedule.txt:2: 'a': dst: node 9 does not exist, there are 5");
    EXPECT_EQ(LinesError("compute c 4 5\n").substr(0, 47), "schedule.txt:2: 'c': host: node 4 is a switch, ");
    EXPECT_EQ(LinesError("flow a 2 2 5\n"), "schedule.txt:2: 'a': dst: is the source itself");
    EXPECT_EQ(LinesError("flow a 0 1 0\n").substr(0, 25), "schedule.txt:2: 'a': size");
    EXPECT_EQ(LinesError("flow a 0 1 5 class=8\n"), "schedule.txt:2: 'a': class: must be in 0..7, is 8");
    EXPECT_EQ(LinesError("flow a 0 1 5 group=g\n"),
              "schedule.txt:2: 'a': group: no line before this one has the group 'g'");
    EXPECT_EQ(LinesError("group g\ngroup g\n"), "schedule.txt:3: 'g': group: an earlier one has this id");
    EXPECT_EQ(LinesError("flow a 0 1 5 start=1 start=2\n"), "schedule.txt:2: 'a': start= comes twice");
    EXPECT_EQ(LinesError("flow a 0 1 5 colour=red\n"),
              "schedule.txt:2: 'a': 'colour=red' is not expected; needs flow NAME SRC DST BYTES, then start=, class=, "
              "dport= and group=");
    EXPECT_EQ(
        LinesError("flow a 0 1\n"),
        "schedule.txt:2: 'a': has 4 fields; needs flow NAME SRC DST BYTES, then start=, class=, dport= and group=");
    EXPECT_EQ(LinesError("flow %0A 0 1 5\n"), "schedule.txt:2: '%0A': name: has a control character");
    EXPECT_EQ(LinesError("flow a%2 0 1 5\n"),
              "schedule.txt:2: 'a%2': name: needs two digits 0 to 9 or A to F behind each %");
    EXPECT_EQ(LinesError("flaw a 0 1 5\n"),
              "schedule.txt:2: line: begins with 'flaw', not with group, flow, compute, after or end");
    EXPECT_EQ(InputErrorOf([&] { ReadScheduleText("m3-schedule 1\n" + two); }),
              "schedule.txt:3: end: missing: the last line must be 'end', so this file is cut off");
    EXPECT_EQ(InputErrorOf([&] { ReadScheduleText("m3-schedule 2\nend\n"); }),
              "schedule.txt:1: version: must be 1, is '2'");
}

TEST(ScheduleFile, NamesThatAFileCannotHoldAreRefused)
{
    Schedule schedule(FlowList(2, {0, 1, 10, 0}));
    schedule.SetName(TaskId::OfFlow(0), "twice");
    schedule.SetName(TaskId::OfFlow(1), "twice");
    EXPECT_EQ(InputErrorOf([&] { WrittenText(schedule); }),
              "two tasks have the name 'twice': a file needs one for each");
    schedule.SetName(TaskId::OfFlow(1), "two\nlines");
    EXPECT_EQ(InputErrorOf([&] { WrittenText(schedule); }),
              "the name 'two\\x0Alines' has a control character and cannot be written");
}

TEST(ScheduleFile, AListIsNeededWhereStartsMustBeKnown)
{
    const std::string file =
        WriteInput("schedule.txt", "m3-schedule 1\nflow a 0 1 5\nflow b 0 1 5\nafter b a sent\nend\n");
    EXPECT_EQ(InputErrorOf([&] { ReadFlowFile(file, ScheduleStar(), StartTimes::SECONDS); }),
              "schedule.txt: its flows wait for others; a list of flows with their starts is needed here");
}

TEST(ScheduleFile, WithoutDependenciesItIsTheListThatItsStartsSay)
{
    FlowList flows;
    for (uint32_t i = 0; i < 300; i++)
    {
        flows.push_back({i % 4, (i + 1 + i / 7 % 3) % 4, 1 + i * 97 % 9000, i * 300});
    }
    const Schedule read = ReadScheduleText(WrittenText(Schedule(flows)));
    for (const char* engine : {"packet", "flowsim", "parsimon"})
    {
        const auto ofList = MakeEngine(engine)->RunPerFlow(Scenario(ScheduleStar(), RdmaConfig(), flows), Question());
        const auto ofFile = MakeEngine(engine)->RunPerFlow(Scenario(ScheduleStar(), RdmaConfig(), read), Question());
        ASSERT_EQ(ofList.size(), ofFile.size());
        for (std::size_t i = 0; i < ofList.size(); i++)
        {
            EXPECT_EQ(ofList[i].receiverNs, ofFile[i].receiverNs) << engine;
            EXPECT_EQ(ofList[i].senderNs, ofFile[i].senderNs) << engine;
        }
    }
    // lines in any order
    const Schedule sorted = ReadScheduleText("m3-schedule 1\nflow late 0 1 5 start=9\nflow early 1 2 5 start=3\nend\n");
    EXPECT_EQ(sorted.Flows()[0].startNs, 3);
    EXPECT_EQ(sorted.NameOf(TaskId::OfFlow(0)), "early");
}
