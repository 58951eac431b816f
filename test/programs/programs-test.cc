// The programs as a user starts them: what they write, and that wrong input gives one line, exit code 1 and no file.
#include "ns3/correction-model.h"
#include "ns3/fabric-shapes.h"
#include "ns3/text-file.h"
#include "ns3/topology-file.h"

#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

using namespace ns3::m3;

namespace
{

struct Outcome
{
    int code;
    std::string output; //!< standard output and error
};

Outcome RunCommand(const std::string& command)
{
    FILE* pipe = popen((command + " 2>&1").c_str(), "r");
    std::string output;
    std::array<char, 4096> buffer{};
    while (std::fgets(buffer.data(), static_cast<int>(buffer.size()), pipe))
    {
        output += buffer.data();
    }
    const int status = pclose(pipe);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, output};
}

Outcome Start(const std::string& program, const std::string& arguments)
{
    return RunCommand(std::string(M3_BIN_DIR) + "/" + program + " " + arguments);
}

/// Bytes of the files of a folder, by name.
std::map<std::string, std::string> Samples(const std::string& folder)
{
    std::map<std::string, std::string> bytes;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(folder, none))
    {
        std::ifstream stream(entry.path(), std::ios::binary);
        bytes[entry.path().filename().string()] = std::string(std::istreambuf_iterator<char>(stream), {});
    }
    return bytes;
}

