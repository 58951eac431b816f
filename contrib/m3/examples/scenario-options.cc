#include "scenario-options.h"

#include "ns3/fabric-from-nodes.h"
#include "ns3/hpcc-files.h"
#include "ns3/input-error.h"
#include "ns3/numbers.h"
#include "ns3/report-writer.h"
#include "ns3/text-file.h"
#include "ns3/topology-file.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <type_traits>

namespace ns3::m3
{

namespace
{

constexpr double DEFAULT = -1; //!< of a number that has a default of its own

/// Sets a value, plain or optional, where the option was given. \throws InputError if it is negative or no number
template <typename Value>
void SetIf(Value& value, const char* name, double option, double scale = 1)
{
    constexpr double LARGEST = 1e15;
    if (option == DEFAULT)
    {
        return;
    }
    if (!(option >= 0 && option * scale <= LARGEST))
    {
        throw InputError(std::string("--") + name + " must be at least 0");
    }
    if constexpr (std::is_floating_point_v<Value>)
    {
        value = option * scale;
    }
    else
    {
        value = static_cast<int64_t>(option * scale);
    }
}

/// "5%" or "0.05" to 0.05. \throws InputError
double ParsePercent(const char* name, const std::string& text)
{
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    const std::string rest = end;
    if (text.empty() || (rest != "%" && !rest.empty()) || end == text.c_str())
    {
        throw InputError(std::string("--") + name + " must be a number such as 5%, is " + text);
    }
    return rest == "%" ? value / 100 : value;
}

/// Of the options alone, without a config file.
RdmaConfig ConfigOf(const ScenarioOptions& options)
{
    RdmaConfig config;
    config.congestionControl = ParseCongestionControl(options.control);
    config.pfc = options.pfc;
    config.variableWindow = options.variableWindow;
    SetIf(config.windowBytes, "window", options.window);
    SetIf(config.bufferBytes, "buffer", options.buffer);
    SetIf(config.dctcpKBytes, "k", options.k);
    SetIf(config.dcqcnKminBytes, "kmin", options.kmin);
    SetIf(config.dcqcnKmaxBytes, "kmax", options.kmax);
    SetIf(config.dcqcnPmax, "pmax", options.pmax);
    SetIf(config.hpccEta, "eta", options.eta);
    SetIf(config.hpccAiBps, "hpcc-ai", options.hpccAi, 1e6);
    SetIf(config.timelyTLowNs, "t-low", options.tLow, 1000);
    SetIf(config.timelyTHighNs, "t-high", options.tHigh, 1000);
    return config;
}

/// A config file's part in the scenario, or that of the options.
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
    if (options.mode != "standard" && options.mode != "hpcc")
    {
        throw InputError("--mode must be standard or hpcc, is " + options.mode);
    }
    Source source;
    source.topologyFile = options.topologyFile;
    source.flowFile = options.flowFile;
    if (options.configFile.empty())
    {
        source.config = ConfigOf(options);
    }
    else
    {
        const HpccRun run = ReadHpccConfig(options.configFile, {options.topologyFile, options.flowFile});
        source.config = run.config;
        source.startTimes = run.startTimes;
        source.topologyFile = run.topologyFile;
        source.flowFile = run.flowFile;
        source.notes = run.notes;
    }
    source.config.mode = options.mode == "hpcc" ? EngineMode::HPCC : EngineMode::STANDARD;
    source.config.seed = options.workload.seed;
    return source;
}

} // namespace

