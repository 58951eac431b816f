// SPDX-License-Identifier: GPL-2.0-only
// Runs that begin with flows in mid-transfer.
#include "packet/engine/star.h"

#include "core/random-stream.h"
#include "fabric/ideal-fct.h"
#include "ns3/m3-fabric-shapes.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-load-balancing-description.h"
#include "ns3/m3-packet-outcome.h"
#include "ns3/m3-packet-simulation.h"
#include "ns3/m3-recovery-description.h"
#include "workload/flow-generator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <sstream>

using namespace ns3::m3;

namespace
{

constexpr uint64_t LINK_RATE = 10 * GBIT;

/// A network with traffic that has flows of many RTTs under way at any time.
class CutInTwo : public testing::TestWithParam<std::string>
{
  protected:
    CutInTwo()
        : fabric(MakeLeafSpine({4, 4, 2, LINK_RATE, 2 * LINK_RATE, 1000})),
          routes(fabric, EngineMode::STANDARD)
    {
        std::istringstream names(GetParam()); // CONTROL BALANCING RECOVERY
        std::string control;
        std::string balancing = "ecmp";
        std::string recovery = "go-back-n";
        names >> control >> balancing >> recovery;
        config.congestionControl = ParseCongestionControl(control);
        config.loadBalancing = ParseLoadBalancing(balancing.empty() ? "ecmp" : balancing);
        config.recovery = ParseRecovery(recovery.empty() ? "go-back-n" : recovery);
        TrafficSpec spec;
        spec.flows = 6000;
        spec.load = 0.6;
        spec.seed = 5;
        flows = GenerateFlows(fabric,
                              routes,
                              TrafficMatrix::Uniform(fabric),
                              *ParseSizeDistribution("lognormal:60000,2"),
                              spec);
    }

    /// Slowdowns of the flows that are not done at a time, and of those that start later.
    std::vector<double> SlowdownsFrom(int64_t timeNs, const PacketResult& whole, const PacketResult& result) const
    {
        IdealFctsOfFlows ideals(fabric, routes, config.HeaderBytes());
        std::vector<double> slowdowns;
        for (std::size_t id = 0; id < flows.size(); id++)
        {
            const int64_t ideal = ideals.NextNs(flows[id].src, flows[id].dst, flows[id].sizeBytes);
            if (flows[id].startNs + whole.flows[id].receiverFctNs >= timeNs)
            {
                slowdowns.push_back(SlowdownOf(result.flows[id].receiverFctNs, ideal));
            }
        }
        return slowdowns;
    }

    FabricGraph fabric;
    RouteTable routes;
    RdmaConfig config;
    FlowList flows;
};

double QuantileOf(std::vector<double> values, double p)
{
    std::sort(values.begin(), values.end());
    return values[static_cast<std::size_t>(p * static_cast<double>(values.size() - 1))];
}

/// Mean of |ln(a / b)|.
double Distance(const std::vector<double>& a, const std::vector<double>& b)
{
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); i++)
    {
        sum += std::abs(std::log(a[i] / b[i]));
    }
    return sum / static_cast<double>(a.size());
}

} // namespace