/// A folder of its own with a topology, flows and a config, which a test then spoils.
class Programs : public ::testing::Test
{
  protected:
    void SetUp() override
    {
        folder = std::filesystem::path(::testing::TempDir()) /
                 ("m3-" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
        std::filesystem::remove_all(folder);
        std::filesystem::create_directories(folder);
        WriteTopologyFile(MakeLeafSpine({2, 4, 2}), File("topo.txt"));
        Write("flow.txt", "3\n0 5 3 100 20000 2.0\n1 5 3 100 3000 2.000001\n6 2 3 100 1000000 2.000002\n");
        Write("config.txt",
              "TOPOLOGY_FILE topo.txt\nFLOW_FILE flow.txt\nFCT_OUTPUT_FILE fct.txt\nPFC_OUTPUT_FILE pfc.txt\n"
              "CC_MODE 8\nEWMA_GAIN 0.0625\nDCTCP_RATE_AI 615Mb/s\nKMAX_MAP 2 10000000000 15 40000000000 60\n"
              "KMIN_MAP 2 10000000000 15 40000000000 60\nPMAX_MAP 2 10000000000 1 40000000000 1\n");
    }

    void TearDown() override
    {
        std::filesystem::remove_all(folder);
    }

    std::string File(const std::string& name) const
    {
        return (folder / name).string();
    }

    void Write(const std::string& name, const std::string& text) const
    {
        std::ofstream(folder / name) << text;
    }

    /// One line that contains `message`, exit code 1, and no file that was not there.
    void ExpectRefused(const std::string& program, const std::string& arguments, const std::string& message) const
    {
        const auto before = Count();
        const Outcome outcome = Start(program, arguments);
        EXPECT_EQ(outcome.code, 1) << outcome.output;
        EXPECT_EQ(std::count(outcome.output.begin(), outcome.output.end(), '\n'), 1) << outcome.output;
        EXPECT_NE(outcome.output.find(message), std::string::npos) << outcome.output;
        EXPECT_EQ(Count(), before);
    }

    std::size_t Count() const
    {
        std::size_t files = 0;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        {
            files += entry.is_regular_file();
        }
        return files;
    }

    std::filesystem::path folder;
};

} // namespace

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
    const Outcome outcome = Start("m3-compare", "--racks=2 --hosts=2 --count=500 --out=" + File("out"));
    ASSERT_EQ(outcome.code, 0) << outcome.output;
    for (const char* name : {"out/report.csv", "out/report.json", "out/slowdown.png", "out/slowdown.svg"})
    {
        EXPECT_GT(std::filesystem::file_size(File(name)), 1000U) << name;
    }
    for (const char* engine : {"packet", "flowsim", "m3"})
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
    ExpectRefused("m3-compare", "--engines=fast", "unknown engine 'fast'");
    ExpectRefused("m3-compare", "--load=1.5", "load");
    ExpectRefused("m3-compare", "--sizes=Nothing", "Nothing");
    ExpectRefused("m3-compare", "--count=0", "flows");
    ExpectRefused("m3-compare", "--buffer=100 --count=10", "buffer");
    ExpectRefused("m3-compare", "--cc=hpcc --window=0 --count=10", "window");
    ExpectRefused("m3-compare", "--cc=hpcc --eta=2", "utilisation");
    ExpectRefused("m3-compare", "--cc=dcqcn --pmax=3", "probability");
    ExpectRefused("m3-compare", "--cc=dcqcn --kmin=50000 --kmax=1000", "Kmin");
    ExpectRefused("m3-compare", "--window=-5", "--window must be at least 0");
    ExpectRefused("m3-compare", "--host-rate=fast", "fast");
    ExpectRefused("m3-compare", "--pods=0", "pods");
    ExpectRefused("m3-compare", "--pods=-1", "too large");
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
    for (const char* engine : {"packet", "flowsim", "m3"})
    {
        const Outcome outcome = Start("m3-estimate",
                                      "--racks=2 --hosts=2 --count=500 --engine=" + std::string(engine) +
                                          " --out=" + File("out") + " --fct=" + File("fct.csv"));
        ASSERT_EQ(outcome.code, 0) << outcome.output;
        EXPECT_GT(std::filesystem::file_size(File("out/report.json")), 1000U);
        std::ifstream fct(File("fct.csv"));
        std::string line;
        std::getline(fct, line);
        EXPECT_EQ(line, "flow,src,dst,size,start_ns,fct_ns,ideal_ns,slowdown");
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
    ExpectRefused("m3-estimate", "--count=100 --scope=paths --fct=" + File("f.csv"), "--scope=network");
    ExpectRefused("m3-estimate", "--count=100 --target-error=much", "--target-error");
    ExpectRefused("m3-estimate", "--count=100 --scope=paths --paths=101", "no more than 100 flows");
    ExpectRefused("m3-estimate", "--count=100 --scope=paths --paths=0", "at least 1");
    ExpectRefused("m3-estimate", "--count=100 --cc=none", "no model was trained");
    ExpectRefused("m3-estimate", "--count=100 --fct=" + File("fct.json"), ".csv or .txt");
    ExpectRefused("m3-estimate", "--count=100 --check=2", "room for 1 parts");
    ExpectRefused("m3-estimate", "--count=100 --check=1 --engine=flowsim", "--check");
    const Outcome checked = Start("m3-estimate", "--racks=2 --hosts=2 --count=500 --check=1 --out=" + File("out"));
    EXPECT_NE(checked.output.find("check of all: "), std::string::npos) << checked.output;
    std::ifstream json(File("out/report.json"));
    EXPECT_NE(std::string(std::istreambuf_iterator<char>(json), {}).find("check of all: "), std::string::npos);
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
    // by packets exactly what m3-packet writes
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

TEST_F(Programs, MissingOrDamagedCheckpointsAreRefused)
{
    ExpectRefused("m3-compare", "--engines=m3 --count=100 --checkpoint=" + File("none.pt"), "none.pt");
    Write("damaged.pt", std::string(1000, 'x'));
    ExpectRefused("m3-compare", "--engines=m3 --count=100 --checkpoint=" + File("damaged.pt"), "damaged.pt");
}

TEST_F(Programs, DatagenTakesANetworkOfOnesOwn)
{
    const std::string options = "--scenarios=2 --packet-hops=20000 --out=" + File("d") + " --topology=";
    EXPECT_EQ(Start("m3-datagen", options + File("topo.txt")).code, 0);
    EXPECT_NE(Start("m3-datagen", "inspect " + File("d")).output.find("flows of 8 hosts,"), std::string::npos);
    ExpectRefused("m3-datagen", options + File("none.txt"), "none.txt");
}

TEST_F(Programs, CheckpointsOfAnotherVersionAreRefused)
{
    std::ifstream shipped(CorrectionModel::ShippedCheckpoint(Scope::PATHS), std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(shipped), {});
    const auto expect = [&](const std::string& key, const std::string& message)
    {
        const std::size_t at = bytes.find(key); // pickled: the key, a memo, then the number in one byte
        ASSERT_NE(at, std::string::npos) << key;
        std::string changed = bytes;
        changed[at + key.size() + 3] = 99;
        Write("other.pt", changed);
        ExpectRefused("m3-estimate",
                      "--count=100 --scope=paths --checkpoint=" + File("other.pt") + " --out=" + File("out"),
                      message);
        EXPECT_FALSE(std::filesystem::exists(File("out")));
    };
    expect("version", "other.pt: was made for another version of m3 (checkpoint 99");
    expect("features", "other.pt: was made for other features");
}

TEST_F(Programs, DatagenContinuesAndRepeats)
{
    const std::string options = " --scenarios=3 --packet-hops=20000 --processes=2 ";
    ASSERT_EQ(Start("m3-datagen", options + "--out=" + File("a")).code, 0);
    // a lost sample is made again, the same bytes
    std::filesystem::rename(File("a/00000001.m3s"), File("lost"));
    ASSERT_EQ(Start("m3-datagen", options + "--out=" + File("a")).code, 0);
    const auto bytes = [](const std::string& file)
    {
        std::ifstream stream(file, std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(stream), {});
    };
    EXPECT_EQ(bytes(File("lost")), bytes(File("a/00000001.m3s")));
    EXPECT_GT(bytes(File("lost")).size(), 1000U);
    const Outcome inspected = Start("m3-datagen", "inspect " + File("a"));
    EXPECT_EQ(inspected.code, 0);
    EXPECT_NE(inspected.output.find("00000002.m3s"), std::string::npos);
    ExpectRefused("m3-datagen", "inspect " + File("none"), "none");
    ExpectRefused("m3-datagen", "inspect", "inspect FOLDER");
    ExpectRefused("m3-datagen", "look " + File("a"), "inspect FOLDER");
}

TEST_F(Programs, DatagenLosesNothingWhenKilled)
{
    constexpr std::size_t SCENARIOS = 24;
    const std::string options = "--scenarios=" + std::to_string(SCENARIOS) + " --packet-hops=50000 --processes=2 ";
    ASSERT_EQ(Start("m3-datagen", options + "--out=" + File("calm")).code, 0);
    const auto calm = Samples(File("calm"));
    ASSERT_EQ(calm.size(), SCENARIOS);
    const std::string command =
        "exec " + std::string(M3_BIN_DIR) + "/m3-datagen " + options + "--out=" + File("killed") + " 2>/dev/null";
    int killed = 0;
    for (const std::size_t enough : {3, 9, 15})
    {
        const pid_t pid = fork();
        ASSERT_GE(pid, 0);
        if (pid == 0)
        {
            setpgid(0, 0); // a group of its own: it and its worker processes
            execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
            _exit(127);
        }
        setpgid(pid, pid);
        int status = 0;
        pid_t ended = 0;
        while (ended == 0 && Samples(File("killed")).size() < enough)
        {
            usleep(2000);
            ended = waitpid(pid, &status, WNOHANG);
        }
        if (ended == 0 && enough == 3)
        {
            // the worker processes alone
            std::ifstream children("/proc/" + std::to_string(pid) + "/task/" + std::to_string(pid) + "/children");
            for (pid_t worker = 0; children >> worker;)
            {
                kill(worker, SIGKILL);
            }
            ASSERT_EQ(waitpid(pid, &status, 0), pid);
            EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 1) << status;
            killed++;
        }
        else if (ended == 0)
        {
            kill(-pid, SIGKILL);
            ASSERT_EQ(waitpid(pid, &status, 0), pid);
            killed += WIFSIGNALED(status);
        }
        for (const auto& [name, bytes] : Samples(File("killed")))
        {
            if (std::filesystem::path(name).extension() == ".m3s")
            {
                EXPECT_EQ(bytes, calm.at(name)) << name << " is not whole";
            }
        }
    }
    EXPECT_GE(killed, 1) << "on this machine it was always too late";
    // what a kill while a sample is written leaves
    const auto& [name, bytes] = *calm.rbegin();
    std::filesystem::remove(File("killed/" + name));
    Write("killed/" + name + ".part123", bytes.substr(0, 1000));
    EXPECT_EQ(Start("m3-datagen", "inspect " + File("killed")).output.find(name), std::string::npos);
    ASSERT_EQ(Start("m3-datagen", options + "--out=" + File("killed")).code, 0);
    EXPECT_TRUE(Samples(File("killed")) == calm);
}

