// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_REPORT_WRITER_H
#define M3_REPORT_WRITER_H

#include "ns3/m3-slowdown-report.h"

#include <ostream>
#include <string>
#include <vector>

namespace ns3::m3
{

/**
 * Prints reports of one scenario side by side: per size class and overall the flows, p50 and p99 slowdown by each
 * engine, the error of each against the first, the 95 % interval where flows or paths were sampled, and the time each
 * took.
 */
void PrintComparison(const std::vector<SlowdownReport>& reports, std::ostream& out);

/// A line per engine, class and quantile: `engine,class,flows,quantile,slowdown,low,high`, the last two its 95 %
/// interval.
void WriteReportCsv(const std::vector<SlowdownReport>& reports, std::ostream& out);

/// The same as an object per engine, with times and unfinished flows.
void WriteReportJson(const std::vector<SlowdownReport>& reports, std::ostream& out);

/// Says in a sentence or two which links hold the delay of the slowest flows, as in "The 4:1 uplinks of rack 2 hold
/// 71 % of the delay of the slowest 1 % of flows (600)."; where that is not known, which link is used most; "" without
/// data.
std::string WorstLinksText(const LinkUses& uses);

/// Says in a sentence which label is the slowest, and how it differs from the others; "" without flows that finished.
std::string WorstLabelsText(const LabelSlowdowns& slowdowns);

/// Writes a line per engine and directed link as CSV, where reports say what happened at links. The names of columns
/// have their units, and what an engine does not know is an empty field.
void WriteLinksCsv(const std::vector<SlowdownReport>& reports, std::ostream& out);

/// Writes a line per engine and label as CSV, where reports have slowdowns by label.
void WriteLabelsCsv(const std::vector<SlowdownReport>& reports, std::ostream& out);

/**
 * Draws the distributions by size class with gnuplot: share of flows above a slowdown, both axes logarithmic.
 * \param file ends in .png or .svg
 * \throws InputError if the file cannot be written whole, std::runtime_error if gnuplot is not there or fails
 */
void DrawReport(const std::vector<SlowdownReport>& reports, const std::string& file);

} // namespace ns3::m3

#endif // M3_REPORT_WRITER_H
