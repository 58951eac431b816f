// SPDX-License-Identifier: GPL-2.0-only
#include "flowsim/end-queue.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

using namespace ns3::m3;

TEST(EndQueue, HasTheEarliestInFront)
{
    EndQueue queue;
    EXPECT_TRUE(queue.Empty());
    queue.Set(7, 30);
    queue.Set(0, 20);
    queue.Set(3, 25);
    EXPECT_FALSE(queue.Empty());
    EXPECT_EQ(queue.EarliestId(), 0U);
    EXPECT_EQ(queue.EarliestTime(), 20);
    queue.Set(0, 40); // later
    EXPECT_EQ(queue.EarliestId(), 3U);
    queue.Set(7, 1); // earlier
    EXPECT_EQ(queue.EarliestId(), 7U);
    EXPECT_EQ(queue.EarliestTime(), 1);
    queue.Remove(7);
    EXPECT_EQ(queue.EarliestId(), 3U);
    queue.Remove(0);
    queue.Remove(3);
    EXPECT_TRUE(queue.Empty());
    queue.Set(0, 5); // an id that was removed may come again
    EXPECT_EQ(queue.EarliestId(), 0U);
}

TEST(EndQueue, KeepsTheOrderOfAnyChanges)
{
    // against a plain map, from a few ids to several levels of the heap
    std::mt19937_64 random(1);
    for (const uint32_t ids : {1U, 2U, 5U, 6U, 21U, 22U, 300U})
    {
        EndQueue queue;
        std::map<uint32_t, double> expected;
        std::uniform_real_distribution<double> time(0, 1);
        for (int step = 0; step < 5000; step++)
        {
            const auto id = static_cast<uint32_t>(random() % ids);
            if (random() % 3 == 0 && expected.count(id))
            {
                queue.Remove(id);
                expected.erase(id);
            }
            else
            {
                expected[id] = time(random);
                queue.Set(id, expected[id]);
            }
            ASSERT_EQ(queue.Empty(), expected.empty());
            if (expected.empty())
            {
                continue;
            }
            double earliest = 2;
            for (const auto& [unused, at] : expected)
            {
                earliest = std::min(earliest, at);
            }
            ASSERT_EQ(queue.EarliestTime(), earliest) << ids << " ids, step " << step;
            ASSERT_EQ(expected.at(queue.EarliestId()), earliest);
        }
        while (!expected.empty()) // and down to nothing, in order
        {
            const uint32_t id = queue.EarliestId();
            ASSERT_EQ(expected.at(id), queue.EarliestTime());
            for (const auto& [unused, at] : expected)
            {
                ASSERT_LE(queue.EarliestTime(), at);
            }
            queue.Remove(id);
            expected.erase(id);
        }
        EXPECT_TRUE(queue.Empty());
    }
}
