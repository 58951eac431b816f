// SPDX-License-Identifier: GPL-2.0-only
// Which links share a simulation.
#include "core/random-stream.h"
#include "parts/link-clusters.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

using namespace ns3::m3;

namespace
{

LinkTraits SomeTraits(double load = 0.3)
{
    return {10'000'000'000, 1000, false, load, 0.01, 12'000, {100, 200, 400}, {10, 20, 30}};
}

} // namespace

TEST(LinkClusters, WeightedErrorIsTheSumOfDifferencesOverTheSum)
{
    EXPECT_DOUBLE_EQ(WeightedError({1, 2, 7}, {1, 3, 5}), 0.3);
    EXPECT_EQ(WeightedError({}, {}), 0);
    EXPECT_EQ(WeightedError({0, 0}, {0, 0}), 0);
    EXPECT_EQ(WeightedError({0, 0}, {0, 1}), std::numeric_limits<double>::infinity());
    EXPECT_EQ(WeightedError({1, 2}, {1}), std::numeric_limits<double>::infinity());
}

TEST(LinkClusters, LinksThatDifferInAnythingDoNotShare)
{
    const auto changed = [](const auto& change)
    {
        LinkTraits traits = SomeTraits();
        change(traits);
        return ClusterLinks({SomeTraits(), traits})[1] == 1;
    };
    EXPECT_FALSE(changed([](LinkTraits&) {})) << "alike";
    EXPECT_FALSE(changed([](LinkTraits& t) { t.load += 0.004; }));
    EXPECT_TRUE(changed([](LinkTraits& t) { t.load += 0.006; }));
    EXPECT_TRUE(changed([](LinkTraits& t) { t.load -= 0.006; }));
    EXPECT_TRUE(changed([](LinkTraits& t) { t.ackShare += 0.006; }));
    EXPECT_TRUE(changed([](LinkTraits& t) { t.bitsPerSecond *= 4; }));
    EXPECT_TRUE(changed([](LinkTraits& t) { t.delayNs++; }));
    EXPECT_TRUE(changed([](LinkTraits& t) { t.firstHop = true; }));
    EXPECT_TRUE(changed([](LinkTraits& t) { t.meanRttNs *= 1.2; }));
    EXPECT_FALSE(changed([](LinkTraits& t) { t.sizes[2] += 60; })) << "60 of 700";
    EXPECT_TRUE(changed([](LinkTraits& t) { t.sizes[2] += 80; }));
    EXPECT_FALSE(changed([](LinkTraits& t) { t.gaps[0] += 5; })) << "5 of 60";
    EXPECT_TRUE(changed([](LinkTraits& t) { t.gaps[0] += 7; }));
    EXPECT_TRUE(changed([](LinkTraits& t) { t.gaps.clear(); })) << "a single flow";
}

TEST(LinkClusters, EveryLinkIsLikeTheOneThatStandsForIt)
{
    RandomStream random(3);
    std::vector<LinkTraits> links;
    for (int i = 0; i < 400; i++)
    {
        links.push_back(SomeTraits(random.Uniform(0, 0.5)));
        links.back().sizes[2] += random.Uniform(0, 200);
    }
    const ClusterLimits limits;
    const std::vector<uint32_t> standsFor = ClusterLinks(links, limits);
    const auto alike = [&](uint32_t a, uint32_t b)
    {
        return std::abs(links[a].load - links[b].load) <= limits.load &&
               WeightedError(links[a].sizes, links[b].sizes) <= limits.distribution;
    };
    uint32_t groups = 0;
    for (uint32_t i = 0; i < links.size(); i++)
    {
        ASSERT_EQ(standsFor[standsFor[i]], standsFor[i]);
        EXPECT_LE(standsFor[i], i);
        EXPECT_TRUE(alike(standsFor[i], i));
        groups += standsFor[i] == i;
        for (uint32_t first = 0; first < i && standsFor[i] == i; first++)
        {
            EXPECT_FALSE(standsFor[first] == first && alike(first, i)) << i << " could have shared with " << first;
        }
    }
    EXPECT_LT(groups, 200U);
    EXPECT_GT(groups, 50U);
}
