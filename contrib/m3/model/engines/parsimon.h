// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PARSIMON_H
#define M3_PARSIMON_H

#include "link-uses.h"

#include "ns3/m3-estimate-share.h"
#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-flow.h"
#include "ns3/m3-packet-counts.h"
#include "ns3/m3-rdma-config.h"
#include "ns3/m3-routes.h"
#include "ns3/m3-scenario.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-engines
/// What is estimated, and how.
struct ParsimonInput
{
    const FabricGraph& fabric;                                           //!< the network
    const RouteTable& routes;                                            //!< of the fabric
    const RdmaConfig& config;                                            //!< resolved for the fabric
    const FlowList& flows;                                               //!< ascending by start
    uint64_t seed = 1;                                                   //!< of the draws
    uint32_t threads = 1;                                                //!< at least 1; what comes out is the same
    std::function<void(uint64_t doneFlows, uint64_t allFlows)> progress; //!< called now and then; may be empty
    const ScheduledFlows* scheduled = nullptr;                           //!< of a schedule with starts that are set
    bool links = false;                                                  //!< ParsimonEstimate::delays is asked for
    EstimateShare* share = nullptr; //!< processes that share the simulations; null: this one does all
};

/// \ingroup m3-engines
/// An estimate, and what it took.
struct ParsimonEstimate
{
    std::vector<double> fctNs;     //!< per flow, at least its ideal FCT
    std::vector<double> idealNs;   //!< per flow
    uint32_t links = 0;            //!< directed links that carry data
    uint32_t simulations = 0;      //!< of them, those that were simulated and stand for the others
    uint64_t unfinished = 0;       //!< flows that did not end in a simulation of a link; they give it no delay
    PacketCounts counts;           //!< of all simulations of links together
    std::vector<LinkDelay> delays; //!< of flows at links, those above 0, in any order, if asked for
};

/**
 * Flow completion times by independent simulations of single links (Zhao et al., Scalable Tail Latency Estimation for
 * Data Center Networks, NSDI 2023: Parsimon). Every directed link that carries data is simulated in the packet engine,
 * alone with its flows (LinkDecomposition), or by one that is alike (ClusterLinks). A flow's delay there, FCT less
 * ideal FCT, divided by its packets, goes to the bucket of its size (DelayBuckets). The estimate of a flow is
 *
 *   ideal FCT + packets x sum over the links of its route of one delay drawn from the bucket of its size.
 *
 * Flows of a schedule wait for each other and meet the same flows again and again, so that their delays are no draws:
 * each link is simulated, and a flow has its own delay there.
 *
 * Delays of different links are taken as independent and are added: what slows a flow as a whole, such as a small
 * window, or its access link, counts at every link.
 *
 * Of P processes that share the simulations, rank r does every P-th from the r-th on, and rank 0 has the estimate; on
 * other ranks it has no flows.
 *
 * \throws InputError as RunPacketSimulation
 */
ParsimonEstimate RunParsimon(const ParsimonInput& input);

} // namespace ns3::m3

#endif // M3_PARSIMON_H
