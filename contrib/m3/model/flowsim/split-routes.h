// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_SPLIT_ROUTES_H
#define M3_SPLIT_ROUTES_H

#include "fluid-flow.h"

#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-flow.h"
#include "ns3/m3-routes.h"

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace ns3::m3
{

/**
 * \ingroup m3-flowsim
 * Flows that use all their shortest paths: at each switch, what comes for a host divides equally over the next hops, as
 * packets do that are sprayed. A flow stays at the NIC that its hash gives.
 *
 * Links that the same flows need the same shares of are equally tight where they have the same rate: one stands for all
 * of them. In a Clos network a flow has one link per stage left.
 */
class SplitRoutes
{
  public:
    /// \param fabric, routes must outlive it \param flows whose links it can tell
    SplitRoutes(const FabricGraph& fabric, const RouteTable& routes, const FlowList& flows);

    /// Sets the links of a flow and its shares of them. \param route that its hash gives
    void Split(const Route& route, FluidFlow& fluid) const;

  private:
    using Ends = std::pair<NodeId, NodeId>; //!< after a flow's first link, and before the only link of its receiver

    /// A link with the share of a flow that needs it.
    struct Part
    {
        LinkId link;
        double share;
    };

    static Ends EndsOf(const FabricGraph& fabric, const Route& route);
    std::vector<Part> PartsOf(const Route& route) const;

    const FabricGraph& m_fabric;
    const RouteTable& m_routes;
    std::map<Ends, std::vector<Part>> m_parts;
};

} // namespace ns3::m3

#endif // M3_SPLIT_ROUTES_H
