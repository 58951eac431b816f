// SPDX-License-Identifier: GPL-2.0-only
#include "input-file.h"
#include "packet/engine/star.h"

#include "workload/flow-file.h"

#include <gtest/gtest.h>

using namespace ns3::m3;

namespace
{

/// Hosts 0 to 3 and switch 4.
const FabricGraph& FourHosts()
{
    static const FabricGraph star = Star(4, 10'000'000'000);
    return star;
}

FlowList ReadFlowText(const std::string& text, InputNotes* notes = nullptr, StartTimes times = StartTimes::SECONDS)
{
    return ReadFlowFile(WriteInput("flows.txt", text), FourHosts(), times, notes);
}

std::string FlowError(const std::string& text, StartTimes times = StartTimes::SECONDS)
{
    return InputErrorOf([&] { ReadFlowText(text, nullptr, times); });
}

const std::string TWO = "2\n0 1 3 100 1000 2\n1 0 3 100 500 2.000000866\n";

} // namespace

TEST(FlowFile, WhatFollowsTheCountedFlowsIsIgnoredWithOneNote)
{
    InputNotes notes;
    EXPECT_EQ(ReadFlowText(TWO, &notes).size(), 2U);
    EXPECT_TRUE(notes.empty());
    EXPECT_EQ(ReadFlowText(TWO + "1 2 3 100 1 1\n\nFormat: src dst pg port bytes start\n", &notes).size(), 2U);
    ASSERT_EQ(notes.size(), 1U);
    EXPECT_EQ(notes[0].substr(TemporaryFolder().string().size() + 1),
              "flows.txt:4: what follows the 2 flows that the first line counts is ignored");
    EXPECT_EQ(FlowError(TWO.substr(0, TWO.find('\n', 2) + 1) + "# no more\n"),
              "flows.txt:3: number of flows: the first line says 2, the file has 1");
}

TEST(FlowFile, ThePriorityIsTheClassOfAFlow)
{
    InputNotes notes;
    const FlowList flows = ReadFlowText("3\n0 1 3 100 1000 2\n1 0 5 100 500 2\n2 0 0 100 500 2\n", &notes);
    EXPECT_EQ(flows[0].priorityGroup, 3);
    EXPECT_EQ(flows[1].priorityGroup, 5);
    EXPECT_EQ(flows[2].priorityGroup, 0);
    EXPECT_TRUE(notes.empty());
    EXPECT_EQ(FlowError("1\n0 1 8 100 1000 2\n"), "flows.txt:2: priority: must be in 0..7, is 8");
}

TEST(FlowFile, ANumberInFrontOfEachFlow)
{
    const FlowList flows = ReadFlowText("2\n0 1 0 3 100 86223 1\n1 2 3 3 100 70220 1.000003221\n");
    ASSERT_EQ(flows.size(), 2U);
    EXPECT_EQ(flows[0].src, 1U);
    EXPECT_EQ(flows[1].dst, 3U);
    EXPECT_EQ(flows[1].sizeBytes, 70220U);
    EXPECT_EQ(flows[1].startNs, 1'000'003'221);
    EXPECT_EQ(FlowError("1\n7 1 0 3 100 86223 1\n"),
              "flows.txt:2: flow: has 7 fields; the first must then count the flows from 0, and here be 0");
    EXPECT_EQ(FlowError("1\n1 0 3 100 86223 1 8 9\n"), "flows.txt:2: flow: has 8 fields instead of 6");
}

TEST(FlowFile, NoMemoryIsTakenForACountThatTheFileCannotHold)
{
    EXPECT_EQ(FlowError("4294967294\n0 1 3 100 1 0\n"),
              "flows.txt:1: number of flows: 4294967294 cannot be in a file of 25 bytes");
}

TEST(FlowFile, ByteOrderMarkAndLinesOfWindows)
{
    EXPECT_EQ(ReadFlowText("\xEF\xBB\xBF"
                           "1\r\n0 1 3 100 1000 2\r\n")
                  .size(),
              1U);
}

TEST(FlowFile, NumbersAreReadWhole)
{
    const auto withFlow = [](const std::string& flow) { return "1\n" + flow + "\n"; };
    EXPECT_EQ(FlowError(withFlow("0 1 3 100 1e3 2")), "flows.txt:2: size: '1e3' is not a whole number of 0 or more");
    EXPECT_EQ(FlowError(withFlow("0 1 3 100 0 2")), "flows.txt:2: size: must be in 1..1000000000000000, is 0");
    EXPECT_EQ(FlowError(withFlow("0 1 3 100 9 2,5")), "flows.txt:2: start: '2,5' is not a finite number");
    EXPECT_EQ(FlowError(withFlow("0 1 3 100 9 nan")), "flows.txt:2: start: 'nan' is not a finite number");
    EXPECT_EQ(FlowError(withFlow("0 1 3 100 9 -1")), "flows.txt:2: start: must be in 0..1e+09, is -1");
    EXPECT_EQ(FlowError(withFlow("0 1 3 100 9 2s")), "flows.txt:2: start: '2s' is not a finite number");
    EXPECT_EQ(FlowError(withFlow("0 1 3 100 9 1.5"), StartTimes::NANOSECONDS),
              "flows.txt:2: start: '1.5' is not a whole number of 0 or more");
    EXPECT_EQ(FlowError(withFlow("0 0 3 100 9 2")), "flows.txt:2: dst: is the source itself");
    EXPECT_EQ(FlowError("2\n0 1 3 100 9 2\n0 1 3 100 9 1\n"),
              "flows.txt:3: start: earlier than that of the flow before; sort the file by start");
    EXPECT_EQ(FlowError(withFlow("0 9 3 100 9 2")), "flows.txt:2: dst: node 9 does not exist, there are 5");
    EXPECT_EQ(FlowError(withFlow("0 4 3 100 9 2")).substr(0, 45), "flows.txt:2: dst: node 4 is a switch, not a h");
}

TEST(FlowFile, StartsAreExactBeyondWhatADoubleHolds)
{
    const FlowList flows{{0, 1, 1, 999'999'999'123'456'789}, {1, 0, 1, 999'999'999'123'456'790}};
    const std::string file = WriteInput("flows.txt", "");
    WriteFlowFile(flows, file, StartTimes::SECONDS);
    const FlowList read = ReadFlowFile(file, FourHosts(), StartTimes::SECONDS);
    EXPECT_EQ(read.at(0).startNs, flows[0].startNs);
    EXPECT_EQ(read.at(1).startNs, flows[1].startNs);
}