TEST_P(CutInTwo, EndsAsInOnePieceWithinTheChaosFloor)
{
    const PacketResult whole = RunPacketSimulation(fabric, config, flows);
    const FlowList moved = PerturbStartTimes(flows);
    const PacketResult rerun = RunPacketSimulation(fabric, config, moved);
    PacketRunOptions first;
    first.stopNs = flows[flows.size() / 2].startNs;
    first.recordUnderWay = true;
    const PacketResult before = RunPacketSimulation(fabric, config, flows, first);
    ASSERT_GT(before.underWay.size(), 5U);
    for (const FlowUnderWay& flow : before.underWay)
    {
        EXPECT_LT(flow.sentBytes, flows[flow.flow].sizeBytes);
        EXPECT_GE(flow.rateBps, LINK_RATE / 100);
        EXPECT_EQ(before.flows[flow.flow].receiverFctNs, 0);
        EXPECT_FALSE(flow.controlState.empty());
    }
    PacketRunOptions second;
    second.beginNs = first.stopNs;
    second.underWay = before.underWay;
    PacketResult after = RunPacketSimulation(fabric, config, flows, second);
    uint64_t inFirst = 0;
    for (std::size_t id = 0; id < flows.size(); id++)
    {
        if (after.flows[id].unfinished == Unfinished::BEFORE)
        {
            EXPECT_GT(before.flows[id].receiverFctNs, 0) << "each flow ends in one part";
            after.flows[id] = before.flows[id];
            inFirst++;
        }
        EXPECT_GT(after.flows[id].receiverFctNs, 0);
    }
    EXPECT_EQ(inFirst + after.completionOrder.size(), flows.size());
    const std::vector<double> inOnePiece = SlowdownsFrom(first.stopNs, whole, whole);
    const std::vector<double> inTwo = SlowdownsFrom(first.stopNs, whole, after);
    const std::vector<double> chaos = SlowdownsFrom(first.stopNs, whole, rerun);
    // half of the list comes after the cut: what the cut changes is to be no more than what 1 ns changes
    EXPECT_LT(Distance(inTwo, inOnePiece), 1.2 * Distance(chaos, inOnePiece));
    for (const double p : {0.5, 0.9, 0.99})
    {
        const double floor = std::abs(QuantileOf(chaos, p) / QuantileOf(inOnePiece, p) - 1);
        // balanced flows are less chaotic, and the queues that are empty after the cut stay empty for longer
        const double beyond = config.loadBalancing == LoadBalancingType::ECMP ? 0.02 : 0.04;
        EXPECT_NEAR(QuantileOf(inTwo, p) / QuantileOf(inOnePiece, p), 1, floor + beyond) << p;
    }
    // the flows that were cut themselves: FCTs count from their starts
    std::vector<double> cut;
    std::vector<double> uncut;
    std::vector<double> other;
    for (const FlowUnderWay& flow : before.underWay)
    {
        cut.push_back(static_cast<double>(after.flows[flow.flow].receiverFctNs));
        uncut.push_back(static_cast<double>(whole.flows[flow.flow].receiverFctNs));
        other.push_back(static_cast<double>(rerun.flows[flow.flow].receiverFctNs));
    }
    EXPECT_LT(Distance(cut, uncut), 2 * Distance(other, uncut) + 0.05);
}

INSTANTIATE_TEST_SUITE_P(Controls,
                         CutInTwo,
                         testing::Values("dctcp",
                                         "dcqcn",
                                         "hpcc",
                                         "hpcc-pint",
                                         "timely",
                                         "swift",
                                         "powertcp",
                                         "theta-powertcp",
                                         "dctcp spray selective-repeat",
                                         "hpcc entropy selective-repeat",
                                         "timely drill selective-repeat",
                                         "dcqcn flowlet go-back-n"),
                         [](const auto& info)
                         {
                             std::string name = info.param;
                             const auto isPunctuation = [](char c) { return c == '-' || c == ' '; };
                             name.erase(std::remove_if(name.begin(), name.end(), isPunctuation), name.end());
                             return name;
                         });

