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

/**
 * Gives the distribution of flow completion time slowdowns of flows on a network, by any engine: the same nodes, flows
 * and configuration in, the same kind of report out. Slowdown is FCT / ideal FCT.
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
 * Engines are those of RegisteredEngines(), by name: packet, flowsim, parsimon, m3, published and what scripts add. An
 * engine is made when it is first asked for and keeps what serves its next run. The packet engine runs on
 * ns3::Simulator: before or after Simulator::Run(), not from an event. Flows are ascending by start, with hosts by
 * index in the node container.
 *
 * \ingroup m3
 */
class M3Estimator : public Question
{
  public:
    /// \throws InputError for nodes that are no network of hosts and switches
    explicit M3Estimator(const NodeContainer& nodes);
    explicit M3Estimator(FabricGraph fabric); //!< without ns-3 nodes

    RdmaConfig config; //!< congestion control, buffers, PFC

    /// The network as it was read.
    const FabricGraph& Fabric() const
    {
        return m_fabric;
    }

    /// Sets an option of all engines that have it, as programs do with --OPTION=TEXT. \throws InputError for an unknown
    /// option, or a value out of its range
    void Set(const std::string& option, const std::string& text);

    /// Throws what Run would refuse, without running, and loads what the engine needs. \throws InputError as Run
    void Prepare(const std::string& engine, const FlowList& flows);

    /// Answers as Engine::Run. \throws InputError as that, for an unknown engine, and for a scenario that cannot be
    SlowdownReport Run(const std::string& engine, const FlowList& flows);

    /// Answers under several configurations, as Engine::RunEach; `config` has no part in it. \throws InputError as Run
    void RunConfigurations(const std::string& engine,
                           const FlowList& flows,
                           const std::vector<RdmaConfig>& configs,
                           const std::function<void(std::size_t index, const SlowdownReport& report)>& done);

    /// Compares an engine with packets as Engine::Check. \return by packets, by the engine \throws InputError as Run
    std::vector<SlowdownReport> Check(const std::string& engine, const FlowList& flows);

    /// Says when every flow is done, as Engine::RunPerFlow. \throws InputError as Run
    std::vector<CompletionTime> RunPerFlow(const std::string& engine, const FlowList& flows);

  private:
    FabricGraph m_fabric;
    EngineSet m_engines;
};

} // namespace ns3::m3

#endif // M3_ESTIMATOR_H
