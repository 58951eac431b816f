// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_TRANSPORT_CONFIG_H
#define M3_TRANSPORT_CONFIG_H

#include "ns3/m3-link-timing.h"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace ns3::m3
{

inline constexpr int64_t MAX_BASE_RTT_NS = 1'000'000'000'000'000; //!< largest base RTT: 11 days

/// Recoveries from losses.
enum class RecoveryType : uint8_t
{
    GO_BACK_N = 0,        //!< the receiver takes packets in order only; what comes after a lost one is sent again
    SELECTIVE_REPEAT = 1, //!< the receiver keeps what it has; only what is lost is sent again
    REGISTERED = 128      //!< first value of registered ones (AddRecovery)
};

/// The shortest retransmission timeout.
inline constexpr int64_t MIN_RTO_NS = 1'000'000;

/// Retransmission timeout of a sender of `STANDARD` mode that has not measured an RTT yet. \param baseRttNs of the pair
inline int64_t RetransmissionTimeoutNs(int64_t baseRttNs)
{
    return std::max(MIN_RTO_NS, 3 * baseRttNs);
}

/**
 * How senders work, whatever their congestion control. Names, units, ranges and defaults of the values stand in
 * TransportParameters(). \ingroup m3-config
 */
struct TransportConfig
{
    uint32_t payloadBytes = MTU_PAYLOAD_BYTES; //!< of a full packet, 64 to 9216
    /// A receiver sends an ACK once it has so many bytes more, and at the end of a flow; up to payloadBytes: for every
    /// packet. A window holds at least so many. `HPCC` mode has that simulator's rule (docs/packet-engine.md).
    uint64_t ackIntervalBytes = 1;
    uint64_t ackChunkBytes = 4000; //!< `HPCC` mode: a receiver also sends an ACK at each multiple of it
    int64_t hostDelayNs = 0; //!< `STANDARD` mode: from the arrival of a packet at a host until the host knows of it
    std::optional<uint64_t> windowBytes; //!< W0; 0: no window; unset: BDP of the largest base RTT at the NIC's rate
    bool variableWindow = true;          //!< window follows the current rate
    std::optional<int64_t> baseRttNs;    //!< unset: the fabric's largest
    bool perPairWindow = false;          //!< base RTT and default window of the flow's own pair
    std::optional<uint64_t> minRateBps;  //!< unset: the NIC's rate / 100
    std::optional<uint64_t> maxRateBps;  //!< cap of a flow's sending rate; unset: the NIC's rate
    bool rateBound = true;               //!< pace by the current rate, not by the cap
    /// `HPCC` mode: events of one ns run in the order of a parallel run of ns-3 (docs/packet-engine.md), in which an
    /// application posts a flow this long before the flow starts; unset: in the order of a sequential run.
    std::optional<int64_t> parallelPostNs;
    bool ackHighPriority = false; //!< ACKs at hosts are not held by a pause of the data class
    /// `STANDARD` mode: what is sent again after a loss; `HPCC` mode has go-back-N.
    RecoveryType recovery = RecoveryType::GO_BACK_N;
};

} // namespace ns3::m3

#endif // M3_TRANSPORT_CONFIG_H
