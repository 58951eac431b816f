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
    if (m_pairs[slot].listed == Listed::WAITING)
    {
        StopWaiting(slot);
    }
}

template <class Rules>
void PacketEngine<Rules>::StopWaiting(Slot slot)
{
    QueuePair& pair = m_pairs[slot];
    pair.listed = Listed::YES;
    auto& pairs = m_nics[pair.nic].pairs;
    *std::find(pairs.begin(), pairs.end(), slot | WAITS) = slot;
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
