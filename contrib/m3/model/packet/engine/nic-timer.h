// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_NIC_TIMER_H
#define M3_NIC_TIMER_H

// The list of queue pairs of a NIC, and the timer that wakes it up when pacing lets one of them send.
#include "packet-engine.h"

namespace ns3::m3
{

template <class Rules>
void PacketEngine<Rules>::CollectFinished(Nic& nic, uint32_t from, uint32_t& servedIndex)
{
    const uint32_t served = servedIndex;
    auto keep = from;
    for (auto i = from; i < nic.pairs.size(); i++)
    {
        const Slot slot = nic.pairs[i];
        QueuePair& pair = m_pairs[slot];
        if (pair.acked >= pair.size || pair.ended)
        {
            pair.listed = false;
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
