// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FLOW_UNDER_WAY_H
#define M3_FLOW_UNDER_WAY_H

#include <cstdint>
#include <vector>

namespace ns3::m3
{

/**
 * \ingroup m3-packet
 * How far a flow in mid-transfer has come: what a run says of the flows that its stop time cut off
 * (PacketResult::underWay), and what another run begins with (PacketRunOptions::underWay).
 */
struct FlowUnderWay
{
    uint32_t flow = 0; //!< Index in the flow list.
    /// Payload bytes that have been sent, whether they are there or on their way; below the flow's size. The transfer
    /// goes on with the next one, as if all before had arrived.
    uint64_t sentBytes = 0;
    uint64_t rateBps = 0;             //!< Sending rate, bit/s, of payload and headers; 0: that of a flow that starts.
    std::vector<double> controlState; //!< CongestionControl::State() at that time; empty: not known.
    /// First bytes of the packets before sentBytes that are to be sent again (Recovery::Missing()), ascending; empty:
    /// none, as always with go-back-N, whose sentBytes ends before them.
    std::vector<uint64_t> missing = {};
};

} // namespace ns3::m3

#endif // M3_FLOW_UNDER_WAY_H
