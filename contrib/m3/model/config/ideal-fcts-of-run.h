// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_IDEAL_FCTS_OF_RUN_H
#define M3_IDEAL_FCTS_OF_RUN_H

#include "ns3/m3-rdma-config.h"

#include "fabric/ideal-fct.h"
#include "fabric/ideal-over-paths.h"

#include <cstdint>

namespace ns3::m3
{

/// Returns the ideal FCT of a flow under a configuration: IdealFctNs() of its route, or, where the load balancing
/// chooses among all shortest paths, IdealFctOverPathsNs(). \param route that its hash gives
inline int64_t IdealFctUnder(const RdmaConfig& config,
                             const FabricGraph& fabric,
                             const RouteTable& routes,
                             const Route& route,
                             uint64_t sizeBytes)
{
    return config.loadBalancing == LoadBalancingType::ECMP
               ? IdealFctNs(fabric, route, sizeBytes, config.Format(), routes.Mode())
               : IdealFctOverPathsNs(fabric, routes, route, sizeBytes, config.Format());
}

/// \ingroup m3-config
/// IdealFctUnder() of successive flows of a list.
class IdealFctsOfRun
{
  public:
    /// Before the first flow. All must outlive it.
    IdealFctsOfRun(const FabricGraph& fabric, const RouteTable& routes, const RdmaConfig& config)
        : m_fabric(fabric),
          m_table(routes),
          m_config(config),
          m_routes(routes)
    {
    }

    /// Returns the ideal FCT of the next flow of the list. \throws InputError if unreachable
    int64_t NextNs(NodeId src, NodeId dst, uint64_t sizeBytes, uint16_t dstPort = RouteKey().dstPort)
    {
        m_routes.Next(src, dst, m_route, dstPort);
        return IdealFctUnder(m_config, m_fabric, m_table, m_route, sizeBytes);
    }

  private:
    const FabricGraph& m_fabric;
    const RouteTable& m_table;
    const RdmaConfig& m_config;
    RoutesOfFlows m_routes;
    Route m_route; //!< of the last flow
};

} // namespace ns3::m3

#endif // M3_IDEAL_FCTS_OF_RUN_H
