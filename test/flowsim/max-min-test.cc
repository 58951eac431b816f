// SPDX-License-Identifier: GPL-2.0-only
#include "flowsim/max-min.h"

#include "core/random-stream.h"
#include "flowsim/dense-max-min.h"
#include "flowsim/flow-sim.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

using namespace ns3::m3;

namespace
{

constexpr double NO_LIMIT = std::numeric_limits<double>::infinity();

/// Largest violation of the max-min conditions: 0 where every flow has a bottleneck and no link is overfull.
double
Unfairness(const std::vector<double>& capacity, const std::vector<FluidFlow>& flows, const std::vector<double>& rates)
{
    std::vector<double> used(capacity.size(), 0);
    std::vector<double> largest(capacity.size(), 0);
    double worst = 0;
    for (std::size_t i = 0; i < flows.size(); i++)
    {
        for (uint32_t link : flows[i].links)
        {
            used[link] += rates[i];
            largest[link] = std::max(largest[link], rates[i]);
        }
    }
    for (std::size_t link = 0; link < capacity.size(); link++)
    {
        worst = std::max(worst, used[link] / capacity[link] - 1);
    }
    for (std::size_t i = 0; i < flows.size(); i++)
    {
        double best = std::abs(1 - rates[i] / flows[i].rateLimit);
        for (uint32_t link : flows[i].links)
        {
            best = std::min(best, std::max(std::abs(1 - used[link] / capacity[link]), 1 - rates[i] / largest[link]));
        }
        worst = std::max(worst, best);
    }
    return worst;
}

/**
 * Max-min fair rates from the definition: all rates rise together; those of a link that is full, or at their limit,
 * stay. O(flows x links) for each level.
 */
std::vector<double> WaterFill(const std::vector<double>& capacity, const std::vector<FluidFlow>& flows)
{
    std::vector<double> rates(flows.size(), -1);
    for (std::size_t rising = flows.size(); rising > 0;)
    {
        std::vector<double> left = capacity;
        std::vector<uint32_t> count(capacity.size(), 0);
        double level = NO_LIMIT;
        for (std::size_t i = 0; i < flows.size(); i++)
        {
            for (uint32_t link : flows[i].links)
            {
                left[link] -= std::max(0.0, rates[i]);
                count[link] += rates[i] < 0;
            }
            level = rates[i] < 0 ? std::min(level, flows[i].rateLimit) : level;
        }
        for (std::size_t link = 0; link < capacity.size(); link++)
        {
            level = count[link] ? std::min(level, left[link] / count[link]) : level;
        }
        const auto full = [&](uint32_t link) { return left[link] / count[link] <= level * (1 + 1e-12); };
        for (std::size_t i = 0; i < flows.size(); i++)
        {
            const auto& links = flows[i].links;
            if (rates[i] < 0 && (flows[i].rateLimit <= level || std::any_of(links.begin(), links.end(), full)))
            {
                rates[i] = level;
                rising--;
            }
        }
    }
    return rates;
}

/// Capacities of random links: any, or of a few values, so that many links are equally tight.
std::vector<double> RandomCapacities(RandomStream& random, std::size_t links, bool ties)
{
    std::vector<double> capacity(links);
    for (double& c : capacity)
    {
        c = ties ? 10.0 * static_cast<double>(uint64_t{1} << random.Integer(0, 2)) : random.LogUniform(1, 400);
    }
    return capacity;
}

/// Both solvers must pass the same tests.
template <typename Rates>
class MaxMin : public ::testing::Test
{
};

using Solvers = ::testing::Types<MaxMinRates, DenseMaxMinRates>;
TYPED_TEST_SUITE(MaxMin, Solvers);

} // namespace

TYPED_TEST(MaxMin, HandWorkedSystems)
{
    // capacities 10, 40; flows A {0}, B {0, 1}, C {1}: A = B = 5 on link 0, C = 40 - 5
    TypeParam rates({10, 40});
    rates.Add(0, {0}, NO_LIMIT);
    EXPECT_DOUBLE_EQ(rates.Rate(0), 10);
    rates.Add(1, {0, 1}, NO_LIMIT);
    rates.Add(2, {1}, NO_LIMIT);
    EXPECT_DOUBLE_EQ(rates.Rate(0), 5);
    EXPECT_DOUBLE_EQ(rates.Rate(1), 5);
    EXPECT_DOUBLE_EQ(rates.Rate(2), 35);
    // D {1} limited to 8: C = 40 - 5 - 8
    rates.Add(3, {1}, 8);
    EXPECT_DOUBLE_EQ(rates.Rate(3), 8);
    EXPECT_DOUBLE_EQ(rates.Rate(2), 27);
    // without A: B = 10, C = 40 - 10 - 8
    rates.Remove(0);
    EXPECT_DOUBLE_EQ(rates.Rate(1), 10);
    EXPECT_DOUBLE_EQ(rates.Rate(2), 22);
    // E, F {1}: link 1 shared by C, E, F after B and D: (40 - 8) / 4 = 8 < 10, so B falls to 8 as well
    rates.Add(4, {1}, NO_LIMIT);
    rates.Add(5, {1}, NO_LIMIT);
    EXPECT_DOUBLE_EQ(rates.Rate(1), 8);
    EXPECT_DOUBLE_EQ(rates.Rate(2), 8);
    EXPECT_DOUBLE_EQ(rates.Rate(5), 8);
}

