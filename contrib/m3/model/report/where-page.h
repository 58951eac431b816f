// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_WHERE_PAGE_H
#define M3_WHERE_PAGE_H

#include "html-page.h"

#include "ns3/m3-slowdown-report.h"

#include <vector>

namespace ns3::m3
{

/**
 * Draws the p99 slowdown of pairs as an SVG element for a page: a row per sender and a column per receiver, in six
 * steps of colour (classes `h0` to `h5`) that are equally wide on a logarithmic scale. Above 48 senders or receivers, a
 * field is the largest p99 of neighbouring ones. Its text alternative says what it shows.
 * \pre the labels are pairs, and a flow finished
 */
std::string PairHeatMap(const LabelSlowdowns& slowdowns);

/// Returns the legend of PairHeatMap(), as an HTML list. \pre as of that
std::string PairHeatLegend(const LabelSlowdowns& slowdowns);

/// Writes where and why flows are slow as a section of a page, for each report that says so: a sentence and a table of
/// the ten worst links; for each label a sentence, the ten worst, and a heat map of pairs. Nothing where none does.
void WriteWhereHtml(const std::vector<SlowdownReport>& reports, HtmlPage& out);

} // namespace ns3::m3

#endif // M3_WHERE_PAGE_H
