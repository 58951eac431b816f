// SPDX-License-Identifier: GPL-2.0-only
// The HPCC simulator's TRACE_OUTPUT_FILE of a small run, worked out by hand; whole runs of that simulator are in
// public-simulator-test.cc.
#include "temporary-folder.h"

#include "packet/hpcc/hpcc-files.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

using namespace ns3::m3;

namespace
{

/// Hosts 0 and 1 at switch 2, links of 25 Gb/s and 1 us.
FabricGraph TracedStar()
{
    FabricGraph fabric;
    fabric.AddNode(NodeKind::HOST);
    fabric.AddNode(NodeKind::HOST);
    fabric.AddNode(NodeKind::SWITCH);
    fabric.AddLink(0, 2, 25'000'000'000, 1000);
    fabric.AddLink(1, 2, 25'000'000'000, 1000);
    return fabric;
}

RdmaConfig TracedConfig(CongestionControlType control)
{
    RdmaConfig config;
    config.mode = EngineMode::HPCC;
    config.congestionControl = control;
    return config;
}

std::string TraceOfRun(const FabricGraph& fabric,
                       const RdmaConfig& config,
                       const FlowList& flows,
                       std::vector<uint32_t> timesTraced)
{
    std::ostringstream out;
    PacketTraceWriter writer(fabric, config, flows, {}, std::move(timesTraced), out);
    PacketRunOptions options;
    options.observer = &writer;
    options.untilQuiet = true;
    RunPacketSimulation(fabric, config, flows, options);
    return out.str();
}

/// Bytes of a trace.
uint64_t TraceNumber(const std::string& trace, std::size_t at, std::size_t bytes)
{
    uint64_t number = 0;
    for (std::size_t byte = bytes; byte-- > 0;)
    {
        number = number << 8 | static_cast<unsigned char>(trace.at(at + byte));
    }
    return number;
}

constexpr std::size_t HEADER_BYTES_OF_STAR = 4 + 4 * 11 + 4; //!< of four ports

/// What a test looks at in each record: "time node.port queue queued protocol event number".
std::vector<std::string> LinesOf(const std::string& trace)
{
    std::vector<std::string> lines;
    for (std::size_t at = HEADER_BYTES_OF_STAR; at < trace.size(); at += PacketTraceWriter::RECORD_BYTES)
    {
        const uint64_t protocol = TraceNumber(trace, at + 26, 1);
        std::ostringstream line;
        line << TraceNumber(trace, at, 8) << ' ' << TraceNumber(trace, at + 8, 2) << '.'
             << TraceNumber(trace, at + 10, 1) << " q" << TraceNumber(trace, at + 11, 1) << ' '
             << TraceNumber(trace, at + 12, 4) << (protocol == 0x11 ? " data " : " ack ")
             << TraceNumber(trace, at + 27, 1) << ' ' << TraceNumber(trace, at + (protocol == 0x11 ? 36 : 40), 4);
        lines.push_back(line.str());
    }
    return lines;
}

std::vector<uint32_t> TracedNodesOf(const std::string& text, InputNotes* notes = nullptr)
{
    const std::string file = (TemporaryFolder() / "trace.txt").string();
    std::ofstream(file) << text;
    return ReadTracedNodes(file, TracedStar(), notes);
}

std::string ErrorOfTracedNodes(const std::string& text)
{
    try
    {
        TracedNodesOf(text);
    }
    catch (const InputError& error)
    {
        const std::string message = error.what();
        return message.substr(message.find("trace.txt"));
    }
    return "";
}

} // namespace

TEST(PacketTrace, HasTheWayOfEachFrame)
{
    // Packets of 1048 and 548 B take 8384 / 25 = 335 and 4384 / 25 = 175 ns, an ACK of 60 B 480 / 25 = 19 ns, each cut
    // to whole ns. The second packet follows at 1335, is at the switch at 1335 + 175 + 1000 = 2510, and waits there
    // until the first one, which came at 2335, has left at 2670.
    const std::vector<std::string> expected = {
        "1000 0.1 q3 0 data 2 0",    "1335 0.1 q3 0 data 2 1000", "2335 2.1 q0 0 data 0 0",
        "2335 2.2 q3 0 data 1 0",    "2335 2.2 q3 0 data 2 0",    "2510 2.1 q0 0 data 0 1000",
        "2510 2.2 q3 0 data 1 1000", "2670 2.2 q3 0 data 2 1000",
        "3670 1.1 q0 0 data 0 0", // 2335 + 335 + 1000
        "3670 1.1 q0 0 ack 1 1000",  "3670 1.1 q0 0 ack 2 1000",
        "3845 1.1 q0 0 data 0 1000", // 2670 + 175 + 1000
        "3845 1.1 q0 0 ack 1 1500",  "3845 1.1 q0 0 ack 2 1500",
        "4689 2.2 q0 0 ack 0 1000", // 3670 + 19 + 1000
        "4689 2.1 q3 0 ack 1 1000",  "4689 2.1 q3 0 ack 2 1000",  "4864 2.2 q0 0 ack 0 1500",
        "4864 2.1 q3 0 ack 1 1500",  "4864 2.1 q3 0 ack 2 1500",  "5708 0.1 q0 0 ack 0 1000",
        "5883 0.1 q0 0 ack 0 1500",
    };
    const FlowList flows{{0, 1, 1500, 1000}};
    const std::string trace = TraceOfRun(TracedStar(), TracedConfig(CongestionControlType::DCTCP), flows, {1, 1, 1});
    EXPECT_EQ(LinesOf(trace), expected);
    const std::string ofSwitch = TraceOfRun(TracedStar(), TracedConfig(CongestionControlType::DCTCP), flows, {0, 0, 2});
    const std::vector<std::string> lines = LinesOf(ofSwitch);
    ASSERT_EQ(lines.size(), 24U) << "its 12 events, twice each";
    for (std::size_t i = 0; i < lines.size(); i += 2)
    {
        EXPECT_EQ(lines[i], lines[i + 1]);
        EXPECT_EQ(lines[i], expected[i / 2 + (i < 12 ? 2 : 8)]);
    }
}

TEST(PacketTrace, QueuesAreThoseBeforeAFrameJoinsAndAfterItLeaves)
{
    // hosts 0 and 1 send a packet of 1048 B each to host 2 at switch 3; the switch has both at 1335 ns
    FabricGraph fabric;
    for (const NodeKind kind : {NodeKind::HOST, NodeKind::HOST, NodeKind::HOST, NodeKind::SWITCH})
    {
        fabric.AddNode(kind);
    }
    for (NodeId host = 0; host < 3; host++)
    {
        fabric.AddLink(host, 3, 25'000'000'000, 1000);
    }
    // and one more each of 48 + 100 B, at 335 + 1000 + 47 = 1382 ns
    const FlowList flows{{0, 2, 1100, 0}, {1, 2, 1100, 0}};
    const std::string trace = TraceOfRun(fabric, TracedConfig(CongestionControlType::TIMELY), flows, {0, 0, 0, 1});
    std::vector<uint64_t> queued;
    for (std::size_t at = 4 + 6 * 11 + 4; at < trace.size(); at += PacketTraceWriter::RECORD_BYTES)
    {
        if (TraceNumber(trace, at + 26, 1) == 0x11 && TraceNumber(trace, at + 27, 1) > 0)
        {
            queued.push_back(TraceNumber(trace, at + 27, 1) * 10'000 + TraceNumber(trace, at + 12, 4));
            EXPECT_EQ(TraceNumber(trace, at + 24, 2) - TraceNumber(trace, at + 50, 2), 56U)
                << "headers with a time stamp";
            EXPECT_EQ(TraceNumber(trace, at + 40, 8), TraceNumber(trace, at + 36, 4) == 0 ? 0U : 337U)
                << "when it was built";
        }
    }
    // 1056 B take 8448 / 25 = 337 ns; the first one passes, the others queue up behind it: 1056, 156 and 156 B
    EXPECT_EQ(queued, (std::vector<uint64_t>{10'000, 20'000, 10'000, 11'056, 11'212, 20'312, 20'156, 20'000}));
}

TEST(PacketTrace, HeaderAndRecordToTheByte)
{
    const std::string trace =
        TraceOfRun(TracedStar(), TracedConfig(CongestionControlType::DCTCP), {{0, 1, 1500, 1000}}, {1, 0, 0});
    // 4 ports; the switch's before the hosts', later ones first, as the tables of that simulator have them
    EXPECT_EQ(TraceNumber(trace, 0, 4), 4U);
    const std::vector<std::pair<uint64_t, uint64_t>> ports = {{2, 2}, {2, 1}, {1, 1}, {0, 1}};
    for (std::size_t i = 0; i < ports.size(); i++)
    {
        EXPECT_EQ(TraceNumber(trace, 4 + 11 * i, 2), ports[i].first);
        EXPECT_EQ(TraceNumber(trace, 4 + 11 * i + 2, 1), ports[i].second);
        EXPECT_EQ(TraceNumber(trace, 4 + 11 * i + 3, 8), 25'000'000'000U);
    }
    // RTT: 4 delays of 1000 ns and 2 links x 8000 / 25 = 320 ns; 4640 ns x 25 Gb/s = 14,500 B
    EXPECT_EQ(TraceNumber(trace, 48, 4), 14'500U);
    const unsigned char record[] = {
        0xe8, 3,    0,    0,    0, 0, 0, 0,    // 1000 ns
        0,    0,    1,    3,    0, 0, 0, 0,    // node 0, port 1, queue 3, 0 B
        1,    0,    0,    0x0b, 1, 1, 0, 0x0b, // 11.0.0.1 to 11.0.1.1
        0x18, 4,    0x11, 2,    0, 0, 0, 0,    // 1048 B of data, begins to be sent, no mark, a host
        0x10, 0x27, 100,  0,    0, 0, 0, 0,    // ports 10000 and 100, sequence number 0
        0,    0,    0,    0,    0, 0, 0, 0,    3, 0, 0xe8, 3, 0, 0, 0, // no time stamp, class 3, 1000 B of payload
        0,
    };
    EXPECT_EQ(trace.substr(HEADER_BYTES_OF_STAR, PacketTraceWriter::RECORD_BYTES),
              std::string(reinterpret_cast<const char*>(record), sizeof record));
}

TEST(PacketTrace, NodesAreReadFromAnyLines)
{
    EXPECT_EQ(TracedNodesOf("2\n0 2\n"), (std::vector<uint32_t>{1, 0, 1}));
    EXPECT_EQ(TracedNodesOf("3 2\n\n2\n2"), (std::vector<uint32_t>{0, 0, 3}));
    EXPECT_EQ(TracedNodesOf("0\n\n"), (std::vector<uint32_t>{0, 0, 0}));
    InputNotes notes;
    EXPECT_EQ(TracedNodesOf("2\n1 3\n", &notes), (std::vector<uint32_t>{0, 1, 0}));
    ASSERT_EQ(notes.size(), 1U);
    EXPECT_NE(notes[0].find("trace.txt:2: node 3 is not there to be traced"), std::string::npos) << notes[0];
    EXPECT_EQ(ErrorOfTracedNodes(""), "trace.txt: number of traced nodes: is missing");
    EXPECT_EQ(ErrorOfTracedNodes("3\n0 1\n"), "trace.txt:2: traced node: is missing: there are 2 of 3");
    EXPECT_EQ(ErrorOfTracedNodes("2\n0 x\n"), "trace.txt:2: traced node: 'x' is not a whole number of 0 or more");
    EXPECT_NE(ErrorOfTracedNodes("4000000000\n0\n"), "") << "more than the file can have";
    EXPECT_NE(ErrorOfTracedNodes("-1\n0\n"), "");
}

TEST(PacketTrace, IsAskedForByTheConfig)
{
    const auto folder = TemporaryFolder();
    std::ofstream(folder / "topology.txt") << "";
    std::ofstream(folder / "flow.txt") << "";
    std::ofstream(folder / "nodes.txt") << "1\n0\n";
    const auto read = [&folder](const std::string& keys)
    {
        std::ofstream(folder / "traced.txt") << "TOPOLOGY_FILE topology.txt\nFLOW_FILE flow.txt\nCC_MODE 0\n" << keys;
        return ReadHpccConfig((folder / "traced.txt").string());
    };
    EXPECT_EQ(read("TRACE_FILE nodes.txt\n").trace.file, "");
    EXPECT_EQ(read("TRACE_FILE nodes.txt\n").trace.nodesFile, "") << "nothing is written, so nothing is read";
    const std::string both = "TRACE_FILE nodes.txt\nTRACE_OUTPUT_FILE mix.tr\n";
    EXPECT_EQ(read(both).trace.file, (folder / "mix.tr").string());
    EXPECT_EQ(read(both).trace.nodesFile, (folder / "nodes.txt").string());
    EXPECT_TRUE(read(both).notes.empty());
    const HpccRun off = read(both + "ENABLE_TRACE 0\n");
    EXPECT_EQ(off.trace.file, (folder / "mix.tr").string()) << "a header, as in the HPCC simulator";
    EXPECT_EQ(off.trace.nodesFile, "");
    EXPECT_EQ(read("ENABLE_TRACE 0\nTRACE_OUTPUT_FILE none/mix.tr\n").trace.file, "") << "no folder is made for it";
    const HpccRun nowhere = read("TRACE_FILE none.txt\nTRACE_OUTPUT_FILE mix.tr\n");
    EXPECT_EQ(nowhere.trace.nodesFile, "");
    ASSERT_EQ(nowhere.notes.size(), 1U);
    EXPECT_NE(nowhere.notes[0].find("there is no file none.txt, so no node is traced"), std::string::npos);
}
