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
}

/// Whether a frame that arrives now was on the wire, or had begun to be sent, when its link went down.
template <class Rules>
bool PacketEngine<Rules>::SentBeforeOutage(LinkId link, uint32_t bytes) const
{
    const Port& port = m_ports[link];
    return !m_downNs.empty() && m_wheel.Now() - port.delayNs - Rules::TxTimeOf(bytes, port.rate).ns <= m_downNs[link];
}

template <class Rules>
bool PacketEngine<Rules>::LostOnLink(const EnginePacket& packet)
{
    const LinkId link = packet.link;
    if (!m_lossy[link])
    {
        return false;
    }
    if (!m_ports[link].up || SentBeforeOutage(link, packet.wireBytes))
    {
        return true;
    }
    const double errorRate = ErrorRate(link);
    if (errorRate == 0)
    {
        return false;
    }
    return m_losses.Draw(link) < errorRate;
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
