#include "fabric-flow-sim.h"

#include "ns3/ideal-fct.h"
#include "ns3/link-timing.h"
#include "ns3/routes-of-flows.h"

#include <algorithm>
#include <limits>

namespace ns3::m3
{

FabricFluid MakeFabricFluid(const FabricGraph& fabric,
                            const RouteTable& routes,
                            const FlowList& flows,
                            uint32_t headerBytes,
                            EngineMode mode)
{
    FabricFluid fluid;
    for (LinkId link = 0; link < fabric.LinkCount(); link++)
    {
        fluid.linkGbps.push_back(static_cast<double>(fabric.Link(link).bitsPerSecond) / 1e9);
    }
    fluid.flows.reserve(flows.size());
    RoutesOfFlows routesOfFlows(routes);
    Route route;
    for (const Flow& flow : flows)
    {
        routesOfFlows.Next(flow.src, flow.dst, route);
        const double bits = 8.0 * static_cast<double>(WireBytes(flow.sizeBytes, headerBytes));
        fluid.flows.push_back(
            {route, bits, static_cast<double>(flow.startNs), std::numeric_limits<double>::infinity()});
        fluid.idealNs.push_back(static_cast<double>(IdealFctNs(fabric, route, flow.sizeBytes, headerBytes, mode)));
        fluid.unloadedNs.push_back(bits / (static_cast<double>(BottleneckRate(fabric, route)) / 1e9));
    }
    return fluid;
}

std::vector<double> FabricFlowSimSlowdowns(const FabricFluid& fluid,
                                           FluidStatistics* statistics,
                                           const std::function<void(uint64_t finishedFlows)>& progress,
                                           FluidObserver* observer)
{
    std::vector<double> values =
        RunFlowSim(fluid.linkGbps, fluid.flows, FluidAllocation::MAX_MIN, statistics, progress, observer);
    for (std::size_t i = 0; i < values.size(); i++)
    {
        values[i] = std::max(1.0, (fluid.idealNs[i] + values[i] - fluid.unloadedNs[i]) / fluid.idealNs[i]);
    }
    return values;
}

} // namespace ns3::m3
