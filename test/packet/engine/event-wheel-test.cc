// SPDX-License-Identifier: GPL-2.0-only
#include "packet/engine/event-wheel.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <utility>
#include <vector>

namespace ns3::m3
{

namespace
{

/// Schedules events at random, also from the events that run, and takes some numbers long before their events.
class RandomSchedule
{
  public:
    RandomSchedule(int64_t horizonNs, double meanDelayNs)
        : m_wheel(horizonNs),
          m_delay(1 / meanDelayNs)
    {
        for (int i = 0; i < 100; i++)
        {
            Add(1 + Delay());
        }
    }

    /// Runs until `events` have run; every one must be the first of those that are left.
    void Run(uint64_t events)
    {
        while (m_ran < events)
        {
            m_wheel.RunSlot(m_wheel.NextTime(), [this](const EngineEvent& event) { OnEvent(event); });
        }
        EXPECT_EQ(m_wheel.NextTime(), m_left.empty() ? EventWheel::NEVER : m_left.begin()->first.first);
    }

  private:
    using Key = std::pair<int64_t, uint64_t>; //!< time and number

    int64_t Delay()
    {
        return static_cast<int64_t>(m_delay(m_random));
    }

    void Add(int64_t timeNs)
    {
        const uint32_t subject = m_nextSubject++;
        const uint64_t number = m_wheel.Schedule(timeNs, EventType::NIC_TIMER, subject, subject % 1000);
        m_left[{timeNs, number}] = subject;
    }

    void OnEvent(const EngineEvent& event)
    {
        ASSERT_FALSE(m_left.empty());
        const auto first = m_left.begin();
        ASSERT_EQ(Key(m_wheel.Now(), m_wheel.RunningNumber()), first->first);
        ASSERT_EQ(event.subject, first->second);
        ASSERT_EQ(event.Object(), first->second % 1000);
        ASSERT_EQ(event.Type(), EventType::NIC_TIMER);
        m_left.erase(first);
        m_ran++;

        const uint32_t choice = m_random() % 8;
        if (choice == 0)
        {
            m_taken.emplace_back(m_wheel.Now() + Delay(), m_wheel.TakeNumber());
        }
        if (choice == 1)
        {
            Add(m_wheel.Now()); // in the slot that runs
        }
        while (m_left.size() + m_taken.size() < 100)
        {
            Add(m_wheel.Now() + Delay());
        }
        if (m_taken.size() > 20)
        {
            const Key late = m_taken.front();
            m_taken.erase(m_taken.begin());
            if (late > Key(m_wheel.Now(), m_wheel.RunningNumber()))
            {
                m_wheel.InsertLate(late.first, late.second, EventType::NIC_TIMER, m_nextSubject, m_nextSubject % 1000);
                m_left[late] = m_nextSubject++;
            }
        }
    }

    EventWheel m_wheel;
    std::mt19937 m_random{1};
    std::exponential_distribution<double> m_delay;
    std::map<Key, uint32_t> m_left;
    std::vector<Key> m_taken;
    uint32_t m_nextSubject = 0;
    uint64_t m_ran = 0;
};

} // namespace

TEST(EventWheel, RunsEventsByTimeAndNumber)
{
    for (const double meanDelayNs : {1.0, 10.0, 1000.0, 1e6}) // up to dozens at a time; most beyond the ring
    {
        SCOPED_TRACE(meanDelayNs);
        RandomSchedule(2000, meanDelayNs).Run(50'000);
    }
}

TEST(EventWheel, HasNoNextTimeWhenEmpty)
{
    EventWheel wheel(100);
    EXPECT_EQ(wheel.NextTime(), EventWheel::NEVER);
    wheel.Schedule(5, EventType::PORT_FREE, 0, 1);
    wheel.Schedule(1'000'000, EventType::PORT_FREE, 0, 1);
    int runs = 0;
    for (const int64_t expected : {5, 1'000'000})
    {
        ASSERT_EQ(wheel.NextTime(), expected);
        wheel.RunSlot(expected, [&runs](const EngineEvent&) { runs++; });
    }
    EXPECT_EQ(runs, 2);
    EXPECT_EQ(wheel.NextTime(), EventWheel::NEVER);
}

} // namespace ns3::m3
