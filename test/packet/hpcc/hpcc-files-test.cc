// SPDX-License-Identifier: GPL-2.0-only
#include "input-file.h"
#include "packet/engine/star.h"

#include "ns3/m3-packet-simulation.h"
#include "packet/hpcc/hpcc-files.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

using namespace ns3::m3;

namespace
{

const std::string INPUTS = "TOPOLOGY_FILE topo.txt\nFLOW_FILE flow.txt\nCC_MODE 0\n";

/// A config beside an empty topology and flow file.
std::string ConfigFile(const std::string& text)
{
    WriteInput("run/topo.txt", "");
    WriteInput("run/flow.txt", "");
    return WriteInput("run/config.txt", text);
}

HpccRun ReadConfigText(const std::string& text)
{
    return ReadHpccConfig(ConfigFile(text));
}

std::string ConfigError(const std::string& lines)
{
    return InputErrorOf([&] { ReadConfigText(INPUTS + lines + "\n"); });
}

/// Goes to a folder of the test's and back.
class WorkingFolder
{
  public:
    explicit WorkingFolder(const std::string& name)
        : m_before(std::filesystem::current_path())
    {
        std::filesystem::create_directories(TemporaryFolder() / name);
        std::filesystem::current_path(TemporaryFolder() / name);
    }

    ~WorkingFolder()
    {
        std::filesystem::current_path(m_before);
    }

  private:
    std::filesystem::path m_before;
};

} // namespace

TEST(HpccFiles, NamesAreTriedBesideTheConfigThenFromTheWorkingDirectory)
{
    WriteInput("simulation/mix/topology.txt", "");
    WriteInput("simulation/mix/flow.txt", "");
    WriteInput("simulation/mix/config.txt",
               "TOPOLOGY_FILE mix/topology.txt\nFLOW_FILE flow.txt\nFCT_OUTPUT_FILE mix/fct.txt\nCC_MODE 0\n");
    const WorkingFolder simulation("simulation");
    const HpccRun run = ReadHpccConfig("mix/config.txt");
    EXPECT_EQ(run.topologyFile, "mix/topology.txt") << "as the original finds it";
    EXPECT_EQ(run.flowFile, "mix/flow.txt") << "beside the config";
    EXPECT_EQ(run.fctFile, "mix/fct.txt") << "there is no folder mix/mix";
    EXPECT_EQ(run.pfcFile, "mix/pfc.txt");
    WriteInput("simulation/mix/mix/topology.txt", "");
    EXPECT_EQ(ReadHpccConfig("mix/config.txt").topologyFile, "mix/mix/topology.txt") << "beside the config comes first";
}

TEST(HpccFiles, AMissingFileIsSoughtInTwoPlacesThatTheErrorNames)
{
    const std::string config = WriteInput("simulation/mix/lost.txt", "TOPOLOGY_FILE a/b.txt\nFLOW_FILE f\nCC_MODE 0\n");
    const WorkingFolder simulation("simulation");
    EXPECT_EQ(InputErrorOf([] { ReadHpccConfig("mix/lost.txt"); }),
              "mix/lost.txt: TOPOLOGY_FILE: there is neither mix/a/b.txt (beside the config) nor a/b.txt (from the "
              "working directory)");
    const HpccRun run = ReadHpccConfig("mix/lost.txt", {"other-topology.txt", "other-flows.txt"});
    EXPECT_EQ(run.topologyFile, "other-topology.txt");
    EXPECT_EQ(run.flowFile, "other-flows.txt");
    EXPECT_EQ(InputErrorOf([] { ReadHpccConfig(WriteInput("empty.txt", "CC_MODE 0\n")); }),
              "empty.txt: TOPOLOGY_FILE: is missing");
    EXPECT_NO_THROW(ReadHpccConfig(WriteInput("empty.txt", "CC_MODE 0\n"), {"t", "f"}));
}

