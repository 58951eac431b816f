// SPDX-License-Identifier: GPL-2.0-only
#include "packet/hpcc/hpcc-rules.h"

#include "packet/engine/whole-engine.h"

#include "ns3/m3-input-error.h"

#include <algorithm>

namespace ns3::m3
{

std::unique_ptr<PacketRun> MakeHpccRun(const FabricGraph& fabric,
                                       const RouteTable& routes,
                                       const RdmaConfig& config,
                                       const FlowList& flows,
                                       const PacketRunOptions& options)
{
    // classes show as soon as a flow is of another than that of ACKs at hosts
    const bool areOfClasses =
        std::any_of(flows.begin(), flows.end(), [](const Flow& flow) { return flow.priorityGroup != DEFAULT_CLASS; });
    if (config.parallelPostNs)
    {
        if (areOfClasses)
        {
            throw InputError("the order of events of a parallel run takes flows of one class");
        }
        if (options.queueLooks.intervalNs > 0)
        {
            throw InputError("the order of events of a parallel run has no looks at queues");
        }
        return MakeParallelHpccRun(fabric, routes, config, flows, options);
    }
    if (areOfClasses)
    {
        return MakeHpccRunOfClasses(fabric, routes, config, flows, options);
    }
    return std::make_unique<PacketEngine<HpccRules>>(fabric, routes, config, flows, options);
}

} // namespace ns3::m3
