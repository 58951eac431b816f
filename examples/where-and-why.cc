// SPDX-License-Identifier: GPL-2.0-only
/**
 * Where flows are slow, and why: which links hold the delay of the slowest 1 % of flows, and between which racks flows
 * are slowest. Writes links.csv and labels.csv, which examples/read-tables.py and examples/plot-links.gp read.
 *
 *   ./ns3 run where-and-why
 *   ./ns3 run "where-and-why --engine=flowsim --out=result"
 */
#include "ns3/m3-estimator.h"
#include "ns3/m3-fabric-helper.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-ns3-arguments.h"
#include "ns3/m3-output-paths.h"
#include "ns3/m3-report-writer.h"
#include "ns3/m3-text-file.h"
#include "ns3/m3-workload-helper.h"

#include <cstdio>

using namespace ns3;
using namespace ns3::m3;

int main(int argc, char* argv[])
{
    WorkloadHelper workload;
    workload.flows = 20000;
    std::string engine = "packet";
    std::string folder;
    ProgramOptions options("Where flows are slow, and why.");
    options.Add("count", "number of flows", workload.flows, CountOption());
    options.Add("engine", EngineNames(), engine, "NAME");
    options.Add("out", "folder for links.csv and labels.csv", folder, "FOLDER");
    try
    {
        if (!ParseArguments(options, argc, argv))
        {
            return 0;
        }
        OutputPaths().AddFolder(folder);
        LeafSpineShape shape;             // 4 racks of 8 hosts
        shape.fabricBps = 10'000'000'000; // two uplinks of 10 Gb/s for 8 hosts of 10 Gb/s: 4:1
        const NodeContainer nodes = FabricHelper::LeafSpine(shape);
        M3Estimator estimator(nodes);
        estimator.links = true;       // what happened at each link
        estimator.by = {"rack-pair"}; // slowdowns by racks of sender and receiver
        const SlowdownReport report = estimator.Run(engine, workload.Generate(nodes));

        std::printf("%s\n", WorstLinksText(*report.links).c_str());
        for (const LinkUse& use : report.links->links)
        {
            const double utilisation = report.links->Utilisation(use);
            if (utilisation > 0.4)
            {
                std::printf("%s is used to %.0f %%\n", use.name.c_str(), 100 * utilisation);
            }
        }
        for (const LabelSlowdowns& slowdowns : report.byLabel)
        {
            std::printf("%s\n", WorstLabelsText(slowdowns).c_str());
        }
        for (const std::string& note : report.Notes())
        {
            std::printf("%s: %s\n", engine.c_str(), note.c_str());
        }
        if (!folder.empty())
        {
            WriteWholeFile(folder + "/links.csv", [&](std::ostream& out) { WriteLinksCsv({report}, out); });
            WriteWholeFile(folder + "/labels.csv", [&](std::ostream& out) { WriteLabelsCsv({report}, out); });
        }
    }
    catch (const InputError& error)
    {
        std::fprintf(stderr, "where-and-why: %s\n", error.what());
        return 1;
    }
    return 0;
}