TEST(HpccFiles, KeysOfTheFamilyThatMeanNothingHereAreNotedOnce)
{
    EXPECT_TRUE(ReadConfigText(INPUTS).notes.empty());
    const HpccRun run = ReadConfigText(INPUTS + "BW_MON_FILE q.txt\nTRACE_NODE 0\nMON_START 0\nBW_MON_INTERVAL 10000\n"
                                                "FLOW_ON_PATH_FILE p\nCONWEAVE_TX_EXPIRY_TIME 100\nCNP_OUTPUT_FILE c\n"
                                                "SW_MONITORING_INTERVAL 10\nMON_START 1\n");
    ASSERT_EQ(run.notes.size(), 1U);
    EXPECT_EQ(run.notes[0].substr(TemporaryFolder().string().size() + 1),
              "run/config.txt: keys that change nothing here: BW_MON_FILE, TRACE_NODE, MON_START, BW_MON_INTERVAL, "
              "FLOW_ON_PATH_FILE, CONWEAVE_TX_EXPIRY_TIME, CNP_OUTPUT_FILE, SW_MONITORING_INTERVAL");
    EXPECT_EQ(ConfigError("QLEN_MON_FIEL q.txt"), "run/config.txt:4: QLEN_MON_FIEL: unknown key");
    EXPECT_EQ(ConfigError("BUFER_SIZE 16"), "run/config.txt:4: BUFER_SIZE: unknown key");
    EXPECT_TRUE(ReadConfigText(INPUTS + "FCT_OUTPUT_FILE f\nLB_MODE 0\n").notes.empty()) << "these mean something";
}

TEST(HpccFiles, ValuesThatAreNotSimulatedSayWhatIs)
{
    EXPECT_EQ(ConfigError("ENABLE_QCN 0"),
              "run/config.txt:4: ENABLE_QCN: '0' is not simulated, only 1: CC_MODE 0 runs without congestion control");
    EXPECT_EQ(ConfigError("LB_MODE 9"),
              "run/config.txt:4: LB_MODE: '9' is not simulated, only 0: routes are those of ECMP by flow");
    EXPECT_EQ(ConfigError("PACKET_PAYLOAD_SIZE 1000\nL2_ACK_INTERVAL 1\nENABLE_QCN 1\nLINK_DOWN 0 0 0\n"
                          "ERROR_RATE_PER_LINK 0.0000\nL2_BACK_TO_ZERO 0\nUSE_DYNAMIC_PFC_THRESHOLD 1\nENABLE_IRN 0\n"),
              "");
    EXPECT_EQ(ConfigError("ENABLE_QCN yes"), "run/config.txt:4: ENABLE_QCN: 'yes' is not a finite number");
}

TEST(HpccFiles, PayloadsAndAckIntervals)
{
    const HpccRun run = ReadConfigText(INPUTS + "PACKET_PAYLOAD_SIZE 4096\nL2_ACK_INTERVAL 8000\nL2_CHUNK_SIZE 2000\n");
    EXPECT_EQ(run.config.payloadBytes, 4096U);
    EXPECT_EQ(run.config.ackIntervalBytes, 8000U);
    EXPECT_EQ(run.config.ackChunkBytes, 2000U);
    EXPECT_EQ(ReadConfigText(INPUTS).config.ackChunkBytes, 4000U) << "that simulator's default";
    EXPECT_EQ(ConfigError("PACKET_PAYLOAD_SIZE 10"),
              "run/config.txt:4: PACKET_PAYLOAD_SIZE: must be in 64..9216, is 10");
    EXPECT_EQ(ConfigError("L2_ACK_INTERVAL 0"), "run/config.txt:4: L2_ACK_INTERVAL: must be in 1..1000000000, is 0");
    EXPECT_EQ(ConfigError("L2_CHUNK_SIZE 0"), "run/config.txt:4: L2_CHUNK_SIZE: must be in 1..4294967295, is 0");
}

