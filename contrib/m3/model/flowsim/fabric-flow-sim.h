#ifndef M3_FABRIC_FLOW_SIM_H
#define M3_FABRIC_FLOW_SIM_H

#include "flow-sim.h"

#include "ns3/fabric-graph.h"
#include "ns3/flow.h"
#include "ns3/routes.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace ns3::m3
{

/**
 * flowSim of flows on a whole fabric (or on a path scenario, which is one): each flow on its ECMP route, limited by its
 * links alone.
 *
 * The fluid time lacks propagation and store-and-forward, so the FCT that this engine answers with is
 * ideal + fluid - unloaded, where unloaded = wire bits / slowest link: an unloaded flow has slowdown 1.
 *
 * \param headerBytes per packet, telemetry included
 * \return slowdown of each flow, at least 1
 * \throws InputError for an unconnected pair
 */
std::vector<double> FabricFlowSimSlowdowns(const FabricGraph& fabric,
                                           const RouteTable& routes,
                                           const FlowList& flows,
                                           uint32_t headerBytes,
                                           EngineMode mode,
                                           FluidStatistics* statistics = nullptr,
                                           const std::function<void(uint64_t finishedFlows)>& progress = {});

} // namespace ns3::m3

#endif // M3_FABRIC_FLOW_SIM_H
