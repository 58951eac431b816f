// SPDX-License-Identifier: GPL-2.0-only
#include "parts/time-windows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

using namespace ns3::m3;

namespace
{

/// A flow every microsecond.
FlowList Regular(uint32_t count)
{
    FlowList flows;
    for (uint32_t i = 0; i < count; i++)
    {
        flows.push_back({0, 1, 1000, int64_t{1000} * i});
    }
    return flows;
}

const WindowPlan PLAN{{{50, 3000, 20'000}}, 8, 8}; // 50 flows, lead 3 us, tail 20 us

} // namespace

TEST(TimeWindows, AWindowHasItsFlowsBetweenLeadAndTail)
{
    const FlowList flows = Regular(10'000);
    for (const SampledWindow& window : SpreadWindows(flows, PLAN, 100, 7))
    {
        EXPECT_EQ(window.countNs % 1000, 0) << "the start of a flow";
        EXPECT_EQ(window.beginNs, std::max<int64_t>(0, window.countNs - 3000));
        EXPECT_EQ(window.lastNs, window.countNs + 49'000);
        EXPECT_EQ(window.stopNs, window.lastNs + 20'000);
        EXPECT_LE(window.lastNs, flows.back().startNs);
    }
}

TEST(TimeWindows, EachNumberOfFirstOnesIsSpreadEvenly)
{
    // three distance theorem: the gaps between n multiples of the golden ratio modulo 1 are of at most three lengths,
    // the largest of which is below 2.7 / n, and the smallest above 0.38 / n
    const FlowList flows = Regular(100'000);
    const std::vector<SampledWindow> all = SpreadWindows(flows, PLAN, 200, 3);
    for (const uint32_t count : {5U, 8U, 37U, 200U})
    {
        const std::vector<SampledWindow> some = SpreadWindows(flows, PLAN, count, 3);
        std::vector<double> places;
        for (uint32_t w = 0; w < count; w++)
        {
            EXPECT_EQ(some[w].countNs, all[w].countNs) << "the first ones stay when more are asked for";
            places.push_back(static_cast<double>(some[w].countNs) / 1e8);
        }
        std::sort(places.begin(), places.end());
        for (uint32_t w = 0; w < count; w++)
        {
            const double next = w + 1 < count ? places[w + 1] : places[0] + 1;
            EXPECT_LT(next - places[w], 2.7 / count + 0.002);
            EXPECT_GT(next - places[w], 0.38 / count - 0.002);
        }
    }
    EXPECT_NE(SpreadWindows(flows, PLAN, 1, 4).front().countNs, all.front().countNs) << "the seed decides";
}

TEST(TimeWindows, ShortFlowsCountForLonger)
{
    // tail 20 us: a flow has a fifth of it and ten times its ideal FCT, at most all of it
    const WindowKind& kind = PLAN.kinds.front();
    EXPECT_EQ(kind.RoomNs(100), 4000 + 1000);
    EXPECT_EQ(kind.RoomNs(1600), 20'000);
    EXPECT_EQ(kind.RoomNs(1'000'000'000'000'000), 20'000);
    EXPECT_FALSE(kind.NeedsWholeTail(2000));
    EXPECT_TRUE(kind.NeedsWholeTail(2001));
    // Of 10,000 flows, one a microsecond, and 9951 places of a window: a flow of which nothing but the window counts is
    // in 50 of them, one that may start up to 15 us after it in 65. Near the ends of the trace there are fewer places.
    const FlowList flows = Regular(10'000);
    EXPECT_DOUBLE_EQ(PLAN.Inclusion(flows, 5000, 5000), 50 / 9951.0);
    EXPECT_DOUBLE_EQ(PLAN.Inclusion(flows, 5000, 100), 65 / 9951.0);
    EXPECT_DOUBLE_EQ(PLAN.Inclusion(flows, 0, 100), 1 / 9951.0);
    EXPECT_DOUBLE_EQ(PLAN.Inclusion(flows, 10, 5000), 11 / 9951.0);
    EXPECT_DOUBLE_EQ(PLAN.Inclusion(flows, 9999, 5000), 1 / 9951.0);
    EXPECT_DOUBLE_EQ(PLAN.Inclusion(flows, 9999, 100), 16 / 9951.0);
}

TEST(TimeWindows, AFlowCountsAsOftenAsWindowsCanHaveIt)
{
    // Bursts of flows that start at once, gaps between them, two kinds of windows: all places, one by one.
    std::mt19937 random(5);
    FlowList flows;
    int64_t now = 0;
    while (flows.size() < 300)
    {
        now += random() % 3 ? random() % 2000 : 0;
        flows.push_back({0, 1, 1000, now});
    }
    const WindowPlan plan{{{20, 3000, 15'000, 0.75}, {40, 3000, 60'000, 0.25}}, 8, 8};
    for (const int64_t ideal : {100, 700, 2000, 9000})
    {
        for (uint32_t id = 0; id < flows.size(); id++)
        {
            double expected = 0;
            for (uint32_t k = 0; k < 2; k++)
            {
                const WindowKind& kind = plan.kinds[k];
                const std::size_t places = flows.size() - kind.flows + 1;
                std::size_t with = 0;
                for (std::size_t first = 0; first < places; first++)
                {
                    const int64_t last = flows[first + kind.flows - 1].startNs + kind.tailNs - kind.RoomNs(ideal);
                    with += flows[first].startNs <= flows[id].startNs && flows[id].startNs <= last;
                }
                expected += plan.Counts(k, ideal) ? kind.share * with / places : 0;
            }
            ASSERT_NEAR(plan.Inclusion(flows, id, ideal), expected, 1e-12) << id << " of " << ideal << " ns";
        }
    }
    EXPECT_FALSE(plan.Counts(0, 2000)) << "needs more than the tail of the first kind";
    EXPECT_TRUE(plan.Counts(1, 2000));
}

TEST(TimeWindows, KindsHaveTheirShares)
{
    const FlowList flows = Regular(10'000);
    const WindowPlan plan{{{50, 3000, 20'000, 0.8}, {100, 5000, 90'000, 0.2}}, 8, 8};
    const std::vector<SampledWindow> windows = SpreadWindows(flows, plan, 100, 7);
    uint32_t of_second = 0;
    for (const SampledWindow& window : windows)
    {
        EXPECT_EQ(window.lastNs - window.countNs, window.kind ? 99'000 : 49'000);
        EXPECT_EQ(window.stopNs - window.lastNs, window.kind ? 90'000 : 20'000);
        of_second += window.kind;
    }
    EXPECT_EQ(of_second, 20U);
    EXPECT_EQ(windows[2].kind, 1U) << "0.5 + 3 x 0.2 is the first sum of at least 1";
}
