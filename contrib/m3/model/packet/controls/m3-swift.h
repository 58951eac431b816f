// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_SWIFT_H
#define M3_SWIFT_H

#include "ns3/m3-control-description.h"

#include <cstdint>

namespace ns3::m3
{

/// Values of Swift (Kumar et al., SIGCOMM 2020). \ingroup m3-packet
struct SwiftConfig
{
    int64_t targetNs = 10'000;      //!< target delay beyond the base RTT of a flow with a large window
    int64_t flowScalingNs = 20'000; //!< how much more the target may be with a small window (fs_range)
    double aiPackets = 1;           //!< additive increase per RTT
    double beta = 0.8;              //!< of the multiplicative decrease
    double maxDecrease = 0.5;       //!< largest share of the window that one decrease takes (max_mdf)
};

const ParameterTable& SwiftParameters(); //!< of SwiftConfig
ControlDescription SwiftControl();       //!< "swift"

} // namespace ns3::m3

#endif // M3_SWIFT_H
