// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_TRAFFIC_SHAPE_H
#define M3_TRAFFIC_SHAPE_H

#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-flow.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-scenario
/// Units in which traffic is measured.
struct TrafficUnits
{
    double rttNs;        //!< Base RTT of the network, above 0.
    double windowBytes;  //!< Largest part of a flow that is sent in its first RTT, wire bytes, above 0.
    PacketFormat format; //!< Of data packets.
};

/**
 * \ingroup m3-scenario
 * The shape of a list of flows: synchronised starts, and the spread of sizes, senders and receivers. In
 * training (DrawScenario), pairs and sizes of flows are drawn independently of their starts, and starts have Poisson or
 * lognormal gaps, so that flows start together by chance alone.
 */
struct TrafficShape
{
    uint64_t flows = 0;         //!< Flows in the list.
    double meanBytes = 0;       //!< Payload of a flow.
    double commonSizeShare = 0; //!< Share of the flows that have the most frequent size.
    double receiverShare = 0;   //!< Share of the flows that go to the host that receives most of them.
    double senderShare = 0;     //!< Share of the flows that come from the host that sends most of them.
    double effectiveFlows = 0;  //!< (Sum of sizes)^2 / sum of squared sizes: number of flows that carry the bytes.
    double offeredLoad = 0; //!< Largest over host links: wire bytes over what the link carries until the last start.
    /// Share of gaps between successive starts that are shorter than some time, less the largest share that lognormal
    /// gaps of the same mean have in training; the largest such excess over several times.
    double synchronisedStarts = 0;
    /// Share of the flows that start within one base RTT of others from or to the same host, more of them than chance
    /// explains (probability below 1e-6), with more than a bandwidth-delay product in their first windows.
    double burstShare = 0;
    double likelyBurstShare = 0; //!< The same at a probability below 1e-3.
    uint32_t largestBurst = 0;   //!< Flows in the largest of these bursts.
};

/// Measures the shape of traffic in one pass over the flows. \pre at least one flow, hosts of the fabric
TrafficShape MeasureTraffic(const FabricGraph& fabric, const FlowList& flows, const TrafficUnits& units);

/// Fewest flows of which a p99 is known: five are beyond it.
inline constexpr uint64_t FEWEST_FLOWS = 500;

/// Describes what no kind of training scenario has (ScenarioKindNames), or what gives no p99 to learn from: fewer than
/// FEWEST_FLOWS, a mean flow size below 30 B or above 3 MB. One clause each.
std::vector<std::string> BeyondAllKinds(const TrafficShape& shape);

/// Describes the properties of a traffic shape that lie outside of those that DrawScenario makes, one clause each.
/// What BeyondAllKinds() says is not repeated.
std::vector<std::string> OutsideOfTraining(const TrafficShape& shape);

} // namespace ns3::m3

#endif // M3_TRAFFIC_SHAPE_H
