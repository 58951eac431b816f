// SPDX-License-Identifier: GPL-2.0-only
/**
 * Makes training data: draws networks from the scenario space, runs the packet engine and flowSim on each, and writes a
 * sample file per network. Run it again after an interruption and it goes on; the same seed gives the same bytes.
 *
 *   ./ns3 run "m3-datagen --out=data --scenarios=1000"
 *   ./ns3 run "m3-datagen --out=lossy --scenarios=1000 --cc=dcqcn,timely --pfc=off"
 *   ./ns3 run "m3-datagen --published --out=maps --scenarios=10000"
 *   ./ns3 run "m3-datagen inspect data"
 *   mpirun -n 64 --hostfile=hosts build/bin/m3-datagen --out=/shared/data --scenarios=100000
 *   ./ns3 run "m3-datagen --out=mine --scenarios=100 --topology=topo.txt"
 */
#include "asked-controls.h"
#include "flow-samples.h"
#include "inspect-samples.h"
#include "map-samples.h"
#include "mpi-work.h"
#include "packet-truth.h"
#include "process-pool.h"
#include "provenance.h"

#include "core/parts-file.h"
#include "core/progress.h"
#include "core/text-format.h"
#include "fabric/topology-file.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-load-balancing-description.h"
#include "ns3/m3-ns3-arguments.h"
#include "ns3/m3-numbers.h"
#include "ns3/m3-output-paths.h"
#include "ns3/m3-recovery-description.h"
#include "ns3/m3-run-program.h"
#include "ns3/m3-scenario-space.h"
#include "ns3/m3-text-file.h"
#include "packet/engine/replication.h"
#include "training/path-map-file.h"
#include "training/sample-file.h"

#include <boost/algorithm/string/join.hpp>

#include <algorithm>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <optional>
#include <thread>
#include <utility>

using namespace ns3::m3;

