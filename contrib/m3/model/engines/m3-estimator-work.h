// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_ESTIMATOR_WORK_H
#define M3_ESTIMATOR_WORK_H

#include "ns3/m3-estimator.h"

#include "packet/engine/lone-flow-fct.h"

#include <chrono>
#include <memory>

namespace ns3::m3
{

/// Flows of one configuration, for the m3 engine.
struct M3Estimator::Work
{
    /// Routes and configuration of a fabric. \throws InputError as RdmaConfig::Resolve
    Work(const FabricGraph& fabric, const RdmaConfig& config, const FlowList& list, Scope used)
        : routes(fabric, config.mode),
          resolved(config.Resolve(fabric, routes)),
          flows(list),
          scope(used),
          alone(std::make_shared<LoneFlowFct>(fabric, routes, resolved))
    {
    }

    RouteTable routes;                     //!< of the fabric
    RdmaConfig resolved;                   //!< for the fabric
    const FlowList& flows;                 //!< to estimate
    Scope scope;                           //!< not AUTO
    std::shared_ptr<const FluidRun> fluid; //!< of the whole network, where it is needed
    std::shared_ptr<LoneFlowFct> alone;    //!< of flows that meet no other
};

/**
 * Finishes an estimate: with how far the model was off elsewhere, and a note where losses make its tail, which it knows
 * least about. \param model null for the published one
 */
void FinishEstimate(const RdmaConfig& config, const CorrectionModel* model, SlowdownReport& report);

/// Elapsed time.
inline double SecondsSince(std::chrono::steady_clock::time_point begin)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

} // namespace ns3::m3

#endif // M3_ESTIMATOR_WORK_H
