// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_SAMPLED_ESTIMATE_PARTS_H
#define M3_SAMPLED_ESTIMATE_PARTS_H

// What estimates by all scopes have in common.
#include "estimate-input.h"

#include "features/flow-features.h"
#include "nn/correction-model.h"
#include "nn/network-profile.h"
#include "ns3/m3-slowdown-report.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-engines
/// What flows that a model predicts tell of their network.
struct NetworkView
{
    std::vector<std::string> outside; //!< a line on each input that is outside of what the model was trained on
    ProfileMeans profile;             //!< of the flows
};

/// Ids [first, second).
using IdRange = std::pair<uint32_t, uint32_t>;

/// Draws flows from each size class of a part of a list. \param perClass of each, at most \return their ids, ascending
std::vector<uint32_t>
SelectFlows(const FlowList& flows, IdRange part, const SizeClasses& classes, uint64_t perClass, uint64_t seed);

/// Describes the inputs that lie outside of the ranges that a model was trained on, one line each.
std::vector<std::string> OutOfTraining(const FlowFeatures& features, const CorrectionModel& model);

/**
 * Adds what a report is to say, and the errors that the model's estimates have on networks like this one.
 * \param lone flows of those looked at whose slowdown is known without the model
 */
void AddNotes(const EstimateInput& input,
              const CorrectionModel& model,
              const NetworkView& view,
              std::size_t lone,
              std::size_t looked,
              SlowdownReport& report);

/// Gives flows whose slowdowns are known these in place of their predictions. \param known NaN for the others
void SetKnown(const float* known, std::vector<float>& predictions);

/// Counts those that are not NaN.
std::size_t CountKnown(const std::vector<float>& known);

/// Adds the QUANTILES predicted slowdowns of a flow. \param weight of the flow
void AddPrediction(std::size_t sizeClass, const float* slowdowns, double weight, SlowdownReport& report);

/// Tells the input's progress, if anyone listens.
void Tell(const EstimateInput& input, std::size_t done, std::size_t total);

} // namespace ns3::m3

#endif // M3_SAMPLED_ESTIMATE_PARTS_H
