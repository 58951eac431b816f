#include "path-features.h"

#include "ns3/fabric-flow-sim.h"

#include <algorithm>
#include <utility>

namespace ns3::m3
{

PathViewer::PathViewer(const FabricGraph& fabric,
                       const RouteTable& routes,
                       const RdmaConfig& config,
                       const FlowList& flows)
    : m_fabric(fabric),
      m_config(config),
      m_index(fabric, routes, flows),
      m_poolPerCapacity(fabric.NodeCount(), 0)
{
    for (NodeId node = 0; node < fabric.NodeCount(); node++)
    {
        if (!fabric.IsHost(node))
        {
            m_poolPerCapacity[node] = static_cast<double>(SharedPoolBytes(fabric, node, config)) /
                                      static_cast<double>(fabric.PortCapacity(node));
        }
    }
}

PathView PathViewer::View(uint32_t path) const
{
    const PathScenario scenario = m_index.Scenario(path);
    // a switch with fewer ports than the real one keeps the real pool per port
    constexpr double UNLIMITED = 1e18;
    RdmaConfig config = m_config;
    config.nodeSharedPoolBytes.assign(scenario.fabric.NodeCount(), 0);
    for (NodeId node = 0; node < scenario.fabric.NodeCount(); node++)
    {
        const double pool =
            m_poolPerCapacity[scenario.originalNode[node]] * static_cast<double>(scenario.fabric.PortCapacity(node));
        config.nodeSharedPoolBytes[node] = static_cast<uint64_t>(std::min(pool, UNLIMITED));
    }
    PathView view;
    std::vector<uint32_t> selection;
    for (uint32_t flow = 0; flow < scenario.flows.size(); flow++)
    {
        if (scenario.foreground[flow])
        {
            selection.push_back(flow);
            view.flows.push_back(scenario.originalFlow[flow]);
        }
    }
    const RouteTable routes(scenario.fabric, config.mode);
    view.features = ViewFluid(scenario.fabric,
                              routes,
                              config,
                              scenario.flows,
                              selection,
                              RecordFluidRun(scenario.fabric, routes, config, scenario.flows));
    return view;
}

PathMaps PathViewer::Map(uint32_t path) const
{
    const auto parameters = PathParameters(m_fabric, m_index.PathRoute(path), m_config);
    const PathScenario scenario = m_index.Scenario(path);
    const RouteTable routes(scenario.fabric, m_config.mode);
    const std::vector<double> slowdowns = FabricFlowSimSlowdowns(
        MakeFabricFluid(scenario.fabric, routes, scenario.flows, m_config.HeaderBytes(), m_config.mode));
    std::vector<PathFlow> flows;
    for (std::size_t i = 0; i < scenario.flows.size(); i++)
    {
        flows.push_back({scenario.enters[i], scenario.leaves[i], scenario.flows[i].sizeBytes, slowdowns[i]});
    }
    const auto hosts = static_cast<uint32_t>(scenario.path.size() + 1);
    PathMaps maps;
    maps.rowBegin = {0, hosts};
    maps.slowdown = MakePathFeatureMap(hosts, flows).slowdown;
    maps.parameters.assign(parameters.begin(), parameters.end());
    maps.flows = CountByLabelBucket(hosts, flows);
    return maps;
}

} // namespace ns3::m3
