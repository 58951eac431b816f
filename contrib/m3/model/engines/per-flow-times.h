// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PER_FLOW_TIMES_H
#define M3_PER_FLOW_TIMES_H

#include "ns3/m3-engine.h"
#include "ns3/m3-route.h"

namespace ns3::m3
{

/// Gives when a flow with some slowdown is done on its route. The last ACK finds empty queues.
CompletionTime TimeOf(const Scenario& scenario, double slowdown, double idealNs, const Route& route);

/// Makes the question's progress count the flows that are done. \return empty if nobody listens
std::function<void(uint64_t)> FlowProgress(const Scenario& scenario, const Question& question);

} // namespace ns3::m3

#endif // M3_PER_FLOW_TIMES_H
