// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_RUN_END_H
#define M3_RUN_END_H

// The end of a run in which flows are stuck: PFC deadlock, and packets that are lost again and again where there are no
// timeouts.
#include "engine-log.h"
#include "packet-engine.h"
#include "strategies.h"

#include <algorithm>

namespace ns3::m3
{

/**
 * At a timer that can go on for ever beside flows that are stuck: ends the run where nothing else can happen. Nothing
 * is on a wire when nothing was sent for as long as the longest hop takes. Then only the start of a flow, a NIC's
 * wake-up time, a retransmission timeout of a NIC that is not paused or a change of a link can bring a packet onto a
 * wire.
 */
template <class Rules>
void PacketEngine<Rules>::LookForEnd()
{
    const int64_t now = m_wheel.Now();
    const uint64_t sent = m_result.dataHops + m_result.ackHops + m_pfcFrames;
    if (sent != m_sentAtLook)
    {
        m_sentAtLook = sent;
        m_quietSinceNs = now;
    }
    else if (now - m_quietSinceNs > m_quietNs)
    {
        m_quietSinceNs = now;
        if (!CanGoOn())
        {
            EndAllFlows();
        }
    }
}

/**
 * At a NACK where there are no timeouts that would count: packets may be sent again and dropped again for
 * ever, always the same. Ends the run where no flow has come further for a second and no other flow is to come. A run
 * with a stop time ends there, as the published simulator's.
 */
template <class Rules>
void PacketEngine<Rules>::LookForProgress()
{
    constexpr int64_t IN_VAIN_NS = 1'000'000'000;
    if (m_hasStop || m_wheel.Now() - m_progressLookNs < IN_VAIN_NS)
    {
        return;
    }
    uint64_t acked = 0;
    for (const QueuePair& pair : m_pairs)
    {
        acked += pair.ended ? 0 : pair.acked;
    }
    const bool progress = m_ended != m_endedAtLook || acked != m_ackedAtLook;
    m_progressLookNs = m_wheel.Now();
    m_endedAtLook = m_ended;
    m_ackedAtLook = acked;
    if (!progress && m_nextArrival == m_listed && m_startingKeys.empty() && m_tasksDue == 0 && m_waiting.empty())
    {
        EndFlowsLeft();
    }
}

template <class Rules>
bool PacketEngine<Rules>::CanGoOn() const
{
    return m_nextArrival < m_listed || !m_startingKeys.empty() || m_tasksDue > 0 || m_linkChangesLeft > 0 ||
           std::any_of(m_nics.begin(), m_nics.end(), [](const Nic& nic) { return nic.timerNumber != 0; }) ||
           std::any_of(m_pairs.begin(),
                       m_pairs.end(),
                       [this](const QueuePair& pair)
                       { return !pair.ended && pair.rtoNumber != 0 && !IsPaused(pair.nic, pair.priority); });
}

/// Nothing can happen any more: reports the flows that are left, by reason.
template <class Rules>
void PacketEngine<Rules>::EndAllFlows()
{
    m_result.deadlock = FindDeadlock();
    if (!m_result.deadlock.empty())
    {
        LogDeadlock(m_wheel.Now(), m_fabric, m_result.deadlock);
    }
    EndFlowsLeft();
}

template <class Rules>
void PacketEngine<Rules>::EndFlowsLeft()
{
    for (Slot slot = 0; slot < m_pairs.size(); slot++)
    {
        const QueuePair& pair = m_pairs[slot];
        if (!pair.ended)
        {
            const bool deadlock = !m_result.deadlock.empty() && IsHeldUp(pair);
            EndFlow(slot, deadlock ? Unfinished::DEADLOCK : Unfinished::NO_PROGRESS);
        }
    }
}

/// Whether a port on the way of a flow's data or ACKs is paused.
template <class Rules>
bool PacketEngine<Rules>::IsHeldUp(const QueuePair& pair) const
{
    if (IsBalanced())
    {
        return true; // its packets are everywhere
    }
    for (StopIndex stop = pair.route.begin; stop + 1 < pair.route.end; stop++)
    {
        if (stop + 1 != pair.ackStop && IsPaused(m_stops[stop], pair.priority))
        {
            return true;
        }
    }
    return false;
}

/**
 * A paused port waits for its neighbour to forward what has come from it, hence for the ports at which that waits. When
 * nothing is on a wire these are paused, too, so that following them leads into a circle.
 * \return the egress links of a circle, the one with the smallest number first; empty if there is none
 */
template <class Rules>
std::vector<LinkId> PacketEngine<Rules>::FindDeadlock() const
{
    std::vector<LinkId> way;
    for (uint32_t priority = 0; priority < CLASSES && way.empty(); priority++)
    {
        way = FindDeadlock(priority);
    }
    return way;
}

/// The same in one class.
template <class Rules>
std::vector<LinkId> PacketEngine<Rules>::FindDeadlock(uint32_t priority) const
{
    std::vector<LinkId> way;
    std::vector<bool> met(m_ports.size());
    for (LinkId start = 0; start < m_ports.size() && way.empty(); start++)
    {
        LinkId egress = start;
        while (egress != m_ports.size() && IsPaused(egress, priority) && !met[egress])
        {
            met[egress] = true;
            way.push_back(egress);
            egress = NextInDeadlock(egress, priority);
        }
        // what comes before the circle is not of it; without a circle nothing is left
        way.erase(way.begin(), std::find(way.begin(), way.end(), egress));
    }
    std::rotate(way.begin(), std::min_element(way.begin(), way.end()), way.end());
    return way;
}

/// \return a paused port of the neighbour at which a packet waits that came by `egress`; the number of ports if none
template <class Rules>
LinkId PacketEngine<Rules>::NextInDeadlock(LinkId egress, uint32_t priority) const
{
    const NodeId neighbour = m_fabric.Link(egress).to;
    if (m_fabric.Forwards(neighbour))
    {
        for (LinkId next : m_fabric.EgressLinks(neighbour))
        {
            for (PacketIndex packet = FirstOf(next, priority); packet != NO_PACKET; packet = m_packets[packet].next)
            {
                if (m_packets[packet].link == egress && IsPaused(next, priority))
                {
                    return next;
                }
            }
        }
    }
    return static_cast<LinkId>(m_ports.size());
}

} // namespace ns3::m3

#endif // M3_RUN_END_H
