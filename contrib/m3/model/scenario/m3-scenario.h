// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_SCENARIO_H
#define M3_SCENARIO_H

#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-flow.h"
#include "ns3/m3-rdma-config.h"
#include "ns3/m3-routes.h"
#include "ns3/m3-scenario-traits.h"

#include <cstdint>
#include <mutex>
#include <vector>

namespace ns3::m3
{

class Schedule;
struct TrafficShape;

/// \ingroup m3-scenario
/// What the flows of a list have from a schedule in which they are in another order, by their places in the list.
struct ScheduledFlows
{
    std::vector<uint32_t> numbers; //!< Places in Schedule::Flows().
    std::vector<RouteKey> keys;    //!< What their routes are hashed from, counted in Schedule::Flows().
};

/**
 * A network with its routes, flows and configuration: the input of an engine. It is checked on construction and does
 * not change afterwards.
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
     * Makes a scenario and checks all of it.
     * \param config as the user gives it; unset values take the defaults of this network
     * \param flows ascending by start, at least one
     * \throws InputError for no flows, invalid flows (CheckFlows) and an invalid configuration
     */
    Scenario(const FabricGraph& fabric, const RdmaConfig& config, const FlowList& flows);

    /**
     * Makes a scenario of flows some of which may wait for others.
     * \param schedule at least one flow; it must outlive the scenario
     * \throws InputError as the first constructor, and as CheckSchedule
     */
    Scenario(const FabricGraph& fabric, const RdmaConfig& config, const Schedule& schedule);

    /// Makes a scenario with the same network and configuration and another schedule. \throws InputError
    Scenario(const Scenario& other, const Schedule& schedule);

    /// Makes a scenario with the same network and configuration and other flows. \throws InputError as the other
    /// constructor
    Scenario(const Scenario& other, const FlowList& flows);

    /// Makes a scenario with the same network and configuration and the flows of its schedule, with starts that are
    /// set. \param scheduled of the flows; it must outlive the scenario \throws InputError as the other constructor
    Scenario(const Scenario& other, const FlowList& flows, const ScheduledFlows& scheduled);

    /// Returns the network.
    const FabricGraph& Fabric() const
    {
        return m_fabric;
    }

    /// Returns the routes of the network by the rules of the configuration's mode.
    const RouteTable& Routes() const
    {
        return m_routes;
    }

    /// Returns the configuration as the user gave it.
    const RdmaConfig& Config() const
    {
        return m_config;
    }

    /// Returns the configuration with unset values replaced by the defaults of this network.
    const RdmaConfig& Resolved() const
    {
        return m_resolved;
    }

    /// Returns the flows in ascending order of start time; with WaitsForTasks() in any order, and with earliest starts.
    const FlowList& Flows() const
    {
        return m_flows;
    }

    /// Returns the schedule that it was made of, null for a list of flows.
    const Schedule* Tasks() const
    {
        return m_schedule;
    }

    /// Returns what the flows have from a schedule where they are those of one with starts that were set, else null.
    const ScheduledFlows* Scheduled() const
    {
        return m_scheduled;
    }

    /// Returns what the routes of the flows are hashed from where that is not counted in Flows(), else null.
    const std::vector<RouteKey>* RouteKeys() const
    {
        return m_scheduled ? &m_scheduled->keys : nullptr;
    }

    /// Returns the largest base RTT of any pair of hosts, ns: MaxBaseRttNs(), found when it is asked for first.
    int64_t LargestRttNs() const;

    /// Returns whether tasks wait for others, so that not every start is known beforehand.
    bool WaitsForTasks() const;

    /// Finds the unusual traits of the scenario, in the order of the enumeration, in a pass over links and flows.
    std::vector<ScenarioTrait> Traits() const;

    /// Measures the shape of the traffic in a pass over the flows.
    TrafficShape Traffic() const;

  private:
    Scenario(const FabricGraph& fabric, const RdmaConfig& config, const FlowList& flows, const Schedule* schedule);

    const FabricGraph& m_fabric;
    const FlowList& m_flows;
    const Schedule* m_schedule;                  //!< null: the flows are a list
    const ScheduledFlows* m_scheduled = nullptr; //!< of a list; null: it has its own order
    RdmaConfig m_config;
    RouteTable m_routes;
    RdmaConfig m_resolved;
    mutable std::once_flag m_rttIsFound;
    mutable int64_t m_largestRttNs = 0;
};

} // namespace ns3::m3

#endif // M3_SCENARIO_H
