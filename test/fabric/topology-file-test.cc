// SPDX-License-Identifier: GPL-2.0-only
#include "input-file.h"

#include "core/random-stream.h"
#include "fabric/topology-file.h"
#include "ns3/m3-fabric-shapes.h"

#include <gtest/gtest.h>

#include <filesystem>

using namespace ns3::m3;

TEST(TopologyFile, ReadsWhatItWrote)
{
    const std::string file = (TemporaryFolder() / "m3-topology.txt").string();
    ThreeTierShape shape;
    shape.fabricBps = 2'500'000'000;
    shape.delayNs = 1234;
    const FabricGraph expected = MakeThreeTier(shape);
    WriteTopologyFile(expected, file);
    const FabricGraph fabric = ReadTopologyFile(file);
    std::filesystem::remove(file);
    ASSERT_EQ(fabric.NodeCount(), expected.NodeCount());
    ASSERT_EQ(fabric.LinkCount(), expected.LinkCount());
    EXPECT_EQ(fabric.Hosts(), expected.Hosts());
    for (LinkId id = 0; id < fabric.LinkCount(); id++)
    {
        EXPECT_EQ(fabric.Link(id).from, expected.Link(id).from);
        EXPECT_EQ(fabric.Link(id).to, expected.Link(id).to);
        EXPECT_EQ(fabric.Link(id).bitsPerSecond, expected.Link(id).bitsPerSecond);
        EXPECT_EQ(fabric.Link(id).delayNs, expected.Link(id).delayNs);
        EXPECT_EQ(fabric.Link(id).port, expected.Link(id).port);
    }
}

namespace
{

const std::string STAR = "3 1 2\n2\n0 2 100Gbps 1us 0\n1 2 100Gbps 1us 0\n";

FabricGraph ReadTopology(const std::string& text, InputNotes* notes = nullptr)
{
    return ReadTopologyFile(WriteInput("topology.txt", text), notes);
}

std::string TopologyError(const std::string& text)
{
    return InputErrorOf([&] { ReadTopology(text); });
}

} // namespace

TEST(TopologyFile, WhatFollowsTheCountedLinksIsIgnoredWithOneNote)
{
    InputNotes notes;
    EXPECT_EQ(ReadTopology(STAR, &notes).LinkCount(), 4U);
    EXPECT_TRUE(notes.empty());
    // further links, and prose, as the shipped examples of that simulator have them
    EXPECT_EQ(ReadTopology(STAR + "0 1 100Gbps 1us 0\n\nFormat: nodes, switches, links\n", &notes).LinkCount(), 4U);
    ASSERT_EQ(notes.size(), 1U);
    EXPECT_EQ(notes[0].substr(TemporaryFolder().string().size() + 1),
              "topology.txt:5: what follows the 2 links that the header counts is ignored");
}

TEST(TopologyFile, ByteOrderMarkAndLinesOfWindows)
{
    std::string windows;
    for (const char letter : STAR)
    {
        windows += letter == '\n' ? std::string("\r\n") : std::string(1, letter);
    }
    EXPECT_EQ(ReadTopology("\xEF\xBB\xBF" + windows).LinkCount(), 4U);
}

