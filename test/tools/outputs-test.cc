// SPDX-License-Identifier: GPL-2.0-only
// Where the programs write: checked before their work, whole or not at all, and an error of one rank of mpirun ends
// all.
#include "tools/programs.h"

#include <sstream>

using namespace ns3::m3;

namespace fs = std::filesystem;

namespace
{

constexpr const char* SMALL = "--racks=2 --hosts=2 --count=500 ";

/// Pictures, for which gnuplot is another program.
class ProgramOutputs : public Programs
{
  protected:
    /// Starts a program whose gnuplot is a shell script.
    Outcome StartWithGnuplot(const std::string& script, const std::string& program, const std::string& arguments) const
    {
        Write("gnuplot", "#!/bin/sh\n" + script);
        fs::permissions(File("gnuplot"), fs::perms::owner_all);
        return RunCommand("PATH='" + folder.string() + "':\"$PATH\" " + M3_BIN_DIR + "/" + program + " " + arguments);
    }
};

/// A file system of some KB while it lives, where mount is allowed.
class SmallDisk
{
  public:
    SmallDisk(const std::string& folder, int kilobytes)
        : m_folder(folder)
    {
        fs::create_directories(folder);
        m_mounted =
            RunCommand("mount -t tmpfs -o size=" + std::to_string(kilobytes) + "k tmpfs '" + folder + "'").code == 0;
    }

    ~SmallDisk()
    {
        if (m_mounted)
        {
            RunCommand("umount '" + m_folder + "'");
        }
    }

    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

    bool IsMounted() const
    {
        return m_mounted;
    }

  private:
    std::string m_folder;
    bool m_mounted;
};

constexpr const char* NO_MOUNT = "a file system cannot be mounted here";

} // namespace

// the line of the scenario is printed before the work: one line of output means that there was none
TEST_F(ProgramOutputs, AreCheckedBeforeTheWork)
{
    const std::string file = File("topo.txt"); // where a folder would have to be
    ExpectRefused("m3-estimate", SMALL + ("--engine=flowsim --out=" + file), "topo.txt: cannot be made a folder");
    ExpectRefused("m3-estimate", SMALL + ("--engine=flowsim --fct=" + file + "/x.csv"), "cannot be made a folder");
    ExpectRefused("m3-estimate", SMALL + std::string("--engine=flowsim --fct=/proc/x.csv"), "/proc/x.csv: cannot be");
    ExpectRefused("m3-compare", SMALL + ("--engines=flowsim --out=" + file + "/x"), "cannot be made a folder");
    ExpectRefused("m3-compare", SMALL + ("--engines=flowsim --report=" + folder.string()), "it is a folder");
    ExpectRefused("m3-sweep", SMALL + ("--grid=window=1000 --out=" + file), "cannot be made a folder");
    ExpectRefused("m3-flowsim", "--topology=" + file + " --flows=" + File("flow.txt") + " --out=/proc/x", "/proc/x");
    ExpectRefused("m3-datagen", "--scenarios=1 --out=" + file, "cannot be made a folder");
    const std::string drawn = "drawn --scenarios=1 --count=100 --cc=dctcp --engines=packet,flowsim ";
    ExpectRefused("m3-eval", drawn + "--out=" + file, "cannot be made a folder");
    ExpectRefused("m3-eval", drawn + "--keep=/proc/x", "/proc/x");
    ExpectRefused("m3-eval", drawn + "--out=" + File("o") + " --page=" + folder.string(), "it is a folder");
    EXPECT_FALSE(fs::exists(File("o")));
    Write("config.txt",
          "TOPOLOGY_FILE topo.txt\nFLOW_FILE flow.txt\nFCT_OUTPUT_FILE topo.txt/fct.txt\nCC_MODE 1\nEWMA_GAIN 0.01\n"
          "RATE_AI 50Mb/s\nRATE_HAI 100Mb/s\nRP_TIMER 300\n");
    ExpectRefused("m3-packet", "--config=" + File("config.txt"), "topo.txt");
}

TEST_F(ProgramOutputs, OfTrainingAreCheckedBeforeTheWork)
{
    ASSERT_EQ(Start("m3-datagen", "--scenarios=2 --packet-hops=20000 --out=" + File("data")).code, 0);
    const std::string train = "--data=" + File("data") + " --epochs=1 --checkpoint=";
    ExpectRefused("m3-train", train + "/proc/x.pt", "/proc/x.pt: cannot be written");
    ExpectRefused("m3-train", train + folder.string(), "it is a folder");
    ExpectRefused("m3-train",
                  "evaluate --data=" + File("data") + " --checkpoint=" + File("none.pt") + " --out=" + File("topo.txt"),
                  "cannot be made a folder");
}

