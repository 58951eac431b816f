// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_CLASSES_H
#define M3_CLASSES_H

// Where flows are of several classes: which of its queues a port serves next, and what it keeps for each. An engine
// whose Rules::CLASSES is 1 has the one queue, pause and account of the port itself, and none of this costs it
// anything.
#include "packet-engine.h"

#include <algorithm>
#include <limits>

namespace ns3::m3
{

template <class Rules>
inline uint32_t PacketEngine<Rules>::ClassOf(const EnginePacket& packet) const
{
    return CLASSES > 1 ? packet.priority : 0;
}

template <class Rules>
inline IngressAccount& PacketEngine<Rules>::AccountOf(LinkId link, uint32_t priority)
{
    return m_ingress[link * CLASSES + priority];
}

template <class Rules>
inline bool PacketEngine<Rules>::IsPaused(LinkId egress, uint32_t priority) const
{
    return CLASSES > 1 ? (m_classes[egress].paused >> priority & 1U) != 0 : m_ports[egress].paused;
}

template <class Rules>
inline void PacketEngine<Rules>::SetPaused(LinkId egress, uint32_t priority, bool paused)
{
    if (CLASSES > 1)
    {
        uint8_t& all = m_classes[egress].paused;
        all = static_cast<uint8_t>(paused ? all | 1U << priority : all & ~(1U << priority));
    }
    else
    {
        m_ports[egress].paused = paused;
    }
    if (m_observer)
    {
        m_observer->OnPaused(egress, priority, paused);
    }
}

/// Whether a port has its packets in m_classes.
template <class Rules>
inline bool PacketEngine<Rules>::HasClassQueues(const Port& port) const
{
    return CLASSES > 1 && (Rules::WEIGHS_CLASSES || !port.IsNic());
}

/// Whether packets, at hosts ACKs, wait at a port.
template <class Rules>
inline bool PacketEngine<Rules>::HasWaiting(LinkId link) const
{
    return m_ports[link].head != NO_PACKET || (CLASSES > 1 && m_classes[link].waiting != 0);
}

/// Whether packets of a class wait with PFC frames, ahead of all others, and take no place in a switch's buffer.
template <class Rules>
inline bool PacketEngine<Rules>::PassesBuffers(uint32_t priority) const
{
    return CLASSES > 1 && !Rules::BUFFERS_CLASS_0 && priority == 0;
}

/// Appends to the queue of PFC frames.
template <class Rules>
inline void PacketEngine<Rules>::AppendFirst(Port& port, PacketIndex index)
{
    m_packets[index].next = NO_PACKET;
    if (port.pfcHead == NO_PACKET)
    {
        port.pfcHead = index;
    }
    else
    {
        m_packets[port.pfcTail].next = index;
    }
    port.pfcTail = index;
}

template <class Rules>
void PacketEngine<Rules>::EnqueueFirst(LinkId egress, PacketIndex index)
{
    AddQueued(egress, 0, m_packets[index].wireBytes);
    AppendFirst(m_ports[egress], index);
    if (m_observer)
    {
        m_observer->OnEnqueue(InfoOf(egress, m_packets[index]));
    }
    Kick(egress);
}

/// A packet joins a queue of a switch port.
template <class Rules>
inline void PacketEngine<Rules>::AddQueued(LinkId egress, uint32_t priority, uint64_t bytes)
{
    Port& port = m_ports[egress];
    port.queuedBytes += bytes;
    if (CLASSES > 1)
    {
        m_classes[egress].bytes[priority] += bytes;
    }
    if (m_observer)
    {
        m_observer->OnQueueLength(egress, port.queuedBytes);
    }
}

/// A packet leaves a queue of a switch port.
template <class Rules>
inline void PacketEngine<Rules>::RemoveQueued(LinkId egress, uint32_t priority, uint64_t bytes)
{
    Port& port = m_ports[egress];
    port.queuedBytes -= bytes;
    if (CLASSES > 1)
    {
        m_classes[egress].bytes[priority] -= bytes;
    }
    if (m_observer)
    {
        m_observer->OnQueueLength(egress, port.queuedBytes);
    }
}

template <class Rules>
inline uint64_t PacketEngine<Rules>::QueuedOf(LinkId egress, uint32_t priority) const
{
    return CLASSES > 1 ? m_classes[egress].bytes[priority] : m_ports[egress].queuedBytes;
}

/// \return the first packet of a queue of a switch port, NO_PACKET if there is none
template <class Rules>
inline PacketIndex PacketEngine<Rules>::FirstOf(LinkId egress, uint32_t priority) const
{
    if (CLASSES == 1)
    {
        return m_ports[egress].head;
    }
    const ClassQueues& queues = m_classes[egress];
    return (queues.waiting >> priority & 1U) != 0 ? queues.head[priority] : NO_PACKET;
}

template <class Rules>
inline uint64_t PacketEngine<Rules>::KminOf(LinkId egress, uint32_t priority) const
{
    return CLASSES > 1 ? m_ecn[egress * CLASSES + priority].kminBytes : m_ports[egress].kminBytes;
}

/// Whether PFC keeps the packets of a class.
template <class Rules>
inline bool PacketEngine<Rules>::IsLossless(uint32_t priority) const
{
    return CLASSES > 1 && Rules::WEIGHS_CLASSES ? HasClass(static_cast<ClassSet>(m_lossless), priority) : m_config.pfc;
}

/// Whether what a flow loses is sent again by timeouts, where any are.
template <class Rules>
inline bool PacketEngine<Rules>::TimesOut(const QueuePair& pair) const
{
    return CLASSES == 1 || (m_timed >> pair.priority & 1U) != 0;
}

/**
 * The class that a port serves next of those that are ready. With Rules::WEIGHS_CLASSES, the lowest strict one; else by
 * deficit round robin (Shreedhar and Varghese, IEEE/ACM Transactions on Networking 1996), by the weights of the
 * configuration; without, packet by packet in turn. \param sizeOf bytes of the next packet of a class, at most a full
 * one
 */
template <class Rules>
template <typename SizeOf>
inline uint32_t PacketEngine<Rules>::PickClass(ClassQueues& queues, uint32_t ready, SizeOf sizeOf)
{
    if (!Rules::WEIGHS_CLASSES)
    {
        queues.last = static_cast<uint8_t>(queues.NextInTurn(ready));
        return queues.last;
    }
    if (const uint32_t strict = ready & m_config.strictClasses; strict != 0)
    {
        return static_cast<uint32_t>(__builtin_ctz(strict));
    }
    while (!((ready >> queues.last & 1U) != 0 && queues.credit[queues.last] >= sizeOf(queues.last)))
    {
        queues.last = static_cast<uint8_t>(queues.NextInTurn(ready));
        queues.credit[queues.last] += m_quantum[queues.last];
    }
    queues.credit[queues.last] -= sizeOf(queues.last);
    return queues.last;
}

/// \return the class that a free switch port serves next, NO_CLASS if nothing may be sent
template <class Rules>
inline uint32_t PacketEngine<Rules>::NextClass(LinkId link)
{
    if (CLASSES == 1)
    {
        const Port& port = m_ports[link];
        return port.head != NO_PACKET && !port.paused ? 0 : NO_CLASS;
    }
    ClassQueues& queues = m_classes[link];
    const auto ready = static_cast<uint32_t>(queues.waiting & ~queues.paused);
    return ready == 0
               ? NO_CLASS
               : PickClass(queues,
                           ready,
                           [&](uint32_t priority) { return int32_t{m_packets[queues.head[priority]].wireBytes}; });
}

/// A packet of a class leaves without having waited.
template <class Rules>
inline void PacketEngine<Rules>::NoteTurn(LinkId link, uint32_t priority)
{
    if (CLASSES > 1 && !Rules::WEIGHS_CLASSES)
    {
        m_classes[link].last = static_cast<uint8_t>(priority);
    }
}

template <class Rules>
inline PacketIndex PacketEngine<Rules>::Dequeue(LinkId link, uint32_t priority)
{
    if (CLASSES == 1)
    {
        const PacketIndex index = m_ports[link].head;
        m_ports[link].head = m_packets[index].next;
        return index;
    }
    ClassQueues& queues = m_classes[link];
    const PacketIndex index = queues.Take(m_packets, priority);
    if (!HasClass(queues.waiting, priority))
    {
        queues.credit[priority] = 0; // who has nothing to send saves nothing up
    }
    return index;
}

/**
 * Looks through the queue pairs of a NIC. \param servable of each class, the place of the pair whose turn it is \return
 * the classes that have one, a bit for each
 */
template <class Rules>
uint32_t PacketEngine<Rules>::LookForPairs(LinkId link, std::array<uint32_t, PRIORITY_CLASSES>& servable)
{
    const Nic& nic = m_nics[link];
    const ClassQueues& queues = m_classes[link];
    const int64_t now = m_wheel.Now();
    uint32_t found = 0;
    for (uint32_t index = 0; index < nic.pairs.size(); index++)
    {
        const QueuePair& pair = m_pairs[nic.pairs[index]];
        const uint32_t priority = pair.priority;
        const bool windowBound = pair.window && pair.nextToSend - pair.acked >= pair.window;
        if (pair.nextToSend >= pair.size || windowBound || pair.ended || pair.nextSendNs > now ||
            HasClass(queues.paused, priority))
        {
            continue;
        }
        if ((found >> priority & 1U) == 0)
        {
            found |= 1U << priority;
            servable[priority] = index;
        }
        else if (servable[priority] <= queues.served[priority] && index > queues.served[priority])
        {
            servable[priority] = index;
        }
    }
    return found;
}

/// Whether a packet that waits at a host's port has come from elsewhere.
template <class Rules>
inline bool PacketEngine<Rules>::IsInTransit(PacketIndex packet) const
{
    return Rules::ANY_NODES && m_packets[packet].link != NO_LINK;
}

/// Whether a class whose turn it is at a host sends data of the host's own: where an ACK of the host's waits, that goes
/// first; what is in transit and the host's data take turns. \param data classes that have data, a bit for each
template <class Rules>
inline bool PacketEngine<Rules>::SendsOwnData(const ClassQueues& queues, uint32_t priority, uint32_t data) const
{
    const auto has = [priority](uint32_t classes) { return (classes >> priority & 1U) != 0; };
    const bool mayPass = has(queues.waiting) && !has(queues.paused);
    return has(data) && (!mayPass || (has(queues.passed) && IsInTransit(queues.head[priority])));
}

/// Marks a packet of a host's own as what is in transit by the same port is marked.
template <class Rules>
inline void PacketEngine<Rules>::MeetTransit(LinkId link, PacketIndex index)
{
    EnginePacket& packet = m_packets[index];
    const uint32_t priority = ClassOf(packet);
    if (!m_fabric.Forwards(m_ports[link].from))
    {
        return;
    }
    if (QueuedOf(link, priority) > KminOf(link, priority))
    {
        Mark(link, priority, packet);
    }
    if (m_packets.TelemetryHops())
    {
        m_pintPorts.empty() ? AddTelemetry(link, index) : AddLogarithm(link, index);
    }
}

/// HostTransmit where classes have ACKs and queue pairs of their own: classes as at a switch port, within one ACKs
/// first, then queue pairs in turn. Where the host forwards, what is in transit waits with its ACKs, and takes turns
/// with its queue pairs.
template <class Rules>
void PacketEngine<Rules>::HostTransmitByClass(LinkId link)
{
    ClassQueues& queues = m_classes[link];
    Nic& nic = m_nics[link];
    std::array<uint32_t, PRIORITY_CLASSES> servable{};
    const uint32_t data = LookForPairs(link, servable);
    const uint32_t acks = queues.waiting & (m_config.ackHighPriority ? ~0U : ~uint32_t{queues.paused});
    uint32_t noPair = std::numeric_limits<uint32_t>::max();
    if ((data | acks) == 0)
    {
        int64_t earliest = EventWheel::NEVER;
        for (const Slot slot : nic.pairs)
        {
            const QueuePair& pair = m_pairs[slot];
            earliest = pair.nextToSend < pair.size ? std::min(earliest, pair.nextSendNs) : earliest;
        }
        CollectFinished(nic, 0, noPair);
        if (!nic.timerNumber && earliest > m_wheel.Now() && earliest != EventWheel::NEVER)
        {
            ScheduleNicTimer(link, earliest);
        }
        return;
    }
    const auto isAck = [acks](uint32_t priority) { return (acks >> priority & 1U) != 0; };
    const uint32_t priority =
        PickClass(queues,
                  data | acks,
                  [&](uint32_t one)
                  {
                      if (Rules::ANY_NODES && isAck(one) && !SendsOwnData(queues, one, data))
                      {
                          return static_cast<int32_t>(m_packets[queues.head[one]].wireBytes);
                      }
                      if (!Rules::ANY_NODES && isAck(one))
                      {
                          return static_cast<int32_t>(m_commonBytes[1]);
                      }
                      const QueuePair& pair = m_pairs[nic.pairs[servable[one]]];
                      return static_cast<int32_t>(std::min<uint64_t>(m_payloadBytes, pair.size - pair.nextToSend) +
                                                  m_headerBytes);
                  });
    if ((data >> priority & 1U) == 0)
    {
        queues.credit[priority] = 0;
    }
    const bool isOwnData = !isAck(priority) || (Rules::ANY_NODES && SendsOwnData(queues, priority, data));
    if (!isOwnData && IsInTransit(queues.head[priority]))
    {
        queues.passed = static_cast<uint8_t>(queues.passed | 1U << priority);
        SwitchTransmit(link, priority);
        return;
    }
    if (!isOwnData)
    {
        m_result.ackHops++;
        StartTransmission(link, queues.Take(m_packets, priority));
        return;
    }
    const Slot slot = nic.pairs[servable[priority]];
    queues.served[priority] = servable[priority];
    queues.passed = static_cast<uint8_t>(queues.passed & ~(1U << priority));
    CollectFinished(nic, 0, queues.served[priority]);
    SendData(link, slot);
}

/// Whether a pause holds a host's ACKs.
template <class Rules>
inline bool PacketEngine<Rules>::HoldsAcks(LinkId link) const
{
    return IsPaused(link, CLASSES > 1 ? DEFAULT_CLASS : 0);
}

} // namespace ns3::m3

#endif // M3_CLASSES_H
