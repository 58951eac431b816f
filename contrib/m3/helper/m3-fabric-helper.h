// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FABRIC_HELPER_H
#define M3_FABRIC_HELPER_H

#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-fabric-shapes.h"
#include "ns3/m3-text-file.h"
#include "ns3/node-container.h"

#include <string>

namespace ns3::m3
{

/**
 * \ingroup m3-helper
 * Builds networks as ns-3 Nodes, RdmaNetDevices and RdmaChannels. Node i of the container is node i of the shape, so
 * ReadFabric() gives the same fabric back.
 *
 * \code
 *   NodeContainer nodes = FabricHelper::ThreeTier({});   // 64 hosts
 * \endcode
 */
class FabricHelper
{
  public:
    /// Builds a three-tier fabric. \throws InputError as MakeThreeTier
    static NodeContainer ThreeTier(const ThreeTierShape& shape);

    /// Builds a leaf-spine fabric. \throws InputError as MakeLeafSpine
    static NodeContainer LeafSpine(const LeafSpineShape& shape);

    /// Builds the network of a topology file in the HPCC simulator's format. Parameters and errors are those of
    /// ReadTopologyFile.
    static NodeContainer FromFile(const std::string& topologyFile, InputNotes* notes = nullptr);

    /// Builds the network of a graph.
    static NodeContainer Install(const FabricGraph& fabric);
};

} // namespace ns3::m3

#endif // M3_FABRIC_HELPER_H
