// SPDX-License-Identifier: GPL-2.0-only
/**
 * Runs the fluid simulation by itself, on a path (a parking lot of links) or on a whole network.
 *
 *   ./ns3 run "m3-flowsim --in=flows.txt --hosts=7 --out=fct.txt"
 *   ./ns3 run "m3-flowsim --topology=topo.txt --flows=flows.txt --out=fct.txt"
 */
#include "path-flow-file.h"

#include "fabric/topology-file.h"
#include "flowsim/fabric-flow-sim.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-ns3-arguments.h"
#include "ns3/m3-numbers.h"
#include "ns3/m3-output-paths.h"
#include "ns3/m3-rdma-config.h"
#include "ns3/m3-run-program.h"
#include "ns3/m3-schedule.h"
#include "ns3/m3-text-file.h"
#include "ns3/m3-workload-helper.h"
#include "workload/flow-file.h"

#include <ctime>
#include <iomanip>
#include <iostream>
#include <limits>

using namespace ns3::m3;

namespace
{

constexpr uint32_t HEADER_BYTES = 48;

struct Options
{
    std::string in;
    std::string out;
    uint32_t hosts = 3;
    std::string rates;
    std::string allocation = "exact";
    std::string topology;
    std::string flows;
    WorkloadHelper workload; //!< its bursts beside the flows
};

/// Capacities of the links of a parking lot, Gb/s: those given, or 10 at both ends and 40 between.
std::vector<double> LinkRates(const Options& options)
{
    std::vector<double> rates(options.hosts - 1, 40);
    rates.front() = rates.back() = 10;
    if (!options.rates.empty())
    {
        rates.clear();
        for (const uint64_t rate : ParseList("--rates", options.rates, ParseRate, "bps"))
        {
            rates.push_back(static_cast<double>(rate) / 1e9);
        }
        if (rates.size() != options.hosts - 1)
        {
            throw InputError("--rates needs one rate for each of the " + std::to_string(options.hosts - 1) + " links");
        }
    }
    return rates;
}

/// Runs flows that wait for others. Writes a line per flow: number, FCT and start, ns.
void RunWaiting(const FabricGraph& fabric, const RouteTable& routes, const Schedule& schedule, const std::string& file)
{
    CheckSchedule(fabric, routes, schedule);
    const RdmaConfig config;
    const std::clock_t begin = std::clock();
    const TaskTimes times =
        ScheduleFlowSim(fabric, routes, schedule, HEADER_BYTES, config.AckBytes(), [](uint32_t, double) {});
    std::cout << schedule.Flows().size() << " flows, " << schedule.WaitingFlows() << " of which wait for others, "
              << static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC << " s\n";
    if (!file.empty())
    {
        WriteWholeFile(file,
                       [&](std::ostream& out)
                       {
                           out << std::setprecision(std::numeric_limits<double>::max_digits10);
                           for (std::size_t id = 0; id < schedule.Flows().size(); id++)
                           {
                               out << id << ' ' << times.receivedNs[id] - times.startNs[id] << ' ' << times.startNs[id]
                                   << '\n';
                           }
                       });
    }
}

int Main(const Options& options)
{
    if (options.in.empty() == (options.topology.empty() || options.flows.empty()))
    {
        throw InputError("needs either --in=FILE and --hosts=N, or --topology=FILE and --flows=FILE");
    }
    if (options.workload.incast && options.flows.empty())
    {
        throw InputError("--incast needs --topology=FILE and --flows=FILE");
    }
    OutputPaths paths;
    paths.AddFile(options.out);
    std::vector<double> links;
    std::vector<FluidFlow> flows;
    if (!options.in.empty())
    {
        links = LinkRates(options);
        flows = ReadPathFlowFile(options.in, options.hosts, links.front());
    }
    else
    {
        InputNotes notes;
        const FabricGraph fabric = ReadTopologyFile(options.topology, &notes);
        const Schedule schedule =
            options.workload.AddIncast(ReadTrafficFile(options.flows, fabric, StartTimes::SECONDS, &notes), fabric);
        PrintNotes("m3-flowsim", notes);
        const RouteTable routes(fabric, EngineMode::STANDARD);
        if (!schedule.Dependencies().empty())
        {
            RunWaiting(fabric, routes, schedule, options.out);
            return 0;
        }
        FabricFluid fluid = MakeFabricFluid(fabric, routes, schedule.Flows(), HEADER_BYTES);
        links = std::move(fluid.linkGbps);
        flows = std::move(fluid.flows);
    }
    const auto allocation = options.allocation == "exact" ? FluidAllocation::MAX_MIN : FluidAllocation::PUBLISHED;
    FluidStatistics statistics;
    const std::clock_t begin = std::clock();
    const std::vector<double> fct = RunFlowSim(links, flows, allocation, &statistics);
    const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC; // of processor time
    std::cout << flows.size() << " flows, " << statistics.events << " events, "
              << 1e6 * seconds / static_cast<double>(std::max<uint64_t>(1, statistics.events))
              << " us per event, at most " << statistics.largestActive << " flows active\n";
    if (!options.out.empty())
    {
        WriteWholeFile(options.out,
                       [&](std::ostream& out)
                       {
                           out << std::setprecision(std::numeric_limits<double>::max_digits10);
                           for (std::size_t id = 0; id < fct.size(); id++)
                           {
                               out << id << ' ' << fct[id] << '\n';
                           }
                       });
    }
    return 0;
}

} // namespace

int main(int argc, char* argv[])
{
    return RunProgram(
        "m3-flowsim",
        [&]
        {
            Options options;
            constexpr uint64_t MAX_HOSTS = 100'000;
            ProgramOptions program(
                "Runs the fluid simulation by itself, on a path (a parking lot of links) or on a whole "
                "network.");
            program.Add("in", "file of the flows of a path: id src dst size_bytes start_ns", options.in, "FILE");
            program.Add("hosts", "number of hosts of the path, in a row", options.hosts, CountOption(2, MAX_HOSTS));
            program.Add(
                "rates",
                "rates of the links of the path, as in 10Gbps,40Gbps (default: 10Gbps at both ends, 40Gbps between)",
                options.rates,
                "RATE,RATE");
            program.Add("allocation",
                        "exact: max-min fair; published: max-min with the published tolerance of 1e-4 Gb/s",
                        options.allocation,
                        ChoiceOption({"exact", "published"}));
            program.AddFormerName("mode", "allocation");
            program.Add("topology",
                        "topology file of a whole network in " + TopologyFormatsText(),
                        options.topology,
                        "FILE");
            program.Add("flows", "flows of the network, in " + FlowFormatsText(), options.flows, "FILE");
            program.Add(
                "incast",
                "bursts of DEGREE hosts of the network that send BYTES each to one host at once, beside the flows "
                "of the file; they alone give LOAD",
                options.workload.incast,
                IncastOption());
            program.Add("seed", "seed of the bursts", options.workload.seed, CountOption());
            program.Add("out", "file to write: id fct_ns", options.out, "FILE");
            if (!ParseArguments(program, argc, argv))
            {
                return 0;
            }
            return Main(options);
        });
}
