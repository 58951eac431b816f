// SPDX-License-Identifier: GPL-2.0-only
#include "parts/time-windows.h"

#include <gtest/gtest.h>

#include <algorithm>

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

constexpr WindowPlan PLAN{8, 8, 50, 3000, 20'000}; // 50 flows, lead 3 us, tail 20 us

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
    const SampledWindow window{0, 3000, 53'000, 73'000};
    EXPECT_EQ(window.RoomNs(100), 4000 + 1000);
    EXPECT_EQ(window.RoomNs(1600), 20'000);
    EXPECT_EQ(window.RoomNs(1'000'000'000'000'000), 20'000);
    // starts from 3 us on that leave the room: 3 .. 73 - 5 us, in steps of 1 ns
    EXPECT_EQ(window.CountedNs(100), 68'000 - 3000 + 1);
    EXPECT_EQ(window.CountedNs(5000), 50'001) << "from the first to the last flow of the window";
}
