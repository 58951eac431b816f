// SPDX-License-Identifier: GPL-2.0-only
/**
 * A data-parallel training step on 64 GPUs with background traffic: each GPU computes, then all average their gradients
 * in a hierarchical all-reduce, four times over. How much longer does the network make the step?
 *
 *   ./ns3 run training-step
 *   ./ns3 run "training-step --engine=flowsim --collective=ring-allreduce:64MiB:channels=8:server=8:compute=2ms"
 *   ./ns3 run "training-step --background=0"
 */
#include "ns3/m3-estimator.h"
#include "ns3/m3-fabric-helper.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-ns3-arguments.h"
#include "ns3/m3-schedule.h"
#include "ns3/m3-workload-helper.h"

#include <cstdio>

using namespace ns3;
using namespace ns3::m3;

int main(int argc, char* argv[])
{
    std::string engine = "packet";
    std::string collective = "hierarchical-allreduce:8MiB:server=8:chunks=4:compute=500us:repeat=4";
    WorkloadHelper background; // WebServer sizes between uniformly drawn hosts
    background.flows = 20000;
    background.load = 0.2;
    ProgramOptions options("A data-parallel training step on 64 GPUs with background traffic.");
    options.Add("engine", EngineNames() + "; one that takes flows that wait for others", engine, TextOption("NAME"));
    options.Add("collective", "what all GPUs do together", collective, TextOption("TYPE:BYTES:..."));
    options.Add("background", "number of background flows", background.flows, CountOption());
    options.Add("load", "load of the background, above 0 and below 1", background.load, RealOption());
    try
    {
        if (!ParseArguments(options, argc, argv))
        {
            return 0;
        }
        LeafSpineShape shape; // 8 servers of 8 GPUs, each behind a switch
        shape.racks = 8;
        shape.hostsPerRack = 8;
        shape.spines = 4;
        const NodeContainer nodes = FabricHelper::LeafSpine(shape);
        Schedule schedule;
        if (background.flows > 0)
        {
            schedule = Schedule(background.Generate(nodes));
        }
        WorkloadHelper::AddCollectives(schedule, collective, nodes);

        M3Estimator estimator(nodes);
        const SlowdownReport report = estimator.RunSchedule(engine, schedule);
        std::printf("%-34s %10s %10s %12s %12s\n", "collective", "start ms", "takes ms", "transfer ms", "last host");
        for (const GroupTimes& group : report.groups)
        {
            std::printf("%-34s %10.3f %10.3f %12.3f %12u\n",
                        group.name.c_str(),
                        group.startNs / 1e6,
                        group.CompletionNs() / 1e6,
                        group.transferNs / 1e6,
                        group.straggler);
        }
        std::printf("p99 slowdown of all flows: %.2f, by %s in %.2f s\n",
                    report.OverallQuantile(0.99),
                    engine.c_str(),
                    report.wallSeconds);
    }
    catch (const InputError& error)
    {
        std::fprintf(stderr, "training-step: %s\n", error.what());
        return 1;
    }
    return 0;
}
