// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_POWER_TCP_H
#define M3_POWER_TCP_H

#include "ns3/m3-control-description.h"

#include <cstdint>

namespace ns3::m3
{

/// Values of PowerTCP and theta-PowerTCP (Addanki et al., NSDI 2022). \ingroup m3-packet
struct PowerTcpConfig
{
    double gamma = 0.9;  //!< weight of the window that power asks for
    uint64_t flows = 10; //!< N: the additive increase is the bandwidth-delay product of the NIC over N
};

const ParameterTable& PowerTcpParameters(); //!< of PowerTcpConfig
ControlDescription PowerTcpControl();       //!< "powertcp", by telemetry
ControlDescription ThetaPowerTcpControl();  //!< "theta-powertcp", by RTTs

} // namespace ns3::m3

#endif // M3_POWER_TCP_H
