// SPDX-License-Identifier: GPL-2.0-only
// Rules of the HPCC simulator that its reference outputs do not show: destination ports, parallel links, link errors,
// bottlenecks after a link goes down, unbound rates, HPCC without window and with counters that miss packets. The
// figures are those of the public simulator (github.com/alibaba-edu/High-Precision-Congestion-Control) with the files
// that WriteCase writes.
#include "temporary-folder.h"

#include "fabric/topology-file.h"
#include "packet/hpcc/hpcc-files.h"

#include <gtest/gtest.h>

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

/// FNV-1a of 64 bits of the first eight columns of each line, with a line feed behind each.
uint64_t HashOfEightColumns(const std::filesystem::path& file)
{
    uint64_t hash = 14695981039346656037ULL;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);)
    {
        line.replace(line.rfind(' '), std::string::npos, "\n");
        for (const char c : line)
        {
            hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
        }
    }
    return hash;
}

} // namespace

TEST(PublicSimulator, RulesBeyondTheReference)
{
    for (const PublicCase& one : PUBLIC_CASES)
    {
        SCOPED_TRACE(one.name);
        const auto folder = TemporaryFolder();
        WriteCase(one, folder);
        const HpccRun run = ReadHpccConfig((folder / "config.txt").string());
        const FabricGraph fabric = ReadTopologyFile(run.topologyFile);
        const FlowList flows = ReadFlowFile(run.flowFile, fabric, run.startTimes);
        PacketRunOptions options;
        options.stopNs = run.stopNs;
        options.linkChanges = LinkChangesOf(run, fabric);
        const PacketResult result = RunPacketSimulation(fabric, run.config, flows, options);
        WriteHpccFct(fabric, run.config, flows, result, options.linkChanges, folder / "fct.txt");
        EXPECT_EQ(HashOfEightColumns(folder / "fct.txt"), one.hash);
    }
}
