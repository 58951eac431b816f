// SPDX-License-Identifier: GPL-2.0-only
// flowSim's rates of several classes against water-filling from scratch, and against what makes rates those of links
// that share by class.
#include "flowsim/class-max-min.h"
#include "flowsim/flow-sim.h"
#include "flowsim/max-min.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <random>

using namespace ns3::m3;

namespace
{

constexpr double UNLIMITED = std::numeric_limits<double>::infinity();

struct ClassFlow
{
    Route links;
    double limit;
    uint32_t priority;
    double count;
};

using ClassFlows = std::map<uint32_t, ClassFlow>;
using ClassRates = std::map<uint32_t, double>;

/// Fills one level: all rates rise together until a link is full or a limit is reached.
void FillLevel(std::vector<double>& left, const ClassFlows& flows, ClassRates& rates)
{
    ClassFlows rising = flows;
    double level = 0;
    while (!rising.empty())
    {
        std::vector<double> slope(left.size(), 0);
        double step = UNLIMITED;
        for (const auto& [id, flow] : rising)
        {
            step = std::min(step, flow.limit - level);
            for (const uint32_t link : flow.links)
            {
                slope[link] += flow.count;
            }
        }
        for (std::size_t link = 0; link < left.size(); link++)
        {
            step = slope[link] > 0 ? std::min(step, left[link] / slope[link]) : step;
        }
        step = std::max(0.0, step);
        level += step;
        for (std::size_t link = 0; link < left.size(); link++)
        {
            left[link] -= step * slope[link];
        }
        ClassFlows still;
        for (const auto& [id, flow] : rising)
        {
            rates[id] = level;
            bool stops = level >= flow.limit * (1 - 1e-12);
            for (const uint32_t link : flow.links)
            {
                stops = stops || left[link] <= 1e-12;
            }
            if (!stops)
            {
                still[id] = flow;
            }
        }
        rising = still;
    }
}

/// Strict classes one after the other, then all others together.
ClassRates WaterFilling(std::vector<double> left, const ClassFlows& flows, const FluidClasses& classes)
{
    ClassRates rates;
    for (uint32_t level = 0; level <= PRIORITY_CLASSES; level++)
    {
        ClassFlows of;
        for (const auto& [id, flow] : flows)
        {
            const bool strict = HasClass(classes.strict, flow.priority);
            if (level == PRIORITY_CLASSES ? !strict : strict && flow.priority == level)
            {
                of[id] = flow;
            }
        }
        FillLevel(left, of, rates);
    }
    return rates;
}

/// Deals a link out in small parts: each to the class that has the least for its weight, and there to the flow that has
/// the least, of those that want more.
ClassRates DealOut(double capacity, const ClassFlows& flows, const ClassWeights& weights, double part)
{
    ClassRates rates;
    std::map<uint32_t, double> classRates;
    for (double dealt = 0; dealt < capacity; dealt += part)
    {
        const ClassFlow* poorest = nullptr;
        uint32_t to = 0;
        for (const auto& [id, flow] : flows)
        {
            if (rates[id] >= flow.limit)
            {
                continue;
            }
            const auto has = [&](const ClassFlow& of, uint32_t named)
            { return std::pair(classRates[of.priority] / weights.Of(of.priority), rates[named]); };
            if (!poorest || has(flow, id) < has(*poorest, to))
            {
                poorest = &flow;
                to = id;
            }
        }
        if (!poorest)
        {
            break;
        }
        rates[to] += part;
        classRates[poorest->priority] += part;
    }
    return rates;
}

/// Adds, counts and removes flows at random, and changes capacities.
class RandomClassFlows
{
  public:
    RandomClassFlows(uint32_t seed, uint32_t classes)
        : m_random(seed),
          m_classes(classes)
    {
        for (uint32_t link = 0; link < 2 + seed % 9; link++)
        {
            capacity.push_back(m_random() % 3 ? 10 : 25);
        }
    }

    void Step(ClassMaxMinRates& rates)
    {
        const uint32_t id = m_random() % 24;
        const auto known = flows.find(id);
        if (m_random() % 8 == 0)
        {
            const uint32_t link = m_random() % capacity.size();
            capacity[link] = 1.0 + m_random() % 30;
            rates.SetCapacity(link, capacity[link]);
        }
        else if (known == flows.end())
        {
            flows[id] = NewFlow();
            rates.Add(id, flows[id].links, flows[id].limit, flows[id].priority);
        }
        else if (m_random() % 2)
        {
            known->second.count = 1 + m_random() % 5;
            rates.SetCount(id, static_cast<uint32_t>(known->second.count));
        }
        else
        {
            rates.Remove(id);
            flows.erase(known);
        }
    }

    std::vector<double> capacity;
    ClassFlows flows;

