// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_EVAL_PICTURES_H
#define M3_EVAL_PICTURES_H

#include "eval-answers.h"
#include "eval-result.h"

#include <string>
#include <vector>

namespace ns3::m3::eval
{

// Plots in the form of those of the m3 paper. Engine 0 of the answers is the packet engine; only cases with all answers
// count.

/// Distribution over the scenarios of a group of the absolute error of the p99 of all flows, a curve per engine.
EvalPicture ErrorDistribution(const EvalAnswers& all, const std::string& group);

/// The same distribution by size class, a panel each.
EvalPicture ClassDistributions(const EvalAnswers& all, const std::string& group);

/// Errors of the p99 of all flows over a fact of the cases that is a number. \param label of its axis
EvalPicture ErrorAgainst(const EvalAnswers& all, const std::string& group, const std::string& fact, const char* label);

/// Errors of the p99 of all flows by an engine over those published, a point per case. \param fact the published error
EvalPicture
OursAgainstPublished(const EvalAnswers& all, const std::string& group, std::size_t engine, const std::string& fact);

/// Mean elapsed time of a scenario, a bar per engine.
EvalPicture TimeBars(const EvalAnswers& all, const std::string& group);

/// Share of flows above a slowdown in a panel per size class, a curve per engine: one case.
EvalPicture SlowdownCurves(const EvalAnswers& all, std::size_t oneCase, const std::string& name);

/// A line of a plot.
struct EvalLine
{
    std::string title;
    std::vector<std::pair<double, double>> points;
};

/// A panel of a plot.
struct EvalPanel
{
    std::string title;
    std::vector<EvalLine> lines;
};

/// Lines with points in panels, three to a row.
EvalPicture LinePanels(const std::string& name,
                       const std::string& caption,
                       const std::string& xLabel,
                       const std::vector<EvalPanel>& panels);

/// Adds the four plots of a group that all suites over many scenarios have.
void AddErrorPictures(const EvalAnswers& all, EvalResult& result);

} // namespace ns3::m3::eval

#endif // M3_EVAL_PICTURES_H
