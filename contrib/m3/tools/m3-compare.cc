// SPDX-License-Identifier: GPL-2.0-only
/**
 * Runs one scenario through several engines, side by side: slowdown by size class, error against the packet engine, and
 * time.
 *
 *   ./ns3 run m3-compare
 *   ./ns3 run "m3-compare --cc=hpcc --load=0.7 --sizes=Hadoop --out=result"
 *   ./ns3 run "m3-compare --report=page.html"
 */
#include "scenario-facts.h"
#include "scenario-options.h"
#include "stop-on-interrupt.h"

#include "core/progress.h"
#include "ns3/m3-html-report.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-numbers.h"
#include "ns3/m3-output-paths.h"
#include "ns3/m3-report-files.h"
#include "ns3/m3-report-writer.h"
#include "ns3/m3-run-program.h"
#include "ns3/m3-text-file.h"

#include <algorithm>
#include <iostream>

using namespace ns3::m3;

namespace
{

/// A column of the comparison.
struct Column
{
    std::string name;   //!< as given in --engines
    std::string engine; //!< engine that answers
};

std::vector<Column> ColumnsOf(const ScenarioOptions& options, const std::string& names)
{
    std::vector<Column> columns;
    for (const std::string& name : SplitList(names))
    {
        columns.push_back({name, EngineOf(options, name)});
    }
    if (columns.empty())
    {
        throw InputError("--engines names no engine");
    }
    return columns;
}

/// Where results go besides the terminal; empty: nowhere.
struct Output
{
    std::string folder;
    std::string page;    //!< HTML file
    std::string command; //!< shown on the page
};

void WritePage(const std::vector<SlowdownReport>& reports,
               const ScenarioOptions& options,
               const ScenarioRun& scenario,
               const Output& output)
{
    ReportPageText text;
    text.scenario = ScenarioFacts(options, scenario);
    text.command = output.command;
    for (const EngineInfo& info : RegisteredEngines())
    {
        text.engines[info.name] = info.text;
    }
    WriteWholeFile(output.page, [&](std::ostream& out) { WriteReportHtml(reports, text, out); });
}

/// Prepares all engines and leaves out those that have no answer for the scenario. \return a line on each of these
/// \throws InputError, also where none is left
std::vector<std::string> LeaveOut(std::vector<Column>& columns, ScenarioRun& scenario)
{
    std::vector<Column> kept;
    std::vector<std::string> lines;
    for (const Column& column : columns)
    {
        try
        {
            scenario.estimator.PrepareSchedule(column.engine, scenario.schedule);
            kept.push_back(column);
        }
        catch (const NoAnswer& error)
        {
            if (kept.empty() && &column == &columns.back())
            {
                throw;
            }
            lines.push_back("left out of the comparison: " + column.name + "; " + error.what());
        }
    }
    columns = std::move(kept);
    return lines;
}

void Compare(const ScenarioOptions& options, const std::string& engineNames, const Output& output)
{
    std::vector<Column> columns = ColumnsOf(options, engineNames);
    std::vector<std::future<void>> libraries;
    for (const Column& column : columns)
    {
        libraries.push_back(MakeEngine(column.engine)->LoadAhead());
    }
    OutputPaths paths;
    paths.AddFolder(output.folder);
    paths.AddFile(output.page);
    ScenarioRun scenario = MakeScenario(options);
    M3Estimator& estimator = scenario.estimator;
    estimator.besidePackets =
        std::any_of(columns.begin(),
                    columns.end(),
                    [](const Column& column) { return column.engine == EngineOfRole(EngineRole::TRUTH); });
    const std::vector<std::string> leftOut = LeaveOut(columns, scenario);
    PrintScenario(scenario);

    Progress progress("m3-compare");
    std::vector<SlowdownReport> reports;
    for (const Column& column : columns)
    {
        estimator.progress = [&](uint64_t done, uint64_t total) { progress.Show(column.name, done, total); };
        const StopOnInterrupt interrupt("m3-compare", *MakeEngine(column.engine), estimator);
        reports.push_back(estimator.RunSchedule(column.engine, scenario.schedule));
        reports.back().SetEngine(column.name);
        if (interrupt.IsAsked() && &column != &columns.back())
        {
            reports.back().AddNote("stopped: engines after " + column.name + " are left out");
            break;
        }
    }
    progress.Clear();
    for (const std::string& why : leftOut)
    {
        reports.front().AddNote(why);
    }
    PrintComparison(reports, std::cout);
    if (!output.folder.empty())
    {
        WriteReports(reports, output.folder);
        std::cout << "\nwritten: " << output.folder << '/' << ReportFiles(reports) << '\n';
    }
    if (!output.page.empty())
    {
        WritePage(reports, options, scenario, output);
        std::cout << "\nwritten: " << output.page << '\n';
    }
}

} // namespace

int main(int argc, char* argv[])
{
    return RunProgram(
        "m3-compare",
        [&]
        {
            ScenarioOptions options;
            options.workload.flows = 60000;
            std::string engines = EnginesWithRoles();
            Output output;
            output.command = CommandText(argc, argv);
            ProgramOptions program("Runs one scenario through several engines, side by side: slowdown by size class, "
                                   "error against the first engine, and time.");
            AddScenarioOptions(program, options);
            AddWhereOptions(program, options);
            program.Add("engines",
                        EngineNames() + ", separated by commas; errors are relative to the first",
                        engines,
                        "NAME,NAME");
            program.Add("out", "folder for " + ReportFilesText(" and "), output.folder, "FOLDER");
            program.Add("report", "file for the comparison as one self-contained HTML page", output.page, "FILE");
            if (!ParseScenarioArguments(program, options, argc, argv))
            {
                return 0;
            }
            Compare(options, engines, output);
            return 0;
        });
}