void AddScenarioOptions(CommandLine& cmd, ScenarioOptions& options)
{
    cmd.AddValue("pods", "pods of the three-tier fabric", options.shape.pods);
    cmd.AddValue("racks", "racks per pod", options.shape.racksPerPod);
    cmd.AddValue("hosts", "hosts per rack", options.shape.hostsPerRack);
    cmd.AddValue("planes", "fabric switches per pod", options.shape.planes);
    cmd.AddValue("spines", "spines per plane", options.shape.spinesPerPlane);
    cmd.AddValue("host-rate", "rate of host links", options.hostRate);
    cmd.AddValue("fabric-rate", "rate of the other links", options.fabricRate);
    cmd.AddValue("delay", "propagation delay of a link, ns", options.shape.delayNs);
    cmd.AddValue("topology", "file in the HPCC simulator's format, instead of the fabric above", options.topologyFile);
    cmd.AddValue("count", "number of flows", options.workload.flows);
    cmd.AddValue("sizes",
                 "WebServer, Hadoop, CacheFollower, WebSearch, AliStorage, GoogleRPC, FbHdp, a table file, constant:B, "
                 "exponential:B, lognormal:B,SIGMA, pareto:B,SHAPE or gaussian:B,DEVIATION",
                 options.workload.sizes);
    cmd.AddValue("matrix", "uniform, A, B, C or a file of rack weights", options.workload.matrix);
    cmd.AddValue("load", "of the most loaded link, in (0, 1)", options.workload.load);
    cmd.AddValue("sigma", "of the lognormal gaps between arrivals; 0: Poisson", options.workload.lognormalSigma);
    cmd.AddValue("seed", "of flows, marking and drawing", options.workload.seed);
    cmd.AddValue("flows", "file of flows in the HPCC simulator's format, instead of those above", options.flowFile);
    cmd.AddValue("config", "config file of the HPCC simulator: its topology, flows and settings", options.configFile);
    cmd.AddValue("cc", "dctcp, dcqcn, hpcc, timely; by packets and parsimon also hpcc-pint, none", options.control);
    cmd.AddValue("mode", "rules of the packet engine: standard, or hpcc as published", options.mode);
    cmd.AddValue("pfc", "priority flow control", options.pfc);
    cmd.AddValue("window", "of a flow at full rate, bytes; 0: none (-1: bandwidth-delay product)", options.window);
    cmd.AddValue("variable-window", "the window follows the rate", options.variableWindow);
    cmd.AddValue("buffer", "of every switch, bytes (-1: by its ports)", options.buffer);
    cmd.AddValue("k", "DCTCP marking threshold at host-rate ports, bytes", options.k);
    cmd.AddValue("kmin", "DCQCN marking from, bytes", options.kmin);
    cmd.AddValue("kmax", "DCQCN marking of all from, bytes", options.kmax);
    cmd.AddValue("pmax", "DCQCN marking probability at kmax", options.pmax);
    cmd.AddValue("eta", "HPCC target utilisation", options.eta);
    cmd.AddValue("hpcc-ai", "HPCC additive increase, Mb/s", options.hpccAi);
    cmd.AddValue("t-low", "TIMELY T_low, us", options.tLow);
    cmd.AddValue("t-high", "TIMELY T_high, us", options.tHigh);
    cmd.AddValue("checkpoint", "model of the m3 engine (default: the one that is shipped)", options.checkpoint);
    cmd.AddValue(
        "scope",
        "of the m3 engine: network; windows or paths, which samples them; published: sampled paths by the published "
        "method; auto: network up to five million flows; beyond, windows from 20,000 flows per host on, else network "
        "up to twenty million and paths above",
        options.scope);
    cmd.AddValue("windows", "windows of time to draw with --scope=windows", options.windows);
    cmd.AddValue("flows-per-window", "successive flows of a window", options.flowsPerWindow);
    cmd.AddValue("paths", "paths to draw with --scope=paths or published", options.paths);
    cmd.AddValue("flows-per-class",
                 "flows of each size class that the m3 engine corrects at most",
                 options.flowsPerClass);
    cmd.AddValue("flows-per-path",
                 "successive flows that the m3 engine corrects at most for each path drawn, with --scope=paths",
                 options.flowsPerPath);
    cmd.AddValue("target-error",
                 "draw until the 95 % interval of the p99 of all flows is that narrow, as in 5%",
                 options.targetError);
    cmd.AddValue("threads",
                 "that share the work of m3 and parsimon (0: one per processor); answers do not depend on it",
                 options.threads);
    cmd.AddValue("size-classes",
                 "payload bytes at which size classes begin (default: 0,1000,10000,50000)",
                 options.sizeClasses);
}

RdmaConfig MakeConfig(const ScenarioOptions& options)
{
    return SourceOf(options).config;
}

