#include "path-features.h"

#include "ns3/fabric-flow-sim.h"
#include "ns3/ideal-fct.h"
#include "ns3/link-timing.h"

#include <algorithm>
#include <utility>

namespace ns3::m3
{

PathViewer::PathViewer(const FabricGraph& fabric,
                       const RouteTable& routes,
                       const RdmaConfig& config,
                       const FlowList& flows,
                       const PathIndex::Options& options)
    : m_fabric(fabric),
      m_config(config),
      m_flows(flows),
      m_index(fabric, routes, flows, options),
      m_rtt(UnitRttNs(fabric, routes, config)),
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

FlowFeatures PathViewer::View(uint32_t path, const std::vector<uint32_t>& flows) const
{
    // how long a flow is watched: for so many times what it needs alone, and so many base RTTs
    constexpr double FIRST_TRY = 4;
    constexpr double LEAST_RTTS = 100;
    constexpr double UNLIMITED = 1e18;
    const auto bottleneck = static_cast<double>(BottleneckRate(m_fabric, m_index.PathRoute(path)));
    std::vector<int64_t> watched; // until when, per flow
    for (const uint32_t id : flows)
    {
        const auto bits = 8.0 * static_cast<double>(WireBytes(m_flows[id].sizeBytes, m_config.HeaderBytes()));
        watched.push_back(m_flows[id].startNs +
                          static_cast<int64_t>(FIRST_TRY * bits / bottleneck * 1e9 + LEAST_RTTS * m_rtt));
    }
    while (true)
    {
        const PathScenario scenario =
            m_index.Scenario(path, Windows(flows, watched), static_cast<int64_t>(LARGE_WARM_UP_RTTS * m_rtt));
        const RouteTable routes(scenario.fabric, m_config.mode);
        const FluidRun run = RecordFluidRun(scenario.fabric, routes, m_config, scenario.flows);
        std::vector<uint32_t> selection;
        std::vector<std::size_t> rowOf(scenario.flows.size(), flows.size());
        for (uint32_t flow = 0; flow < scenario.flows.size(); flow++)
        {
            if (scenario.foreground[flow] &&
                std::binary_search(flows.begin(), flows.end(), scenario.originalFlow[flow]))
            {
                rowOf[flow] = selection.size();
                selection.push_back(flow);
            }
        }
        bool allEndedInTime = true;
        for (const FluidRun::Event& event : run.events)
        {
            const std::size_t row = event.end ? rowOf[event.flow] : flows.size();
            if (row < flows.size() && event.timeNs > static_cast<double>(watched[row]))
            {
                allEndedInTime = false;
                const auto start = m_flows[flows[row]].startNs;
                watched[row] = start + 2 * (static_cast<int64_t>(event.timeNs) - start);
            }
        }
        if (!allEndedInTime)
        {
            continue;
        }
        // a switch with fewer ports than the real one keeps the real pool per port
        RdmaConfig config = m_config;
        config.nodeSharedPoolBytes.assign(scenario.fabric.NodeCount(), 0);
        for (NodeId node = 0; node < scenario.fabric.NodeCount(); node++)
        {
            const double pool = m_poolPerCapacity[scenario.originalNode[node]] *
                                static_cast<double>(scenario.fabric.PortCapacity(node));
            config.nodeSharedPoolBytes[node] = static_cast<uint64_t>(std::min(pool, UNLIMITED));
        }
        FlowFeatures features = ViewFluid(scenario.fabric, routes, config, scenario.flows, selection, run);
        SetLoads(m_index.PathRoute(path), features);
        return features;
    }
}

/// When flows on the path matter.
std::vector<TimeWindow> PathViewer::Windows(const std::vector<uint32_t>& flows,
                                            const std::vector<int64_t>& watched) const
{
    std::vector<TimeWindow> windows;
    for (std::size_t row = 0; row < flows.size(); row++)
    {
        const int64_t begin = m_flows[flows[row]].startNs - static_cast<int64_t>(WARM_UP_RTTS * m_rtt);
        if (!windows.empty() && begin <= windows.back().second)
        {
            windows.back().second = std::max(windows.back().second, watched[row]);
        }
        else
        {
            windows.emplace_back(begin, watched[row]);
        }
    }
    return windows;
}

void PathViewer::SetLoads(const Route& route, FlowFeatures& features) const
{
    const double span = m_rtt + static_cast<double>(m_flows.back().startNs - m_flows.front().startNs);
    std::vector<float> loads;
    for (const LinkId link : route)
    {
        const double bytesPerNs = static_cast<double>(m_fabric.Link(link).bitsPerSecond) / 8e9;
        loads.push_back(static_cast<float>(m_index.WireBytesOf(link, m_config.HeaderBytes()) / (bytesPerNs * span)));
    }
    for (std::size_t i = 0; i < features.hopBegin.back(); i++)
    {
        features.hop[i * HOP_INPUTS + LINK_LOAD] = loads[i % route.size()];
    }
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
