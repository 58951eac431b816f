// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PATH_INDEX_H
#define M3_PATH_INDEX_H

#include "path-scenario.h"

#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-flow.h"
#include "ns3/m3-routes.h"

#include <cstdint>
#include <utility>
#include <vector>

namespace ns3::m3
{

/// Times [first, second], ns.
using TimeWindow = std::pair<int64_t, int64_t>;

/**
 * \ingroup m3-parts
 * Paths drawn from the flows of a network, and the flows that touch them. A path is an ordered pair of hosts with the
 * exact sequence of links between them; its foreground flows are those that take all of it. Time and memory beyond a
 * look at every flow are for the flows on links of the drawn paths. Keeps references: fabric, routes and flows must
 * outlive it.
 */
class PathIndex
{
  public:
    /// What is drawn, and how it is found.
    struct Options
    {
        uint32_t draws = 500; //!< at least 1
        uint64_t seed = 1;    //!< of the drawing
        uint32_t threads = 1; //!< that look at flows; the outcome does not depend on it
    };

    /**
     * Draws flows with replacement, each with its path, so paths with probability proportional to their flows (m3
     * section 3.1). A path that was drawn several times is there once, with its multiplicity.
     * \throws InputError for an unconnected pair, or if there is no flow to draw
     */
    PathIndex(const FabricGraph& fabric, const RouteTable& routes, const FlowList& flows, const Options& options);

    uint32_t PathCount() const;                  //!< distinct ones
    const Route& PathRoute(uint32_t path) const; //!< its links in the network
    uint32_t Multiplicity(uint32_t path) const;  //!< they sum to the draws
    /// Flow ids in ascending order.
    const std::vector<uint32_t>& ForegroundFlows(uint32_t path) const;

    /// Returns the elephant flows of the list.
    const ElephantFlows& Elephants() const
    {
        return m_elephants;
    }

    /// Bytes of all flows of the list on a link of the network, headers included.
    double WireBytesOf(LinkId link, uint32_t headerBytes) const;

    /// How many flows of the list take a link of the network.
    uint64_t FlowsOn(LinkId link) const;

    /// Flows of the list that take a link of a drawn path, ascending ids. \pre a drawn path has the link
    const std::vector<uint32_t>& FlowIdsOn(LinkId link) const;

    /**
     * Cuts a path out. Every flow that uses at least one of the path's directed links takes part; each maximal run of
     * consecutive path links becomes one flow with the same size and start; where a flow enters or leaves at a switch,
     * an access switch stands for its real off-path neighbour, with the real link, and behind it one stub host per
     * distinct real host at that host's NIC rate, with the propagation delay of the part of its route that is cut away,
     * so each flow keeps its propagation delay.
     * \param windows ascending, disjoint: flows that start after one and end before the next may be left out, and are
     * taken to end after being sent SLOWEST times as slowly as a link of the path allows
     * \param elephantLeadNs warm-up before a window, ns, in which elephant flows are kept: they compete with long flows
     */
    PathScenario Scenario(uint32_t path,
                          const std::vector<TimeWindow>& windows = {{0, INT64_MAX}},
                          int64_t elephantLeadNs = 0) const;

    static constexpr double SLOWEST = 8; //!< fluid slowdown that a flow is expected to keep below

  private:
    /// A flow on a link, while it may be in transfer.
    struct LastingFlow
    {
        uint32_t id;
        int64_t startNs;
        int64_t untilNs; //!< by then it has surely been sent
    };

    /// A link of a drawn path.
    struct UsedLink
    {
        std::vector<uint32_t> flows;      //!< that use it, ascending
        std::vector<LastingFlow> lasting; //!< of them, those that may be in transfer for longer than SHORT_NS
        std::vector<uint32_t> elephants;  //!< of them, those of at least ElephantFlows::minBytes
    };

    /// A lasting flow, and a link that it uses.
    struct LastingUse
    {
        uint32_t usedLink; //!< place in m_links
        LastingFlow flow;
    };

    /// What all flows of the list put on a link.
    struct LinkTraffic
    {
        uint64_t flows = 0;
        uint64_t packets = 0;
        uint64_t payloadBytes = 0;
    };

    struct Found;
    struct PathNumbers;

    RouteKey KeyOf(uint32_t flow) const;
    void Draw(const Options& options);
    void LookAtFlows(uint32_t threads);
    Found LookAtBlock(std::size_t block, const PathNumbers& paths) const;
    void Add(const Found& found);
    int64_t LongestNs(uint64_t sizeBytes, LinkId link) const;
    std::vector<uint32_t>
    Touching(const Route& route, const std::vector<TimeWindow>& windows, int64_t elephantLeadNs) const;

    const FabricGraph& m_fabric;
    const RouteTable& m_routes;
    const FlowList& m_flows;
    ElephantFlows m_elephants;     //!< of the flows
    std::vector<uint16_t> m_ports; //!< per flow, where routes depend on them
    std::vector<Route> m_paths;
    std::vector<uint32_t> m_multiplicity;
    std::vector<std::vector<uint32_t>> m_foreground;
    std::vector<LinkTraffic> m_traffic; //!< per link of the fabric
    std::vector<uint32_t> m_usedLink;   //!< per link of the fabric: place in the following, or NONE
    std::vector<UsedLink> m_links;
};

} // namespace ns3::m3

#endif // M3_PATH_INDEX_H
