// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_ESTIMATE_INPUT_H
#define M3_ESTIMATE_INPUT_H

#include "lone-flows.h"

#include "ns3/m3-estimate-share.h"
#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-flow.h"
#include "ns3/m3-rdma-config.h"
#include "ns3/m3-routes.h"
#include "ns3/m3-slowdown-report.h"

#include <cstdint>
#include <functional>

namespace ns3::m3
{

/// \ingroup m3-engines
/// A network with its flows and configuration, and how it is sampled. What it refers to must outlive it.
struct EstimateInput
{
    const FabricGraph& fabric;                                   //!< the network
    const RouteTable& routes;                                    //!< of the fabric
    const RdmaConfig& config;                                    //!< resolved for the fabric
    const FlowList& flows;                                       //!< ascending by start
    const SizeClasses& classes;                                  //!< of the estimate
    uint64_t seed = 1;                                           //!< of the drawing
    uint32_t firstFlow = 0;                                      //!< flows before it take part, but are not estimated
    uint32_t threads = 1;                                        //!< at least 1; what comes out does not depend on it
    std::function<void(uint64_t done, uint64_t total)> progress; //!< of paths; may be empty
    EstimateShare* share = nullptr; //!< processes that share sampled paths; null for this one alone
    /// Slowdown of flows that meet no other: they have it in place of a prediction. Called on one thread at a time. May
    /// be empty.
    LoneSlowdown loneSlowdown;
};

} // namespace ns3::m3

#endif // M3_ESTIMATE_INPUT_H
