// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FLOW_GENERATOR_H
#define M3_FLOW_GENERATOR_H

#include "ns3/m3-flow.h"
#include "size-distribution.h"
#include "traffic-matrix.h"

#include "ns3/m3-routes.h"

#include <cstdint>

namespace ns3::m3
{

/// \ingroup m3-workload
/// Specification of flows for GenerateFlows.
struct TrafficSpec
{
    uint64_t flows = 10000;                    //!< at least 1
    double load = 0.5;                         //!< load of the most loaded link, in (0, 1)
    double lognormalSigma = 1;                 //!< sigma of the gaps between arrivals; 0: Poisson arrivals
    uint32_t headerBytes = 48;                 //!< per packet, telemetry included
    uint32_t payloadBytes = MTU_PAYLOAD_BYTES; //!< of a full packet
    uint64_t seed = 1;                         //!< seed of all draws
};

/**
 * Generates flows of one arrival process for the whole network: gaps are independent, lognormal or exponential, with
 * the mean at which payload and headers load the most loaded link by `spec.load` of its capacity, under the routing
 * that ECMP gives on average and the mean size of the flows drawn. \throws InputError for a spec out of range or an
 * unconnected pair of the matrix
 */
FlowList GenerateFlows(const FabricGraph& fabric,
                       const RouteTable& routes,
                       const TrafficMatrix& matrix,
                       const SizeDistribution& sizes,
                       const TrafficSpec& spec);

/// Returns the expected share of all flows that crosses each directed link. \throws InputError for an unconnected pair
std::vector<double>
ExpectedLinkShares(const FabricGraph& fabric, const RouteTable& routes, const TrafficMatrix& matrix);

} // namespace ns3::m3

#endif // M3_FLOW_GENERATOR_H
