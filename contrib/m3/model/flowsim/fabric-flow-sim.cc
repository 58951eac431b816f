#include "fabric-flow-sim.h"

#include "ns3/ideal-fct.h"
#include "ns3/link-timing.h"
#include "ns3/routes-of-flows.h"

#include <algorithm>
#include <limits>

namespace ns3::m3
{

std::vector<double> FabricFlowSimSlowdowns(const FabricGraph& fabric,
                                           const RouteTable& routes,
                                           const FlowList& flows,
                                           uint32_t headerBytes,
                                           EngineMode mode,
                                           FluidStatistics* statistics,
                                           const std::function<void(uint64_t finishedFlows)>& progress)
{
    std::vector<double> linkGbps(fabric.LinkCount());
    for (LinkId link = 0; link < fabric.LinkCount(); link++)
    {
        linkGbps[link] = static_cast<double>(fabric.Link(link).bitsPerSecond) / 1e9;
    }
    std::vector<FluidFlow> fluid;
    fluid.reserve(flows.size());
    std::vector<double> ideal;
    std::vector<double> unloaded;
    RoutesOfFlows routesOfFlows(routes);
    Route route;
    for (std::size_t i = 0; i < flows.size(); i++)
    {
        const Flow& flow = flows[i];
        routesOfFlows.Next(flow.src, flow.dst, route);
        const double bits = 8.0 * static_cast<double>(WireBytes(flow.sizeBytes, headerBytes));
        fluid.push_back({route, bits, static_cast<double>(flow.startNs), std::numeric_limits<double>::infinity()});
        ideal.push_back(static_cast<double>(IdealFctNs(fabric, route, flow.sizeBytes, headerBytes, mode)));
        unloaded.push_back(bits / (static_cast<double>(BottleneckRate(fabric, route)) / 1e9));
    }
    std::vector<double> slowdowns = RunFlowSim(linkGbps, fluid, FluidAllocation::MAX_MIN, statistics, progress);
    for (std::size_t i = 0; i < flows.size(); i++)
    {
        slowdowns[i] = std::max(1.0, (ideal[i] + slowdowns[i] - unloaded[i]) / ideal[i]);
    }
    return slowdowns;
}

} // namespace ns3::m3