TEST(TopologyFile, HeadersOfItsFamily)
{
    // SimAI: 2 servers of 2 GPUs with an NVSwitch each and two rail switches; the NVSwitches' ids come first
    const FabricGraph simAi =
        ReadTopology("8 2 2 2 8 H100\n4 5 6 7\n0 4 2880Gbps 0.000025ms 0\n1 4 2880Gbps 0.000025ms 0\n"
                     "2 5 2880Gbps 0.000025ms 0\n3 5 2880Gbps 0.000025ms 0\n0 6 400Gbps 0.0005ms 0\n"
                     "1 7 400Gbps 0.0005ms 0\n2 6 400Gbps 0.0005ms 0\n3 7 400Gbps 0.0005ms 0\n");
    EXPECT_EQ(simAi.Hosts(), (std::vector<NodeId>{0, 1, 2, 3}));
    EXPECT_EQ(simAi.LinkCount(), 16U);
    EXPECT_EQ(simAi.Link(0).delayNs, 25);
    for (NodeId node = 0; node < 8; node++)
    {
        EXPECT_EQ(simAi.IsServerSwitch(node), node == 4 || node == 5);
    }
    FabricGraph hostsOnly = simAi;
    EXPECT_THROW(hostsOnly.SetServerSwitch(0), InputError);
    EXPECT_THROW(hostsOnly.SetServerSwitch(8), InputError);
    // without any switch: GPUs that are joined to each other
    EXPECT_EQ(ReadTopology("2 2 0 0 1 A100\n\n0 1 400Gbps 5us 0\n").Hosts().size(), 2U);
    // nodes switches tors links
    EXPECT_EQ(ReadTopology("3 1 1 2\n2\n0 2 100Gbps 1us 0\n1 2 100Gbps 1us 0\n").LinkCount(), 4U);
    EXPECT_EQ(TopologyError("3 1 2 1 1\n"),
              "topology.txt:1: header: has 5 fields; there are headers of 3 (nodes switches links), 4 (nodes switches "
              "tors links) and 6 (nodes gpus_per_server nvswitches switches links gpu_type)");
    EXPECT_EQ(TopologyError("nodes\n").rfind("topology.txt:1: header: has 1 field; there are headers of 3 ", 0), 0U);
    EXPECT_EQ(TopologyError("3 1 2 2\n2\n"), "topology.txt:1: tors: must be in 0..1, is 2");
    EXPECT_EQ(TopologyError("3 2 2 2 2 H100\n2\n"), "topology.txt:1: switches: more than there are nodes");
}

TEST(TopologyFile, CountsThatDoNotFitAreNamed)
{
    EXPECT_EQ(TopologyError("4 2 3\n2\n0 3 100Gbps 1us 0\n1 3 100Gbps 1us 0\n2 3 100Gbps 1us 0\n"),
              "topology.txt:3: switches: the header says 2, here are the ids of only 1");
    EXPECT_EQ(TopologyError("4 2 3\n2\n# and that is all of it\n"),
              "topology.txt:3: switches: the header says 2, here are the ids of only 1")
        << "a file that is long enough for its links";
    EXPECT_EQ(TopologyError("3 1 2\n2 1\n0 2 100Gbps 1us 0\n"),
              "topology.txt:2: switch: more ids than the 1 of the header");
    EXPECT_EQ(TopologyError("3 1 3\n2\n0 2 100Gbps 1us 0\n1 2 100Gbps 1us 0\n"),
              "topology.txt:4: links: the header says 3, the file has 2");
    EXPECT_EQ(TopologyError("3 1 2\n2\n0 2 100Gbps 1us\n1 2 100Gbps 1us 0\n"),
              "topology.txt:3: link: has 4 fields instead of 5");
}

TEST(TopologyFile, NoMemoryIsTakenForCountsThatTheFileCannotHold)
{
    EXPECT_EQ(TopologyError("100000000 0 1\n"), "topology.txt:1: nodes: 100000000 cannot be in a file of 14 bytes");
    EXPECT_EQ(TopologyError("3 1 100000000\n"), "topology.txt:1: links: 100000000 cannot be in a file of 14 bytes");
}

