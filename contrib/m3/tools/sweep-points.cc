// SPDX-License-Identifier: GPL-2.0-only
#include "sweep-points.h"

#include "core/text-format.h"
#include "report/report-table.h"
#include "report/text-table.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace ns3::m3
{

void SweepPoint::Keep(const SlowdownReport& report)
{
    constexpr double QUANTILE = 0.99;
    for (std::size_t c = 0; c < report.Classes().Count(); c++)
    {
        rows.push_back({report.Classes().Name(c),
                        report.FlowCount(c),
                        report.ClassQuantile(c, QUANTILE),
                        report.ClassInterval(c, QUANTILE),
                        report.ClassUnitQuantile(c, QUANTILE)});
    }
    rows.push_back({"all",
                    report.FlowCount(),
                    report.OverallQuantile(QUANTILE),
                    report.OverallInterval(QUANTILE),
                    report.OverallUnitQuantile(QUANTILE)});
    notes = report.Notes();
    kinds = KindsOf(report);
}

std::vector<SweepPoint> PointsOf(const std::vector<SweepAxis>& grid)
{
    std::vector<SweepPoint> points(1);
    for (const SweepAxis& axis : grid)
    {
        std::vector<SweepPoint> more;
        for (const SweepPoint& point : points)
        {
            for (const std::string& value : axis.values)
            {
                more.push_back(point);
                more.back().values.push_back(value);
            }
        }
        points = std::move(more);
    }
    return points;
}

std::size_t WithFirstValue(const std::vector<SweepAxis>& grid, std::size_t point, std::size_t axis)
{
    std::size_t stride = 1;
    for (std::size_t later = axis + 1; later < grid.size(); later++)
    {
        stride *= grid[later].values.size();
    }
    return point - point / stride % grid[axis].values.size() * stride;
}

SweepLines LinesOf(const std::vector<SweepAxis>& grid, const std::vector<SweepPoint>& points)
{
    SweepLines lines{};
    while (lines.axis + 1 < grid.size() && grid[lines.axis].IsEngines())
    {
        lines.axis++;
    }
    std::map<std::size_t, std::size_t> lineOfFirst; // by its first point
    for (std::size_t i = 0; i < points.size(); i++)
    {
        const auto [line, isNew] = lineOfFirst.try_emplace(WithFirstValue(grid, i, lines.axis), lines.points.size());
        if (isNew)
        {
            std::string& name = lines.names.emplace_back();
            for (std::size_t a = 0; a < grid.size(); a++)
            {
                if (a != lines.axis)
                {
                    name += (name.empty() ? "" : ", ") + grid[a].option + " " + points[i].values[a];
                }
            }
            lines.points.emplace_back();
        }
        lines.points[line->second].push_back(i);
    }
    return lines;
}

std::vector<SweepStep> StepsOf(const std::vector<SweepAxis>& grid, const std::vector<SweepPoint>& points)
{
    std::vector<SweepStep> steps;
    std::size_t stride = points.size();
    for (std::size_t axis = 0; axis < grid.size(); axis++)
    {
        const std::size_t values = grid[axis].values.size();
        stride /= values; // between points that differ in this option by one value
        if (grid[axis].IsEngines())
        {
            continue;
        }
        for (std::size_t to = 0; to < points.size(); to++)
        {
            const std::vector<SweepRow>& rows = points[to].rows;
            if (to / stride % values == 0 || rows.empty() || points[to - stride].rows.empty())
            {
                continue;
            }
            SweepStep step{to - stride, to, axis, {}};
            for (std::size_t row = 0; row < rows.size(); row++)
            {
                step.ratios.push_back(RatioOfMatched(rows[row].matched, points[step.from].rows[row].matched));
            }
            const bool isMatched = std::any_of(step.ratios.begin(),
                                               step.ratios.end(),
                                               [](const auto& ratio) { return ratio.has_value(); });
            if (isMatched)
            {
                steps.push_back(std::move(step));
            }
        }
    }
    return steps;
}

namespace
{

std::string PercentText(double ratio)
{
    return FormatText("%+.1f", 100 * (ratio - 1));
}

/// "+3.2 (+1.1 .. +5.4) *"; "-" for an unknown ratio.
std::string ChangeText(const std::optional<QuantileRatio>& ratio)
{
    return !ratio ? "-"
                  : PercentText(ratio->ratio) + " (" + PercentText(ratio->interval.low) + " .. " +
                        PercentText(ratio->interval.high) + ")" + (ratio->IsBeyond() ? " *" : "  ");
}

} // namespace

void PrintGroupTimes(const std::vector<SweepAxis>& grid, const std::vector<SweepPoint>& points, std::ostream& out)
{
    constexpr double MEDIAN = 0.5;
    if (points.front().kinds.empty())
    {
        return;
    }
    out << "\ncompletion time of groups\n";
    TextTable table;
    for (const SweepAxis& axis : grid)
    {
        table.AddColumn(axis.option, 12, TextTable::Align::LEFT);
    }
    table.AddColumn("kind", 34, TextTable::Align::LEFT);
    for (const char* name : {"groups", "p50", "max"})
    {
        table.AddColumn(name, 11);
    }
    for (const SweepPoint& point : points)
    {
        for (const KindTimes& kind : point.kinds)
        {
            table.AddRow(point.values);
            table.AddCell(kind.kind);
            table.AddCell(std::to_string(kind.groups));
            table.AddCell(DurationText(kind.QuantileNs(MEDIAN)));
            table.AddCell(DurationText(kind.QuantileNs(1)));
        }
    }
    table.WriteHead(out);
    table.WriteRows(out);
    out.flush();
}

void WriteGroupTimesCsv(const std::vector<SweepAxis>& grid, const std::vector<SweepPoint>& points, std::ostream& out)
{
    ReportTable table;
    for (const SweepAxis& axis : grid)
    {
        table.columns.push_back({axis.option, CellStyle::WORD});
    }
    table.columns.push_back({"kind"});
    for (const char* name : {"groups", "unfinished", "p50_ns", "p99_ns", "max_ns"})
    {
        table.columns.push_back({name, CellStyle::NUMBER});
    }
    for (const SweepPoint& point : points)
    {
        for (const KindTimes& kind : point.kinds)
        {
            std::vector<ReportCell>& cells = table.rows.emplace_back(point.values.begin(), point.values.end());
            cells.emplace_back(kind.kind);
            cells.emplace_back(kind.groups);
            cells.emplace_back(kind.unfinished);
            for (const double level : {0.5, 0.99, 1.0})
            {
                cells.emplace_back(kind.QuantileNs(level));
            }
        }
    }
    WriteTableCsv(table, out);
}

void PrintSteps(const std::vector<SweepAxis>& grid,
                const std::vector<SweepPoint>& points,
                const std::vector<SweepStep>& steps,
                std::ostream& out)
{
    if (steps.empty())
    {
        return;
    }
    out << "\nchange of the p99 from one value to the next on the same windows, %; 95 % interval of the differences "
           "over windows; *: beyond it\n";
    TextTable table;
    for (const SweepAxis& axis : grid)
    {
        table.AddColumn(axis.option, 18, TextTable::Align::LEFT);
    }
    for (const SweepRow& row : points[steps.front().to].rows)
    {
        table.AddColumn(row.name, 26);
    }
    for (const SweepStep& step : steps)
    {
        std::vector<std::string> cells = points[step.to].values;
        cells[step.axis] = points[step.from].values[step.axis] + " to " + cells[step.axis];
        table.AddRow(cells);
        for (const std::optional<QuantileRatio>& ratio : step.ratios)
        {
            table.AddCell(ChangeText(ratio));
        }
    }
    table.WriteHead(out);
    table.WriteRows(out);
    out.flush();
}

void WriteStepsCsv(const std::vector<SweepAxis>& grid,
                   const std::vector<SweepPoint>& points,
                   const std::vector<SweepStep>& steps,
                   std::ostream& out)
{
    ReportTable table;
    for (const SweepAxis& axis : grid)
    {
        table.columns.push_back({axis.option, CellStyle::WORD});
    }
    table.columns.push_back({"option", CellStyle::WORD});
    table.columns.push_back({"from", CellStyle::WORD});
    table.columns.push_back({"class"});
    for (const char* name : {"ratio", "low", "high"})
    {
        table.columns.push_back({name, CellStyle::NUMBER});
    }
    table.columns.push_back({"beyond", CellStyle::WORD});
    for (const SweepStep& step : steps)
    {
        const SweepPoint& to = points[step.to];
        for (std::size_t row = 0; row < to.rows.size(); row++)
        {
            const std::optional<QuantileRatio>& ratio = step.ratios[row];
            const double unknown = std::nan("");
            std::vector<ReportCell>& cells = table.rows.emplace_back(to.values.begin(), to.values.end());
            cells.emplace_back(grid[step.axis].option);
            cells.emplace_back(points[step.from].values[step.axis]);
            cells.emplace_back(to.rows[row].name);
            cells.emplace_back(ratio ? ratio->ratio : unknown);
            cells.emplace_back(ratio ? ratio->interval.low : unknown);
            cells.emplace_back(ratio ? ratio->interval.high : unknown);
            cells.emplace_back(!ratio ? "" : ratio->IsBeyond() ? "yes" : "no");
        }
    }
    WriteTableCsv(table, out);
}

} // namespace ns3::m3
