// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FLOW_FILE_H
#define M3_FLOW_FILE_H

#include "ns3/m3-flow.h"

#include "ns3/m3-text-file.h"

#include <string>

namespace ns3::m3
{

/// \ingroup m3-workload
/// How start times stand in a flow file.
enum class StartTimes : uint8_t
{
    SECONDS,     //!< decimal seconds, rounded to the nearest ns
    NANOSECONDS, //!< whole ns
    HPCC_SECONDS //!< decimal seconds, converted as the HPCC simulator does (HpccSecondsToNs)
};

/**
 * Reads flows in the HPCC simulator's format: the number of flows, then a line per flow in ascending order of start:
 * `src dst priority dport size_bytes start`. Priority and dport are read and not used: there is one data class, and a
 * flow is told from others by its position. Lines of seven fields have the flow's number, from 0, in front.
 * \param notes if not null, gets a line where priorities differ and where something follows the flows
 * \throws InputError naming file, line and field: a node that is no host of the fabric, src == dst, size 0, a negative
 * or non-finite start, starts that fall, fewer flows than the first line says
 */
FlowList
ReadFlowFile(const std::string& file, const FabricGraph& fabric, StartTimes times, InputNotes* notes = nullptr);

/// Writes the same format, times in ns or in seconds with 9 decimals, whole or not at all. \throws InputError
void WriteFlowFile(const FlowList& flows, const std::string& file, StartTimes times);

} // namespace ns3::m3

#endif // M3_FLOW_FILE_H
