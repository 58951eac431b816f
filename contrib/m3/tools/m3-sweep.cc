// SPDX-License-Identifier: GPL-2.0-only
/**
 * What if: estimates the same flows under every configuration of a grid.
 *
 *   ./ns3 run "m3-sweep --grid=window=5000,10000,20000,30000"
 *   ./ns3 run "m3-sweep --engine=sampled --count=300000 --grid=pfc=on,off"
 *   ./ns3 run "m3-sweep --grid=engine=packet,m3:cc=dctcp,dcqcn,hpcc --report=page.html"
 *   ./ns3 run "m3-sweep --cc=hpcc --grid=eta=0.7,0.8,0.9,0.95:window=10000,20000 --out=result"
 */
#include "scenario-facts.h"
#include "scenario-options.h"
#include "stop-on-interrupt.h"
#include "sweep-page.h"
#include "sweep-points.h"

#include "config/ideal-fcts-of-run.h"
#include "core/progress.h"
#include "core/text-format.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-numbers.h"
#include "ns3/m3-output-paths.h"
#include "ns3/m3-parameters.h"
#include "ns3/m3-run-program.h"
#include "ns3/m3-scenario.h"
#include "ns3/m3-text-file.h"
#include "report/report-rows.h"
#include "report/report-table.h"
#include "report/run-gnuplot.h"
#include "report/text-table.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <memory>
#include <set>
#include <sstream>

using namespace ns3::m3;

