// SPDX-License-Identifier: GPL-2.0-only
// The programs as a user starts them: what they write, and that wrong input gives one line, exit code 1 and no file.
#include "tools/programs.h"

#include "core/text-format.h"
#include "features/feature-schema.h"
#include "nn/correction-model.h"
#include "nn/model-checkpoint.h"
#include "nn/path-map-model.h"
#include "ns3/m3-text-file.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <map>
#include <sstream>

using namespace ns3::m3;

TEST_F(Programs, PacketReplaysAConfigFile)
{
    const Outcome outcome = Start("m3-packet", "--config=" + File("config.txt"));
    ASSERT_EQ(outcome.code, 0) << outcome.output;
    EXPECT_NE(outcome.output.find("3 of 3 flows finished"), std::string::npos) << outcome.output;
    TextReader fct(File("fct.txt"));
    int lines = 0;
    while (fct.Next())
    {
        ASSERT_EQ(fct.Fields(), 9U);
        EXPECT_GT(fct.Integer(6, "sender FCT"), fct.Integer(8, "receiver FCT"));
        lines++;
    }
    EXPECT_EQ(lines, 3);
    EXPECT_TRUE(std::filesystem::exists(File("pfc.txt")));
}

TEST_F(Programs, CompareWritesAllItsFiles)
{
    const Outcome outcome =
        Start("m3-compare",
              "--racks=2 --hosts=2 --count=500 --engines=packet,flowsim,parsimon,m3 --out=" + File("out"));
    ASSERT_EQ(outcome.code, 0) << outcome.output;
    for (const char* name : {"out/report.csv", "out/report.json", "out/slowdown.png", "out/slowdown.svg"})
    {
        EXPECT_GT(std::filesystem::file_size(File(name)), 1000U) << name;
    }
    for (const char* engine : {"packet", "flowsim", "parsimon", "m3"})
    {
        EXPECT_NE(outcome.output.find(engine), std::string::npos) << outcome.output;
    }
}

TEST_F(Programs, CompareWritesAPage)
{
    const std::string small = "--racks=2 --hosts=2 --count=500 --engines=packet,flowsim --report=";
    const Outcome outcome = Start("m3-compare", small + File("new/page.html"));
    EXPECT_EQ(outcome.code, 0) << outcome.output;
    std::stringstream page;
    page << std::ifstream(File("new/page.html")).rdbuf();
    EXPECT_EQ(page.str().find("<!doctype html>"), 0U);
    EXPECT_NE(page.str().find("m3-compare --racks=2 --hosts=2"), std::string::npos);
    ExpectRefused("m3-compare", small + File("topo.txt/page.html"), "cannot be made a folder");
}

TEST_F(Programs, CompareRunsPacketsAgain)
{
    const Outcome outcome = Start("m3-compare",
                                  "--racks=2 --hosts=2 --count=500 --cc=hpcc --engines=packet,rerun,packet,flowsim "
                                  "--out=" +
                                      File("again"));
    ASSERT_EQ(outcome.code, 0) << outcome.output;
    std::ifstream in(File("again/report.json"));
    const nlohmann::json reports = nlohmann::json::parse(in);
    ASSERT_EQ(reports.size(), 4U);
    EXPECT_EQ(reports.at(1).at("engine"), "rerun");
    EXPECT_EQ(reports.at(0).at("classes"), reports.at(2).at("classes"));
    EXPECT_NE(reports.at(0).at("classes"), reports.at(1).at("classes")); // the ties are others
    const auto distance = [&](std::size_t engine)
    {
        const auto& truth = reports.at(0).at("classes").back().at("quantiles");
        double sum = 0;
        for (const auto& [level, slowdown] : reports.at(engine).at("classes").back().at("quantiles").items())
        {
            sum += std::abs(std::log(slowdown.get<double>() / truth.at(level).get<double>()));
        }
        return sum;
    };
    EXPECT_LT(distance(1), distance(3)); // 1 ns changes less than leaving the packets out
}

