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

TEST(ParseRate, UnitsAndNonsense)
{
    EXPECT_EQ(ParseRate("10Gbps"), 10'000'000'000U);
    EXPECT_EQ(ParseRate("615Mb/s"), 615'000'000U);
    EXPECT_EQ(ParseRate("2.5Gbps"), 2'500'000'000U);
    EXPECT_EQ(ParseRate("100Tbps"), 100'000'000'000'000U);
    EXPECT_EQ(ParseRate("1000"), 1000U);
    for (const char* wrong : {"", "fast", "-1Gbps", "0Gbps", "1GB", "nan", "inf", "1e30Gbps", "10 Gbps x"})
    {
        EXPECT_THROW(ParseRate(wrong), InputError) << wrong;
    }
}
