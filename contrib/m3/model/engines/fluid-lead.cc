// SPDX-License-Identifier: GPL-2.0-only
#include "fluid-lead.h"

#include "features/fluid-run.h"
#include "ns3/m3-scenario.h"

#include <algorithm>

namespace ns3::m3
{

FluidLead FluidLeadOf(const Scenario& scenario)
{
    const double rttNs = UnitRttNs(scenario.Fabric(), scenario.Routes(), scenario.Resolved());
    const ElephantFlows elephants = ElephantFlowsOf(scenario.Flows());
    const double unit = elephants.MeanNs(scenario.Fabric().HostRate());
    const double all = std::max(FLUID_LEAD_RTTS * rttNs, FLUID_LEAD_FLOWS * unit);
    return {all, std::max(all, FLUID_ELEPHANT_LEAD_FLOWS * unit), elephants.minBytes};
}

} // namespace ns3::m3
