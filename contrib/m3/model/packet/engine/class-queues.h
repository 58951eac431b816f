// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_CLASS_QUEUES_H
#define M3_CLASS_QUEUES_H

#include "packet-pool.h"

#include "ns3/m3-traffic-classes.h"

#include <cstdint>

namespace ns3::m3
{

inline constexpr uint32_t NO_CLASS = PRIORITY_CLASSES; //!< of nothing that may be sent

/**
 * \ingroup m3-packet
 * The queues of a port where flows are of several classes, one each; at hosts, those of ACKs. Who serves them is in
 * classes.h.
 */
struct alignas(64) ClassQueues
{
    PacketIndex head[PRIORITY_CLASSES];     //!< valid where `waiting` has the class
    PacketIndex tail[PRIORITY_CLASSES];     //!< the same
    uint64_t bytes[PRIORITY_CLASSES] = {};  //!< in the queue
    int32_t credit[PRIORITY_CLASSES] = {};  //!< bytes that a class may still send in its turn
    uint8_t waiting = 0;                    //!< bit per class: its queue is not empty
    uint8_t paused = 0;                     //!< bit per class: paused by the neighbour
    uint8_t last = 0;                       //!< class that had the last turn
    uint8_t passed = 0;                     //!< at hosts that forward, bit per class: what was sent last was in transit
    uint32_t served[PRIORITY_CLASSES] = {}; //!< at hosts: place of the queue pair that had its class's last turn

    /// Appends a packet to a class's queue.
    void Append(PacketPool& packets, uint32_t priority, PacketIndex packet)
    {
        packets[packet].next = NO_PACKET;
        if ((waiting >> priority & 1U) != 0)
        {
            packets[tail[priority]].next = packet;
        }
        else
        {
            head[priority] = packet;
            waiting = static_cast<uint8_t>(waiting | 1U << priority);
        }
        tail[priority] = packet;
    }

    /// Takes the first packet from a class's queue, which has one.
    PacketIndex Take(const PacketPool& packets, uint32_t priority)
    {
        const PacketIndex packet = head[priority];
        head[priority] = packets[packet].next;
        if (head[priority] == NO_PACKET)
        {
            waiting = static_cast<uint8_t>(waiting & ~(1U << priority));
        }
        return packet;
    }

    /// \return the first class of a mask after the one that had the last turn, in a circle \pre `ready` is not 0
    uint32_t NextInTurn(uint32_t ready) const
    {
        const uint32_t twice = (ready | ready << PRIORITY_CLASSES) >> (last + 1U);
        return (static_cast<uint32_t>(__builtin_ctz(twice)) + last + 1U) % PRIORITY_CLASSES;
    }
};

/**
 * \ingroup m3-packet
 * Rules of an engine that tells flows of several classes apart.
 * \tparam Base rules otherwise
 */
template <class Base>
class OfClasses : public Base
{
  public:
    using Base::Base;

    static constexpr uint32_t CLASSES = PRIORITY_CLASSES; //!< that flows are told apart by
};

/**
 * \ingroup m3-packet
 * Rules of an engine whose switches may cut through (NodeTiming::cutThroughBytes) and whose hosts may forward.
 * \tparam Base rules otherwise, of several classes
 */
template <class Base>
class OfAnyNodes : public Base
{
  public:
    using Base::Base;

    static constexpr bool ANY_NODES = true; //!< switches may cut through, hosts may forward
};

/**
 * \ingroup m3-packet
 * Rules of an engine whose load balancing and recovery are strategies.
 * \tparam Base rules otherwise
 */
template <class Base>
class OfStrategies : public Base
{
  public:
    using Base::Base;

    static constexpr bool STRATEGIES = true; //!< load balancing and recovery are strategies
};

} // namespace ns3::m3

#endif // M3_CLASS_QUEUES_H
