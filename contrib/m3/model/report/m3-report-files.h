// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_REPORT_FILES_H
#define M3_REPORT_FILES_H

#include "ns3/m3-slowdown-report.h"

#include <string>
#include <vector>

namespace ns3::m3
{

/**
 * Writes reports of one scenario into a folder that is there, a file per format of ns3/m3-report-writer.h.
 * \throws InputError if a file cannot be written whole, std::runtime_error if gnuplot is not there or fails
 */
void WriteReports(const std::vector<SlowdownReport>& reports, const std::string& folder);

/// Returns the names of the files that WriteReports() writes of these reports, as in "report.csv, report.json".
std::string ReportFiles(const std::vector<SlowdownReport>& reports);

/// Returns the names of the files of any reports, for help texts. \param beforeLast what stands before the last
std::string ReportFilesText(const std::string& beforeLast);

} // namespace ns3::m3

#endif // M3_REPORT_FILES_H