TEST(HpccFiles, ALinkGoesDownAtATimeAfterTwoSeconds)
{
    FabricGraph fabric;
    fabric.AddNode(NodeKind::HOST);
    fabric.AddNode(NodeKind::HOST);
    fabric.AddNode(NodeKind::SWITCH);
    fabric.AddLink(0, 2, 10'000'000'000, 1000);
    fabric.AddLink(1, 2, 10'000'000'000, 1000);
    const auto changes = LinkChangesOf(ReadConfigText(INPUTS + "LINK_DOWN 300 2 1\n"), fabric);
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(changes[0].timeNs, 2'000'300'000);
    EXPECT_EQ(fabric.Link(changes[0].link).from, 2U);
    EXPECT_EQ(fabric.Link(changes[0].link).to, 1U);
    EXPECT_FALSE(changes[0].up);
    EXPECT_TRUE(LinkChangesOf(ReadConfigText(INPUTS + "LINK_DOWN 0 0 0\n"), fabric).empty());
    EXPECT_TRUE(LinkChangesOf(ReadConfigText(INPUTS), fabric).empty());
    try
    {
        LinkChangesOf(ReadConfigText(INPUTS + "LINK_DOWN 300 0 1\n"), fabric);
        FAIL();
    }
    catch (const InputError& error)
    {
        EXPECT_NE(std::string(error.what()).find("LINK_DOWN: names nodes 0 and 1, between which there is no link"),
                  std::string::npos);
    }
    EXPECT_EQ(ConfigError("LINK_DOWN 300 1"),
              "run/config.txt:4: LINK_DOWN: needs a time in us after 2 s and two nodes");
    EXPECT_EQ(ConfigError("LINK_DOWN x 0 1"), "run/config.txt:4: LINK_DOWN: 'x' is not a whole number of 0 or more");
}

TEST(HpccFiles, AStopTimeBeyondAllTimeIsNone)
{
    EXPECT_EQ(ReadConfigText(INPUTS + "SIMULATOR_STOP_TIME 40000000000000.00\n").stopNs, INT64_MAX);
    EXPECT_EQ(ReadConfigText(INPUTS + "SIMULATOR_STOP_TIME 4.00\n").stopNs, 4'000'000'000);
    EXPECT_EQ(ConfigError("SIMULATOR_STOP_TIME -1").substr(0, 38), "run/config.txt:4: SIMULATOR_STOP_TIME:");
    EXPECT_EQ(ConfigError("SIMULATOR_STOP_TIME inf"),
              "run/config.txt:4: SIMULATOR_STOP_TIME: 'inf' is not a finite number");
}

TEST(HpccFiles, NumbersAreReadWhole)
{
    EXPECT_EQ(ConfigError("EWMA_GAIN 0,0625"), "run/config.txt:4: EWMA_GAIN: '0,0625' is not a finite number");
    EXPECT_EQ(ConfigError("RATE_AI 50Mb"),
              "run/config.txt:4: RATE_AI: '50Mb' is not a rate above 0 such as 10Gbps, 615Mb/s");
    EXPECT_EQ(ConfigError("HAS_WIN 1x"), "run/config.txt:4: HAS_WIN: '1x' is not a whole number of 0 or more");
    EXPECT_EQ(ConfigError("HAS_WIN"), "run/config.txt:4: HAS_WIN: has no value");
    EXPECT_EQ(ConfigError("KMIN_MAP 2 10000000000 15"),
              "run/config.txt:4: KMIN_MAP: needs a count, then that many pairs of rate and value");
    EXPECT_EQ(ReadHpccConfig(ConfigFile("\xEF\xBB\xBF" + INPUTS)).config.congestionControl,
              CongestionControlType::NONE);
}

TEST(HpccFiles, ThresholdsAreAskedForWhereMarksAreRead)
{
    const FabricGraph fabric = Star(2, 10 * GBIT);
    RdmaConfig config;
    config.ecnByRate[40 * GBIT] = {1000, 2000, 1};
    for (const auto control : {CongestionControlType::HPCC, CongestionControlType::TIMELY, CongestionControlType::NONE})
    {
        config.congestionControl = control;
        EXPECT_EQ(EcnProfileOfPort(config, 10 * GBIT).pmax, 0) << "it reads no marks";
        EXPECT_EQ(RunPacketSimulation(fabric, config, {{0, 1, 1000, 0}}).completionOrder.size(), 1U);
    }
    for (const auto control : {CongestionControlType::DCTCP, CongestionControlType::DCQCN})
    {
        config.congestionControl = control;
        EXPECT_EQ(InputErrorOf([&] { EcnProfileOfPort(config, 10 * GBIT); }),
                  "no ECN thresholds for ports of 10000000000 bit/s");
    }
}

TEST(UnfinishedLines, SayHowManyWhichAndWhy)
{
    RdmaConfig config;
    config.mode = EngineMode::HPCC;
    PacketRunOptions options;
    options.stopNs = 100'000;
    const auto lines = [&](const FabricGraph& fabric, const FlowList& flows)
    {
        const PacketResult result = RunPacketSimulation(fabric, config, flows, options);
        return UnfinishedLines(config.mode, flows, result, options.stopNs);
    };
    const FabricGraph fabric = Star(2, 10 * GBIT);
    EXPECT_EQ(lines(fabric, {{0, 1, 1000, 0}, {0, 1, 1000, 200'000}, {1, 0, 1000, 200'000}}),
              std::vector<std::string>{"2 stop-time (flows 1, 2): the run stops before they start"});
    EXPECT_EQ(lines(fabric, {{0, 1, 1'000'000, 0}}),
              std::vector<std::string>{"1 stop-time (flow 0): the run ended first"});
    EXPECT_TRUE(lines(fabric, {{0, 1, 1000, 0}}).empty());
    options.stopNs = INT64_MAX;
    const auto lost = lines(Star(2, 10 * GBIT, 1000, 0.999), FlowList(8, {0, 1, 1000, 0}));
    EXPECT_EQ(lost,
              std::vector<std::string>{"8 no-progress (flows 0, 1, 2, 3, 4, ...): packets were lost, and hpcc mode has "
                                       "no retransmission timeout"});
}