TEST_F(Programs, FlowsimWritesCompletionTimes)
{
    // 10 and 40 Gb/s: 1000 B and a header of 48 take 838.4 ns alone, twice that for two on the first link
    Write("path.txt", "0 0 2 1000 0\n1 0 1 1000 0\n2 1 2 2000 100000\n");
    const Outcome outcome =
        Start("m3-flowsim", "--in=" + File("path.txt") + " --hosts=3 --rates=10Gbps,40Gbps --out=" + File("fct.txt"));
    ASSERT_EQ(outcome.code, 0) << outcome.output;
    EXPECT_NE(outcome.output.find("3 flows, 6 events"), std::string::npos) << outcome.output;
    TextReader fct(File("fct.txt"));
    for (double expected : {1676.8, 1676.8, 1676.8})
    {
        ASSERT_TRUE(fct.Next());
        EXPECT_NEAR(fct.Number(1, "fct", 0, 1e9), expected, 1e-6);
    }
    Write("path.txt", "0 2 1 1000 0\n");
    ExpectRefused("m3-flowsim", "--in=" + File("path.txt"), "path.txt:1: src");
    Write("path.txt", "0 0 1 1000 5\n1 0 1 1000 4\n");
    ExpectRefused("m3-flowsim", "--in=" + File("path.txt"), "path.txt:2: start");
}

TEST_F(Programs, CompareTakesFiles)
{
    const std::string files = "--topology=" + File("topo.txt") + " --flows=" + File("flow.txt");
    Outcome outcome = Start("m3-compare", files);
    EXPECT_EQ(outcome.code, 0) << outcome.output;
    EXPECT_NE(outcome.output.find("8 hosts"), std::string::npos) << outcome.output;
    outcome = Start("m3-compare", "--config=" + File("config.txt") + " --mode=hpcc");
    EXPECT_EQ(outcome.code, 0) << outcome.output;
    EXPECT_NE(outcome.output.find("hpcc mode"), std::string::npos) << outcome.output;
}

TEST_F(Programs, WrongFlowsAreNamedByFileLineAndField)
{
    const std::string config = "--config=" + File("config.txt");
    const auto expect = [&](const std::string& flows, const std::string& message)
    {
        Write("flow.txt", flows);
        ExpectRefused("m3-packet", config, message);
        ExpectRefused("m3-compare", config + " --out=" + File("out"), message);
    };
    expect("1\n0 5 3 100 0 2.0\n", "flow.txt:2: size");
    expect("1\n0 99 3 100 1000 2.0\n", "flow.txt:2: dst");
    expect("1\n0 8 3 100 1000 2.0\n", "flow.txt:2: dst"); // a switch
    expect("1\n0 5 3 100 1000 -2.0\n", "flow.txt:2: start");
    expect("1\n0 5 3 100 1000 nan\n", "flow.txt:2: start");
    expect("1\n0 5 3 100\n", "flow.txt:2");
    expect("2\n0 5 3 100 1000 2.0\n", "flow.txt");
    expect("1\n0 5 3 100 many 2.0\n", "flow.txt:2: size");
}

TEST_F(Programs, WrongTopologiesAreNamedByFileLineAndField)
{
    const std::string config = "--config=" + File("config.txt");
    const auto expect = [&](const std::string& topology, const std::string& message)
    {
        Write("topo.txt", topology);
        ExpectRefused("m3-packet", config, message);
    };
    expect("3 1 2\n2\n0 2 10Gbps 1000ns 0\n9 2 10Gbps 1000ns 0\n", "topo.txt:4");
    expect("3 1 2\n2\n0 2 0Gbps 1000ns 0\n1 2 10Gbps 1000ns 0\n", "topo.txt:3: rate");
    expect("3 1 2\n2\n0 2 10Gbps -1ns 0\n1 2 10Gbps 1000ns 0\n", "topo.txt:3: delay");
    expect("no numbers\n", "topo.txt:1");
    // two islands
    Write("flow.txt", "1\n0 1 3 100 1000 2.0\n");
    expect("4 2 2\n2 3\n0 2 10Gbps 1000ns 0\n1 3 10Gbps 1000ns 0\n", "0");
    std::filesystem::remove(File("topo.txt"));
    ExpectRefused("m3-packet", config, "topo.txt");
}

