// SPDX-License-Identifier: GPL-2.0-only
// Programs on flows that wait for others, as a user starts them.
#include "tools/programs.h"

#include "ns3/m3-numbers.h"
#include "ns3/m3-text-file.h"

using namespace ns3::m3;

namespace
{

/// A chain of three flows in one group.
constexpr const char* CHAIN = "m3-schedule 1\ngroup 0 kind=chain name=the%20chain\n"
                              "flow a 0 5 100000 group=0\nflow b 5 2 100000 group=0\nflow c 2 7 100000 group=0\n"
                              "after b a received\nafter c b sent 1us\n";

} // namespace

TEST_F(Programs, EnginesThatRefuseAScheduleAreLeftOutWithANote)
{
    Write("chain.txt", std::string(CHAIN) + "end\n");
    const std::string files = "--topology=" + File("topo.txt") + " --flows=" + File("chain.txt");
    const Outcome outcome = Start("m3-compare", files + " --engines=sampled,packet,flowsim --out=" + File("out"));
    ASSERT_EQ(outcome.code, 0) << outcome.output;
    EXPECT_NE(outcome.output.find("packet: left out of the comparison: sampled; "), std::string::npos)
        << outcome.output;
    const std::string report = Content(File("out/report.csv"));
    EXPECT_NE(report.find("packet,"), std::string::npos);
    EXPECT_NE(report.find("flowsim,"), std::string::npos);
    EXPECT_EQ(report.find("sampled"), std::string::npos);
    ExpectRefused("m3-compare", files + " --engines=sampled", "the engine sampled simulates windows of time of a list");
    ExpectRefused("m3-estimate", files + " --engine=published", "the engine published samples paths of a list");
    ExpectRefused("m3-estimate",
                  files + " --engine=m3 --scope=paths",
                  "estimates flows that wait for others with the scope network alone, not with the scope paths");
    ExpectRefused("m3-estimate", files + " --max-passes=0", "--max-passes");
    ExpectRefused("m3-estimate", files + " --pass-tolerance=2", "--pass-tolerance");
}

TEST_F(Programs, WhatIsEstimatedByPassesSaysSoWhereverItIsWritten)
{
    Write("chain.txt", std::string(CHAIN) + "end\n");
    const Outcome outcome =
        Start("m3-compare",
              "--topology=" + File("topo.txt") + " --flows=" + File("chain.txt") +
                  " --engines=packet,parsimon,m3-network --out=" + File("out") + " --report=" + File("page.html"));
    ASSERT_EQ(outcome.code, 0) << outcome.output;
    const std::string line = "estimated by passes, since flows wait for others: ";
    EXPECT_NE(outcome.output.find("parsimon: " + line), std::string::npos) << outcome.output;
    EXPECT_NE(outcome.output.find("m3-network: " + line), std::string::npos);
    EXPECT_NE(Content(File("page.html")).find(line), std::string::npos);
    const std::string json = Content(File("out/report.json"));
    EXPECT_NE(json.find(line), std::string::npos);
    EXPECT_NE(json.find("\"passes\": {\n      \"count\": "), std::string::npos) << json;
    const std::string groups = Content(File("out/groups.csv"));
    EXPECT_NE(groups.find("waiting_ns,passes,last_change\n"), std::string::npos) << groups;
    EXPECT_NE(groups.find("\nparsimon,"), std::string::npos);
    EXPECT_NE(groups.find("\nm3-network,"), std::string::npos);
}

TEST_F(Programs, FilesOfSchedulesAreCheckedByEveryProgram)
{
    Write("flow.txt", CHAIN); // FLOW_FILE of the config
    const std::string cut = "flow.txt:7: end: missing: the last line must be 'end', so this file is cut off";
    const std::string files = "--topology=" + File("topo.txt") + " --flows=" + File("flow.txt");
    ExpectRefused("m3-compare", files, cut);
    ExpectRefused("m3-estimate", files, cut);
    ExpectRefused("m3-flowsim", files, cut);
    ExpectRefused("m3-sweep", files + " --grid=pfc=on,off", cut);
    ExpectRefused("m3-packet", "--config=" + File("config.txt"), cut);
}