namespace
{

struct Options
{
    std::string out = "data";
    uint64_t first = 0;
    uint64_t scenarios = 100;
    uint64_t seed = 1;
    double packetHops = 6e6;
    std::optional<FabricGraph> network;          //!< network of all samples, instead of those of the scenario space
    std::string networkChecksum;                 //!< of its file
    std::vector<CongestionControlType> controls; //!< only networks with one of these controls; empty: any
    std::string pfc = "any";                     //!< only networks with PFC "on" or "off"
    HostRange hosts;                             //!< of the networks of the scenario space
    std::vector<std::string> kinds;              //!< kinds of scenarios beyond it to draw from; empty: the space
    LoadBalancingType balancing = LoadBalancingType::ECMP; //!< of all networks
    RecoveryType recovery = RecoveryType::GO_BACK_N;       //!< of all networks
    bool schedules = false;                                //!< flows that wait for others, on networks of their own
    uint32_t variants = 1; //!< number of successive scenarios that are variants of one network
    double minMean = 0;    //!< only networks whose flows have at least this mean size, bytes
    double minLocal = 0;   //!< only networks where at least this share of flows stays in its rack
    uint32_t flowsPerScenario = 2000;
    uint32_t paths = 0;
    bool maps = false;
    bool published = false;              //!< what the published method learns from: parking lots, networks for `paths`
    PublishedPathOptions publishedPaths; //!< of them
    uint32_t processes = std::max(1U, std::thread::hardware_concurrency());
};

PublishedPath DrawPublished(const Options& options, uint64_t index, double packetHops)
{
    return DrawPublishedPath(options.seed, index, packetHops, options.publishedPaths.ranges);
}

/// A scenario with the load balancing and the recovery of the options.
template <typename Scenario>
Scenario WithStrategies(const Options& options, Scenario scenario)
{
    scenario.config.loadBalancing = options.balancing;
    scenario.config.recovery = options.recovery;
    return scenario;
}

TrainingScenario DrawUsual(const Options& options, uint64_t index, double packetHops)
{
    if (options.published)
    {
        return options.paths == 0 ? DrawPublished(options, index, packetHops).scenario
                                  : DrawPublishedNetwork(options.seed, index, packetHops);
    }
    const uint64_t of = index / options.variants;
    const auto variant = static_cast<uint32_t>(index % options.variants);
    if (!options.kinds.empty())
    {
        return DrawScenarioOfKinds(options.seed, of, packetHops, options.kinds, options.hosts);
    }
    return options.network ? DrawScenario(options.seed, of, packetHops, *options.network, variant)
                           : DrawScenario(options.seed, of, packetHops, options.hosts, variant);
}

TrainingScenario Draw(const Options& options, uint64_t index, double packetHops)
{
    TrainingScenario scenario = DrawUsual(options, index, packetHops);
    GiveUndrawnControl(options.controls, index / options.variants, scenario);
    return WithStrategies(options, std::move(scenario));
}

/// Share of the flows that stay within a rack.
double LocalShare(const TrainingScenario& scenario)
{
    const FabricGraph& fabric = scenario.fabric;
    const auto local =
        std::count_if(scenario.flows.begin(),
                      scenario.flows.end(),
                      [&fabric](const Flow& flow) { return fabric.TopOfRack(flow.src) == fabric.TopOfRack(flow.dst); });
    return static_cast<double>(local) / static_cast<double>(scenario.flows.size());
}

/// Indices of the scenarios that the options ask for, ascending.
std::vector<uint64_t> Wanted(const Options& options)
{
    constexpr double MIN_TRAFFIC = 1; // the properties asked for do not depend on the amount of traffic, but for chance
    std::vector<uint64_t> wanted;
    for (uint64_t index = options.first; index < options.first + options.scenarios; index++)
    {
        if (!options.controls.empty() || options.pfc != "any" || options.minMean > 0 || options.minLocal > 0)
        {
            const TrainingScenario scenario = Draw(options, index, MIN_TRAFFIC);
            const RdmaConfig& config = scenario.config;
            const auto& controls = options.controls;
            if ((!controls.empty() &&
                 std::find(controls.begin(), controls.end(), config.congestionControl) == controls.end()) ||
                (options.pfc != "any" && config.pfc != (options.pfc == "on")) || scenario.meanSize < options.minMean ||
                LocalShare(scenario) < options.minLocal)
            {
                continue;
            }
        }
        wanted.push_back(index);
    }
    return wanted;
}

const char* Extension(const Options& options)
{
    return options.maps ? PATH_MAP_EXTENSION : SAMPLE_EXTENSION;
}

std::string FileOf(const Options& options, uint64_t index)
{
    char name[32];
    std::snprintf(name, sizeof name, "%08llu", static_cast<unsigned long long>(index));
    return options.out + "/" + name + Extension(options);
}

/**
 * Returns all options that determine the bytes of a sample. Options that only select networks are not among them: a
 * network is the same whatever others are made.
 */
std::string SettingsText(const Options& options, uint64_t index)
{
    TextStream text;
    text << "seed " << options.seed << ", network " << index / options.variants << ", variant "
         << index % options.variants << ", packet hops " << std::setprecision(17) << options.packetHops;
    if (options.published)
    {
        text << ", " << options.publishedPaths.Text(options.paths);
        return text.str();
    }
    options.network ? text << ", topology " << options.networkChecksum
                    : text << ", hosts " << options.hosts.min << " to " << options.hosts.max;
    for (const std::string& kind : options.kinds)
    {
        text << ", " << kind;
    }
    if (options.schedules)
    {
        text << ", schedules";
    }
    if (LoadBalancingOf(options.balancing).make)
    {
        text << ", " << LoadBalancingOf(options.balancing).name;
    }
    if (RecoveryOf(options.recovery).make)
    {
        text << ", " << RecoveryOf(options.recovery).name;
    }
    for (const CongestionControlType control : UndrawnControls(options.controls))
    {
        text << ", control " << CongestionControlName(control); // given to networks of others
    }
    options.paths ? text << ", paths " << options.paths << (options.maps ? " as maps" : "")
                  : text << ", flows " << options.flowsPerScenario;
    return text.str();
}

SampleOrigin OriginOf(const Options& options, const TrainingScenario& scenario, uint64_t index)
{
    return {scenario.description, options.seed, ProgramCommit(), SettingsText(options, index)};
}

/// Runs the packets of a drawn scenario.
PacketTruth TruthOf(const Options& options, uint64_t index)
{
    if (options.schedules)
    {
        return {
            [&](double packetHops)
            { return WithStrategies(options, DrawScheduleScenario(options.seed, index, packetHops, options.hosts)); },
            options.packetHops};
    }
    return {Draw(options, index, options.packetHops), options.packetHops};
}

TrainingSamples FlowSamples(const Options& options, uint64_t index)
{
    const PacketTruth truth = TruthOf(options, index);
    TrainingSamples samples = FlowSamplesOf(truth, options.paths, options.flowsPerScenario, index);
    samples.origin = OriginOf(options, truth.scenario, index);
    return samples;
}

PathMapSamples MapSamples(const Options& options, uint64_t index)
{
    const uint32_t thinned = options.publishedPaths.thinned;
    const PacketTruth truth = TruthOf(options, index);
    PathMapSamples samples =
        options.published && options.paths == 0
            ? MapSamplesOf(truth, DrawPublished(options, index, options.packetHops), thinned, index)
            : MapSamplesOf(truth, {options.paths, index}, thinned);
    samples.origin = OriginOf(options, truth.scenario, index);
    return samples;
}

void MakeSample(const Options& options, uint64_t index)
{
    if (options.maps)
    {
        WritePathMaps(MapSamples(options, index), FileOf(options, index));
    }
    else
    {
        WriteSamples(FlowSamples(options, index), FileOf(options, index));
    }
}

/**
 * Returns whether there is a complete sample of a scenario; reports a damaged one.
 * \throws InputError if the sample was made with other options
 */
bool HasSample(const Options& options, uint64_t index)
{
    const std::string file = FileOf(options, index);
    if (!std::filesystem::exists(file))
    {
        return false;
    }
    std::string settings;
    try
    {
        settings = options.maps ? ReadPathMaps(file).origin.settings : ReadSamples(file).origin.settings;
    }
    catch (const DamagedFileError& error)
    {
        std::cerr << "m3-datagen: " << error.what() << "; it is made again\n";
        return false;
    }
    const std::string wanted = SettingsText(options, index);
    if (settings != wanted)
    {
        throw InputError(file,
                         0,
                         "",
                         "was made by " + settings + ", now it would be " + wanted + ": give another --out");
    }
    return true;
}

/// Returns the wanted scenarios that have no sample yet. Removes files that a killed run left half written.
/// \throws InputError as HasSample
std::vector<uint64_t> Missing(const Options& options, const std::vector<uint64_t>& wanted)
{
    std::vector<uint64_t> missing;
    for (const uint64_t index : wanted)
    {
        if (!HasSample(options, index))
        {
            missing.push_back(index);
        }
    }
    constexpr std::size_t DIGITS = 8;
    std::vector<std::string> halves;
    for (const auto& entry : std::filesystem::directory_iterator(options.out))
    {
        const std::string name = entry.path().filename().string();
        const std::string half = std::string(Extension(options)) + TEMPORARY_EXTENSION;
        if (name.find_first_not_of("0123456789") == DIGITS && name.compare(DIGITS, half.size(), half) == 0 &&
            std::binary_search(missing.begin(), missing.end(), std::stoull(name)))
        {
            halves.push_back(entry.path().string());
        }
    }
    for (const std::string& half : halves)
    {
        std::filesystem::remove(half);
    }
    return missing;
}

bool MakeSampleOrSayWhyNot(const Options& options, uint64_t index)
{
    return RunProgram("m3-datagen",
                      [&]
                      {
                          MakeSample(options, index);
                          return 0;
                      }) == 0;
}

int Generate(const Options& options)
{
    OutputPaths paths;
    paths.AddFolder(options.out);
    const std::vector<uint64_t> wanted = Wanted(options);
    Progress progress("m3-datagen");
    PoolWork work;
    work.program = "m3-datagen";
    work.processes = options.processes;
    work.items = Missing(options, wanted);
    work.work = [&](uint64_t index, const auto&) { return MakeSampleOrSayWhyNot(options, index); };
    work.name = [&](uint64_t index) { return FileOf(options, index); };
    const std::size_t before = wanted.size() - work.items.size();
    work.progress = [&](double done)
    { progress.Show("scenarios", static_cast<double>(before) + done, static_cast<double>(wanted.size())); };
    const PoolOutcome outcome = ShareAmongProcesses(work);
    progress.Clear();
    std::cout << before + outcome.done << " scenarios in " << options.out << '\n';
    return outcome.complete ? 0 : 1;
}

/// The same with the processes that mpirun started, each of which works on its own scenarios.
int GenerateByMpi(const Options& options)
{
    const std::vector<uint64_t> wanted = Wanted(options);
    Progress progress("m3-datagen");
    OutputPaths paths;
    uint64_t before = 0; // samples that were there
    MpiWork work;
    work.list = [&]
    {
        paths.AddFolder(options.out);
        const std::vector<uint64_t> missing = Missing(options, wanted);
        before = wanted.size() - missing.size();
        return missing;
    };
    work.work = [&](uint64_t index) { MakeSample(options, index); };
    work.progress = [&](uint64_t done, uint64_t) { progress.Show("scenarios", before + done, wanted.size()); };
    const MpiOutcome outcome = ShareWork(work);
    progress.Clear();
    if (outcome.isFirst)
    {
        std::cout << before + outcome.done << " scenarios in " << options.out << '\n';
    }
    return 0;
}

constexpr uint64_t MAX_SCENARIO = 99'999'999;

/// Adds the options that say which networks are drawn. \param topology file name to be read
void AddNetworkOptions(ProgramOptions& program, Options& options, std::string& topology)
{
    program.Add("out", "folder of the sample files", options.out, "FOLDER");
    program.Add("scenarios", "number of networks drawn", options.scenarios, CountOption(0, MAX_SCENARIO));
    program.Add("first",
                "index of the first network drawn, to add to networks made before",
                options.first,
                CountOption(0, MAX_SCENARIO));
    program.Add("seed", "seed of the scenario space", options.seed, CountOption());
    program.Add("topology",
                "topology file of one network for all samples; traffic and configuration are drawn",
                topology,
                "FILE");
    AddControlsOption(program, options.controls);
    program.AddParsed("load-balancing",
                      "load balancing of all networks, as of m3-packet; no shipped model has learned one but ecmp",
                      "NAME",
                      LoadBalancingOf(options.balancing).name,
                      [&](auto, auto text) { options.balancing = ParseLoadBalancing(std::string(text)); });
    program.AddParsed("recovery",
                      "recovery of all networks, as of m3-packet; no shipped model has learned one but go-back-n",
                      "NAME",
                      RecoveryOf(options.recovery).name,
                      [&](auto, auto text) { options.recovery = ParseRecovery(std::string(text)); });
    program.AddParsed("kinds",
                      "draw scenarios of these kinds, as in incast,mixed-rates, instead of the usual ones; all: of " +
                          boost::algorithm::join(ScenarioKindNames(), ", "),
                      "NAME,NAME",
                      "",
                      [&](auto, auto text)
                      {
                          options.kinds = text == "all" ? ScenarioKindNames() : SplitList(text);
                          DrawScenarioOfKinds(1, 0, 1, options.kinds); // refuses unknown names
                      });
    program.Add("schedules",
                "draw flows that wait for others (collectives, clients in a closed loop) on networks, some with slow "
                "links, instead of the usual scenarios",
                options.schedules);
    program.Add("pfc",
                "keep only networks with PFC on, or off; any: both",
                options.pfc,
                ChoiceOption({"on", "off", "any"}));
    program.Add("min-hosts",
                "minimum number of hosts of a drawn network, at least 4",
                options.hosts.min,
                CountOption());
    program.Add("max-hosts",
                "maximum number of hosts of a drawn network, at most 512",
                options.hosts.max,
                CountOption());
    program.Add("min-mean", "keep only networks whose mean flow size is at least this", options.minMean, BytesOption());
    program.Add("min-local",
                "keep only networks where at least this share of flows, 0 to 1, stays within its rack",
                options.minLocal,
                ShareOption());
    for (const char* name : {"hosts", "mean", "local"})
    {
        program.AddFormerName(std::string("least-") + name, std::string("min-") + name);
    }
    program.AddFormerName("most-hosts", "max-hosts");
}

/// Adds the options that say what is made of each network.
void AddSampleOptions(ProgramOptions& program, Options& options)
{
    constexpr uint64_t MAX_VARIANTS = 1000;
    constexpr uint64_t MAX_PROCESSES = 4096;
    constexpr double MAX_HOPS = 1e15;
    program.Add("variants",
                "number of successive samples with the same network and traffic and different configurations",
                options.variants,
                CountOption(1, MAX_VARIANTS));
    program.Add("packet-hops",
                "approximate number of packet transmissions per network; at most twice this number are made",
                options.packetHops,
                RealOption(1, MAX_HOPS));
    program.Add("flows-per-network",
                "maximum number of flows kept per network",
                options.flowsPerScenario,
                CountOption(1));
    program.AddFormerName("flows", "flows-per-network");
    program.Add("paths",
                "number of paths sampled from each network, on which flowSim runs; 0: it runs on the whole network",
                options.paths,
                CountOption());
    program.Add("maps", "make percentile maps of the paths, for the published model (with --paths)", options.maps);
    program.Add("published",
                "draw paths with background flows as the published method learns from, or with --paths small networks "
                "to sample them from, in hpcc mode, and make their percentile maps",
                options.published);
    AddPublishedPathOptions(program, options.publishedPaths);
    program.Add("processes", "number of worker processes", options.processes, CountOption(1, MAX_PROCESSES));
}

/// Reads the network that all samples are of. \throws InputError
void ReadNetwork(const std::string& topology, Options& options)
{
    const HostRange usual;
    if (options.hosts.min != usual.min || options.hosts.max != usual.max)
    {
        throw InputError("--min-hosts and --max-hosts are for drawn networks, not for --topology");
    }
    InputNotes notes;
    options.network = ReadTopologyFile(topology, &notes);
    PrintNotes("m3-datagen", notes);
    for (const NodeId host : options.network->Hosts())
    {
        options.network->TopOfRack(host); // every host takes part: refused here, not by each worker
    }
    options.networkChecksum = ChecksumText(ChecksumOfFile(topology));
}

/// Checks the options of published paths, and sets what follows from them. \throws InputError
void CheckPublished(Options& options, const std::string& topology)
{
    const HostRange hosts;
    if (!options.published)
    {
        if (options.publishedPaths.Text(0) != PublishedPathOptions{}.Text(0))
        {
            throw InputError("--min-foreground, --max-foreground, --max-mean and --thinned are for --published");
        }
        return;
    }
    if (options.balancing != LoadBalancingType::ECMP || options.recovery != RecoveryType::GO_BACK_N)
    {
        throw InputError("--published makes data in hpcc mode, which has neither --load-balancing nor --recovery");
    }
    if (!topology.empty() || options.variants > 1 || !options.kinds.empty() || options.schedules ||
        options.hosts.min != hosts.min || options.hosts.max != hosts.max || options.minLocal > 0)
    {
        throw InputError("--published draws paths of its own: give no --topology, --variants, --kinds, --schedules, "
                         "--min-hosts, --max-hosts and --min-local beside it");
    }
    options.publishedPaths.Check(options.paths);
    options.maps = true;
}

/// Reads the options. \return as ParseArguments \throws InputError
bool ReadOptions(int argc, char* argv[], Options& options)
{
    std::string topology;
    ProgramOptions program(
        "Makes training data: draws networks, runs the packet engine and flowSim on each, and writes "
        "a sample file per network. \"m3-datagen inspect FOLDER\" prints the contents of a folder.");
    AddNetworkOptions(program, options, topology);
    AddSampleOptions(program, options);
    if (!ParseArguments(program, argc, argv))
    {
        return false;
    }
    if (options.first > MAX_SCENARIO - options.scenarios)
    {
        throw InputError("--first and --scenarios must end before 99999999");
    }
    if (options.maps && options.paths == 0 && !options.published)
    {
        throw InputError("--maps needs --paths");
    }
    options.hosts.Check();
    CheckPublished(options, topology);
    if (!options.kinds.empty() && (!topology.empty() || options.variants > 1))
    {
        throw InputError("--kinds draws networks of its own: give no --topology and no --variants beside it");
    }
    const bool filters =
        !options.controls.empty() || options.pfc != "any" || options.minMean > 0 || options.minLocal > 0;
    if (options.schedules &&
        (!topology.empty() || options.variants > 1 || !options.kinds.empty() || options.paths > 0 || filters))
    {
        throw InputError(
            "--schedules draws networks of its own: give no --topology, --variants, --kinds, --paths, --cc, "
            "--pfc, --min-mean and --min-local beside it");
    }
    if (!topology.empty())
    {
        ReadNetwork(topology, options);
    }
    options.seed = SeedOfReplication(options.seed);
    return true;
}

int MainOfInspect(int argc, char* argv[])
{
    std::string folder;
    ProgramOptions program("Prints the contents of the sample files of a folder.");
    program.AddWord("FOLDER", folder);
    return ParseArguments(program, argc, argv) ? InspectSamples(folder) : 0;
}

} // namespace

int main(int argc, char* argv[])
{
    return RunMpiProgram("m3-datagen",
                         [&]
                         {
                             const std::string command = argc > 1 && argv[1][0] != '-' ? argv[1] : "";
                             if (!command.empty() && command != "inspect")
                             {
                                 throw InputError("unknown command '" + command +
                                                  "'; there is one command: inspect FOLDER, see --help");
                             }
                             if (!command.empty())
                             {
                                 std::string program = "m3-datagen inspect";
                                 argv[1] = program.data();
                                 return MainOfInspect(argc - 1, argv + 1);
                             }
                             Options options;
                             if (!ReadOptions(argc, argv, options))
                             {
                                 return 0;
                             }
                             return StartedByMpirun() ? GenerateByMpi(options) : Generate(options);
                         });
}
