#ifndef M3_PATH_INDEX_H
#define M3_PATH_INDEX_H

#include "path-scenario.h"

#include "ns3/fabric-graph.h"
#include "ns3/flow.h"
#include "ns3/routes.h"

#include <cstdint>
#include <vector>

namespace ns3::m3
{

/// A path drawn by PathIndex::Sample.
struct SampledPath
{
    uint32_t path;         //!< index of the path in the PathIndex
    uint32_t multiplicity; //!< how often it was drawn
};

/**
 * The flows of a network sorted by path: a path is an ordered pair of hosts with the exact sequence of links between
 * them, and its foreground flows are those that take all of it.
 * Keeps references: fabric and flows must outlive it.
 */
class PathIndex
{
  public:
    /// \throws InputError for an unconnected pair
    PathIndex(const FabricGraph& fabric, const RouteTable& routes, const FlowList& flows);

    uint32_t PathCount() const;                  //!< paths with at least one flow
    const Route& PathRoute(uint32_t path) const; //!< its links in the network
    /// Flow ids in ascending order.
    const std::vector<uint32_t>& ForegroundFlows(uint32_t path) const;

    /**
     * Draws `draws` paths with replacement, with probability proportional to their foreground flows (m3 section 3.1).
     * \return the distinct paths in ascending order of index, with their multiplicities, which sum to `draws`
     */
    std::vector<SampledPath> Sample(uint32_t draws, uint64_t seed) const;

    /**
     * Cuts a path out. Every flow that uses at least one of the path's directed links takes part; each maximal run of
     * consecutive path links becomes one flow with the same size and start; where a flow enters or leaves at a switch,
     * an access switch stands for its real off-path neighbour, with the real link, and behind it one stub host per
     * distinct real host at that host's NIC rate, with the propagation delay of the part of its route that is cut away,
     * so each flow keeps its propagation delay.
     */
    PathScenario Scenario(uint32_t path) const;

  private:
    const FabricGraph& m_fabric;
    const FlowList& m_flows;
    std::vector<uint64_t> m_routeBegin; //!< per flow, into m_routeLinks; one more than flows
    std::vector<LinkId> m_routeLinks;
    std::vector<std::vector<uint32_t>> m_flowsOfLink; //!< per directed link, ascending flow ids
    std::vector<Route> m_paths;
    std::vector<std::vector<uint32_t>> m_foreground;
};

} // namespace ns3::m3

#endif // M3_PATH_INDEX_H
