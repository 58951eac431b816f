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

/// The flows of a list on their routes, one after the other.
class FabricFlows
{
  public:
    FabricFlows(const FabricGraph& fabric, const RouteTable& routes, uint32_t headerBytes, EngineMode mode)
        : m_fabric(fabric),
          m_routes(routes),
          m_headerBytes(headerBytes),
          m_mode(mode)
    {
    }

    /// \param flow the next of the list \param fluid set to it
    Unslowed Make(const Flow& flow, FluidFlow& fluid)
    {
        m_routes.Next(flow.src, flow.dst, fluid.links);
        fluid.bits = 8.0 * static_cast<double>(WireBytes(flow.sizeBytes, m_headerBytes));
        fluid.startNs = static_cast<double>(flow.startNs);
        fluid.rateLimit = std::numeric_limits<double>::infinity();
        return {static_cast<double>(IdealFctNs(m_fabric, fluid.links, flow.sizeBytes, m_headerBytes, m_mode)),
                fluid.bits / (static_cast<double>(BottleneckRate(m_fabric, fluid.links)) / 1e9)};
    }

  private:
    const FabricGraph& m_fabric;
    RoutesOfFlows m_routes;
    uint32_t m_headerBytes;
    EngineMode m_mode;
};

/// Feeds flowSim and remembers the flows in transfer.
class FabricSource final : public FluidSource
{
  public:
    FabricSource(FabricFlows flows, const FlowList& list)
        : m_flows(std::move(flows)),
          m_list(list)
    {
    }

    const FluidFlow* Next() override
    {
        if (m_next == m_list.size())
        {
            return nullptr;
        }
        m_active.emplace(m_next, m_flows.Make(m_list[m_next], m_fluid));
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
    FabricFluid fluid;
    fluid.linkGbps = LinkGbps(fabric);
    fluid.flows.reserve(flows.size());
    fluid.idealNs.reserve(flows.size());
    fluid.unloadedNs.reserve(flows.size());
    FabricFlows make(fabric, routes, headerBytes, mode);
    for (const Flow& flow : flows)
    {
        const Unslowed unslowed = make.Make(flow, fluid.flows.emplace_back());
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
    FabricSource source(FabricFlows(fabric, routes, headerBytes, mode), flows);
    return StreamFlowSim(
        LinkGbps(fabric),
        source,
        [&](uint32_t flow, double fctNs) { ended(flow, source.Take(flow).Slowdown(fctNs)); },
        progress);
}

} // namespace ns3::m3
