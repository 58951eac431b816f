// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FLOWLET_H
#define M3_FLOWLET_H

#include "ns3/m3-load-balancing-description.h"

#include <cstdint>

namespace ns3::m3
{

/// Parameters of flowlet switching; their names, ranges and defaults stand in FlowletParameters(). \ingroup m3-config
struct FlowletConfig
{
    int64_t gapNs = 50'000; //!< a packet that comes more than so long after the last one of its flow begins a flowlet
};

/// Returns the parameters of flowlet switching.
const ParameterTable& FlowletParameters();

/// Returns the description of flowlet switching.
LoadBalancingDescription FlowletBalancing();

} // namespace ns3::m3

#endif // M3_FLOWLET_H
