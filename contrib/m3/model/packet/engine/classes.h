// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_CLASSES_H
#define M3_CLASSES_H

// Where flows are of several classes: which of its queues a port serves next, and what it keeps for each. An engine
// whose Rules::CLASSES is 1 has the one queue, pause and account of the port itself, and none of this costs it
// anything.
#include "packet-engine.h"

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
}

/// Whether a port has its packets in m_classes.
template <class Rules>
inline bool PacketEngine<Rules>::HasClassQueues(const Port& port) const
{
    return CLASSES > 1 && !port.IsNic();
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
    return ready == 0 ? NO_CLASS : queues.NextInTurn(ready);
}

/// A packet of a class leaves without having waited.
template <class Rules>
inline void PacketEngine<Rules>::NoteTurn(LinkId link, uint32_t priority)
{
    if (CLASSES > 1)
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
    NoteTurn(link, priority);
    return m_classes[link].Take(m_packets, priority);
}

/// Whether a pause holds a host's ACKs.
template <class Rules>
inline bool PacketEngine<Rules>::HoldsAcks(LinkId link) const
{
    return IsPaused(link, CLASSES > 1 ? DEFAULT_CLASS : 0);
}

} // namespace ns3::m3

#endif // M3_CLASSES_H
