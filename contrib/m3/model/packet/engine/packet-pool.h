// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PACKET_POOL_H
#define M3_PACKET_POOL_H

#include "ns3/m3-packet-observer.h"
#include "ns3/m3-telemetry.h"
#include "route-stops.h"

#include <cstdint>
#include <limits>
#include <vector>

namespace ns3::m3
{

using PacketIndex = uint32_t;                                                     //!< a packet's place in the pool
inline constexpr PacketIndex NO_PACKET = std::numeric_limits<PacketIndex>::max(); //!< ends a queue

inline constexpr LinkId NO_LINK = std::numeric_limits<LinkId>::max(); //!< of a packet that its host has made

/**
 * \ingroup m3-packet
 * A frame in the network, 32 bytes. A data packet turns into its own ACK at the receiver.
 */
struct EnginePacket
{
    uint64_t seq;         //!< data: first payload byte; ACK, NACK: next expected byte; PFC: as FrameInfo::seq
    StopIndex nextStop;   //!< of its route, after the port that it waits at
    LinkId link;          //!< that it came over last, or is on
    PacketIndex next;     //!< in its port queue, or in the free list
    uint32_t queuePair;   //!< slot
    uint32_t sentNs;      //!< when the data packet was built, modulo 2^32
    uint16_t wireBytes;   //!< headers included
    PacketKind kind;      //!< what it is now
    bool ecn : 1;         //!< data: congestion experienced; ACK: echo
    bool ackMarked : 1;   //!< ACK, NACK: a switch has marked it, which only observers see
    uint8_t priority : 6; //!< class; only where flows are of several
};

static_assert(sizeof(EnginePacket) == 32, "two packets share a cache line");

/**
 * \ingroup m3-packet
 * All packets of a run in one array, freed ones last in, first out, so that they stay in the cache.
 */
class PacketPool
{
  public:
    /// \param hops telemetry records per packet, 0 for none
    explicit PacketPool(uint32_t hops)
        : m_hops(hops)
    {
    }

    /// \return a packet with whatever the last one left in it
    PacketIndex Allocate()
    {
        if (m_free == NO_PACKET)
        {
            m_packets.emplace_back();
            m_telemetryCount.resize(m_hops ? m_packets.size() : 0);
            m_telemetry.resize(m_packets.size() * m_hops);
            return static_cast<PacketIndex>(m_packets.size() - 1);
        }
        const PacketIndex index = m_free;
        m_free = m_packets[index].next;
        return index;
    }

    /// Gives a packet back.
    void Free(PacketIndex index)
    {
        m_packets[index].next = m_free;
        m_free = index;
    }

    /// The packet itself; valid until the next Allocate().
    EnginePacket& operator[](PacketIndex index)
    {
        return m_packets[index];
    }

    /// The same, to look at.
    const EnginePacket& operator[](PacketIndex index) const
    {
        return m_packets[index];
    }

    /// Forgets its records.
    void ClearTelemetry(PacketIndex index)
    {
        if (m_hops)
        {
            m_telemetryCount[index] = 0;
        }
    }

    /// Adds a hop's record. Beyond the room there is, none is of use any more.
    void AddTelemetry(PacketIndex index, const TelemetryRecord& record)
    {
        m_telemetry[index * std::size_t{m_hops} + m_telemetryCount[index]++ % m_hops] = record;
    }

    /// PINT: raises the packet's only record to a logarithm.
    void RaiseLogarithm(PacketIndex index, uint32_t logarithm, LinkId link)
    {
        TelemetryRecord& record = m_telemetry[index * std::size_t{m_hops}];
        if (m_telemetryCount[index] == 0 || record.queueBytes < logarithm)
        {
            record = {0, 0, 0, logarithm, link};
        }
        m_telemetryCount[index] = 1;
    }

    /// Its records, in the order of its hops.
    const TelemetryRecord* Telemetry(PacketIndex index) const
    {
        return &m_telemetry[index * std::size_t{m_hops}];
    }

    /// How many records it has; none where it has met more hops than there is room for.
    uint32_t TelemetryCount(PacketIndex index) const
    {
        return m_hops && m_telemetryCount[index] <= m_hops ? m_telemetryCount[index] : 0;
    }

    /// Makes room for more hops per packet.
    void GrowTelemetry(uint32_t hops)
    {
        std::vector<TelemetryRecord> grown(m_packets.size() * hops);
        for (std::size_t packet = 0; packet < m_packets.size(); packet++)
        {
            for (uint32_t hop = 0; hop < m_hops; hop++)
            {
                grown[packet * hops + hop] = m_telemetry[packet * m_hops + hop];
            }
        }
        m_telemetryCount.resize(m_packets.size());
        m_telemetry = std::move(grown);
        m_hops = hops;
    }

    /// Records that a packet has room for.
    uint32_t TelemetryHops() const
    {
        return m_hops;
    }

  private:
    std::vector<EnginePacket> m_packets;
    PacketIndex m_free = NO_PACKET;
    uint32_t m_hops;
    std::vector<uint8_t> m_telemetryCount;
    std::vector<TelemetryRecord> m_telemetry; //!< [packet][hop]
};

} // namespace ns3::m3

#endif // M3_PACKET_POOL_H
