// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_TOPOLOGY_FILE_H
#define M3_TOPOLOGY_FILE_H

#include "ns3/m3-fabric-graph.h"

#include "ns3/m3-text-file.h"

#include <string>

namespace ns3::m3
{

/**
 * Reads a topology in the HPCC simulator's format: `nodes switches links`, the ids of the switches, then a line per
 * link: `a b rate delay error_rate`, as in `0 16 10Gbps 1000ns 0`. Rates: bps, Kbps, Mbps, Gbps, Tbps (also Mb/s
 * ...); delays: ns, us, ms, s. Nodes that are no switch are hosts. Other headers of that family are read, too: SimAI's
 * `nodes gpus_per_server nvswitches switches links gpu_type`, after which the ids of its NVSwitches precede those of
 * the others, and `nodes switches tors links`. \param notes if not null, gets a line where something follows the links
 * that the header counts \throws InputError naming file, line and field
 */
FabricGraph ReadTopologyFile(const std::string& file, InputNotes* notes = nullptr);

/// Writes the same format, whole or not at all. \throws InputError if the file cannot be written
void WriteTopologyFile(const FabricGraph& fabric, const std::string& file);

} // namespace ns3::m3

#endif // M3_TOPOLOGY_FILE_H