TEST_F(Programs, StartsInFilesAreThoseOfTheRun)
{
    Write("flow.txt", std::string(CHAIN) + "end\n");
    ASSERT_EQ(Start("m3-packet", "--config=" + File("config.txt")).code, 0);
    TextReader fct(File("fct.txt"));
    std::vector<uint64_t> starts;
    std::vector<uint64_t> ends;
    while (fct.Next())
    {
        starts.push_back(fct.Integer(5, "start"));
        ends.push_back(starts.back() + fct.Integer(starts.size() == 2 ? 6 : 8, "FCT"));
    }
    ASSERT_EQ(starts.size(), 3U);
    EXPECT_EQ(starts[1], ends[0]) << "it waits for what was received";
    EXPECT_EQ(starts[2], ends[1] + 1000) << "it waits for the ACK and 1 us";

    const std::string files = "--topology=" + File("topo.txt") + " --flows=" + File("flow.txt") + " --engine=packet";
    for (const char* file : {"fct.csv", "estimate.txt"})
    {
        ASSERT_EQ(Start("m3-estimate", files + " --fct=" + File(file)).code, 0);
    }
    EXPECT_NE(Content(File("fct.csv")).find("\n0,0,5,100000,0,"), std::string::npos);
    EXPECT_EQ(Content(File("fct.csv")).find("\n1,5,2,100000,0,"), std::string::npos) << "not its earliest start";
    EXPECT_EQ(Start("m3-flowsim",
                    "--topology=" + File("topo.txt") + " --flows=" + File("flow.txt") + " --out=" + File("fluid.txt"))
                  .code,
              0);
    TextReader fluid(File("fluid.txt"));
    double end = 0;
    for (int flow = 0; flow < 2; flow++)
    {
        ASSERT_TRUE(fluid.Next());
        EXPECT_EQ(fluid.Number(2, "start", 0, 1e9), end);
        end += fluid.Number(1, "FCT", 0, 1e9);
    }
}

