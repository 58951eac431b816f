// SPDX-License-Identifier: GPL-2.0-only
#include "per-flow-times.h"

#include "flowsim/fabric-flow-sim.h"
#include "ns3/m3-scenario.h"

namespace ns3::m3
{

CompletionTime TimeOf(const Scenario& scenario, double slowdown, double idealNs, const Route& route)
{
    const double back =
        LastAckNs(scenario.Fabric(), route, scenario.Config().AckBytes(), scenario.Config().Format().nodes);
    return {slowdown * idealNs, slowdown * idealNs + back};
}

std::function<void(uint64_t)> FlowProgress(const Scenario& scenario, const Question& question)
{
    if (!question.progress)
    {
        return {};
    }
    return [&question, total = scenario.Flows().size()](uint64_t done) { question.progress(done, total); };
}

} // namespace ns3::m3
