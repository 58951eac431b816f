// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_SPRAY_H
#define M3_SPRAY_H

#include "ns3/m3-load-balancing-description.h"

namespace ns3::m3
{

/// Returns the description of packet spraying.
LoadBalancingDescription SprayBalancing();

} // namespace ns3::m3

#endif // M3_SPRAY_H
