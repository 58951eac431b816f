// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_LONE_FLOWS_H
#define M3_LONE_FLOWS_H

#include "features/flow-features.h"

#include "ns3/m3-flow.h"
#include "ns3/m3-route.h"
#include "ns3/m3-scenario.h"
#include "parts/path-index.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace ns3::m3
{

/// Returns the slowdown of a flow that shares no link with another one in time, at least 1; NaN where it is not known.
using LoneSlowdown = std::function<double(uint64_t sizeBytes, const Route& route)>;

/// \ingroup m3-engines
/// A network and configuration, and the flows among which lone flows are looked for. What it refers to must outlive it.
struct LoneFlowsInput
{
    const Scenario& scenario; //!< Network, routes and configuration.
    const FlowList& flows;    //!< Flows of the scenario or of a window of it, in ascending order of start time.
};

/**
 * Finds the lone flows of a selection: while they last, neither data nor ACKs of another flow touch a link that their
 * data or ACKs take. Their completion time is that of the flow alone under its window and congestion control.
 *
 * Flows last from their start for their time in flowSim and a margin: a base RTT and a tenth of that time; flows that
 * may touch others for two and a half times that time. Takes two passes over the flows and their links. A flow whose
 * route has a link that loses packets is none.
 *
 * \param run of flowSim over the flows \param selection ascending flow ids
 * \return one value per selected flow
 */
std::vector<bool>
FindLoneFlows(const LoneFlowsInput& input, const FluidRun& run, const std::vector<uint32_t>& selection);

/**
 * The same without a run of flowSim, for a selection that is small beside the list. Flows are taken to last
 * PathIndex::SLOWEST times as long as they take alone.
 *
 * \param index of the input's flows; the selected flows take its paths \param threads at least 1; what comes out does
 * not depend on it
 */
std::vector<bool> FindLoneFlows(const LoneFlowsInput& input,
                                const PathIndex& index,
                                const std::vector<uint32_t>& selection,
                                uint32_t threads);

} // namespace ns3::m3

#endif // M3_LONE_FLOWS_H
