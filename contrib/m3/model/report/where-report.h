// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_WHERE_REPORT_H
#define M3_WHERE_REPORT_H

#include "report-table.h"

#include "ns3/m3-report-writer.h"
#include "ns3/m3-slowdown-report.h"

#include <ostream>
#include <string>
#include <vector>

namespace ns3::m3
{

/// Returns whether a report says what happened at links.
bool HasLinks(const std::vector<SlowdownReport>& reports);

/// Returns whether a report has slowdowns by label.
bool HasLabels(const std::vector<SlowdownReport>& reports);

/// Returns the links that hold most of the delay of the slowest flows, the first one most; where that is not known, or
/// is equal, those that are used most. Links without data are left out. \param max maximum number of them
std::vector<const LinkUse*> WorstLinks(const LinkUses& uses, std::size_t max);

/// Returns the labels with the largest p99, the largest first: those of at least 10 flows, if there are any. \param max
/// maximum number of them
std::vector<const LabelSlowdown*> WorstLabels(const LabelSlowdowns& slowdowns, std::size_t max);

/// Returns a number of bytes as in "812 B", "12.3 KB", "1.20 MB"; KB = 1000 B.
std::string BytesText(double bytes);

/// Returns a rate as in "10 Gb/s".
std::string RateText(uint64_t bitsPerSecond);

/// Returns a share as in "71 %", "0.4 %", "0 %".
std::string ShareText(double share);

/// Prints the sentences and the ten worst links and labels of each report; nothing where there are none.
void PrintWhere(const std::vector<SlowdownReport>& reports, std::ostream& out);

/// Returns all links as a table, a row per engine and directed link.
ReportTable LinkTable(const std::vector<SlowdownReport>& reports);

/// Returns all labels as a table, a row per engine and label.
ReportTable LabelTable(const std::vector<SlowdownReport>& reports);

} // namespace ns3::m3

#endif // M3_WHERE_REPORT_H