namespace
{

/// "eta=0.7,0.8:window=10000,20000" \throws InputError
std::vector<SweepAxis> ParseGrid(const std::string& text)
{
    std::set<std::string> options = {"cc", "host-rate", "fabric-rate", "engine"};
    for (const Parameter* parameter : AllParameters())
    {
        options.insert(parameter->option);
    }
    std::vector<SweepAxis> grid;
    for (const std::string& part : SplitList(text, ':'))
    {
        const std::size_t equals = part.find('=');
        SweepAxis axis{part.substr(0, equals), {}};
        if (equals != std::string::npos)
        {
            axis.values = SplitList(part.substr(equals + 1));
        }
        if (!options.count(axis.option) || axis.values.empty())
        {
            throw InputError("--grid needs OPTION=VALUE,VALUE:OPTION=VALUE,...; '" + part +
                             (axis.values.empty() ? "' has no values"
                                                  : "' is neither engine nor a part of the configuration, such as cc, "
                                                    "eta, window or host-rate; see --help"));
        }
        grid.push_back(axis);
    }
    if (grid.empty())
    {
        throw InputError("needs --grid, as in --grid=window=5000,10000,20000");
    }
    return grid;
}

ScenarioOptions OptionsOf(const ScenarioOptions& base, const std::vector<SweepAxis>& grid, const SweepPoint& point)
{
    ScenarioOptions options = base;
    ProgramOptions program("");
    AddScenarioOptions(program, options);
    for (std::size_t i = 0; i < grid.size(); i++)
    {
        if (!grid[i].IsEngines())
        {
            program.Set(grid[i].option, point.values[i]);
        }
    }
    options.given.insert(options.given.end(), program.Given().begin(), program.Given().end());
    return options;
}

void PrintTable(const std::vector<SweepAxis>& grid, const std::vector<SweepPoint>& points)
{
    std::printf("p99 slowdown by size class; 95 %% interval of all flows\n");
    TextTable table;
    for (const SweepAxis& axis : grid)
    {
        table.AddColumn(axis.option, 12, TextTable::Align::LEFT);
    }
    for (const SweepRow& row : points.front().rows)
    {
        table.AddColumn(row.name, row.name == "all" ? 9 : 16);
    }
    table.AddColumn("", 18); // the interval
    std::set<std::string> notes;
    for (const SweepPoint& point : points)
    {
        if (point.rows.empty())
        {
            continue;
        }
        table.AddRow();
        for (const std::string& value : point.values)
        {
            table.AddCell(value);
        }
        for (const SweepRow& row : point.rows)
        {
            table.AddCell(SlowdownText(row.p99));
        }
        table.AddCell(IntervalText(point.rows.back().interval));
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

void WriteCsv(const std::vector<SweepAxis>& grid, const std::vector<SweepPoint>& points, std::ostream& out)
{
    ReportTable table;
    for (const SweepAxis& axis : grid)
    {
        table.columns.push_back({axis.option, CellStyle::WORD});
    }
    table.columns.push_back({"class"});
    for (const char* name : {"flows", "p99", "low", "high"})
    {
        table.columns.push_back({name, CellStyle::NUMBER});
    }
    for (const SweepPoint& point : points)
    {
        for (const SweepRow& row : point.rows)
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

/// A panel per size class with the lines of LinesOf(). \throws InputError
void Draw(const std::vector<SweepAxis>& grid, const std::vector<SweepPoint>& points, const std::string& stem)
{
    const std::vector<SweepRow>& rows = points.front().rows;
    const SweepLines lines = LinesOf(grid, points);
    const SweepAxis& axis = grid[lines.axis];
    std::ostringstream script;
    script << "set encoding utf8\n";
    for (std::size_t line = 0; line < lines.points.size(); line++)
    {
        script << "$data" << line << " << EOD\n";
        for (std::size_t i = 0; i < axis.values.size(); i++)
        {
            const SweepPoint& point = points[lines.points[line][i]];
            if (point.rows.empty())
            {
                continue;
            }
            script << i << " \"" << axis.values[i] << '"';
            for (const SweepRow& row : point.rows)
            {
                script << ' ' << row.p99;
            }
            script << '\n';
        }
        script << "EOD\n";
    }
    script << "set multiplot layout 2,3 title 'p99 slowdown'\nset grid lc rgb '#dddddd'\nset key bottom left\n"
           << "set yrange [1:*]\nset xrange [-0.3:" << static_cast<double>(axis.values.size()) - 0.7 << "]\nset xlabel "
           << GnuplotText(axis.option) << '\n';
    for (std::size_t c = 0; c < rows.size(); c++)
    {
        const auto hasValue = [c](const SweepPoint& point)
        { return !point.rows.empty() && !std::isnan(point.rows[c].p99); };
        if (std::none_of(points.begin(), points.end(), hasValue))
        {
            continue; // gnuplot refuses a plot without any value
        }
        script << "set title " << GnuplotText(rows[c].name + (rows[c].name == "all" ? " flows" : "")) << "\nplot ";
        for (std::size_t line = 0; line < lines.points.size(); line++)
        {
            script << (line ? ", " : "") << "$data" << line << " using 1:" << c + 3
                   << ":xtic(2) with linespoints lw 2 pt 7 title " << GnuplotText(lines.names[line]);
        }
        script << '\n';
    }
    script << "unset multiplot\n";
    for (const std::string& file : {stem + ".png", stem + ".svg"})
    {
        RunGnuplot(GnuplotTerminal(file) + script.str(), file);
    }
}

/// The networks and scenarios of all points, with the same flows. Points that differ by their engine share one.
class SweepScenarios
{
  public:
    /// \param options of each point \param same of each point, the first one with the same configuration
    SweepScenarios(const std::vector<ScenarioOptions>& options,
                   const std::vector<std::size_t>& same,
                   bool ratesVary,
                   const ScenarioRun& first)
    {
        m_fabrics.reserve(options.size()); // scenarios refer to them
        for (std::size_t i = 0; i < options.size(); i++)
        {
            if (same[i] < i)
            {
                m_scenarios.push_back(m_scenarios[same[i]]);
                continue;
            }
            if (ratesVary)
            {
                m_fabrics.push_back(MakeFabric(options[i]));
            }
            const FabricGraph& fabric = ratesVary ? m_fabrics.back() : first.estimator.Fabric();
            m_scenarios.push_back(std::make_shared<const Scenario>(fabric, MakeConfig(options[i]), first.schedule));
        }
    }

    const Scenario* At(std::size_t point) const
    {
        return m_scenarios[point].get();
    }

    /// Returns whether the ideal FCTs are the same at two points. A few flows tell.
    bool HaveSameIdeals(std::size_t one, std::size_t other) const
    {
        constexpr std::size_t FLOWS = 100;
        const Scenario& a = *m_scenarios[one];
        const Scenario& b = *m_scenarios[other];
        IdealFctsOfRun idealsOfA(a.Fabric(), a.Routes(), a.Config());
        IdealFctsOfRun idealsOfB(b.Fabric(), b.Routes(), b.Config());
        return std::all_of(a.Flows().begin(),
                           a.Flows().begin() + static_cast<std::ptrdiff_t>(std::min(FLOWS, a.Flows().size())),
                           [&](const Flow& flow)
                           {
                               return idealsOfA.NextNs(flow.src, flow.dst, flow.sizeBytes, flow.dstPort) ==
                                      idealsOfB.NextNs(flow.src, flow.dst, flow.sizeBytes, flow.dstPort);
                           });
    }

  private:
    std::vector<FabricGraph> m_fabrics;
    std::vector<std::shared_ptr<const Scenario>> m_scenarios;
};

/// Prints which options change what slowdowns are relative to.
void PrintIdealsNote(const std::vector<SweepAxis>& grid,
                     const std::vector<SweepStep>& steps,
                     const SweepScenarios& scenarios)
{
    std::set<std::string> options;
    for (const SweepStep& step : steps)
    {
        if (!scenarios.HaveSameIdeals(step.from, step.to))
        {
            options.insert(grid[step.axis].option);
        }
    }
    for (const std::string& option : options)
    {
        std::cout << "--" << option
                  << " changes ideal FCTs: slowdowns before and after such a step are relative to different ones, and "
                     "their change is not that of the FCT\n";
    }
}

/// An engine of a sweep and the points that it answers for.
struct EngineShare
{
    std::string engine;
    std::vector<std::size_t> points; //!< Their indices.
};

/// Returns the engines of a grid in its order, or the one given where the grid has none. \throws InputError
std::vector<EngineShare> SharesOf(const ScenarioOptions& base,
                                  const std::vector<SweepAxis>& grid,
                                  const std::vector<SweepPoint>& points,
                                  const std::string& engine)
{
    const auto axis = std::find_if(grid.begin(), grid.end(), [](const SweepAxis& one) { return one.IsEngines(); });
    std::vector<EngineShare> shares;
    for (const std::string& name : axis == grid.end() ? std::vector<std::string>{engine} : axis->values)
    {
        EngineShare& share = shares.emplace_back(EngineShare{EngineOf(base, name), {}});
        for (std::size_t i = 0; i < points.size(); i++)
        {
            if (axis == grid.end() || points[i].values[static_cast<std::size_t>(axis - grid.begin())] == name)
            {
                share.points.push_back(i);
            }
        }
    }
    return shares;
}

/// Answers for all points, or for those before a Ctrl-C. \return number of points that are answered for
std::size_t AnswerPoints(const std::vector<EngineShare>& shares,
                         const SweepScenarios& scenarios,
                         M3Estimator& estimator,
                         std::vector<SweepPoint>& points)
{
    Progress progress("m3-sweep");
    std::size_t done = 0;
    for (const EngineShare& share : shares)
    {
        std::vector<const Scenario*> asked;
        for (const std::size_t point : share.points)
        {
            asked.push_back(scenarios.At(point));
        }
        const StopOnInterrupt interrupt("m3-sweep", *MakeEngine(share.engine), estimator);
        try
        {
            estimator.RunScenarios(share.engine,
                                   asked,
                                   [&](std::size_t i, const SlowdownReport& report)
                                   {
                                       points[share.points[i]].Keep(report);
                                       progress.Show("configurations", static_cast<double>(++done), points.size());
                                   });
        }
        catch (const InputError&)
        {
            if (!interrupt.IsAsked() || done == 0) // else stopped in a configuration before its first window
            {
                throw;
            }
        }
        if (interrupt.IsAsked())
        {
            break;
        }
    }
    progress.Clear();
    return done;
}

/// The configurations of a grid. \throws InputError
std::vector<ScenarioOptions>
OptionsOfPoints(const ScenarioOptions& base, const std::vector<SweepAxis>& grid, const std::vector<SweepPoint>& points)
{
    std::vector<ScenarioOptions> options;
    for (const SweepPoint& point : points)
    {
        options.push_back(OptionsOf(base, grid, point));
        MakeConfig(options.back());
    }
    return options;
}

/// Returns whether the networks of a grid differ. \throws InputError where they cannot
bool RatesVary(const ScenarioOptions& base, const std::vector<SweepAxis>& grid)
{
    const auto ofRates =
        std::find_if(grid.begin(),
                     grid.end(),
                     [](const SweepAxis& axis) { return axis.option == "host-rate" || axis.option == "fabric-rate"; });
    if (ofRates != grid.end() && (!base.topologyFile.empty() || !base.configFile.empty()))
    {
        throw InputError("--grid: " + ofRates->option + " changes nothing beside a topology file, which has the rates");
    }
    return ofRates != grid.end();
}

/// For each point the first one with the same configuration.
std::vector<std::size_t> SameConfigurations(const std::vector<SweepAxis>& grid, std::size_t points)
{
    std::vector<std::size_t> same;
    for (std::size_t i = 0; i < points; i++)
    {
        same.push_back(i);
        for (std::size_t a = 0; a < grid.size(); a++)
        {
            same.back() = grid[a].IsEngines() ? WithFirstValue(grid, same.back(), a) : same.back();
        }
    }
    return same;
}

/// Where results go besides the terminal; empty: nowhere.
struct Output
{
    std::string folder;
    std::string page;    //!< HTML file
    std::string command; //!< shown on the page
};

void WriteFolder(const std::vector<SweepAxis>& grid,
                 const std::vector<SweepPoint>& points,
                 const std::vector<SweepStep>& steps,
                 const std::string& folder)
{
    WriteWholeFile(folder + "/sweep.csv", [&](std::ostream& file) { WriteCsv(grid, points, file); });
    if (!steps.empty())
    {
        WriteWholeFile(folder + "/steps.csv", [&](std::ostream& file) { WriteStepsCsv(grid, points, steps, file); });
    }
    const bool hasGroups = !points.front().kinds.empty();
    if (hasGroups)
    {
        WriteWholeFile(folder + "/groups.csv", [&](std::ostream& file) { WriteGroupTimesCsv(grid, points, file); });
    }
    Draw(grid, points, folder + "/sweep");
    std::printf("written: %s/sweep.csv, %s%ssweep.png, sweep.svg\n",
                folder.c_str(),
                steps.empty() ? "" : "steps.csv, ",
                hasGroups ? "groups.csv, " : "");
}

void Sweep(const ScenarioOptions& base,
           const std::vector<SweepAxis>& grid,
           const std::string& engine,
           const Output& output)
{
    std::vector<SweepPoint> points = PointsOf(grid);
    const std::vector<ScenarioOptions> options = OptionsOfPoints(base, grid, points);
    const bool ratesVary = RatesVary(base, grid);
    OutputPaths paths;
    paths.AddFolder(output.folder);
    paths.AddFile(output.page);
    const std::vector<EngineShare> shares = SharesOf(base, grid, points, engine);
    std::vector<std::future<void>> libraries;
    for (const EngineShare& share : shares)
    {
        libraries.push_back(MakeEngine(share.engine)->LoadAhead());
    }
    ScenarioRun scenario = MakeScenario(options.front()); // its flows are those of all configurations
    PrintScenario(scenario);
    const auto begin = std::chrono::steady_clock::now();
    scenario.estimator.besidePackets =
        std::any_of(shares.begin(),
                    shares.end(),
                    [](const EngineShare& share) { return share.engine == EngineOfRole(EngineRole::TRUTH); });
    const SweepScenarios scenarios(options, SameConfigurations(grid, points.size()), ratesVary, scenario);
    const std::size_t done = AnswerPoints(shares, scenarios, scenario.estimator, points);
    PrintTable(grid, points);
    PrintGroupTimes(grid, points, std::cout);
    const std::vector<SweepStep> steps = StepsOf(grid, points);
    PrintSteps(grid, points, steps, std::cout);
    PrintIdealsNote(grid, steps, scenarios);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    std::printf("\n%zu %sconfigurations in %.1f s\n",
                done,
                done < points.size() ? ("of " + std::to_string(points.size()) + " ").c_str() : "",
                seconds);
    if (!output.folder.empty())
    {
        WriteFolder(grid, points, steps, output.folder);
    }
    if (!output.page.empty())
    {
        const SweepPageText text{engine, seconds, ScenarioFacts(options.front(), scenario), output.command};
        WriteWholeFile(output.page, [&](std::ostream& file) { WriteSweepHtml({grid, points, steps}, text, file); });
        std::printf("written: %s\n", output.page.c_str());
    }
}

} // namespace

int main(int argc, char* argv[])
{
    return RunProgram(
        "m3-sweep",
        [&]
        {
            ScenarioOptions options;
            options.workload.flows = 60000;
            options.ofEngines = {{"flows-per-class", "25000"}};
            std::string grid;
            Output output;
            output.command = CommandText(argc, argv);
            std::string engine = EngineOfRole(EngineRole::ESTIMATE);
            ProgramOptions program("What if: the same flows under every configuration of a grid.");
            AddScenarioOptions(program, options);
            program.Add("engine",
                        EngineNames() + "; sampled compares configurations on the same windows",
                        engine,
                        "NAME");
            program.Add("grid",
                        "options and their values, as in window=5000,10000:eta=0.8,0.9; all combinations; "
                        "engine=packet,m3 asks several engines, errors are relative to the first",
                        grid,
                        "GRID");
            program.Add("out",
                        "folder for sweep.csv, steps.csv, groups.csv, sweep.png and sweep.svg",
                        output.folder,
                        "FOLDER");
            program.Add("report", "file for the comparison as one self-contained HTML page", output.page, "FILE");
            if (!ParseScenarioArguments(program, options, argc, argv))
            {
                return 0;
            }
            Sweep(options, ParseGrid(grid), engine, output);
            return 0;
        });
}
