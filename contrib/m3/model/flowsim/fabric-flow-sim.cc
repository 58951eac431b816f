#include "fabric-flow-sim.h"

#include "ns3/ideal-fct.h"
#include "ns3/link-timing.h"
#include "ns3/routes-of-flows.h"

#include <algorithm>
#include <limits>
#include <unordered_map>

namespace ns3::m3
{

namespace
{

std::vector<double> LinkGbps(const FabricGraph& fabric)
{
    std::vector<double> gbps;
    for (LinkId link = 0; link < fabric.LinkCount(); link++)
    {
        gbps.push_back(static_cast<double>(fabric.Link(link).bitsPerSecond) / 1e9);
    }
    return gbps;
}

/// What a flow takes when nothing slows it down, ns.
struct Unslowed
{
    double idealNs;
    double fluidNs;

    double Slowdown(double fctNs) const
    {
        return std::max(1.0, (idealNs + fctNs - fluidNs) / idealNs);
    }
};

/// Makes fluid flows of those of a list.
class FabricFlows
{
  public:
    FabricFlows(const FabricGraph& fabric, uint32_t headerBytes, EngineMode mode)
        : m_fabric(fabric),
          m_headerBytes(headerBytes),
          m_mode(mode)
    {
    }

    /// \param fluid with its route, set to the flow
    Unslowed Make(const Flow& flow, FluidFlow& fluid) const
    {
        fluid.bits = 8.0 * static_cast<double>(WireBytes(flow.sizeBytes, m_headerBytes));
        fluid.startNs = static_cast<double>(flow.startNs);
        fluid.rateLimit = std::numeric_limits<double>::infinity();
        return {static_cast<double>(IdealFctNs(m_fabric, fluid.links, flow.sizeBytes, m_headerBytes, m_mode)),
                fluid.bits / (static_cast<double>(BottleneckRate(m_fabric, fluid.links)) / 1e9)};
    }

  private:
    const FabricGraph& m_fabric;
    uint32_t m_headerBytes;
    EngineMode m_mode;
};

/// Feeds flowSim and remembers the flows in transfer.
class FabricSource final : public FluidSource
{
  public:
    FabricSource(const FabricFlows& flows, const RouteTable& routes, const FlowList& list)
        : m_flows(flows),
          m_routes(routes),
          m_list(list)
    {
    }

    const FluidFlow* Next() override
    {
        if (m_next == m_list.size())
        {
            return nullptr;
        }
        const Flow& flow = m_list[m_next];
        m_routes.Next(flow.src, flow.dst, m_fluid.links);
        m_active.emplace(m_next, m_flows.Make(flow, m_fluid));
        m_next++;
        return &m_fluid;
    }

    /// \param flow has ended
    Unslowed Take(uint32_t flow)
    {
        return m_active.extract(flow).mapped();
    }

  private:
    FabricFlows m_flows;
    RoutesOfFlows m_routes;
    const FlowList& m_list;
    uint32_t m_next = 0;
    FluidFlow m_fluid;
    std::unordered_map<uint32_t, Unslowed> m_active;
};

} // namespace

FabricFluid MakeFabricFluid(const FabricGraph& fabric,
                            const RouteTable& routes,
                            const FlowList& flows,
                            uint32_t headerBytes,
                            EngineMode mode)
{
    RoutesOfFlows next(routes);
    return MakeFabricFluid(
        fabric,
        [&](std::size_t flow, Route& route) { next.Next(flows[flow].src, flows[flow].dst, route); },
        flows,
        headerBytes,
        mode);
}

FabricFluid MakeFabricFluid(const FabricGraph& fabric,
                            const std::function<void(std::size_t flow, Route& route)>& routeOf,
                            const FlowList& flows,
                            uint32_t headerBytes,
                            EngineMode mode)
{
    FabricFluid fluid;
    fluid.linkGbps = LinkGbps(fabric);
    fluid.flows.resize(flows.size());
    fluid.idealNs.reserve(flows.size());
    fluid.unloadedNs.reserve(flows.size());
    const FabricFlows make(fabric, headerBytes, mode);
    for (std::size_t i = 0; i < flows.size(); i++)
    {
        routeOf(i, fluid.flows[i].links);
        const Unslowed unslowed = make.Make(flows[i], fluid.flows[i]);
        fluid.idealNs.push_back(unslowed.idealNs);
        fluid.unloadedNs.push_back(unslowed.fluidNs);
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
        values[i] = Unslowed{fluid.idealNs[i], fluid.unloadedNs[i]}.Slowdown(values[i]);
    }
    return values;
}

FluidStatistics StreamFabricFlowSim(const FabricGraph& fabric,
                                    const RouteTable& routes,
                                    const FlowList& flows,
                                    uint32_t headerBytes,
                                    EngineMode mode,
                                    const std::function<void(uint32_t flow, double slowdown)>& ended,
                                    const std::function<void(uint64_t finishedFlows)>& progress)
{
    FabricSource source(FabricFlows(fabric, headerBytes, mode), routes, flows);
    return StreamFlowSim(
        LinkGbps(fabric),
        source,
        [&](uint32_t flow, double fctNs) { ended(flow, source.Take(flow).Slowdown(fctNs)); },
        progress);
}

} // namespace ns3::m3
