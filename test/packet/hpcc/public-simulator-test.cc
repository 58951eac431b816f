// SPDX-License-Identifier: GPL-2.0-only
// Rules of the HPCC simulator that its reference outputs do not show: destination ports, parallel links, link errors,
// bottlenecks after a link goes down, unbound rates, HPCC without window and with counters that miss packets, and what
// it writes of queues. The figures are those of the public simulator
// (github.com/alibaba-edu/High-Precision-Congestion-Control) with the files that WriteCase writes.
#include "temporary-folder.h"

#include "fabric/topology-file.h"
#include "packet/hpcc/hpcc-files.h"
#include "packet/hpcc/packet-trace.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iomanip>
#include <sstream>
#include <string>

using namespace ns3::m3;

namespace
{

/// A run that differs from the common one in a few lines.
struct PublicCase
{
    const char* name;
    const char* keys;      //!< lines of its own of the config file
    const char* slowRate;  //!< rate of the link from switch 6 to 9
    const char* errorRate; //!< of two links between switches
    const char* extraLink; //!< a line more of the topology file, or empty
    uint64_t hash;         //!< of columns 1 to 8 of the public simulator's fct.txt
};

constexpr PublicCase PUBLIC_CASES[] = {
    {"destination ports", "CC_MODE 8\n", "100Gbps", "0", "", 0x923b2bec51b171d7},
    {"parallel links", "CC_MODE 8\n", "100Gbps", "0", "8 6 50Gbps 700ns 0\n", 0x515aebcc3ea279c8},
    {"link errors", "CC_MODE 1\n", "100Gbps", "0.01", "", 0x6bdc97aeebf234f3},
    {"slow link goes down", "CC_MODE 8\nGLOBAL_T 0\nLINK_DOWN 15 9 6\n", "25Gbps", "0", "", 0x42d9db937629daf2},
    {"rates do not bind", "CC_MODE 3\nRATE_BOUND 0\n", "100Gbps", "0", "", 0x5371626fe2435b44},
    {"no window", "CC_MODE 3\nHAS_WIN 0\n", "100Gbps", "0", "", 0x753454729768fc4a},
    {"coarse counters", "CC_MODE 3\nMULTI_RATE 1\nINT_MULTI 32\nFAST_REACT 0\n", "100Gbps", "0", "", 0xe6e5b1876802faf},
};

/// Two leaves (6 and 7) of three hosts, two spines (8 and 9), and 80 flows two by two at the same time.
void WriteCase(const PublicCase& one, const std::filesystem::path& folder)
{
    std::ofstream config(folder / "config.txt");
    config << "PACKET_PAYLOAD_SIZE 1000\nTOPOLOGY_FILE topo.txt\nFLOW_FILE flow.txt\nSIMULATOR_STOP_TIME 2.02\n"
              "ALPHA_RESUME_INTERVAL 1\nRATE_DECREASE_INTERVAL 4\nCLAMP_TARGET_RATE 0\nRP_TIMER 300\n"
              "EWMA_GAIN 0.0625\nFAST_RECOVERY_TIMES 1\nRATE_AI 40Mb/s\nRATE_HAI 200Mb/s\nMIN_RATE 100Mb/s\n"
              "DCTCP_RATE_AI 1000Mb/s\nL2_CHUNK_SIZE 4000\nL2_ACK_INTERVAL 1\nHAS_WIN 1\nGLOBAL_T 1\nVAR_WIN 1\n"
              "FAST_REACT 1\nU_TARGET 0.95\nMI_THRESH 0\nINT_MULTI 1\nMULTI_RATE 0\nSAMPLE_FEEDBACK 0\nRATE_BOUND 1\n"
              "ACK_HIGH_PRIO 0\nBUFFER_SIZE 4\nKMAX_MAP 3 25000000000 40 50000000000 80 100000000000 160\n"
              "KMIN_MAP 3 25000000000 10 50000000000 20 100000000000 40\n"
              "PMAX_MAP 3 25000000000 0.2 50000000000 0.2 100000000000 0.2\n"
           << one.keys;
    std::ofstream topology(folder / "topo.txt");
    topology << "10 4 " << 10 + (*one.extraLink != '\0') << "\n6 7 8 9\n";
    for (int host = 0; host < 6; host++)
    {
        topology << host << ' ' << 6 + host / 3 << " 25Gbps 1000ns 0\n";
    }
    topology << "6 8 100Gbps 1000ns " << one.errorRate << "\n6 9 " << one.slowRate
             << " 1000ns 0\n7 8 100Gbps 1000ns 0\n7 9 100Gbps 1000ns " << one.errorRate << '\n'
             << one.extraLink;
    std::ofstream flows(folder / "flow.txt");
    flows << "80\n";
    for (int i = 0; i < 80; i++)
    {
        const int src = i * 7 % 6;
        flows << src << ' ' << (src + 1 + i * 5 % 5) % 6 << " 3 " << (i % 3 == 0 ? 200 : 100) << ' '
              << 1 + i * i * 977 % 60000 << " 2." << std::setw(9) << std::setfill('0') << 1000 + i / 2 * 800 << '\n';
    }
}

/// FNV-1a of 64 bits.
uint64_t HashOfPublicText(const std::string& text)
{
    uint64_t hash = 14695981039346656037ULL;
    for (const char c : text)
    {
        hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    }
    return hash;
}

/// Columns 1 to 8 of an fct.txt, with a line feed behind each.
std::string FirstEightColumns(const std::filesystem::path& file)
{
    std::string text;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);)
    {
        text += line.substr(0, line.rfind(' ')) + '\n';
    }
    return text;
}

