// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_SWEEP_PAGE_H
#define M3_SWEEP_PAGE_H

#include "sweep-points.h"

#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace ns3::m3
{

/// A sweep with its answers.
struct SweepResult
{
    const std::vector<SweepAxis>& grid;
    const std::vector<SweepPoint>& points; //!< PointsOf() the grid.
    const std::vector<SweepStep>& steps;   //!< StepsOf() both.
};

/// Texts of a page besides the answers. Plain text; the page escapes it.
struct SweepPageText
{
    std::string engine;                                     //!< Name of the engine, unless the grid has engines.
    double seconds;                                         //!< Time of all answers.
    std::vector<std::pair<std::string, std::string>> facts; //!< On the first configuration: name and value.
    std::string command;                                    //!< Command that makes the page again.
};

/**
 * Writes a sweep as one self-contained HTML page: the best and the worst configuration of each engine; per size class
 * and overall a picture of the p99 over the first option, a line per combination of the others, and a table of p99, 95
 * % interval and, for several engines, error against the first; steps on the same windows; groups; scenario; notes.
 * \param out UTF-8
 */
void WriteSweepHtml(const SweepResult& sweep, const SweepPageText& text, std::ostream& out);

} // namespace ns3::m3

#endif // M3_SWEEP_PAGE_H
