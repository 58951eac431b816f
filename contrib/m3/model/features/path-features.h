// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PATH_FEATURES_H
#define M3_PATH_FEATURES_H

#include "flow-features.h"
#include "path-maps.h"

#include "parts/path-index.h"

#include <cstdint>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-features
/// Cuts paths out of a network and runs flowSim on each, for its foreground flows. Threads may share it.
class PathViewer
{
  public:
    /// \param config resolved for the network. All but the options must outlive this object.
    /// \throws InputError as PathIndex
    PathViewer(const FabricGraph& fabric,
               const RouteTable& routes,
               const RdmaConfig& config,
               const FlowList& flows,
               const PathIndex::Options& options);

    /// The paths.
    const PathIndex& Index() const
    {
        return m_index;
    }

    /**
     * Flows of a path as the per-flow model sees them. flowSim runs for what is in transfer while one of them is and
     * for some time before, for elephant flows longer, so that time grows with these flows, not with all that the path
     * carries; loads of links are those of the whole list. \param path in Index() \param flows some of its foreground
     * flows, ascending
     */
    FlowFeatures View(uint32_t path, const std::vector<uint32_t>& flows) const;

    /**
     * Flows and links of a scenario for flowSim. A link off the path also carries flows that are cut away: of its
     * capacity there is 1 less what these take of it on average until the last flow starts, the mean that processor
     * sharing leaves to others, at least MIN_LEFT. \param windows those that the scenario was made for
     */
    FabricFluid Fluid(const PathScenario& scenario, const std::vector<TimeWindow>& windows) const;

    /// Minimum share of its capacity that a link off the path keeps.
    static constexpr double MIN_LEFT = 0.1;

    /// Warm-up before a window, in units of ElephantFlows::MeanNs at the host rate; at least WARM_UP_RTTS. The larger
    /// the flows on a link are, the longer they share it.
    static constexpr double WARM_UP_FLOWS = 4;
    static constexpr double WARM_UP_RTTS = 2000; //!< Minimum warm-up, base RTTs.
    /// Warm-up of elephant flows, in the same units: without it long flows have no competitors. The p99 of the fluid
    /// slowdown of flows from 50 KB (Hadoop sizes, matrix C, 60 % load) is 7.6 with it, 5.9 with 2000 and 10,000 base
    /// RTTs instead, and 8.1 on the whole network.
    static constexpr double ELEPHANT_WARM_UP_FLOWS = 20;

    /**
     * All flows of a path with their slowdowns in flowSim, which runs on the path alone: what maps for the published
     * model are made of. Slowdown is FCT / ideal FCT on the path scenario, at real rates.
     */
    std::vector<PathFlow> FluidFlows(uint32_t path) const;

    /// The path as the published model sees it: percentile maps of FluidFlows(). \return one path
    /// \throws InputError as PathParameters
    PathMaps Map(uint32_t path) const;

  private:
    std::vector<TimeWindow> Windows(const std::vector<uint32_t>& flows, const std::vector<int64_t>& watched) const;
    double LoadOf(LinkId link) const;
    double SentShare(double load) const;
    void SetWholeNetwork(const PathScenario& scenario, const Route& route, FlowFeatures& features) const;

    const FabricGraph& m_fabric;
    const RdmaConfig& m_config;
    const FlowList& m_flows;
    PathIndex m_index;
    double m_rtt;                          //!< base RTT, ns
    double m_warmUpNs;                     //!< of all flows
    double m_elephantWarmUpNs;             //!< of elephant flows
    std::vector<double> m_sentShare;       //!< of all bytes until the last flow starts, at HostRate() / 2^index
    std::vector<double> m_poolPerCapacity; //!< per node of the network: shared pool per bit/s of its ports, 0 for hosts
};

} // namespace ns3::m3

#endif // M3_PATH_FEATURES_H
