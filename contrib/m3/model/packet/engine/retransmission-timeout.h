// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_RETRANSMISSION_TIMEOUT_H
#define M3_RETRANSMISSION_TIMEOUT_H

// Retransmission timeout of a sender (RFC 6298), armed only where packets can be lost at all.
#include "engine-log.h"
#include "go-back-n.h"
#include "port.h"
#include "strategies.h"

#include <algorithm>
#include <cstdlib>

namespace ns3::m3
{

inline constexpr int64_t MAX_BACKED_OFF_RTO_NS = 64'000'000; //!< up to which timeouts are doubled
inline constexpr uint32_t MAX_TIMEOUTS = 16;                 //!< without progress, then the flow is given up

template <class Rules>
bool PacketEngine<Rules>::CanLosePackets() const
{
    const auto loses = [](const LinkChange& change) { return change.IsOfState() || change.errorRate > 0; };
    return Rules::HAS_TIMEOUTS && (!m_config.pfc || m_lossyLinks > 0 || IsBalanced() ||
                                   std::any_of(m_linkChanges.begin(), m_linkChanges.end(), loses));
}

/// Something was lost where nothing should be: from now on timeouts are armed.
template <class Rules>
void PacketEngine<Rules>::ExpectLosses()
{
    m_timeouts = true;
    m_timed = ~0U;
    for (Slot slot = 0; slot < m_pairs.size(); slot++)
    {
        const QueuePair& pair = m_pairs[slot];
        if (!pair.ended && pair.nextToSend > pair.acked)
        {
            RestartTimeout(slot);
        }
    }
}

/// The timer starts, or starts again, with the timeout that holds now.
template <class Rules>
void PacketEngine<Rules>::RestartTimeout(Slot slot)
{
    QueuePair& pair = m_pairs[slot];
    const int64_t before = pair.rtoNs;
    TakeOwnTimeout(slot);
    SetDeadline(slot, m_wheel.Now() + pair.rtoNs, pair.rtoNs < before);
}

/**
 * Sets when the timer of a sender ends. Its event moves on to a later time when it comes, and is replaced by one for an
 * earlier time. \param sooner whether that may be before the event
 */
template <class Rules>
void PacketEngine<Rules>::SetDeadline(Slot slot, int64_t deadlineNs, bool sooner)
{
    QueuePair& pair = m_pairs[slot];
    pair.rtoDeadlineNs = deadlineNs;
    if (pair.rtoNumber == 0 || sooner)
    {
        pair.rtoNumber = m_wheel.Schedule(deadlineNs, EventType::RETRANSMIT, 0, slot);
    }
}

/// A recovery's own timeout takes the place of that of RFC 6298 until it is doubled.
template <class Rules>
void PacketEngine<Rules>::TakeOwnTimeout(Slot slot)
{
    if constexpr (Rules::STRATEGIES)
    {
        QueuePair& pair = m_pairs[slot];
        const int64_t own = Recovers(slot) && pair.timeouts == 0 ? m_strategies[slot].recovery->TimeoutNs(pair) : 0;
        pair.rtoNs = own > 0 ? own : pair.rtoNs;
    }
}

/**
 * An ACK or NACK has acknowledged new data. RFC 6298, (2.2) and (2.3), with the time stamp that it brings back as
 * sample: SRTT = R, RTTVAR = R / 2 at first, then RTTVAR = 3/4 RTTVAR + 1/4 |SRTT - R|, SRTT = 7/8 SRTT + 1/8 R; the
 * timeout is SRTT + 4 RTTVAR, at least 1 ms. Karn's rule, (3): no sample by what may have been sent twice. Progress
 * ends the back-off, as in common implementations; (5.7) would wait for a sample. (5.2): the timer stops when nothing
 * is on its way; (5.3): else it starts again.
 */
template <class Rules>
void PacketEngine<Rules>::OnProgress(Slot slot, const EnginePacket& ack)
{
    QueuePair& pair = m_pairs[slot];
    pair.timeouts = 0;
    if (pair.cutNs >= 0)
    {
        NoteRecovery(pair, m_wheel.Now() - static_cast<int64_t>(static_cast<uint32_t>(m_wheel.Now()) - ack.sentNs));
    }
    if (ack.kind == PacketKind::ACK && pair.acked > pair.resentBefore)
    {
        const int64_t sample = static_cast<uint32_t>(m_wheel.Now()) - ack.sentNs;
        if (pair.smoothedRttNs == 0)
        {
            pair.smoothedRttNs = std::max<int64_t>(1, sample);
            pair.rttVarNs = sample / 2;
        }
        else
        {
            pair.rttVarNs = (3 * pair.rttVarNs + std::abs(pair.smoothedRttNs - sample)) / 4;
            pair.smoothedRttNs = std::max<int64_t>(1, (7 * pair.smoothedRttNs + sample) / 8);
        }
    }
    pair.rtoNs = pair.smoothedRttNs == 0 ? RetransmissionTimeoutNs(pair.baseRttNs)
                                         : std::max(MIN_RTO_NS, pair.smoothedRttNs + 4 * pair.rttVarNs);
    TakeOwnTimeout(slot);
    const int64_t deadlineNs = m_wheel.Now() + pair.rtoNs;
    const bool sooner = deadlineNs < pair.rtoDeadlineNs; // a back-off has ended
    if (pair.nextToSend > pair.acked)
    {
        SetDeadline(slot, deadlineNs, sooner);
    }
    else
    {
        pair.rtoDeadlineNs = 0;
        pair.rtoNumber = sooner ? 0 : pair.rtoNumber;
    }
}

template <class Rules>
void PacketEngine<Rules>::OnTimeout(Slot slot)
{
    QueuePair& pair = m_pairs[slot];
    if (pair.ended || pair.rtoNumber != m_wheel.RunningNumber())
    {
        return;
    }
    pair.rtoNumber = 0;
    if (pair.rtoDeadlineNs == 0)
    {
        return; // the next packet starts the timer
    }
    const int64_t startNs = pair.rtoDeadlineNs - pair.rtoNs;
    TakeOwnTimeout(slot);
    if (startNs + pair.rtoNs > m_wheel.Now())
    {
        // progress since then, or more on its way: the deadline has moved
        SetDeadline(slot, startNs + pair.rtoNs, false);
        return;
    }
    if (IsPaused(pair.nic, pair.priority) || pair.nextToSend == pair.acked)
    {
        RestartTimeout(slot); // held, or about to be sent again
        LookForEnd();
        return;
    }
    const LinkId nic = pair.nic;
    const Flow& flow = m_flows[pair.flow];
    const bool hasRoute = !m_changedRoutes || m_routes->Reachable(flow.src, flow.dst);
    pair.timeouts += hasRoute || !MayComeUp(); // else it waits for a link to come up
    if (pair.timeouts > MAX_TIMEOUTS)
    {
        EndFlow(slot, hasRoute ? Unfinished::NO_PROGRESS : Unfinished::UNREACHABLE);
    }
    else
    {
        pair.rtoNs = std::max(pair.rtoNs, std::min(MAX_BACKED_OFF_RTO_NS, 2 * pair.rtoNs));
        LookAgain(slot);
        Recovers(slot) ? RecoverFromTimeout(slot) : GoBack(pair);
        TellTimeout(slot);
        LogTimeout(m_wheel.Now(), pair.flow, pair.timeouts, pair.rtoNs);
        RestartTimeout(slot);
    }
    Kick(nic);
}

} // namespace ns3::m3

#endif // M3_RETRANSMISSION_TIMEOUT_H
