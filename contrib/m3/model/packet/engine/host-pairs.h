// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_HOST_PAIRS_H
#define M3_HOST_PAIRS_H

#include "engine-state.h"

#include "ns3/m3-routes.h"

#include <cstdint>
#include <map>
#include <unordered_map>
#include <vector>

namespace ns3::m3
{

/**
 * \ingroup m3-packet
 * The queue pairs of each host as the HPCC simulator keeps them: in a hash table by receiver, source port and class. It
 * deals them out to the NICs in the order of that table when a link goes down, and each may send as soon as it is dealt
 * out, so that the order shows in what they send next. The table is that of the standard library that the published
 * outputs were made with, GCC's, hence is one here.
 */
class HostPairs
{
  public:
    /// A queue pair starts.
    void Add(const RouteKey& key, uint32_t priority, PairSlot slot)
    {
        m_pairsOf[key.src][TableKey(key, priority)] = slot;
        m_keyOf[slot] = {key, priority};
    }

    /// A queue pair ends.
    void Remove(PairSlot slot)
    {
        const auto& [key, priority] = m_keyOf.at(slot);
        m_pairsOf[key.src].erase(TableKey(key, priority));
        m_keyOf.erase(slot);
    }

    /// \return those of a host in the order of its table
    std::vector<PairSlot> Of(NodeId host) const
    {
        std::vector<PairSlot> pairs;
        if (const auto found = m_pairsOf.find(host); found != m_pairsOf.end())
        {
            for (const auto& [key, slot] : found->second)
            {
                pairs.push_back(slot);
            }
        }
        return pairs;
    }

    /// \return what the route of a queue pair that has not ended is hashed from
    const RouteKey& KeyOf(PairSlot slot) const
    {
        return m_keyOf.at(slot).first;
    }

  private:
    static uint64_t TableKey(const RouteKey& key, uint32_t priority)
    {
        const uint64_t address = 0x0b000001U + (key.dst / 256 << 16) + (key.dst % 256 << 8);
        return address << 32 | uint64_t{key.srcPort} << 16 | priority;
    }

    std::map<NodeId, std::unordered_map<uint64_t, PairSlot>> m_pairsOf; //!< per host
    std::unordered_map<PairSlot, std::pair<RouteKey, uint32_t>> m_keyOf;
};

} // namespace ns3::m3

#endif // M3_HOST_PAIRS_H
