// SPDX-License-Identifier: GPL-2.0-only
#include "packet/engine/standard-rules.h"

#include "packet/engine/whole-engine.h"

#include <algorithm>

namespace ns3::m3
{

namespace
{

/// Whether classes show: flows are of several, or of one that is treated otherwise than by the settings of ports.
bool AreOfClasses(const RdmaConfig& config, const FlowList& flows)
{
    const uint32_t first = flows.empty() ? DEFAULT_CLASS : flows.front().priorityGroup;
    return (config.pfc && HasClass(config.lossyClasses, first)) || config.ecnByClass.count(first) > 0 ||
           std::any_of(flows.begin(), flows.end(), [first](const Flow& flow) { return flow.priorityGroup != first; });
}

} // namespace

std::unique_ptr<PacketRun> MakeStandardRun(const FabricGraph& fabric,
                                           const RouteTable& routes,
                                           const RdmaConfig& config,
                                           const FlowList& flows,
                                           const PacketRunOptions& options)
{
    if (LoadBalancingOf(config.loadBalancing).make || RecoveryOf(config.recovery).make)
    {
        const bool plain = config.cutThroughBytes == 0 && !fabric.HasForwardingHosts() && !AreOfClasses(config, flows);
        return (plain ? MakeStandardRunOfStrategies
                      : MakeStandardRunOfAnyStrategies)(fabric, routes, config, flows, options);
    }
    if (config.cutThroughBytes > 0 || fabric.HasForwardingHosts())
    {
        return MakeStandardRunOfAnyNodes(fabric, routes, config, flows, options);
    }
    if (AreOfClasses(config, flows))
    {
        return MakeStandardRunOfClasses(fabric, routes, config, flows, options);
    }
    return std::make_unique<PacketEngine<StandardRules>>(fabric, routes, config, flows, options);
}

} // namespace ns3::m3
