// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FLOWS_IN_TRANSFER_H
#define M3_FLOWS_IN_TRANSFER_H

#include "parts/time-windows.h"
#include "windows-by-packets.h"

#include <vector>

namespace ns3::m3
{

class Engine;
struct FluidRun;
struct Question;

/**
 * The flows that an engine expects to be in transfer when windows begin: those that start before and are not done by
 * then. Of each it says how long it takes, and it is taken to go on at its average rate.
 * \param starter GivesFctsOf() \param run of flowSim over all flows of the scenario
 * \return per window, ascending by flow \throws InputError as Engine::FctsOf
 */
std::vector<std::vector<FlowInTransfer>> FlowsInTransfer(const Scenario& scenario,
                                                         const Question& question,
                                                         Engine& starter,
                                                         const FluidRun& run,
                                                         const std::vector<SampledWindow>& windows);

/**
 * The same of a trace that is too long for a run of flowSim over all of it: flowSim runs for each window, from
 * FluidLeadOf() before it to its end, so that the work goes by the number of windows.
 */
std::vector<std::vector<FlowInTransfer>> FlowsInTransferByParts(const Scenario& scenario,
                                                                const Question& question,
                                                                Engine& starter,
                                                                const std::vector<SampledWindow>& windows);

/// \ingroup m3-engines
/// FCTs by flowSim of successive flows of a trace.
struct FluidFcts
{
    uint32_t first;             //!< Index in the trace.
    std::vector<double> fctsNs; //!< Of the flows from the first on, ns.
};

/// FCTs of flows from the middle of a trace; of all of them where there are few.
FluidFcts FluidFctsOfPart(const Scenario& scenario);

} // namespace ns3::m3

#endif // M3_FLOWS_IN_TRANSFER_H
