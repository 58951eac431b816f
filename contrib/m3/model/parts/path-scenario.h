// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PATH_SCENARIO_H
#define M3_PATH_SCENARIO_H

#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-flow.h"
#include "ns3/m3-routes.h"

#include <cstdint>
#include <vector>

namespace ns3::m3
{

/**
 * \ingroup m3-parts
 * One path of a network cut out with the traffic that touches it: a small fabric with flows, which flowSim and the
 * packet engine run like any other (m3, SIGCOMM 2024, section 3.1).
 */
struct PathScenario
{
    FabricGraph fabric;                 //!< the path, its access switches and stub hosts
    FlowList flows;                     //!< foreground and background, ascending by start
    std::vector<uint8_t> foreground;    //!< per flow: 1 if it takes the whole path from first to last host
    std::vector<uint32_t> enters;       //!< per flow: position on the path, 0 for its first host, where it enters
    std::vector<uint32_t> leaves;       //!< per flow: position where it leaves, links of the path at most
    std::vector<uint32_t> originalFlow; //!< per flow: its id in the network
    std::vector<LinkId> links;          //!< links in `fabric` of all routes; there is one between any two nodes
    std::vector<std::size_t> linkBegin; //!< per flow: the first of its route in `links`; last, the end
    std::vector<NodeId> originalNode;   //!< per node: the node of the network that it stands for
    std::vector<Route> originalLinks;   //!< per link: those of the network that it stands for
    Route path;                         //!< the path's links in `fabric`, from source host to destination host

    /// The links that a flow takes in `fabric`, written to `route`.
    void RouteOf(std::size_t flow, Route& route) const
    {
        route.assign(links.data() + linkBegin[flow], links.data() + linkBegin[flow + 1]);
    }
};

} // namespace ns3::m3

#endif // M3_PATH_SCENARIO_H
