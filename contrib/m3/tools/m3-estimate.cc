// SPDX-License-Identifier: GPL-2.0-only
/**
 * Estimates the slowdowns of the flows of a scenario with one engine; on request also a completion time per flow.
 *
 *   ./ns3 run "m3-estimate --topology=topo.txt --flows=flow.txt --cc=dctcp --out=result"
 *   ./ns3 run "m3-estimate --count=100000 --fct=fct.csv"
 *   mpirun -n 8 build/bin/m3-estimate --count=50000000 --scope=paths
 */
#include "mpi-share.h"
#include "mpi-work.h"
#include "scenario-options.h"
#include "stop-on-interrupt.h"

#include "config/ideal-fcts-of-run.h"
#include "core/progress.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-output-paths.h"
#include "ns3/m3-report-files.h"
#include "ns3/m3-report-writer.h"
#include "ns3/m3-routes.h"
#include "ns3/m3-text-file.h"
#include "packet/hpcc/hpcc-files.h"
#include "report/report-table.h"

#include <algorithm>
#include <cmath>
#include <iostream>

using namespace ns3::m3;

namespace
{

/// Returns when a flow started, ns.
int64_t StartNs(const Flow& flow, const CompletionTime& time)
{
    return std::isnan(time.startNs) ? flow.startNs : std::llround(time.startNs);
}

/// Writes `flow,src,dst,size_bytes,start_ns,fct_ns,ideal_ns,slowdown`, a line per flow that finished.
void WriteCsv(const ScenarioRun& scenario, const std::vector<CompletionTime>& times, const std::string& file)
{
    const FabricGraph& fabric = scenario.estimator.Fabric();
    const RdmaConfig& config = scenario.estimator.config;
    const RouteTable routes(fabric, config.mode);
    IdealFctsOfRun ideals(fabric, routes, config);
    WriteWholeFile(file,
                   [&](std::ostream& out)
                   {
                       CsvWriter table({{"flow", CellStyle::NUMBER},
                                        {"src", CellStyle::NUMBER},
                                        {"dst", CellStyle::NUMBER},
                                        {"size_bytes", CellStyle::NUMBER},
                                        {"start_ns", CellStyle::NUMBER},
                                        {"fct_ns", CellStyle::NUMBER},
                                        {"ideal_ns", CellStyle::NUMBER},
                                        {"slowdown", CellStyle::NUMBER}},
                                       out);
                       for (std::size_t id = 0; id < times.size(); id++)
                       {
                           const Flow& flow = scenario.Flows()[id];
                           const int64_t ideal = ideals.NextNs(flow.src, flow.dst, flow.sizeBytes, flow.dstPort);
                           const double fct = times[id].receiverNs;
                           if (!std::isnan(fct))
                           {
                               table.Write({id,
                                            flow.src,
                                            flow.dst,
                                            flow.sizeBytes,
                                            StartNs(flow, times[id]),
                                            std::llround(fct),
                                            ideal,
                                            std::max(1.0, fct) / static_cast<double>(ideal)});
                           }
                       }
                   });
}

/// Writes the columns of the HPCC simulator's fct.txt.
void WriteTxt(const ScenarioRun& scenario, const std::vector<CompletionTime>& times, const std::string& file)
{
    const FlowList& flows = scenario.Flows();
    PacketResult result;
    for (uint32_t id = 0; id < times.size(); id++)
    {
        result.taskStartsNs.push_back(StartNs(flows[id], times[id]));
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
                         return result.taskStartsNs[left] + result.flows[left].senderFctNs <
                                result.taskStartsNs[right] + result.flows[right].senderFctNs;
                     });
    WriteHpccFct(scenario.estimator.Fabric(), scenario.estimator.config, flows, result, {}, file);
}