  private:
    ClassFlow NewFlow()
    {
        ClassFlow flow{{},
                       m_random() % 4 ? UNLIMITED : 1.0 + m_random() % 9,
                       static_cast<uint32_t>(m_random() % m_classes),
                       1};
        for (uint32_t link = 0; link < capacity.size(); link++)
        {
            if (m_random() % 3 == 0)
            {
                flow.links.push_back(link);
            }
        }
        if (flow.links.empty())
        {
            flow.links.push_back(m_random() % capacity.size());
        }
        return flow;
    }

    std::mt19937 m_random;
    uint32_t m_classes;
};

FluidClasses RandomClasses(uint32_t seed)
{
    std::mt19937 random(seed);
    FluidClasses classes;
    classes.strict = static_cast<ClassSet>(random() % 3 ? random() % 8 : 0);
    for (uint32_t one = 0; one < PRIORITY_CLASSES; one++)
    {
        classes.weights.Set(one, 1 + random() % 9);
    }
    return classes;
}

/// What a class gets of a link over its weight.
std::map<uint32_t, double>
PartsOf(uint32_t link, const ClassFlows& flows, const FluidClasses& classes, const ClassMaxMinRates& rates)
{
    std::map<uint32_t, double> parts;
    for (const auto& [id, flow] : flows)
    {
        if (std::count(flow.links.begin(), flow.links.end(), link) > 0)
        {
            parts[flow.priority] += rates.Rate(id) * flow.count / classes.weights.Of(flow.priority);
        }
    }
    return parts;
}

/// Whether a link holds a flow down: no flow of its class has more there, its class and the strict ones before it have
/// all of it or, among those that are not strict, all of it is taken and no class has more for its weight.
bool HoldsDown(uint32_t link,
               uint32_t id,
               const RandomClassFlows& network,
               const FluidClasses& classes,
               const ClassMaxMinRates& rates)
{
    constexpr double ROUNDING = 1e-7;
    const ClassFlow& held = network.flows.at(id);
    double used = 0;
    for (const auto& [other, flow] : network.flows)
    {
        if (std::count(flow.links.begin(), flow.links.end(), link) == 0)
        {
            continue;
        }
        if (flow.priority == held.priority && rates.Rate(other) > rates.Rate(id) + ROUNDING)
        {
            return false;
        }
        const bool isBefore = HasClass(classes.strict, flow.priority) &&
                              (!HasClass(classes.strict, held.priority) || flow.priority <= held.priority);
        const bool isBeside = !HasClass(classes.strict, held.priority) && !HasClass(classes.strict, flow.priority);
        used += isBefore || isBeside ? rates.Rate(other) * flow.count : 0;
    }
    if (used < network.capacity[link] - ROUNDING)
    {
        return false;
    }
    const auto parts = PartsOf(link, network.flows, classes, rates);
    return HasClass(classes.strict, held.priority) ||
           std::all_of(parts.begin(),
                       parts.end(),
                       [&](const auto& part) {
                           return HasClass(classes.strict, part.first) ||
                                  part.second <= parts.at(held.priority) + ROUNDING;
                       });
}

} // namespace

TEST(ClassMaxMin, IsMaxMinWithOneClass)
{
    for (uint32_t seed = 1; seed <= 30; seed++)
    {
        RandomClassFlows network(seed, 1);
        FluidClasses classes;
        classes.strict = static_cast<ClassSet>(seed % 2);
        ClassMaxMinRates rates(network.capacity, classes);
        for (int step = 0; step < 150; step++)
        {
            network.Step(rates);
            for (const auto& [id, rate] : WaterFilling(network.capacity, network.flows, classes))
            {
                ASSERT_NEAR(rates.Rate(id), rate, 1e-9) << "seed " << seed << " step " << step;
            }
        }
    }
}

TEST(ClassMaxMin, IsWaterFillingLevelByLevelWhereEachIsOfOneClass)
{
    for (uint32_t seed = 1; seed <= 30; seed++)
    {
        RandomClassFlows network(seed, 5);
        FluidClasses classes;
        classes.strict = 0b1111; // and 4 below them
        ClassMaxMinRates rates(network.capacity, classes);
        for (int step = 0; step < 150; step++)
        {
            network.Step(rates);
            for (const auto& [id, rate] : WaterFilling(network.capacity, network.flows, classes))
            {
                ASSERT_NEAR(rates.Rate(id), rate, 1e-9) << "seed " << seed << " step " << step;
            }
        }
    }
}

TEST(ClassMaxMin, DealsALinkOutByClassAndThenByFlow)
{
    constexpr double PART = 1e-3;
    std::mt19937 random(1);
    for (uint32_t seed = 1; seed <= 40; seed++)
    {
        FluidClasses classes = RandomClasses(seed);
        classes.strict = 0;
        ClassMaxMinRates rates({10}, classes);
        ClassFlows flows;
        for (uint32_t id = 0; id < 1 + seed % 12; id++)
        {
            flows[id] = {{0},
                         random() % 2 ? UNLIMITED : 0.2 * (1 + random() % 9),
                         static_cast<uint32_t>(random() % 4),
                         1};
            rates.Add(id, flows[id].links, flows[id].limit, flows[id].priority);
        }
        for (const auto& [id, rate] : DealOut(10, flows, classes.weights, PART))
        {
            ASSERT_NEAR(rates.Rate(id), rate, 3 * PART) << "seed " << seed << " flow " << id;
        }
    }
}

