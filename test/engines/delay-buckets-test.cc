// SPDX-License-Identifier: GPL-2.0-only
// Packet-normalised delays by flow size.
#include "core/random-stream.h"
#include "engines/delay-buckets.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

using namespace ns3::m3;

TEST(DelayBuckets, HoldAHundredSamplesAndAFactorOfTwo)
{
    RandomStream random(1);
    for (const uint32_t count : {250U, 3000U, 40000U})
    {
        std::vector<DelaySample> samples;
        std::multiset<float> delays;
        for (uint32_t i = 0; i < count; i++)
        {
            const auto size = static_cast<uint64_t>(random.LogUniform(100, 10e6));
            samples.push_back({size, static_cast<float>(random.Exponential())});
            delays.insert(samples.back().delayNs);
        }
        const DelayBuckets buckets(samples);
        EXPECT_GT(buckets.Buckets().size(), 1U);
        EXPECT_LE(buckets.Buckets().size(), std::min<std::size_t>(17, count / DelayBuckets::MIN_SAMPLES));
        uint64_t below = 0;
        std::size_t end = 0;
        for (const DelayBuckets::Bucket& bucket : buckets.Buckets())
        {
            EXPECT_GE(bucket.end - bucket.begin, 100U);
            EXPECT_GE(bucket.largestBytes, 2 * bucket.smallestBytes);
            EXPECT_GT(bucket.smallestBytes, below) << "sizes in two buckets";
            EXPECT_EQ(bucket.begin, end) << "a delay in none or in two";
            below = bucket.largestBytes;
            end = bucket.end;
            // its draws are the delays of the flows of its sizes, no others
            std::multiset<float> own;
            for (const DelaySample& sample : samples)
            {
                if (sample.sizeBytes >= bucket.smallestBytes && sample.sizeBytes <= bucket.largestBytes)
                {
                    own.insert(sample.delayNs);
                }
            }
            std::multiset<float> drawn;
            const auto inBucket = static_cast<double>(bucket.end - bucket.begin);
            for (double k = 0.5; k < inBucket; k++)
            {
                drawn.insert(static_cast<float>(buckets.Draw(bucket.smallestBytes, k / inBucket)));
            }
            EXPECT_EQ(drawn, own);
        }
        EXPECT_EQ(end, count);
    }
}

TEST(DelayBuckets, AreNoLargerThanNeeded)
{
    // one flow of each size: the first by count, the others by factor, and what is left over joins the last
    std::vector<DelaySample> samples;
    for (uint64_t size = 800; size >= 1; size--)
    {
        samples.push_back({size, 0});
    }
    const std::vector<DelayBuckets::Bucket> buckets = DelayBuckets(samples).Buckets();
    ASSERT_EQ(buckets.size(), 3U);
    EXPECT_EQ(buckets[0].largestBytes, 100U);
    EXPECT_EQ(buckets[1].largestBytes, 202U);
    EXPECT_EQ(buckets[2].smallestBytes, 203U);
    EXPECT_EQ(buckets[2].largestBytes, 800U) << "[407, 800] spans less than a factor of two";
}

TEST(DelayBuckets, EqualSizesShareOne)
{
    std::vector<DelaySample> samples;
    for (int i = 0; i < 150; i++)
    {
        samples.push_back({1000, 1});
        samples.push_back({2000, 2});
        samples.push_back({9000, 3});
    }
    const std::vector<DelayBuckets::Bucket> buckets = DelayBuckets(samples).Buckets();
    ASSERT_EQ(buckets.size(), 1U) << "150 flows of 9000 B span no factor of two and join the last";
    EXPECT_EQ(buckets[0].end, 450U);
}

TEST(DelayBuckets, OfSizesThatNoFlowHadAreTheNearestBelow)
{
    std::vector<DelaySample> samples;
    for (int i = 0; i < 100; i++)
    {
        samples.push_back({static_cast<uint64_t>(1000 + 20 * i), 1});
        samples.push_back({static_cast<uint64_t>(10000 + 200 * i), 5});
    }
    const DelayBuckets buckets(samples);
    ASSERT_EQ(buckets.Buckets().size(), 2U);
    EXPECT_EQ(buckets.Draw(1, 0.99), 1);
    EXPECT_EQ(buckets.Draw(9999, 0), 1);
    EXPECT_EQ(buckets.Draw(10000, 0), 5);
    EXPECT_EQ(buckets.Draw(1'000'000'000, 0.999999), 5);
}

TEST(DelayBuckets, WithoutSamplesThereIsNoDelay)
{
    EXPECT_EQ(DelayBuckets().Draw(1000, 0.5), 0);
    EXPECT_TRUE(DelayBuckets(std::vector<DelaySample>()).Buckets().empty());
    const DelayBuckets one(std::vector<DelaySample>{{700, 12}});
    EXPECT_EQ(one.Draw(1, 0), 12);
    EXPECT_EQ(one.Draw(50'000, 0.9999), 12);
}
