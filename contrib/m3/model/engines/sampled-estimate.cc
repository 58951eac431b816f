// SPDX-License-Identifier: GPL-2.0-only
#include "sampled-estimate.h"

#include "fluid-lead.h"

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

/// Ids [first, second).
using IdRange = std::pair<uint32_t, uint32_t>;

/// Flows drawn from each size class of a part of a list, ascending.
std::vector<uint32_t>
Select(const FlowList& flows, IdRange part, const SizeClasses& classes, uint64_t perClass, uint64_t seed)
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
        network.flows = Select(input.scenario.Flows(), {0, end}, input.classes, perClass, input.seed);
    }
    Reporter reporter(networks, model, empty, done);
    PredictFlows(networks, threads, model, reporter);
}

namespace
{

/// Successive flows of a trace, and those around them that flowSim runs with.
struct TraceWindow
{
    FlowList flows;
    IdRange inside; //!< places of the successive ones
    double tailNs;  //!< how long flows go on to arrive after the last of these
    FluidRun run;
};

/// \param tailNs to begin with: it grows until nearly all flows inside end before arrivals do
TraceWindow RunWindow(const EstimateInput& input, IdRange inside, const FluidLead& before, double tailNs)
{
    constexpr double MAX_LATE = 0.002; // of the flows inside
    constexpr double GROWTH = 1.5;
    const FlowList& trace = input.scenario.Flows();
    const auto startsBefore = [](const Flow& flow, int64_t time) { return flow.startNs < time; };
    const auto firstFrom = [&](double time)
    { return std::lower_bound(trace.begin(), trace.end(), static_cast<int64_t>(time), startsBefore); };
    const auto begin = static_cast<double>(trace[inside.first].startNs);
    const auto end = static_cast<double>(trace[inside.second - 1].startNs);
    const auto all = firstFrom(begin - before.allNs);
    TraceWindow window;
    std::copy_if(firstFrom(begin - before.elephantNs),
                 all,
                 std::back_inserter(window.flows),
                 [&](const Flow& flow) { return flow.sizeBytes >= before.elephantBytes; });
    const auto lead = static_cast<uint32_t>(window.flows.size() + (trace.begin() + inside.first - all));
    window.inside = {lead, lead + inside.second - inside.first};
    auto next = all;
    for (window.tailNs = tailNs;; window.tailNs *= GROWTH)
    {
        const double until = end + window.tailNs;
        const auto last = firstFrom(until);
        window.flows.insert(window.flows.end(), next, last);
        next = last;
        window.run =
            RecordFluidRun(input.scenario.Fabric(), input.scenario.Routes(), input.scenario.Resolved(), window.flows);
        window.run.loadFromNs = static_cast<double>(all->startNs);
        uint32_t late = 0;
        for (uint32_t id = window.inside.first; id < window.inside.second; id++)
        {
            late += static_cast<double>(window.flows[id].startNs) + window.run.fluidFctNs[id] > until;
        }
        if (last == trace.end() || late <= MAX_LATE * (inside.second - inside.first))
        {
            return window;
        }
    }
}

/// What the model is to know of a window.
struct WindowView
{
    FlowFeatures features;              //!< of the flows chosen
    std::vector<std::size_t> sizeClass; //!< of each row
    std::vector<double> weight;         //!< of a row of a class: flows that it stands for
    std::vector<uint64_t> loneSize;     //!< of each row: its size if it meets no other flow, else 0
    std::vector<Route> loneRoute;       //!< of these
};

/// Looks at some flows of a window. \param perClass to choose of each size class at most \param seed of the choice
WindowView LookAtWindow(const EstimateInput& input, const TraceWindow& window, uint64_t perClass, uint64_t seed)
{
    const std::vector<uint32_t> selection = Select(window.flows, window.inside, input.classes, perClass, seed);
    WindowView view;
    view.features = ViewFluid(input.scenario.Fabric(),
                              input.scenario.Routes(),
                              input.scenario.Resolved(),
                              window.flows,
                              selection,
                              window.run);
    std::vector<double> chosen(input.classes.Count(), 0);
    const std::vector<bool> lone = FindLoneFlows({input.scenario, window.flows}, window.run, selection);
    for (std::size_t i = 0; i < selection.size(); i++)
    {
        view.loneSize.push_back(lone[i] ? window.flows[selection[i]].sizeBytes : 0);
        if (lone[i])
        {
            view.loneRoute.push_back(window.run.fluid.flows[selection[i]].links);
        }
    }
    for (const uint32_t id : selection)
    {
        view.sizeClass.push_back(input.classes.ClassOf(window.flows[id].sizeBytes));
        chosen[view.sizeClass.back()]++;
    }
    view.weight.resize(input.classes.Count(), 0);
    for (uint32_t id = window.inside.first; id < window.inside.second; id++)
    {
        const std::size_t of = input.classes.ClassOf(window.flows[id].sizeBytes);
        view.weight[of] += 1 / chosen[of];
    }
    return view;
}

/// One range of successive flows in each of N equal parts of the flows.
std::vector<IdRange> DrawWindows(const EstimateInput& input, uint32_t windows, uint64_t perWindow)
{
    const uint64_t flows = input.scenario.Flows().size();
    const uint64_t inside = std::min(perWindow, std::max<uint64_t>(1, flows / windows));
    RandomStream random(input.seed);
    std::vector<IdRange> drawn;
    for (uint64_t w = 0; w < windows; w++)
    {
        const uint64_t from = flows * w / windows;
        const uint64_t to = std::max(from + inside, flows * (w + 1) / windows);
        const auto first = static_cast<uint32_t>(random.Integer(from, to - inside));
        drawn.emplace_back(first, first + static_cast<uint32_t>(inside));
    }
    return drawn;
}

} // namespace

