// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-report-files.h"

#include "report-formats.h"

#include <iterator>

namespace ns3::m3
{

namespace
{

/// Whether a file is only written where reports have what it is of.
bool IsOfSome(const ReportFormat& format)
{
    return format.file == GROUPS_FILE || format.file == LINKS_FILE || format.file == LABELS_FILE;
}

/// Whether there is a file of a format.
bool IsWritten(const ReportFormat& format, const std::vector<SlowdownReport>& reports)
{
    return !IsOfSome(format) || (format.file == GROUPS_FILE && HasGroups(reports)) ||
           (format.file == LINKS_FILE && HasLinks(reports)) || (format.file == LABELS_FILE && HasLabels(reports));
}

} // namespace

void WriteReports(const std::vector<SlowdownReport>& reports, const std::string& folder)
{
    for (const ReportFormat& format : REPORT_FORMATS)
    {
        if (IsWritten(format, reports))
        {
            format.write(reports, folder + "/" + format.file);
        }
    }
}

std::string ReportFiles(const std::vector<SlowdownReport>& reports)
{
    std::string files;
    for (const ReportFormat& format : REPORT_FORMATS)
    {
        files += IsWritten(format, reports) ? (files.empty() ? "" : ", ") + std::string(format.file) : "";
    }
    return files;
}

std::string ReportFilesText(const std::string& beforeLast)
{
    std::string files;
    for (const ReportFormat& format : REPORT_FORMATS)
    {
        if (IsOfSome(format))
        {
            continue;
        }
        const bool isLast = &format == std::end(REPORT_FORMATS) - 1;
        files += (files.empty() ? "" : isLast ? beforeLast : ", ") + format.file;
    }
    return files;
}

} // namespace ns3::m3
