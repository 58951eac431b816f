/**
 * One scenario by every engine, side by side: slowdown by size class, error against packets, and time.
 *
 *   ./ns3 run m3-compare
 *   ./ns3 run "m3-compare --cc=hpcc --load=0.7 --sizes=Hadoop --out=result"
 */
#include "program.h"
#include "scenario-options.h"

#include "ns3/input-error.h"
#include "ns3/progress.h"
#include "ns3/report-writer.h"
#include "ns3/text-file.h"

#include <iostream>
#include <sstream>

using namespace ns3::m3;

namespace
{

std::vector<Engine> EnginesOf(const std::string& names)
{
    std::vector<Engine> engines;
    std::istringstream list(names);
    for (std::string name; std::getline(list, name, ',');)
    {
        engines.push_back(ParseEngine(name));
    }
    if (engines.empty())
    {
        throw InputError("--engines names no engine");
    }
    return engines;
}

void Compare(const ScenarioOptions& options, const std::string& engineNames, const std::string& out)
{
    const std::vector<Engine> engines = EnginesOf(engineNames);
    Scenario scenario = MakeScenario(options);
    M3Estimator& estimator = scenario.estimator;
    for (const Engine engine : engines)
    {
        estimator.Prepare(engine, scenario.flows);
    }
    MakeFolder(out);
    PrintScenario(scenario);

    Progress progress("m3-compare");
    std::vector<SlowdownReport> reports;
    for (const Engine engine : engines)
    {
        estimator.progress = [&](uint64_t done, uint64_t total) { progress.Show(EngineName(engine), done, total); };
        reports.push_back(estimator.Run(engine, scenario.flows));
    }
    progress.Clear();
    PrintComparison(reports, std::cout);
    if (!out.empty())
    {
        WriteReports(reports, out);
        std::cout << "\nwritten: " << out << "/report.csv, report.json, slowdown.png, slowdown.svg\n";
    }
}

} // namespace

int main(int argc, char* argv[])
{
    return RunProgram("m3-compare",
                      [&]
                      {
                          ScenarioOptions options;
                          options.workload.flows = 60000;
                          std::string engines = "packet,flowsim,m3";
                          std::string out;
                          ns3::CommandLine cmd(__FILE__);
                          AddScenarioOptions(cmd, options);
                          cmd.AddValue("engines", "which, separated by commas; errors are against the first", engines);
                          cmd.AddValue("out", "folder for report.csv, report.json, slowdown.png and slowdown.svg", out);
                          cmd.Parse(argc, argv);
                          Compare(options, engines, out);
                          return 0;
                      });
}
