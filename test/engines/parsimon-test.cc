// SPDX-License-Identifier: GPL-2.0-only
// The estimate from single links, against the network where cutting it is exact.
#include "packet/engine/star.h"

#include "core/random-stream.h"
#include "engines/parsimon.h"
#include "fabric/ideal-fct.h"
#include "ns3/m3-fabric-shapes.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-packet-simulation.h"
#include "parts/link-decomposition.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

using namespace ns3::m3;

namespace
{

constexpr uint64_t GBPS = 1'000'000'000;

/// Sources 0 .. pairs - 1 and the same number of sinks behind it, joined by one link of the rate of each.
FabricGraph Dumbbell(uint32_t pairs)
{
    FabricGraph fabric;
    for (uint32_t i = 0; i < 2 * pairs; i++)
    {
        fabric.AddNode(NodeKind::HOST);
    }
    const NodeId left = fabric.AddNode(NodeKind::SWITCH);
    const NodeId right = fabric.AddNode(NodeKind::SWITCH);
    fabric.AddLink(left, right, 10 * GBPS, 1000);
    for (uint32_t i = 0; i < pairs; i++)
    {
        fabric.AddLink(i, left, 10 * GBPS, 1000);
        fabric.AddLink(right, pairs + i, 10 * GBPS, 1000);
    }
    return fabric;
}

/// One flow for each pair of a dumbbell, so that flows meet at the link in the middle and nowhere else; Poisson.
FlowList FlowOfEachPair(uint32_t pairs, double load, const std::function<uint64_t(RandomStream&)>& size)
{
    RandomStream random(7);
    FlowList flows;
    double time = 0;
    for (uint32_t i = 0; i < pairs; i++)
    {
        const uint64_t bytes = size(random);
        flows.push_back({i, pairs + i, bytes, std::llround(time)});
        time += random.Exponential() * static_cast<double>(WireBytes(bytes, DATA_HEADER_BYTES)) * 8 / 10 / load;
    }
    return flows;
}

/// No control, no window: what a flow meets does not change what it sends.
RdmaConfig OpenLoop()
{
    RdmaConfig config;
    config.congestionControl = CongestionControlType::NONE;
    config.windowBytes = 0;
    config.bufferBytes = 100'000'000;
    return config;
}

ParsimonEstimate
Estimate(const FabricGraph& fabric, const RdmaConfig& config, const FlowList& flows, uint32_t threads = 1)
{
    const RouteTable routes(fabric, config.mode);
    const RdmaConfig resolved = config.Resolve(fabric, routes);
    return RunParsimon({fabric, routes, resolved, flows, 1, threads, {}});
}

} // namespace

