// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-input-error.h"

#include <gtest/gtest.h>

#include <limits>

using namespace ns3::m3;

TEST(FabricGraph, NumbersPortsInTheOrderOfLinks)
{
    FabricGraph fabric;
    const NodeId host = fabric.AddNode(NodeKind::HOST);
    const NodeId left = fabric.AddNode(NodeKind::SWITCH);
    const NodeId right = fabric.AddNode(NodeKind::SWITCH);
    const LinkId trunk = fabric.AddLink(left, right, 40'000'000'000, 500);
    const LinkId access = fabric.AddLink(host, right, 10'000'000'000, 1000);

    EXPECT_EQ(fabric.Link(access).port, 0u);
    EXPECT_EQ(fabric.Link(ReverseLink(access)).port, 1u);
    EXPECT_EQ(fabric.EgressLinks(right), (std::vector<LinkId>{ReverseLink(trunk), ReverseLink(access)}));
    EXPECT_EQ(fabric.TopOfRack(host), right);
    EXPECT_EQ(fabric.HostRate(), 10'000'000'000u);
    EXPECT_EQ(fabric.Hosts(), std::vector<NodeId>{host});
}

TEST(FabricGraph, RefusesImpossibleLinks)
{
    FabricGraph fabric;
    const NodeId a = fabric.AddNode(NodeKind::HOST);
    const NodeId b = fabric.AddNode(NodeKind::HOST);
    EXPECT_THROW(fabric.AddLink(a, 7, 1, 0), InputError);
    EXPECT_THROW(fabric.AddLink(a, a, 1, 0), InputError);
    EXPECT_THROW(fabric.AddLink(a, b, 0, 0), InputError);
    EXPECT_THROW(fabric.AddLink(a, b, 1, -1), InputError);
    EXPECT_THROW(fabric.AddLink(a, b, 1, 0, 1.0), InputError);
    EXPECT_THROW(fabric.AddLink(a, b, 1, 0, std::numeric_limits<double>::quiet_NaN()), InputError);
    EXPECT_EQ(fabric.LinkCount(), 0u);
}
