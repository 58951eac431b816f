// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PORT_H
#define M3_PORT_H

// The way of every packet through ports and switches.
#include "classes.h"
#include "ns3/m3-link-timing.h"
#include "strategies.h"

namespace ns3::m3
{

/// Something has come that may be sent, or may be sent again.
template <class Rules>
[[gnu::always_inline]] inline void PacketEngine<Rules>::Kick(LinkId link)
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

template <class Rules>
inline void PacketEngine<Rules>::OnPortFree(LinkId link)
{
    Port& port = m_ports[link];
    port.freeQueued = false;
    if (port.pfcHead != NO_PACKET)
    {
        StartPfcTransmission(link);
    }
    else if (const uint32_t priority = NextClass(link); priority != NO_CLASS)
    {
        SwitchTransmit(link, priority);
    }
}

template <class Rules>
inline void PacketEngine<Rules>::OnNicFree(LinkId link)
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

template <class Rules>
[[gnu::always_inline]] inline void PacketEngine<Rules>::OccupyWire(LinkId link, uint32_t bytes)
{
    Port& port = m_ports[link];
    const bool ack = bytes == m_commonBytes[1];
    const TxTime time = bytes == m_commonBytes[ack] ? port.common[ack] : Rules::TxTimeOf(bytes, port.rate);
    const int64_t now = m_wheel.Now();
    const int64_t end = now + time.ns + Rules::RoundUp(port, time, now);
    port.txBytes += bytes;
    port.freeNs = end;
    // who waits already, or at a host whose pairs want a scan, needs the port-free event; others queue it when they
    // come
    port.freeQueued = HasWaiting(link) || port.pfcHead != NO_PACKET || (port.IsNic() && !m_nics[link].pairs.empty());
    port.freeNumber = port.freeQueued ? m_wheel.Schedule(end, port.whenFree, 0, link) : m_wheel.TakeNumber();
}

/// What observers are told of a frame. \param link that it has come over, or is to be sent on
template <class Rules>
FrameInfo PacketEngine<Rules>::InfoOf(LinkId link, const EnginePacket& frame) const
{
    const uint32_t priority = CLASSES > 1 ? frame.priority : DEFAULT_CLASS;
    const int64_t now = m_wheel.Now();
    if (frame.kind == PacketKind::PAUSE || frame.kind == PacketKind::RESUME)
    {
        return {link, frame.kind, 0, frame.seq, frame.wireBytes, false, priority, false, now, 0};
    }
    return {link,
            frame.kind,
            m_pairs[frame.queuePair].flow,
            frame.seq,
            frame.wireBytes,
            frame.ecn,
            priority,
            frame.kind == PacketKind::DATA ? frame.ecn : frame.ackMarked,
            now,
            now - static_cast<int64_t>(static_cast<uint32_t>(now) - frame.sentNs)};
}

/// What is on a link's wire now arrives at the far end. \param timeNs when
template <class Rules>
[[gnu::always_inline]] inline void
PacketEngine<Rules>::ScheduleArrival(LinkId link, int64_t timeNs, EventType type, uint32_t subject, uint32_t object)
{
    if constexpr (Rules::RUNS_IN_PARTS)
    {
        if (m_parts->Crosses(link))
        {
            PostArrival(link, {m_wheel.Now(), m_wheel.Numbers(), timeNs, type, subject, object});
            return;
        }
    }
    m_wheel.Schedule(timeNs, type, subject, object);
}

template <class Rules>
[[gnu::always_inline]] inline void PacketEngine<Rules>::StartTransmission(LinkId link, PacketIndex index)
{
    EnginePacket& packet = m_packets[index];
    packet.link = link;
    const uint32_t stop = ChoosesHops(packet) ? packet.queuePair : m_stops[packet.nextStop++];
    if (m_observer)
    {
        m_observer->OnFrame(InfoOf(link, m_packets[index]));
    }
    OccupyWire(link, packet.wireBytes);
    const Port& port = m_ports[link];
    if constexpr (Rules::ANY_NODES)
    {
        const bool chooses = ChoosesHops(packet);
        const bool isThere = chooses ? LeadsToReceiver(link, packet) : (stop & RouteStops::IS_PAIR) != 0;
        const uint64_t bytes = isThere   ? packet.wireBytes
                               : chooses ? AwaitedByAnyHop(index, link)
                                         : AwaitedBytes(packet, stop);
        const int64_t haveNs =
            bytes < packet.wireBytes ? m_wheel.Now() + StandardTxTimeNs(bytes, port.rate) : port.freeNs;
        m_wheel.Schedule(haveNs + port.delayNs,
                         isThere ? EventType::HOST_ARRIVAL : EventType::SWITCH_ARRIVAL,
                         index,
                         chooses ? packet.queuePair : stop & ~RouteStops::IS_PAIR);
        return;
    }
    ScheduleArrival(link, port.freeNs + port.delayNs, port.arrival, index, stop);
}

/// Bytes of a packet that a node waits for before it may send it on.
template <class Rules>
inline uint64_t PacketEngine<Rules>::AwaitedBytes(const EnginePacket& packet, LinkId egress) const
{
    if constexpr (Rules::ANY_NODES)
    {
        return m_config.Format().nodes.BytesBeforeSending(packet.wireBytes,
                                                          m_ports[packet.link].rate,
                                                          m_ports[egress].rate);
    }
    return packet.wireBytes;
}

template <class Rules>
inline void PacketEngine<Rules>::Enqueue(LinkId link, PacketIndex packet, uint32_t priority)
{
    Port& port = m_ports[link];
    if (!HasWaiting(link) && port.freeNs == m_wheel.Now())
    {
        port.ahead = 0; // it did not wait, so it cannot start before now
    }
    if (HasClassQueues(port))
    {
        m_classes[link].Append(m_packets, priority, packet);
        return;
    }
    m_packets[packet].next = NO_PACKET;
    if (port.head == NO_PACKET)
    {
        port.head = packet;
    }
    else
    {
        m_packets[port.tail].next = packet;
    }
    port.tail = packet;
}

/// Whether a packet is an ACK that PFC does not hold at its host and that the switch therefore holds apart from the
/// data of its ingress port, however long a pause lasts.
template <class Rules>
inline bool PacketEngine<Rules>::HasOwnHeadroom(const EnginePacket& packet) const
{
    return m_acksPassPauses && packet.kind != PacketKind::DATA && m_ports[packet.link].whenFree == EventType::NIC_FREE;
}

template <class Rules>
inline void PacketEngine<Rules>::SwitchReceive(PacketIndex index, LinkId egress)
{
    const EnginePacket& packet = m_packets[index];
    if (m_checksArrivals)
    {
        const LinkId link = packet.link;
        if (LostOnLink(packet, ChoosesHops(packet) ? AwaitedByAnyHop(index, link) : AwaitedBytes(packet, egress)))
        {
            DropPacket(index, m_result.linkLosses);
            return;
        }
        if (m_observer)
        {
            m_observer->OnArrival(InfoOf(link, packet));
        }
        if (Rules::LOOKS_UP_HOPS && packet.nextStop < m_stopsBeforeChange && !TakeNewRoute(index, egress))
        {
            return;
        }
        if (m_observer)
        {
            AdmitObserved(index, egress);
            return;
        }
    }
    if (ChoosesHops(packet) && !ChooseHop(index, egress))
    {
        return;
    }
    Admit<false>(index, egress);
}

/// Admit() for a run with an observer.
template <class Rules>
void PacketEngine<Rules>::AdmitObserved(PacketIndex index, LinkId egress)
{
    if (ChoosesHops(m_packets[index]) && !ChooseHop(index, egress))
    {
        return;
    }
    Admit<true>(index, egress);
}

/// A packet that has come to a switch joins a queue there, or is dropped. \tparam IS_OBSERVED there is an observer
template <class Rules>
template <bool IS_OBSERVED>
[[gnu::always_inline]] inline void PacketEngine<Rules>::Admit(PacketIndex index, LinkId egress)
{
    const EnginePacket& packet = m_packets[index];
    const LinkId link = packet.link;
    const uint32_t priority = ClassOf(packet);
    if (PassesBuffers(priority))
    {
        EnqueueFirst(egress, index);
        return;
    }
    const uint64_t bytes = packet.wireBytes;
    Port& port = m_ports[egress];
    IngressAccount& account = AccountOf(link, priority);
    typename Rules::Buffer& buffer = m_buffers[port.from];
    if (!IS_OBSERVED && !HasWaiting(egress) && !IsPaused(egress, priority) && !Busy(port) &&
        buffer.PassesUnnoticed(account, bytes))
    {
        port.ahead = 0; // it did not wait
        NoteTurn(egress, priority);
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
    AddQueued(egress, priority, bytes);
    if (IsLossless(priority) && buffer.ShouldPause(account))
    {
        account.pauseSent = true;
        SendPfcFrame(link, priority, PacketKind::PAUSE);
    }
    Enqueue(egress, index, priority);
    if (IS_OBSERVED)
    {
        m_observer->OnEnqueue(InfoOf(egress, m_packets[index]));
    }
    Kick(egress);
}

template <class Rules>
[[gnu::always_inline]] inline void PacketEngine<Rules>::SwitchTransmit(LinkId link, uint32_t priority)
{
    Port& port = m_ports[link];
    const PacketIndex index = Dequeue(link, priority);
    EnginePacket& packet = m_packets[index];
    IngressAccount& account = AccountOf(packet.link, priority);
    typename Rules::Buffer& buffer = m_buffers[port.from];
    if (!HasOwnHeadroom(packet))
    {
        buffer.Remove(account, packet.wireBytes);
    }
    RemoveQueued(link, priority, packet.wireBytes);
    if (QueuedOf(link, priority) > KminOf(link, priority) && (Rules::MAY_MARK_ACKS || packet.kind == PacketKind::DATA))
    {
        Mark(link, priority, packet);
    }
    if (account.pauseSent && buffer.ShouldResume(account))
    {
        account.pauseSent = false;
        SendPfcFrame(packet.link, priority, PacketKind::RESUME);
    }
    Forward(link, index);
}

template <class Rules>
[[gnu::always_inline]] inline void PacketEngine<Rules>::Forward(LinkId link, PacketIndex packet)
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

#endif // M3_PORT_H
