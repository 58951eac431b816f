// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-congestion-control.h"

namespace ns3::m3
{

CongestionControlFactory MakeCongestionControlFactory(const RdmaConfig& config)
{
    const CongestionControlMaker& make = ControlOf(config.congestionControl).make;
    if (!make)
    {
        return {};
    }
    return [&config, make](uint64_t lineRate) { return make(config, lineRate); };
}

} // namespace ns3::m3
