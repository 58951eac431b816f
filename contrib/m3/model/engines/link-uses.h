// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_LINK_USES_H
#define M3_LINK_USES_H

#include "ns3/m3-engine.h"
#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-link-use.h"
#include "packet/engine/link-sums.h"

#include <cstdint>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-engines
/// Delay of a flow that was spent at a link, or elsewhere.
struct LinkDelay
{
    static constexpr LinkId ELSEWHERE = UINT32_MAX; //!< The link of delay that was not spent at a link.

    uint32_t flow; //!< Index in the list.
    LinkId link;   //!< Where it was spent.
    double ns;     //!< At least 0.
};

/// Returns the links of a scenario with the bytes of its flows, headers included, on their routes, without a
/// span.
LinkUses UsesOfRoutes(const Scenario& scenario);

/// Sets the span to that from the first start to the last end of a flow. \param times one per flow; empty: they are not
/// known, and the span is that of the starts
void SetSpan(const Scenario& scenario, const std::vector<CompletionTime>& times, LinkUses& uses);

/// Returns the links of a scenario with the sums of a packet run over a time of spanNs, without delays. \param sums by
/// LinkId
LinkUses UsesOfPackets(const Scenario& scenario, const std::vector<LinkSum>& sums, double spanNs);

/// Divides the delay of a flow of a packet run over the links in proportion to the time that its packets waited there.
/// \param delayNs of the flow; nothing is added unless it is above 0
void AddDelaysOfFlow(const std::vector<LinkWait>& waits, uint32_t flow, double delayNs, std::vector<LinkDelay>& delays);

/**
 * Divides the delay of the flows of a packet run over the links in proportion to the time that packets waited there.
 * \param fctNs per flow, NaN of those that did not finish, which have no delay \param idealNs per flow
 */
std::vector<LinkDelay>
DelaysOfPackets(const LinkSums& sums, const std::vector<double>& fctNs, const std::vector<double>& idealNs);

/// Adds where delay was spent: that of all flows, and that of the slowest 1 %. \param delays of all flows \param
/// slowdowns one per flow, NaN of those that did not finish \param weights for how many flows each stands; empty: for
/// itself
void AddDelays(const std::vector<LinkDelay>& delays,
               const std::vector<double>& slowdowns,
               LinkUses& uses,
               const std::vector<double>& weights = {});

} // namespace ns3::m3

#endif // M3_LINK_USES_H
