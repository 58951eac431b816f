// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_SELECTIVE_REPEAT_H
#define M3_SELECTIVE_REPEAT_H

#include "ns3/m3-recovery-description.h"

#include <cstdint>

namespace ns3::m3
{

/// Parameters of selective repeat; their names, ranges and defaults stand in SelectiveRepeatParameters().
/// \ingroup m3-config
struct SelectiveRepeatConfig
{
    /// Packets beyond a missing one after whose arrival it is taken for lost, at most half a window; 0: 1 where the
    /// load balancing keeps packets in order, else half a window.
    uint32_t reorderPackets = 0;
    int64_t rtoLowNs = 0;       //!< timeout with at most rtoLowPackets on their way; 0: that of RFC 6298
    int64_t rtoHighNs = 0;      //!< timeout with more; 0: that of RFC 6298
    uint32_t rtoLowPackets = 3; //!< packets sent and not acknowledged without a gap, up to which rtoLowNs holds
};

/// Returns the parameters of selective repeat.
const ParameterTable& SelectiveRepeatParameters();

/// Returns the description of selective repeat.
RecoveryDescription SelectiveRepeatRecovery();

} // namespace ns3::m3

#endif // M3_SELECTIVE_REPEAT_H
