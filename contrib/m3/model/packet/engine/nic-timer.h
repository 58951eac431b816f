// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_NIC_TIMER_H
#define M3_NIC_TIMER_H

// The list of queue pairs of a NIC, and the timer that wakes it up when pacing lets one of them send.
#include "packet-engine.h"

#include <algorithm>

namespace ns3::m3
{

/// A NIC looks at a pair again, which may have something to send or have ended.
template <class Rules>
inline void PacketEngine<Rules>::LookAgain(Slot slot)
{
    if (m_pairs[slot].listed > Listed::YES)
    {
        StopWaiting(slot);
    }
}

/// The same of a pair that was passed over for its full window: its window or pacing has changed, or an ACK came.
template <class Rules>
inline void PacketEngine<Rules>::LookAgainIfFull(const QueuePair& pair)
{
    if (pair.listed == Listed::WINDOW_FULL)
    {
        StopWaiting(static_cast<Slot>(&pair - m_pairs.data()));
    }
}

/// A NIC passes a pair over until it hears that it should look again. \param index of the pair in its list
template <class Rules>
inline void PacketEngine<Rules>::PassOver(Nic& nic, uint32_t index, Listed why)
{
    QueuePair& pair = m_pairs[nic.pairs[index]];
    pair.listed = why;
    pair.place = index;
    nic.pairs[index] |= WAITS;
    nic.windowsFull += why == Listed::WINDOW_FULL;
}

template <class Rules>
void PacketEngine<Rules>::StopWaiting(Slot slot)
{
    QueuePair& pair = m_pairs[slot];
    Nic& nic = m_nics[pair.nic];
    nic.windowsFull -= pair.listed == Listed::WINDOW_FULL;
    pair.listed = Listed::YES;
    std::size_t place = std::min<std::size_t>(pair.place, nic.pairs.size() - 1);
    while (nic.pairs[place] != (slot | WAITS))
    {
        place--; // pairs before it have ended
    }
    nic.pairs[place] = slot;
}

template <class Rules>
void PacketEngine<Rules>::CollectFinished(Nic& nic, uint32_t from, uint32_t& servedIndex)
{
    const uint32_t served = servedIndex;
    auto keep = from;
    for (auto i = from; i < nic.pairs.size(); i++)
    {
        const Slot slot = nic.pairs[i];
        if (slot & WAITS)
        {
            nic.pairs[keep++] = slot;
            continue;
        }
        QueuePair& pair = m_pairs[slot];
        if (pair.acked >= pair.size || pair.ended)
        {
            pair.listed = Listed::NO;
            ReleaseIfUnused(slot);
            continue;
        }
        if (i == served)
        {
            servedIndex = keep;
        }
        nic.pairs[keep++] = slot;
    }
    nic.pairs.resize(keep);
}

template <class Rules>
void PacketEngine<Rules>::ScheduleNicTimer(LinkId link, int64_t timeNs)
{
    Nic& nic = m_nics[link];
    nic.timerNs = timeNs;
    nic.timerNumber = m_wheel.Schedule(timeNs, EventType::NIC_TIMER, 0, link);
}

template <class Rules>
void PacketEngine<Rules>::OnNicTimer(LinkId link)
{
    Nic& nic = m_nics[link];
    if (nic.timerNumber == m_wheel.RunningNumber())
    {
        nic.timerNumber = 0;
        Kick(link);
    }
}

} // namespace ns3::m3

#endif // M3_NIC_TIMER_H
