// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_TIMELY_H
#define M3_TIMELY_H

#include "ns3/m3-control-description.h"

#include <cstdint>
#include <optional>

namespace ns3::m3
{

/// Values of TIMELY (Mittal et al., SIGCOMM 2015). \ingroup m3-packet
struct TimelyConfig
{
    int64_t tLowNs = 50000;         //!< RTT below which the rate always grows
    int64_t tHighNs = 120000;       //!< RTT above which it always falls
    double beta = 0.8;              //!< factor of decrease
    std::optional<uint64_t> aiBps;  //!< additive increase; unset: scaled to the rate of the NIC
    std::optional<uint64_t> haiBps; //!< after five increases in a row; unset: the same
};

const ParameterTable& TimelyParameters(); //!< of TimelyConfig
ControlDescription TimelyControl();       //!< "timely"

} // namespace ns3::m3

#endif // M3_TIMELY_H
