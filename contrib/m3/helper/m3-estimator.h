// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_ESTIMATOR_H
#define M3_ESTIMATOR_H

#include "ns3/m3-engine.h"
#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-flow.h"
#include "ns3/m3-rdma-config.h"
#include "ns3/node-container.h"

#include <functional>
#include <string>
#include <vector>

namespace ns3::m3
{

class Schedule;

/**
 * Estimates the distribution of flow completion time slowdowns of flows on a network with any engine. All engines take
 * the same nodes, flows and configuration and return the same kind of report. Slowdown is FCT / ideal FCT.
 *
 * \code
 *   M3Estimator estimator(nodes);
 *   estimator.config.congestionControl = CongestionControlType::HPCC;
 *   estimator.Set("paths", "100"); // an option of an engine
 *   estimator.seed = 2;            // a part of the question
 *   SlowdownReport report = estimator.Run("m3", flows);
 *   double p99 = report.OverallQuantile(0.99);
 * \endcode
 *
 * Engines are those of RegisteredEngines(), by name: packet, flowsim, parsimon, m3, sampled, published and what scripts
 * add. An engine is made when it is first asked for and keeps what its next run can use again. The packet engine runs
 * on ns3::Simulator, events that are scheduled there included, so it is called before or after Simulator::Run(), not
 * from an event; so are sampled where a trace is too short for windows, and m3 of small scenarios. Flows are in
 * ascending order of start time and name hosts by their index in the node container.
 *
 * \ingroup m3
 */
class M3Estimator : public Question
{
  public:
    /// Makes an estimator for a network. \throws InputError for nodes that are no network of hosts and switches
    explicit M3Estimator(const NodeContainer& nodes);
    explicit M3Estimator(FabricGraph fabric); //!< Makes an estimator without ns-3 nodes.

    RdmaConfig config; //!< Congestion control, buffers and PFC.

    /// Returns the network as it was read.
    const FabricGraph& Fabric() const
    {
        return m_fabric;
    }

    /// Sets an option of all engines that have it, as programs do with --OPTION=TEXT. \throws InputError for an unknown
    /// option, or a value out of its range
    void Set(const std::string& option, const std::string& text);

    /// Refuses what Run would refuse, without running, and loads what the engine needs. \throws InputError as Run
    void Prepare(const std::string& engine, const FlowList& flows);

    /// Runs an engine (Engine::Run). \throws InputError as that, for an unknown engine, and for an invalid scenario
    SlowdownReport Run(const std::string& engine, const FlowList& flows);

    /// Runs an engine under several configurations (Engine::RunEach); `config` is not used. \throws InputError as Run
    void RunConfigurations(const std::string& engine,
                           const FlowList& flows,
                           const std::vector<RdmaConfig>& configs,
                           const std::function<void(std::size_t index, const SlowdownReport& report)>& done);

    /// Runs an engine on several scenarios, also on other networks (Engine::RunEach). \throws InputError as that
    void RunScenarios(const std::string& engine,
                      const std::vector<const Scenario*>& scenarios,
                      const std::function<void(std::size_t index, const SlowdownReport& report)>& done);

    /// Returns the completion times of all flows (Engine::RunPerFlow). \throws InputError as Run
    std::vector<CompletionTime> RunPerFlow(const std::string& engine, const FlowList& flows);

    /// Prepare() for flows some of which wait for others. \throws InputError as RunSchedule
    void PrepareSchedule(const std::string& engine, const Schedule& schedule);

    /// Runs an engine on flows some of which wait for others. \throws InputError as Run, and for an engine that does
    /// not take such flows
    SlowdownReport RunSchedule(const std::string& engine, const Schedule& schedule);

    /// Returns the completion times of a schedule's flows, from the start of each. \throws InputError as Run
    std::vector<CompletionTime> RunSchedulePerFlow(const std::string& engine, const Schedule& schedule);

  private:
    FabricGraph m_fabric;
    EngineSet m_engines;
};

} // namespace ns3::m3

#endif // M3_ESTIMATOR_H
