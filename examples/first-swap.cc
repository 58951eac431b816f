// SPDX-License-Identifier: GPL-2.0-only
/**
 * The first swap: one network, one list of flows, four engines. Nothing but the name of the engine changes between the
 * rows that it prints.
 *
 *   ./ns3 run first-swap
 *   ./ns3 run "first-swap --load=0.7"
 */
#include "ns3/m3-estimator.h"
#include "ns3/m3-fabric-helper.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-ns3-arguments.h"
#include "ns3/m3-workload-helper.h"

#include <cstdio>

using namespace ns3;
using namespace ns3::m3;

int main(int argc, char* argv[])
{
    WorkloadHelper workload; // WebServer sizes between uniformly drawn hosts
    workload.flows = 20000;
    ProgramOptions options("One network, one list of flows, four engines.");
    options.Add("count", "number of flows", workload.flows, CountOption());
    options.Add("load", "load of the most loaded link, above 0 and below 1", workload.load, RealOption());
    try
    {
        if (!ParseArguments(options, argc, argv))
        {
            return 0;
        }
        const NodeContainer nodes = FabricHelper::LeafSpine({}); // 4 racks of 8 hosts, 2 spines
        const FlowList flows = workload.Generate(nodes);
        M3Estimator estimator(nodes);
        std::printf("engine     p50   p99 slowdown  seconds\n");
        for (const std::string engine : {"packet", "flowsim", "parsimon", "m3"})
        {
            const SlowdownReport report = estimator.Run(engine, flows);
            std::printf("%-9s %5.2f %5.2f %17.2f\n",
                        engine.c_str(),
                        report.OverallQuantile(0.5),
                        report.OverallQuantile(0.99),
                        report.wallSeconds);
        }
    }
    catch (const InputError& error)
    {
        std::fprintf(stderr, "first-swap: %s\n", error.what());
        return 1;
    }
    return 0;
}
