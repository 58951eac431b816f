// SPDX-License-Identifier: GPL-2.0-only
// Flows that meet no other are found, and the packet engine agrees that nobody slows them down.
#include "core/random-stream.h"
#include "engines/lone-flows.h"
#include "fabric/ideal-fct.h"
#include "ns3/m3-control-description.h"
#include "ns3/m3-fabric-shapes.h"
#include "ns3/m3-packet-simulation.h"
#include "ns3/m3-workload-helper.h"
#include "packet/engine/lone-flow-fct.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

using namespace ns3::m3;

namespace
{

/// A switch with hosts at 10 Gb/s, 1 us away.
FabricGraph LoneStar(uint32_t hosts)
{
    FabricGraph fabric;
    for (uint32_t host = 0; host < hosts; host++)
    {
        fabric.AddNode(NodeKind::HOST);
    }
    fabric.AddNode(NodeKind::SWITCH);
    for (uint32_t host = 0; host < hosts; host++)
    {
        fabric.AddLink(host, hosts, 10'000'000'000, 1000);
    }
    return fabric;
}

std::vector<uint32_t> AllIdsOf(const FlowList& flows)
{
    std::vector<uint32_t> all(flows.size());
    std::iota(all.begin(), all.end(), 0U);
    return all;
}

std::vector<bool> FindIn(const FabricGraph& fabric, const RdmaConfig& given, const FlowList& flows)
{
    const Scenario scenario(fabric, given, flows);
    return FindLoneFlows({scenario, flows},
                         RecordFluidRun(fabric, scenario.Routes(), scenario.Resolved(), flows),
                         AllIdsOf(flows));
}

/// Four flows of 100 KB, some 85 us each alone.
FlowList FourFlows()
{
    return {{0, 1, 100'000, 0}, {2, 3, 100'000, 0}, {4, 5, 100'000, 50'000}, {0, 1, 100'000, 400'000}};
}

} // namespace

TEST(LoneFlows, ShareNoLinkAtAnyTime)
{
    const FabricGraph fabric = LoneStar(7);
    FlowList flows = FourFlows();
    EXPECT_EQ(FindIn(fabric, {}, flows), (std::vector<bool>{true, true, true, true}));
    flows[2] = {4, 1, 100'000, 50'000}; // the receiver of the first
    EXPECT_EQ(FindIn(fabric, {}, flows), (std::vector<bool>{false, true, false, true}));
    flows[2] = {0, 5, 100'000, 50'000}; // its sender
    EXPECT_EQ(FindIn(fabric, {}, flows), (std::vector<bool>{false, true, false, true}));
    flows[2] = {4, 5, 100'000, 50'000};
    flows[3].startNs = 80'000; // the first is still under way
    EXPECT_EQ(FindIn(fabric, {}, flows), (std::vector<bool>{false, true, true, false}));
}

TEST(LoneFlows, DoNotShareALinkWithAcksEither)
{
    const FabricGraph fabric = LoneStar(7);
    FlowList flows = FourFlows();
    flows[2] = {1, 5, 100'000, 50'000}; // its data leave by the link that takes the first one's ACKs
    EXPECT_EQ(FindIn(fabric, {}, flows), (std::vector<bool>{false, true, false, true}));
    flows[2] = {4, 0, 100'000, 50'000}; // its ACKs come by the link that the first one's data take
    EXPECT_EQ(FindIn(fabric, {}, flows), (std::vector<bool>{false, true, false, true}));
}

TEST(LoneFlows, AreNoneWherePacketsAreLost)
{
    FabricGraph fabric = LoneStar(2);
    const NodeId third = fabric.AddNode(NodeKind::HOST);
    fabric.AddLink(third, 2, 10'000'000'000, 1000, 0.1);
    const FlowList flows{{0, 1, 1000, 0}, {0, 3, 1000, 1'000'000}};
    EXPECT_EQ(FindIn(fabric, {}, flows), (std::vector<bool>{true, false}));
}

TEST(LoneFlows, OfLowLoadTakeAsLongAsAlone)
{
    const FabricGraph fabric = MakeThreeTier({});
    for (const EngineMode mode : {EngineMode::STANDARD, EngineMode::HPCC})
    {
        for (const auto control : {CongestionControlType::DCTCP, CongestionControlType::HPCC})
        {
            RdmaConfig config;
            config.mode = mode;
            config.congestionControl = control;
            config.windowBytes = 20'000;
            WorkloadHelper workload;
            workload.flows = 3000;
            workload.load = 0.05;
            const FlowList flows = workload.Generate(fabric);
            const RouteTable routes(fabric, mode);
            const RdmaConfig resolved = config.Resolve(fabric, routes);
            const std::vector<bool> lone = FindIn(fabric, config, flows);
            const PacketResult packets = RunPacketSimulation(fabric, config, flows);
            IdealFctsOfFlows ideals(fabric, routes, config.HeaderBytes());
            RoutesOfFlows next(routes);
            LoneFlowFct alone(fabric, routes, resolved);
            Route route;
            uint32_t found = 0;
            for (uint32_t id = 0; id < flows.size(); id++)
            {
                const Flow& flow = flows[id];
                next.Next(flow.src, flow.dst, route);
                const auto ideal = static_cast<double>(ideals.NextNs(flow.src, flow.dst, flow.sizeBytes));
                if (!lone[id])
                {
                    continue;
                }
                found++;
                // nothing of a flow that is met is that exact; stand-in sizes of the HPCC runs are within 0.5 %
                const double slowdown = static_cast<double>(packets.flows[id].receiverFctNs) / ideal;
                EXPECT_NEAR(slowdown, alone.Slowdown(flow.sizeBytes, route), 0.005) << id;
            }
            EXPECT_GT(found, flows.size() / 20);
            EXPECT_LT(found, flows.size() / 2);
        }
    }
}

TEST(LoneFlows, AreFoundWithoutFlowSimToo)
{
    const FabricGraph fabric = MakeThreeTier({});
    for (const EngineMode mode : {EngineMode::STANDARD, EngineMode::HPCC})
    {
        WorkloadHelper workload;
        workload.flows = 4000;
        workload.load = 0.02;
        const FlowList flows = workload.Generate(fabric);
        RdmaConfig config;
        config.mode = mode;
        const Scenario scenario(fabric, config, flows);
        const LoneFlowsInput input{scenario, flows};
        PathIndex::Options options;
        options.draws = 4000;
        const PathIndex index(fabric, scenario.Routes(), flows, options);
        std::vector<uint32_t> selection;
        for (uint32_t path = 0; path < index.PathCount(); path++)
        {
            const auto& foreground = index.ForegroundFlows(path);
            selection.insert(selection.end(), foreground.begin(), foreground.end());
        }
        std::sort(selection.begin(), selection.end());
        const std::vector<bool> byFluid =
            FindLoneFlows(input, RecordFluidRun(fabric, scenario.Routes(), scenario.Resolved(), flows), selection);
        const std::vector<bool> byIndex = FindLoneFlows(input, index, selection, 1);
        EXPECT_EQ(byIndex, FindLoneFlows(input, index, selection, 3));
        uint32_t found = 0;
        for (std::size_t i = 0; i < selection.size(); i++)
        {
            EXPECT_TRUE(!byIndex[i] || byFluid[i]) << "it takes flows to last longer: " << selection[i];
            found += byIndex[i];
        }
        EXPECT_GT(found, selection.size() / 20);
    }
}

TEST(LoneFlows, HaveTheRateShareOfTheirControl)
{
    const FabricGraph fabric = LoneStar(2);
    for (const ControlDescription& control : CongestionControls())
    {
        if (control.idleRateShare)
        {
            RdmaConfig config;
            config.congestionControl = control.type;
            const FlowList flows{{0, 1, 5'000'000, 0}};
            const Scenario scenario(fabric, config, flows);
            Route route;
            scenario.Routes().FirstRoute(0, 1, route);
            const double slowdown =
                static_cast<double>(RunPacketSimulation(fabric, config, flows).flows[0].receiverFctNs) /
                static_cast<double>(IdealFctNs(fabric, route, 5'000'000, config.HeaderBytes(), config.mode));
            EXPECT_NEAR(slowdown, 1 / control.idleRateShare(scenario.Resolved()), 0.02) << control.name;
        }
    }
}

TEST(LoneFlowFct, IsThatOfThePacketEngine)
{
    // a host at 40 Gb/s whose flow passes a link of 10 Gb/s, and one whose NIC is the slowest link
    FabricGraph fabric;
    for (const NodeKind kind : {NodeKind::HOST, NodeKind::HOST, NodeKind::SWITCH, NodeKind::SWITCH, NodeKind::HOST})
    {
        fabric.AddNode(kind);
    }
    fabric.AddLink(0, 2, 40'000'000'000, 1000);
    fabric.AddLink(1, 2, 10'000'000'000, 1000);
    fabric.AddLink(2, 3, 10'000'000'000, 3000);
    fabric.AddLink(3, 4, 40'000'000'000, 1000);
    for (const auto control : {CongestionControlType::DCTCP,
                               CongestionControlType::DCQCN,
                               CongestionControlType::HPCC,
                               CongestionControlType::TIMELY,
                               CongestionControlType::HPCC_PINT,
                               CongestionControlType::NONE})
    {
        for (const uint64_t window : {0, 4000, 60'000})
        {
            RdmaConfig config;
            config.congestionControl = control;
            config.windowBytes = window > 0 ? std::optional<uint64_t>(window) : std::nullopt;
            const RouteTable routes(fabric, config.mode);
            const RdmaConfig resolved = config.Resolve(fabric, routes);
            LoneFlowFct alone(fabric, routes, resolved);
            for (const NodeId src : {0U, 1U})
            {
                for (const uint64_t size : {1000, 30'000, 100'000, 1'048'576}) // none has a stand-in
                {
                    Route route;
                    routes.FirstRoute(src, 4, route);
                    const PacketResult packets = RunPacketSimulation(fabric, config, {{src, 4, size, 0}});
                    const double slowdown =
                        static_cast<double>(packets.flows[0].receiverFctNs) /
                        static_cast<double>(IdealFctNs(fabric, route, size, config.HeaderBytes(), config.mode));
                    // marks and PINT's rounding are drawn, from other streams
                    const bool random =
                        control == CongestionControlType::DCQCN || control == CongestionControlType::HPCC_PINT;
                    EXPECT_NEAR(alone.Slowdown(size, route), slowdown, random ? 0.03 : 1e-3)
                        << CongestionControlName(control) << ' ' << window << ' ' << src << ' ' << size;
                }
            }
        }
    }
}
