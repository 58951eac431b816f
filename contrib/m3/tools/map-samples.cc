// SPDX-License-Identifier: GPL-2.0-only
#include "map-samples.h"

#include "core/random-stream.h"
#include "core/text-format.h"
#include "flowsim/fabric-flow-sim.h"
#include "ns3/m3-input-error.h"

#include <array>
#include <utility>

namespace ns3::m3
{

namespace
{

/// A path with what the model sees of it and what it is to give.
struct LabelledPath
{
    uint32_t links;
    std::array<float, PATH_PARAMETERS> parameters;
    std::vector<PathFlow> foreground; //!< with fluid slowdowns
    std::vector<PathFlow> background; //!< the same
    std::vector<PathFlow> outcome;    //!< foreground flows with their slowdowns in packets
};

/// Adds a path, then samples in which the model sees only some of its foreground flows.
void AddSamples(const LabelledPath& path, uint32_t thinned, RandomStream& random, PathMapSamples& samples)
{
    const uint32_t hosts = path.links + 1;
    const std::vector<float> labels = MakePathLabels(hosts, path.outcome).slowdown;
    std::vector<PathFlow> seen = path.foreground;
    for (uint32_t sample = 0; sample <= thinned; sample++)
    {
        std::size_t count = seen.size();
        if (sample > 0)
        {
            count = static_cast<std::size_t>(random.LogUniform(1, static_cast<double>(seen.size())));
            for (std::size_t i = 0; i < count; i++)
            {
                std::swap(seen[i], seen[random.Integer(i, seen.size() - 1)]);
            }
        }
        std::vector<PathFlow> some(seen.begin(), seen.begin() + static_cast<std::ptrdiff_t>(count));
        some.insert(some.end(), path.background.begin(), path.background.end());
        PathMaps map;
        map.rowBegin = {0, hosts};
        map.slowdown = MakePathFeatureMap(hosts, some).slowdown;
        map.parameters.assign(path.parameters.begin(), path.parameters.end());
        map.flows = CountByLabelBucket(hosts, path.outcome);
        Append(samples.maps, map);
        samples.labels.insert(samples.labels.end(), labels.begin(), labels.end());
    }
}

/// Splits flows of a path. \param flows with fluid slowdowns
void AddFluid(const std::vector<PathFlow>& flows, LabelledPath& path)
{
    for (const PathFlow& flow : flows)
    {
        const bool isWhole = flow.src == 0 && flow.dst == path.links;
        (isWhole ? path.foreground : path.background).push_back(flow);
    }
}

} // namespace

PathMapSamples MapSamplesOf(const PacketTruth& truth, const PathIndex::Options& sampling, uint32_t thinned)
{
    const FlowList& flows = truth.scenario.flows;
    const PathViewer viewer(truth.scenario.fabric, truth.routes, truth.config, flows, sampling);
    RandomStream random(sampling.seed);
    PathMapSamples samples;
    for (uint32_t place = 0; place < viewer.Index().PathCount(); place++)
    {
        const std::vector<uint32_t>& foreground = viewer.Index().ForegroundFlows(place);
        const Route& route = viewer.Index().PathRoute(place);
        if (!IsPublishedPathLength(route.size()) || !truth.Usable(foreground))
        {
            continue;
        }
        LabelledPath path;
        path.links = static_cast<uint32_t>(route.size());
        path.parameters = PathParameters(truth.scenario.fabric, route, truth.config);
        AddFluid(viewer.FluidFlows(place), path);
        for (const uint32_t id : foreground)
        {
            path.outcome.push_back({0, path.links, flows[id].sizeBytes, truth.slowdown[id]});
        }
        AddSamples(path, thinned, random, samples);
    }
    return samples;
}

void PublishedPathOptions::Check(uint32_t paths) const
{
    const PublishedPathRanges all;
    if (paths > 0 && (ranges.minForeground != all.minForeground || ranges.maxForeground != all.maxForeground ||
                      ranges.maxMean != all.maxMean))
    {
        throw InputError("--min-foreground, --max-foreground and --max-mean are for paths that are drawn, not sampled "
                         "from networks by --paths");
    }
    ranges.Check();
}

std::string PublishedPathOptions::Text(uint32_t paths) const
{
    if (paths > 0)
    {
        return "published networks, paths " + std::to_string(paths) + ", thinned " + std::to_string(thinned);
    }
    return "published paths, " + std::to_string(ranges.minForeground) + " to " + std::to_string(ranges.maxForeground) +
           " foreground flows, means up to " + FormatText("%.17g", ranges.maxMean) + ", thinned " +
           std::to_string(thinned);
}

void AddPublishedPathOptions(ProgramOptions& program, PublishedPathOptions& options)
{
    constexpr uint64_t MAX_THINNED = 1000;
    PublishedPathRanges& ranges = options.ranges;
    program.Add("min-foreground",
                "minimum number of foreground flows of a path of --published",
                ranges.minForeground,
                CountOption(1));
    program.Add("max-foreground",
                "maximum number of foreground flows of such a path; fewer where --packet-hops does not pay for them",
                ranges.maxForeground,
                CountOption(1));
    program.Add("max-mean", "maximum mean flow size of such a path", ranges.maxMean, BytesOption());
    program.Add("thinned",
                "number of further samples of such a path in which the model sees only some of the foreground flows",
                options.thinned,
                CountOption(0, MAX_THINNED));
}

PathMapSamples MapSamplesOf(const PacketTruth& truth, const PublishedPath& drawn, uint32_t thinned, uint64_t seed)
{
    const FlowList& flows = truth.scenario.flows; // the first of those drawn
    const FabricGraph& fabric = truth.scenario.fabric;
    const std::vector<double> fluid =
        FabricFlowSimSlowdowns(fabric, flows, MakeFabricFluid(fabric, truth.routes, flows, truth.config.Format()));
    LabelledPath path;
    path.links = static_cast<uint32_t>(drawn.path.size());
    std::vector<PathFlow> all;
    std::vector<uint32_t> foreground;
    for (uint32_t id = 0; id < flows.size(); id++)
    {
        all.push_back({drawn.enters[id], drawn.leaves[id], flows[id].sizeBytes, fluid[id]});
        if (all.back().src == 0 && all.back().dst == path.links)
        {
            foreground.push_back(id);
            path.outcome.push_back({0, path.links, flows[id].sizeBytes, truth.slowdown[id]});
        }
    }
    PathMapSamples samples;
    if (foreground.empty() || !truth.Usable(foreground))
    {
        return samples;
    }
    AddFluid(all, path);
    RdmaConfig told = truth.config;
    told.nodeSharedPoolBytes.clear(); // the buffer that is set, as on networks where its threshold wraps
    path.parameters = PathParameters(fabric, drawn.path, told);
    RandomStream random(seed);
    AddSamples(path, thinned, random, samples);
    return samples;
}

} // namespace ns3::m3
