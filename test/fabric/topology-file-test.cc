#include "temporary-folder.h"

#include "ns3/fabric-shapes.h"
#include "ns3/input-error.h"
#include "ns3/topology-file.h"

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
