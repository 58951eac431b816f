// SPDX-License-Identifier: GPL-2.0-only
#include "sampled-estimate.h"

#include "features/input-ranges.h"
#include "sampled-estimate-parts.h"

#include "core/in-order.h"
#include "core/random-stream.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace ns3::m3
{

namespace
{

constexpr std::size_t AT_ONCE = 100'000; // flows: their features take 150 MB
constexpr std::size_t MAX_TOGETHER = 8;  // selections: their predictions take 8 MB each

/// The known slowdowns of a selection's lone flows; NaN for the others.
std::vector<float> KnownSlowdowns(const FlowSelection& selection)
{
    const EstimateInput& input = selection.input;
    std::vector<float> known(selection.flows.size(), std::nanf(""));
    if (!input.loneSlowdown)
    {
        return known;
    }
    const std::vector<bool> lone =
        FindLoneFlows({input.scenario, input.scenario.Flows()}, selection.run, selection.flows);
    for (std::size_t i = 0; i < known.size(); i++)
    {
        const uint32_t id = selection.flows[i];
        known[i] = lone[i] ? static_cast<float>(input.loneSlowdown(input.scenario.Flows()[id].sizeBytes,
                                                                   selection.run.fluid.flows[id].links))
                           : known[i];
    }
    return known;
}

/// How many flows of a network each of some flows stands for, those of their size class alone counted.
std::vector<double> WeightsOf(const EstimateInput& input, const std::vector<uint32_t>& some)
{
    const FlowList& flows = input.scenario.Flows();
    const SizeClasses& classes = input.classes;
    std::vector<double> all(classes.Count(), 0);
    std::vector<double> chosen(classes.Count(), 0);
    for (const Flow& flow : flows)
    {
        all[classes.ClassOf(flow.sizeBytes)]++;
    }
    for (const uint32_t id : some)
    {
        chosen[classes.ClassOf(flows[id].sizeBytes)]++;
    }
    std::vector<double> weights;
    weights.reserve(some.size());
    for (const uint32_t id : some)
    {
        const std::size_t of = classes.ClassOf(flows[id].sizeBytes);
        weights.push_back(all[of] / chosen[of]);
    }
    return weights;
}

/// Selections whose flows met the same on their hops.
struct Group
{
    HopSettings settings;
    std::vector<std::size_t> members;
};

std::vector<Group> MakeGroups(const std::vector<FlowSelection>& selections, uint32_t threads)
{
    constexpr std::size_t SHARES = 2; // of the work, per thread, so that all end at about the same time
    const std::size_t together = std::clamp<std::size_t>(selections.size() / (SHARES * threads), 1, MAX_TOGETHER);
    std::vector<Group> groups;
    for (std::size_t i = 0; i < selections.size(); i++)
    {
        const FlowSelection& selection = selections[i];
        const EstimateInput& input = selection.input;
        const HopSettings settings(input.scenario.Fabric(), input.scenario.Routes(), input.scenario.Resolved());
        const auto takes = [&](const Group& group)
        {
            const FlowSelection& member = selections[group.members.front()];
            return group.members.size() < together && &selection.run == &member.run &&
                   selection.flows == member.flows && settings == group.settings;
        };
        // one selection is to end before the next begins: only those of a single part can go together
        const auto group =
            selection.flows.size() > AT_ONCE ? groups.end() : std::find_if(groups.begin(), groups.end(), takes);
        if (group == groups.end())
        {
            groups.push_back({settings, {i}});
        }
        else
        {
            group->members.push_back(i);
        }
    }
    return groups;
}

/// Flows of a group that are predicted at once.
struct FlowPart
{
    const Group& group;
    std::vector<uint32_t> flows;
    std::size_t begin; //!< place of the first one in the selection
    bool last;
};

std::vector<FlowPart> MakeParts(const std::vector<FlowSelection>& selections, const std::vector<Group>& groups)
{
    std::vector<FlowPart> parts;
    for (const Group& group : groups)
    {
        const std::vector<uint32_t>& flows = selections[group.members.front()].flows;
        for (std::size_t first = 0; first < flows.size(); first += AT_ONCE)
        {
            const std::size_t end = std::min(flows.size(), first + AT_ONCE);
            const auto at = [&](std::size_t place) { return flows.begin() + static_cast<std::ptrdiff_t>(place); };
            parts.push_back({group, {at(first), at(end)}, first, end == flows.size()});
        }
    }
    return parts;
}

} // namespace

std::vector<uint32_t>
SelectFlows(const FlowList& flows, IdRange part, const SizeClasses& classes, uint64_t perClass, uint64_t seed)
{
    std::vector<std::vector<uint32_t>> byClass(classes.Count());
    for (uint32_t id = part.first; id < part.second; id++)
    {
        byClass[classes.ClassOf(flows[id].sizeBytes)].push_back(id);
    }
    RandomStream random(seed);
    std::vector<uint32_t> selection;
    for (auto& ids : byClass)
    {
        const std::size_t count = std::min<std::size_t>(perClass, ids.size());
        for (std::size_t k = 0; k < count; k++)
        {
            std::swap(ids[k], ids[random.Integer(k, ids.size() - 1)]);
        }
        selection.insert(selection.end(), ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(count));
    }
    std::sort(selection.begin(), selection.end());
    return selection;
}

void PredictFlows(const std::vector<FlowSelection>& selections,
                  uint32_t threads,
                  CorrectionModel& model,
                  PredictionUser& user)
{
    /// Of a part for one member.
    struct Prediction
    {
        NetworkView view; //!< where the part is the first: a sample is enough
        std::vector<float> slowdowns;
    };

    std::vector<std::vector<float>> known; // per selection
    known.reserve(selections.size());
    for (const FlowSelection& selection : selections)
    {
        known.push_back(KnownSlowdowns(selection));
    }
    const std::vector<Group> groups = MakeGroups(selections, threads);
    const std::vector<FlowPart> parts = MakeParts(selections, groups);
    const auto threadsOfPart = static_cast<uint32_t>(threads / std::clamp<std::size_t>(parts.size(), 1, threads));
    InOrder(
        parts.size(),
        threads,
        [&](std::size_t i)
        {
            const auto& [group, flows, begin, last] = parts[i];
            const FlowSelection& any = selections[group.members.front()];
            FlowFeatures features =
                ViewHops(any.input.scenario.Fabric(), group.settings, any.input.scenario.Flows(), flows, any.run);
            std::vector<Prediction> predictions;
            for (const std::size_t member : group.members)
            {
                const EstimateInput& input = selections[member].input;
                FillFlowInputs(input.scenario.Fabric(),
                               input.scenario.Resolved(),
                               group.settings,
                               input.scenario.Flows(),
                               flows,
                               any.run,
                               features);
                predictions.push_back({{}, model.Predict(features, threadsOfPart)});
                Prediction& last = predictions.back();
                SetKnown(&known[member][begin], last.slowdowns);
                if (begin == 0)
                {
                    last.view.outside = OutOfTraining(features, model);
                    last.view.profile.Add(features, last.slowdowns, WeightsOf(input, flows));
                }
            }
            return predictions;
        },
        [&](std::size_t i, const std::vector<Prediction>& predictions)
        {
            const auto& [group, flows, begin, last] = parts[i];
            for (std::size_t m = 0; m < predictions.size(); m++)
            {
                const std::size_t member = group.members[m];
                if (begin == 0)
                {
                    user.Begin(member, predictions[m].view, CountKnown(known[member]));
                }
                const float* slowdowns = predictions[m].slowdowns.data();
                for (const uint32_t flow : flows)
                {
                    user.Use(member, flow, slowdowns);
                    slowdowns += QUANTILES;
                }
                if (last)
                {
                    user.End(member);
                }
            }
        });
}

void EstimateNetworks(std::vector<FlowSelection> networks,
                      uint64_t perClass,
                      uint32_t threads,
                      CorrectionModel& model,
                      const SlowdownReport& empty,
                      const std::function<void(std::size_t network, SlowdownReport& report)>& done)
{
    class Reporter : public PredictionUser
    {
      public:
        Reporter(const std::vector<FlowSelection>& networks,
                 const CorrectionModel& model,
                 const SlowdownReport& empty,
                 const std::function<void(std::size_t network, SlowdownReport& report)>& done)
            : m_networks(networks),
              m_model(model),
              m_empty(empty),
              m_done(done)
        {
        }

        void Begin(std::size_t network, const NetworkView& view, std::size_t lone) override
        {
            m_report = m_empty;
            const EstimateInput& input = m_networks[network].input;
            AddNotes(input, m_model, view, lone, m_networks[network].flows.size(), m_report);
            std::vector<uint64_t> sampled(input.classes.Count(), 0);
            for (const uint32_t flow : m_networks[network].flows)
            {
                sampled[input.classes.ClassOf(input.scenario.Flows()[flow].sizeBytes)]++;
            }
            for (std::size_t c = 0; c < sampled.size(); c++)
            {
                m_report.SetSampledFlows(c, sampled[c]);
            }
        }

        void Use(std::size_t network, uint32_t flow, const float* slowdowns) override
        {
            m_report.BeginUnit();
            const EstimateInput& input = m_networks[network].input;
            AddPrediction(input.classes.ClassOf(input.scenario.Flows()[flow].sizeBytes), slowdowns, 1, m_report);
        }

        void End(std::size_t network) override
        {
            m_done(network, m_report);
        }

      private:
        const std::vector<FlowSelection>& m_networks;
        const CorrectionModel& m_model;
        const SlowdownReport& m_empty;
        const std::function<void(std::size_t network, SlowdownReport& report)>& m_done;
        SlowdownReport m_report;
    };

    for (FlowSelection& network : networks)
    {
        const EstimateInput& input = network.input;
        const auto end = static_cast<uint32_t>(input.scenario.Flows().size());
        network.flows = SelectFlows(input.scenario.Flows(), {0, end}, input.classes, perClass, input.seed);
    }
    Reporter reporter(networks, model, empty, done);
    PredictFlows(networks, threads, model, reporter);
}

} // namespace ns3::m3