TEST_F(Programs, WrongConfigsAreNamedByFileLineAndKey)
{
    const auto expect = [&](const std::string& line, const std::string& message)
    {
        Write("wrong.txt", "TOPOLOGY_FILE topo.txt\nFLOW_FILE flow.txt\n" + line);
        ExpectRefused("m3-packet", "--config=" + File("wrong.txt"), message);
    };
    expect("CC_MODE 77\n", "wrong.txt:3: CC_MODE");
    expect("BUFER_SIZE 3\n", "wrong.txt:3: BUFER_SIZE");
    expect("CC_MODE\n", "wrong.txt:3: CC_MODE");
    expect("CC_MODE 8\n", "EWMA_GAIN");
    expect("MIN_RATE fast\n", "wrong.txt:3: MIN_RATE");
    ExpectRefused("m3-packet", "--config=" + File("nothing.txt"), "nothing.txt");
}

TEST_F(Programs, WrongOptionsGiveOneLine)
{
    ExpectRefused("m3-compare", "--cc=reno", "unknown congestion control 'reno'");
    ExpectRefused("m3-compare",
                  "--engines=fast",
                  "unknown engine 'fast'; there are packet, rerun, flowsim, parsimon, m3, ");
    ExpectRefused("m3-compare", "--load=1.5", "load");
    ExpectRefused("m3-compare", "--sizes=Nothing", "Nothing");
    ExpectRefused("m3-compare", "--count=0", "flows");
    ExpectRefused("m3-compare", "--buffer=100 --count=10", "buffer");
    ExpectRefused("m3-compare", "--cc=hpcc --window=0 --count=10", "window");
    ExpectRefused("m3-compare", "--cc=hpcc --eta=2", "utilisation");
    ExpectRefused("m3-compare", "--cc=dcqcn --pmax=3", "probability");
    ExpectRefused("m3-compare", "--cc=dcqcn --kmin=50000 --kmax=1000", "Kmin");
    ExpectRefused("m3-compare", "--window=-5", "--window: '-5' is not a whole number");
    ExpectRefused("m3-compare", "--host-rate=fast", "fast");
    ExpectRefused("m3-compare", "--pods=0", "pods");
    ExpectRefused("m3-compare", "--pods=-1", "--pods: '-1' is not a whole number");
    ExpectRefused("m3-compare", "--size-classes=5,1", "size");
    ExpectRefused("m3-compare", "--topology=" + File("none.txt"), "none.txt");
    ExpectRefused("m3-flowsim", "--in=" + File("none.txt"), "none.txt");
    ExpectRefused("m3-flowsim", "", "--in=FILE");
    ExpectRefused("m3-datagen", "--out=" + File("d") + " --processes=0", "processes");
    ExpectRefused("m3-train", "--data=" + File("nothing") + " --checkpoint=" + File("m.pt"), "nothing");
    ExpectRefused("m3-train", "", "--data");
    ExpectRefused("m3-train", "--epochs=many", "epochs");
    ExpectRefused("m3-first", "--engine=fast", "unknown engine 'fast'");
}

