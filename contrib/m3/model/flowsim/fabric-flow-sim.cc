// SPDX-License-Identifier: GPL-2.0-only
#include "fabric-flow-sim.h"

#include "fabric/ideal-fct.h"
#include "fabric/routes-of-flows.h"
#include "ns3/m3-link-timing.h"

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

/// \param fluid with its route, set to the flow
void SetFluidFlow(const Flow& flow, const PacketFormat& format, FluidFlow& fluid)
{
    fluid.bits = 8.0 * static_cast<double>(WireBytes(flow.sizeBytes, format));
    fluid.startNs = static_cast<double>(flow.startNs);
    fluid.rateLimit = std::numeric_limits<double>::infinity();
}

UncongestedFct Uncongested(const FabricGraph& fabric,
                           uint64_t sizeBytes,
                           const PacketFormat& format,
                           EngineMode mode,
                           const FluidFlow& fluid)
{
    return {static_cast<double>(IdealFctNs(fabric, fluid.links, sizeBytes, format, mode)),
            fluid.bits / (static_cast<double>(BottleneckRate(fabric, fluid.links)) / 1e9)};
}

/// Feeds flowSim and remembers the flows in transfer.
class FabricSource final : public FluidSource
{
  public:
    FabricSource(const FabricGraph& fabric, const RouteTable& routes, const FlowList& list, const PacketFormat& format)
        : m_fabric(fabric),
          m_mode(routes.Mode()),
          m_routes(routes),
          m_list(list),
          m_format(format)
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
        SetFluidFlow(flow, m_format, m_fluid);
        m_active.emplace(m_next, Uncongested(m_fabric, flow.sizeBytes, m_format, m_mode, m_fluid));
        m_next++;
        return &m_fluid;
    }

    /// \param flow has ended
    UncongestedFct Take(uint32_t flow)
    {
        return m_active.extract(flow).mapped();
    }

  private:
    const FabricGraph& m_fabric;
    EngineMode m_mode;
    RoutesOfFlows m_routes;
    const FlowList& m_list;
    PacketFormat m_format;
    uint32_t m_next = 0;
    FluidFlow m_fluid;
    std::unordered_map<uint32_t, UncongestedFct> m_active;
};

} // namespace

double UncongestedFct::Slowdown(double fluidFctNs) const
{
    return std::max(1.0, (idealNs + fluidFctNs - unloadedNs) / idealNs);
}

UncongestedFct
UncongestedFctOf(const FabricGraph& fabric, const FlowList& flows, const FabricFluid& fluid, std::size_t flow)
{
    return Uncongested(fabric, flows[flow].sizeBytes, fluid.format, fluid.mode, fluid.flows[flow]);
}

FabricFluid
MakeFabricFluid(const FabricGraph& fabric, const RouteTable& routes, const FlowList& flows, const PacketFormat& format)
{
    RoutesOfFlows next(routes);
    return MakeFabricFluid(
        fabric,
        [&](std::size_t flow, Route& route) { next.Next(flows[flow].src, flows[flow].dst, route); },
        flows,
        format,
        routes.Mode());
}

FabricFluid MakeFabricFluid(const FabricGraph& fabric,
                            const std::function<void(std::size_t flow, Route& route)>& routeOf,
                            const FlowList& flows,
                            const PacketFormat& format,
                            EngineMode mode)
{
    FabricFluid fluid{format, mode, LinkGbps(fabric), std::vector<FluidFlow>(flows.size())};
    for (std::size_t i = 0; i < flows.size(); i++)
    {
        routeOf(i, fluid.flows[i].links);
        SetFluidFlow(flows[i], format, fluid.flows[i]);
    }
    return fluid;
}

std::vector<double> FabricFlowSimSlowdowns(const FabricGraph& fabric, const FlowList& flows, const FabricFluid& fluid)
{
    std::vector<double> values = RunFlowSim(fluid.linkGbps, fluid.flows);
    for (std::size_t i = 0; i < values.size(); i++)
    {
        values[i] = UncongestedFctOf(fabric, flows, fluid, i).Slowdown(values[i]);
    }
    return values;
}

FluidStatistics StreamFabricFlowSim(const FabricGraph& fabric,
                                    const RouteTable& routes,
                                    const FlowList& flows,
                                    const PacketFormat& format,
                                    const std::function<void(uint32_t flow, double slowdown)>& ended,
                                    const std::function<void(uint64_t finishedFlows)>& progress)
{
    FabricSource source(fabric, routes, flows, format);
    return StreamFlowSim(
        LinkGbps(fabric),
        source,
        [&](uint32_t flow, double fctNs) { ended(flow, source.Take(flow).Slowdown(fctNs)); },
        progress);
}

} // namespace ns3::m3
