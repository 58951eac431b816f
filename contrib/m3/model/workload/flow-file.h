// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FLOW_FILE_H
#define M3_FLOW_FILE_H

#include "start-times.h"

#include "ns3/m3-flow.h"
#include "ns3/m3-text-file.h"

#include <string>

namespace ns3::m3
{

/**
 * Reads flows in the format that the name of the file says (FlowFormatsText()).
 * \param times how a format without units of its own has start times
 * \param notes if not null, gets a line where priorities differ and for each thing in the file that is ignored
 * \throws InputError naming file, line and field: a node that is no host of the fabric, src == dst, size 0, a negative
 * or non-finite start, starts that fall
 */
FlowList
ReadFlowFile(const std::string& file, const FabricGraph& fabric, StartTimes times, InputNotes* notes = nullptr);

/// Returns the formats that there are, as in "the HPCC simulator's format".
std::string FlowFormatsText();

/// Writes the HPCC simulator's format, times in ns or in seconds with 9 decimals, whole or not at all. \throws
/// InputError
void WriteFlowFile(const FlowList& flows, const std::string& file, StartTimes times);

} // namespace ns3::m3

#endif // M3_FLOW_FILE_H
