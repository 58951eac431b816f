// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_SAMPLED_ESTIMATE_H
#define M3_SAMPLED_ESTIMATE_H

#include "estimate-input.h"
#include "sampled-estimate-parts.h"

#include "features/flow-features.h"
#include "nn/correction-model.h"
#include "nn/path-map-model.h"
#include "ns3/m3-slowdown-report.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-engines
/// Flows of a network that a model predicts from a run of flowSim over it.
struct FlowSelection
{
    const EstimateInput& input;  //!< what they are of
    const FluidRun& run;         //!< over all flows of the input
    std::vector<uint32_t> flows; //!< ascending ids
};

/// \ingroup m3-engines
/// Who gets predictions of selections, one selection after the other, not always in the order of their list.
class PredictionUser
{
  public:
    virtual ~PredictionUser() = default;

    /// Is called before the first flow of a selection, with what its first flows tell of the network, and the number
    /// of flows whose slowdown is known without the model.
    virtual void Begin(std::size_t /*selection*/, const NetworkView& /*view*/, std::size_t /*lone*/)
    {
    }

    /// The next flow of the selection. \param slowdowns QUANTILES of them
    virtual void Use(std::size_t selection, uint32_t flow, const float* slowdowns) = 0;

    /// After the last flow of a selection.
    virtual void End(std::size_t /*selection*/)
    {
    }
};

/**
 * Predicts selected flows, a bounded number at a time; while the model works on some, others are looked at. Selections
 * of the same flows and run whose configurations differ in nothing that hops depend on are looked at together.
 * \param threads at least 1; what comes out does not depend on it
 */
void PredictFlows(const std::vector<FlowSelection>& selections,
                  uint32_t threads,
                  CorrectionModel& model,
                  PredictionUser& user);

/**
 * Scope::NETWORK: corrects flows drawn from each size class, without replacement.
 * \param networks the flows of each are replaced by those drawn
 * \param perClass at least 1
 * \param empty what the reports begin as
 * \param done gets the report of each network, not always in order, to be finished
 */
void EstimateNetworks(std::vector<FlowSelection> networks,
                      uint64_t perClass,
                      uint32_t threads,
                      CorrectionModel& model,
                      const SlowdownReport& empty,
                      const std::function<void(std::size_t network, SlowdownReport& report)>& done);

/**
 * Scope::WINDOWS: corrects flows drawn from each size class of sampled windows of the trace. The trace is divided into
 * equal parts, and a window is a range of successive flows in one of them. flowSim runs over the network for a window,
 * its warm-up, and the flows that arrive until at most two in a thousand of the window are still in transfer. So time
 * does not grow with the trace. Routes are hashed from a flow's place in the window.
 * \param windows number of windows, from 1 to the flows to be estimated \param perWindow maximum number of flows of a
 * window, at least 1
 * \param perClass flows to correct of a size class in all windows together, at least 1 of each window
 * \param report filled where the process has rank 0
 */
void EstimateWindows(const EstimateInput& input,
                     uint32_t windows,
                     uint64_t perWindow,
                     uint64_t perClass,
                     CorrectionModel& model,
                     SlowdownReport& report);

/**
 * Scope::PATHS: corrects foreground flows of sampled paths. Of a path with more than `perDraw` for each time that it
 * was drawn, it corrects that number of successive flows from a random one on, so that flowSim need not run for the
 * whole trace. \param draws at least 1 \param perDraw at least 1 \param report filled where the process has rank 0
 */
void EstimatePaths(const EstimateInput& input,
                   uint32_t draws,
                   uint64_t perDraw,
                   CorrectionModel& model,
                   SlowdownReport& report);

/// The engine published: the published model's percentiles of sampled paths. \throws InputError as PathViewer::Map
void EstimatePublished(const EstimateInput& input, uint32_t draws, PathMapModel& model, SlowdownReport& report);

} // namespace ns3::m3

#endif // M3_SAMPLED_ESTIMATE_H
