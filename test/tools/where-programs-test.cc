// SPDX-License-Identifier: GPL-2.0-only
// Programs say where flows are slow, and write tables that Python and gnuplot read.
#include "tools/programs.h"

#include <gtest/gtest.h>

#include <string>

using namespace ns3::m3;

namespace fs = std::filesystem;

namespace
{

constexpr const char* SMALL_SCENARIO = "--racks=2 --hosts=4 --fabric-rate=10Gbps --count=2000 ";

using WherePrograms = Programs;

std::size_t Lines(const std::string& text)
{
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

} // namespace

// 2 pods of 2 racks of 4 hosts: 16 host links, 2 x 2 x 2 of racks, 2 x 2 x 2 of pods: 64 directed links
TEST_F(WherePrograms, WriteLinksAndLabels)
{
    const Outcome outcome = Start(
        "m3-compare",
        SMALL_SCENARIO + std::string("--engines=packet,flowsim --links --by=rack-pair,class --out=") + File("result"));
    ASSERT_EQ(outcome.code, 0) << outcome.output;
    EXPECT_NE(outcome.output.find("of the delay of the slowest 1 % of flows (20)"), std::string::npos)
        << outcome.output;
    EXPECT_NE(outcome.output.find("packet: The slowest of "), std::string::npos) << outcome.output;
    EXPECT_NE(outcome.output.find("report.csv, report.json, links.csv, labels.csv"), std::string::npos);
    EXPECT_EQ(Lines(Content(folder / "result/links.csv")), 1U + 2 * 64);
    EXPECT_EQ(Lines(Content(folder / "result/labels.csv")), 1U + 2 * (16 + 1)); // 4 x 4 pairs of racks, one class

    const std::string root = M3_MODULE_DIR "/../..";
    const Outcome python = RunCommand("python3 '" + root + "/examples/read-tables.py' '" + File("result") + "'");
    EXPECT_EQ(python.code, 0) << python.output;
    EXPECT_NE(python.output.find("% of the delay of the tail"), std::string::npos) << python.output;
    EXPECT_NE(python.output.find("slowest: "), std::string::npos) << python.output;
    const Outcome gnuplot =
        RunCommand("gnuplot -e \"folder='" + File("result") + "'\" '" + root + "/examples/plot-links.gp'");
    EXPECT_EQ(gnuplot.code, 0) << gnuplot.output;
    EXPECT_GT(fs::file_size(folder / "result/links.png"), 1000U);
}

TEST_F(WherePrograms, WriteNeitherUnlessAsked)
{
    const Outcome outcome =
        Start("m3-compare", SMALL_SCENARIO + std::string("--engines=flowsim --out=") + File("result"));
    ASSERT_EQ(outcome.code, 0) << outcome.output;
    EXPECT_FALSE(fs::exists(folder / "result/links.csv"));
    EXPECT_FALSE(fs::exists(folder / "result/labels.csv"));
    EXPECT_EQ(Content(folder / "result/report.json").find("\"where\""), std::string::npos);
    EXPECT_EQ(outcome.output.find("slowest"), std::string::npos) << outcome.output;
}

TEST_F(WherePrograms, TakeLabelsFromAColumnOfATrace)
{
    // the three flows of flow.txt
    Write("trace.csv", "flow,tenant\n0,red\n1,blue\n2,red\n");
    const std::string scenario = "--engine=packet --topology=" + File("topo.txt") + " --flows=" + File("flow.txt");
    const Outcome outcome =
        Start("m3-estimate", scenario + " --labels=" + File("trace.csv") + ":tenant --out=" + File("result"));
    ASSERT_EQ(outcome.code, 0) << outcome.output;
    EXPECT_NE(Content(folder / "result/labels.csv").find("packet,\"tenant\",\"red\",2,0,"), std::string::npos)
        << Content(folder / "result/labels.csv");
    ExpectRefused("m3-estimate", scenario + " --labels=" + File("trace.csv") + ":colour", "colour");
    ExpectRefused("m3-estimate", scenario + " --labels=" + File("flow.txt"), "flow.txt");
    ExpectRefused("m3-estimate", scenario + " --by=rack", "rack-pair");
}
