// SPDX-License-Identifier: GPL-2.0-only
#include "sampled-estimate-parts.h"

#include "features/input-ranges.h"
#include "nn/error-scale.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace ns3::m3
{

std::vector<std::string> OutOfTraining(const FlowFeatures& features, const CorrectionModel& model)
{
    std::vector<std::string> lines;
    for (const std::string& line : OutOfRange(features, model.Ranges()))
    {
        lines.push_back("outside of what the model was trained on: " + line);
    }
    return lines;
}

void AddNotes(const EstimateInput& input,
              const CorrectionModel& model,
              const NetworkView& view,
              std::size_t lone,
              std::size_t looked,
              SlowdownReport& report)
{
    const bool pfc = input.scenario.Config().pfc;
    const bool isOfProfile = model.Errors().IsKnown();
    const HeldOutErrors errors = isOfProfile ? model.Errors().ErrorsOf(view.profile.Profile()) : model.HeldOut(pfc);
    report.SetHeldOutErrors(errors, isOfProfile ? "of many kinds" : pfc ? "with PFC" : "without PFC");
    report.SetKnownFlows(lone, looked);
    for (std::size_t i = 0; i < view.outside.size() && lone < looked; i++)
    {
        report.WithholdIntervals(view.outside[i]);
    }
    if (!errors.unlike.empty() && lone < looked)
    {
        report.WithholdIntervals("the network and its traffic are unlike the " + std::to_string(errors.networks) +
                                 " that the model's errors are known of, most of all by: " + errors.unlike);
    }
    constexpr double WORTH_A_NOTE = 0.01; // of the flows
    if (static_cast<double>(lone) >= WORTH_A_NOTE * static_cast<double>(looked))
    {
        report.AddNote(std::to_string(lone) + " of " + std::to_string(looked) +
                       " sampled flows meet no other flow: their slowdown is that on an idle network");
    }
}

void SetKnown(const float* known, std::vector<float>& predictions)
{
    for (std::size_t first = 0; first < predictions.size(); first += QUANTILES, known++)
    {
        if (!std::isnan(*known))
        {
            std::fill_n(predictions.begin() + static_cast<std::ptrdiff_t>(first), QUANTILES, *known);
        }
    }
}

std::size_t CountKnown(const std::vector<float>& known)
{
    return static_cast<std::size_t>(
        std::count_if(known.begin(), known.end(), [](float slowdown) { return !std::isnan(slowdown); }));
}

void AddPrediction(std::size_t sizeClass, const float* slowdowns, double weight, SlowdownReport& report)
{
    for (uint32_t k = 0; k < QUANTILES; k++)
    {
        report.Add(sizeClass, slowdowns[k], weight * QuantileWeight(k));
    }
}

void Tell(const EstimateInput& input, std::size_t done, std::size_t total)
{
    if (input.progress)
    {
        input.progress(done, total);
    }
}

} // namespace ns3::m3
