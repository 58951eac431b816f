// SPDX-License-Identifier: GPL-2.0-only
#include "scenario-options.h"

#include "failure-options.h"

#include "core/text-format.h"
#include "fabric/fabric-from-nodes.h"
#include "fabric/topology-file.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-ns3-arguments.h"
#include "ns3/m3-numbers.h"
#include "ns3/m3-parameter-options.h"
#include "ns3/m3-parameters.h"
#include "packet/hpcc/hpcc-files.h"
#include "report/group-report.h"
#include "report/where-report.h"
#include "workload/flow-file.h"
#include "workload/label-file.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <set>
#include <unistd.h>

namespace ns3::m3
{

namespace
{

constexpr uint64_t MAX_FLOWS = 1'000'000'000;
constexpr uint64_t MAX_THREADS = 4096;

/// Sets an option of engines, or the engine that it once selected (EngineInfo::formerOption).
void SetEngineOption(ScenarioOptions& options, const std::string& name, const std::string& text)
{
    bool selectsEngine = false;
    for (const EngineInfo& info : RegisteredEngines())
    {
        if (info.formerOption.first == name)
        {
            selectsEngine = info.formerOption.second == text;
            options.replacement = selectsEngine ? info.name : "";
        }
    }
    if (!selectsEngine)
    {
        EngineSet().Set(name, text); // says what is wrong with it
        options.ofEngines.emplace_back(name, text);
    }
}

/// \throws InputError for more flows than memory holds
void CheckMemory(uint64_t flows)
{
    constexpr double BYTES_PER_FLOW = 2 * sizeof(Flow); // in the list, and in any engine
    const double needed = static_cast<double>(flows) * BYTES_PER_FLOW;
    const double there = static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
    if (needed > there)
    {
        throw InputError(FormatText("--count: %llu flows take at least %.0f GB of memory; this machine has %.0f",
                                    static_cast<unsigned long long>(flows),
                                    needed / 1e9,
                                    there / 1e9));
    }
}

/// Configuration and files of a scenario, from a config file or from options.
struct Source
{
    RdmaConfig config;
    StartTimes startTimes = StartTimes::SECONDS;
    std::string topologyFile;
    std::string flowFile;
    InputNotes notes;
};

Source SourceOf(const ScenarioOptions& options)
{
    Source source;
    source.topologyFile = options.topologyFile;
    source.flowFile = options.flowFile;
    if (options.configFile.empty())
    {
        source.config = options.config;
    }
    else
    {
        const HpccRun run = ReadHpccConfig(options.configFile, {options.topologyFile, options.flowFile});
        source.config = run.config;
        if (run.linkDown.timeNs > 0)
        {
            throw InputError(options.configFile, 0, "LINK_DOWN", "is simulated by m3-packet alone");
        }
        ProgramOptions program("");
        AddParameterOptions(program, source.config);
        for (const auto& [name, text] : options.given)
        {
            if (program.Has(name))
            {
                program.Set(name, text);
            }
            for (const Parameter* parameter : AllParameters())
            {
                if (parameter->option == name && parameter->setsMarking)
                {
                    source.config.ecnByRate.clear(); // the file's thresholds
                }
            }
        }
        source.startTimes = run.startTimes;
        source.topologyFile = run.topologyFile;
        source.flowFile = run.flowFile;
        source.notes = run.notes;
        if (!run.queues.file.empty())
        {
            source.notes.push_back(options.configFile + ": QLEN_MON_FILE is written by m3-packet alone");
        }
        if (!run.trace.nodesFile.empty())
        {
            source.notes.push_back(options.configFile + ": TRACE_OUTPUT_FILE is written by m3-packet alone");
        }
    }
    source.config.mode = ParseEngineMode(options.mode);
    source.config.seed = options.workload.seed;
    source.config.failures = FailuresOf(options.failureFile, options.failures);
    return source;
}

/// Makes the network. \param source gets the notes on its file
NodeContainer NodesOf(const ScenarioOptions& options, Source& source)
{
    return source.topologyFile.empty() ? FabricHelper::ThreeTier(options.shape)
                                       : FabricHelper::FromFile(source.topologyFile, &source.notes);
}

/// Returns the flows of a file or the generated ones, and what other options add.
Schedule
TrafficOf(const ScenarioOptions& options, Source& source, const WorkloadHelper& workload, const FabricGraph& fabric)
{
    Schedule schedule;
    if (!source.flowFile.empty())
    {
        schedule =
            workload.AddIncast(ReadTrafficFile(source.flowFile, fabric, source.startTimes, &source.notes), fabric);
    }
    else if (options.GeneratesFlows())
    {
        CheckMemory(workload.flows);
        schedule = Schedule(workload.Generate(fabric));
    }
    else if (workload.incast)
    {
        throw InputError("--incast needs other flows, whose time it shares: --count=N or --flows=FILE");
    }
    for (const std::string& collective : options.collectives)
    {
        WorkloadHelper::AddCollectives(schedule, collective, fabric);
    }
    WorkloadHelper ofClients = workload;
    for (const std::string& clients : options.clients)
    {
        ofClients.AddClients(schedule, clients, fabric);
        ofClients.seed++; // others draw for themselves
    }
    return schedule;
}

/// Notes on options that were given and change nothing, since a file has what they say.
void NoteUnusedOptions(const ScenarioOptions& options, const Source& source, InputNotes& notes)
{
    const auto noteOf = [&](const std::vector<std::string>& unused, const char* beside)
    {
        std::set<std::string> names;
        for (const auto& [name, text] : options.given)
        {
            if (std::find(unused.begin(), unused.end(), name) != unused.end() && names.insert(name).second)
            {
                notes.push_back("--" + name + " changes nothing beside " + beside);
            }
        }
    };
    if (!source.topologyFile.empty())
    {
        noteOf({"pods", "racks", "hosts", "planes", "spines", "host-rate", "fabric-rate", "delay"}, "a topology file");
    }
    if (!source.flowFile.empty())
    {
        noteOf({"count", "sizes", "matrix", "load", "sigma"}, "a file of flows");
    }
    else if (!options.GeneratesFlows())
    {
        noteOf({"sizes", "matrix", "load", "sigma"}, "--collective and --clients without --count");
    }
}

} // namespace

bool ScenarioOptions::GeneratesFlows() const
{
    const bool hasCount =
        std::any_of(given.begin(), given.end(), [](const auto& option) { return option.first == "count"; });
    return hasCount || (collectives.empty() && clients.empty());
}

void AddScenarioOptions(ProgramOptions& program, ScenarioOptions& options)
{
    ThreeTierShape& shape = options.shape;
    program.Add("pods", "number of pods of the three-tier fabric", shape.pods, CountOption());
    program.Add("racks", "racks per pod", shape.racksPerPod, CountOption());
    program.Add("hosts", "hosts per rack", shape.hostsPerRack, CountOption());
    program.Add("planes", "fabric switches per pod", shape.planes, CountOption());
    program.Add("spines", "spines per plane", shape.spinesPerPlane, CountOption());
    program.Add("host-rate", "rate of host links", shape.hostBps, RateOption());
    program.Add("fabric-rate", "rate of the other links", shape.fabricBps, RateOption());
    program.Add("delay", "propagation delay of a link; a number alone is in ns", shape.delayNs, TimeOption("ns"));
    program.Add("topology",
                "topology file in " + TopologyFormatsText() + ", instead of the fabric above",
                options.topologyFile,
                "FILE");
    program.Add("count", "number of flows", options.workload.flows, CountOption(0, MAX_FLOWS));
    program.Add("sizes",
                "WebServer, Hadoop, CacheFollower, WebSearch, AliStorage, GoogleRPC, FbHdp, a table file, constant:B, "
                "exponential:B, lognormal:B,SIGMA, pareto:B,SHAPE or gaussian:B,DEVIATION",
                options.workload.sizes);
    program.Add("matrix", "uniform, A, B, C or a file of rack weights", options.workload.matrix);
    program.Add("load", "load of the most loaded link, above 0 and below 1", options.workload.load, RealOption());
    program.Add("sigma",
                "sigma of the lognormal gaps between arrivals; 0: Poisson arrivals",
                options.workload.lognormalSigma,
                RealOption());
    program.Add(
        "incast",
        "bursts of DEGREE hosts that send BYTES each to one host at once, beside the other flows; they alone give "
        "LOAD, as --load is defined",
        options.workload.incast,
        IncastOption());
    program.Add("seed", "seed of flows, marking and sampling", options.workload.seed, CountOption());
    program.Add("flows",
                "file of flows in " + FlowFormatsText() + ", instead of the generated flows",
                options.flowFile,
                "FILE");
    const auto adding = [](std::vector<std::string>& all)
    { return [&all](std::string_view /*option*/, std::string_view one) { all.emplace_back(one); }; };
    program.AddParsed("collective",
                      "collectives instead of the generated flows, which come beside them where --count is given: "
                      "TYPE:BYTES and, behind colons, group=HOSTS, channels=, chunks=, server=HOSTS, repeat=, "
                      "compute=TIME, latency=TIME, across, simai; as in ring-allreduce:16MiB:group=16:channels=8; may "
                      "be given several times, side by side",
                      "TYPE:BYTES:...",
                      "",
                      adding(options.collectives));
    program.AddParsed(
        "clients",
        "clients that wait for replies before their next request, instead of the generated flows, which come "
        "beside them where --count is given: COUNT and, behind colons, requests=, fan-out=SERVERS, "
        "request=BYTES, reply=BYTES|SIZES, service=TIME, think=TIME; as in 64:requests=100:reply=64KB:think=10us; may "
        "be given several times, side by side",
        "COUNT:...",
        "",
        adding(options.clients));
    program.Add("config",
                "config file of the HPCC simulator: its topology, flows and settings; options given here override it",
                options.configFile,
                "FILE");
    AddFailureOptions(program, options.failureFile, options.failures);
    AddParameterOptions(program, options.config);
    program.Add("mode",
                "rules of the packet engine: standard, or those of the published simulator (hpcc)",
                options.mode,
                ChoiceOption({"standard", "hpcc"}));
    AddEngineOptions(program,
                     options.ofEngines,
                     [&options](const std::string& name, const std::string& text)
                     { SetEngineOption(options, name, text); });
    program.Add("threads",
                "number of threads of engines that use several (0: one per processor); results do not depend on it",
                options.threads,
                CountOption(0, MAX_THREADS));
    program.Add("size-classes",
                "payload bytes at which size classes begin (default: 0,1000,10000,50000)",
                options.sizeClasses,
                "BYTES,BYTES");
}

void AddWhereOptions(ProgramOptions& program, ScenarioOptions& options)
{
    program.Add(
        "links",
        "report what happened at each link (use, queue, pauses, marks, losses) and which links hold the delay of "
        "the slowest flows",
        options.links);
    program.Add("by",
                "report slowdowns by labels of flows: " + LabelWords() + "; several with commas",
                options.by,
                "WORD,WORD");
    program.Add("labels",
                "file with a label for each flow, a line each in the order of the flows, as in the names of tenants; "
                "slowdowns are reported by them. FILE:COLUMN takes a column of a CSV file with a head, by its name",
                options.labelsFile,
                "FILE");
}

bool ParseScenarioArguments(ProgramOptions& program, ScenarioOptions& options, int argc, char* argv[])
{
    const bool goOn = ParseArguments(program, argc, argv);
    options.given = program.Given();
    return goOn;
}

FabricGraph MakeFabric(const ScenarioOptions& options)
{
    Source source = SourceOf(options);
    return ReadFabric(NodesOf(options, source));
}

RdmaConfig MakeConfig(const ScenarioOptions& options)
{
    return SourceOf(options).config;
}

std::string EngineOf(const ScenarioOptions& options, const std::string& name)
{
    const bool isReplaced = !options.replacement.empty() && FindEngine(options.replacement).family == name;
    return FindEngine(isReplaced ? options.replacement : name).name;
}

ScenarioRun MakeScenario(const ScenarioOptions& options)
{
    const auto begin = std::chrono::steady_clock::now();
    Source source = SourceOf(options);
    WorkloadHelper workload = options.workload;
    workload.headerBytes = source.config.HeaderBytes();
    workload.payloadBytes = source.config.payloadBytes;
    ScenarioRun scenario{M3Estimator(NodesOf(options, source)), {}, 0, {}};
    M3Estimator& estimator = scenario.estimator;
    estimator.config = source.config;
    for (const auto& [name, text] : options.ofEngines)
    {
        const std::string own = options.replacement + "-" + name; // that of the engine replaced, by its own name
        const bool hasOwn = !options.replacement.empty() && MakeEngine(options.replacement)->Has(own);
        estimator.Set(hasOwn ? own : name, text);
    }
    estimator.seed = options.workload.seed;
    estimator.threads = options.threads;
    if (!options.sizeClasses.empty())
    {
        estimator.sizeClasses = SizeClasses::Parse(options.sizeClasses);
    }
    estimator.links = options.links;
    estimator.by = SplitList(options.by);
    scenario.schedule = TrafficOf(options, source, workload, estimator.Fabric());
    if (!options.labelsFile.empty())
    {
        estimator.labels.push_back(ReadFlowLabels(options.labelsFile, scenario.Flows().size()));
    }
    scenario.notes = source.notes;
    NoteUnusedOptions(options, source, scenario.notes);
    scenario.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return scenario;
}

namespace
{

/// "1 link" or "2,000 links".
std::string Counted(uint64_t count, const char* one, const char* many)
{
    return CountText(count) + ' ' + (count == 1 ? one : many);
}

} // namespace

std::string FlowsText(const Schedule& schedule)
{
    const FlowList& flows = schedule.Flows();
    double bytes = 0;
    for (const Flow& flow : flows)
    {
        bytes += static_cast<double>(flow.sizeBytes);
    }
    const bool isOne = flows.size() == 1;
    std::string text = Counted(flows.size(), "flow", "flows");
    if (!flows.empty())
    {
        text += " of " + BytesText(bytes / static_cast<double>(flows.size())) + (isOne ? "" : " on average");
    }
    if (!schedule.Dependencies().empty())
    {
        return text + " and " + Counted(schedule.Computes().size(), "computation", "computations") + ", " +
               CountText(schedule.WaitingFlows()) + " of the flows wait for others";
    }
    if (flows.size() < 2)
    {
        return text;
    }
    const auto span = static_cast<double>(flows.back().startNs - flows.front().startNs);
    return text + (span > 0 ? " that start within " + DurationText(span) : " that start at once");
}

void PrintScenario(const ScenarioRun& scenario)
{
    const FabricGraph& fabric = scenario.estimator.Fabric();
    const RdmaConfig& config = scenario.estimator.config;
    for (const std::string& note : scenario.notes)
    {
        std::fprintf(stderr, "note: %s\n", note.c_str());
    }
    const std::size_t hosts = fabric.Hosts().size();
    std::printf("%s, %s, %s; %s, ready in %.1f s; %s, PFC %s, %s mode\n\n",
                Counted(hosts, "host", "hosts").c_str(),
                Counted(fabric.NodeCount() - hosts, "switch", "switches").c_str(),
                Counted(fabric.LinkCount() / 2, "link", "links").c_str(),
                FlowsText(scenario.schedule).c_str(),
                scenario.seconds,
                CongestionControlName(config.congestionControl).c_str(),
                config.pfc ? "on" : "off",
                EngineModeName(config.mode).c_str());
    std::fflush(stdout);
}

} // namespace ns3::m3
