// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FABRIC_FLOW_SIM_H
#define M3_FABRIC_FLOW_SIM_H

#include "flow-sim.h"

#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-failures.h"
#include "ns3/m3-flow.h"
#include "ns3/m3-rdma-config.h"
#include "ns3/m3-routes.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace ns3::m3
{

class Schedule;

/// \ingroup m3-flowsim
/// The flows of a fabric as flowSim takes them: each on its ECMP route, limited by its links alone.
struct FabricFluid
{
    PacketFormat format = DATA_HEADER_BYTES;  //!< of all packets
    EngineMode mode;                          //!< of the routes, and of ideal FCTs
    std::vector<double> linkGbps;             //!< per directed link
    std::vector<FluidFlow> flows;             //!< one per flow of the list, in its order
    std::optional<FluidClasses> classes = {}; //!< how classes share links; none: all flows are of one
};

/**
 * \ingroup m3-flowsim
 * Returns how classes share the links of a fabric, as ports of the packet engine do: in `STANDARD` mode everywhere, in
 * `HPCC` mode at switches, while queue pairs of all classes take turns at hosts. None where flows are of one class.
 */
std::optional<FluidClasses> FluidClassesOf(const FabricGraph& fabric, const RdmaConfig& config, const FlowList& flows);

/// Gives the flows their classes, where they are of several. \param fluid of these flows
void TellClasses(const FabricGraph& fabric, const RdmaConfig& config, const FlowList& flows, FabricFluid& fluid);

/**
 * \ingroup m3-flowsim
 * FCT of a flow without congestion. The fluid FCT lacks propagation and store-and-forward, so the FCT that this engine
 * answers with is ideal + fluid - unloaded: a flow that meets no congestion has slowdown 1.
 */
struct UncongestedFct
{
    double idealNs;    //!< ideal FCT (fabric/ideal-fct.h)
    double unloadedNs; //!< fluid FCT on an idle network: wire bits / rate of the slowest link

    double Slowdown(double fluidFctNs) const; //!< slowdown of a flow with this fluid FCT, at least 1
};

/// Returns the uncongested FCT of a flow. \param fabric, flows that the fluid was made of \param flow index in the list
UncongestedFct
UncongestedFctOf(const FabricGraph& fabric, const FlowList& flows, const FabricFluid& fluid, std::size_t flow);

/// \param format of its packets \param keys of the flows, null: counted in their list \throws InputError for an
/// unconnected pair
FabricFluid MakeFabricFluid(const FabricGraph& fabric,
                            const RouteTable& routes,
                            const FlowList& flows,
                            const PacketFormat& format,
                            const std::vector<RouteKey>* keys = nullptr);

/// The same of flows whose routes are known. \param routeOf called for each in turn, writes its route
FabricFluid MakeFabricFluid(const FabricGraph& fabric,
                            const std::function<void(std::size_t flow, Route& route)>& routeOf,
                            const FlowList& flows,
                            const PacketFormat& format,
                            EngineMode mode);

/**
 * Runs flowSim on a fabric's flows. \param fabric, flows that the fluid was made of
 * \return slowdown of each flow, at least 1
 */
std::vector<double> FabricFlowSimSlowdowns(const FabricGraph& fabric, const FlowList& flows, const FabricFluid& fluid);

/**
 * Told at the end of each flow where it was delayed: ns at each link of its route, each at least 0 but for rounding.
 * They sum to its fluid FCT less that on an idle network, so to FCT - ideal FCT of the flow: a link that holds its rate
 * at r for a time t delays it by t (1 - r / C), where C is the rate of the slowest link of its route
 * (FluidObserver::OnLimited says which link does).
 */
using FluidDelayTeller = std::function<void(uint32_t flow, const Route& links, const std::vector<double>& delayNs)>;

/**
 * The same without a FabricFluid: each flow gets its route when it arrives and is forgotten when it has ended, so that
 * memory beyond the flow list is for the flows in transfer.
 * \param ended called at each end, in order of time, with the flow's index and its slowdown, at least 1
 * \param classes null: all flows are of one
 * \param changes of links during the run; propagation and store-and-forward stay those of a flow's first route
 * \param splits whether each flow uses all its shortest paths in equal shares (SplitRoutes), which it does not beside
 * changes
 * \param delayed empty: nobody listens; else there are no changes, and no flow is split
 * \throws InputError for an unconnected pair
 */
FluidStatistics StreamFabricFlowSim(const FabricGraph& fabric,
                                    const RouteTable& routes,
                                    const FlowList& flows,
                                    const PacketFormat& format,
                                    const std::function<void(uint32_t flow, double slowdown)>& ended,
                                    const std::function<void(uint64_t finishedFlows)>& progress = {},
                                    const FluidClasses* classes = nullptr,
                                    const std::vector<LinkChange>& changes = {},
                                    bool splits = false,
                                    const FluidDelayTeller& delayed = {});

/// Returns how long the last ACK of a flow takes back over its route where it finds empty queues, ns.
double LastAckNs(const FabricGraph& fabric, const Route& route, uint32_t ackBytes, const NodeTiming& nodes);

/// \ingroup m3-flowsim
/// When the tasks of a schedule start and end, ns; NaN for what did not happen.
struct TaskTimes
{
    std::vector<double> startNs;    //!< by Schedule::PlaceOf()
    std::vector<double> receivedNs; //!< the same: last byte of a flow at its receiver, end of a computation
    std::vector<double> sentNs;     //!< the same: last ACK of a flow at its sender, end of a computation
};

/**
 * Runs flowSim on the flows of a schedule. What waits for a flow's last byte waits for its whole FCT, which has the
 * propagation and store-and-forward that the fluid lacks; what waits for its last ACK waits for the way back, too.
 * \param schedule CheckSchedule() of it \param ended, changes, splits, delayed as of StreamFabricFlowSim
 * \param factors of the FCTs of flows, at least 1, by number: a flow has left the fluid when its fluid FCT is over, and
 * its last byte is received when its FCT times the factor is; null: all are 1
 */
TaskTimes ScheduleFlowSim(const FabricGraph& fabric,
                          const RouteTable& routes,
                          const Schedule& schedule,
                          const PacketFormat& format,
                          uint32_t ackBytes,
                          const std::function<void(uint32_t flow, double slowdown)>& ended,
                          const std::function<void(uint64_t finishedFlows)>& progress = {},
                          const FluidClasses* classes = nullptr,
                          const std::vector<LinkChange>& changes = {},
                          const std::vector<double>* factors = nullptr,
                          bool splits = false,
                          const FluidDelayTeller& delayed = {});

} // namespace ns3::m3

#endif // M3_FABRIC_FLOW_SIM_H