void EstimateWindows(const EstimateInput& input,
                     uint32_t windows,
                     uint64_t perWindow,
                     uint64_t perClass,
                     CorrectionModel& model,
                     SlowdownReport& report)
{
    constexpr double FIRST_TAIL_RTTS = 2000;
    const double rttNs = UnitRttNs(input.scenario.Fabric(), input.scenario.Routes(), input.scenario.Resolved());
    const FluidLead before = FluidLeadOf(input.scenario);
    const uint64_t selected = std::max<uint64_t>(1, perClass / windows);
    const std::vector<IdRange> drawn = DrawWindows(input, windows, perWindow);
    // the first one finds out how long a tail must be
    TraceWindow first = RunWindow(input, drawn.front(), before, FIRST_TAIL_RTTS * rttNs);
    const double tailNs = first.tailNs;
    NetworkView network;
    std::size_t lone = 0;
    std::size_t looked = 0;
    const double flowsPerWindow =
        static_cast<double>(input.scenario.Flows().size()) / static_cast<double>(drawn.size());
    InOrder(
        drawn.size(),
        input.threads,
        [&](std::size_t w)
        {
            const TraceWindow window = w == 0 ? std::move(first) : RunWindow(input, drawn[w], before, tailNs);
            return LookAtWindow(input, window, selected, input.seed + w);
        },
        [&](std::size_t w, const WindowView& view)
        {
            Tell(input, w + 1, drawn.size());
            std::vector<float> predicted = model.Predict(view.features, input.threads);
            std::vector<float> known(view.sizeClass.size(), std::nanf(""));
            auto route = view.loneRoute.begin();
            for (std::size_t row = 0; row < known.size() && input.loneSlowdown; row++)
            {
                if (view.loneSize[row] > 0)
                {
                    known[row] = static_cast<float>(input.loneSlowdown(view.loneSize[row], *route++));
                }
            }
            SetKnown(known.data(), predicted);
            lone += CountKnown(known);
            looked += known.size();
            if (w == 0) // enough for notes
            {
                network.outside = OutOfTraining(view.features, model);
            }
            const double inside = drawn[w].second - drawn[w].first;
            std::vector<double> weights;
            weights.reserve(known.size());
            for (const std::size_t of : view.sizeClass)
            {
                weights.push_back(view.weight[of] * flowsPerWindow / inside);
            }
            network.profile.Add(view.features, predicted, weights);
            report.BeginUnit();
            std::vector<uint64_t> ofClass(input.classes.Count(), 0);
            for (std::size_t row = 0; row < view.sizeClass.size(); row++)
            {
                ofClass[view.sizeClass[row]]++;
                AddPrediction(view.sizeClass[row],
                              &predicted[row * QUANTILES],
                              view.weight[view.sizeClass[row]],
                              report);
            }
            for (std::size_t c = 0; c < ofClass.size() && drawn.size() == 1; c++)
            {
                report.SetSampledFlows(c, ofClass[c]); // which may be all there are
            }
        });
    AddNotes(input, model, network, lone, looked, report);
}

} // namespace ns3::m3