TYPED_TEST(MaxMin, StaysFairWhileFlowsComeAndGo)
{
    for (uint64_t seed = 1; seed <= 40; seed++)
    {
        RandomStream random(seed);
        const bool ties = seed % 2 == 0;
        const auto capacity = RandomCapacities(random, random.Integer(2, 25), ties);
        TypeParam rates(capacity);
        std::vector<uint32_t> ids;
        std::vector<FluidFlow> flows;
        std::vector<uint32_t> free(DenseMaxMinRates::MAX_SIZE);
        std::iota(free.begin(), free.end(), 0);
        std::vector<double> before(free.size(), 0); // rates, by id
        for (uint32_t step = 0; step < 300; step++)
        {
            if (free.empty() || (!ids.empty() && random.Uniform() < 0.45))
            {
                const std::size_t i = random.Integer(0, ids.size() - 1);
                rates.Remove(ids[i]);
                before[ids[i]] = 0;
                free.push_back(ids[i]);
                ids.erase(ids.begin() + static_cast<std::ptrdiff_t>(i));
                flows.erase(flows.begin() + static_cast<std::ptrdiff_t>(i));
            }
            else
            {
                Route links(capacity.size());
                std::iota(links.begin(), links.end(), 0);
                for (std::size_t i = 0; i + 1 < links.size(); i++)
                {
                    std::swap(links[i], links[random.Integer(i, links.size() - 1)]);
                }
                links.resize(random.Integer(1, std::min<std::size_t>(6, links.size())));
                const double limit = ties ? 5 : random.LogUniform(0.1, 50);
                flows.push_back({links, 1, 0, random.Uniform() < 0.3 ? limit : NO_LIMIT});
                const uint32_t id = free.back();
                free.pop_back();
                rates.Add(id, links, flows.back().rateLimit);
                ids.push_back(id);
            }
            std::vector<double> now;
            const auto expected = WaterFill(capacity, flows);
            for (std::size_t i = 0; i < ids.size(); i++)
            {
                now.push_back(rates.Rate(ids[i]));
                ASSERT_NEAR(now[i], expected[i], 1e-8 * expected[i]) << "seed " << seed << " step " << step;
                const auto& changed = rates.Changed();
                const bool told = std::find(changed.begin(), changed.end(), ids[i]) != changed.end();
                ASSERT_TRUE(told || now[i] == before[ids[i]]) << "seed " << seed << " step " << step;
                before[ids[i]] = now[i];
            }
            ASSERT_LT(Unfairness(capacity, flows, now), 1e-8) << "seed " << seed << " step " << step;
        }
    }
}

TYPED_TEST(MaxMin, CountsStandForThatManyFlows)
{
    for (uint64_t seed = 1; seed <= 20; seed++)
    {
        RandomStream random(seed);
        std::vector<double> capacity(random.Integer(2, 8));
        for (double& c : capacity)
        {
            c = random.LogUniform(1, 400);
        }
        TypeParam rates(capacity);
        constexpr uint32_t BUNDLES = 6;
        std::vector<FluidFlow> kinds;
        std::vector<uint32_t> count(BUNDLES, 0);
        for (uint32_t id = 0; id < BUNDLES; id++)
        {
            Route links;
            for (uint32_t link = 0; link < capacity.size(); link++)
            {
                if (random.Uniform() < 0.5 || (links.empty() && link + 1 == capacity.size()))
                {
                    links.push_back(link);
                }
            }
            kinds.push_back({links, 1, 0, random.Uniform() < 0.3 ? random.LogUniform(0.1, 50) : NO_LIMIT});
        }
        for (uint32_t step = 0; step < 200; step++)
        {
            const auto id = static_cast<uint32_t>(random.Integer(0, BUNDLES - 1));
            const auto next = static_cast<uint32_t>(random.Integer(0, 9));
            if (count[id] == 0 && next > 0)
            {
                rates.Add(id, kinds[id].links, kinds[id].rateLimit);
            }
            if (count[id] > 0 && next == 0)
            {
                rates.Remove(id);
            }
            else if (next > 0)
            {
                rates.SetCount(id, next);
            }
            count[id] = next;
            std::vector<FluidFlow> flows;
            std::vector<double> now;
            for (uint32_t i = 0; i < BUNDLES; i++)
            {
                flows.insert(flows.end(), count[i], kinds[i]);
                now.insert(now.end(), count[i], count[i] ? rates.Rate(i) : 0);
            }
            ASSERT_LT(Unfairness(capacity, flows, now), 1e-8) << "seed " << seed << " step " << step;
        }
    }
}
