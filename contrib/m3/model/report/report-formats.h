// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_REPORT_FORMATS_H
#define M3_REPORT_FORMATS_H

#include "group-report.h"
#include "where-report.h"

#include "ns3/m3-report-writer.h"
#include "ns3/m3-text-file.h"

#include <string>
#include <vector>

namespace ns3::m3
{

inline constexpr char GROUPS_FILE[] = "groups.csv"; //!< written where a report has groups
inline constexpr char LINKS_FILE[] = "links.csv";   //!< written where a report says what happened at links
inline constexpr char LABELS_FILE[] = "labels.csv"; //!< written where a report has slowdowns by label

/// \ingroup m3-report
/// A file of WriteReports().
struct ReportFormat
{
    const char* file; //!< Its name.
    /// Writes it, whole or not at all.
    void (*write)(const std::vector<SlowdownReport>& reports, const std::string& file);
};

/// Writes to a file what a function writes to a stream.
template <void (*WRITE)(const std::vector<SlowdownReport>& reports, std::ostream& out)>
void ToFile(const std::vector<SlowdownReport>& reports, const std::string& file)
{
    WriteWholeFile(file, [&](std::ostream& out) { WRITE(reports, out); });
}

/// All formats of reports, each from a source file of its own; its function is declared in m3-report-writer.h or here.
inline constexpr ReportFormat REPORT_FORMATS[] = {
    {"report.csv", ToFile<WriteReportCsv>},
    {"report.json", ToFile<WriteReportJson>},
    {GROUPS_FILE, ToFile<WriteGroupsCsv>},
    {LINKS_FILE, ToFile<WriteLinksCsv>},
    {LABELS_FILE, ToFile<WriteLabelsCsv>},
    {"slowdown.png", DrawReport},
    {"slowdown.svg", DrawReport},
};

} // namespace ns3::m3

#endif // M3_REPORT_FORMATS_H
