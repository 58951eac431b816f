// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_ROUTES_OF_FLOWS_H
#define M3_ROUTES_OF_FLOWS_H

#include "ns3/m3-routes.h"

#include <unordered_map>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-fabric
/// Route keys of a flow list, flow by flow: counts the flow ids of `STANDARD` and the source ports of `HPCC` mode.
class RoutesOfFlows
{
  public:
    /// Before the first flow. \param routes must outlive it \param keys of the flows where the list is not what they
    /// are counted in, null where it is; they must outlive it
    explicit RoutesOfFlows(const RouteTable& routes, const std::vector<RouteKey>* keys = nullptr)
        : m_routes(routes),
          m_keys(keys)
    {
    }

    /// Key of the next flow of the list. \param dstPort its UDP port at the destination
    RouteKey NextKey(NodeId src, NodeId dst, uint16_t dstPort = RouteKey().dstPort)
    {
        if (m_keys)
        {
            return (*m_keys)[m_nextId++];
        }
        constexpr uint16_t FIRST_PORT = 10000;
        uint16_t& used = m_ports[static_cast<uint64_t>(src) << 32 | dst];
        return {src, dst, m_nextId++, static_cast<uint16_t>(FIRST_PORT + used++), dstPort};
    }

    /**
     * Data route of the next flow of the list. Where routes do not depend on ports, it counts none: its memory does not
     * grow with the pairs seen.
     * \pre NextKey is not used for other flows of the list
     * \throws InputError if unreachable
     */
    void Next(NodeId src, NodeId dst, Route& route, uint16_t dstPort = RouteKey().dstPort)
    {
        m_routes.DataRoute(m_keys || m_routes.HashesPorts() ? NextKey(src, dst, dstPort)
                                                            : RouteKey{src, dst, m_nextId++},
                           route);
    }

  private:
    const RouteTable& m_routes;
    const std::vector<RouteKey>* m_keys;
    uint64_t m_nextId = 0;
    std::unordered_map<uint64_t, uint16_t> m_ports; //!< flows so far by ordered pair
};

} // namespace ns3::m3

#endif // M3_ROUTES_OF_FLOWS_H
