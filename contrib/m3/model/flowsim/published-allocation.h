// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PUBLISHED_ALLOCATION_H
#define M3_PUBLISHED_ALLOCATION_H

#include "fluid-flow.h"

#include <vector>

namespace ns3::m3
{

/// RunFlowSim with FluidAllocation::PUBLISHED; arguments are checked by the caller.
std::vector<double> RunPublishedFlowSim(const std::vector<double>& linkGbps,
                                        const std::vector<FluidFlow>& flows,
                                        FluidStatistics& statistics);

} // namespace ns3::m3

#endif // M3_PUBLISHED_ALLOCATION_H
