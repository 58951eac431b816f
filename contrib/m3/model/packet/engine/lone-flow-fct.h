// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_LONE_FLOW_FCT_H
#define M3_LONE_FLOW_FCT_H

#include "ns3/m3-rdma-config.h"

#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-routes.h"

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace ns3::m3
{

/**
 * \ingroup m3-packet
 * Slowdowns of flows that meet no other flow. Where neither window nor congestion control holds a flow back (DCTCP,
 * DCQCN, TIMELY or none, a window of at least a bandwidth-delay product, no link slower than the NIC), the slowdown
 * is 1. Otherwise the packet engine runs the flow alone on its route, once for flows and routes that are alike: flows
 * with the same number of packets and the last one filled alike, beyond 100 packets sizes within a sixteenth of a power
 * of 2, beyond 16 MB all.
 */
class LoneFlowFct
{
  public:
    /// \param config resolved for the fabric. All must outlive this object.
    LoneFlowFct(const FabricGraph& fabric, const RouteTable& routes, const RdmaConfig& config);

    /**
     * Gives the slowdown of a flow on a route, at least 1; NaN if the flow does not end. Links of the route are taken
     * to lose no packets. Not safe to call from several threads at once.
     */
    double Slowdown(uint64_t sizeBytes, const Route& route);

  private:
    bool IsHeldBack(const Route& route) const;
    double RunAlone(uint64_t sizeBytes, const Route& route) const;

    const FabricGraph& m_fabric;
    const RouteTable& m_routes;
    const RdmaConfig& m_config;
    std::map<std::pair<std::vector<uint64_t>, uint64_t>, double> m_known; //!< by kind of route and size
};

} // namespace ns3::m3

#endif // M3_LONE_FLOW_FCT_H