TEST_F(ProgramOutputs, FoldersAreMadeForFilesToo)
{
    EXPECT_EQ(Start("m3-estimate", SMALL + ("--engine=flowsim --fct=" + File("new/f.csv"))).code, 0);
    EXPECT_TRUE(fs::exists(File("new/f.csv")));
}

TEST_F(ProgramOutputs, AFullDiskIsAnError)
{
    const Outcome outcome =
        Start("m3-flowsim", "--topology=" + File("topo.txt") + " --flows=" + File("flow.txt") + " --out=/dev/full");
    EXPECT_EQ(outcome.code, 1);
    EXPECT_NE(outcome.output.find("/dev/full: cannot be written"), std::string::npos) << outcome.output;
    EXPECT_TRUE(fs::is_character_file("/dev/full"));
}

// gnuplot exits with 0 where the disk is full; pictures were cut, and said to be written
TEST_F(ProgramOutputs, PicturesOnAFullDiskAreAnError)
{
    const SmallDisk disk(File("disk"), 64);
    if (!disk.IsMounted())
    {
        GTEST_SKIP() << NO_MOUNT;
    }
    const auto expect = [&](const std::string& program, const std::string& arguments)
    {
        const Outcome outcome = Start(program, arguments + " --out=" + File("disk/o"));
        EXPECT_EQ(outcome.code, 1) << outcome.output;
        EXPECT_EQ(outcome.output.find("written: "), std::string::npos) << outcome.output;
        EXPECT_NE(outcome.output.find("cannot be written"), std::string::npos) << outcome.output;
        EXPECT_FALSE(fs::exists(File("disk/o/slowdown.svg")));
        for (const auto& entry : fs::directory_iterator(File("disk/o")))
        {
            EXPECT_EQ(entry.path().string().find(".part"), std::string::npos) << entry.path();
        }
        fs::remove_all(File("disk/o"));
    };
    expect("m3-estimate", SMALL + std::string("--engine=flowsim"));
    expect("m3-compare", SMALL + std::string("--engines=flowsim"));
    Write("disk/filler", std::string(48'000, 'x'));
    expect("m3-sweep", SMALL + std::string("--cc=hpcc --grid=eta=0.7,0.9"));
}

TEST_F(ProgramOutputs, PicturesThatAreCutAreAnError)
{
    for (const char* bytes : {"0", "100"})
    {
        const Outcome outcome = StartWithGnuplot("head -c " + std::string(bytes) + " >&1\ncat >/dev/null\n",
                                                 "m3-compare",
                                                 SMALL + ("--engines=flowsim --out=" + File("out")));
        EXPECT_EQ(outcome.code, 1) << outcome.output;
        EXPECT_NE(outcome.output.find("slowdown.png: cannot be written whole"), std::string::npos) << outcome.output;
        EXPECT_FALSE(fs::exists(File("out/slowdown.png")));
        EXPECT_TRUE(fs::exists(File("out/report.csv")));
    }
}

TEST_F(ProgramOutputs, ScenariosAreSaidInUnitsOfTheirSize)
{
    const auto expect = [&](const std::string& flows, const std::string& text)
    {
        Write("topology.txt", "3 1 2\n2\n0 2 10Gbps 1us 0\n1 2 10Gbps 1us 0\n");
        Write("flows.txt", flows);
        const Outcome outcome =
            Start("m3-compare",
                  "--engines=packet,flowsim --topology=" + File("topology.txt") + " --flows=" + File("flows.txt"));
        EXPECT_EQ(outcome.code, 0) << outcome.output;
        EXPECT_NE(outcome.output.find("2 hosts, 1 switch, 2 links; " + text + ", ready in "), std::string::npos)
            << outcome.output;
        EXPECT_NE(outcome.output.find("packet: no packet lost or sent again\n"), std::string::npos) << outcome.output;
        EXPECT_EQ(outcome.output.find("-0.0 %"), std::string::npos) << outcome.output;
    };
    expect("1\n0 1 3 100 200 0.0\n", "1 flow of 200 B");
    expect("2\n0 1 3 100 2000 0.5\n1 0 3 100 3000 0.5\n", "2 flows of 2.50 KB on average that start at once");
    // 1,125,000 B on average; the second one 0.2 ms later
    expect("2\n0 1 3 100 2000000 0.0\n1 0 3 100 250000 0.0002\n",
           "2 flows of 1.12 MB on average that start within 200 us");
}

TEST_F(ProgramOutputs, NoNameOfAFolderRunsACommand)
{
    const Outcome outcome = RunCommand("cd '" + folder.string() + "' && " + M3_BIN_DIR + "/m3-compare " + SMALL +
                                       "--engines=flowsim \"--out=o'.system(\\\"touch pwned\\\").'\"");
    EXPECT_EQ(outcome.code, 0) << outcome.output;
    EXPECT_TRUE(fs::exists(File("o'.system(\"touch pwned\").'/slowdown.svg")));
    EXPECT_FALSE(fs::exists(File("pwned")));
}

namespace
{

bool IsMpirunThere()
{
    return std::system("command -v mpirun >/dev/null") == 0;
}

/// Of a run that must end by itself; timeout's own exit code is 124.
Outcome StartByMpi(const std::string& programAndArguments, int processes = 3)
{
    return RunCommand("timeout 60 mpirun --allow-run-as-root --oversubscribe -n " + std::to_string(processes) + " " +
                      M3_BIN_DIR + "/" + programAndArguments);
}

std::size_t CountOf(const std::string& part, const std::string& text)
{
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    {
        count++;
    }
    return count;
}

} // namespace

// rank 0 met an error while the others waited for it in the estimate, for ever
TEST_F(ProgramOutputs, AnErrorOfOneRankEndsAll)
{
    if (!IsMpirunThere())
    {
        GTEST_SKIP() << "mpirun is not installed (package openmpi-bin)";
    }
    const auto expect = [&](const std::string& command, const std::string& message)
    {
        const Outcome outcome = StartByMpi(command);
        EXPECT_EQ(outcome.code, 1) << command << ": " << outcome.output;
        EXPECT_TRUE(CountOf(message, outcome.output) == 1 ||
                    outcome.output.find("was built without MPI") != std::string::npos)
            << command << ": " << outcome.output;
    };
    const std::string estimate = "m3-estimate --racks=2 --hosts=4 --count=3000 --scope=paths --paths=50 ";
    expect(estimate + "--out=/proc/x", "m3-estimate: /proc/x: cannot be made a folder"); // rank 0 alone
    expect(estimate + "--load=0,5", "m3-estimate: --load: '0,5'");                       // all, before MPI is up
    expect(estimate + "--checkpoint=none.pt", "m3-estimate: none.pt");                   // all, in the estimate
    expect("m3-estimate --racks=2 --hosts=4 --count=3000 --engine=parsimon --fct=" + File("fct.csv"),
           "share an answer, not the completion times of --fct");
    expect("m3-datagen --scenarios=4 --packet-hops=20000 --out=/proc/x",
           "m3-datagen: /proc/x: cannot be made a folder");
    expect("m3-datagen --scenarios=1e3x", "m3-datagen: --scenarios: '1e3x'");
}

TEST_F(ProgramOutputs, AnyNumberOfProcessesGivesTheSameReport)
{
    if (!IsMpirunThere())
    {
        GTEST_SKIP() << "mpirun is not installed (package openmpi-bin)";
    }
    for (const std::string of : {"--engine=sampled --windows=5",
                                 "--scope=paths --paths=50",
                                 "--scope=windows --windows=5",
                                 "--engine=parsimon"})
    {
        const std::string command = "m3-estimate --racks=2 --hosts=4 --count=30000 --threads=1 " + of + " --out=";
        ASSERT_EQ(Start("m3-estimate", command.substr(command.find(' ')) + File("alone")).code, 0);
        for (const int processes : {2, 3})
        {
            const Outcome outcome = StartByMpi(command + File("shared"), processes);
            if (outcome.output.find("was built without MPI") != std::string::npos)
            {
                GTEST_SKIP() << "Boost.MPI is not installed (package libboost-mpi-dev)";
            }
            ASSERT_EQ(outcome.code, 0) << outcome.output;
            EXPECT_EQ(outcome.output.find("too short to sample"), std::string::npos) << outcome.output;
            EXPECT_EQ(Content(File("shared/report.csv")), Content(File("alone/report.csv"))) << of;
        }
    }
}

// any rank: here the one whose sample cannot be written
TEST_F(ProgramOutputs, AnErrorInTheWorkOfARankEndsAll)
{
    if (!IsMpirunThere())
    {
        GTEST_SKIP() << "mpirun is not installed (package openmpi-bin)";
    }
    const SmallDisk disk(File("disk"), 64);
    if (!disk.IsMounted())
    {
        GTEST_SKIP() << NO_MOUNT;
    }
    const Outcome outcome = StartByMpi("m3-datagen --scenarios=9 --packet-hops=50000 --out=" + File("disk/data"));
    if (outcome.output.find("was built without MPI") == std::string::npos)
    {
        EXPECT_EQ(outcome.code, 1) << outcome.output;
        EXPECT_EQ(CountOf("cannot be written", outcome.output), 1U) << outcome.output;
    }
}
