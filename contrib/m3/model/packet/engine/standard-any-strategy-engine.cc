// SPDX-License-Identifier: GPL-2.0-only
#include "packet/engine/standard-rules.h"

#include "packet/engine/whole-engine.h"

namespace ns3::m3
{

std::unique_ptr<PacketRun> MakeStandardRunOfAnyStrategies(const FabricGraph& fabric,
                                                          const RouteTable& routes,
                                                          const RdmaConfig& config,
                                                          const FlowList& flows,
                                                          const PacketRunOptions& options)
{
    return std::make_unique<PacketEngine<OfStrategies<OfAnyNodes<OfClasses<StandardRules>>>>>(fabric,
                                                                                              routes,
                                                                                              config,
                                                                                              flows,
                                                                                              options);
}

} // namespace ns3::m3
