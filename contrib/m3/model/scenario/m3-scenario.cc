// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-scenario.h"

#include "traffic-shape.h"

#include "core/text-format.h"
#include "fabric/ideal-fct.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-schedule.h"

namespace ns3::m3
{

namespace
{

/// Resolves a configuration once the flows are checked. \throws InputError
RdmaConfig CheckAndResolve(const FabricGraph& fabric,
                           const RouteTable& routes,
                           const RdmaConfig& config,
                           const FlowList& flows,
                           const Schedule* schedule)
{
    if (flows.empty())
    {
        throw InputError("there are no flows");
    }
    if (schedule)
    {
        CheckSchedule(fabric, routes, *schedule);
    }
    else
    {
        CheckFlows(fabric, routes, flows);
    }
    return config.Resolve(fabric, routes);
}

/// Checks what the configuration makes of every switch and port. \throws InputError
void CheckPorts(const FabricGraph& fabric, const RdmaConfig& resolved)
{
    for (NodeId node = 0; node < fabric.NodeCount(); node++)
    {
        if (fabric.Forwards(node))
        {
            BufferOfSwitch(fabric, node, resolved);
        }
        for (const LinkId link : fabric.EgressLinks(node))
        {
            EcnProfileOfPort(resolved, fabric.Link(link).bitsPerSecond);
        }
    }
}

} // namespace

Scenario::Scenario(const FabricGraph& fabric, const RdmaConfig& config, const FlowList& flows, const Schedule* schedule)
    : m_fabric(fabric),
      m_flows(flows),
      m_schedule(schedule),
      m_config(config),
      m_routes(fabric, config.mode),
      m_resolved(CheckAndResolve(fabric, m_routes, config, flows, schedule))
{
    CheckPorts(m_fabric, m_resolved);
    LinkChangesOf(m_fabric, m_config.failures); // checks them
}

Scenario::Scenario(const FabricGraph& fabric, const RdmaConfig& config, const FlowList& flows)
    : Scenario(fabric, config, flows, nullptr)
{
}

Scenario::Scenario(const FabricGraph& fabric, const RdmaConfig& config, const Schedule& schedule)
    : Scenario(fabric, config, schedule.Flows(), &schedule)
{
}

Scenario::Scenario(const Scenario& other, const Schedule& schedule)
    : Scenario(other.m_fabric, other.m_config, schedule)
{
}

Scenario::Scenario(const Scenario& other, const FlowList& flows)
    : Scenario(other.m_fabric, other.m_config, flows)
{
}

Scenario::Scenario(const Scenario& other, const FlowList& flows, const ScheduledFlows& scheduled)
    : Scenario(other, flows)
{
    m_scheduled = &scheduled;
}

std::vector<ScenarioTrait> Scenario::Traits() const
{
    std::vector<ScenarioTrait> traits = TraitsOf(m_fabric, m_routes, m_config, m_flows);
    if (WaitsForTasks())
    {
        traits.push_back({Trait::DEPENDENCIES,
                          FormatText("flows that wait for others (%llu of %zu)",
                                     static_cast<unsigned long long>(m_schedule->WaitingFlows()),
                                     m_flows.size())});
    }
    return traits;
}

bool Scenario::WaitsForTasks() const
{
    return m_schedule && !m_schedule->Dependencies().empty();
}

int64_t Scenario::LargestRttNs() const
{
    std::call_once(m_rttIsFound,
                   [this]
                   { m_largestRttNs = MaxBaseRttNs(m_fabric, m_routes, m_config.Format(), m_config.AckBytes()); });
    return m_largestRttNs;
}

TrafficShape Scenario::Traffic() const
{
    constexpr double NO_WINDOW = 1e18;
    const auto window = static_cast<double>(m_resolved.AtNic(*m_resolved.hostRateBps).windowBytes.value_or(0));
    return MeasureTraffic(m_fabric,
                          m_flows,
                          {static_cast<double>(LargestRttNs()), window > 0 ? window : NO_WINDOW, m_config.Format()});
}

} // namespace ns3::m3
