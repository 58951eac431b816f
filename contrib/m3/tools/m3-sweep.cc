// SPDX-License-Identifier: GPL-2.0-only
/**
 * What if: estimates the same flows under every configuration of a grid.
 *
 *   ./ns3 run "m3-sweep --grid=window=5000,10000,20000,30000"
 *   ./ns3 run "m3-sweep --cc=hpcc --grid=eta=0.7,0.8,0.9,0.95:window=10000,20000 --out=result"
 */
#include "scenario-options.h"

#include "core/progress.h"
#include "core/text-format.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-numbers.h"
#include "ns3/m3-output-paths.h"
#include "ns3/m3-parameters.h"
#include "ns3/m3-run-program.h"
#include "ns3/m3-text-file.h"
#include "report/report-table.h"
#include "report/run-gnuplot.h"
#include "report/text-table.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <set>
#include <sstream>

using namespace ns3::m3;

namespace
{

/// An option and its values.
struct Axis
{
    std::string option;
    std::vector<std::string> values;
};

/// "eta=0.7,0.8:window=10000,20000" \throws InputError
std::vector<Axis> ParseGrid(const std::string& text)
{
    std::set<std::string> options = {"cc", "host-rate", "fabric-rate"};
    for (const Parameter* parameter : AllParameters())
    {
        options.insert(parameter->option);
    }
    std::vector<Axis> grid;
    for (const std::string& part : SplitList(text, ':'))
    {
        const std::size_t equals = part.find('=');
        Axis axis{part.substr(0, equals), {}};
        if (equals != std::string::npos)
        {
            axis.values = SplitList(part.substr(equals + 1));
        }
        if (!options.count(axis.option) || axis.values.empty())
        {
            std::string known;
            for (const std::string& option : options)
            {
                known += (known.empty() ? "" : ", ") + option;
            }
            throw InputError("--grid needs OPTION=VALUE,VALUE:OPTION=VALUE,... with options of " + known + "; not '" +
                             part + "'");
        }
        grid.push_back(axis);
    }
    if (grid.empty())
    {
        throw InputError("needs --grid, as in --grid=window=5000,10000,20000");
    }
    return grid;
}

constexpr double QUANTILE = 0.99;

/// The result for a size class, or for all flows.
struct Row
{
    std::string name;
    uint64_t flows;
    double p99;
    ConfidenceInterval interval;
};

/// A point of the grid with its estimate.
struct Point
{
    std::vector<std::string> values; //!< one per axis
    std::vector<Row> rows;           //!< size classes, then all
    std::vector<std::string> notes;

