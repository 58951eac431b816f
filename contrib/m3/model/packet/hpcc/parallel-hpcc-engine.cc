// SPDX-License-Identifier: GPL-2.0-only
#include "packet/hpcc/hpcc-rules.h"

#include "packet/engine/whole-engine.h"

namespace ns3::m3
{

namespace
{

/// HpccRules in a run of several threads: the order of events of one ns is that of EventParts.
class ParallelHpccRules : public HpccRules
{
  public:
    using HpccRules::HpccRules;

    static constexpr bool RUNS_IN_PARTS = true; //!< events of one ns run in the order of a parallel run
};

} // namespace

std::unique_ptr<PacketRun> MakeParallelHpccRun(const FabricGraph& fabric,
                                               const RouteTable& routes,
                                               const RdmaConfig& config,
                                               const FlowList& flows,
                                               const PacketRunOptions& options)
{
    return std::make_unique<PacketEngine<ParallelHpccRules>>(fabric, routes, config, flows, options);
}

} // namespace ns3::m3