TEST_F(Programs, DatagenByMpiGivesTheSameBytes)
{
    if (std::system("command -v mpirun >/dev/null") != 0)
    {
        GTEST_SKIP() << "mpirun is not installed (package openmpi-bin)";
    }
    const std::string options = "--scenarios=7 --packet-hops=20000 --out=";
    ASSERT_EQ(Start("m3-datagen", options + File("alone")).code, 0);
    const std::string mpirun = "mpirun --allow-run-as-root --oversubscribe -n 2 " + std::string(M3_BIN_DIR) + "/";
    const Outcome shared = RunCommand(mpirun + "m3-datagen " + options + File("shared"));
    if (shared.output.find("was built without MPI") != std::string::npos)
    {
        EXPECT_NE(shared.code, 0) << "every process would have made every sample";
        return;
    }
    ASSERT_EQ(shared.code, 0) << shared.output;
    EXPECT_NE(shared.output.find("7 scenarios in"), std::string::npos) << shared.output;
    EXPECT_EQ(Samples(File("shared")).size(), 7U);
    EXPECT_TRUE(Samples(File("shared")) == Samples(File("alone")));
    // goes on, too
    std::filesystem::remove(File("shared/00000003.m3s"));
    EXPECT_EQ(RunCommand(mpirun + "m3-datagen " + options + File("shared")).code, 0);
    EXPECT_TRUE(Samples(File("shared")) == Samples(File("alone")));
    // an error of any rank ends it: a file is where the folder should be
    Write("file", "");
    const Outcome failed = RunCommand(mpirun + "m3-datagen " + options + File("file"));
    EXPECT_NE(failed.code, 0);
    EXPECT_NE(failed.output.find("m3-datagen: "), std::string::npos) << failed.output;
}

