// SPDX-License-Identifier: GPL-2.0-only
#include "features/path-feature-map.h"

#include "m3-demo.h"
#include "reference-data.h"

#include "core/random-stream.h"
#include "flowsim/flow-sim.h"
#include "ns3/m3-input-error.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <limits>

using namespace ns3::m3;

namespace
{

void ExpectFloats(const float* actual, const std::vector<double>& expected, std::size_t count, const std::string& what)
{
    ASSERT_GE(expected.size(), count) << what;
    for (std::size_t i = 0; i < count; i++)
    {
        ASSERT_EQ(actual[i], static_cast<float>(expected[i])) << what << ", column " << i;
    }
}

std::vector<PathFlow> RandomFlows(uint32_t hosts, std::size_t count, uint64_t seed)
{
    RandomStream random(seed);
    std::vector<PathFlow> flows;
    for (std::size_t i = 0; i < count; i++)
    {
        const auto src = static_cast<uint32_t>(random.Integer(0, hosts - 2));
        const auto dst = static_cast<uint32_t>(random.Integer(src + 1, hosts - 1));
        flows.push_back({src, dst, static_cast<uint64_t>(random.LogUniform(1, 200'000)), random.LogUniform(1, 50)});
    }
    return flows;
}

} // namespace

TEST(PathFeatureMap, EqualsPublishedMapsAndLabels)
{
    for (const auto& shard : ReferenceEntries("m3-demo"))
    {
        std::ifstream expectedFile(shard / "expected.txt");
        const DemoFlows flows(shard);
        std::vector<PathFlow> seen = flows.path;
        std::vector<PathFlow> packets = flows.path;
        NumbersOfLine(expectedFile); // the heading
        for (std::size_t i = 0; i < seen.size(); i++)
        {
            const auto fields = NumbersOfLine(expectedFile); // id receiver_fct ideal flowsim_fct
            PathFlow& flow = packets.at(static_cast<std::size_t>(fields.at(0)));
            flow.slowdown = fields.at(1) / fields.at(2);
        }
        const auto fct = RunFlowSim({10, 10}, flows.fluid, FluidAllocation::PUBLISHED);
        for (std::size_t i = 0; i < seen.size(); i++)
        {
            seen[i].slowdown = PublishedPathSlowdown(3, seen[i].src, seen[i].dst, seen[i].sizeBytes, fct[i]);
        }
        const PercentileMap map = MakePathFeatureMap(3, seen);
        const PercentileMap labels = MakePathLabels(3, packets);

        std::ifstream expected(shard / "features.txt");
        NumbersOfLine(expected); // the heading
        ASSERT_EQ(NumbersOfLine(expected).at(0), map.rows);
        const std::size_t columns = std::size_t{map.buckets} * MAP_PERCENTILES;
        for (uint32_t row = 0; row < map.rows; row++)
        {
            ExpectFloats(&map.slowdown[row * columns],
                         NumbersOfLine(expected),
                         columns,
                         shard.string() + ", row " + std::to_string(row));
        }
        for (uint32_t row = 0; row < map.rows; row++)
        {
            const auto shares = NumbersOfLine(expected);
            ASSERT_EQ(shares.size(), MAP_BUCKETS);
            for (uint32_t bucket = 0; bucket < MAP_BUCKETS; bucket++)
            {
                ASSERT_EQ(map.share[row * MAP_BUCKETS + bucket], shares[bucket]) << shard << ", row " << row;
            }
        }
        ExpectFloats(labels.slowdown.data(),
                     NumbersOfLine(expected),
                     labels.slowdown.size(),
                     shard.string() + ", labels");
        const auto shares = NumbersOfLine(expected);
        ASSERT_EQ(shares.size(), LABEL_BUCKETS);
        for (uint32_t bucket = 0; bucket < LABEL_BUCKETS; bucket++)
        {
            ASSERT_EQ(static_cast<float>(labels.share[bucket]), static_cast<float>(shares[bucket])) << shard;
        }
    }
}

TEST(PathFeatureMap, RowsHoldTheFlowsThatTheyStandFor)
{
    for (uint64_t seed = 1; seed <= 20; seed++)
    {
        const auto hosts = static_cast<uint32_t>(2 + seed % 7);
        const auto flows = RandomFlows(hosts, 400, seed);
        const PercentileMap map = MakePathFeatureMap(hosts, flows);
        ASSERT_EQ(map.rows, hosts);
        for (uint32_t row = 0; row < hosts; row++)
        {
            // by definition: the flows of the row's largest bucket, its maximum and its median rank
            std::vector<float> large;
            std::size_t all = 0;
            for (const PathFlow& flow : flows)
            {
                const bool whole = flow.src == 0 && flow.dst == hosts - 1;
                const bool inRow = row == 0 ? whole : !whole && flow.src <= row - 1 && row - 1 < flow.dst;
                all += inRow;
                if (inRow && flow.sizeBytes >= 50'000)
                {
                    large.push_back(static_cast<float>(flow.slowdown));
                }
            }
            std::sort(large.begin(), large.end());
            const uint32_t bucket = MAP_BUCKETS - 1;
            const float* cell = &map.slowdown[(row * MAP_BUCKETS + bucket) * MAP_PERCENTILES];
            EXPECT_DOUBLE_EQ(map.share[row * MAP_BUCKETS + bucket],
                             static_cast<double>(large.size()) / static_cast<double>(1 + all));
            if (large.empty())
            {
                EXPECT_EQ(cell[49], 0);
                continue;
            }
            EXPECT_EQ(cell[MAP_PERCENTILES - 1], large.back());
            // halves go to the even rank
            const std::size_t twice = large.size() - 1;
            const std::size_t rank = twice % 4 == 3 ? (twice + 1) / 2 : twice / 2;
            EXPECT_EQ(cell[49], large[rank]) << large.size();
            EXPECT_TRUE(std::is_sorted(cell, cell + MAP_PERCENTILES));
        }
    }
}

TEST(PathFeatureMap, EdgesBelongToTheBucketAbove)
{
    const PercentileMap map =
        MakePathFeatureMap(3, {{0, 2, 249, 2}, {0, 2, 250, 3}, {0, 2, 49'999, 4}, {0, 2, 50'000, 5}});
    const auto median = [&](uint32_t bucket) { return map.slowdown[bucket * MAP_PERCENTILES + 49]; };
    EXPECT_EQ(median(0), 2);
    EXPECT_EQ(median(1), 3);
    EXPECT_EQ(median(8), 4);
    EXPECT_EQ(median(9), 5);
    EXPECT_EQ(median(2), 0);
}

TEST(PathFeatureMap, BucketsAreThoseOfThePublishedModel)
{
    const auto bucketOf = [](const PercentileMap& map)
    { return std::max_element(map.share.begin(), map.share.begin() + map.buckets) - map.share.begin(); };
    long bucket = 0;
    for (const uint64_t edge : {250, 500, 750, 1000, 2000, 5000, 7500, 10'000, 50'000})
    {
        EXPECT_EQ(bucketOf(MakePathFeatureMap(3, {{0, 2, edge - 1, 2}})), bucket) << edge;
        EXPECT_EQ(bucketOf(MakePathFeatureMap(3, {{0, 2, edge, 2}})), ++bucket) << edge;
    }
    bucket = 0;
    for (const uint64_t edge : {1000, 10'000, 50'000})
    {
        EXPECT_EQ(CountByLabelBucket(3, {{0, 2, edge - 1, 2}})[bucket], 1U) << edge;
        EXPECT_EQ(bucketOf(MakePathLabels(3, {{0, 2, edge - 1, 2}})), bucket) << edge;
        EXPECT_EQ(bucketOf(MakePathLabels(3, {{0, 2, edge, 2}})), ++bucket) << edge;
    }
}

TEST(PathFeatureMap, APathMayHaveAnyNumberOfFlows)
{
    std::vector<PathFlow> flows(70'000, {0, 1, 100, 2});
    flows.back() = {0, 2, 100, 3}; // the only one of all the path
    const PercentileMap map = MakePathFeatureMap(3, flows);
    EXPECT_EQ(map.slowdown[49], 3);
    EXPECT_EQ(map.share[0], 0.5F) << "1 of 1 + 1";
    EXPECT_EQ(map.slowdown[std::size_t{map.buckets} * MAP_PERCENTILES + 49], 2);
}

TEST(PathFeatureMap, LabelsOfAnEmptyBucketAreOnes)
{
    const PercentileMap labels = MakePathLabels(3, {{0, 2, 20'000, 7}, {0, 1, 100, 9}});
    EXPECT_EQ(labels.slowdown[0], 1) << "the short flow is no foreground flow";
    EXPECT_EQ(labels.slowdown[2 * MAP_PERCENTILES], 7);
    EXPECT_EQ(labels.share[2], 1);
    EXPECT_EQ(MakePathLabels(3, {}).share[0], 0);
}

TEST(PathFeatureMap, PublishedSlowdownIsOneForAFlowAlone)
{
    for (uint32_t hosts : {3, 5, 7})
    {
        for (uint32_t src = 0; src < hosts - 1; src++)
        {
            for (uint32_t dst = src + 1; dst < hosts; dst++)
            {
                const double wireNs = (20'000 + 20 * 48) * 0.8;
                EXPECT_DOUBLE_EQ(PublishedPathSlowdown(hosts, src, dst, 20'000, wireNs), 1);
                const double twice = PublishedPathSlowdown(hosts, src, dst, 20'000, 2 * wireNs);
                EXPECT_GT(twice, 1.5);
                EXPECT_LT(twice, 2);
            }
        }
    }
}

TEST(PathFeatureMap, RefusesWhatCannotBe)
{
    const auto refused = [](const PathFlow& flow)
    {
        try
        {
            MakePathFeatureMap(3, {{0, 1, 1, 1}, flow});
        }
        catch (const InputError& error)
        {
            return std::string(error.what()).find("flow 1") != std::string::npos;
        }
        return false;
    };
    EXPECT_TRUE(refused({1, 1, 100, 2}));
    EXPECT_TRUE(refused({0, 3, 100, 2}));
    EXPECT_TRUE(refused({0, 2, 0, 2}));
    EXPECT_TRUE(refused({0, 2, 100, 0.5}));
    EXPECT_TRUE(refused({0, 2, 100, std::numeric_limits<double>::quiet_NaN()}));
    EXPECT_TRUE(refused({0, 2, 100, std::numeric_limits<double>::infinity()}));
    EXPECT_FALSE(refused({0, 2, 1, std::numeric_limits<float>::max()})) << "the largest that there is";
    EXPECT_THROW(MakePathFeatureMap(1, {}), InputError);
    EXPECT_THROW(PublishedPathSlowdown(4, 0, 3, 100, 1), InputError);
    EXPECT_THROW(PublishedPathSlowdown(3, 0, 3, 100, 1), InputError);
    EXPECT_THROW(PublishedPathSlowdown(3, 1, 1, 100, 1), InputError);
    EXPECT_THROW(PublishedPathSlowdown(3, 0, 2, 0, 1), InputError);
}
