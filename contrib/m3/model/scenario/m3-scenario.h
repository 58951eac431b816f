// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_SCENARIO_H
#define M3_SCENARIO_H

#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-flow.h"
#include "ns3/m3-rdma-config.h"
#include "ns3/m3-routes.h"
#include "ns3/m3-scenario-traits.h"

#include <vector>

namespace ns3::m3
{

struct TrafficShape;

/**
 * A network with its routes, flows and configuration: all that an engine answers about. It is checked when it is made
 * and does not change afterwards.
 *
 * It refers to the network and the flows, which must outlive it, and owns routes and configuration. Threads may share
 * it.
 *
 * \ingroup m3
 */
class Scenario
{
  public:
    /**
     * Checks everything.
     * \param config as the user gives it: values that are not set become the defaults of this network
     * \param flows ascending by start, at least one
     * \throws InputError for no flows, flows that cannot be (CheckFlows) and a configuration that cannot work
     */
    Scenario(const FabricGraph& fabric, const RdmaConfig& config, const FlowList& flows);

    /// The same network and configuration with other flows. \throws InputError as the other constructor
    Scenario(const Scenario& other, const FlowList& flows);

    /// The network.
    const FabricGraph& Fabric() const
    {
        return m_fabric;
    }

    /// The routes of the network by the rules of the configuration's mode.
    const RouteTable& Routes() const
    {
        return m_routes;
    }

    /// The configuration as the user gave it.
    const RdmaConfig& Config() const
    {
        return m_config;
    }

    /// The configuration with the defaults of this network for what the user left unset.
    const RdmaConfig& Resolved() const
    {
        return m_resolved;
    }

    /// The flows, ascending by start.
    const FlowList& Flows() const
    {
        return m_flows;
    }

    /// What is unusual about the scenario, in the order of the enumeration. Takes a pass over links and flows.
    std::vector<ScenarioTrait> Traits() const;

    /// What the flows are like as a whole. Takes a pass over the flows.
    TrafficShape Traffic() const;

  private:
    const FabricGraph& m_fabric;
    const FlowList& m_flows;
    RdmaConfig m_config;
    RouteTable m_routes;
    RdmaConfig m_resolved;
};

} // namespace ns3::m3

#endif // M3_SCENARIO_H