bool EndsWith(const std::string& text, const std::string& end)
{
    return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

/// What is asked for besides the scenario.
struct Request
{
    std::string engine = EngineOfRole(EngineRole::ESTIMATE);
    std::string out;
    std::string fctFile;
    bool median = false;
};

void AddRequestOptions(ProgramOptions& program, Request& request)
{
    program.Add("engine", EngineNames(), request.engine, "NAME");
    program.Add("out", "folder for " + ReportFilesText(" and "), request.out, "FOLDER");
    program.Add(
        "fct",
        "file for a completion time per flow, .csv or .txt (the HPCC simulator's columns); engines that predict "
        "distributions draw it from them",
        request.fctFile,
        "FILE");
    program.Add("fct-median",
                "write the median of each flow's predicted distribution to --fct, instead of a draw",
                request.median);
}

/// Returns the names of the engines that have an ability with their options, as in "m3, m3-paths".
std::string EnginesThat(bool (Engine::*can)() const, EngineSet& engines)
{
    std::string names;
    for (const EngineInfo& info : RegisteredEngines())
    {
        if ((engines.Get(info.name).*can)())
        {
            names += (names.empty() ? "" : ", ") + info.name;
        }
    }
    return names;
}

/// Checks that the options go together. \throws InputError
void CheckRequest(const ScenarioOptions& options, const Request& request)
{
    EngineSet engines;
    for (const auto& [name, text] : options.ofEngines)
    {
        engines.Set(name, text);
    }
    const Engine& engine = engines.Get(EngineOf(options, request.engine));
    const std::string named = "--engine=" + request.engine;
    if (!request.fctFile.empty() && !EndsWith(request.fctFile, ".csv") && !EndsWith(request.fctFile, ".txt"))
    {
        throw InputError("--fct must end in .csv or .txt, is " + request.fctFile);
    }
    if (!request.fctFile.empty() && !engine.GivesPerFlow())
    {
        throw InputError("--fct needs an engine that gives completion times per flow with these options (" +
                         EnginesThat(&Engine::GivesPerFlow, engines) + "), not " + request.engine);
    }
    if (request.median && request.fctFile.empty())
    {
        throw InputError("--fct-median needs --fct");
    }
    if (request.median && !engine.Info().isTrained)
    {
        throw InputError(named + " has no --fct-median: no trained model answers");
    }
    if (StartedByMpirun() && !engine.CanShare())
    {
        throw InputError("mpirun needs an engine whose work processes can share with these options (" +
                         EnginesThat(&Engine::CanShare, engines) + "), not " + request.engine);
    }
    if (StartedByMpirun() && !request.fctFile.empty())
    {
        throw InputError("processes of mpirun share an answer, not the completion times of --fct");
    }
}

void Estimate(const ScenarioOptions& options, const Request& request, EstimateShare* share)
{
    const std::string engine = EngineOf(options, request.engine);
    const bool isFirst = !share || share->Rank() == 0;
    OutputPaths paths;
    if (isFirst)
    {
        paths.AddFolder(request.out);
        paths.AddFile(request.fctFile);
    }
    const std::future<void> library = MakeEngine(engine)->LoadAhead();
    ScenarioRun scenario = MakeScenario(options);
    M3Estimator& estimator = scenario.estimator;
    estimator.share = share;
    if (!isFirst)
    {
        estimator.RunSchedule(engine, scenario.schedule);
        return;
    }
    estimator.keepFluidRun = !request.fctFile.empty();
    estimator.medianFcts = request.median;
    estimator.PrepareSchedule(engine, scenario.schedule);
    PrintScenario(scenario);
    Progress progress("m3-estimate");
    estimator.progress = [&](uint64_t done, uint64_t total) { progress.Show(request.engine, done, total); };
    SlowdownReport report = [&]
    {
        const StopOnInterrupt interrupt("m3-estimate", *MakeEngine(engine), estimator);
        return estimator.RunSchedule(engine, scenario.schedule);
    }();
    report.SetEngine(request.engine);
    std::vector<CompletionTime> times;
    if (!request.fctFile.empty())
    {
        times = estimator.RunSchedulePerFlow(engine, scenario.schedule);
    }
    progress.Clear();
    PrintComparison({report}, std::cout);
    if (!request.out.empty())
    {
        WriteReports({report}, request.out);
        std::cout << "\nwritten: " << request.out << '/' << ReportFiles({report}) << '\n';
    }
    if (!request.fctFile.empty())
    {
        (EndsWith(request.fctFile, ".txt") ? WriteTxt : WriteCsv)(scenario, times, request.fctFile);
        std::cout << "\nwritten: " << request.fctFile << '\n';
    }
}

} // namespace

int main(int argc, char* argv[])
{
    return RunMpiProgram("m3-estimate",
                         [&]
                         {
                             ScenarioOptions options;
                             options.workload.flows = 60000;
                             Request request;
                             ProgramOptions program(
                                 "Estimates the slowdowns of the flows of a scenario with one engine.");
                             AddScenarioOptions(program, options);
                             AddWhereOptions(program, options);
                             AddRequestOptions(program, request);
                             if (!ParseScenarioArguments(program, options, argc, argv))
                             {
                                 return 0;
                             }
                             CheckRequest(options, request);
                             const std::unique_ptr<EstimateShare> share = StartedByMpirun() ? MakeMpiShare() : nullptr;
                             Estimate(options, request, share.get());
                             return 0;
                         });
}
