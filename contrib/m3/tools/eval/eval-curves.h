// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_EVAL_CURVES_H
#define M3_EVAL_CURVES_H

#include "eval-answers.h"
#include "eval-result.h"

#include <string>

namespace ns3::m3::eval
{

/*
 * Curves are p99 slowdowns over a parameter: the cases of a group are the grid points of a curve, in order, with the
 * fact `value`. There is a curve per size class and one of all flows. Its floor is the maximum relative difference,
 * over the grid points, between two packet-level runs (the engines packet and rerun); changes below it are chance. It
 * is 0 where rerun did not run.
 */

/// Per curve and engine: number of steps between grid points at which the packet-level p99 changes by more than the
/// floor, and number of those at which the engine changes in the same direction.
ReportTable SignsTable(const EvalAnswers& all);

/// Per curve and engine: the grid point with the minimum p99, and by how much the p99 of the packet engine there is
/// above its own minimum.
ReportTable MinimaTable(const EvalAnswers& all);

/// p99 of all flows at each grid point, a column per engine.
ReportTable CurvesTable(const EvalAnswers& all);

/// Change of the p99 per unit of the parameter between grid points, for the CSV file.
ReportTable SlopesTable(const EvalAnswers& all);

/// A panel per size class and of all flows, a curve per engine.
EvalPicture CurvesPicture(const EvalAnswers& all, const std::string& group, const std::string& label);

} // namespace ns3::m3::eval

#endif // M3_EVAL_CURVES_H
