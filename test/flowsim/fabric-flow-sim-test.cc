// SPDX-License-Identifier: GPL-2.0-only
#include "packet/engine/star.h"

#include "fabric/ideal-fct.h"
#include "flowsim/fabric-flow-sim.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace ns3::m3;

namespace
{

/// Hosts 0 and 1 at 10 Gb/s, host 2 at 40 Gb/s, around one switch.
FabricGraph UnequalStar()
{
    FabricGraph fabric;
    for (int host = 0; host < 3; host++)
    {
        fabric.AddNode(NodeKind::HOST);
    }
    const NodeId hub = fabric.AddNode(NodeKind::SWITCH);
    fabric.AddLink(0, hub, 10 * GBIT, 1000);
    fabric.AddLink(1, hub, 10 * GBIT, 1000);
    fabric.AddLink(2, hub, 40 * GBIT, 1000);
    return fabric;
}

} // namespace

TEST(FabricFlowSim, FlowsHaveTheirHeadersAndLinksTheirRates)
{
    const FabricGraph fabric = UnequalStar();
    const RouteTable routes(fabric, EngineMode::STANDARD);
    const FabricFluid fluid = MakeFabricFluid(fabric, routes, {{0, 2, 2500, 70}, {2, 1, 1000, 90}}, 56);
    EXPECT_EQ(fluid.format.headerBytes, 56U);
    EXPECT_EQ(fluid.linkGbps, (std::vector<double>{10, 10, 10, 10, 40, 40})) << "each link in both directions";
    ASSERT_EQ(fluid.flows.size(), 2U);
    EXPECT_EQ(fluid.flows[0].bits, 8 * (2500 + 3 * 56));
    EXPECT_EQ(fluid.flows[1].bits, 8 * (1000 + 56));
    EXPECT_EQ(fluid.flows[0].startNs, 70);
    EXPECT_TRUE(std::isinf(fluid.flows[0].rateLimit)) << "links alone limit it";
    EXPECT_EQ(fluid.flows[0].links.size(), 2U);
}

TEST(FabricFlowSim, SlowdownIsWhatIsAddedToTheIdealTime)
{
    // hosts 0 and 1 send to 2: 10 of 40 Gb/s each, as if alone. Then 2 and 0 send to 1, 5 Gb/s each: what the fluid
    // takes beyond its time alone (bits / 10 Gb/s more) comes on top of the ideal FCT
    const FabricGraph fabric = UnequalStar();
    const RouteTable routes(fabric, EngineMode::STANDARD);
    const FlowList flows = {{0, 2, 50'000, 0}, {1, 2, 70'000, 0}, {2, 1, 30'000, 1'000'000}, {0, 1, 30'000, 1'000'000}};
    const FabricFluid fluid = MakeFabricFluid(fabric, routes, flows, 48);
    const std::vector<double> slowdowns = FabricFlowSimSlowdowns(fabric, flows, fluid);
    const double more = 30 * 1048 * 0.8;
    for (std::size_t i = 0; i < flows.size(); i++)
    {
        const UncongestedFct uncongested = UncongestedFctOf(fabric, flows, fluid, i);
        const auto ideal =
            static_cast<double>(IdealFctNs(fabric, fluid.flows[i].links, flows[i].sizeBytes, 48, EngineMode::STANDARD));
        EXPECT_EQ(uncongested.idealNs, ideal);
        EXPECT_DOUBLE_EQ(uncongested.unloadedNs, static_cast<double>(flows[i].sizeBytes) * 1.048 * 0.8);
        EXPECT_NEAR(slowdowns[i], i < 2 ? 1 : 1 + more / ideal, 1e-9) << i;
    }
    std::vector<double> streamed(flows.size());
    const FluidStatistics statistics =
        StreamFabricFlowSim(fabric,
                            routes,
                            flows,
                            48,
                            [&](uint32_t flow, double slowdown) { streamed[flow] = slowdown; });
    for (std::size_t i = 0; i < flows.size(); i++)
    {
        EXPECT_NEAR(streamed[i], slowdowns[i], 1e-9);
    }
    EXPECT_EQ(statistics.events, 8U);
    EXPECT_EQ(statistics.largestActive, 2U);
}

TEST(FabricFlowSim, NoSlowdownIsBelowOne)
{
    EXPECT_EQ((UncongestedFct{1000, 600}.Slowdown(500)), 1) << "rounding";
    EXPECT_DOUBLE_EQ((UncongestedFct{1000, 600}.Slowdown(850)), 1.25);
}
