// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_LINK_DECOMPOSITION_H
#define M3_LINK_DECOMPOSITION_H

#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-flow.h"
#include "ns3/m3-rdma-config.h"
#include "ns3/m3-routes.h"

#include <cstdint>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-parts
/// A directed link that carries data.
struct LoadedLink
{
    LinkId link;                 //!< of the network
    std::vector<uint32_t> flows; //!< ids of those whose data crosses it, ascending
    double load;                 //!< wire bits of their data over capacity x duration of the trace
    double ackShare;             //!< the same of the ACKs that cross it, those of flows the other way
};

/// \ingroup m3-parts
/// One link of a network cut out with its flows: a small fabric that the packet engine runs like any other.
struct LinkScenario
{
    FabricGraph fabric; //!< sources first; the target link; one sink, or several behind a switch
    LinkId target;      //!< the link of the network, in `fabric`
    RdmaConfig config;  //!< resolved for the network; marking and shared pools those of the network's ports and switch
    FlowList flows;     //!< those of the link, same order, with their own starts
};

/**
 * \ingroup m3-parts
 * A network as independent links (Parsimon, NSDI 2023, section 3). Keeps references: fabric, configuration and flows
 * must outlive it.
 */
class LinkDecomposition
{
  public:
    /**
     * \param config resolved for the fabric \param keys of the flows, null: counted in their list
     * \throws InputError as CheckFlows
     */
    LinkDecomposition(const FabricGraph& fabric,
                      const RouteTable& routes,
                      const RdmaConfig& config,
                      const FlowList& flows,
                      const std::vector<RouteKey>* keys = nullptr);

    /// Links that carry data, ascending by id.
    const std::vector<LoadedLink>& Links() const
    {
        return m_links;
    }

    /// Links of a flow's route, in order.
    Route RouteOf(uint32_t flow) const;

    /// RTT of a flow's route without queueing, ns.
    int64_t BaseRttOf(uint32_t flow) const
    {
        return m_baseRttNs[flow];
    }

    /// Ideal FCT of a flow in the network, ns.
    double IdealNsOf(uint32_t flow) const
    {
        return m_idealNs[flow];
    }

    /**
     * Duration of the trace for loads: from the first start to the last ideal end, or what its most loaded link needs
     * for its data and ACKs, whichever is longer, so that no link is loaded above 1.
     */
    double DurationNs() const
    {
        return m_durationNs;
    }

    /**
     * The simulation of one link. Its rate is reduced by its ackShare. Each source has its own access link of its
     * rate and delay, unless that is the target. Propagation delays are stretched so that every flow keeps the RTT of
     * its route: those of access links where all flows of each source need the same, else those of the links from
     * the target to one sink per value, which are LATER_FACTOR times as fast as any other.
     */
    LinkScenario Scenario(const LoadedLink& loaded) const;

    static constexpr uint64_t LATER_FACTOR = 100; //!< of the rate of links after the target

  private:
    class Builder;

    const FabricGraph& m_fabric;
    const RdmaConfig& m_config;
    const FlowList& m_flows;
    std::vector<std::size_t> m_routeBegin; //!< per flow, into m_routeLinks; one more than flows
    std::vector<LinkId> m_routeLinks;
    std::vector<int64_t> m_baseRttNs;
    std::vector<double> m_idealNs;
    std::vector<LoadedLink> m_links;
    double m_durationNs = 0;
};

} // namespace ns3::m3

#endif // M3_LINK_DECOMPOSITION_H
