#ifndef M3_PATH_FEATURES_H
#define M3_PATH_FEATURES_H

#include "flow-features.h"
#include "path-maps.h"

#include "ns3/path-index.h"

#include <cstdint>
#include <vector>

namespace ns3::m3
{

/// Foreground flows of a path as a model sees them.
struct PathView
{
    FlowFeatures features;       //!< of each
    std::vector<uint32_t> flows; //!< ids in the network, as many as features
};

/// Cuts paths out of a network and runs flowSim on each, for its foreground flows.
class PathViewer
{
  public:
    /// \param config resolved for the network. All arguments must outlive this object. \throws InputError as PathIndex
    PathViewer(const FabricGraph& fabric, const RouteTable& routes, const RdmaConfig& config, const FlowList& flows);

    /// The paths.
    const PathIndex& Index() const
    {
        return m_index;
    }

    PathView View(uint32_t path) const; //!< \param path in Index()

    /**
     * The path as the published model sees it: percentile maps of the slowdowns of its flows in flowSim, which runs on
     * the path alone. Slowdown is FCT / ideal FCT on the path scenario, at real rates.
     * \return one path \throws InputError as PathParameters
     */
    PathMaps Map(uint32_t path) const;

  private:
    const FabricGraph& m_fabric;
    const RdmaConfig& m_config;
    PathIndex m_index;
    std::vector<double> m_poolPerCapacity; //!< per node of the network: shared pool per bit/s of its ports, 0 for hosts
};

} // namespace ns3::m3

#endif // M3_PATH_FEATURES_H
