// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_HOST_H
#define M3_HOST_H

// What every packet needs of the hosts: the NIC's round robin over its queue pairs, the receiver and the sender.
#include "go-back-n.h"
#include "port.h"
#include "strategies.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace ns3::m3
{

template <class Rules>
inline void PacketEngine<Rules>::HostTransmit(LinkId link)
{
    if (CLASSES > 1 && Rules::WEIGHS_CLASSES)
    {
        HostTransmitByClass(link);
        return;
    }
    Port& port = m_ports[link];
    if (port.head != NO_PACKET && (m_config.ackHighPriority || !HoldsAcks(link)))
    {
        const PacketIndex ack = port.head;
        port.head = m_packets[ack].next;
        m_result.ackHops++;
        StartTransmission(link, ack);
        return;
    }
    Nic& nic = m_nics[link];
    const auto count = static_cast<uint32_t>(nic.pairs.size());
    if (count == 0)
    {
        return;
    }
    constexpr uint32_t NONE = std::numeric_limits<uint32_t>::max();
    constexpr uint32_t MANY = 64; // pairs, from which on it pays to note which need not be looked at
    const int64_t now = m_wheel.Now();
    uint32_t served = NONE;
    uint32_t firstFinished = NONE;
    int64_t earliest = EventWheel::NEVER; // over all pairs with unsent bytes, also those that may not send
    const auto maySend = [&](uint32_t index)
    {
        const QueuePair& pair = m_pairs[nic.pairs[index]];
        if (pair.nextToSend < pair.size)
        {
            const bool windowBound = pair.window && pair.nextToSend - pair.acked >= pair.window;
            if (!IsPaused(link, pair.priority) && !windowBound && !pair.ended && pair.nextSendNs <= now)
            {
                return true;
            }
            earliest = std::min(earliest, pair.nextSendNs);
            if (windowBound && count >= MANY && !pair.ended && pair.nextSendNs <= now)
            {
                PassOver(nic, index, Listed::WINDOW_FULL);
                return false;
            }
        }
        if (pair.acked >= pair.size || pair.ended)
        {
            firstFinished = std::min(firstFinished, index);
        }
        else if (count >= MANY && pair.nextToSend >= pair.size)
        {
            PassOver(nic, index, Listed::ALL_SENT);
        }
        return false;
    };
    const uint32_t first = nic.served % count + 1;
    for (const auto& [from, to] : {std::pair(first, count), std::pair(0U, first)})
    {
        uint32_t index = nic.NotPassedOver(from, to);
        while (index < to && !maySend(index))
        {
            index = nic.NotPassedOver(index + 1, to);
        }
        if (index < to)
        {
            served = index;
            break;
        }
    }
    Slot slot = served == NONE ? 0 : nic.pairs[served];
    if (firstFinished != NONE)
    {
        CollectFinished(nic, firstFinished, served);
    }
    if (served != NONE)
    {
        nic.served = served;
        SendData(link, slot);
    }
    else if (!nic.timerNumber && nic.windowsFull == 0 && earliest > now && earliest != EventWheel::NEVER)
    {
        ScheduleNicTimer(link, earliest);
    }
}

template <class Rules>
[[gnu::always_inline]] inline void PacketEngine<Rules>::SendData(LinkId link, Slot slot)
{
    QueuePair& pair = m_pairs[slot];
    const uint64_t payload = std::min<uint64_t>(m_payloadBytes, pair.size - pair.nextToSend);
    const PacketIndex index = m_packets.Allocate();
    EnginePacket& packet = m_packets[index];
    packet.seq = pair.nextToSend;
    packet.sentNs = static_cast<uint32_t>(m_wheel.Now());
    packet.nextStop = pair.route.begin + 1;
    packet.queuePair = slot;
    packet.wireBytes = static_cast<uint16_t>(payload + m_headerBytes);
    packet.kind = PacketKind::DATA;
    packet.ecn = false;
    packet.ackMarked = false;
    packet.priority = CLASSES > 1 ? pair.priority & 0x3f : 0;
    m_packets.ClearTelemetry(index);
    pair.inFlight++;
    if (m_timeouts && pair.rtoDeadlineNs == 0 && TimesOut(pair))
    {
        RestartTimeout(slot);
    }
    pair.nextToSend += payload;
    m_result.retransmissions += pair.nextToSend <= pair.highestSent;
    pair.highestSent = std::max(pair.highestSent, pair.nextToSend);
    m_result.dataHops++;
    pair.lastWireBytes = packet.wireBytes;
    if (HasStrategies())
    {
        NoteSent(slot, index);
    }
    if (m_observer)
    {
        m_observer->OnSend(pair.flow, pair.nextSendNs, pair.window);
    }
    m_rules.Pace(pair, m_config.rateBound ? pair.rate : pair.cap, m_wheel.Now(), m_commonBytes[0]);
    if (Rules::ANY_NODES)
    {
        MeetTransit(link, index);
    }
    StartTransmission(link, index);
}

template <class Rules>
[[gnu::always_inline]] inline void PacketEngine<Rules>::HostReceive(PacketIndex index, Slot slot)
{
    const EnginePacket& packet = m_packets[index];
    if (m_checksArrivals)
    {
        if (LostOnLink(packet, packet.wireBytes))
        {
            DropPacket(index, m_result.linkLosses);
            return;
        }
        if (m_observer)
        {
            m_observer->OnArrival(InfoOf(packet.link, packet));
        }
    }
    if (packet.kind == PacketKind::DATA)
    {
        ReceiveData(index, slot);
    }
    else
    {
        ReceiveAck(index, slot);
    }
}

template <class Rules>
[[gnu::always_inline]] inline void PacketEngine<Rules>::ReceiveData(PacketIndex index, Slot slot)
{
    EnginePacket& packet = m_packets[index];
    QueuePair& pair = m_pairs[slot];
    const uint64_t seq = packet.seq;
    const Answer answer = Recovers(slot) ? ReceiveBy(slot, seq, packet.wireBytes - m_headerBytes)
                                         : ReceiveInOrder(pair, seq, packet.wireBytes - m_headerBytes);
    if (answer == Answer::NONE)
    {
        pair.inFlight--;
        m_packets.Free(index);
        ReleaseIfUnused(slot);
        return;
    }
    if (Rules::ANY_NODES)
    {
        packet.link = NO_LINK;
    }
    packet.kind = answer == Answer::NACK ? PacketKind::NACK : PacketKind::ACK;
    packet.seq = pair.expected;
    packet.nextStop = pair.ackStop + 1;
    packet.wireBytes = static_cast<uint16_t>(m_commonBytes[1]);
    const LinkId egress = m_stops[pair.ackStop];
    Enqueue(egress, index, ClassOf(packet));
    if (m_observer)
    {
        m_observer->OnEnqueue(InfoOf(egress, m_packets[index]));
    }
    Kick(egress);
}

template <class Rules>
[[gnu::always_inline]] inline void PacketEngine<Rules>::ReceiveAck(PacketIndex index, Slot slot)
{
    const EnginePacket packet = m_packets[index];
    QueuePair& pair = m_pairs[slot];
    pair.inFlight--;
    if (pair.ended)
    {
        m_packets.Free(index);
        ReleaseIfUnused(slot);
        return;
    }
    const LinkId nic = pair.nic;
    if (packet.seq > pair.acked)
    {
        pair.acked = packet.seq;
        LookAgainIfFull(pair);
        if (m_timeouts && TimesOut(pair))
        {
            OnProgress(slot, packet);
        }
        if (Rules::SKIPS_ACKNOWLEDGED)
        {
            pair.nextToSend = std::max(pair.nextToSend, pair.acked);
        }
    }
    if (pair.acked >= pair.size)
    {
        if (Rules::LAST_ACK_MOVES_CONTROL && pair.control)
        {
            TellControl(slot, index);
        }
        m_packets.Free(index);
        EndFlow(slot, Unfinished::NO);
        Kick(nic);
        return;
    }
    if (HasStrategies())
    {
        LookAgain(slot);
        HearAnswer(slot, index);
    }
    if (packet.kind == PacketKind::NACK && !Recovers(slot))
    {
        LookAgain(slot);
        GoBack(pair);
        TellLoss(slot);
        if (!Rules::HAS_TIMEOUTS)
        {
            LookForProgress();
        }
    }
    if (pair.control)
    {
        TellControl(slot, index);
    }
    m_packets.Free(index);
    Kick(nic);
}

} // namespace ns3::m3

#endif // M3_HOST_H