TEST_F(Programs, EstimateWritesTheReportAndACompletionTimePerFlow)
{
    for (const char* engine : {"packet", "flowsim", "parsimon", "m3"})
    {
        const Outcome outcome = Start("m3-estimate",
                                      "--racks=2 --hosts=2 --count=500 --engine=" + std::string(engine) +
                                          " --out=" + File("out") + " --fct=" + File("fct.csv"));
        ASSERT_EQ(outcome.code, 0) << outcome.output;
        EXPECT_GT(std::filesystem::file_size(File("out/report.json")), 1000U);
        std::ifstream fct(File("fct.csv"));
        std::string line;
        std::getline(fct, line);
        EXPECT_EQ(line, "flow,src,dst,size_bytes,start_ns,fct_ns,ideal_ns,slowdown");
        int lines = 0;
        for (; std::getline(fct, line); lines++)
        {
            unsigned long long number[7];
            double slowdown = 0;
            ASSERT_EQ(std::sscanf(line.c_str(),
                                  "%llu,%llu,%llu,%llu,%llu,%llu,%llu,%lf",
                                  &number[0],
                                  &number[1],
                                  &number[2],
                                  &number[3],
                                  &number[4],
                                  &number[5],
                                  &number[6],
                                  &slowdown),
                      8)
                << line;
            EXPECT_GE(slowdown, 0.9999) << line;
        }
        EXPECT_EQ(lines, 500);
        std::filesystem::remove_all(File("out"));
        std::filesystem::remove(File("fct.csv"));
    }
    ExpectRefused("m3-estimate",
                  "--count=100 --scope=paths --fct=" + File("f.csv"),
                  "(packet, rerun, flowsim, parsimon, m3-network), not m3");
    ExpectRefused("m3-estimate", "--count=100 --target-error=much", "--target-error");
    ExpectRefused("m3-estimate", "--count=100 --scope=paths --paths=101", "no more than 100 flows");
    ExpectRefused("m3-estimate", "--count=100 --scope=paths --paths=0", "at least 1");
    ExpectRefused("m3-estimate", "--count=100 --cc=none", "no model was trained");
    ExpectRefused("m3-estimate", "--count=100 --fct=" + File("fct.json"), ".csv or .txt");
    ExpectRefused("m3-estimate", "--count=100 --check=1", "unknown option");
}

TEST_F(Programs, EstimateWritesTheColumnsOfTheHpccSimulator)
{
    const std::string config = "--config=" + File("config.txt");
    ASSERT_EQ(Start("m3-packet", config).code, 0);
    const auto text = [this](const std::string& name)
    {
        std::ifstream file(File(name));
        return std::string(std::istreambuf_iterator<char>(file), {});
    };
    // with the packet engine exactly what m3-packet writes
    ASSERT_EQ(Start("m3-estimate", config + " --mode=hpcc --engine=packet --fct=" + File("same.txt")).code, 0);
    EXPECT_EQ(text("same.txt"), text("fct.txt"));
    for (const char* engine : {"flowsim", "m3"})
    {
        const Outcome outcome = Start("m3-estimate", config + " --engine=" + engine + " --fct=" + File("other.txt"));
        ASSERT_EQ(outcome.code, 0) << outcome.output;
        TextReader fct(File("other.txt"));
        int64_t before = 0;
        int lines = 0;
        for (; fct.Next(); lines++)
        {
            ASSERT_EQ(fct.Fields(), 9U);
            EXPECT_GT(fct.Integer(6, "sender FCT"), fct.Integer(8, "receiver FCT"));
            const auto end = static_cast<int64_t>(fct.Integer(5, "start") + fct.Integer(6, "sender FCT"));
            EXPECT_GE(end, before) << "in the order of their ends";
            before = end;
        }
        EXPECT_EQ(lines, 3);
    }
}

TEST_F(Programs, SweepEstimatesEveryPointOfTheGrid)
{
    const std::string scenario = "--racks=2 --hosts=2 --count=400 ";
    const Outcome outcome =
        Start("m3-sweep", scenario + "--grid=cc=dctcp,hpcc,timely:window=8000,16000 --out=" + File("out"));
    ASSERT_EQ(outcome.code, 0) << outcome.output;
    EXPECT_NE(outcome.output.find("6 configurations"), std::string::npos) << outcome.output;
    for (const char* name : {"out/sweep.csv", "out/sweep.png", "out/sweep.svg"})
    {
        EXPECT_GT(std::filesystem::file_size(File(name)), 1000U) << name;
    }
    std::ifstream csv(File("out/sweep.csv"));
    std::string line;
    std::getline(csv, line);
    EXPECT_EQ(line, "cc,window,class,flows,p99,low,high");
    int lines = 0;
    for (; std::getline(csv, line); lines++)
    {
    }
    EXPECT_EQ(lines, 6 * 5) << "classes and all";
    EXPECT_EQ(Start("m3-sweep", scenario + "--grid=host-rate=10Gbps,20Gbps").code, 0);
    ExpectRefused("m3-sweep", scenario, "--grid");
    ExpectRefused("m3-sweep", scenario + "--grid=colour=red", "colour");
    ExpectRefused("m3-sweep", scenario + "--grid=window", "window");
    ExpectRefused("m3-sweep", scenario + "--grid=window=-5", "--window");
    ExpectRefused("m3-sweep", scenario + "--grid=cc=dctcp,cubic", "cubic");
}

