// SPDX-License-Identifier: GPL-2.0-only
// Which congestion controls come with the module, and those that a script makes known by a maker alone.
#include "ns3/m3-congestion-control.h"
#include "ns3/m3-dcqcn.h"
#include "ns3/m3-dctcp.h"
#include "ns3/m3-hpcc-pint.h"
#include "ns3/m3-hpcc.h"
#include "ns3/m3-power-tcp.h"
#include "ns3/m3-swift.h"
#include "ns3/m3-timely.h"

#include <utility>

namespace ns3::m3
{

namespace
{

/// No reaction: flows send at their NIC's rate, as far as the window lets them.
ControlDescription NoControl()
{
    ControlDescription control;
    control.type = CongestionControlType::NONE;
    control.name = "none";
    control.keepsLineRate = [](const RdmaConfig&, int64_t) { return true; };
    control.idleRateShare = [](const RdmaConfig&) { return 1.0; };
    return control;
}

} // namespace

std::vector<ControlDescription> BuiltInControls()
{
    return {DctcpControl(),
            DcqcnControl(),
            HpccControl(),
            HpccPintControl(),
            TimelyControl(),
            NoControl(),
            SwiftControl(),
            PowerTcpControl(),
            ThetaPowerTcpControl()};
}

CongestionControlType
RegisterCongestionControl(const std::string& name, CongestionControlMaker make, Telemetry telemetry)
{
    ControlDescription control;
    control.name = name;
    control.make = std::move(make);
    control.telemetry = telemetry;
    control.marking = DctcpMarking;
    return AddControl(std::move(control));
}

} // namespace ns3::m3