TEST_F(Programs, ThePublishedModelIsTrainedAndEstimates)
{
    ASSERT_EQ(Start("m3-datagen", "--scenarios=4 --packet-hops=50000 --paths=8 --maps --out=" + File("maps")).code, 0);
    const Outcome inspected = Start("m3-datagen", "inspect " + File("maps"));
    EXPECT_NE(inspected.output.find(" paths of "), std::string::npos) << inspected.output;
    const Outcome trained = Start("m3-train",
                                  "--model=published --width=16 --layers=1 --hidden=16 --data=" + File("maps") +
                                      " --checkpoint=" + File("p.pt") + " --epochs=2 --batch=8 --hold-out=4");
    ASSERT_EQ(trained.code, 0) << trained.output;
    const std::string scenario = "--racks=2 --hosts=2 --count=300 --engines=flowsim,m3 --scope=published ";
    const Outcome compared = Start("m3-compare", scenario + "--checkpoint=" + File("p.pt"));
    EXPECT_EQ(compared.code, 0) << compared.output;
    const std::string evaluate = "evaluate --data=" + File("maps") + " --checkpoint=";
    const Outcome evaluated = Start("m3-train", evaluate + File("p.pt") + " --out=" + File("evaluation"));
    EXPECT_EQ(evaluated.code, 0) << evaluated.output;
    EXPECT_TRUE(std::filesystem::exists(File("evaluation/quantiles.csv")));
    EXPECT_FALSE(std::filesystem::exists(File("evaluation/flows.csv")));
    // the shipped one, and what it cannot do
    EXPECT_EQ(Start("m3-compare", scenario).code, 0);
    ExpectRefused("m3-compare", scenario + "--size-classes=0,5000", "size classes");
    ExpectRefused("m3-compare", "--count=100 --engines=m3 --checkpoint=" + File("p.pt"), "another kind");
    ExpectRefused("m3-compare", "--count=100 --scope=none", "unknown scope");
    ExpectRefused("m3-datagen", "--maps --out=" + File("d"), "--paths");
    ExpectRefused("m3-train", "--model=linear", "--model");
    ExpectRefused("m3-train", "--transformer=x", "--perceptron");
}