TEST_F(Programs, SweepAsksSeveralEnginesAndComparesThemOnAPage)
{
    const std::string scenario = "--racks=2 --hosts=2 --count=400 ";
    const Outcome outcome = Start("m3-sweep",
                                  scenario + "--grid=engine=packet,flowsim:window=8000,16000 --out=" + File("out") +
                                      " --report=" + File("page.html"));
    ASSERT_EQ(outcome.code, 0) << outcome.output;
    std::ifstream csv(File("out/sweep.csv"));
    std::string line;
    std::getline(csv, line);
    EXPECT_EQ(line, "engine,window,class,flows,p99,low,high");
    std::map<std::string, std::string> p99; // of all flows, by "engine,window"
    while (std::getline(csv, line))
    {
        if (const std::size_t all = line.find(",\"all\","); all != std::string::npos)
        {
            p99[line.substr(0, all)] = FormatText("%.2f", std::stod(line.substr(line.find(',', all + 7) + 1)));
        }
    }
    ASSERT_EQ(p99.size(), 4U);
    const Outcome single = Start("m3-sweep", scenario + "--engine=packet --grid=window=16000,8000");
    EXPECT_NE(single.output.find(p99["packet,8000"]), std::string::npos) << "the same answer as of a sweep of its own";
    std::stringstream page;
    page << std::ifstream(File("page.html")).rdbuf();
    for (const auto& [point, value] : p99)
    {
        const std::string engine = point.substr(0, point.find(','));
        EXPECT_NE(page.str().find("<td class=\"word\">" + engine + "</td><td>" + value), std::string::npos) << point;
    }
    EXPECT_NE(page.str().find("An error is the difference to packet"), std::string::npos);
    EXPECT_EQ(Start("m3-sweep", scenario + "--grid=engine=packet,flowsim --report=" + File("engines.html")).code, 0);
    ExpectRefused("m3-sweep", scenario + "--grid=engine=packet,nobody", "nobody");
    ExpectRefused("m3-sweep", scenario + "--grid=pfc=on,off --report=" + File("out/sweep.csv/page.html"), "sweep.csv");
}

TEST_F(Programs, SweepByPacketsComparesNeighboursOnTheSameWindows)
{
    const std::string scenario =
        "--engine=sampled --racks=2 --hosts=4 --count=30000 --windows=8 --flows-per-window=200 "
        "--start=flowsim --lead=100us ";
    const Outcome outcome =
        Start("m3-sweep", scenario + "--grid=cc=dctcp,hpcc:window=4000,8000,16000 --out=" + File("out"));
    ASSERT_EQ(outcome.code, 0) << outcome.output;
    EXPECT_NE(outcome.output.find("change of the p99"), std::string::npos) << outcome.output;
    EXPECT_NE(outcome.output.find("dctcp to hpcc"), std::string::npos) << outcome.output;
    EXPECT_NE(outcome.output.find("8000 to 16000"), std::string::npos) << outcome.output;
    EXPECT_NE(outcome.output.find("--cc changes ideal FCTs"), std::string::npos) << "HPCC has longer headers";
    EXPECT_EQ(outcome.output.find("--window changes ideal FCTs"), std::string::npos) << outcome.output;
    std::ifstream csv(File("out/steps.csv"));
    std::string line;
    std::getline(csv, line);
    EXPECT_EQ(line, "cc,window,option,from,class,ratio,low,high,beyond");
    int lines = 0;
    for (; std::getline(csv, line); lines++)
    {
    }
    EXPECT_EQ(lines, (3 + 2 * 2) * 5) << "three steps of the control, two of the window for each, classes and all";
    const Outcome rates = Start("m3-sweep", scenario + "--grid=host-rate=10Gbps,20Gbps");
    EXPECT_EQ(rates.code, 0);
    EXPECT_NE(rates.output.find("10Gbps to 20Gbps"), std::string::npos) << "networks are compared, too";
    EXPECT_NE(rates.output.find("--host-rate changes ideal FCTs"), std::string::npos) << rates.output;
    const Outcome whole = Start("m3-sweep", "--engine=packet --racks=2 --hosts=2 --count=400 --grid=pfc=on,off");
    EXPECT_EQ(whole.code, 0);
    EXPECT_EQ(whole.output.find("change of the p99"), std::string::npos) << "nothing is sampled";
    ExpectRefused("m3-sweep", "--engine=nobody --grid=pfc=on,off", "nobody");
}

