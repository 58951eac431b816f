// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_SWEEP_POINTS_H
#define M3_SWEEP_POINTS_H

#include "ns3/m3-slowdown-report.h"
#include "report/group-report.h"

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace ns3::m3
{

/// An option of a grid and its values.
struct SweepAxis
{
    std::string option;
    std::vector<std::string> values;

    /// Returns whether the values are engines: it then changes who answers, not the configuration.
    bool IsEngines() const
    {
        return option == "engine";
    }
};

/// The result for a size class, or for all flows.
struct SweepRow
{
    std::string name;
    uint64_t flows;
    double p99;
    ConfidenceInterval interval;
    UnitQuantile matched; //!< the p99, to be compared with that of other points
};

/// A point of a grid with its answer.
struct SweepPoint
{
    std::vector<std::string> values; //!< one per axis
    std::vector<SweepRow> rows;      //!< size classes, then all; empty without an answer
    std::vector<std::string> notes;
    std::vector<KindTimes> kinds; //!< completion times of groups of tasks; empty without groups

    /// Keeps what a report says.
    void Keep(const SlowdownReport& report);
};

/// Returns all combinations of values, the last axis fastest.
std::vector<SweepPoint> PointsOf(const std::vector<SweepAxis>& grid);

/// Returns the index of the point that has the first value of an axis and else the values of another point.
std::size_t WithFirstValue(const std::vector<SweepAxis>& grid, std::size_t point, std::size_t axis);

/// What pictures of a sweep show: p99 over the values of one option, a line per combination of the others.
struct SweepLines
{
    std::size_t axis;               //!< Index of the option: the first one, of engines only if alone.
    std::vector<std::string> names; //!< Of the lines, as in "window 5000, engine m3"; "" for a single one.
    std::vector<std::vector<std::size_t>> points; //!< Indices of their points, one per value of the option.
};

/// Returns the lines of a grid.
SweepLines LinesOf(const std::vector<SweepAxis>& grid, const std::vector<SweepPoint>& points);

/// Prints median and maximum of the completion times of groups by kind and point; nothing without groups.
void PrintGroupTimes(const std::vector<SweepAxis>& grid, const std::vector<SweepPoint>& points, std::ostream& out);

/// Writes them as CSV: a row per point and kind, with the p99 as well, ns.
void WriteGroupTimesCsv(const std::vector<SweepAxis>& grid, const std::vector<SweepPoint>& points, std::ostream& out);

/// A step of a sweep: one option takes its next value, the others stay.
struct SweepStep
{
    std::size_t from;                                 //!< Index of a point.
    std::size_t to;                                   //!< Index of the next one.
    std::size_t axis;                                 //!< Index of the option.
    std::vector<std::optional<QuantileRatio>> ratios; //!< Of the p99, as SweepPoint::rows; empty where unknown.
};

/// Returns the steps between points that were answered for on the same sampling units; none for other answers.
std::vector<SweepStep> StepsOf(const std::vector<SweepAxis>& grid, const std::vector<SweepPoint>& points);

/// Prints steps as a table; nothing where there are none.
void PrintSteps(const std::vector<SweepAxis>& grid,
                const std::vector<SweepPoint>& points,
                const std::vector<SweepStep>& steps,
                std::ostream& out);

/// Writes them as CSV.
void WriteStepsCsv(const std::vector<SweepAxis>& grid,
                   const std::vector<SweepPoint>& points,
                   const std::vector<SweepStep>& steps,
                   std::ostream& out);

} // namespace ns3::m3

#endif // M3_SWEEP_POINTS_H
