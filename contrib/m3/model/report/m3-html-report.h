// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_HTML_REPORT_H
#define M3_HTML_REPORT_H

#include "ns3/m3-slowdown-report.h"

#include <map>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-report
/// Texts of a page besides the reports. Plain text; the page escapes it.
struct ReportPageText
{
    std::vector<std::pair<std::string, std::string>> scenario; //!< name and value of each fact about it
    std::string command;                                       //!< command that makes the page again; may be empty
    std::map<std::string, std::string> engines;                //!< name to a one-line description; may lack some
};

/**
 * Writes reports of one scenario as one self-contained HTML page (style and pictures are in it, it loads nothing and
 * runs no script): the scenario; time and p99 of each engine; per size class and overall the distribution of slowdowns
 * as a picture, p50 and p99 with errors against the first report and 95 % intervals; the notes of the reports. Readable
 * from 320 pixels on, in light and dark. \param reports finished, of the same size classes, at least one \param text
 * what the page says beside them \param out UTF-8
 */
void WriteReportHtml(const std::vector<SlowdownReport>& reports, const ReportPageText& text, std::ostream& out);

} // namespace ns3::m3

#endif // M3_HTML_REPORT_H
