// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PACKET_TRAITS_H
#define M3_PACKET_TRAITS_H

#include "ns3/m3-scenario-traits.h"

namespace ns3::m3
{

/// What of a scenario an engine takes into account wherever it runs packets of it, whole or in parts.
inline constexpr TraitSet PACKET_TRAITS{Trait::PRIORITIES,
                                        Trait::RATE_CAP,
                                        Trait::SMALL_WINDOW,
                                        Trait::ACK_PRIORITY,
                                        Trait::PAIR_WINDOWS,
                                        Trait::PACED_AT_CAP,
                                        Trait::PORT_THRESHOLDS,
                                        Trait::RECOVERY,
                                        Trait::CONTROL_PARAMETERS,
                                        Trait::CONTROL_INPUTS};

} // namespace ns3::m3

#endif // M3_PACKET_TRAITS_H
