// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_LINK_TIMING_H
#define M3_LINK_TIMING_H

#include "ns3/m3-engine-mode.h"

#include <cstdint>

namespace ns3::m3
{

/// For products of 64-bit numbers; every compiler of ns-3 has it, though ISO C++ does not.
__extension__ using Uint128 = unsigned __int128;

/// Payload bytes of a full packet, unless a configuration says otherwise.
inline constexpr uint32_t MTU_PAYLOAD_BYTES = 1000;

/// Bytes on the wire of a data packet besides payload and telemetry: 14 L2 + 20 IP + 8 UDP + 6 transport.
inline constexpr uint32_t DATA_HEADER_BYTES = 48;

/// The same with the largest telemetry, HPCC's 42 bytes.
inline constexpr uint32_t MAX_HEADER_BYTES = DATA_HEADER_BYTES + 42;

/// How nodes take packets on. The members as they are: store and forward, without a delay.
struct NodeTiming
{
    int64_t switchDelayNs = 0; //!< from a packet's arrival at a switch until it may leave, ns
    int64_t hostDelayNs = 0;   //!< from a packet's arrival at a host until the host knows of it, ns
    /// Bytes of a packet after which a switch may send it on, where the link that it leaves by is not faster than the
    /// one that it comes by; 0: none, all of it has to be there.
    uint64_t cutThroughBytes = 0;

    /// Whether nodes store packets and forward them without a delay.
    constexpr bool IsPlain() const
    {
        return switchDelayNs == 0 && hostDelayNs == 0 && cutThroughBytes == 0;
    }

    /// Returns the bytes of a packet that a switch waits for. \param bytes of the packet \param inBps, outBps rates of
    /// the links that it comes and leaves by
    constexpr uint64_t BytesBeforeSending(uint64_t bytes, uint64_t inBps, uint64_t outBps) const
    {
        return cutThroughBytes > 0 && cutThroughBytes < bytes && outBps <= inBps ? cutThroughBytes : bytes;
    }

    /// Whether all members are equal.
    constexpr bool operator==(const NodeTiming& other) const
    {
        return switchDelayNs == other.switchDelayNs && hostDelayNs == other.hostDelayNs &&
               cutThroughBytes == other.cutThroughBytes;
    }
};

/// Sizes of a full data packet and how nodes take packets on. A number alone is that of the headers, with the usual
/// payload and nodes.
struct PacketFormat
{
    /// \param header bytes, telemetry included \param payload bytes, above 0
    constexpr PacketFormat(uint32_t header, uint32_t payload = MTU_PAYLOAD_BYTES, const NodeTiming& timing = {})
        : headerBytes(header),
          payloadBytes(payload),
          nodes(timing)
    {
    }

    uint32_t headerBytes;  //!< on the wire beside the payload, telemetry included
    uint32_t payloadBytes; //!< at most; the last packet of a flow carries what is left
    NodeTiming nodes;      //!< how nodes take packets on

    /// Bytes of a full packet on the wire.
    constexpr uint32_t WireBytes() const
    {
        return payloadBytes + headerBytes;
    }

    /// Whether sizes and timing are equal.
    constexpr bool operator==(const PacketFormat& other) const
    {
        return headerBytes == other.headerBytes && payloadBytes == other.payloadBytes && nodes == other.nodes;
    }
};

/// Packets of a flow: ceil(size / payload). \pre sizeBytes > 0
inline uint64_t PacketCount(uint64_t sizeBytes, uint32_t payloadBytes = MTU_PAYLOAD_BYTES)
{
    return (sizeBytes + payloadBytes - 1) / payloadBytes;
}

/// Payload and headers of a whole flow, in bytes.
inline uint64_t WireBytes(uint64_t sizeBytes, const PacketFormat& format)
{
    return sizeBytes + PacketCount(sizeBytes, format.payloadBytes) * format.headerBytes;
}

/**
 * Seconds as a double to ns as the HPCC simulator converts them (ns-3.17's 64.64 fixed point, truncated):
 * hi = floor(x), lo = floor((x - hi) * 2^64), result = ((hi * 2^64 + lo) * 10^9) >> 64.
 * \pre seconds >= 0
 */
int64_t HpccSecondsToNs(double seconds);

/**
 * Time to put bytes on a wire in `HPCC` mode: HpccSecondsToNs(bytes * 8.0 / bitsPerSecond), so exact multiples of
 * 1 ns come out 1 ns short.
 */
int64_t HpccTxTimeNs(uint64_t bytes, uint64_t bitsPerSecond);

/**
 * Time to put `bytes` back to back on a wire that was idle before, in `STANDARD` mode: ceil(8e9 * bytes /
 * bitsPerSecond). A port carries the part below 1 ns over while it stays busy, so the sum over the packets of a busy
 * period is this value for the sum of their bytes.
 */
int64_t StandardTxTimeNs(uint64_t bytes, uint64_t bitsPerSecond);

} // namespace ns3::m3

#endif // M3_LINK_TIMING_H
