// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_ENTROPY_H
#define M3_ENTROPY_H

#include "ns3/m3-load-balancing-description.h"

#include <cstdint>

namespace ns3::m3
{

/// Parameters of senders that choose entropies; their names, ranges and defaults stand in EntropyParameters().
/// \ingroup m3-config
struct EntropyConfig
{
    uint32_t entropies = 65'536; //!< values that a sender chooses from
};

/// Returns the parameters of senders that choose entropies.
const ParameterTable& EntropyParameters();

/// Returns the description of entropy chosen by senders.
LoadBalancingDescription EntropyBalancing();

} // namespace ns3::m3

#endif // M3_ENTROPY_H
