// SPDX-License-Identifier: GPL-2.0-only
/**
 * Replays the input files of the HPCC simulator and writes its output files; scripts of its users need no change.
 *
 *   ./ns3 run "m3-packet --config=config.txt"
 */

#include "failure-options.h"

#include "core/progress.h"
#include "fabric/topology-file.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-ns3-arguments.h"
#include "ns3/m3-output-paths.h"
#include "ns3/m3-parameter-options.h"
#include "ns3/m3-run-program.h"
#include "ns3/m3-schedule.h"
#include "ns3/m3-workload-helper.h"
#include "packet/hpcc/hpcc-files.h"
#include "report/group-report.h"
#include "workload/flow-file.h"

#include <algorithm>
#include <chrono>
#include <iostream>

namespace ns3::m3
{

namespace
{

/// Runs the packet engine, and writes the trace meanwhile where one is asked for. \param timesTraced of each node
PacketResult RunWithTrace(const FabricGraph& fabric,
                          const HpccRun& run,
                          const FlowList& flows,
                          const std::vector<uint32_t>& timesTraced,
                          PacketRunOptions options)
{
    if (run.trace.file.empty())
    {
        return RunPacketSimulation(fabric, run.config, flows, options);
    }
    PacketResult result;
    WriteWholeFile(
        run.trace.file,
        [&](std::ostream& out)
        {
            PacketTraceWriter writer(fabric, run.config, flows, run.trace, timesTraced, out);
            if (std::any_of(timesTraced.begin(), timesTraced.end(), [](uint32_t times) { return times > 0; }))
            {
                options.observer = &writer;
                options.untilQuiet = true;
            }
            result = RunPacketSimulation(fabric, run.config, flows, options);
        });
    return result;
}

} // namespace

} // namespace ns3::m3

int main(int argc, char* argv[])
{
    using namespace ns3::m3;
    return RunProgram(
        "m3-packet",
        [&]
        {
            std::string config;
            std::string mode = "hpcc";
            ProgramOptions program("Replays the input files of the HPCC simulator and writes its output files.");
            program.Add("config",
                        "config file of the HPCC simulator; file names in it are relative to its folder or to the "
                        "working directory",
                        config,
                        "FILE");
            program.Add("mode",
                        "rules of the packet engine: those of the HPCC simulator to the ns (hpcc), or this module's "
                        "own (standard)",
                        mode,
                        ChoiceOption({"hpcc", "standard"}));
            std::string failureFile;
            std::string failureText;
            std::string recoveryFile;
            AddFailureOptions(program, failureFile, failureText);
            RdmaConfig strategies;
            AddStrategyOptions(program, strategies);
            program.Add("recoveries",
                        "CSV file for the time that each flow whose route a failure cut took to go on",
                        recoveryFile,
                        "FILE");
            WorkloadHelper workload;
            program.Add(
                "incast",
                "bursts of DEGREE hosts that send BYTES each to one host at once, beside the flows of the file; "
                "they alone give LOAD",
                workload.incast,
                IncastOption());
            program.Add("seed", "seed of the bursts", workload.seed, CountOption());
            if (!ParseArguments(program, argc, argv))
            {
                return 0;
            }
            if (config.empty())
            {
                throw InputError("needs --config=FILE");
            }
            HpccRun run = ReadHpccConfig(config);
            run.config.mode = ParseEngineMode(mode);
            CopyStrategies(strategies, run.config);
            const FabricGraph fabric = ReadTopologyFile(run.topologyFile, &run.notes);
            run.config.failures = FailuresOf(failureFile, failureText);
            OutputPaths paths;
            paths.AddFile(run.fctFile);
            paths.AddFile(run.pfcFile);
            for (const std::string& file : {recoveryFile, run.queues.file, run.trace.file})
            {
                if (!file.empty())
                {
                    paths.AddFile(file);
                }
            }
            workload.headerBytes = run.config.HeaderBytes();
            workload.payloadBytes = run.config.payloadBytes;
            const Schedule schedule =
                workload.AddIncast(ReadTrafficFile(run.flowFile, fabric, run.startTimes, &run.notes), fabric);
            const FlowList& flows = schedule.Flows();
            if (const std::string warning = EcnWarning(fabric, run.config); !warning.empty())
            {
                run.notes.push_back(warning);
            }
            const std::vector<uint32_t> timesTraced = run.trace.nodesFile.empty()
                                                          ? std::vector<uint32_t>(fabric.NodeCount())
                                                          : ReadTracedNodes(run.trace.nodesFile, fabric, &run.notes);
            PrintNotes("m3-packet", run.notes);
            Progress progress("m3-packet");
            PacketRunOptions options;
            options.stopNs = run.stopNs;
            options.recordPfc = true;
            options.schedule = &schedule;
            options.linkChanges = LinkChangesOf(run, fabric);
            QueueHistogram queues(fabric);
            if (!run.queues.file.empty())
            {
                options.queueLooks = queues.Looks(run.queues);
            }
            options.progress = [&](uint64_t done) { progress.Show("flows", done, flows.size()); };
            const auto begin = std::chrono::steady_clock::now();
            const PacketResult result = RunWithTrace(fabric, run, flows, timesTraced, options);
            const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
            progress.Clear();
            const uint64_t cut = WriteHpccFct(fabric, run.config, flows, result, options.linkChanges, run.fctFile);
            if (cut > 0)
            {
                std::cerr << "m3-packet: warning: " << cut << " ideal FCTs in " << run.fctFile
                          << " are too small: flows from 2.2 GB on exceed 64 bits, as in the HPCC simulator; "
                             "--mode=standard writes the whole value\n";
            }
            WriteHpccPfc(fabric, result, run.pfcFile);
            if (!run.queues.file.empty())
            {
                queues.Write(run.queues.file);
            }
            std::cout << result.completionOrder.size() << " of " << flows.size() << " flows finished, "
                      << result.dataHops << " data and " << result.ackHops << " ACK transmissions, "
                      << PacketCountsText(CountsOf(result)) << ", " << result.pfc.size() << " PFC frames, in "
                      << DurationText(1e9 * seconds) << '\n';
            for (const std::string& line : UnfinishedLines(run.config.mode, flows, result, run.stopNs))
            {
                std::cout << "did not finish: " << line << '\n';
            }
            if (const std::string recovery = RecoveryText(result); !recovery.empty())
            {
                std::cout << recovery << '\n';
            }
            if (!recoveryFile.empty())
            {
                WriteRecoveries(result, recoveryFile);
            }
            const std::string deadlock = DeadlockText(fabric, result);
            std::cout << (deadlock.empty() ? "" : deadlock + "\n");
            return 0;
        });
}
