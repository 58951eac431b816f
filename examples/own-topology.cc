// SPDX-License-Identifier: GPL-2.0-only
/**
 * A network and a trace of one's own, from files: which size of flow waits how long, by the engine of your choice. The
 * files are those of the HPCC simulator (docs/file-formats.md); the ones in traces/ are two racks of unequal rates.
 *
 *   ./ns3 run own-topology
 *   ./ns3 run "own-topology --topology=mine.txt --flows=mine-flows.txt --engine=packet"
 */
#include "ns3/m3-estimator.h"
#include "ns3/m3-fabric-helper.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-ns3-arguments.h"
#include "ns3/m3-report-writer.h"
#include "ns3/m3-workload-helper.h"

#include <cstdio>
#include <iostream>

using namespace ns3;
using namespace ns3::m3;

int main(int argc, char* argv[])
{
    std::string topology = "traces/two-racks-topology.txt";
    std::string flowFile = "traces/two-racks-flows.txt";
    std::string engine = "m3";
    ProgramOptions options("A user-defined network and trace, by one engine.");
    options.Add("topology", "topology file: nodes, switches and links", topology, "FILE");
    options.Add("flows", "flow file: source, destination, size and start of each flow", flowFile, "FILE");
    options.Add("engine", EngineNames(), engine, "NAME");
    try
    {
        if (!ParseArguments(options, argc, argv))
        {
            return 0;
        }
        const NodeContainer nodes = FabricHelper::FromFile(topology);
        const FlowList flows = WorkloadHelper::FromFile(flowFile, nodes);
        M3Estimator estimator(nodes);
        estimator.config.congestionControl = CongestionControlType::DCQCN;
        PrintComparison({estimator.Run(engine, flows)}, std::cout);
    }
    catch (const InputError& error)
    {
        std::fprintf(stderr, "own-topology: %s\n", error.what());
        return 1;
    }
    return 0;
}
