// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-fabric-shapes.h"
#include "ns3/m3-input-error.h"

#include <gtest/gtest.h>

using namespace ns3::m3;

namespace
{

/// Neighbours of a node in port order.
std::vector<NodeId> Neighbours(const FabricGraph& fabric, NodeId node)
{
    std::vector<NodeId> result;
    for (LinkId link : fabric.EgressLinks(node))
    {
        result.push_back(fabric.Link(link).to);
    }
    return result;
}

} // namespace

TEST(FabricShapes, ThreeTierJoinsPlanesOnlyWithinThemselves)
{
    ThreeTierShape shape;
    shape.pods = 3;
    shape.racksPerPod = 2;
    shape.hostsPerRack = 4;
    shape.planes = 2;
    shape.spinesPerPlane = 3;
    const FabricGraph fabric = MakeThreeTier(shape);
    // 24 hosts, 6 ToRs (24..29), 6 fabric switches (30..35: pod 0 plane 0, pod 0 plane 1, ...), 6 spines (36..41)
    ASSERT_EQ(fabric.NodeCount(), 42u);
    ASSERT_EQ(fabric.Hosts().size(), 24u);
    // links: 24 host, 6 x 2 ToR to fabric switch, 6 x 3 fabric switch to spine
    EXPECT_EQ(fabric.LinkCount(), 2u * (24 + 12 + 18));
    EXPECT_EQ(fabric.TopOfRack(7), 25u);
    EXPECT_EQ(Neighbours(fabric, 27), (std::vector<NodeId>{12, 13, 14, 15, 32, 33}));
    EXPECT_EQ(Neighbours(fabric, 33), (std::vector<NodeId>{26, 27, 39, 40, 41}));
    EXPECT_EQ(Neighbours(fabric, 36), (std::vector<NodeId>{30, 32, 34}));
    EXPECT_EQ(fabric.Link(fabric.EgressLinks(0)[0]).bitsPerSecond, shape.hostBps);
    EXPECT_EQ(fabric.Link(fabric.EgressLinks(36)[0]).bitsPerSecond, shape.fabricBps);
}

TEST(FabricShapes, PublishedFabricsHaveTheirOversubscription)
{
    // the published 256-host fabric, 2:1: capacity of ToR uplinks over that of fabric switch uplinks in a pod
    ThreeTierShape shape;
    shape.racksPerPod = 16;
    shape.spinesPerPlane = 8;
    const FabricGraph fabric = MakeThreeTier(shape);
    EXPECT_EQ(fabric.Hosts().size(), 256u);
    const NodeId firstFabricSwitch = 256 + 32;
    EXPECT_EQ(fabric.EgressLinks(firstFabricSwitch).size(), 16u + 8u);
}

TEST(FabricShapes, SinglePodHasNoSpines)
{
    ThreeTierShape shape;
    shape.pods = 1;
    const FabricGraph fabric = MakeThreeTier(shape);
    EXPECT_EQ(fabric.NodeCount(), 32u + 4 + 2);
    EXPECT_EQ(Neighbours(fabric, 36).size(), 4u);
}

TEST(FabricShapes, LeafSpineLinksEveryLeafToEverySpine)
{
    LeafSpineShape shape;
    shape.racks = 3;
    shape.hostsPerRack = 2;
    shape.spines = 4;
    const FabricGraph fabric = MakeLeafSpine(shape);
    ASSERT_EQ(fabric.NodeCount(), 6u + 3 + 4);
    EXPECT_EQ(Neighbours(fabric, 7), (std::vector<NodeId>{2, 3, 9, 10, 11, 12}));
    for (NodeId spine = 9; spine < 13; spine++)
    {
        EXPECT_EQ(Neighbours(fabric, spine), (std::vector<NodeId>{6, 7, 8}));
    }
}

TEST(FabricShapes, RefusesEmptyShapes)
{
    ThreeTierShape tiers;
    tiers.planes = 0;
    EXPECT_THROW(MakeThreeTier(tiers), InputError);
    LeafSpineShape leaves;
    leaves.fabricBps = 0;
    EXPECT_THROW(MakeLeafSpine(leaves), InputError);
    leaves = {};
    leaves.delayNs = -1;
    EXPECT_THROW(MakeLeafSpine(leaves), InputError);
}
