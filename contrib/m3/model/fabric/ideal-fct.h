// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_IDEAL_FCT_H
#define M3_IDEAL_FCT_H

#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-link-timing.h"
#include "routes-of-flows.h"

#include <algorithm>
#include <cstdint>
#include <functional>

namespace ns3::m3
{

inline constexpr int64_t MAX_IDEAL_NS = 100'000'000'000'000'000; //!< longest ideal FCT: three years

/**
 * Returns FCT / ideal FCT. In `HPCC` mode a flow of a few bytes on very fast links may take 0 ns; it counts as 1 ns, as
 * its ideal FCT does. \param fctNs of the packet engine \param idealNs IdealFctNs of the flow
 */
inline double SlowdownOf(int64_t fctNs, int64_t idealNs)
{
    return static_cast<double>(std::max<int64_t>(1, fctNs)) / static_cast<double>(idealNs);
}

/**
 * Time from the start of a flow to its last byte at the receiver in an empty network: its packets pass
 * over its own route, stored and forwarded unless switches cut through, no window limit. The denominator of every
 * slowdown.
 *
 * The longest chain through packets 1..n and links 1..J: n - 1 equal packets queue at the slowest link and the last,
 * maybe shorter packet follows. `HPCC`: each transmission rounded as HpccTxTimeNs, exact. `STANDARD`: back-to-back
 * transmissions of a link rounded up together as StandardTxTimeNs, a bound that no run of the packet engine goes below
 * and that an idle network meets within 1 ns a hop. Where switches cut through, a packet goes on to the next link once
 * NodeTiming::BytesBeforeSending() are there; processing delays add to those of links.
 *
 * \param sizeBytes payload, above 0
 * \param format of its packets
 * \return ns, at least 1: in `HPCC` mode, where times below 1 ns are cut off, 1 where nothing is left
 * \throws InputError if it is more than MAX_IDEAL_NS
 */
int64_t IdealFctNs(const FabricGraph& fabric,
                   const Route& route,
                   uint64_t sizeBytes,
                   const PacketFormat& format,
                   EngineMode mode);

/// \ingroup m3-fabric
/// IdealFctNs of successive flows of a list, each on its own route.
class IdealFctsOfFlows
{
  public:
    /// Before the first flow. Fabric and routes must outlive it. \param format as of IdealFctNs
    IdealFctsOfFlows(const FabricGraph& fabric, const RouteTable& routes, const PacketFormat& format)
        : m_fabric(fabric),
          m_mode(routes.Mode()),
          m_format(format),
          m_routes(routes)
    {
    }

    /// Returns the ideal FCT of the next flow of the list. \throws InputError if unreachable
    int64_t NextNs(NodeId src, NodeId dst, uint64_t sizeBytes, uint16_t dstPort = RouteKey().dstPort)
    {
        m_routes.Next(src, dst, m_route, dstPort);
        return IdealFctNs(m_fabric, m_route, sizeBytes, m_format, m_mode);
    }

  private:
    const FabricGraph& m_fabric;
    EngineMode m_mode;
    PacketFormat m_format;
    RoutesOfFlows m_routes;
    Route m_route; //!< of the last flow
};

/**
 * Base round-trip time of a route: propagation, processing and transmission of one full data packet there and one ACK
 * back, stored and forwarded unless switches cut through, in ns.
 * \param ackBytes wire size of an ACK
 */
int64_t BaseRttNs(const FabricGraph& fabric, const Route& route, const PacketFormat& format, uint32_t ackBytes);

/// \ingroup m3-fabric
/// A link of a route as its base RTT needs it.
struct RttHop
{
    uint64_t bitsPerSecond;     //!< rate of data
    uint64_t backBitsPerSecond; //!< rate of ACKs
    int64_t delaysNs;           //!< of the link and of the nodes that it leads to, there and back
};

/// BaseRttNs() of a route that is given link by link.
int64_t BaseRttOfHops(const RttHop* hops, std::size_t count, const PacketFormat& format, uint32_t ackBytes);

/// Returns the delay of a link and of the node that it leads to, ns.
inline int64_t HopDelayNs(const FabricGraph& fabric, const FabricLink& link, const NodeTiming& nodes)
{
    return link.delayNs + (fabric.IsHost(link.to) ? nodes.hostDelayNs : nodes.switchDelayNs);
}

/// Returns the rate of the slowest link of a route, bit/s.
uint64_t BottleneckRate(const FabricGraph& fabric, const Route& route);

/// Returns the maximum BaseRttNs over all pairs of hosts (the first route of each).
int64_t
MaxBaseRttNs(const FabricGraph& fabric, const RouteTable& routes, const PacketFormat& format, uint32_t ackBytes);

} // namespace ns3::m3

#endif // M3_IDEAL_FCT_H