/// A run of the packet engine with the files of a folder.
class PublicRun
{
  public:
    explicit PublicRun(const std::filesystem::path& folder)
        : run(ReadHpccConfig((folder / "config.txt").string())),
          fabric(ReadTopologyFile(run.topologyFile)),
          flows(ReadFlowFile(run.flowFile, fabric, run.startTimes))
    {
        options.stopNs = run.stopNs;
        options.linkChanges = LinkChangesOf(run, fabric);
    }

    /// Columns 1 to 8 of fct.txt.
    std::string Fcts() const
    {
        const PacketResult result = RunPacketSimulation(fabric, run.config, flows, options);
        const auto file = TemporaryFolder() / "public-fct.txt";
        WriteHpccFct(fabric, run.config, flows, result, options.linkChanges, file);
        return FirstEightColumns(file);
    }

    /// TRACE_OUTPUT_FILE with all nodes.
    std::string Trace() const
    {
        std::ostringstream out;
        PacketTraceWriter writer(fabric,
                                 run.config,
                                 flows,
                                 run.trace,
                                 std::vector<uint32_t>(fabric.NodeCount(), 1),
                                 out);
        PacketRunOptions traced = options;
        traced.observer = &writer;
        traced.untilQuiet = true;
        RunPacketSimulation(fabric, run.config, flows, traced);
        return out.str();
    }

    const HpccRun run;
    const FabricGraph fabric;
    const FlowList flows;
    PacketRunOptions options;
};

} // namespace

TEST(PublicSimulator, RulesBeyondTheReference)
{
    for (const PublicCase& one : PUBLIC_CASES)
    {
        SCOPED_TRACE(one.name);
        WriteCase(one, TemporaryFolder());
        EXPECT_EQ(HashOfPublicText(PublicRun(TemporaryFolder()).Fcts()), one.hash);
    }
}

TEST(PublicSimulator, HpccDoesNotReactOnRoutesOfMoreThanFiveSwitches)
{
    // six switches in a row, two hosts at either end; with five, both flows take over 220 us
    WriteCase({"", "CC_MODE 3\n", "", "", "", 0}, TemporaryFolder());
    std::ofstream(TemporaryFolder() / "topo.txt")
        << "10 6 9\n4 5 6 7 8 9\n0 4 25Gbps 1000ns 0\n1 4 25Gbps 1000ns 0\n2 9 25Gbps 1000ns 0\n3 9 25Gbps 1000ns 0\n"
           "4 5 25Gbps 1000ns 0\n5 6 25Gbps 1000ns 0\n6 7 25Gbps 1000ns 0\n7 8 25Gbps 1000ns 0\n8 9 25Gbps 1000ns 0\n";
    std::ofstream(TemporaryFolder() / "flow.txt") << "2\n0 2 3 100 300000 2.000001\n1 3 3 100 300000 2.000020\n";
    EXPECT_EQ(PublicRun(TemporaryFolder()).Fcts(),
              "0b000001 0b000201 10000 100 300000 2000001000 205944 116848\n"
              "0b000101 0b000301 10000 100 300000 2000020000 206084 116848\n");
}

TEST(PublicSimulator, QueueHistogramsAreItsOwnToTheByte)
{
    WriteCase({"", "CC_MODE 8\nSIMULATOR_STOP_TIME 2.3\nQLEN_MON_FILE qlen.txt\n", "100Gbps", "0", "", 0},
              TemporaryFolder());
    PublicRun one(TemporaryFolder());
    QueueHistogram histogram(one.fabric);
    one.options.queueLooks = histogram.Looks(one.run.queues);
    EXPECT_EQ(HashOfPublicText(one.Fcts()), PUBLIC_CASES[0].hash) << "looks change nothing";
    histogram.Write(one.run.queues.file);
    std::ifstream file(TemporaryFolder() / "qlen.txt");
    std::stringstream text;
    text << file.rdbuf();
    EXPECT_EQ(HashOfPublicText(text.str()), 0xf19c97dd90e7a12a);
}

