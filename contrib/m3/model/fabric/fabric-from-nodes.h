// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FABRIC_FROM_NODES_H
#define M3_FABRIC_FROM_NODES_H

#include "ns3/m3-fabric-graph.h"

#include "ns3/node-container.h"

namespace ns3::m3
{

/**
 * Reads the fabric back from ns-3 objects. FabricGraph node i is nodes.Get(i). Every channel that joins two devices of
 * these nodes becomes a link: rate from the device's `DataRate` attribute, delay from the channel's `Delay` attribute
 * (rounded to 1 ns), so this module's RdmaNetDevice and stock PointToPointNetDevice both work. A node's ports are
 * numbered in the order of its devices. A node with one link is a host, any other node with links a switch, unless it
 * carries a FabricRole. What else the devices and applications of the nodes have, and no engine takes into account,
 * becomes Remarks() of the graph (stock-parts.h).
 * \throws InputError for a device without these attributes, a channel that leaves the container, unequal rates or
 * error rates of the two ends, a node without a link, a node that is in the container twice, and as
 * StockParts::LookAtDevice
 */
FabricGraph ReadFabric(const NodeContainer& nodes);

} // namespace ns3::m3

#endif // M3_FABRIC_FROM_NODES_H
