// SPDX-License-Identifier: GPL-2.0-only
#include "fluid-run.h"

#include "fabric/ideal-fct.h"
#include "ns3/m3-link-timing.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace ns3::m3
{

namespace
{

/// Keeps the events of a run, and what held each flow down.
class Recorder : public FluidObserver
{
  public:
    explicit Recorder(FluidRun& run)
        : m_run(run)
    {
    }

    void OnArrival(uint32_t flow, double nowNs) override
    {
        m_run.events.push_back({nowNs, flow, false});
    }

    void OnEnd(uint32_t flow, double nowNs) override
    {
        m_run.events.push_back({nowNs, flow, true});
    }

    bool WantsLimits() const override
    {
        return true;
    }

    void OnLimited(uint32_t flow, const std::vector<Limited>& limited) override
    {
        const auto bottleneck = std::max_element(limited.begin(),
                                                 limited.end(),
                                                 [](const Limited& a, const Limited& b) { return a.bits < b.bits; });
        m_run.heldBy[flow] = static_cast<uint8_t>(bottleneck - limited.begin());
    }

  private:
    FluidRun& m_run;
};

} // namespace

double UnitRttNs(const FabricGraph& fabric, const RouteTable& routes, const RdmaConfig& config)
{
    return static_cast<double>(config.baseRttNs ? *config.baseRttNs
                                                : MaxBaseRttNs(fabric, routes, config.Format(), config.AckBytes()));
}

FluidRun RecordFluidRun(const FabricGraph& fabric,
                        const RouteTable& routes,
                        const RdmaConfig& config,
                        const FlowList& flows,
                        const std::function<void(uint64_t finishedFlows)>& progress)
{
    return RecordFluidRun(MakeFabricFluid(fabric, routes, flows, config.Format()), progress);
}

FluidRun RecordFluidRun(FabricFluid fluid, const std::function<void(uint64_t finishedFlows)>& progress)
{
    FluidRun run;
    run.fluid = std::move(fluid);
    run.events.reserve(2 * run.fluid.flows.size());
    run.heldBy.resize(run.fluid.flows.size());
    Recorder recorder(run);
    run.fluidFctNs = RunFlowSim(run.fluid.linkGbps,
                                run.fluid.flows,
                                FluidAllocation::MAX_MIN,
                                nullptr,
                                progress,
                                &recorder,
                                run.fluid.classes ? &*run.fluid.classes : nullptr);
    return run;
}

double RouteRttNs(const FabricGraph& fabric, const HopSettings& settings, const FluidFlow& flow)
{
    return static_cast<double>(BaseRttNs(fabric, flow.links, settings.format, settings.ackBytes));
}

HopSettings::HopSettings(const FabricGraph& fabric, const RouteTable& routes, const RdmaConfig& config)
    : rttNs(UnitRttNs(fabric, routes, config)),
      format(config.Format()),
      ackBytes(config.AckBytes()),
      poolBytes(fabric.NodeCount(), 0)
{
    constexpr double MAX_BDPS = 100;
    for (const auto& [rate, nicConfig] : ConfigsByNic(fabric, config))
    {
        const double largest = MAX_BDPS * BdpBytes(rate, rttNs);
        const auto window = static_cast<double>(nicConfig.windowBytes.value_or(0));
        windowByNic[rate] = window > 0 ? std::min(window, largest) : largest;
    }
    for (NodeId node = 0; node < fabric.NodeCount(); node++)
    {
        poolBytes[node] = fabric.IsHost(node) ? 0 : SharedPoolBytes(fabric, node, config);
    }
}

bool HopSettings::operator==(const HopSettings& other) const
{
    const auto all = [](const HopSettings& of)
    {
        return std::tie(of.rttNs,
                        of.windowByNic,
                        of.format.headerBytes,
                        of.format.payloadBytes,
                        of.ackBytes,
                        of.poolBytes);
    };
    return all(*this) == all(other);
}

} // namespace ns3::m3