TEST(TopologyFile, NumbersAreReadWhole)
{
    const auto withLink = [](const std::string& link) { return "2 0 1\n" + link + "\n"; };
    EXPECT_EQ(TopologyError(withLink("0 1 10Gbps 500ps 0")), "");
    EXPECT_EQ(ReadTopology(withLink("0 1 10Gbps 500ps 0")).Link(0).delayNs, 1) << "rounded, as ns-3 nodes are";
    EXPECT_EQ(ReadTopology(withLink("0 1 2.5Gbps 0.4ns 0")).Link(0).delayNs, 0);
    EXPECT_EQ(TopologyError(withLink("0 1 10Gbps 1us 1e-3x")),
              "topology.txt:2: error_rate: '1e-3x' is not a finite number");
    EXPECT_EQ(TopologyError(withLink("0 1 10Gbps 1us nan")),
              "topology.txt:2: error_rate: 'nan' is not a finite number");
    EXPECT_EQ(TopologyError(withLink("0 1 10Gbps 1us -0.1")), "topology.txt:2: error_rate: must be in 0..1, is -0.1");
    EXPECT_EQ(TopologyError(withLink("0 1 10 Gbps 1us")),
              "topology.txt:2: delay: 'Gbps' is not a time such as 1000ns, "
              "1us, 0.001ms");
    EXPECT_EQ(TopologyError(withLink("0 1 10Gbps 1u 0")),
              "topology.txt:2: delay: '1u' is not a time such as 1000ns, "
              "1us, 0.001ms");
    EXPECT_EQ(TopologyError(withLink("0 0x1 10Gbps 1us 0")),
              "topology.txt:2: b: '0x1' is not a whole number of 0 or more");
    EXPECT_EQ(TopologyError(withLink("0 2 10Gbps 1us 0")), "topology.txt:2: b: must be in 0..1, is 2");
}

TEST(TopologyFile, ErrorRatesAreWrittenExactly)
{
    FabricGraph fabric;
    fabric.AddNode(NodeKind::HOST);
    fabric.AddNode(NodeKind::HOST);
    fabric.AddLink(0, 1, 10'000'000'000, 1000, 1.0 / 3);
    const std::string file = WriteInput("topology.txt", "");
    WriteTopologyFile(fabric, file);
    EXPECT_EQ(ReadTopologyFile(file).Link(0).errorRate, 1.0 / 3);
}

TEST(TopologyFile, RandomNetworksAreReadAsTheyWereWritten)
{
    RandomStream random(11);
    for (int round = 0; round < 60; round++)
    {
        FabricGraph written;
        const auto nodes = static_cast<uint32_t>(random.Integer(2, 30));
        for (uint32_t node = 0; node < nodes; node++)
        {
            const uint64_t kind = random.Integer(0, 3);
            written.AddNode(kind == 0 ? NodeKind::HOST : kind == 1 ? NodeKind::FORWARDING_HOST : NodeKind::SWITCH);
            if (kind == 3 && round % 3 > 0)
            {
                written.SetServerSwitch(node);
            }
        }
        for (uint64_t link = random.Integer(1, 60); link > 0; link--)
        {
            const auto a = static_cast<NodeId>(random.Integer(0, nodes - 1));
            const auto b = static_cast<NodeId>((a + random.Integer(1, nodes - 1)) % nodes);
            const auto rate = static_cast<uint64_t>(random.LogUniform(1e3, 1e12));
            const auto back = random.Uniform() < 0.5 ? rate : static_cast<uint64_t>(random.LogUniform(1e3, 1e12));
            const double loss = random.Uniform() < 0.5 ? 0 : random.Uniform();
            written.AddLink(a, b, rate, static_cast<int64_t>(random.Integer(0, 1'000)), loss, back);
        }
        const std::string file = WriteInput("topology.txt", "");
        WriteTopologyFile(written, file);
        InputNotes notes;
        const FabricGraph read = ReadTopologyFile(file, &notes);
        EXPECT_TRUE(notes.empty());
        ASSERT_EQ(read.NodeCount(), nodes);
        ASSERT_EQ(read.LinkCount(), written.LinkCount());
        for (NodeId node = 0; node < nodes; node++)
        {
            EXPECT_EQ(read.Kind(node), written.Kind(node));
            EXPECT_EQ(read.IsServerSwitch(node), written.IsServerSwitch(node));
        }
        for (LinkId id = 0; id < read.LinkCount(); id++)
        {
            EXPECT_EQ(read.Link(id).from, written.Link(id).from);
            EXPECT_EQ(read.Link(id).to, written.Link(id).to);
            EXPECT_EQ(read.Link(id).bitsPerSecond, written.Link(id).bitsPerSecond);
            EXPECT_EQ(read.Link(id).delayNs, written.Link(id).delayNs);
            EXPECT_EQ(read.Link(id).errorRate, written.Link(id).errorRate);
            EXPECT_EQ(read.Link(id).port, written.Link(id).port);
        }
    }
}
