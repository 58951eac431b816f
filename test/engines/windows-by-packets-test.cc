// SPDX-License-Identifier: GPL-2.0-only
#include "engines/windows-by-packets.h"

#include "fabric/ideal-fct.h"
#include "ns3/m3-fabric-shapes.h"
#include "ns3/m3-packet-simulation.h"
#include "ns3/m3-scenario.h"
#include "packet/engine/star.h"
#include "workload/flow-generator.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace ns3::m3;

namespace
{

/// Flows of one size class whose expected slowdown is 1 or 2.
struct TwoStrata
{
    FlowList flows;
    std::vector<float> expected;

    /// \param slow every so many flows is expected to be slow
    TwoStrata(uint32_t count, uint32_t slow)
    {
        for (uint32_t i = 0; i < count; i++)
        {
            flows.push_back({0, 1, 500, i});
            expected.push_back(i % slow == 0 ? 2.F : 1.F);
        }
    }
};

} // namespace

TEST(WindowsByPackets, StrataCountAsInTheTrace)
{
    // in the trace one flow in ten is slow, in the windows one in two: the slow ones have slowdown 4, the others 1.5
    const TwoStrata trace(10'000, 10);
    std::vector<WindowOutcome> windows(5);
    for (uint32_t i = 0; i < 1000; i++)
    {
        const uint32_t slow = 10 * i;
        windows[i % 5].flows.push_back({slow, 4, 0.5});
        windows[i % 5].flows.push_back({slow + 1, 1.5, 0.5});
    }
    SlowdownReport report("sampled");
    report.SetFlowCount(0, trace.flows.size());
    AddWindows(trace.flows, windows, trace.expected, report);
    report.Finish();
    EXPECT_NEAR(report.OverallMean(), 0.1 * 4 + 0.9 * 1.5, 1e-9);
    EXPECT_EQ(report.OverallQuantile(0.85), 1.5);
    EXPECT_EQ(report.OverallQuantile(0.95), 4);
    // all of the variation is between the strata, whose shares are known: nothing is left to chance
    EXPECT_EQ(report.OverallInterval(0.5).low, report.OverallInterval(0.5).high);
    EXPECT_EQ(report.OverallInterval(0.95).low, 4);
}

TEST(WindowsByPackets, WithoutStrataTheIntervalIsThatOfTheUnits)
{
    // the same values, but flowSim expects nothing of them: a window with more slow flows than another leaves doubt
    const TwoStrata trace(10'000, 10);
    const std::vector<float> same(trace.flows.size(), 1.F);
    std::vector<WindowOutcome> windows(5);
    for (uint32_t i = 0; i < 1000; i++)
    {
        windows[i % 5].flows.push_back({i, i % 5 == 0 && i % 3 == 0 ? 4.0 : 1.5, 1});
    }
    SlowdownReport report("sampled");
    report.SetFlowCount(0, trace.flows.size());
    AddWindows(trace.flows, windows, same, report);
    report.Finish();
    EXPECT_EQ(report.OverallQuantile(0.9), 1.5);
    EXPECT_EQ(report.OverallInterval(0.9).high, 4);
}

TEST(WindowsByPackets, FlowsThatCountForLongerCountForLess)
{
    const TwoStrata trace(1000, 1);
    std::vector<WindowOutcome> windows(1);
    for (uint32_t i = 0; i < 100; i++)
    {
        windows[0].flows.push_back({i, 1, 1});
        windows[0].flows.push_back({i, 3, 3}); // a third as often
    }
    SlowdownReport report("sampled");
    report.SetFlowCount(0, trace.flows.size());
    AddWindows(trace.flows, windows, trace.expected, report);
    report.Finish();
    EXPECT_NEAR(report.OverallMean(), (1 + 3 * 3) / 4.0, 1e-9);
}

TEST(WindowsByPackets, AClassWhoseFlowsOutlastTheirRunsHasNoInterval)
{
    const TwoStrata trace(1000, 1);
    const auto report = [&](uint32_t cut)
    {
        std::vector<WindowOutcome> windows(4);
        for (uint32_t i = 0; i < 100; i++)
        {
            windows[i % 4].flows.push_back({i, 1.0 + i % 7, 1, i < cut});
        }
        SlowdownReport made("sampled");
        made.SetFlowCount(0, trace.flows.size());
        AddWindows(trace.flows, windows, trace.expected, made);
        made.Finish();
        return made;
    };
    EXPECT_FALSE(std::isnan(report(10).ClassInterval(0, 0.5).low));
    EXPECT_TRUE(report(10).Notes().empty());
    const SlowdownReport extrapolated = report(11);
    EXPECT_TRUE(std::isnan(extrapolated.ClassInterval(0, 0.5).low));
    EXPECT_FALSE(std::isnan(extrapolated.OverallInterval(0.5).low));
    ASSERT_EQ(extrapolated.Notes().size(), 1U);
    EXPECT_EQ(extrapolated.Notes()[0],
              "11 of 100 flows of [0, 1 KB) outlast their run: its quantiles are extrapolated, and have no interval");
}

TEST(WindowsByPackets, AWindowOfAllFlowsIsTheRunOfAllFlows)
{
    const FabricGraph fabric = MakeLeafSpine({2, 4, 2, 10 * GBIT, 10 * GBIT, 1000});
    const RouteTable routes(fabric, EngineMode::STANDARD);
    TrafficSpec spec;
    spec.flows = 500;
    const FlowList flows = GenerateFlows(fabric,
                                         routes,
                                         TrafficMatrix::Uniform(fabric),
                                         *ParseSizeDistribution("exponential:20000"),
                                         spec);
    const Scenario scenario(fabric, {}, flows);
    const PacketResult whole = RunPacketSimulation(fabric, {}, flows);
    const int64_t last = flows.back().startNs;
    const WindowPlan plan{{{500, 0, 1'000'000'000}}, 1, 1};
    const WindowOutcome outcome =
        RunWindowByPackets(scenario, scenario.Resolved(), plan, {0, 0, last, last + 1'000'000'000}, {}, {});
    ASSERT_EQ(outcome.flows.size(), flows.size());
    EXPECT_EQ(outcome.cut, 0U);
    EXPECT_EQ(outcome.dataHops, whole.dataHops);
    IdealFctsOfFlows ideals(fabric, routes, scenario.Config().HeaderBytes());
    for (uint32_t id = 0; id < flows.size(); id++)
    {
        const int64_t ideal = ideals.NextNs(flows[id].src, flows[id].dst, flows[id].sizeBytes);
        EXPECT_EQ(outcome.flows[id].flow, id);
        EXPECT_EQ(outcome.flows[id].weight, 1) << "there is one place for the window, and all flows count there";
        EXPECT_EQ(outcome.flows[id].slowdown, SlowdownOf(whole.flows[id].receiverFctNs, ideal));
    }
}

TEST(WindowsByPackets, AFlowThatIsCutOffHasTheSlowdownSoFar)
{
    // Two flows of 10 MB share a link of 10 Gb/s: each comes to half of its rate, a slowdown of 2. The run ends after a
    // fifth of that. One of them is under way already, 2 ms before the window, with a fifth of its bytes sent.
    const FabricGraph fabric = Star(3, 10 * GBIT);
    const FlowList flows{{0, 2, 10'000'000, 0}, {1, 2, 10'000'000, 2'000'000}, {0, 1, 1000, 50'000'000}};
    const Scenario scenario(fabric, {}, flows);
    const SampledWindow window{2'000'000, 2'000'000, 2'000'000, 6'000'000};
    const WindowPlan plan{{{1, 0, 4'000'000}}, 1, 1};
    const WindowOutcome outcome = RunWindowByPackets(scenario, scenario.Resolved(), plan, window, {{0, 0.2, 9e9}}, {});
    EXPECT_EQ(outcome.underWay, 1U);
    ASSERT_EQ(outcome.flows.size(), 1U) << "what began before does not count, nor what begins later";
    EXPECT_EQ(outcome.flows[0].flow, 1U);
    EXPECT_EQ(outcome.cut, 1U);
    EXPECT_NEAR(outcome.flows[0].slowdown, 2, 0.25);
    // With a slowdown of 3 by flowSim: 4 ms at 5 Gb/s, as long again at that rate, so that half is sent in 8 ms; the
    // other half takes 1.5 ideal FCTs of 8.4 ms: 8 / 8.4 + 1.5 = 2.45.
    const WindowOutcome expected =
        RunWindowByPackets(scenario, scenario.Resolved(), plan, window, {{0, 0.2, 9e9}}, {1, 3, 1});
    EXPECT_NEAR(expected.flows.at(0).slowdown, 2.45, 0.25);
    EXPECT_GT(expected.flows[0].slowdown, outcome.flows[0].slowdown + 0.3);
}

TEST(WindowsByPackets, FlowsThatTakeLongCountInWindowsWithALongTailAlone)
{
    // ideal FCTs: 1000 B in about 3 us, 10 MB in about 8 ms, for which the first kind's tail of 4 ms is too short
    const FabricGraph fabric = Star(3, 10 * GBIT);
    const FlowList flows{{0, 2, 10'000'000, 0}, {1, 2, 1000, 1'000'000}};
    const Scenario scenario(fabric, {}, flows);
    const WindowPlan plan{{{2, 0, 4'000'000, 0.5}, {2, 0, 40'000'000, 0.5}}, 2, 2};
    const WindowOutcome shorter =
        RunWindowByPackets(scenario, scenario.Resolved(), plan, {0, 0, 1'000'000, 5'000'000, 0}, {}, {});
    ASSERT_EQ(shorter.flows.size(), 1U);
    EXPECT_EQ(shorter.flows[0].flow, 1U);
    EXPECT_EQ(shorter.flows[0].weight, 1);
    EXPECT_EQ(shorter.cut, 0U);
    const WindowOutcome longer =
        RunWindowByPackets(scenario, scenario.Resolved(), plan, {0, 0, 1'000'000, 41'000'000, 1}, {}, {});
    ASSERT_EQ(longer.flows.size(), 2U);
    EXPECT_EQ(longer.kind, 1U);
    EXPECT_EQ(longer.flows[0].weight, 2) << "of two windows, one counts it";
    EXPECT_EQ(longer.flows[1].weight, 1);
    EXPECT_FALSE(longer.flows[0].isCut);
}
