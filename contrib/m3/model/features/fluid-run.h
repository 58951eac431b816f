// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FLUID_RUN_H
#define M3_FLUID_RUN_H

#include "flowsim/fabric-flow-sim.h"
#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-flow.h"
#include "ns3/m3-rdma-config.h"
#include "ns3/m3-routes.h"

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

namespace ns3::m3
{

/**
 * \ingroup m3-features
 * A run of flowSim over a network, with its events, so that features for any selection of flows and any configuration
 * with the same header bytes need no other run.
 */
struct FluidRun
{
    /// An arrival or end, in the order of the run.
    struct Event
    {
        double timeNs; //!< when it happened
        uint32_t flow; //!< index in the list
        bool end;      //!< false: arrival
    };

    FabricFluid fluid;              //!< what ran
    std::vector<double> fluidFctNs; //!< per flow: how long flowSim had it, no propagation delay inside
    std::vector<uint8_t> heldBy;    //!< per flow: which link of its route held it down for most of its bits
    std::vector<Event> events;      //!< all of them
    double loadFromNs = 0;          //!< loads of links are of the flows that start from here on
};

/// Base RTT that features count time and bytes in: the configured one, or the largest of any pair of hosts.
double UnitRttNs(const FabricGraph& fabric, const RouteTable& routes, const RdmaConfig& config);

/// \param config for its header bytes and mode \param progress as RunFlowSim \throws InputError for an unconnected pair
FluidRun RecordFluidRun(const FabricGraph& fabric,
                        const RouteTable& routes,
                        const RdmaConfig& config,
                        const FlowList& flows,
                        const std::function<void(uint64_t finishedFlows)>& progress = {});

/// The same of flows and links that are made already.
FluidRun RecordFluidRun(FabricFluid fluid, const std::function<void(uint64_t finishedFlows)>& progress = {});

/// \ingroup m3-features
/// What of a configuration the inputs of hops depend on: under equal ones all flows see the same of their hops.
struct HopSettings
{
    double rttNs;                           //!< base RTT that time and bytes are counted in
    std::map<uint64_t, double> windowByNic; //!< bytes, by the NIC's rate; at most 100 of its BDPs, also for none
    PacketFormat format;                    //!< of data packets
    uint32_t ackBytes;                      //!< wire size
    std::vector<uint64_t> poolBytes;        //!< per node: shared pool; 0 of hosts

    /// Window of the flows that leave by a NIC. \pre a host of the fabric has a link of that rate
    double WindowBytes(uint64_t nicBps) const
    {
        return windowByNic.at(nicBps);
    }

    /// \param config resolved for the fabric \throws InputError as SharedPoolBytes
    HopSettings(const FabricGraph& fabric, const RouteTable& routes, const RdmaConfig& config);

    bool operator==(const HopSettings& other) const; //!< whether all are equal
};

/// Bandwidth-delay product, bytes.
inline double BdpBytes(uint64_t bitsPerSecond, double rttNs)
{
    return static_cast<double>(bitsPerSecond) * rttNs / 8e9;
}

/// Rate of the NIC that a flow leaves by.
inline uint64_t NicRateOf(const FabricGraph& fabric, const FluidFlow& flow)
{
    return fabric.Link(flow.links.front()).bitsPerSecond;
}

/// Base RTT of the route of a flow, ns.
double RouteRttNs(const FabricGraph& fabric, const HopSettings& settings, const FluidFlow& flow);

} // namespace ns3::m3

#endif // M3_FLUID_RUN_H