Scenario MakeScenario(const ScenarioOptions& options)
{
    const auto begin = std::chrono::steady_clock::now();
    Source source = SourceOf(options);
    ThreeTierShape shape = options.shape;
    shape.hostBps = ParseRate("--host-rate", options.hostRate);
    shape.fabricBps = ParseRate("--fabric-rate", options.fabricRate);
    WorkloadHelper workload = options.workload;
    workload.headerBytes = source.config.HeaderBytes();
    if (workload.flows > 1'000'000'000 && source.flowFile.empty())
    {
        throw InputError("--count must be at least 1 and at most 1000000000");
    }
    const NodeContainer nodes = source.topologyFile.empty()
                                    ? FabricHelper::ThreeTier(shape)
                                    : FabricHelper::FromFile(source.topologyFile, &source.notes);
    Scenario scenario{M3Estimator(nodes), {}, 0, {}};
    M3Estimator& estimator = scenario.estimator;
    estimator.config = source.config;
    estimator.checkpoint = options.checkpoint;
    estimator.scope = ParseScope(options.scope);
    estimator.windows = options.windows;
    estimator.flowsPerWindow = options.flowsPerWindow;
    estimator.paths = options.paths;
    estimator.flowsPerClass = options.flowsPerClass;
    estimator.flowsPerPath = options.flowsPerPath;
    estimator.seed = options.workload.seed;
    estimator.threads = options.threads;
    estimator.targetError = ParsePercent("target-error", options.targetError);
    if (!options.sizeClasses.empty())
    {
        estimator.sizeClasses = SizeClasses::Parse(options.sizeClasses);
    }
    scenario.flows = source.flowFile.empty()
                         ? workload.Generate(estimator.Fabric())
                         : ReadFlowFile(source.flowFile, estimator.Fabric(), source.startTimes, &source.notes);
    scenario.notes = source.notes;
    if (options.paths != ScenarioOptions().paths && options.paths > scenario.flows.size())
    {
        throw InputError("--paths: there are no more than " + std::to_string(scenario.flows.size()) +
                         " flows whose paths could be drawn");
    }
    scenario.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return scenario;
}

void PrintScenario(const Scenario& scenario)
{
    const FabricGraph& fabric = scenario.estimator.Fabric();
    const FlowList& flows = scenario.flows;
    const RdmaConfig& config = scenario.estimator.config;
    for (const std::string& note : scenario.notes)
    {
        std::fprintf(stderr, "note: %s\n", note.c_str());
    }
    double bytes = 0;
    for (const Flow& flow : flows)
    {
        bytes += static_cast<double>(flow.sizeBytes);
    }
    std::printf("%zu hosts, %u switches, %u cables; %zu flows of %.0f KB on average in %.0f ms, made in %.1f s; %s, "
                "PFC %s, %s mode\n\n",
                fabric.Hosts().size(),
                fabric.NodeCount() - static_cast<uint32_t>(fabric.Hosts().size()),
                fabric.LinkCount() / 2,
                flows.size(),
                bytes / static_cast<double>(flows.size()) / 1000,
                static_cast<double>(flows.back().startNs - flows.front().startNs) / 1e6,
                scenario.seconds,
                CongestionControlName(config.congestionControl).c_str(),
                config.pfc ? "on" : "off",
                config.mode == EngineMode::HPCC ? "hpcc" : "standard");
    std::fflush(stdout);
}

void MakeFolder(const std::string& folder)
{
    std::error_code error;
    if (!folder.empty() && !std::filesystem::create_directories(folder, error) && error)
    {
        throw InputError(folder, 0, "", "cannot be made a folder: " + error.message());
    }
}

void WriteReports(const std::vector<SlowdownReport>& reports, const std::string& folder)
{
    WriteWholeFile(folder + "/report.csv", [&](std::ostream& out) { WriteReportCsv(reports, out); });
    WriteWholeFile(folder + "/report.json", [&](std::ostream& out) { WriteReportJson(reports, out); });
    DrawReport(reports, folder + "/slowdown");
}

} // namespace ns3::m3
