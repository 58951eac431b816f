// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FLUID_FLOW_H
#define M3_FLUID_FLOW_H

#include "ns3/m3-route.h"
#include "ns3/m3-traffic-classes.h"

#include <cstdint>
#include <vector>

namespace ns3::m3
{

/**
 * \ingroup m3-flowsim
 * Fluid simulation of flows that share links max-min fairly at every instant (m3, SIGCOMM 2024, section 3.2; Bertsekas
 * and Gallager, Data Networks, section 6.5.2). No propagation, no queues, no packets.
 */
struct FluidFlow
{
    Route links;          //!< indices of the links it uses, in any order, none twice
    double bits;          //!< to transfer, headers included, above 0
    double startNs;       //!< at least 0
    double rateLimit;     //!< Gb/s that it may have at most, above 0; may be infinity if it uses a link
    uint8_t priority = 0; //!< class, where a run has FluidClasses
    /// Shares of its rate that it needs of its links, in their order, each above 0 and at most 1; empty: all of it.
    /// Flows with shares need the allocation of classes and changes.
    std::vector<double> shares = {};
};

/// \ingroup m3-flowsim
/// How flows of several classes share links.
struct FluidClasses
{
    ClassSet strict = 1;        //!< before all others, the lower class first
    ClassWeights weights;       //!< of the others
    std::vector<bool> oneClass; //!< per link: it does not tell classes apart; empty: all links do
};

/// \ingroup m3-flowsim
/// Counters of a run.
struct FluidStatistics
{
    uint64_t events = 0;        //!< arrivals and ends
    uint32_t largestActive = 0; //!< flows in transfer at once
    uint64_t unfinished = 0;    //!< flows that had no route, or no rate, to the end
};

} // namespace ns3::m3

#endif // M3_FLUID_FLOW_H
