// SPDX-License-Identifier: GPL-2.0-only
#include "fabric/fabric-places.h"
#include "ns3/m3-fabric-shapes.h"

#include <gtest/gtest.h>

#include <map>

using namespace ns3::m3;

// 2 pods of 4 racks of 8 hosts with 10 Gb/s, 2 fabric switches per pod, 2 spines per plane, 40 Gb/s. A rack has 80 Gb/s
// from below and 80 Gb/s up: 1:1. A pod has 4 x 80 = 320 Gb/s from its racks and 2 x 2 x 40 = 160 Gb/s up: 2:1.
TEST(FabricPlaces, OfAThreeTierFabric)
{
    const FabricGraph fabric = MakeThreeTier({});
    const FabricPlaces places(fabric);
    EXPECT_EQ(places.Racks(), 8U);
    EXPECT_EQ(places.Pods(), 2U);
    EXPECT_EQ(places.RackOf(0), 0U);
    EXPECT_EQ(places.RackOf(63), 7U);
    EXPECT_EQ(places.PodOf(31), 0U);
    EXPECT_EQ(places.PodOf(32), 1U);
    std::map<std::string, int> count;
    for (LinkId link = 0; link < fabric.LinkCount(); link++)
    {
        const LinkPlace place = places.PlaceOf(link);
        count[place.ratio + '|' + place.kind]++;
    }
    const std::map<std::string, int> expected = {{"|links from the hosts of racks", 64},
                                                 {"|links to the hosts of racks", 64},
                                                 {"|uplinks of racks", 16},
                                                 {"|downlinks of racks", 16},
                                                 {"2:1|uplinks of pods", 8},
                                                 {"|downlinks of pods", 8}};
    EXPECT_EQ(count, expected);
    const LinkId first = fabric.EgressLinks(9)[0];
    EXPECT_EQ(places.NameOf(first), "host 9 to switch 65");
    EXPECT_EQ(places.PlaceOf(first).name, "links from the hosts of rack 1");
    EXPECT_EQ(places.PlaceOf(ReverseLink(first)).name, "links to the hosts of rack 1");
}

// Without spines the network is one pod. 3 hosts of 10 Gb/s over one uplink of 8 Gb/s: 3.75:1.
TEST(FabricPlaces, OfALeafSpineFabric)
{
    const FabricGraph fabric = MakeLeafSpine({2, 3, 1, 10'000'000'000, 8'000'000'000, 1000});
    const FabricPlaces places(fabric);
    EXPECT_EQ(places.Pods(), 1U);
    EXPECT_EQ(places.PodOf(5), 0U);
    const NodeId leaf = fabric.TopOfRack(3);
    const LinkPlace up = places.PlaceOf(fabric.EgressLinks(leaf).back());
    EXPECT_EQ(up.name, "uplinks of rack 1");
    EXPECT_EQ(up.ratio, "3.75:1");
    EXPECT_EQ(places.PlaceOf(ReverseLink(fabric.EgressLinks(leaf).back())).name, "downlinks of rack 1");
}

// Two hosts without a switch are racks of their own.
TEST(FabricPlaces, OfHostsAlone)
{
    FabricGraph fabric;
    fabric.AddNode(NodeKind::HOST);
    fabric.AddNode(NodeKind::HOST);
    const LinkId link = fabric.AddLink(0, 1, 1'000'000'000, 10);
    const FabricPlaces places(fabric);
    EXPECT_EQ(places.Racks(), 2U);
    EXPECT_EQ(places.Pods(), 1U);
    EXPECT_EQ(places.PlaceOf(link).name, "links between hosts");
    EXPECT_EQ(places.NameOf(link), "host 0 to host 1");
}