TEST_F(Programs, CheckpointsForOlderFeaturesAreTrainedOn)
{
    const std::string older = std::string(M3_TEST_DIR) + "/learning/checkpoint-features-1.pt";
    ExpectRefused("m3-compare", "--racks=2 --hosts=2 --count=300 --engines=m3 --checkpoint=" + older, "other features");
    ASSERT_EQ(Start("m3-datagen", "--scenarios=4 --packet-hops=50000 --out=" + File("data")).code, 0);
    const std::string train = "--data=" + File("data") + " --hold-out=0 --threads=1 --from=" + older;
    const Outcome trained = Start("m3-train", train + " --epochs=1 --checkpoint=" + File("m.pt"));
    ASSERT_EQ(trained.code, 0) << trained.output;
    const Outcome compared =
        Start("m3-compare", "--racks=2 --hosts=2 --count=300 --engines=m3 --checkpoint=" + File("m.pt"));
    EXPECT_EQ(compared.code, 0) << compared.output;
}

TEST_F(Programs, TrainingMakesACheckpointThatEstimates)
{
    ASSERT_EQ(Start("m3-datagen", "--scenarios=4 --packet-hops=50000 --out=" + File("data")).code, 0);
    const Outcome trained = Start("m3-train",
                                  "--data=" + File("data") + " --checkpoint=" + File("m.pt") +
                                      " --epochs=3 --batch=128 --hold-out=4 --threads=1");
    ASSERT_EQ(trained.code, 0) << trained.output;
    EXPECT_TRUE(std::filesystem::exists(File("m.pt.csv")));
    EXPECT_FALSE(std::filesystem::exists(File("m.pt.state")));
    const Outcome estimated = Start("m3-first", "");
    EXPECT_EQ(estimated.code, 0) << estimated.output;
    const Outcome compared =
        Start("m3-compare", "--racks=2 --hosts=2 --count=300 --engines=m3 --checkpoint=" + File("m.pt"));
    EXPECT_EQ(compared.code, 0) << compared.output;
    const std::string evaluate = "evaluate --data=" + File("data");
    const Outcome evaluated =
        Start("m3-train", evaluate + " --checkpoint=" + File("m.pt") + " --every=2 --out=" + File("evaluation"));
    EXPECT_EQ(evaluated.code, 0) << evaluated.output;
    EXPECT_NE(evaluated.output.find("2 sample files"), std::string::npos) << evaluated.output;
    EXPECT_NE(evaluated.output.find("calibration"), std::string::npos);
    for (const char* name : {"evaluation.json", "quantiles.csv", "flows.csv", "calibration.csv", "p99.png", "p99.svg"})
    {
        EXPECT_TRUE(std::filesystem::exists(File(std::string("evaluation/") + name))) << name;
    }
    ExpectRefused("m3-train", evaluate, "--checkpoint");
    ExpectRefused("m3-train", evaluate + " --checkpoint=" + File("none.pt"), "none.pt");
    ExpectRefused("m3-train", evaluate + " --every=0 --checkpoint=" + File("m.pt"), "--every");
    ExpectRefused("m3-train", "guess --data=" + File("data"), "unknown command 'guess'");
}
