// SPDX-License-Identifier: GPL-2.0-only
// Estimates by sampled paths: Scope::PATHS and The engine published.
#include "features/path-features.h"
#include "sampled-estimate-parts.h"
#include "sampled-estimate.h"

#include "core/in-order.h"
#include "core/random-stream.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

namespace ns3::m3
{

namespace
{

/// At most `maxFlows` flows that follow each other, the first after the last; all begin equally often. Ascending.
std::vector<uint32_t> Successive(const std::vector<uint32_t>& flows, uint64_t maxFlows, RandomStream& random)
{
    if (flows.size() <= maxFlows)
    {
        return flows;
    }
    std::vector<uint32_t> chosen;
    const std::size_t first = random.Integer(0, flows.size() - 1);
    for (std::size_t i = 0; i < maxFlows; i++)
    {
        chosen.push_back(flows[(first + i) % flows.size()]);
    }
    std::sort(chosen.begin(), chosen.end());
    return chosen;
}

/// Known slowdowns of the flows of sampled paths, path after path; NaN where the model is needed.
std::vector<float>
KnownOnPaths(const EstimateInput& input, const PathIndex& index, const std::vector<std::vector<uint32_t>>& flowsOf)
{
    /// Place of a flow in the result, and its path.
    struct Place
    {
        std::size_t row;
        uint32_t path;
    };

    std::vector<std::pair<uint32_t, Place>> selected;
    for (uint32_t path = 0; path < flowsOf.size(); path++)
    {
        for (const uint32_t flow : flowsOf[path])
        {
            selected.push_back({flow, {selected.size(), path}});
        }
    }
    std::vector<float> known(selected.size(), std::nanf(""));
    const bool isFirst = !input.share || input.share->Rank() == 0; // the one that reports
    if (!input.loneSlowdown || !isFirst)
    {
        return known;
    }
    std::sort(selected.begin(), selected.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<uint32_t> ids;
    for (const auto& [flow, place] : selected)
    {
        ids.push_back(flow);
    }
    const std::vector<bool> lone = FindLoneFlows({input.scenario, input.scenario.Flows()}, index, ids, input.threads);
    for (std::size_t i = 0; i < ids.size(); i++)
    {
        const auto& [row, path] = selected[i].second;
        known[row] = lone[i] ? static_cast<float>(
                                   input.loneSlowdown(input.scenario.Flows()[ids[i]].sizeBytes, index.PathRoute(path)))
                             : known[row];
    }
    return known;
}

constexpr std::size_t TOGETHER = 32; // paths that the model gets together, whoever has them

/// Adds the predictions of all paths. \param all by rank, of the flows of its paths \param known slowdowns of flows
/// that are not predicted, NaN of the others
void AddPaths(const EstimateInput& input,
              const PathIndex& index,
              const std::vector<std::vector<uint32_t>>& flowsOf,
              const std::vector<std::vector<float>>& all,
              const std::vector<float>& known,
              SlowdownReport& report)
{
    std::vector<const float*> next;
    for (const std::vector<float>& ofRank : all)
    {
        next.push_back(ofRank.data());
    }
    auto nextKnown = known.begin();
    for (uint32_t path = 0; path < index.PathCount(); path++)
    {
        const float*& slowdowns = next[path / TOGETHER % all.size()];
        const std::vector<uint32_t>& flows = flowsOf[path];
        const uint32_t multiplicity = index.Multiplicity(path);
        report.BeginUnit(multiplicity);
        for (const uint32_t flow : flows)
        {
            std::array<float, QUANTILES> distribution{};
            std::copy_n(slowdowns, QUANTILES, distribution.begin());
            if (!std::isnan(*nextKnown))
            {
                distribution.fill(*nextKnown);
            }
            AddPrediction(input.classes.ClassOf(input.scenario.Flows()[flow].sizeBytes),
                          distribution.data(),
                          multiplicity / static_cast<double>(flows.size()),
                          report);
            slowdowns += QUANTILES;
            nextKnown++;
        }
    }
}

PathViewer DrawPaths(const EstimateInput& input, uint32_t draws)
{
    return {input.scenario.Fabric(),
            input.scenario.Routes(),
            input.scenario.Resolved(),
            input.scenario.Flows(),
            {draws, input.seed, input.threads}};
}

} // namespace

void EstimatePaths(const EstimateInput& input,
                   uint32_t draws,
                   uint64_t perDraw,
                   CorrectionModel& model,
                   SlowdownReport& report)
{
    const PathViewer viewer = DrawPaths(input, draws);
    const PathIndex& index = viewer.Index();
    RandomStream random(input.seed);
    std::vector<std::vector<uint32_t>> flowsOf;
    for (uint32_t path = 0; path < index.PathCount(); path++)
    {
        flowsOf.push_back(Successive(index.ForegroundFlows(path), perDraw * index.Multiplicity(path), random));
    }
    const std::size_t processes = input.share ? input.share->Processes() : 1;
    const std::size_t rank = input.share ? input.share->Rank() : 0;
    std::vector<uint32_t> mine; // every n-th block of paths
    for (uint32_t path = 0; path < index.PathCount(); path++)
    {
        if (path / TOGETHER % processes == rank)
        {
            mine.push_back(path);
        }
    }
    const std::vector<float> known = KnownOnPaths(input, index, flowsOf);
    FlowFeatures waiting;
    NetworkView network; // of the first paths, which are enough, and the same for any number of processes
    std::vector<float> predicted;
    InOrder(
        mine.size(),
        input.threads,
        [&](std::size_t i) { return viewer.View(mine[i], flowsOf[mine[i]]); },
        [&](std::size_t i, const FlowFeatures& features)
        {
            Append(waiting, features);
            Tell(input, i + 1, mine.size());
            if ((i + 1) % TOGETHER != 0 && i + 1 < mine.size())
            {
                return;
            }
            const std::vector<float> block = model.Predict(waiting, input.threads);
            if (predicted.empty())
            {
                network.outside = OutOfTraining(waiting, model);
                const double flows = static_cast<double>(input.scenario.Flows().size());
                network.profile.Add(waiting,
                                    block,
                                    std::vector<double>(waiting.Count(), flows / static_cast<double>(waiting.Count())));
            }
            predicted.insert(predicted.end(), block.begin(), block.end());
            waiting = {};
        });
    std::vector<std::vector<float>> all{std::move(predicted)}; // by rank
    if (input.share)
    {
        all = input.share->Gather(all.front());
    }
    if (rank > 0)
    {
        return;
    }
    AddNotes(input, model, network, CountKnown(known), known.size(), report);
    AddPaths(input, index, flowsOf, all, known, report);
}

void EstimatePublished(const EstimateInput& input, uint32_t draws, PathMapModel& model, SlowdownReport& report)
{
    const PathViewer viewer = DrawPaths(input, draws);
    const PathIndex& index = viewer.Index();
    PathMaps maps;
    InOrder(
        index.PathCount(),
        input.threads,
        [&](std::size_t path) { return viewer.Map(static_cast<uint32_t>(path)); },
        [&](std::size_t path, const PathMaps& map)
        {
            Append(maps, map);
            Tell(input, path + 1, index.PathCount());
        });
    const std::vector<float> predicted = model.Predict(maps);
    for (uint32_t path = 0; path < index.PathCount(); path++)
    {
        const double perFlow = index.Multiplicity(path) / static_cast<double>(index.ForegroundFlows(path).size());
        report.BeginUnit(index.Multiplicity(path));
        for (uint32_t bucket = 0; bucket < LABEL_BUCKETS; bucket++)
        {
            const double weight = perFlow * maps.flows[path * std::size_t{LABEL_BUCKETS} + bucket] / MAP_PERCENTILES;
            for (uint32_t p = 0; p < MAP_PERCENTILES && weight > 0; p++)
            {
                const float slowdown =
                    predicted[path * std::size_t{PATH_LABELS} + bucket * std::size_t{MAP_PERCENTILES} + p];
                report.Add(bucket, std::max(1.0F, slowdown), weight);
            }
        }
    }
}

} // namespace ns3::m3
