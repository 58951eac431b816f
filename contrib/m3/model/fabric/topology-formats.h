// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_TOPOLOGY_FORMATS_H
#define M3_TOPOLOGY_FORMATS_H

#include "core/file-format.h"
#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-text-file.h"

#include <string>

namespace ns3::m3
{

/// A reader of ReadTopologyFile().
using TopologyReader = FabricGraph(const std::string& file, InputNotes* notes);

// The reader of each format, from a file of its name. A new one gets a line here and in TOPOLOGY_FORMATS.
TopologyReader ReadHpccTopology; //!< hpcc-topology.cc

/// All formats of topology files.
inline constexpr FileFormat<TopologyReader> TOPOLOGY_FORMATS[] = {
    {"the HPCC simulator's format", "", ReadHpccTopology},
};

} // namespace ns3::m3

#endif // M3_TOPOLOGY_FORMATS_H
