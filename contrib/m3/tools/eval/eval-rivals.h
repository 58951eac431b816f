// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_EVAL_RIVALS_H
#define M3_EVAL_RIVALS_H

#include "eval-tables.h"

#include <vector>

namespace ns3::m3::eval
{

struct Rival;

// Systems that are published and rebuilt here: what is said of ours stands beside what was published.

/**
 * Returns rows as SummaryRow() with the published errors of a system: on the scenarios of a group where its cases have
 * them, and on all of the published evaluation under the group's control. Empty where nothing was published.
 */
std::vector<std::vector<ReportCell>>
PublishedRows(const EvalAnswers& all, const std::string& group, const Rival& rival);

/// OverallTable() with the published errors of each system after those of ours; where ours has not run and the cases
/// have published errors, at the end of the group.
ReportTable RivalsTable(const EvalAnswers& all);

/// TimeTable() with the published times of the published list.
ReportTable RivalTimes(const EvalAnswers& all);

/// Prints the published errors of the systems that ran in a group, a line each; nothing without any.
void PrintRivals(const EvalAnswers& all, const std::string& group);

} // namespace ns3::m3::eval

#endif // M3_EVAL_RIVALS_H
