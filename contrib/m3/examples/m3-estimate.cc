/**
 * What the flows of a scenario will experience, by one engine: the report, and on request a completion time per flow.
 *
 *   ./ns3 run "m3-estimate --topology=topo.txt --flows=flow.txt --cc=dctcp --out=result"
 *   ./ns3 run "m3-estimate --count=100000 --fct=fct.csv --check=3"
 *   mpirun -n 8 build/bin/m3-estimate --count=50000000 --scope=paths
 */
#include "mpi-share.h"
#include "mpi-work.h"
#include "program.h"
#include "scenario-options.h"

#include "ns3/hpcc-files.h"
#include "ns3/ideal-fct.h"
#include "ns3/input-error.h"
#include "ns3/progress.h"
#include "ns3/report-writer.h"
#include "ns3/routes.h"
#include "ns3/text-file.h"

#include <algorithm>
#include <cmath>
#include <iostream>

using namespace ns3::m3;

namespace
{

/// Writes `flow,src,dst,size,start_ns,fct_ns,ideal_ns,slowdown`, a line per flow that finished.
void WriteCsv(const Scenario& scenario, const std::vector<CompletionTime>& times, const std::string& file)
{
    const FabricGraph& fabric = scenario.estimator.Fabric();
    const RdmaConfig& config = scenario.estimator.config;
    const RouteTable routes(fabric, config.mode);
    IdealFctsOfFlows ideals(fabric, routes, config.HeaderBytes());
    WriteWholeFile(file,
                   [&](std::ostream& out)
                   {
                       out << "flow,src,dst,size,start_ns,fct_ns,ideal_ns,slowdown\n";
                       for (std::size_t id = 0; id < times.size(); id++)
                       {
                           const Flow& flow = scenario.flows[id];
                           const int64_t ideal = ideals.NextNs(flow.src, flow.dst, flow.sizeBytes);
                           const double fct = times[id].receiverNs;
                           if (!std::isnan(fct))
                           {
                               out << id << ',' << flow.src << ',' << flow.dst << ',' << flow.sizeBytes << ','
                                   << flow.startNs << ',' << std::llround(fct) << ',' << ideal << ','
                                   << fct / static_cast<double>(ideal) << '\n';
                           }
                       }
                   });
}

/// Writes the columns of the HPCC simulator's fct.txt.
void WriteTxt(const Scenario& scenario, const std::vector<CompletionTime>& times, const std::string& file)
{
    PacketResult result;
    for (uint32_t id = 0; id < times.size(); id++)
    {
        const bool finished = !std::isnan(times[id].receiverNs);
        result.flows.push_back({finished ? std::llround(times[id].receiverNs) : 0,
                                finished ? std::llround(times[id].senderNs) : 0,
                                finished ? Unfinished::NO : Unfinished::STOP_TIME});
        if (finished)
        {
            result.completionOrder.push_back(id);
        }
    }
    std::stable_sort(result.completionOrder.begin(),
                     result.completionOrder.end(),
                     [&](uint32_t left, uint32_t right)
                     {
                         return scenario.flows[left].startNs + result.flows[left].senderFctNs <
                                scenario.flows[right].startNs + result.flows[right].senderFctNs;
                     });
    WriteHpccFct(scenario.estimator.Fabric(), scenario.estimator.config, scenario.flows, result, file);
}

bool EndsWith(const std::string& text, const std::string& end)
{
    return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

} // namespace

int main(int argc, char* argv[])
{
    return RunProgram(
        "m3-estimate",
        [&]
        {
            ScenarioOptions options;
            options.workload.flows = 60000;
            std::string engineName = "m3";
            std::string out;
            std::string fctFile;
            ns3::CommandLine cmd(__FILE__);
            AddScenarioOptions(cmd, options);
            cmd.AddValue("engine", "packet, flowsim, parsimon or m3", engineName);
            cmd.AddValue("out", "folder for report.csv, report.json, slowdown.png and slowdown.svg", out);
            uint32_t check = 0;
            cmd.AddValue("check",
                         "compare m3 with packets on so many parts of the trace and report the error seen there",
                         check);
            cmd.AddValue("fct",
                         "file for a completion time per flow, .csv or .txt (the HPCC simulator's columns); m3 and "
                         "parsimon draw it from their distributions",
                         fctFile);
            bool median = false;
            cmd.AddValue("fct-median", "m3 gives each flow the median of its distribution, in --fct", median);
            cmd.Parse(argc, argv);
            const Engine engine = ParseEngine(engineName);
            if (check > 0 && engine != Engine::M3)
            {
                throw InputError("--check is of --engine=m3");
            }
            if (!fctFile.empty() && !EndsWith(fctFile, ".csv") && !EndsWith(fctFile, ".txt"))
            {
                throw InputError("--fct must end in .csv or .txt, is " + fctFile);
            }
            if (!fctFile.empty() && engine == Engine::M3 && ParseScope(options.scope) != Scope::NETWORK &&
                ParseScope(options.scope) != Scope::AUTO)
            {
                throw InputError("--fct needs --scope=network");
            }
            if (median && (fctFile.empty() || engine != Engine::M3))
            {
                throw InputError("--fct-median is of --engine=m3 with --fct");
            }
            const std::unique_ptr<EstimateShare> share = StartedByMpirun() ? MakeMpiShare() : nullptr;
            if (share && (engine != Engine::M3 || ParseScope(options.scope) != Scope::PATHS))
            {
                throw InputError("mpirun needs --engine=m3 and --scope=paths");
            }
            const auto library = engine == Engine::M3 ? CorrectionModel::LoadLibraryAhead() : std::future<void>();
            Scenario scenario = MakeScenario(options);
            M3Estimator& estimator = scenario.estimator;
            estimator.share = share.get();
            if (share && share->Rank() > 0)
            {
                estimator.Run(engine, scenario.flows);
                return 0;
            }
            estimator.keepFluidRun = !fctFile.empty();
            estimator.check = check;
            estimator.medianFcts = median;
            estimator.Prepare(engine, scenario.flows);
            MakeFolder(out);
            PrintScenario(scenario);
            Progress progress("m3-estimate");
            estimator.progress = [&](uint64_t done, uint64_t total) { progress.Show(engineName, done, total); };
            const SlowdownReport report = estimator.Run(engine, scenario.flows);
            std::vector<CompletionTime> times;
            if (!fctFile.empty())
            {
                times = estimator.RunPerFlow(engine, scenario.flows);
            }
            progress.Clear();
            PrintComparison({report}, std::cout);
            if (!out.empty())
            {
                WriteReports({report}, out);
                std::cout << "\nwritten: " << out << "/report.csv, report.json, slowdown.png, slowdown.svg\n";
            }
            if (!fctFile.empty())
            {
                (EndsWith(fctFile, ".txt") ? WriteTxt : WriteCsv)(scenario, times, fctFile);
                std::cout << "\nwritten: " << fctFile << '\n';
            }
            return 0;
        });
}
