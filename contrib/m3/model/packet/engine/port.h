// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PACKET_ENGINE_PORT_H
#define M3_PACKET_ENGINE_PORT_H

// The way of every packet through ports and switches. In line for the files of the engine that use it.
#include "packet-engine.h"

namespace ns3::m3
{

/// Something has come that may be sent, or may be sent again.
inline void PacketEngine::Kick(LinkId link)
{
    Port& port = m_ports[link];
    if (!Busy(port))
    {
        port.IsNic() ? OnNicFree(link) : OnPortFree(link);
    }
    else if (!port.freeQueued)
    {
        port.freeQueued = true;
        m_wheel.InsertLate(port.freeNs, port.freeNumber, port.whenFree, 0, link);
    }
}

inline void PacketEngine::OnPortFree(LinkId link)
{
    Port& port = m_ports[link];
    port.freeQueued = false;
    if (port.pfcHead != NO_PACKET)
    {
        StartPfcTransmission(link);
    }
    else if (port.head != NO_PACKET && !port.paused)
    {
        SwitchTransmit(link);
    }
}

inline void PacketEngine::OnNicFree(LinkId link)
{
    Port& port = m_ports[link];
    port.freeQueued = false;
    if (port.pfcHead != NO_PACKET)
    {
        StartPfcTransmission(link);
    }
    else
    {
        HostTransmit(link);
    }
}

inline void PacketEngine::OccupyWire(LinkId link, uint32_t bytes)
{
    Port& port = m_ports[link];
    const bool ack = bytes == m_commonBytes[1];
    const TxTime time = bytes == m_commonBytes[ack] ? port.common[ack] : TxTimeOf(port, bytes);
    const int64_t now = m_wheel.Now();
    int64_t end = now + time.ns;
    if (m_standard)
    {
        // the part of a ns that is left over is the next frame's, unless the port was idle in between
        const uint64_t ahead = port.freeNs == now ? port.ahead : 0;
        const bool roundUp = time.remainder > ahead;
        port.ahead = ahead + (roundUp ? port.rate : 0) - time.remainder;
        end += roundUp;
    }
    port.txBytes += bytes;
    port.freeNs = end;
    // who waits already, or at a host whose pairs want a scan, needs the port-free event; others queue it when they
    // come
    port.freeQueued =
        port.head != NO_PACKET || port.pfcHead != NO_PACKET || (port.IsNic() && !m_nics[link].pairs.empty());
    port.freeNumber = port.freeQueued ? m_wheel.Schedule(end, port.whenFree, 0, link) : m_wheel.TakeNumber();
}

[[gnu::always_inline]] inline void PacketEngine::StartTransmission(LinkId link, PacketIndex index)
{
    EnginePacket& packet = m_packets[index];
    packet.link = link;
    const uint32_t stop = m_stops[packet.nextStop++];
    if (m_observer)
    {
        TellOfFrame(link, index);
    }
    OccupyWire(link, packet.wireBytes);
    const Port& port = m_ports[link];
    m_wheel.Schedule(port.freeNs + port.delayNs, port.arrival, index, stop);
}

inline void PacketEngine::Enqueue(Port& port, PacketIndex packet)
{
    m_packets[packet].next = NO_PACKET;
    if (port.head == NO_PACKET)
    {
        port.head = packet;
        if (port.freeNs == m_wheel.Now())
        {
            port.ahead = 0; // it did not wait, so it cannot start before now
        }
    }
    else
    {
        m_packets[port.tail].next = packet;
    }
    port.tail = packet;
}

/// Whether a packet is an ACK that PFC does not hold at its host and that the switch therefore holds apart from the
/// data of its ingress port, however long a pause lasts.
inline bool PacketEngine::HasOwnHeadroom(const EnginePacket& packet) const
{
    return m_acksPassPauses && packet.kind != PacketKind::DATA && m_ports[packet.link].whenFree == EventType::NIC_FREE;
}

inline void PacketEngine::SwitchReceive(PacketIndex index, LinkId egress)
{
    const EnginePacket& packet = m_packets[index];
    const LinkId link = packet.link;
    if (m_lossyLinks && LostOnLink(packet))
    {
        DropPacket(index, m_result.linkLosses);
        return;
    }
    const uint64_t bytes = packet.wireBytes;
    Port& port = m_ports[egress];
    IngressAccount& account = m_ingress[link];
    SharedBuffer& buffer = m_buffers[port.from];
    if (port.head == NO_PACKET && !port.paused && !Busy(port) && buffer.PassesUnnoticed(account, bytes) && !m_observer)
    {
        port.ahead = 0; // it did not wait
        Forward(egress, index);
        return;
    }
    if (!HasOwnHeadroom(packet))
    {
        if (!buffer.Admits(account, bytes))
        {
            DropPacket(index, m_result.switchDrops);
            return;
        }
        buffer.Add(account, bytes);
    }
    port.queuedBytes += bytes;
    if (m_observer)
    {
        m_observer->OnQueueLength(egress, port.queuedBytes);
    }
    if (m_config.pfc && buffer.ShouldPause(account))
    {
        account.pauseSent = true;
        SendPfcFrame(link, PacketKind::PAUSE);
    }
    Enqueue(port, index);
    Kick(egress);
}

[[gnu::always_inline]] inline void PacketEngine::SwitchTransmit(LinkId link)
{
    Port& port = m_ports[link];
    const PacketIndex index = port.head;
    EnginePacket& packet = m_packets[index];
    port.head = packet.next;
    IngressAccount& account = m_ingress[packet.link];
    SharedBuffer& buffer = m_buffers[port.from];
    if (!HasOwnHeadroom(packet))
    {
        buffer.Remove(account, packet.wireBytes);
    }
    port.queuedBytes -= packet.wireBytes;
    if (m_observer)
    {
        m_observer->OnQueueLength(link, port.queuedBytes);
    }
    if (port.queuedBytes > port.kminBytes && (!m_standard || packet.kind == PacketKind::DATA))
    {
        Mark(link, packet);
    }
    if (account.pauseSent && buffer.ShouldResume(account))
    {
        account.pauseSent = false;
        SendPfcFrame(packet.link, PacketKind::RESUME);
    }
    Forward(link, index);
}

[[gnu::always_inline]] inline void PacketEngine::Forward(LinkId link, PacketIndex packet)
{
    const bool data = m_packets[packet].kind == PacketKind::DATA;
    if (m_packets.TelemetryHops() && data)
    {
        m_pintPorts.empty() ? AddTelemetry(link, packet) : AddLogarithm(link, packet);
    }
    (data ? m_result.dataHops : m_result.ackHops)++;
    StartTransmission(link, packet);
}

} // namespace ns3::m3

#endif // M3_PACKET_ENGINE_PORT_H
