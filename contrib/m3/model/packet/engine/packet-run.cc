// SPDX-License-Identifier: GPL-2.0-only
#include "packet-run.h"

namespace ns3::m3
{

std::unique_ptr<PacketRun> MakePacketRun(const FabricGraph& fabric,
                                         const RouteTable& routes,
                                         const RdmaConfig& config,
                                         const FlowList& flows,
                                         const PacketRunOptions& options)
{
    switch (config.mode)
    {
    case EngineMode::HPCC:
        return MakeHpccRun(fabric, routes, config, flows, options);
    case EngineMode::STANDARD:
        break;
    }
    return MakeStandardRun(fabric, routes, config, flows, options);
}

} // namespace ns3::m3
