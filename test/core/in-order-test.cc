// SPDX-License-Identifier: GPL-2.0-only
// Work of several threads whose results are taken in order: every result once, few ahead, and failures of both sides.
#include "core/in-order.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

using namespace ns3::m3;

TEST(InOrder, TakesEveryResultOnceInOrderOnAnyNumberOfThreads)
{
    for (const uint32_t threads : {1U, 2U, 7U})
    {
        std::vector<std::size_t> taken;
        InOrder(
            100,
            threads,
            [](std::size_t i) { return i * i; },
            [&taken](std::size_t i, std::size_t result)
            {
                EXPECT_EQ(result, i * i);
                taken.push_back(i);
            });
        ASSERT_EQ(taken.size(), 100U);
        for (std::size_t i = 0; i < taken.size(); i++)
        {
            EXPECT_EQ(taken[i], i);
        }
    }
}

TEST(InOrder, WorksOnFewResultsAheadOfWhatIsTaken)
{
    constexpr std::size_t AHEAD = 3 * 4; // threads times results of each
    std::atomic<std::size_t> begun{0};
    InOrder(
        200,
        3,
        [&begun](std::size_t) { return ++begun; },
        [&begun](std::size_t i, std::size_t) { EXPECT_LE(begun, i + AHEAD); });
    EXPECT_EQ(begun, 200U);
}

TEST(InOrder, ThrowsWhatWorkThrowsAndTakesNothingAfterIt)
{
    for (const uint32_t threads : {1U, 3U})
    {
        std::size_t last = 0;
        const auto work = [](std::size_t i) { return i == 5 ? throw std::runtime_error("work") : i; };
        EXPECT_THROW(InOrder(50, threads, work, [&last](std::size_t i, std::size_t) { last = i; }), std::runtime_error);
        EXPECT_LT(last, 5U);
    }
}

TEST(InOrder, ThrowsWhatTheTakerThrowsAndStopsTheWork)
{
    for (const uint32_t threads : {1U, 3U})
    {
        std::atomic<std::size_t> begun{0};
        const auto take = [](std::size_t i, std::size_t)
        {
            if (i == 2)
            {
                throw std::runtime_error("taker");
            }
        };
        EXPECT_THROW(InOrder(
                         1000,
                         threads,
                         [&begun](std::size_t) { return ++begun; },
                         take),
                     std::runtime_error);
        EXPECT_LT(begun, 100U);
    }
}

TEST(InOrderWhile, TakesWhatHasBegunAndBeginsNoMore)
{
    for (const uint32_t threads : {1U, 3U})
    {
        std::atomic<std::size_t> begun{0};
        std::vector<std::size_t> taken;
        InOrderWhile(
            1000,
            threads,
            [&begun](std::size_t i)
            {
                begun++;
                return i;
            },
            [&taken](std::size_t i, std::size_t result)
            {
                EXPECT_EQ(result, i);
                taken.push_back(i);
                return i < 4;
            });
        EXPECT_EQ(taken.size(), begun) << "no result is lost";
        EXPECT_GE(taken.size(), 5U);
        EXPECT_LT(taken.size(), threads == 1 ? 6U : 100U);
        for (std::size_t i = 0; i < taken.size(); i++)
        {
            EXPECT_EQ(taken[i], i);
        }
    }
}
