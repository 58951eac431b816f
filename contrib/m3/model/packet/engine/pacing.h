// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PACING_H
#define M3_PACING_H

// The sending rate of a queue pair, and the window that follows it.
#include "packet-engine.h"

#include <algorithm>

namespace ns3::m3
{

template <class Rules>
void PacketEngine<Rules>::SetRate(QueuePair& pair, uint64_t rate)
{
    if (rate == pair.rate)
    {
        return;
    }
    pair.rate = rate;
    if (m_config.rateBound || Rules::RATE_MOVES_UNBOUND_PAIRS)
    {
        Rules::OnPacedRate(pair, m_commonBytes[0]);
    }
    if (pair.baseWindow && m_config.variableWindow)
    {
        uint64_t product = 0;
        const uint64_t window = __builtin_mul_overflow(pair.baseWindow, rate, &product)
                                    ? static_cast<uint64_t>(static_cast<Uint128>(pair.baseWindow) * rate / pair.cap)
                                    : product / pair.cap;
        pair.window = std::max<uint64_t>(m_minWindowBytes, window);
        LookAgainIfFull(pair);
    }
    if (m_observer)
    {
        m_observer->OnRate(pair.flow, rate, pair.window);
    }
}

template <class Rules>
void PacketEngine<Rules>::SetRateNow(QueuePair& pair, uint64_t rate)
{
    const uint64_t before = pair.rate;
    const typename Rules::LastGap gapBefore = m_rules.LastGapOf(pair, m_commonBytes[0]);
    SetRate(pair, rate);
    if (!m_config.rateBound && !Rules::RATE_MOVES_UNBOUND_PAIRS)
    {
        return;
    }
    if (rate != before) // else the next sending time stays, but a timer that a later pair set may still move to it
    {
        m_rules.MoveNextSend(pair, before, gapBefore, m_commonBytes[0]);
        LookAgainIfFull(pair);
    }
    Nic& nic = m_nics[pair.nic];
    if (nic.timerNumber && pair.nextSendNs < nic.timerNs)
    {
        ScheduleNicTimer(pair.nic, std::max(m_wheel.Now(), pair.nextSendNs));
    }
}

} // namespace ns3::m3

#endif // M3_PACING_H
