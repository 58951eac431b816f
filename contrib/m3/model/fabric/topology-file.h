// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_TOPOLOGY_FILE_H
#define M3_TOPOLOGY_FILE_H

#include "ns3/m3-fabric-graph.h"

#include "ns3/m3-text-file.h"

#include <string>

namespace ns3::m3
{

/**
 * Reads a topology in the format that the name of its file says (TopologyFormatsText()). \param notes if not null, gets
 * a line for each thing in the file that is ignored \throws InputError naming file, line and field
 */
FabricGraph ReadTopologyFile(const std::string& file, InputNotes* notes = nullptr);

/// Returns the formats that there are, as in "the HPCC simulator's format".
std::string TopologyFormatsText();

/// Writes the HPCC simulator's format, whole or not at all. \throws InputError if the file cannot be written
void WriteTopologyFile(const FabricGraph& fabric, const std::string& file);

} // namespace ns3::m3

#endif // M3_TOPOLOGY_FILE_H
