// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_DRILL_H
#define M3_DRILL_H

#include "ns3/m3-load-balancing-description.h"

#include <cstdint>

namespace ns3::m3
{

/// Parameters of DRILL(d, m); their names, ranges and defaults stand in DrillParameters(). \ingroup m3-config
struct DrillConfig
{
    uint32_t samples = 2; //!< d: next hops that are drawn for each packet
    uint32_t memory = 1;  //!< m: next hops with the shortest queues that are remembered from the packet before
};

/// Returns the parameters of DRILL.
const ParameterTable& DrillParameters();

/// Returns the description of DRILL.
LoadBalancingDescription DrillBalancing();

} // namespace ns3::m3

#endif // M3_DRILL_H
