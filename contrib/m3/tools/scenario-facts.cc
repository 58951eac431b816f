// SPDX-License-Identifier: GPL-2.0-only
#include "scenario-facts.h"

#include "core/text-format.h"
#include "fabric/mode-rules.h"
#include "ns3/m3-control-description.h"
#include "report/report-rows.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <optional>

namespace ns3::m3
{

namespace
{

/// A number as short as it can be said, and its unit.
std::string With(double value, const char* unit)
{
    char text[64];
    std::snprintf(text, sizeof text, "%.4g %s", value, unit);
    return text;
}

/// Links by rate, as in "64 at 10 Gb/s, 24 at 40 Gb/s", and their delays.
std::string LinksText(const FabricGraph& fabric)
{
    std::map<uint64_t, uint32_t> links;
    int64_t shortest = INT64_MAX;
    int64_t longest = 0;
    for (LinkId link = 0; link < fabric.LinkCount(); link += 2)
    {
        links[fabric.Link(link).bitsPerSecond]++;
        shortest = std::min(shortest, fabric.Link(link).delayNs);
        longest = std::max(longest, fabric.Link(link).delayNs);
    }
    std::string text;
    for (const auto& [rate, count] : links)
    {
        text += CountText(count) + " at " + With(static_cast<double>(rate) / 1e9, "Gb/s") + ", ";
    }
    text += With(static_cast<double>(shortest) / 1000, "µs");
    return text + (shortest < longest ? " to " + With(static_cast<double>(longest) / 1000, "µs") : "");
}

std::string NetworkText(const ScenarioOptions& options, const FabricGraph& fabric)
{
    const auto hosts = static_cast<uint32_t>(fabric.Hosts().size());
    std::string text = CountText(hosts) + " hosts, " + CountText(fabric.NodeCount() - hosts) + " switches";
    if (!options.configFile.empty())
    {
        return text + ", of " + options.configFile;
    }
    if (!options.topologyFile.empty())
    {
        return text + ", of " + options.topologyFile;
    }
    const ThreeTierShape& shape = options.shape;
    return text + ": " + std::to_string(shape.pods) + " pods, " + std::to_string(shape.racksPerPod) + " racks each, " +
           std::to_string(shape.planes) + " planes, " + std::to_string(shape.spinesPerPlane) + " spines each";
}

std::string FlowFacts(const Schedule& schedule)
{
    if (!schedule.Dependencies().empty())
    {
        return FlowsText(schedule);
    }
    const FlowList& flows = schedule.Flows();
    double bytes = 0;
    for (const Flow& flow : flows)
    {
        bytes += static_cast<double>(flow.sizeBytes);
    }
    return CountText(flows.size()) + " in " +
           With(static_cast<double>(flows.back().startNs - flows.front().startNs) / 1e6, "ms") + ", " +
           With(bytes / static_cast<double>(flows.size()) / 1000, "KB on average");
}

/// Bursts beside the flows; empty without any.
std::string IncastFact(const ScenarioOptions& options)
{
    const std::optional<IncastSpec>& incast = options.workload.incast;
    return incast ? ", incasts of " + CountText(incast->degree) + " flows of " +
                        With(static_cast<double>(incast->bytes) / 1000, "KB") + " at a load of " +
                        With(100 * incast->load, "%")
                  : "";
}

std::string TrafficText(const ScenarioOptions& options)
{
    std::string made;
    for (const auto& [what, all] :
         {std::pair("collectives ", &options.collectives), std::pair("clients ", &options.clients)})
    {
        for (const std::string& one : *all)
        {
            made += (made.empty() ? what : std::string(", ") + what) + one;
        }
    }
    if (!options.flowFile.empty() || !options.configFile.empty())
    {
        return "of " + (options.flowFile.empty() ? options.configFile : options.flowFile) + IncastFact(options) +
               (made.empty() ? "" : ", " + made);
    }
    if (!options.GeneratesFlows())
    {
        return made;
    }
    const WorkloadHelper& workload = options.workload;
    return (made.empty() ? "" : made + "; ") + workload.sizes + " sizes, matrix " + workload.matrix + ", load " +
           With(100 * workload.load, "%") + ", " +
           (workload.lognormalSigma > 0 ? FormatText("lognormal gaps of sigma %.4g", workload.lognormalSigma)
                                        : std::string("Poisson arrivals")) +
           IncastFact(options);
}

/// Windows of the slowest and of the fastest NIC; empty where every pair of hosts has its own.
std::string WindowText(const FabricGraph& fabric, const RdmaConfig& config)
{
    const auto text = [](uint64_t bytes)
    { return bytes ? With(static_cast<double>(bytes) / 1000, "KB") : std::string("off"); };
    const std::map<uint64_t, RdmaConfig> configs = ConfigsByNic(fabric, config);
    const std::optional<uint64_t> slowest = configs.begin()->second.windowBytes;
    const std::optional<uint64_t> fastest = configs.rbegin()->second.windowBytes;
    if (!slowest)
    {
        return "";
    }
    return ", window " + text(*slowest) + (slowest == fastest ? "" : " to " + text(*fastest) + " by the NIC's rate");
}

std::string ControlText(const FabricGraph& fabric, const RdmaConfig& config)
{
    const auto& summary = ControlOf(config.congestionControl).summary;
    const std::string text = CongestionControlName(config.congestionControl) + (summary ? ", " + summary(config) : "");
    return text + WindowText(fabric, config);
}

/// A word of a command line, quoted where a shell would change it.
std::string ShellWord(const std::string& word)
{
    constexpr const char* PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=.,:/%+@";
    if (!word.empty() && word.find_first_not_of(PLAIN) == std::string::npos)
    {
        return word;
    }
    std::string quoted = "'";
    for (const char c : word)
    {
        quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return quoted + "'";
}

} // namespace

std::vector<std::pair<std::string, std::string>> ScenarioFacts(const ScenarioOptions& options,
                                                               const ScenarioRun& scenario)
{
    const FabricGraph& fabric = scenario.estimator.Fabric();
    const RdmaConfig config =
        scenario.estimator.config.Resolve(fabric, RouteTable(fabric, scenario.estimator.config.mode));
    return {{"Network", NetworkText(options, fabric)},
            {"Links", LinksText(fabric)},
            {"Flows", FlowFacts(scenario.schedule)},
            {"Traffic", TrafficText(options)},
            {"Control", ControlText(fabric, config)},
            {"Switches",
             std::string(config.pfc ? "PFC" : "no PFC") + ", buffer " +
                 (config.bufferBytes ? With(static_cast<double>(*config.bufferBytes) / 1000, "KB") : "by ports")},
            {"Packet rules", RulesOf(config.mode).title},
            {"Seed", std::to_string(config.seed)}};
}

std::string CommandText(int argc, char* argv[])
{
    std::string text = std::filesystem::path(argv[0]).filename().string();
    for (int i = 1; i < argc; i++)
    {
        text += " " + ShellWord(argv[i]);
    }
    return text;
}

} // namespace ns3::m3
