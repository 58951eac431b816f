// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PACKET_LOSS_H
#define M3_PACKET_LOSS_H

// Packets that are lost on links, by their error rate or while they are down, or dropped by switches.
#include "engine-log.h"
#include "packet-engine.h"

namespace ns3::m3
{

template <class Rules>
void PacketEngine<Rules>::SetLossy(LinkId link)
{
    const bool wasDown = !m_downNs.empty() && m_downNs[link] >= 0;
    const bool lossy = !m_ports[link].up || wasDown || ErrorRate(link) > 0;
    m_lossyLinks += lossy;
    m_lossyLinks -= m_lossy[link];
    m_lossy[link] = lossy;
    m_checksArrivals = m_lossyLinks > 0 || m_observer;
}

/// Whether a frame was on the wire, or had begun to be sent, when its link went down. \param bytes of it that had to
/// arrive \param arrivedNs when they had
template <class Rules>
bool PacketEngine<Rules>::SentBeforeOutage(LinkId link, uint64_t bytes, int64_t arrivedNs) const
{
    return !m_downNs.empty() &&
           arrivedNs - m_fabric.Link(link).delayNs - Rules::TxTimeOf(bytes, m_ports[link].rate).ns <= m_downNs[link];
}

/// Whether a packet that a node has now was lost on its way. \param bytes of it that the node had to wait for
template <class Rules>
bool PacketEngine<Rules>::LostOnLink(const EnginePacket& packet, uint64_t bytes)
{
    const LinkId link = packet.link;
    if (!m_lossy[link])
    {
        return false;
    }
    const Port& port = m_ports[link];
    const int64_t arrivedNs = m_wheel.Now() - (port.delayNs - m_fabric.Link(link).delayNs);
    const bool isThrough = !m_downNs.empty() && arrivedNs < m_downNs[link]; // and was being processed since
    if (!isThrough && (!port.up || SentBeforeOutage(link, bytes, arrivedNs)))
    {
        if (m_observer)
        {
            m_observer->OnArrivalWhileDown(InfoOf(link, packet));
        }
        return true;
    }
    return LostByErrors(link);
}

/// Whether a frame that has come over a link is lost by the link's error rate. Draws where it has one.
template <class Rules>
bool PacketEngine<Rules>::LostByErrors(LinkId link)
{
    const double errorRate = ErrorRate(link);
    return errorRate > 0 && m_rules.DrawForLoss(link, m_losses) < errorRate;
}

template <class Rules>
void PacketEngine<Rules>::DropPacket(PacketIndex index, uint64_t& counter)
{
    const EnginePacket& packet = m_packets[index];
    const Slot slot = packet.queuePair;
    counter++;
    LogDrop(m_wheel.Now(), m_pairs[slot].flow, m_fabric.Link(packet.link));
    if (Rules::HAS_TIMEOUTS && !(m_timeouts && TimesOut(m_pairs[slot])))
    {
        ExpectLosses();
    }
    if (m_observer)
    {
        m_observer->OnDrop(packet.link, m_pairs[slot].flow);
    }
    m_pairs[slot].inFlight--;
    m_packets.Free(index);
    ReleaseIfUnused(slot);
}

} // namespace ns3::m3

#endif // M3_PACKET_LOSS_H