TEST(PublicSimulator, TracesAreItsOwnButForWhatItLeavesToChance)
{
    // digests of what that simulator writes, with 0 in the bytes that it does not set
    const std::vector<std::pair<PublicCase, uint64_t>> cases = {
        {{"marks", "CC_MODE 8\n", "100Gbps", "0", "", 0}, 0xd95e0df5fbf8d107},
        {{"time stamps", "CC_MODE 7\n", "100Gbps", "0", "", 0}, 0xd9158af838c0dc1},
        {{"parallel links", "CC_MODE 8\n", "100Gbps", "0", "8 6 50Gbps 700ns 0\n", 0}, 0xf15a62b4c0c6991f},
        {{"48 records of NACKs", "CC_MODE 1\n", "100Gbps", "0.01", "", 0}, 0xd9b48d02b26bd0d4},
        {{"arrivals over a link that is down", "CC_MODE 3\nLINK_DOWN 15 9 6\n", "25Gbps", "0", "", 0},
         0x4b6e461befedcd77},
    };
    for (const auto& [one, hash] : cases)
    {
        SCOPED_TRACE(one.name);
        WriteCase(one, TemporaryFolder());
        EXPECT_EQ(HashOfPublicText(PublicRun(TemporaryFolder()).Trace()), hash);
    }
    // long links, over which data is sent twice: 309 packets come after their flow has ended, and one NACK answers them
    WriteCase({"", "CC_MODE 8\nHAS_WIN 0\nSIMULATOR_STOP_TIME 2.5\n", "100Gbps", "0", "", 0}, TemporaryFolder());
    std::ofstream(TemporaryFolder() / "topo.txt") << "3 1 2\n2\n0 2 25Gbps 200us 0\n1 2 25Gbps 200us 0.005\n";
    std::ofstream(TemporaryFolder() / "flow.txt") << "2\n0 1 3 100 3000000 2.000001\n1 0 3 100 3000000 2.000001\n";
    EXPECT_EQ(HashOfPublicText(PublicRun(TemporaryFolder()).Trace()), 0x2254502e6791bf3b);
    // 372 records of PFC frames
    WriteCase({"", "CC_MODE 0\nHAS_WIN 0\nBUFFER_SIZE 1\n", "100Gbps", "0", "", 0}, TemporaryFolder());
    std::ofstream flows(TemporaryFolder() / "flow.txt");
    flows << "20\n";
    for (int i = 0; i < 20; i++)
    {
        flows << 1 + i % 5 << " 0 3 100 100000 2.000001000\n";
    }
    flows.close();
    EXPECT_EQ(HashOfPublicText(PublicRun(TemporaryFolder()).Trace()), 0xb057b654dcc0d52c);
}

TEST(QueueLooks, SeeEachMultipleOfTheIntervalAndNoMoreThanTheBuffer)
{
    WriteCase({"", "CC_MODE 0\nBUFFER_SIZE 1\n", "100Gbps", "0", "", 0}, TemporaryFolder());
    PublicRun one(TemporaryFolder());
    constexpr int64_t FIRST_NS = 2'000'000'500;
    constexpr int64_t INTERVAL_NS = 300;
    constexpr int64_t END_NS = FIRST_NS + 1000 * INTERVAL_NS; // long after the last flow
    int64_t next = FIRST_NS;
    uint64_t longest = 0;
    uint64_t last = 0;
    one.options.queueLooks = {FIRST_NS,
                              END_NS,
                              INTERVAL_NS,
                              [&](int64_t timeNs, const std::vector<uint64_t>& bytes)
                              {
                                  EXPECT_EQ(timeNs, next);
                                  next += INTERVAL_NS;
                                  ASSERT_EQ(bytes.size(), one.fabric.LinkCount());
                                  last = 0;
                                  for (LinkId link = 0; link < bytes.size(); link++)
                                  {
                                      EXPECT_TRUE(bytes[link] == 0 || !one.fabric.IsHost(one.fabric.Link(link).from));
                                      last += bytes[link];
                                  }
                                  longest = std::max(longest, last);
                              }};
    EXPECT_FALSE(one.Fcts().empty());
    EXPECT_EQ(next, END_NS + INTERVAL_NS) << "the last look is that of the end";
    EXPECT_GT(longest, 5000U);
    EXPECT_LE(longest, 4 * *one.run.config.bufferBytes) << "of four switches";
    EXPECT_EQ(last, 0U) << "in the end all queues are empty";
}
