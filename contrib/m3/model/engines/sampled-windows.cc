// SPDX-License-Identifier: GPL-2.0-only
#include "deal-work.h"
#include "fluid-lead.h"
#include "sampled-estimate-parts.h"
#include "sampled-estimate.h"

#include "core/random-stream.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <utility>

namespace ns3::m3
{

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
    const std::vector<uint32_t> selection = SelectFlows(window.flows, window.inside, input.classes, perClass, seed);
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

/// What a window tells of its flows.
struct WindowAnswer
{
    FlowFeatures features;
    std::vector<float> predicted;       //!< [rows][QUANTILES], lone flows with what is known of them
    std::vector<std::size_t> sizeClass; //!< of each row
    std::vector<double> weight;         //!< of a row of a class
    std::size_t lone = 0;
};

WindowAnswer AnswerWindow(const EstimateInput& input, const WindowView& view, CorrectionModel& model)
{
    WindowAnswer answer{view.features, model.Predict(view.features, input.threads), view.sizeClass, view.weight};
    std::vector<float> known(view.sizeClass.size(), std::nanf(""));
    auto route = view.loneRoute.begin();
    for (std::size_t row = 0; row < known.size() && input.loneSlowdown; row++)
    {
        if (view.loneSize[row] > 0)
        {
            known[row] = static_cast<float>(input.loneSlowdown(view.loneSize[row], *route++));
        }
    }
    SetKnown(known.data(), answer.predicted);
    answer.lone = CountKnown(known);
    return answer;
}

void Write(const WindowAnswer& answer, ShareWriter& writer)
{
    writer.Write(answer.features.flow);
    writer.Write(answer.features.hop);
    writer.WriteEach<uint64_t>(answer.features.hopBegin);
    writer.Write(answer.predicted);
    writer.WriteEach<uint64_t>(answer.sizeClass);
    writer.WriteEach<double>(answer.weight);
    writer.Write(uint64_t{answer.lone});
}

void Read(WindowAnswer& answer, ShareReader& reader)
{
    answer.features.flow = reader.Floats();
    answer.features.hop = reader.Floats();
    answer.features.hopBegin = reader.Integers<uint32_t>();
    answer.predicted = reader.Floats();
    answer.sizeClass = reader.Integers<std::size_t>();
    answer.weight = reader.Reals();
    answer.lone = reader.Integer();
}

/// Calls use(w, answer) for all windows in their order, on rank 0 where processes share them.
void ForEachWindow(const EstimateInput& input,
                   const std::vector<IdRange>& drawn,
                   uint64_t perClass,
                   CorrectionModel& model,
                   const std::function<void(std::size_t w, const WindowAnswer& answer)>& use)
{
    constexpr double FIRST_TAIL_RTTS = 2000;
    const double rttNs = UnitRttNs(input.scenario.Fabric(), input.scenario.Routes(), input.scenario.Resolved());
    const FluidLead before = FluidLeadOf(input.scenario);
    // the first one finds out how long a tail must be
    TraceWindow first = RunWindow(input, drawn.front(), before, FIRST_TAIL_RTTS * rttNs);
    const double tailNs = first.tailNs;
    DealWork(
        input.share,
        drawn.size(),
        input.threads,
        [&](std::size_t w)
        {
            const TraceWindow window = w == 0 ? std::move(first) : RunWindow(input, drawn[w], before, tailNs);
            return LookAtWindow(input, window, perClass, input.seed + w);
        },
        [&](std::size_t w, const WindowView& view)
        {
            Tell(input, w + 1, drawn.size());
            return AnswerWindow(input, view, model);
        },
        use);
}

} // namespace

void EstimateWindows(const EstimateInput& input,
                     uint32_t windows,
                     uint64_t perWindow,
                     uint64_t perClass,
                     CorrectionModel& model,
                     SlowdownReport& report)
{
    const std::vector<IdRange> drawn = DrawWindows(input, windows, perWindow);
    NetworkView network;
    std::size_t lone = 0;
    std::size_t looked = 0;
    const double flowsPerWindow =
        static_cast<double>(input.scenario.Flows().size()) / static_cast<double>(drawn.size());
    const auto add = [&](std::size_t w, const WindowAnswer& answer)
    {
        lone += answer.lone;
        looked += answer.sizeClass.size();
        if (w == 0) // enough for notes
        {
            network.outside = OutOfTraining(answer.features, model);
        }
        const double inside = drawn[w].second - drawn[w].first;
        std::vector<double> weights;
        weights.reserve(answer.sizeClass.size());
        for (const std::size_t of : answer.sizeClass)
        {
            weights.push_back(answer.weight[of] * flowsPerWindow / inside);
        }
        network.profile.Add(answer.features, answer.predicted, weights);
        report.BeginUnit();
        std::vector<uint64_t> ofClass(input.classes.Count(), 0);
        for (std::size_t row = 0; row < answer.sizeClass.size(); row++)
        {
            const std::size_t of = answer.sizeClass[row];
            ofClass[of]++;
            AddPrediction(of, &answer.predicted[row * QUANTILES], answer.weight[of], report);
        }
        for (std::size_t c = 0; c < ofClass.size() && drawn.size() == 1; c++)
        {
            report.SetSampledFlows(c, ofClass[c]); // which may be all there are
        }
    };
    ForEachWindow(input, drawn, std::max<uint64_t>(1, perClass / windows), model, add);
    if (looked > 0) // not on other ranks than 0
    {
        AddNotes(input, model, network, lone, looked, report);
    }
}

} // namespace ns3::m3
