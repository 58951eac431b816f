// SPDX-License-Identifier: GPL-2.0-only
#include "core/random-stream.h"
#include "features/link-history.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

using namespace ns3::m3;

namespace
{

constexpr double RTT = 1000;

/// What a link should show at a time, from the definitions.
struct Expected
{
    uint32_t active = 0;
    uint32_t held = 0;
    double queue = 0;
    double rate = 0;
    double remaining = 0;
    double age = 0;     //!< sum
    double heldAge = 0; //!< sum
};

Expected At(const std::vector<LinkUser>& users, double nowNs)
{
    Expected expected;
    for (const LinkUser& user : users)
    {
        if (user.startNs <= nowNs && nowNs < user.endNs)
        {
            const double rate = user.bytes / (user.endNs - user.startNs);
            expected.active++;
            expected.held += user.held;
            expected.queue += user.held ? std::max(0.0, user.windowBytes - rate * user.baseRttNs) : 0;
            expected.rate += rate;
            expected.remaining += rate * (user.endNs - nowNs);
            expected.age += nowNs - user.startNs;
            expected.heldAge += user.held ? nowNs - user.startNs : 0;
        }
    }
    return expected;
}

} // namespace

TEST(LinkHistory, KeepsTheSumsOfFlowsInTransfer)
{
    RandomStream random(3);
    std::vector<LinkUser> users;
    std::vector<double> times;
    for (int i = 0; i < 300; i++)
    {
        const double start = random.Uniform(0, 1e6);
        const double bytes = random.LogUniform(100, 1e6);
        const double end = start + random.LogUniform(10, 1e5);
        users.push_back({bytes, std::min(bytes, 15'000.0), start, end, 800, bytes > 10'000, random.Uniform() < 0.3});
        times.push_back(start);
        times.push_back(end);
    }
    std::sort(times.begin(), times.end());
    LinkHistory link;
    link.capacity = 1.25;
    double queueIntegral = 0;
    double before = 0;
    for (double now : times)
    {
        queueIntegral += At(users, before).queue * (now - before); // constant between events
        before = now;
        link.Advance(now, RTT);
        for (const LinkUser& user : users)
        {
            if (user.endNs == now)
            {
                link.End(user);
            }
        }
        for (const LinkUser& user : users)
        {
            if (user.startNs == now)
            {
                link.Arrive(user);
            }
        }
        const Expected expected = At(users, now);
        ASSERT_EQ(link.active, expected.active);
        ASSERT_EQ(link.held, expected.held);
        ASSERT_NEAR(link.heldQueue, expected.queue, 1e-6);
        ASSERT_NEAR(link.rate, expected.rate, 1e-9);
        ASSERT_NEAR(link.RemainingBytes(now), expected.remaining, 1e-3);
        ASSERT_NEAR(link.MeanAgeNs(now) * link.active, expected.age, 1e-3);
        ASSERT_NEAR(link.MeanHeldAgeNs(now) * link.held, expected.heldAge, 1e-3);
        ASSERT_NEAR(link.integrals.heldQueue, queueIntegral, 1e-6 * (1 + queueIntegral));
    }
    EXPECT_EQ(link.active, 0U);
    EXPECT_EQ(link.heldQueue, 0);
    EXPECT_EQ(link.arrivedFlows, 300U);
}

TEST(LinkHistory, AveragesFade)
{
    LinkHistory link;
    link.capacity = 1.25;
    const LinkUser user{20'000, 10'000, 0, 50'000, 1000, true, true}; // 0.4 bytes per ns
    link.Arrive(user);
    link.Advance(10 * RTT, RTT);
    // held all the time: after a time constant, all but 1/e of the way from nothing
    EXPECT_NEAR(link.recentHeld[1], 1 - std::exp(-1), 1e-12);
    EXPECT_NEAR(link.recentHeldQueue[1], (10'000 - 400) * (1 - std::exp(-1)), 1e-6);
    EXPECT_NEAR(link.recent[1], 20'000 * std::exp(-1), 1e-6);
    EXPECT_NEAR(link.backlog, 20'000 - 1.25 * 10 * RTT, 1e-6);
    EXPECT_EQ(link.windowBacklog, 0);
    link.End(user);
    link.Advance(1000 * RTT, RTT);
    EXPECT_LT(link.recentHeld[2], 1e-4);
}

TEST(LinkHistory, AWindowBelowTheFlowsOwnBdpQueuesNothing)
{
    // 1 byte per ns over 2000 ns: 2000 bytes are on their way
    const LinkUser user{100'000, 1500, 0, 100'000, 2000, true, true};
    EXPECT_EQ(user.QueueBytes(), 0);
    LinkUser wide = user;
    wide.windowBytes = 5000;
    EXPECT_NEAR(wide.QueueBytes(), 3000, 1e-9);
    wide.held = false;
    EXPECT_EQ(wide.QueueBytes(), 0);
}