TEST(ClassMaxMin, EveryFlowIsHeldDownByALinkOrItsLimitAndNoLinkCarriesMoreThanItCan)
{
    for (uint32_t seed = 1; seed <= 60; seed++)
    {
        RandomClassFlows network(seed, 8);
        const FluidClasses classes = RandomClasses(seed);
        ClassMaxMinRates rates(network.capacity, classes);
        for (int step = 0; step < 150; step++)
        {
            network.Step(rates);
            std::vector<double> used(network.capacity.size());
            for (const auto& [id, flow] : network.flows)
            {
                bool isHeld = rates.Rate(id) == flow.limit;
                for (const uint32_t link : flow.links)
                {
                    used[link] += rates.Rate(id) * flow.count;
                    isHeld = isHeld || HoldsDown(link, id, network, classes, rates);
                }
                ASSERT_TRUE(isHeld) << "seed " << seed << " step " << step << " flow " << id;
            }
            for (std::size_t link = 0; link < used.size(); link++)
            {
                ASSERT_LE(used[link], network.capacity[link] + 1e-9) << "seed " << seed << " step " << step;
            }
        }
    }
}

TEST(ClassMaxMin, SettlesWhereOffersTurnInACircle)
{
    // three classes, each of which meets the next on a link where it is to have 3 / 4 of the capacity beside flows of
    // the classes that meet there and are limited: any rates between would do for two links, three agree in the middle
    FluidClasses classes;
    classes.strict = 0;
    ClassMaxMinRates rates({10, 10, 10}, classes);
    const std::vector<ClassFlow> flows{{{0, 2}, UNLIMITED, 1, 1},
                                       {{0, 1}, UNLIMITED, 2, 1},
                                       {{1, 2}, UNLIMITED, 3, 1},
                                       {{0}, 2, 2, 1},
                                       {{1}, 2, 3, 1},
                                       {{2}, 2, 1, 1}};
    for (uint32_t id = 0; id < flows.size(); id++)
    {
        rates.Add(id, flows[id].links, flows[id].limit, flows[id].priority);
    }
    for (uint32_t id = 0; id < 3; id++)
    {
        EXPECT_NEAR(rates.Rate(id), 4, 1e-6) << "8 between two that are alike";
        EXPECT_EQ(rates.Rate(id + 3), 2);
    }
}

TEST(ClassMaxMin, AClassHasItsPartHoweverManyFlowsItHas)
{
    FluidClasses classes;
    classes.strict = 0;
    ClassMaxMinRates rates({12}, classes);
    for (uint32_t id = 0; id < 4; id++)
    {
        rates.Add(id, {0}, UNLIMITED, id < 3 ? 1 : 2);
    }
    EXPECT_NEAR(rates.Rate(0), 2, 1e-12); // 12 / 2 classes / 3 flows
    EXPECT_NEAR(rates.Rate(3), 6, 1e-12);
    rates.SetCapacity(0, 0);
    EXPECT_EQ(rates.Rate(0), 0);
    EXPECT_EQ(rates.Rate(3), 0);
    rates.SetCapacity(0, 6);
    EXPECT_NEAR(rates.Rate(0), 1, 1e-12);
    FluidClasses together = classes;
    together.oneClass = {true};
    ClassMaxMinRates hosts({12}, together);
    for (uint32_t id = 0; id < 4; id++)
    {
        hosts.Add(id, {0}, UNLIMITED, id < 3 ? 1 : 2);
    }
    EXPECT_NEAR(hosts.Rate(3), 3, 1e-12) << "a link that does not tell classes apart";
}

TEST(ClassMaxMin, FlowsEndAsTheirClassesLetThem)
{
    // 10 Gb/s: class 0 takes all for 100 ns; then 2 and 5 share it 3 : 1 until the first has its 600 bits in 80 ns
    FluidClasses classes;
    classes.weights.Set(2, 3);
    const std::vector<FluidFlow> flows{{{0}, 600, 0, UNLIMITED, 2},
                                       {{0}, 1000, 0, UNLIMITED, 0},
                                       {{0}, 400, 0, UNLIMITED, 5}};
    const std::vector<double> fct = RunFlowSim({10}, flows, FluidAllocation::MAX_MIN, nullptr, {}, nullptr, &classes);
    EXPECT_NEAR(fct[1], 100, 1e-3);
    EXPECT_NEAR(fct[0], 180, 1e-3);
    EXPECT_NEAR(fct[2], 200, 1e-3) << "200 bits until then, and 200 more";
}