TEST(Parsimon, WithoutTheSimulatorPacketsFareAlike)
{
    ThreeTierShape shape;
    shape.racksPerPod = 2;
    shape.hostsPerRack = 2;
    const FabricGraph fabric = MakeThreeTier(shape);
    RandomStream random(2);
    FlowList flows;
    for (uint32_t i = 0; i < 500; i++)
    {
        const auto src = static_cast<NodeId>(random.Integer(0, 3));
        flows.push_back({fabric.Hosts()[src], fabric.Hosts()[src + 4], random.Integer(1, 50'000), int64_t{i} * 7000});
    }
    RdmaConfig config;
    config.congestionControl = CongestionControlType::DCQCN; // marks by chance
    const PacketResult expected = RunPacketSimulation(fabric, config, flows);
    const PacketResult apart = RunPacketSimulationStandalone(fabric, config, flows);
    EXPECT_EQ(apart.completionOrder, expected.completionOrder);
    EXPECT_EQ(apart.ecnMarks, expected.ecnMarks);
    for (std::size_t i = 0; i < flows.size(); i++)
    {
        EXPECT_EQ(apart.flows[i].receiverFctNs, expected.flows[i].receiverFctNs);
        EXPECT_EQ(apart.flows[i].senderFctNs, expected.flows[i].senderFctNs);
    }
    EXPECT_TRUE(RunPacketSimulationStandalone(fabric, config, {}).flows.empty());
}

TEST(Parsimon, TheOnlyLinkThatQueuesIsAsInTheNetworkFlowByFlow)
{
    constexpr uint32_t PAIRS = 300;
    const FabricGraph fabric = Dumbbell(PAIRS);
    const FlowList flows =
        FlowOfEachPair(PAIRS, 0.8, [](RandomStream& random) { return 1000 * random.Integer(1, 30); });
    const RouteTable routes(fabric, EngineMode::STANDARD);
    const RdmaConfig config = OpenLoop().Resolve(fabric, routes);
    const PacketResult truth = RunPacketSimulation(fabric, config, flows);
    const LinkDecomposition network(fabric, routes, config, flows);
    const LoadedLink& middle = network.Links().front();
    ASSERT_EQ(middle.flows.size(), PAIRS);
    const LinkScenario scenario = network.Scenario(middle);
    const PacketResult alone = RunPacketSimulationStandalone(scenario.fabric, scenario.config, scenario.flows);
    const RouteTable own(scenario.fabric, EngineMode::STANDARD);
    Route route;
    double waited = 0;
    for (std::size_t i = 0; i < PAIRS; i++)
    {
        own.FirstRoute(scenario.flows[i].src, scenario.flows[i].dst, route);
        const int64_t ideal =
            IdealFctNs(scenario.fabric, route, flows[i].sizeBytes, DATA_HEADER_BYTES, EngineMode::STANDARD);
        const double delay = static_cast<double>(alone.flows[i].receiverFctNs - ideal);
        const double expected =
            static_cast<double>(truth.flows[i].receiverFctNs) - network.IdealNsOf(static_cast<uint32_t>(i));
        EXPECT_NEAR(delay, expected, 10) << i; // each link rounds to 1 ns
        waited += delay;
    }
    EXPECT_GT(waited / PAIRS, 5000) << "they do wait";
}

TEST(Parsimon, TheOnlyLinkThatQueuesGivesTheDistributionOfTheNetwork)
{
    constexpr uint32_t PAIRS = 1500;
    const FabricGraph fabric = Dumbbell(PAIRS);
    const FlowList flows = FlowOfEachPair(PAIRS, 0.6, [](RandomStream&) { return 10'000; });
    for (const CongestionControlType control : {CongestionControlType::NONE, CongestionControlType::DCTCP})
    {
        RdmaConfig config = OpenLoop();
        if (control != CongestionControlType::NONE)
        {
            config = RdmaConfig();
            config.congestionControl = control;
        }
        const ParsimonEstimate estimate = Estimate(fabric, config, flows);
        EXPECT_EQ(estimate.links, 2 * PAIRS + 1);
        EXPECT_EQ(estimate.simulations, 3U) << "access links are alike, links to sinks are alike";
        EXPECT_EQ(estimate.unfinished, 0U);
        const PacketResult truth = RunPacketSimulation(fabric, config, flows);
        std::vector<double> estimated;
        std::vector<double> simulated;
        for (std::size_t i = 0; i < PAIRS; i++)
        {
            estimated.push_back(estimate.fctNs[i] - estimate.idealNs[i]);
            simulated.push_back(static_cast<double>(truth.flows[i].receiverFctNs) - estimate.idealNs[i]);
        }
        const auto mean = [](const std::vector<double>& values)
        { return std::accumulate(values.begin(), values.end(), 0.0) / PAIRS; };
        EXPECT_NEAR(mean(estimated) / mean(simulated), 1, 0.12) << CongestionControlName(control);
        std::sort(estimated.begin(), estimated.end());
        std::sort(simulated.begin(), simulated.end());
        for (const double p : {0.5, 0.9})
        {
            const auto k = static_cast<std::size_t>(p * PAIRS);
            EXPECT_NEAR(estimated[k] / simulated[k], 1, 0.2) << CongestionControlName(control) << ' ' << p;
        }
    }
}

TEST(Parsimon, AFlowAloneIsNotSlowedDown)
{
    ThreeTierShape shape;
    shape.racksPerPod = 2;
    shape.hostsPerRack = 2;
    const FabricGraph fabric = MakeThreeTier(shape);
    for (const EngineMode mode : {EngineMode::STANDARD, EngineMode::HPCC})
    {
        for (const uint64_t size : {1U, 1000U, 7321U})
        {
            RdmaConfig config;
            config.mode = mode;
            const ParsimonEstimate estimate =
                Estimate(fabric, config, {{fabric.Hosts().front(), fabric.Hosts().back(), size, 17}});
            EXPECT_EQ(estimate.links, 6U);
            EXPECT_EQ(estimate.fctNs.size(), 1U);
            EXPECT_GE(estimate.fctNs[0], estimate.idealNs[0]);
            EXPECT_LE(estimate.fctNs[0], estimate.idealNs[0] + (mode == EngineMode::HPCC ? 0 : 18)) << size;
        }
    }
}

TEST(Parsimon, SameSeedSameBytesOnAnyNumberOfThreads)
{
    ThreeTierShape shape;
    shape.racksPerPod = 2;
    shape.hostsPerRack = 3;
    const FabricGraph fabric = MakeThreeTier(shape);
    RandomStream random(5);
    FlowList flows;
    for (uint32_t i = 0; i < 3000; i++)
    {
        const auto src = random.Integer(0, 11);
        const auto dst = (src + random.Integer(1, 11)) % 12;
        flows.push_back({fabric.Hosts()[src], fabric.Hosts()[dst], random.Integer(1, 20'000), int64_t{i} * 1500});
    }
    for (const CongestionControlType control : {CongestionControlType::DCQCN, CongestionControlType::HPCC_PINT})
    {
        RdmaConfig config; // both draw random numbers
        config.congestionControl = control;
        const ParsimonEstimate one = Estimate(fabric, config, flows, 1);
        const RouteTable routes(fabric, config.mode);
        const RdmaConfig resolved = config.Resolve(fabric, routes);
        for (const uint32_t threads : {1U, 2U, 5U})
        {
            uint64_t last = 0;
            const ParsimonEstimate again = RunParsimon({fabric,
                                                        routes,
                                                        resolved,
                                                        flows,
                                                        1,
                                                        threads,
                                                        [&](uint64_t done, uint64_t all)
                                                        {
                                                            EXPECT_GE(done, last);
                                                            EXPECT_EQ(all, flows.size());
                                                            last = done;
                                                        }});
            EXPECT_EQ(again.fctNs, one.fctNs);
            EXPECT_EQ(last, flows.size());
        }
        EXPECT_NE(RunParsimon({fabric, routes, resolved, flows, 2, 1, {}}).fctNs, one.fctNs) << "another seed";
        for (std::size_t i = 0; i < flows.size(); i++)
        {
            EXPECT_GE(one.fctNs[i], one.idealNs[i]);
        }
    }
}

TEST(Parsimon, LostFlowsAreCountedAndGiveNoDelay)
{
    // without retransmission timeouts, in the published simulator's mode, a flow whose last packet is lost never ends
    const FabricGraph fabric = Star(2, 10 * GBPS, 1000, 0.2);
    FlowList flows;
    for (uint32_t i = 0; i < 200; i++)
    {
        flows.push_back({0, 1, 1000, int64_t{i} * 10'000});
    }
    RdmaConfig config;
    config.mode = EngineMode::HPCC;
    const ParsimonEstimate estimate = Estimate(fabric, config, flows);
    EXPECT_GT(estimate.unfinished, 20U);
    EXPECT_LT(estimate.unfinished, 200U);
    for (const double fct : estimate.fctNs)
    {
        EXPECT_TRUE(std::isfinite(fct));
    }
}

TEST(Parsimon, RefusesWhatPacketsRefuse)
{
    const FabricGraph fabric = Star(3, 10 * GBPS);
    for (const Flow& wrong : {Flow{0, 3, 1000, 0}, Flow{0, 9, 1000, 0}, Flow{1, 1, 1000, 0}, Flow{0, 1, 0, 0}})
    {
        EXPECT_THROW(Estimate(fabric, {}, {{0, 1, 1000, 0}, wrong}), InputError);
    }
    EXPECT_THROW(Estimate(fabric, {}, {{0, 1, 1000, 5}, {0, 1, 1000, 4}}), InputError);
    RdmaConfig config;
    config.bufferBytes = 100;
    EXPECT_THROW(Estimate(fabric, config, {{0, 1, 1000, 0}}), InputError);
    config = RdmaConfig();
    config.ecnByRate = {{5 * GBPS, {0, 0, 0}}};
    EXPECT_THROW(Estimate(fabric, config, {{0, 1, 1000, 0}}), InputError) << "no thresholds for its ports";
}