TEST(FlowResume, ALoneFlowTakesTheTimeOfItsRest)
{
    // 1 us links of 10 Gb/s, packets of 1048 B (838.4 ns): 100 packets of which 60 are sent. The rest of 40 leaves from
    // 50 us on, each packet after the other, and goes over two links: 40 * 838.4 + 1000 + 838.4 + 1000 ns; the first
    // one waits for at most the time of a packet. The FCT counts from the start at 7 us.
    const FabricGraph fabric = Star(2, LINK_RATE);
    const FlowList flows{{0, 1, 100'000, 7000}};
    PacketRunOptions options;
    options.beginNs = 50'000;
    options.underWay = {{0, 60'000, LINK_RATE, {}}};
    const PacketResult result = RunPacketSimulation(fabric, {}, flows, options);
    const double rest = 40 * 838.4 + 1000 + 838.4 + 1000;
    EXPECT_GE(static_cast<double>(result.flows[0].receiverFctNs), 43'000 + rest - 1);
    EXPECT_LE(static_cast<double>(result.flows[0].receiverFctNs), 43'000 + rest + 838.4 + 2);
    EXPECT_EQ(result.dataHops, 80U);
    EXPECT_EQ(result.retransmissions, 0U);
}

TEST(FlowResume, AFlowGoesOnAtItsRate)
{
    // at 1 Gb/s a packet of 1048 B is paced by 8384 ns: 9 of them and two links. Without a window the rate is all.
    const FabricGraph fabric = Star(2, LINK_RATE);
    const FlowList flows{{0, 1, 100'000, 0}};
    RdmaConfig config;
    config.congestionControl = CongestionControlType::NONE;
    config.windowBytes = 0;
    PacketRunOptions options;
    options.beginNs = 1000;
    options.underWay = {{0, 90'000, GBIT, {}}};
    const PacketResult result = RunPacketSimulation(fabric, config, flows, options);
    const double rest = 9 * 8384 + 2 * (838.4 + 1000);
    EXPECT_GE(static_cast<double>(result.flows[0].receiverFctNs), 1000 + rest - 1);
    EXPECT_LE(static_cast<double>(result.flows[0].receiverFctNs), 1000 + rest + 8384 + 1);
}

TEST(FlowResume, FlowsOfAPartTakeTheRoutesOfTheWhole)
{
    // 24 flows between two racks with four spines at once, after 7 that are done by then
    const FabricGraph fabric = MakeLeafSpine({2, 8, 4, LINK_RATE, LINK_RATE, 1000});
    const std::vector<NodeId>& hosts = fabric.Hosts();
    FlowList flows;
    for (uint32_t i = 0; i < 7; i++)
    {
        flows.push_back({hosts[i % 8], hosts[8 + i % 8], 1000, i});
    }
    for (uint32_t i = 0; i < 24; i++)
    {
        flows.push_back({hosts[i % 8], hosts[8 + (i + i / 8) % 8], 100'000, 1'000'000});
    }
    const PacketResult whole = RunPacketSimulation(fabric, {}, flows);
    const FlowList part(flows.begin() + 7, flows.end());
    PacketRunOptions options;
    const auto isSame = [&](const PacketResult& result)
    {
        return std::equal(result.flows.begin(),
                          result.flows.end(),
                          whole.flows.begin() + 7,
                          [](const FlowOutcome& a, const FlowOutcome& b)
                          { return a.receiverFctNs == b.receiverFctNs; });
    };
    EXPECT_FALSE(isSame(RunPacketSimulation(fabric, {}, part, options))) << "routes are hashed from other numbers";
    for (uint32_t i = 7; i < flows.size(); i++)
    {
        options.routeIds.push_back(i);
    }
    EXPECT_TRUE(isSame(RunPacketSimulation(fabric, {}, part, options)));
}

TEST(FlowResume, LinksThatWentDownBeforeStayDown)
{
    // two spines, of which one is away since before the begin: the flow goes over the other one
    const FabricGraph fabric = MakeLeafSpine({2, 1, 2, LINK_RATE, LINK_RATE, 1000});
    const FlowList flows{{fabric.Hosts()[0], fabric.Hosts()[1], 1'000'000, 0}};
    Route route;
    RouteTable(fabric, EngineMode::STANDARD).DataRoute({flows[0].src, flows[0].dst, 0}, route);
    PacketRunOptions options;
    options.beginNs = 100'000;
    options.underWay = {{0, 100'000, LINK_RATE, {}}};
    options.linkChanges = {{50'000, route[1], false}};
    const PacketResult result = RunPacketSimulation(fabric, {}, flows, options);
    EXPECT_EQ(result.flows[0].unfinished, Unfinished::NO);
    EXPECT_EQ(result.linkLosses, 0U);
    options.linkChanges = {{50'000, route[0], false}};
    EXPECT_EQ(RunPacketSimulation(fabric, {}, flows, options).flows[0].unfinished, Unfinished::UNREACHABLE);
}

TEST(FlowResume, WhatCannotBeIsRefused)
{
    const FabricGraph fabric = Star(3, LINK_RATE);
    const FlowList flows{{0, 1, 10'000, 0}, {1, 2, 10'000, 100}, {2, 0, 10'000, 5000}};
    const auto run = [&](std::vector<FlowUnderWay> underWay, EngineMode mode = EngineMode::STANDARD)
    {
        PacketRunOptions options;
        options.beginNs = 1000;
        options.underWay = std::move(underWay);
        RdmaConfig config;
        config.mode = mode;
        return RunPacketSimulation(fabric, config, flows, options);
    };
    EXPECT_THROW(run({{2, 0, 0, {}}}), InputError) << "it starts later";
    EXPECT_THROW(run({{0, 10'000, 0, {}}}), InputError) << "nothing is left";
    EXPECT_THROW(run({{0, 0, 0, {}}, {0, 5000, 0, {}}}), InputError) << "twice";
    EXPECT_THROW(run({{7, 0, 0, {}}}), InputError) << "not there";
    EXPECT_THROW(run({{0, 0, 0, {}}}, EngineMode::HPCC), InputError);
    const PacketResult result = run({{0, 0, 0, {}}});
    EXPECT_EQ(result.flows[0].unfinished, Unfinished::NO);
    EXPECT_EQ(result.flows[1].unfinished, Unfinished::BEFORE) << "nobody said that it was under way";
    EXPECT_EQ(result.flows[2].unfinished, Unfinished::NO);
    EXPECT_EQ(UnfinishedText(result), "1 before");
    PacketRunOptions options;
    options.routeIds = {1, 2};
    EXPECT_THROW(RunPacketSimulation(fabric, {}, flows, options), InputError);
}
