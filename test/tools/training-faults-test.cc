// SPDX-License-Identifier: GPL-2.0-only
// What goes wrong while data and models are made: damage, a kill, a full disk, a loss that is not finite.
#include "tools/programs.h"

#include "core/random-stream.h"
#include "features/feature-schema.h"
#include "nn/model-checkpoint.h"
#include "training/path-map-file.h"
#include "training/sample-file.h"

#include <csignal>
#include <iterator>
#include <map>

using namespace ns3::m3;

namespace
{

class TrainingFaults : public Programs
{
  protected:
    std::string BytesOf(const std::string& name) const
    {
        std::ifstream in(File(name), std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }

    /// Bytes of the files of a folder, by name.
    std::map<std::string, std::string> BytesOfFolder(const std::string& name) const
    {
        std::map<std::string, std::string> bytes;
        for (const auto& entry : std::filesystem::directory_iterator(File(name)))
        {
            bytes[entry.path().filename().string()] = BytesOf(name + "/" + entry.path().filename().string());
        }
        return bytes;
    }

    /// Changes one bit in the middle of a file.
    void Damage(const std::string& name) const
    {
        std::string bytes = BytesOf(name);
        ASSERT_FALSE(bytes.empty());
        bytes[bytes.size() / 2] ^= 4;
        Write(name, bytes);
    }

    static std::vector<float> Draw(RandomStream& random, std::size_t count, double low, double high)
    {
        std::vector<float> values(count);
        for (float& value : values)
        {
            value = static_cast<float>(random.Uniform(low, high));
        }
        return values;
    }

    /// Sample files of flows over two links each, from random numbers.
    void WriteFlowData(const std::string& name, uint32_t files, uint32_t flows, Scope scope = Scope::NETWORK) const
    {
        std::filesystem::create_directories(File(name));
        for (uint32_t file = 0; file < files; file++)
        {
            RandomStream random(file + 1);
            TrainingSamples samples;
            samples.features.hopBegin = {0};
            for (uint32_t i = 0; i < flows; i++)
            {
                samples.features.hopBegin.push_back(2 * (i + 1));
            }
            samples.features.flow = Draw(random, std::size_t{flows} * FLOW_INPUTS, 0, 1);
            samples.features.hop = Draw(random, std::size_t{2} * flows * HOP_INPUTS, 0, 1);
            samples.slowdown = Draw(random, flows, 1, 5);
            samples.sizeBytes.assign(flows, 1000);
            samples.scope = scope;
            WriteSamples(samples, File(name) + "/0000000" + std::to_string(file) + SAMPLE_EXTENSION);
        }
    }

    void WriteMapData(const std::string& name, uint32_t files, uint32_t paths) const
    {
        std::filesystem::create_directories(File(name));
        for (uint32_t file = 0; file < files; file++)
        {
            RandomStream random(file + 1);
            PathMapSamples samples;
            for (uint32_t i = 0; i < paths; i++)
            {
                samples.maps.rowBegin.push_back(3 * (i + 1));
            }
            samples.maps.slowdown = Draw(random, std::size_t{3} * paths * MAP_ROW_INPUTS, 1, 5);
            samples.maps.parameters = Draw(random, std::size_t{paths} * PATH_PARAMETERS, 0, 1);
            samples.maps.flows.assign(std::size_t{paths} * LABEL_BUCKETS, 20);
            samples.labels = Draw(random, std::size_t{paths} * PATH_LABELS, 1, 5);
            WritePathMaps(samples, File(name) + "/0000000" + std::to_string(file) + PATH_MAP_EXTENSION);
        }
    }

    /// Steps in a checkpoint of either model, 0 if there is none.
    uint64_t StepsOf(const std::string& name, bool published) const
    {
        std::ifstream in(File(name), std::ios::binary);
        if (!in)
        {
            return 0;
        }
        return published ? ReadPublishedCheckpoint(in, name).network.steps : ReadFlowCheckpoint(in, name).network.steps;
    }

    /// Starts a training and kills it when its state has this number of steps. \return whether it was still at work
    /// then
    bool KillAfter(uint64_t steps, const std::string& arguments, const std::string& checkpoint, bool published) const
    {
        const std::string command = "exec " + std::string(M3_BIN_DIR) + "/m3-train " + arguments +
                                    " --checkpoint=" + File(checkpoint) + " >/dev/null 2>&1";
        const pid_t pid = fork();
        if (pid == 0)
        {
            execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
            _exit(127);
        }
        int status = 0;
        pid_t ended = 0;
        while (ended == 0 && StepsOf(checkpoint + ".state", published) < steps)
        {
            usleep(500);
            ended = waitpid(pid, &status, WNOHANG);
        }
        if (ended == 0)
        {
            kill(pid, SIGKILL);
            waitpid(pid, &status, 0);
        }
        return WIFSIGNALED(status);
    }

    /// Leaves the state of a training that stopped after 39 of its 160 steps: a folder is where its curve should be.
    void LeaveState(const std::string& arguments, const std::string& checkpoint) const
    {
        const std::string curve = checkpoint + ".csv";
        std::filesystem::create_directories(File(curve + "/in-the-way"));
        const Outcome outcome = Start("m3-train", arguments + "--checkpoint=" + File(checkpoint));
        ASSERT_EQ(outcome.code, 1) << outcome.output;
        ASSERT_NE(LastLine(outcome.output).find(curve + ": cannot be written"), std::string::npos) << outcome.output;
        ASSERT_EQ(StepsOf(checkpoint + ".state", false), 39U);
        std::filesystem::remove_all(File(curve));
        std::filesystem::remove(File(checkpoint));
    }

    /// The last line that a program printed, without its end.
    static std::string LastLine(const std::string& output)
    {
        const std::string text = output.substr(0, output.find_last_not_of('\n') + 1);
        return text.substr(text.find_last_of('\n') + 1);
    }

    void ExpectNoHalves() const
    {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        {
            EXPECT_EQ(entry.path().filename().string().find(".part"), std::string::npos) << entry.path();
        }
    }

    /// A training of seconds with 40 steps in each of 4 epochs, whose state is written after every step.
    std::string Small(const std::string& data) const
    {
        return "--data=" + File(data) + " --width=8 --batch=16 --epochs=4 --hold-out=3 --threads=1 --save-seconds=0 ";
    }
};

} // namespace

TEST_F(TrainingFaults, AKilledTrainingGoesOnToTheSameBytes)
{
    WriteFlowData("flows", 6, 160);
    WriteMapData("maps", 6, 40);
    const std::string ofMaps = "--model=published --hidden=16 --data=" + File("maps") +
                               " --width=8 --batch=4 --epochs=4 --hold-out=3 --threads=1 --save-seconds=0 ";
    for (const bool published : {false, true})
    {
        const std::string arguments = published ? ofMaps : Small("flows");
        const std::string calm = published ? "calm-p.pt" : "calm.pt";
        const std::string killed = published ? "killed-p.pt" : "killed.pt";
        const Outcome whole = Start("m3-train", arguments + "--checkpoint=" + File(calm));
        ASSERT_EQ(whole.code, 0) << whole.output;
        ASSERT_EQ(StepsOf(calm, published), 160U);
        int kills = 0;
        for (const uint64_t steps : {7U, 55U, 120U}) // in the first epoch, the second, and where the third ends
        {
            kills += KillAfter(steps, arguments, killed, published);
        }
        EXPECT_GE(kills, 1) << "on this machine it was always too late";
        Write(killed + ".state.part123", "half"); // what a kill while it is written leaves
        const Outcome rest = Start("m3-train", arguments + "--checkpoint=" + File(killed));
        ASSERT_EQ(rest.code, 0) << rest.output;
        EXPECT_NE(rest.output.find("going on at step "), std::string::npos) << rest.output;
        EXPECT_TRUE(BytesOf(killed) == BytesOf(calm));
        EXPECT_EQ(BytesOf(killed + ".csv"), BytesOf(calm + ".csv"));
        const std::string curve = BytesOf(killed + ".csv");
        EXPECT_EQ(std::count(curve.begin(), curve.end(), '\n'), 5) << curve;
        EXPECT_FALSE(std::filesystem::exists(File(killed + ".state")));
    }
    ExpectNoHalves();
}

TEST_F(TrainingFaults, AStateWithoutStepsLeftIsStillWrittenAsACheckpoint)
{
    WriteFlowData("flows", 6, 160);
    ASSERT_EQ(Start("m3-train", Small("flows") + "--checkpoint=" + File("calm.pt")).code, 0);
    LeaveState(Small("flows"), "k.pt");
    std::ifstream ofState(File("k.pt.state"), std::ios::binary);
    TrainingState training = *ReadFlowCheckpoint(ofState, "k.pt.state").network.training;
    std::ifstream ofCalm(File("calm.pt"), std::ios::binary);
    FlowCheckpoint last = ReadFlowCheckpoint(ofCalm, "calm.pt");
    training.curve = BytesOf("calm.pt.csv");
    last.network.training = training;
    WriteCheckpoint(last, File("k.pt.state"));
    const Outcome outcome = Start("m3-train", Small("flows") + "--checkpoint=" + File("k.pt"));
    EXPECT_EQ(outcome.code, 0) << outcome.output;
    EXPECT_TRUE(BytesOf("k.pt") == BytesOf("calm.pt"));
    EXPECT_EQ(BytesOf("k.pt.csv"), BytesOf("calm.pt.csv"));
    EXPECT_FALSE(std::filesystem::exists(File("k.pt.state")));
}

TEST_F(TrainingFaults, AStateOfAnotherTrainingIsRefused)
{
    WriteFlowData("flows", 6, 160);
    WriteFlowData("others", 7, 160);
    LeaveState(Small("flows"), "k.pt");
    const std::string state = BytesOf("k.pt.state");
    const auto expect = [&](const std::string& arguments, const std::string& message)
    {
        const Outcome outcome = Start("m3-train", arguments + " --checkpoint=" + File("k.pt"));
        EXPECT_EQ(outcome.code, 1) << outcome.output;
        EXPECT_NE(LastLine(outcome.output).find("k.pt.state: is the state of another training (" + message),
                  std::string::npos)
            << outcome.output;
        EXPECT_TRUE(BytesOf("k.pt.state") == state);
        EXPECT_FALSE(std::filesystem::exists(File("k.pt")));
    };
    const auto with = [&](const std::string& option, const std::string& value)
    {
        std::string arguments = Small("flows");
        const std::size_t at = arguments.find("--" + option + "=");
        return arguments.erase(at, arguments.find(' ', at) - at) + "--" + option + "=" + value;
    };
    expect(with("batch", "64"), "batch: 16, now batch: 64)");
    expect(with("width", "16"), "shape: 8x1");
    expect(Small("flows") + "--rate=0.5", "learning rate: 0.001");
    expect(Small("others"), "data: 6 files, checksum ");
    Damage("k.pt.state");
    const Outcome outcome = Start("m3-train", Small("flows") + "--checkpoint=" + File("k.pt"));
    EXPECT_EQ(outcome.code, 1);
    EXPECT_NE(LastLine(outcome.output).find("k.pt.state: is no checkpoint of m3, or damaged"), std::string::npos)
        << outcome.output;
}

TEST_F(TrainingFaults, ALossThatIsNotFiniteEndsATraining)
{
    WriteFlowData("flows", 6, 160);
    ASSERT_EQ(Start("m3-train", Small("flows") + "--checkpoint=" + File("m.pt")).code, 0);
    const std::string before = BytesOf("m.pt");
    const Outcome outcome = Start("m3-train", Small("flows") + "--rate=1000 --checkpoint=" + File("m.pt"));
    EXPECT_EQ(outcome.code, 1);
    EXPECT_NE(LastLine(outcome.output).find("m.pt: training stopped: its "), std::string::npos) << outcome.output;
    EXPECT_TRUE(BytesOf("m.pt") == before);
    EXPECT_FALSE(std::filesystem::exists(File("m.pt.state")));
    ExpectNoHalves();
}

TEST_F(TrainingFaults, ADamagedSampleStopsEveryProgramThatReadsIt)
{
    WriteFlowData("flows", 3, 160);
    ASSERT_EQ(Start("m3-train", Small("flows") + "--checkpoint=" + File("m.pt")).code, 0);
    const std::string before = BytesOf("m.pt");
    const std::string good = BytesOf("flows/00000001.m3s");
    Damage("flows/00000001.m3s");
    const auto expectRefused = [&](const std::string& program, const std::string& arguments)
    {
        const Outcome outcome = Start(program, arguments);
        EXPECT_EQ(outcome.code, 1);
        EXPECT_NE(outcome.output.find("00000001.m3s: is damaged"), std::string::npos) << outcome.output;
        EXPECT_TRUE(BytesOf("m.pt") == before);
    };
    expectRefused("m3-train", Small("flows") + "--checkpoint=" + File("m.pt"));
    expectRefused("m3-datagen", "inspect " + File("flows"));
    Write("flows/00000001.m3s", good.substr(0, good.size() / 3));
    expectRefused("m3-train", "evaluate --data=" + File("flows") + " --checkpoint=" + File("m.pt"));
    expectRefused("m3-datagen", "inspect " + File("flows"));
}

TEST_F(TrainingFaults, AFileThatCannotBeWrittenIsOneLine)
{
    WriteFlowData("flows", 3, 160);
    // no file may have more than 4 KB: as on a full disk the write of the checkpoint fails half way
    const std::string limited = "trap '' XFSZ; ulimit -f 8; " + std::string(M3_BIN_DIR) + "/m3-train ";
    const Outcome full = RunCommand("sh -c \"" + limited + Small("flows") + "--checkpoint=" + File("m.pt") + "\"");
    EXPECT_EQ(full.code, 1) << full.output;
    EXPECT_NE(LastLine(full.output).find("m.pt.state: cannot be written"), std::string::npos) << full.output;
    EXPECT_EQ(full.output.find("terminate"), std::string::npos) << full.output;
    EXPECT_FALSE(std::filesystem::exists(File("m.pt")));
    ExpectNoHalves();
    std::filesystem::create_directories(File("n.pt.csv/in-the-way"));
    const Outcome curve = Start("m3-train", Small("flows") + "--checkpoint=" + File("n.pt"));
    EXPECT_EQ(curve.code, 1);
    EXPECT_NE(LastLine(curve.output).find("n.pt.csv: cannot be written"), std::string::npos) << curve.output;
    ExpectNoHalves();
}

TEST_F(TrainingFaults, WithoutNetworksToValidateOnThereIsNoValidationLoss)
{
    WriteFlowData("flows", 3, 160);
    const Outcome outcome =
        Start("m3-train", "--data=" + File("flows") + " --width=8 --epochs=1 --threads=1 --checkpoint=" + File("m.pt"));
    ASSERT_EQ(outcome.code, 0) << outcome.output;
    EXPECT_NE(outcome.output.find("none to validate on"), std::string::npos) << outcome.output;
    EXPECT_EQ(outcome.output.find("validation loss 0"), std::string::npos) << outcome.output;
    const std::string curve = BytesOf("m.pt.csv");
    EXPECT_EQ(curve.substr(curve.size() - 2), ",\n") << curve;
}

TEST_F(TrainingFaults, SamplesOfPathsMakeAModelOfPaths)
{
    WriteFlowData("paths", 3, 160, Scope::PATHS);
    ASSERT_EQ(Start("m3-train", Small("paths") + "--checkpoint=" + File("paths.pt")).code, 0);
    ExpectRefused("m3-compare",
                  "--racks=2 --hosts=2 --count=100 --engines=m3 --checkpoint=" + File("paths.pt"),
                  "paths.pt: is a model of the scope paths");
    WriteFlowData("both", 3, 160);
    std::filesystem::copy_file(File("paths/00000001.m3s"), File("both/00000003.m3s"));
    ExpectRefused("m3-train",
                  Small("both") + "--checkpoint=" + File("m.pt"),
                  "00000003.m3s: holds samples of another scope");
    WriteFlowData("network", 3, 160);
    ExpectRefused("m3-train",
                  "--from=" + File("paths.pt") + " --errors=" + File("network") + " --checkpoint=" + File("r.pt"),
                  "holds samples of another scope");
}

TEST_F(TrainingFaults, SamplesOfOtherOptionsAreNotCountedAsDone)
{
    const std::string options = "--packet-hops=20000 --flows=20 --out=" + File("d");
    ASSERT_EQ(Start("m3-datagen", "--seed=5 --scenarios=3 " + options).code, 0);
    const auto before = BytesOfFolder("d");
    ExpectRefused("m3-datagen",
                  "--seed=99 --scenarios=4 " + options,
                  "00000000.m3s: was made by seed 5, network 0, variant 0");
    for (const std::string other : {"--packet-hops=30000 --flows=20",
                                    "--packet-hops=20000 --flows=21",
                                    "--packet-hops=20000 --flows=20 --max-hosts=64",
                                    "--packet-hops=20000 --paths=5",
                                    "--packet-hops=20000 --flows=20 --variants=2"})
    {
        ExpectRefused("m3-datagen", "--seed=5 --scenarios=3 --out=" + File("d") + " " + other, "give another --out");
    }
    ExpectRefused("m3-datagen",
                  "--seed=5 --scenarios=3 " + options + " --topology=" + File("topo.txt"),
                  "give another --out");
    EXPECT_TRUE(BytesOfFolder("d") == before);
    // others of another seed behind them are fine
    EXPECT_EQ(Start("m3-datagen", "--seed=99 --first=3 --scenarios=1 " + options).code, 0);
}

TEST_F(TrainingFaults, SchedulesAreSamplesLikeOthers)
{
    const std::string options = "--schedules --scenarios=5 --packet-hops=20000 --flows=200 --out=";
    ASSERT_EQ(Start("m3-datagen", options + File("one") + " --seed=5 --processes=1").code, 0);
    ASSERT_EQ(Start("m3-datagen", options + File("same") + " --seed=5 --processes=3").code, 0);
    ASSERT_EQ(Start("m3-datagen", options + File("other") + " --seed=6").code, 0);
    EXPECT_TRUE(BytesOfFolder("one") == BytesOfFolder("same"));
    for (const auto& [name, bytes] : BytesOfFolder("one"))
    {
        EXPECT_NE(bytes, BytesOfFolder("other").at(name));
    }
    const Outcome outcome = Start("m3-datagen", "inspect " + File("one"));
    EXPECT_NE(outcome.output.find("flows of schedule: "), std::string::npos) << outcome.output;
    EXPECT_NE(outcome.output.find("seed 5"), std::string::npos) << outcome.output;
    ExpectRefused("m3-datagen",
                  "--scenarios=5 --packet-hops=20000 --flows=200 --seed=5 --out=" + File("one"),
                  "schedules");
    ExpectRefused("m3-datagen", "--schedules --paths=5 --out=" + File("x"), "--schedules draws networks of its own");
    ExpectRefused("m3-datagen",
                  "--schedules --kinds=incast --out=" + File("x"),
                  "--schedules draws networks of its own");
    EXPECT_EQ(Start("m3-train", "--data=" + File("one") + " --checkpoint=" + File("s.pt") + " --epochs=1").code, 0);
}

TEST_F(TrainingFaults, DamagedSamplesAreMadeAgain)
{
    const std::string options = "--scenarios=4 --packet-hops=20000 --flows=20 --out=" + File("d");
    ASSERT_EQ(Start("m3-datagen", options).code, 0);
    const auto before = BytesOfFolder("d");
    Damage("d/00000000.m3s");
    Write("d/00000001.m3s", before.at("00000001.m3s").substr(0, 1000));
    Write("d/00000003.m3s", "");
    const Outcome outcome = Start("m3-datagen", options);
    EXPECT_EQ(outcome.code, 0) << outcome.output;
    for (const std::string name : {"00000000.m3s", "00000001.m3s", "00000003.m3s"})
    {
        EXPECT_NE(outcome.output.find(name + ": is damaged"), std::string::npos) << outcome.output;
    }
    EXPECT_TRUE(BytesOfFolder("d") == before);
    // one of an older version is somebody's work: it is not written over
    Write("d/00000002.m3s", "m3sample of an older version");
    ExpectRefused("m3-datagen", options, "00000002.m3s: is a sample file of an older version of m3");
}

TEST_F(TrainingFaults, OlderCheckpointsAreConvertedOrRefusedInOneLine)
{
    const std::string older = std::string(M3_TEST_DIR) + "/nn/checkpoint-features-4.pt";
    ASSERT_EQ(Start("m3-train", "convert " + older + " " + File("new.pt") + " --scope=paths").code, 0);
    std::ifstream in(File("new.pt"), std::ios::binary);
    const FlowCheckpoint read = ReadFlowCheckpoint(in, "new.pt");
    EXPECT_EQ(read.features, 4U);
    EXPECT_EQ(read.scope, Scope::PATHS);
    EXPECT_EQ(read.shape.width, 8U);
    ExpectRefused("m3-train", "convert " + older + " " + File("no/n.pt") + " --scope=paths", "n.pt: cannot be written");
    ExpectRefused("m3-train", "convert " + older + " " + File("n.pt") + " --scope=both", "scope");
    ExpectRefused("m3-train", "convert " + File("none.pt") + " " + File("n.pt"), "none.pt: cannot be read");
    ExpectRefused("m3-train", "convert " + older, "NEW is missing");
    ExpectRefused("m3-train", "convert " + File("new.pt") + " " + File("n.pt"), "new.pt: is no checkpoint of m3");
    ExpectRefused("m3-train", "convert " + File("topo.txt") + " " + File("n.pt"), "topo.txt: is no checkpoint of m3");
    // what LibTorch would take without a word
    std::ifstream archive(older, std::ios::binary);
    std::string bytes(std::istreambuf_iterator<char>(archive), {});
    bytes[bytes.find("archive/data/30") + 1000] ^= 1;
    Write("damaged.pt", bytes);
    ExpectRefused("m3-train",
                  "convert " + File("damaged.pt") + " " + File("n.pt") + " --scope=paths",
                  "damaged.pt: is no checkpoint of m3, or damaged");
}
