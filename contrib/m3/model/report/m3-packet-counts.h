// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PACKET_COUNTS_H
#define M3_PACKET_COUNTS_H

#include <cstdint>
#include <string>

namespace ns3::m3
{

/// \ingroup m3-report
/// Numbers of retransmitted and lost packets of one or several packet-level runs.
struct PacketCounts
{
    uint64_t retransmissions = 0; //!< data packets that a sender sent again
    uint64_t switchDrops = 0;     //!< packets dropped by switches whose buffer was full
    uint64_t linkLosses = 0;      //!< packets lost on links, by their error rate or while they were down

    /// Adds those of another run.
    PacketCounts& operator+=(const PacketCounts& other)
    {
        retransmissions += other.retransmissions;
        switchDrops += other.switchDrops;
        linkLosses += other.linkLosses;
        return *this;
    }
};

/// "3 packets sent again, 2 dropped by switches, 0 lost on links"; of none, "no packet lost or sent again".
inline std::string PacketCountsText(const PacketCounts& counts)
{
    if (counts.retransmissions + counts.switchDrops + counts.linkLosses == 0)
    {
        return "no packet lost or sent again";
    }
    return std::to_string(counts.retransmissions) + (counts.retransmissions == 1 ? " packet" : " packets") +
           " sent again, " + std::to_string(counts.switchDrops) + " dropped by switches, " +
           std::to_string(counts.linkLosses) + " lost on links";
}

} // namespace ns3::m3

#endif // M3_PACKET_COUNTS_H
