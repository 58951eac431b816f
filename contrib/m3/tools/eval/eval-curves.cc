// SPDX-License-Identifier: GPL-2.0-only
#include "eval-curves.h"

#include "eval-pictures.h"
#include "eval-tables.h"

#include "report/table-json.h"

#include <algorithm>
#include <cmath>

namespace ns3::m3::eval
{

namespace
{

/// A curve of an engine: p99 at each complete grid point.
std::vector<double> ValuesOf(const EvalAnswers& all, const std::string& group, std::size_t engine, std::size_t row)
{
    std::vector<double> values;
    for (const std::size_t c : all.Complete(group))
    {
        values.push_back(all.Find(c, engine)->rows[row].At(TAIL));
    }
    return values;
}

std::vector<double> GridOf(const EvalAnswers& all, const std::string& group)
{
    std::vector<double> grid;
    for (const std::size_t c : all.Complete(group))
    {
        grid.push_back(all.cases[c].facts.at("value"));
    }
    return grid;
}

double FloorOf(const EvalAnswers& all, const std::string& group, std::size_t row)
{
    const std::size_t rerun = all.EngineIndex("rerun");
    double floor = 0;
    if (rerun < all.engines.size())
    {
        for (const double error : ErrorsOf(all, group, rerun, row, TAIL))
        {
            floor = std::max(floor, std::abs(error)); // of NaN: the floor
        }
    }
    return floor;
}

const std::string& RowName(const EvalAnswers& all, std::size_t row)
{
    return all.Find(all.Complete().front(), 0)->rows[row].name;
}

/// p99 of a row by the packet engine and by another engine, at each complete grid point.
struct Curve
{
    std::string group;
    std::size_t row;
    std::size_t engine;
    std::vector<double> truth;
    std::vector<double> values;
};

/// Calls a function for each group, row and engine but the packet engine.
template <typename Use>
void ForEachCurve(const EvalAnswers& all, const Use& use)
{
    for (const std::string& group : all.Groups())
    {
        for (std::size_t row = 0; row <= AllFlows(all); row++)
        {
            const std::vector<double> truth = ValuesOf(all, group, 0, row);
            if (std::any_of(truth.begin(), truth.end(), [](double value) { return std::isnan(value); }))
            {
                continue; // no flows of this size
            }
            for (std::size_t e = 1; e < all.engines.size(); e++)
            {
                use(Curve{group, row, e, truth, ValuesOf(all, group, e, row)});
            }
        }
    }
}

std::size_t Lowest(const std::vector<double>& values)
{
    return static_cast<std::size_t>(std::min_element(values.begin(), values.end()) - values.begin());
}

} // namespace

ReportTable SignsTable(const EvalAnswers& all)
{
    ReportTable table{
        "signs",
        "Steps between neighbouring points at which the packet-level p99 changes by more than chance (the "
        "floor: the largest difference between two packet-level runs), and those of them at which the engine "
        "changes in the same direction.",
        {{"parameter"},
         {"class"},
         {"engine"},
         {"floor", CellStyle::PERCENT, 2},
         {"steps", CellStyle::NUMBER},
         {"steps_beyond_floor", CellStyle::NUMBER},
         {"right", CellStyle::NUMBER},
         {"all_right"}},
        {}};
    ForEachCurve(all,
                 [&](const Curve& curve)
                 {
                     const auto& [group, row, engine, truth, values] = curve;
                     if (all.engines[engine].name == "rerun")
                     {
                         return;
                     }
                     const double floor = FloorOf(all, group, row);
                     std::size_t counted = 0;
                     std::size_t right = 0;
                     for (std::size_t i = 0; i + 1 < truth.size(); i++)
                     {
                         const double change = truth[i + 1] - truth[i];
                         if (std::abs(change) > floor * truth[i])
                         {
                             counted++;
                             right += change * (values[i + 1] - values[i]) > 0;
                         }
                     }
                     table.rows.push_back({group,
                                           RowName(all, row),
                                           all.engines[engine].name,
                                           floor,
                                           truth.empty() ? 0 : truth.size() - 1,
                                           counted,
                                           right,
                                           right == counted ? "yes" : "no"});
                 });
    return table;
}

ReportTable MinimaTable(const EvalAnswers& all)
{
    ReportTable table{
        "minima",
        "Points of the minimum p99 by the packet engine and by the engine, and how much higher the packet-level p99 "
        "is at the engine's choice; found means that this is at most the floor.",
        {{"parameter"},
         {"class"},
         {"engine"},
         {"packet_minimum_at", CellStyle::NUMBER},
         {"minimum_at", CellStyle::NUMBER},
         {"above_packet_minimum", CellStyle::SIGNED_PERCENT, 1},
         {"found"}},
        {}};
    ForEachCurve(all,
                 [&](const Curve& curve)
                 {
                     const auto& [group, row, engine, truth, values] = curve;
                     const std::vector<double> grid = GridOf(all, group);
                     const std::size_t lowest = Lowest(truth);
                     const std::size_t chosen = Lowest(values);
                     const double above = truth[chosen] / truth[lowest] - 1;
                     table.rows.push_back({group,
                                           RowName(all, row),
                                           all.engines[engine].name,
                                           grid[lowest],
                                           grid[chosen],
                                           above,
                                           above <= FloorOf(all, group, row) ? "yes" : "no"});
                 });
    return table;
}

ReportTable CurvesTable(const EvalAnswers& all)
{
    ReportTable table{"curves",
                      "p99 slowdown of all flows at each point.",
                      {{"parameter"}, {"value", CellStyle::NUMBER}},
                      {}};
    for (const EvalEngine& engine : all.engines)
    {
        table.columns.push_back({engine.name, CellStyle::NUMBER, 3});
    }
    for (const std::size_t c : all.Complete())
    {
        table.rows.push_back({all.cases[c].group, CellOfJson(all.cases[c].facts.at("value"))});
        for (std::size_t e = 0; e < all.engines.size(); e++)
        {
            table.rows.back().push_back(all.Find(c, e)->All().At(TAIL));
        }
    }
    return table;
}

ReportTable SlopesTable(const EvalAnswers& all)
{
    ReportTable table{"slopes",
                      "Change of the p99 per unit of the parameter.",
                      {{"parameter"},
                       {"class"},
                       {"engine"},
                       {"from", CellStyle::NUMBER},
                       {"to", CellStyle::NUMBER},
                       {"packet_slope", CellStyle::NUMBER, 4},
                       {"slope", CellStyle::NUMBER, 4}},
                      {},
                      false};
    ForEachCurve(all,
                 [&](const Curve& curve)
                 {
                     const auto& [group, row, engine, truth, values] = curve;
                     const std::vector<double> grid = GridOf(all, group);
                     for (std::size_t i = 0; i + 1 < grid.size(); i++)
                     {
                         const double step = grid[i + 1] - grid[i];
                         table.rows.push_back({group,
                                               RowName(all, row),
                                               all.engines[engine].name,
                                               grid[i],
                                               grid[i + 1],
                                               (truth[i + 1] - truth[i]) / step,
                                               (values[i + 1] - values[i]) / step});
                     }
                 });
    return table;
}

EvalPicture CurvesPicture(const EvalAnswers& all, const std::string& group, const std::string& label)
{
    std::vector<EvalPanel> panels;
    const std::vector<double> grid = GridOf(all, group);
    for (std::size_t row = 0; row <= AllFlows(all); row++)
    {
        EvalPanel panel{RowName(all, row) + (row == AllFlows(all) ? " flows" : ""), {}};
        for (std::size_t e = 0; e < all.engines.size(); e++)
        {
            const std::vector<double> values = ValuesOf(all, group, e, row);
            EvalLine line{all.engines[e].name, {}};
            for (std::size_t i = 0; i < values.size(); i++)
            {
                if (!std::isnan(values[i]))
                {
                    line.points.emplace_back(grid[i], values[i]);
                }
            }
            if (!line.points.empty())
            {
                panel.lines.push_back(line);
            }
        }
        if (!panel.lines.empty())
        {
            panels.push_back(panel);
        }
    }
    return LinePanels(group, "p99 slowdown over " + label + ".", label, panels);
}

} // namespace ns3::m3::eval
