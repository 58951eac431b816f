// SPDX-License-Identifier: GPL-2.0-only
#include "path-features.h"

#include "feature-schema.h"

#include "fabric/ideal-fct.h"
#include "flowsim/fabric-flow-sim.h"
#include "ns3/m3-link-timing.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace ns3::m3
{

namespace
{

FabricFluid FluidOnRoutes(const PathScenario& scenario, const RdmaConfig& config)
{
    return MakeFabricFluid(
        scenario.fabric,
        [&scenario](std::size_t flow, Route& route) { scenario.RouteOf(flow, route); },
        scenario.flows,
        config.Format(),
        config.mode);
}

/// Of the bytes of all flows, the share that has left when the last one starts, at rates halved from one to the next.
std::vector<double> SentShares(const FlowList& flows, double bitsPerSecond)
{
    constexpr std::size_t RATES = 5;
    static_assert(PathViewer::MIN_LEFT > 1.0 / (1 << (RATES - 1)), "SentShare() reads between two of them");
    std::vector<double> sent(RATES, 0);
    double all = 0;
    for (const Flow& flow : flows)
    {
        const auto bytes = static_cast<double>(flow.sizeBytes);
        double maxBytes = bitsPerSecond / 8e9 * static_cast<double>(flows.back().startNs - flow.startNs);
        all += bytes;
        for (double& share : sent)
        {
            share += std::min(bytes, maxBytes);
            maxBytes /= 2;
        }
    }
    for (double& share : sent)
    {
        share /= all;
    }
    return sent;
}

} // namespace

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
      m_warmUpNs(std::max(WARM_UP_RTTS * m_rtt, WARM_UP_FLOWS * m_index.Elephants().MeanNs(fabric.HostRate()))),
      m_elephantWarmUpNs(std::max(m_warmUpNs, ELEPHANT_WARM_UP_FLOWS * m_index.Elephants().MeanNs(fabric.HostRate()))),
      m_sentShare(SentShares(flows, static_cast<double>(fabric.HostRate()))),
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
    // time that a flow is watched, in units of its time on an idle network and of base RTTs
    constexpr double FIRST_TRY = 4;
    constexpr double MIN_RTTS = 100;
    constexpr double UNLIMITED = 1e18;
    const auto bottleneck = static_cast<double>(BottleneckRate(m_fabric, m_index.PathRoute(path)));
    std::vector<int64_t> watched; // until when, per flow
    for (const uint32_t id : flows)
    {
        const auto bits = 8.0 * static_cast<double>(WireBytes(m_flows[id].sizeBytes, m_config.Format()));
        watched.push_back(m_flows[id].startNs +
                          static_cast<int64_t>(FIRST_TRY * bits / bottleneck * 1e9 + MIN_RTTS * m_rtt));
    }
    while (true)
    {
        const std::vector<TimeWindow> windows = Windows(flows, watched);
        const PathScenario scenario = m_index.Scenario(path, windows, static_cast<int64_t>(m_elephantWarmUpNs));
        const RouteTable routes(scenario.fabric, m_config.mode);
        const FluidRun run = RecordFluidRun(Fluid(scenario, windows));
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
        SetWholeNetwork(scenario, m_index.PathRoute(path), features);
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
        const int64_t begin = m_flows[flows[row]].startNs - static_cast<int64_t>(m_warmUpNs);
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

/// Mean over the whole list of flows, of capacity.
double PathViewer::LoadOf(LinkId link) const
{
    const double span = m_rtt + static_cast<double>(m_flows.back().startNs - m_flows.front().startNs);
    const double bytesPerNs = static_cast<double>(m_fabric.Link(link).bitsPerSecond) / 8e9;
    return m_index.WireBytesOf(link, m_config.HeaderBytes()) / (bytesPerNs * span);
}

/// Of the bytes that give a link its load, those that leave before the last flow starts: each flow has what the link
/// leaves of the host rate. In a list that is short beside its large flows many are still under way then.
double PathViewer::SentShare(double load) const
{
    const double halvings = std::log2(1 / std::max(1 - load, MIN_LEFT));
    const auto below = static_cast<std::size_t>(halvings);
    const double beyond = halvings - static_cast<double>(below);
    return (1 - beyond) * m_sentShare[below] + beyond * m_sentShare[below + 1];
}

FabricFluid PathViewer::Fluid(const PathScenario& scenario, const std::vector<TimeWindow>& windows) const
{
    FabricFluid fluid = FluidOnRoutes(scenario, m_config);
    const auto startsBefore = [](const Flow& flow, int64_t time) { return flow.startNs < time; };
    std::size_t inWindows = 0;                                     // flows of the whole list
    std::vector<std::size_t> kept(scenario.fabric.LinkCount(), 0); // of them, those of the scenario, per link
    for (const auto& [begin, end] : windows)
    {
        const auto countOf = [&, from = begin, to = end](const FlowList& flows)
        {
            const auto first = std::lower_bound(flows.begin(), flows.end(), from, startsBefore);
            return std::make_pair(first - flows.begin(),
                                  std::lower_bound(first, flows.end(), to, startsBefore) - flows.begin());
        };
        const auto [first, last] = countOf(m_flows);
        inWindows += static_cast<std::size_t>(last - first);
        const auto [firstKept, lastKept] = countOf(scenario.flows);
        for (auto flow = firstKept; flow < lastKept; flow++)
        {
            for (const LinkId link : fluid.flows[static_cast<std::size_t>(flow)].links)
            {
                kept[link]++;
            }
        }
    }
    const double share = static_cast<double>(inWindows) / static_cast<double>(m_flows.size());
    std::vector<bool> onPath(scenario.fabric.LinkCount(), false);
    for (const LinkId link : scenario.path)
    {
        onPath[link] = true;
    }
    for (LinkId link = 0; link < scenario.fabric.LinkCount(); link++)
    {
        if (onPath[link])
        {
            continue;
        }
        double load = 0; // of what is cut away
        for (const LinkId original : scenario.originalLinks[link])
        {
            const double all = share * static_cast<double>(m_index.FlowsOn(original));
            const double part = kept[link] == 0 ? 0 : std::min(1.0, static_cast<double>(kept[link]) / all);
            const double whole = LoadOf(original);
            load = std::max(load, whole * SentShare(whole) * (1 - part));
        }
        fluid.linkGbps[link] *= std::max(MIN_LEFT, 1 - load);
    }
    return fluid;
}

/// Inputs of hops that depend on the whole list of flows, and on whole switches.
void PathViewer::SetWholeNetwork(const PathScenario& scenario, const Route& route, FlowFeatures& features) const
{
    std::vector<float> loads;
    std::vector<float> reverseLoads; // flows of that direction alone are not in the scenario
    std::vector<float> pools;        // added to their logarithm, which is that of a switch with the scenario's ports
    for (std::size_t i = 0; i < route.size(); i++)
    {
        loads.push_back(static_cast<float>(LoadOf(route[i])));
        reverseLoads.push_back(static_cast<float>(LoadOf(ReverseLink(route[i]))));
        const NodeId node = m_fabric.Link(route[i]).from;
        const auto whole = static_cast<double>(m_fabric.PortCapacity(node));
        const auto part =
            static_cast<double>(scenario.fabric.PortCapacity(scenario.fabric.Link(scenario.path[i]).from));
        pools.push_back(m_fabric.IsHost(node) ? 0 : static_cast<float>(std::log(whole / part)));
    }
    for (std::size_t i = 0; i < features.hopBegin.back(); i++)
    {
        features.hop[i * HOP_INPUTS + LINK_LOAD] = loads[i % route.size()];
        features.hop[i * HOP_INPUTS + REVERSE_LOAD] = reverseLoads[i % route.size()];
        features.hop[i * HOP_INPUTS + LOG_POOL] += pools[i % route.size()];
    }
}

std::vector<PathFlow> PathViewer::FluidFlows(uint32_t path) const
{
    const PathScenario scenario = m_index.Scenario(path);
    const std::vector<double> slowdowns =
        FabricFlowSimSlowdowns(scenario.fabric, scenario.flows, FluidOnRoutes(scenario, m_config));
    std::vector<PathFlow> flows;
    for (std::size_t i = 0; i < scenario.flows.size(); i++)
    {
        flows.push_back({scenario.enters[i], scenario.leaves[i], scenario.flows[i].sizeBytes, slowdowns[i]});
    }
    return flows;
}

PathMaps PathViewer::Map(uint32_t path) const
{
    const Route& route = m_index.PathRoute(path);
    const auto parameters = PathParameters(m_fabric, route, m_config);
    const auto hosts = static_cast<uint32_t>(route.size() + 1);
    const std::vector<PathFlow> flows = FluidFlows(path);
    PathMaps maps;
    maps.rowBegin = {0, hosts};
    maps.slowdown = MakePathFeatureMap(hosts, flows).slowdown;
    maps.parameters.assign(parameters.begin(), parameters.end());
    maps.flows = CountByLabelBucket(hosts, flows);
    return maps;
}

} // namespace ns3::m3