    void Keep(const SlowdownReport& report)
    {
        for (std::size_t c = 0; c < report.Classes().Count(); c++)
        {
            rows.push_back({report.Classes().Name(c),
                            report.FlowCount(c),
                            report.ClassQuantile(c, QUANTILE),
                            report.ClassInterval(c, QUANTILE)});
        }
        rows.push_back({"all", report.FlowCount(), report.OverallQuantile(QUANTILE), report.OverallInterval(QUANTILE)});
        notes = report.Notes();
    }
};

/// All combinations, the last axis fastest.
std::vector<Point> PointsOf(const std::vector<Axis>& grid)
{
    std::vector<Point> points(1);
    for (const Axis& axis : grid)
    {
        std::vector<Point> more;
        for (const Point& point : points)
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

ScenarioOptions OptionsOf(const ScenarioOptions& base, const std::vector<Axis>& grid, const Point& point)
{
    ScenarioOptions options = base;
    ProgramOptions program("");
    AddScenarioOptions(program, options);
    for (std::size_t i = 0; i < grid.size(); i++)
    {
        program.Set(grid[i].option, point.values[i]);
    }
    options.given.insert(options.given.end(), program.Given().begin(), program.Given().end());
    return options;
}

void PrintTable(const std::vector<Axis>& grid, const std::vector<Point>& points)
{
    std::printf("p99 slowdown by size class; 95 %% sampling interval of all flows\n");
    TextTable table;
    for (const Axis& axis : grid)
    {
        table.AddColumn(axis.option, 12, TextTable::Align::LEFT);
    }
    for (const Row& row : points.front().rows)
    {
        table.AddColumn(row.name, row.name == "all" ? 9 : 16);
    }
    table.AddColumn("", 18); // the interval
    std::set<std::string> notes;
    for (const Point& point : points)
    {
        table.AddRow();
        for (const std::string& value : point.values)
        {
            table.AddCell(value);
        }
        for (const Row& row : point.rows)
        {
            table.AddCell(FormatText("%.2f", row.p99));
        }
        const ConfidenceInterval& interval = point.rows.back().interval;
        table.AddCell(std::isnan(interval.low) ? "-" : FormatText("%9.2f ..%6.2f", interval.low, interval.high));
        notes.insert(point.notes.begin(), point.notes.end());
    }
    table.WriteHead(std::cout);
    table.WriteRows(std::cout);
    for (const std::string& note : notes)
    {
        std::cout << note << '\n';
    }
    std::cout.flush();
}

void WriteCsv(const std::vector<Axis>& grid, const std::vector<Point>& points, std::ostream& out)
{
    ReportTable table;
    for (const Axis& axis : grid)
    {
        table.columns.push_back({axis.option, CellStyle::WORD});
    }
    table.columns.push_back({"class"});
    for (const char* name : {"flows", "p99", "low", "high"})
    {
        table.columns.push_back({name, CellStyle::NUMBER});
    }
    for (const Point& point : points)
    {
        for (const Row& row : point.rows)
        {
            std::vector<ReportCell>& cells = table.rows.emplace_back(point.values.begin(), point.values.end());
            cells.emplace_back(row.name);
            cells.emplace_back(row.flows);
            cells.emplace_back(row.p99);
            cells.emplace_back(row.interval.low);
            cells.emplace_back(row.interval.high);
        }
    }
    WriteTableCsv(table, out);
}

/// A panel per size class: p99 over the first axis, a line per combination of the others. \throws InputError
void Draw(const std::vector<Axis>& grid, const std::vector<Point>& points, const std::string& stem)
{
    const std::vector<Row>& rows = points.front().rows;
    const std::size_t lines = points.size() / grid.front().values.size();
    std::ostringstream script;
    script << "set encoding utf8\n";
    for (std::size_t line = 0; line < lines; line++)
    {
        script << "$data" << line << " << EOD\n";
        for (std::size_t i = 0; i < grid.front().values.size(); i++)
        {
            const Point& point = points[i * lines + line];
            script << i << " \"" << point.values.front() << '"';
            for (const Row& row : point.rows)
            {
                script << ' ' << row.p99;
            }
            script << '\n';
        }
        script << "EOD\n";
    }
    script << "set multiplot layout 2,3 title 'p99 slowdown'\nset grid lc rgb '#dddddd'\nset key bottom left\n"
           << "set yrange [1:*]\nset xrange [-0.3:" << static_cast<double>(grid.front().values.size()) - 0.7
           << "]\nset xlabel " << GnuplotText(grid.front().option) << '\n';
    for (std::size_t c = 0; c < rows.size(); c++)
    {
        script << "set title " << GnuplotText(rows[c].name + (rows[c].name == "all" ? " flows" : "")) << "\nplot ";
        for (std::size_t line = 0; line < lines; line++)
        {
            std::string title;
            for (std::size_t a = 1; a < grid.size(); a++)
            {
                title += (a > 1 ? ", " : "") + grid[a].option + " " + points[line].values[a];
            }
            script << (line ? ", " : "") << "$data" << line << " using 1:" << c + 3
                   << ":xtic(2) with linespoints lw 2 pt 7 title " << GnuplotText(title);
        }
        script << '\n';
    }
    script << "unset multiplot\n";
    for (const std::string& file : {stem + ".png", stem + ".svg"})
    {
        RunGnuplot(GnuplotTerminal(file) + script.str(), file);
    }
}

void Sweep(const ScenarioOptions& base, const std::vector<Axis>& grid, const std::string& out)
{
    std::vector<Point> points = PointsOf(grid);
    std::vector<ScenarioOptions> options;
    for (const Point& point : points)
    {
        options.push_back(OptionsOf(base, grid, point));
        MakeConfig(options.back());
    }
    const bool ratesVary =
        std::any_of(grid.begin(),
                    grid.end(),
                    [](const Axis& axis) { return axis.option == "host-rate" || axis.option == "fabric-rate"; });
    OutputPaths paths;
    paths.AddFolder(out);
    const std::string engine = EngineOf(base, EngineOfRole(EngineRole::ESTIMATE));
    const std::future<void> library = MakeEngine(engine)->LoadAhead();
    ScenarioRun scenario = MakeScenario(options.front());
    const FlowList flows = scenario.flows; // of the first configuration, for all
    PrintScenario(scenario);
    Progress progress("m3-sweep");
    const auto begin = std::chrono::steady_clock::now();
    std::size_t done = 0;
    const auto keep = [&](Point& point, const SlowdownReport& report)
    {
        point.Keep(report);
        progress.Show("configurations", ++done, points.size());
    };
    if (ratesVary) // each has a network of its own
    {
        for (std::size_t i = 0; i < points.size(); i++)
        {
            keep(points[i], MakeScenario(options[i]).estimator.Run(engine, flows));
        }
    }
    else
    {
        std::vector<RdmaConfig> configs;
        for (const ScenarioOptions& one : options)
        {
            configs.push_back(MakeConfig(one));
        }
        scenario.estimator.RunConfigurations(engine,
                                             flows,
                                             configs,
                                             [&](std::size_t i, const SlowdownReport& report)
                                             { keep(points[i], report); });
    }
    progress.Clear();
    PrintTable(grid, points);
    std::printf("\n%zu configurations in %.1f s\n",
                points.size(),
                std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    if (!out.empty())
    {
        WriteWholeFile(out + "/sweep.csv", [&](std::ostream& file) { WriteCsv(grid, points, file); });
        Draw(grid, points, out + "/sweep");
        std::printf("written: %s/sweep.csv, sweep.png, sweep.svg\n", out.c_str());
    }
}

} // namespace

int main(int argc, char* argv[])
{
    return RunProgram("m3-sweep",
                      [&]
                      {
                          ScenarioOptions options;
                          options.workload.flows = 60000;
                          options.ofEngines = {{"flows-per-class", "25000"}};
                          std::string grid;
                          std::string out;
                          ProgramOptions program("What if: the same flows under every configuration of a grid, "
                                                 "estimated by " +
                                                 EngineOfRole(EngineRole::ESTIMATE) + ".");
                          AddScenarioOptions(program, options);
                          program.Add("grid",
                                      "options and their values, as in window=5000,10000:eta=0.8,0.9; all combinations",
                                      grid,
                                      "GRID");
                          program.Add("out", "folder for sweep.csv, sweep.png and sweep.svg", out, "FOLDER");
                          if (!ParseScenarioArguments(program, options, argc, argv))
                          {
                              return 0;
                          }
                          Sweep(options, ParseGrid(grid), out);
                          return 0;
                      });
}