TEST_F(Programs, MissingOrDamagedCheckpointsAreRefused)
{
    ExpectRefused("m3-compare", "--engines=m3 --count=100 --checkpoint=" + File("none.pt"), "none.pt");
    Write("damaged.pt", std::string(1000, 'x'));
    ExpectRefused("m3-compare", "--engines=m3 --count=100 --checkpoint=" + File("damaged.pt"), "damaged.pt");
}

TEST_F(Programs, CheckpointsOfAnotherVersionAreRefused)
{
    const auto expect = [&](const std::string& bytes, const std::string& message)
    {
        Write("other.pt", bytes);
        ExpectRefused("m3-estimate",
                      "--count=100 --scope=paths --checkpoint=" + File("other.pt") + " --out=" + File("out"),
                      message);
        EXPECT_FALSE(std::filesystem::exists(File("out")));
    };
    PartsWriter later({"flow model", 99, "checkpoint", "", "", ""});
    expect(later.Bytes(), "other.pt: was made for another version of m3 (checkpoint 99");
    for (const uint32_t features : {OLDEST_FEATURES - 1, FEATURE_VERSION + 1})
    {
        PartsWriter other({"flow model", 2, "checkpoint", "", "", ""});
        other.AddNumber("features", features);
        expect(other.Bytes(), "other.pt: was made for other features");
    }
    expect("PK\3\4 an archive of LibTorch", "other.pt: is a checkpoint of an older version of m3; m3-train convert");
}

TEST_F(Programs, ModelsOfAnotherScopeAreRefused)
{
    const std::string compare = "m3-compare --racks=2 --hosts=2 --count=100 --engines=m3";
    const std::string network = CorrectionModel::ShippedCheckpoint(Scope::NETWORK);
    const std::string paths = CorrectionModel::ShippedCheckpoint(Scope::PATHS);
    const auto expect = [&](const std::string& program, const std::string& arguments, const std::string& message)
    { ExpectRefused(program, "--racks=2 --hosts=2 --count=100 " + arguments, message); };
    for (const std::string scope : {"", "--scope=network ", "--scope=windows --windows=5 "})
    {
        expect("m3-estimate", scope + "--checkpoint=" + paths, "path-model.pt: is a model of the scope paths");
    }
    expect("m3-compare", "--engines=m3 --checkpoint=" + paths, "is a model of the scope paths");
    expect("m3-estimate", "--scope=paths --checkpoint=" + network, "flow-model.pt: is a model of the scope network");
    expect("m3-estimate", "--scope=published --checkpoint=" + network, "another kind");
    expect("m3-estimate", "--checkpoint=" + PathMapModel::ShippedCheckpoint(), "another kind");
    const Outcome chosen = RunCommand("M3_MODEL=" + paths + " " + M3_BIN_DIR + "/" + compare);
    EXPECT_EQ(chosen.code, 1);
    EXPECT_NE(chosen.output.find("is a model of the scope paths"), std::string::npos) << chosen.output;
}
