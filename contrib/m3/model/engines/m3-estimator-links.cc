// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-estimator.h"

#include "core/in-order.h"
#include "fabric/routes-of-flows.h"
#include "packet/engine/replication.h"

#include <string>

namespace ns3::m3
{

ParsimonEstimate M3Estimator::EstimateByLinks(const RouteTable& routes, const FlowList& flows) const
{
    const RdmaConfig resolved = ConfigOfReplication(config.Resolve(m_fabric, routes));
    return RunParsimon({m_fabric, routes, resolved, flows, SeedOfReplication(seed), ThreadCount(threads), progress});
}

SlowdownReport M3Estimator::RunLinks(const FlowList& flows) const
{
    const RouteTable routes(m_fabric, config.mode);
    const ParsimonEstimate estimate = EstimateByLinks(routes, flows);
    SlowdownReport report(EngineName(Engine::PARSIMON), sizeClasses);
    for (std::size_t id = 0; id < flows.size(); id++)
    {
        report.Add(sizeClasses.ClassOf(flows[id].sizeBytes), estimate.fctNs[id] / estimate.idealNs[id]);
    }
    report.AddNote(std::to_string(estimate.links) + " links carry flows; " + std::to_string(estimate.simulations) +
                   " were simulated and stand for the others");
    report.packetCounts = estimate.counts;
    if (estimate.unfinished > 0)
    {
        report.AddNote(std::to_string(estimate.unfinished) +
                       " times a flow did not end in the simulation of a link and gave no delay");
    }
    report.Finish();
    return report;
}

std::vector<CompletionTime> M3Estimator::DrawFctsByLinks(const FlowList& flows) const
{
    const RouteTable routes(m_fabric, config.mode);
    const ParsimonEstimate estimate = EstimateByLinks(routes, flows);
    RoutesOfFlows routesOfFlows(routes);
    Route route;
    std::vector<CompletionTime> times;
    times.reserve(flows.size());
    for (std::size_t id = 0; id < flows.size(); id++)
    {
        routesOfFlows.Next(flows[id].src, flows[id].dst, route);
        times.push_back(TimeOf(estimate.fctNs[id] / estimate.idealNs[id], estimate.idealNs[id], route));
    }
    return times;
}

} // namespace ns3::m3
