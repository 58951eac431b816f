// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FLUID_LEAD_H
#define M3_FLUID_LEAD_H

#include <cstdint>

namespace ns3::m3
{

class Scenario;

/**
 * Warm-up before a window, of all flows and of elephant flows, in units of ElephantFlows::MeanNs at the host rate; all
 * flows are simulated for at least FLUID_LEAD_RTTS base RTTs. Measured with two million flows on 64 hosts at 60 % load
 * and 32 windows: WebServer has a p99 of 9.28; 9.13 with a quarter of the warm-up of elephant flows; 9.49 with four
 * times the warm-up of all flows; 9.61 on the whole network. Hadoop has 9.94; 9.59 with 4000 base RTTs of all flows;
 * 10.07 with 40,000; 10.31 on the whole network.
 */
inline constexpr double FLUID_LEAD_FLOWS = 8;
inline constexpr double FLUID_LEAD_RTTS = 4000;         //!< minimum, base RTTs
inline constexpr double FLUID_ELEPHANT_LEAD_FLOWS = 40; //!< for flows of at least ElephantFlows::minBytes

/// \ingroup m3-engines
/// How long before a window flowSim begins.
struct FluidLead
{
    double allNs;           //!< with all flows, ns
    double elephantNs;      //!< with elephant flows, ns
    uint64_t elephantBytes; //!< minimum size of these
};

/// Returns the lead of windows of a scenario. Takes a pass over the flows.
FluidLead FluidLeadOf(const Scenario& scenario);

} // namespace ns3::m3

#endif // M3_FLUID_LEAD_H
