// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_LABEL_FILE_H
#define M3_LABEL_FILE_H

#include "ns3/m3-label-slowdowns.h"

#include <string>

namespace ns3::m3
{

/**
 * Reads a label for each flow of a trace, as in tenants: a line each in the order of the flows. Labels are words
 * without blanks and commas, and are numbered as they come.
 * \param source the file, with a label alone in each line; or, as in "trace.csv:tenant", a file with commas between
 * fields whose first line has names, and the name of a column, which FlowLabels::by becomes; else that is "label"
 * \param flows number of flows
 * \throws InputError naming file and line: for a column that is not there, a line of another number of fields, and
 * another number of labels than of flows
 */
FlowLabels ReadFlowLabels(const std::string& source, std::size_t flows);

} // namespace ns3::m3

#endif // M3_LABEL_FILE_H
