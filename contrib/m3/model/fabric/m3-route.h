// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_ROUTE_H
#define M3_ROUTE_H

#include "ns3/m3-fabric-graph.h"

#include <boost/container/small_vector.hpp>

namespace ns3::m3
{

/// Directed links from source to destination, in order; at least one. Up to six, as between hosts of a three-tier
/// fabric, need no allocation.
using Route = boost::container::small_vector<LinkId, 6>;

} // namespace ns3::m3

#endif // M3_ROUTE_H
