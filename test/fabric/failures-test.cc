// SPDX-License-Identifier: GPL-2.0-only
// Failures of links and nodes: files, options, and what they come to on links.
#include "ns3/m3-failures.h"
#include "ns3/m3-input-error.h"

#include "temporary-folder.h"
#include "tools/programs.h"

#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <string>
#include <vector>

using namespace ns3::m3;

namespace
{

/// Hosts 0 and 1 behind switches 2 and 3, which two links join: 0 - 2, 1 - 3, 2 - 3, 2 - 3.
FabricGraph PairOfSwitches()
{
    FabricGraph fabric;
    fabric.AddNode(NodeKind::HOST);
    fabric.AddNode(NodeKind::HOST);
    fabric.AddNode(NodeKind::SWITCH);
    fabric.AddNode(NodeKind::SWITCH);
    fabric.AddLink(0, 2, 10'000'000'000, 1000);
    fabric.AddLink(1, 3, 10'000'000'000, 1000);
    fabric.AddLink(2, 3, 40'000'000'000, 1000);
    fabric.AddLink(3, 2, 40'000'000'000, 1000);
    return fabric;
}

std::string FailureFile(const std::string& text)
{
    const std::string file = TemporaryFolder() / "failures.txt";
    std::ofstream(file) << text;
    return file;
}

std::string FailureError(const std::function<void()>& run)
{
    try
    {
        run();
    }
    catch (const InputError& error)
    {
        return error.what();
    }
    return "";
}

/// "100:0-" for link 0 down at 100 ns, "100:0+" up, "100:0=5" for 5 bit/s, "100:0?0.5" for an error rate
std::string ChangesText(const std::vector<LinkChange>& changes)
{
    std::string text;
    for (const LinkChange& change : changes)
    {
        text += (text.empty() ? "" : " ") + std::to_string(change.timeNs) + ":" + std::to_string(change.link);
        text += change.bitsPerSecond > 0 ? "=" + std::to_string(change.bitsPerSecond)
                : change.errorRate >= 0  ? "?" + std::to_string(change.errorRate).substr(0, 4)
                : change.up              ? "+"
                                         : "-";
    }
    return text;
}

} // namespace

TEST(Failures, AreReadFromAFile)
{
    const std::string file = FailureFile("# time what\n"
                                         "100 link-down 3 9\n"
                                         "\n"
                                         "1.5ms link-up 3 9 # mended\n"
                                         "200us node-down 12\n"
                                         "4ms node-up 12\n"
                                         "0 link-rate 3 10 25%\n"
                                         "0 link-rate 3 10 2.5Gbps\n"
                                         "7ns link-loss 3 10 1e-4\n");
    const std::vector<Failure> failures = ReadFailures(file);
    std::string text;
    for (const Failure& failure : failures)
    {
        text += FailureText(failure) + "\n";
    }
    EXPECT_EQ(text,
              "100000ns link-down 3 9\n"
              "1500000ns link-up 3 9\n"
              "200000ns node-down 12\n"
              "4000000ns node-up 12\n"
              "0ns link-rate 3 10 25%\n"
              "0ns link-rate 3 10 2500000000bps\n"
              "7ns link-loss 3 10 1e-04\n");
    EXPECT_EQ(failures[1].where, file + ":4");
    std::string again;
    for (const Failure& failure : ReadFailures(FailureFile(text)))
    {
        again += FailureText(failure) + "\n";
    }
    EXPECT_EQ(again, text) << "what was written is read again";
    EXPECT_TRUE(ReadFailures(FailureFile("")).empty());
    EXPECT_EQ(ParseFailures("--failure", "100us link-down 3 9; 2ms link-up 3 9").size(), 2U);
    EXPECT_TRUE(ParseFailures("--failure", "").empty());
}

TEST(Failures, ThatAreWrongNameFileLineAndField)
{
    const auto error = [](const std::string& line)
    {
        const std::string file = FailureFile("\n" + line + "\n");
        const std::string text = FailureError([&] { LinkChangesOf(PairOfSwitches(), ReadFailures(file)); });
        return text.substr(0, file.size()) == file ? text.substr(file.size()) : text;
    };
    EXPECT_EQ(error("5 link-down"), ":2: failure: has 2 fields; it needs a time, what happens, and a node or two");
    EXPECT_EQ(error("5 link-down 2"),
              ":2: failure: link-down needs 4 fields in all, and here are 3: time, what, node, node");
    EXPECT_EQ(error("5 node-up 2 3"), ":2: failure: node-up needs 3 fields in all, and here are 4: time, what, node");
    EXPECT_EQ(error("5 link-rate 2 3"),
              ":2: failure: link-rate needs 5 fields in all, and here are 4: time, what, node, node, rate");
    EXPECT_EQ(error("5 link-breaks 2 3"),
              ":2: what: 'link-breaks' is none of link-down, link-up, node-down, node-up, link-rate, link-loss");
    EXPECT_EQ(error("-5 link-down 2 3").rfind(":2: time: '-5' is not", 0), 0U) << error("-5 link-down 2 3");
    EXPECT_EQ(error("5 link-down x 3").rfind(":2: node: 'x' is not", 0), 0U) << error("5 link-down x 3");
    EXPECT_EQ(error("5 link-down 2 4"), ":2: node: 4 does not exist, there are 4");
    EXPECT_EQ(error("5 node-down 4"), ":2: node: 4 does not exist, there are 4");
    EXPECT_EQ(error("5 link-down 0 1"), ":2: link: no link joins nodes 0 and 1");
    const std::string high =
        ":2: rate: must be above 0 and at most the 10000000000 bit/s that the link between nodes 0 "
        "and 2 has at first";
    EXPECT_EQ(error("5 link-rate 0 2 11Gbps"), high);
    EXPECT_EQ(error("5 link-rate 0 2 0%"), high);
    EXPECT_EQ(error("5 link-rate 0 2 101%"), ":2: rate: must be in 0..100, is 101");
    EXPECT_EQ(error("5 link-loss 0 2 1"), ":2: loss: must be at least 0 and below 1");
    EXPECT_EQ(
        FailureError([] { ParseFailures("--failure", "5 node-down"); }).rfind("--failure: failure: has 2 fields", 0),
        0U);
    EXPECT_EQ(FailureError([] { LinkChangesOf(PairOfSwitches(), ParseFailures("--failure", "5 node-down 7")); }),
              "--failure: node: 7 does not exist, there are 4");
}

TEST(Failures, ALinkIsUpWhileNeitherItNorItsEndsAreDown)
{
    const auto changes = [](const std::string& text)
    { return ChangesText(LinkChangesOf(PairOfSwitches(), ParseFailures("text", text))); };
    EXPECT_EQ(changes("5ns link-down 0 2; 9ns link-up 2 0"), "5:0- 9:0+");
    EXPECT_EQ(changes("9ns link-up 2 0; 5ns link-down 0 2"), "5:0- 9:0+") << "in any order";
    EXPECT_EQ(changes("5ns link-down 3 2"), "5:4- 5:6-") << "both of them";
    EXPECT_EQ(changes("5ns node-down 2; 7ns node-up 2"), "5:0- 5:4- 5:6- 7:0+ 7:4+ 7:6+");
    EXPECT_EQ(changes("5ns node-down 2; 6ns node-down 3; 7ns node-up 2; 8ns node-up 3"),
              "5:0- 5:4- 5:6- 6:2- 7:0+ 8:2+ 8:4+ 8:6+")
        << "a link between two that are down waits for both";
    EXPECT_EQ(changes("4ns link-down 0 2; 5ns node-down 2; 7ns node-up 2; 9ns link-up 0 2"),
              "4:0- 5:4- 5:6- 7:4+ 7:6+ 9:0+");
    EXPECT_EQ(changes("4ns link-up 0 2; 5ns node-up 2"), "") << "they are";
    EXPECT_EQ(changes("4ns link-rate 0 2 25%; 5ns link-loss 0 2 0.25"), "4:0=2500000000 5:0?0.25");
    EXPECT_TRUE(LinkChangesOf(PairOfSwitches(), ParseFailures("text", "1ns link-rate 0 2 1Gbps"))[0].up) << "stays up";
}

TEST_F(Programs, TakeFailuresFromAFileAndFromSeveralOptions)
{
    // host 0 is cut off from its switch, node 16: for a while, all flows end; for good, some cannot
    const std::string run = "--racks=2 --hosts=4 --count=2000 --engine=packet ";
    const std::string down = "--failure='2ms link-down 0 16' ";
    const std::string up = "--failure='9ms link-up 0 16' ";
    const std::string both = Start("m3-estimate", run + down + up).output;
    EXPECT_NE(both.find("failures cut"), std::string::npos) << both;
    EXPECT_EQ(both.find("did not finish"), std::string::npos) << both;
    const std::string good = Start("m3-estimate", run + down).output;
    EXPECT_NE(good.find("did not finish"), std::string::npos) << good;
    Write("failures.txt", "2ms link-down 0 16\n");
    const std::string file = Start("m3-estimate", run + up + "--failures=" + File("failures.txt")).output;
    EXPECT_EQ(file.substr(0, file.find("time")), both.substr(0, both.find("time")));
    ExpectRefused("m3-estimate", run + down + "--failure='1ms link-down 0 99'", "--failure");
}
