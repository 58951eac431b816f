// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_ROUTE_ERRORS_H
#define M3_ROUTE_ERRORS_H

#include "ns3/m3-fabric-graph.h"

#include <string>

namespace ns3::m3
{

/// Message for two hosts without a route, as in "no path from host 5 to host 0". It says so where the links do join
/// them but only by way of other hosts, which do not forward. \pre both are hosts of the fabric
std::string NoPathText(const FabricGraph& fabric, NodeId src, NodeId dst);

/// Message for a node that cannot have flows: a switch, or none of the fabric.
std::string NoHostText(const FabricGraph& fabric, NodeId node);

} // namespace ns3::m3

#endif // M3_ROUTE_ERRORS_H
