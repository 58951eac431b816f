// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FLOW_FILE_H
#define M3_FLOW_FILE_H

#include "start-times.h"

#include "ns3/m3-flow.h"
#include "ns3/m3-text-file.h"

#include <string>

namespace ns3::m3
{

class Schedule;

/**
 * Reads traffic in the format that the first word of the file says (FlowFormatsText()). A list of flows is a schedule
 * without dependencies.
 * \param times how a format without units of its own has start times
 * \param notes if not null, gets a line for each thing in the file that is ignored
 * \throws InputError naming file, line and field: a node that is no host of the fabric, src == dst, size 0, a negative
 * or non-finite start, starts that fall, tasks that are not there or wait for each other in a circle
 */
Schedule
ReadTrafficFile(const std::string& file, const FabricGraph& fabric, StartTimes times, InputNotes* notes = nullptr);

/// Reads a list of flows as ReadTrafficFile(). \throws InputError as that, and where flows wait for others
FlowList
ReadFlowFile(const std::string& file, const FabricGraph& fabric, StartTimes times, InputNotes* notes = nullptr);

/// Returns the formats that there are, as in "the HPCC simulator's format, or ... (begins with m3-schedule)".
std::string FlowFormatsText();

/// Writes the HPCC simulator's format, times in ns or in seconds with 9 decimals, whole or not at all. \throws
/// InputError
void WriteFlowFile(const FlowList& flows, const std::string& file, StartTimes times);

/**
 * Writes a schedule in this module's own format (docs/file-formats.md), whole or not at all. What is read from it is
 * the same schedule, task by task and dependency by dependency. \throws InputError where two tasks have the same name,
 * for a name with control characters, and where the file cannot be written
 */
void WriteSchedule(const Schedule& schedule, const std::string& file);

} // namespace ns3::m3

#endif // M3_FLOW_FILE_H
