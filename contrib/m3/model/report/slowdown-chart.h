// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_SLOWDOWN_CHART_H
#define M3_SLOWDOWN_CHART_H

#include "report-rows.h"

#include <string>
#include <vector>

namespace ns3::m3
{

/**
 * Pictures of reports as SVG elements to stand in a page, whose style sheet gives them their look: report i of the list
 * has the class ReportLook(i) (its colour, `--c`), lines `line`, bands of confidence `band`, dots `dot`, and grid lines
 * `grid`. Each is 360 units wide with text 12 units high, so that it is readable from 300 pixels on.
 */

/// The class of a report, by its place in the list: `e0` to `e3`, then again.
std::string ReportLook(std::size_t index);

/**
 * Share of flows above a slowdown, both axes logarithmic, down to 0.1 %: a curve per report, with a dot at its p99, and
 * a band of the 95 % intervals where it was sampled. \param largest slowdown of the horizontal axis, at least 1
 */
std::string DistributionChart(const std::vector<SlowdownReport>& reports, const ReportRow& row, double largest);

/**
 * Error of a quantile of every report but the first, against the first, with its 95 % interval: a band for each row.
 * \param rows those to draw, at least one
 */
std::string ErrorChart(const std::vector<SlowdownReport>& reports, const std::vector<ReportRow>& rows, double p);

/// \ingroup m3-report
/// A line of SweepChart().
struct SweepLine
{
    std::vector<double> values;                //!< p99 at each value of the horizontal axis, NaN where unknown.
    std::vector<ConfidenceInterval> intervals; //!< Their 95 % intervals, NaN or points where there are none.
};

/// Returns a mark of line i of a sweep: a dot for the first four, then a square, a diamond, a triangle for four each.
std::string SweepMark(std::size_t index, double x, double y);

/**
 * Draws the p99 over the values of an option, in equal steps, on a linear axis from 1: line i has the class
 * ReportLook(i), a SweepMark() at each known value and a whisker for its interval. \param option name of the option
 * \param values of the option, at least one \param lines one or more with as many values \param name of the flows, for
 * the text alternative
 */
std::string SweepChart(const std::string& option,
                       const std::vector<std::string>& values,
                       const std::vector<SweepLine>& lines,
                       const std::string& name);

} // namespace ns3::m3

#endif // M3_SLOWDOWN_CHART_H