TEST_F(Programs, AScheduleWithoutDependenciesGivesTheBytesOfTheList)
{
    std::string list = "200\n";
    std::string schedule = "m3-schedule 1\n";
    for (int i = 0; i < 200; i++)
    {
        const std::string hosts = std::to_string(i % 8) + " " + std::to_string((i + 1 + i % 5) % 8);
        const std::string bytes = std::to_string(100 + i * 977 % 60'000);
        list += hosts + " 3 100 " + bytes + " " + "0.0000" + std::to_string(10000 + 7 * i) + "\n";
        schedule += "flow flow." + std::to_string(i) + " " + hosts + " " + bytes +
                    " start=" + std::to_string(10'000 + 7 * i) + "ns\n";
    }
    Write("list.txt", list);
    Write("schedule.txt", schedule + "end\n");
    for (const char* engine : {"packet", "flowsim", "parsimon", "m3"})
    {
        std::string results[2];
        for (const bool isList : {true, false})
        {
            const std::string out = isList ? "list" : "schedule";
            const Outcome outcome =
                Start("m3-estimate",
                      "--topology=" + File("topo.txt") + " --flows=" + File(out + ".txt") + " --engine=" + engine +
                          " --out=" + File(out) + " --fct=" + File(out + ".csv"));
            ASSERT_EQ(outcome.code, 0) << outcome.output;
            results[isList] = Content(File(out + "/report.csv")) + Content(File(out + ".csv"));
        }
        EXPECT_GT(results[0].size(), 5000U) << engine;
        EXPECT_EQ(results[0], results[1]) << engine;
    }
}

TEST_F(Programs, CollectivesAndClientsMayBeGivenSeveralTimes)
{
    // 8 hosts: a ring all-reduce of groups of 4 has 2 * 2 * 3 * 4 flows, an all-to-all of all 8 * 7; a request 2
    const std::string run = "--topology=" + File("topo.txt") + " --engines=flowsim --out=" + File("out");
    const Outcome outcome =
        Start("m3-compare",
              run + " --collective=ring-allreduce:1MB:group=4 --collective=alltoall:80KB "
                    "--clients=2:requests=3 --clients=1:requests=4:fan-out=2 --clients=2:requests=3");
    ASSERT_EQ(outcome.code, 0) << outcome.output;
    EXPECT_NE(outcome.output.find(std::to_string(48 + 56 + 2 * 6 + 2 * 8 + 2 * 6) + " flows of"), std::string::npos)
        << outcome.output;
    EXPECT_NE(outcome.output.find("written: " + File("out") + "/report.csv, report.json, groups.csv, slowdown.png"),
              std::string::npos)
        << outcome.output;
    EXPECT_TRUE(std::filesystem::exists(File("out/groups.csv")));
    ExpectRefused("m3-compare", run + " --clients=2 --clients=0", "--clients");
    ExpectRefused("m3-compare", run + " --collective=ring-allreduce:1MB --collective=ring", "ring");
}

TEST_F(Programs, SweepHasTheCompletionTimesOfGroups)
{
    const Outcome outcome = Start("m3-sweep",
                                  "--topology=" + File("topo.txt") +
                                      " --engine=flowsim --collective=ring-allreduce:1MB:group=4"
                                      " --grid=payload=1000,4000 --out=" +
                                      File("out"));
    ASSERT_EQ(outcome.code, 0) << outcome.output;
    EXPECT_EQ(outcome.output.find("nan"), std::string::npos) << outcome.output;
    EXPECT_NE(outcome.output.find("completion time of groups"), std::string::npos) << outcome.output;
    std::istringstream csv(Content(File("out/groups.csv")));
    std::string line;
    std::getline(csv, line);
    EXPECT_EQ(line, "payload,kind,groups,unfinished,p50_ns,p99_ns,max_ns");
    std::vector<double> longestNs;
    while (std::getline(csv, line))
    {
        const std::vector<std::string> cells = SplitList(line);
        ASSERT_EQ(cells.size(), 7U) << line;
        EXPECT_EQ(cells[2], "2") << "groups";
        EXPECT_EQ(cells[3], "0") << "unfinished";
        longestNs.push_back(std::stod(cells[6]));
    }
    // 6 steps of 250 kB each, with 250 headers of 48 B or 63; the last packet of a step takes longer if it is larger
    ASSERT_EQ(longestNs.size(), 2U);
    EXPECT_LT(longestNs[0] / longestNs[1], (250'000.0 + 250 * 48) / (250'000.0 + 63 * 48));
    EXPECT_GT(longestNs[0] / longestNs[1], 1.01);
}

TEST_F(Programs, WhatTheLineOfWrittenFilesNamesIsThere)
{
    const std::string run = "--topology=" + File("topo.txt") + " --flows=" + File("flow.txt") + " --engines=flowsim";
    const Outcome outcome = Start("m3-compare", run + " --out=" + File("out"));
    ASSERT_EQ(outcome.code, 0) << outcome.output;
    EXPECT_NE(outcome.output.find("/report.csv, report.json, slowdown.png, slowdown.svg"), std::string::npos)
        << outcome.output;
    EXPECT_FALSE(std::filesystem::exists(File("out/groups.csv")));
}

TEST_F(Programs, OptionsThatChangeNothingAreNoted)
{
    const std::string files = "--topology=" + File("topo.txt") + " --flows=" + File("flow.txt");
    const Outcome outcome = Start("m3-compare", files + " --engines=flowsim --racks=7 --load=0.3 --seed=4");
    ASSERT_EQ(outcome.code, 0) << outcome.output;
    EXPECT_NE(outcome.output.find("note: --racks changes nothing beside a topology file\n"), std::string::npos);
    EXPECT_NE(outcome.output.find("note: --load changes nothing beside a file of flows\n"), std::string::npos);
    EXPECT_EQ(outcome.output.find("--seed changes"), std::string::npos);
    for (const char* rate : {"host-rate", "fabric-rate"})
    {
        ExpectRefused("m3-sweep",
                      "--engine=flowsim --topology=" + File("topo.txt") + " --count=100 --grid=" + rate +
                          "=10Gbps,20Gbps",
                      std::string("--grid: ") + rate + " changes nothing beside a topology file");
    }
}
