// SPDX-License-Identifier: GPL-2.0-only
#include "input-file.h"

#include "fabric/fabric-from-nodes.h"
#include "fabric/fabric-role.h"
#include "fabric/route-errors.h"
#include "ns3/m3-flow.h"
#include "ns3/m3-routes.h"
#include "ns3/nstime.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/string.h"

#include <gtest/gtest.h>

#include <unistd.h>

using namespace ns3;
using namespace ns3::m3;

namespace
{

/// GPUs in a ring, each joined to the next, without a switch.
FabricGraph RingOfHosts(uint32_t hosts)
{
    FabricGraph fabric;
    for (uint32_t i = 0; i < hosts; i++)
    {
        fabric.AddNode(NodeKind::HOST);
    }
    for (uint32_t i = 0; i < hosts; i++)
    {
        fabric.AddLink(i, (i + 1) % hosts, 400'000'000'000, 1000);
    }
    return fabric;
}

const std::string FORWARDING =
    "no path from host 0 to host 2 but by way of other hosts, and hosts do not forward unless said so (in ns-3 by the "
    "FabricRole FORWARDING_HOST, in a topology file by an h behind the id among those of switches); or give each a "
    "switch";

} // namespace

TEST(RouteErrors, HostsThatWouldHaveToForwardAreNamedAsTheReason)
{
    const FabricGraph ring = RingOfHosts(6);
    for (const EngineMode mode : {EngineMode::STANDARD, EngineMode::HPCC})
    {
        const RouteTable routes(ring, mode);
        Route route;
        EXPECT_NO_THROW(routes.FirstRoute(0, 1, route)) << "joined directly";
        EXPECT_EQ(InputErrorOf([&] { routes.FirstRoute(0, 2, route); }), FORWARDING);
        EXPECT_EQ(InputErrorOf([&] { routes.DataRoute({0, 2, 0}, route); }), FORWARDING);
        EXPECT_EQ(InputErrorOf([&] { CheckFlows(ring, routes, {{0, 2, 1, 0}}); }), "flow 0: " + FORWARDING);
        std::vector<double> load(ring.LinkCount(), 0);
        EXPECT_EQ(InputErrorOf([&] { routes.AddExpectedLoad(2, {{0, 1.0}}, load); }), FORWARDING);
    }
    FabricGraph apart = RingOfHosts(3);
    apart.AddNode(NodeKind::HOST);
    EXPECT_EQ(NoPathText(apart, 0, 3), "no path from host 0 to host 3") << "no links at all";
}

TEST(RouteErrors, NodesThatAreNoHostsAreNamed)
{
    FabricGraph fabric = RingOfHosts(3);
    const NodeId hub = fabric.AddNode(NodeKind::SWITCH);
    const RouteTable routes(fabric, EngineMode::STANDARD);
    EXPECT_EQ(InputErrorOf(
                  [&] {
                      CheckFlows(fabric, routes, {{0, hub, 1, 0}});
                  }),
              "flow 0: node 3 is a switch, not a host (an ns-3 node with several links is a switch unless its "
              "FabricRole is HOST)");
    EXPECT_EQ(InputErrorOf(
                  [&] {
                      CheckFlows(fabric, routes, {{9, 0, 1, 0}});
                  }),
              "flow 0: node 9 does not exist, there are 4");
    EXPECT_EQ(InputErrorOf(
                  [&] {
                      CheckFlows(fabric, routes, {{1, 1, 1, 0}});
                  }),
              "flow 0: its source and destination are both host 1");
}

TEST(FabricFromNodes, ARingOfNodesMadeHostsIsToldOfSwitches)
{
    NodeContainer nodes(6);
    PointToPointHelper links;
    for (uint32_t i = 0; i < 6; i++)
    {
        links.Install(nodes.Get(i), nodes.Get((i + 1) % 6));
        nodes.Get(i)->AggregateObject(CreateObject<FabricRole>(NodeKind::HOST));
    }
    const FabricGraph fabric = ReadFabric(nodes);
    const RouteTable routes(fabric, EngineMode::STANDARD);
    EXPECT_EQ(InputErrorOf([&] { CheckFlows(fabric, routes, {{0, 2, 1, 0}}); }), "flow 0: " + FORWARDING);
}

TEST(FabricFromNodes, DelaysAreRoundedToOneNanosecond)
{
    const auto delayNs = [](const char* delay)
    {
        Time::SetResolution(Time::PS);
        NodeContainer nodes(2);
        PointToPointHelper links;
        links.SetChannelAttribute("Delay", StringValue(delay));
        links.Install(nodes);
        return static_cast<int>(ReadFabric(nodes).Link(0).delayNs);
    };
    // in processes of their own that begin anew, as a resolution is for all of ns-3 and set before the first time
    testing::GTEST_FLAG(death_test_style) = "threadsafe";
    EXPECT_EXIT(_exit(delayNs("500ps")), testing::ExitedWithCode(1), "");
    EXPECT_EXIT(_exit(delayNs("499ps")), testing::ExitedWithCode(0), "");
    EXPECT_EXIT(_exit(delayNs("2ns")), testing::ExitedWithCode(2), "");
}

TEST(FabricFromNodes, ANodeThatIsInTheContainerTwiceIsNamed)
{
    NodeContainer nodes(3);
    PointToPointHelper links;
    links.Install(nodes.Get(0), nodes.Get(1));
    links.Install(nodes.Get(1), nodes.Get(2));
    nodes.Add(nodes.Get(1));
    EXPECT_EQ(InputErrorOf([&] { ReadFabric(nodes); }), "node 3 of the container is node 1 once more");
}
