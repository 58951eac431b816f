// SPDX-License-Identifier: GPL-2.0-only
#include "event-wheel.h"

namespace ns3::m3
{

EventWheel::EventWheel(int64_t horizonNs)
{
    constexpr uint32_t SMALLEST = 64;
    constexpr uint32_t LARGEST = 1 << 16; // 4 MB
    uint32_t slots = SMALLEST;
    while (slots < LARGEST && slots <= horizonNs)
    {
        slots *= 2;
    }
    m_mask = slots - 1;
    m_slots.resize(slots);
    m_counts.resize(slots);
    m_words.resize(slots / 64);
    m_large.resize(slots);
}

void EventWheel::AppendToLarge(uint32_t place, uint32_t index, const EngineEvent& event)
{
    auto& large = m_large[place];
    if (index == SLOT_EVENTS)
    {
        large.assign(m_slots[place].events, m_slots[place].events + SLOT_EVENTS);
    }
    large.push_back(event);
}

void EventWheel::InsertElsewhere(int64_t timeNs, uint64_t number, uint32_t subject, uint32_t what)
{
    const NumberedEvent added{number, {static_cast<uint32_t>(number), subject, what}};
    if (timeNs == m_now && IsInSlot())
    {
        m_running = RunningNumber();
        GatherRest();
        m_gathered.insert(
            std::upper_bound(m_gathered.begin() + static_cast<std::ptrdiff_t>(m_position), m_gathered.end(), added),
            added);
    }
    else
    {
        m_far.push({timeNs, added});
        m_nextFarNs = std::min(m_nextFarNs, timeNs);
    }
}

/// Moves what is left of the slot that runs to m_gathered, where there is room for more.
void EventWheel::GatherRest()
{
    if (m_inPlace == 0)
    {
        return;
    }
    for (; m_next != m_end; m_next++)
    {
        m_gathered.push_back({NumberOf(*m_next), *m_next});
    }
    m_inPlace = 0;
    m_position = 0;
}

/// Moves the far events of this time to m_gathered.
void EventWheel::GatherFar()
{
    for (; !m_far.empty() && m_far.top().timeNs == m_now; m_far.pop())
    {
        m_gathered.push_back(m_far.top().numbered);
    }
    m_nextFarNs = m_far.empty() ? NEVER : m_far.top().timeNs;
    std::sort(m_gathered.begin(), m_gathered.end());
}

} // namespace ns3::m3
