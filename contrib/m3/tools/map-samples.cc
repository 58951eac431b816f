// SPDX-License-Identifier: GPL-2.0-only
#include "map-samples.h"

#include "core/random-stream.h"
#include "core/text-format.h"
#include "flowsim/fabric-flow-sim.h"

#include <utility>

namespace ns3::m3
{

namespace
{

void AddLabels(uint32_t links, const std::vector<PathFlow>& outcome, PathMapSamples& samples)
{
    const auto labels = MakePathLabels(links + 1, outcome).slowdown;
    samples.labels.insert(samples.labels.end(), labels.begin(), labels.end());
}

} // namespace

PathMapSamples MapSamplesOf(const PacketTruth& truth, const PathIndex::Options& sampling)
{
    const FlowList& flows = truth.scenario.flows;
    const PathViewer viewer(truth.scenario.fabric, truth.routes, truth.config, flows, sampling);
    PathMapSamples samples;
    for (uint32_t path = 0; path < viewer.Index().PathCount(); path++)
    {
        const std::vector<uint32_t>& foreground = viewer.Index().ForegroundFlows(path);
        const auto links = static_cast<uint32_t>(viewer.Index().PathRoute(path).size());
        if (!IsPublishedPathLength(links) || !truth.Usable(foreground))
        {
            continue;
        }
        std::vector<PathFlow> outcome;
        for (uint32_t id : foreground)
        {
            outcome.push_back({0, links, flows[id].sizeBytes, truth.slowdown[id]});
        }
        AddLabels(links, outcome, samples);
        Append(samples.maps, viewer.Map(path));
    }
    return samples;
}

std::string PublishedPathOptions::Text() const
{
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
    const auto links = static_cast<uint32_t>(drawn.path.size());
    const std::vector<double> fluid =
        FabricFlowSimSlowdowns(fabric, flows, MakeFabricFluid(fabric, truth.routes, flows, truth.config.Format()));
    std::vector<PathFlow> seen;    // by the model: foreground flows, then the others
    std::vector<PathFlow> outcome; // of the foreground flows
    std::vector<PathFlow> background;
    std::vector<uint32_t> foreground;
    for (uint32_t id = 0; id < flows.size(); id++)
    {
        const PathFlow flow{drawn.enters[id], drawn.leaves[id], flows[id].sizeBytes, fluid[id]};
        if (flow.src > 0 || flow.dst < links)
        {
            background.push_back(flow);
            continue;
        }
        seen.push_back(flow);
        foreground.push_back(id);
        outcome.push_back({0, links, flows[id].sizeBytes, truth.slowdown[id]});
    }
    PathMapSamples samples;
    if (foreground.empty() || !truth.Usable(foreground))
    {
        return samples;
    }
    RdmaConfig told = truth.config;
    told.nodeSharedPoolBytes.clear(); // the buffer that is set, as on networks where its threshold wraps
    const auto parameters = PathParameters(fabric, drawn.path, told);
    RandomStream random(seed);
    for (uint32_t sample = 0; sample <= thinned; sample++)
    {
        std::size_t count = foreground.size();
        if (sample > 0)
        {
            count = static_cast<std::size_t>(random.LogUniform(1, static_cast<double>(foreground.size())));
            for (std::size_t i = 0; i < count; i++)
            {
                std::swap(seen[i], seen[random.Integer(i, foreground.size() - 1)]);
            }
        }
        std::vector<PathFlow> some(seen.begin(), seen.begin() + static_cast<std::ptrdiff_t>(count));
        some.insert(some.end(), background.begin(), background.end());
        PathMaps map;
        map.rowBegin = {0, links + 1};
        map.slowdown = MakePathFeatureMap(links + 1, some).slowdown;
        map.parameters.assign(parameters.begin(), parameters.end());
        map.flows = CountByLabelBucket(links + 1, outcome);
        Append(samples.maps, map);
        AddLabels(links, outcome, samples);
    }
    return samples;
}

} // namespace ns3::m3
