// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_INCAST_H
#define M3_INCAST_H

#include "ns3/m3-flow.h"
#include "ns3/m3-link-timing.h"
#include "ns3/m3-program-options.h"

#include <cstdint>

namespace ns3::m3
{

/// \ingroup m3-workload
/// Incast traffic: bursts in which several senders send to one receiver at the same instant.
struct IncastSpec
{
    uint64_t degree; //!< senders of a burst, all different: 1 to the number of hosts less 1
    uint64_t bytes;  //!< payload of each sender, 1 to MAX_FLOW_BYTES
    /// Load of the most loaded link by the bursts alone, in (0, 1), as the load of generated flows: payload and headers
    /// over capacity, where all pairs of hosts send alike and ECMP spreads them on average. Where hosts have one rate
    /// and no other link is busier than theirs, that is the share of the hosts' capacity.
    double load;
};

/// Returns how an option reads it: "DEGREE,BYTES,LOAD", as in 16,40KB,0.02.
OptionKind<IncastSpec> IncastOption();

/**
 * Adds bursts to flows. A receiver is drawn uniformly from the hosts that have a link, then `degree` different senders
 * from the others. Bursts arrive as a Poisson process from the start of the first flow to that of the last one. The
 * flows that were there keep sources, destinations, sizes, starts and order; those of a burst come after all that start
 * at the same instant, with the default class. \param flows ascend by their start \param seed of draws that are no
 * others': flows generated from the same seed do not change \throws InputError for a spec out of range, hosts that
 * cannot reach each other, above 10^9 flows, or if no burst arrives in that time
 */
FlowList WithIncast(FlowList flows,
                    const FabricGraph& fabric,
                    const RouteTable& routes,
                    const IncastSpec& spec,
                    const PacketFormat& format,
                    uint64_t seed);

} // namespace ns3::m3

#endif // M3_INCAST_H
