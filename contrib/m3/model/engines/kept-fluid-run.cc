// SPDX-License-Identifier: GPL-2.0-only
#include "kept-fluid-run.h"

#include "per-flow-times.h"

#include "features/flow-features.h"
#include "ns3/m3-engine.h"
#include "ns3/m3-scenario.h"

#include <boost/functional/hash.hpp>

#include <utility>

namespace ns3::m3
{

namespace
{

std::shared_ptr<const FluidRun> Record(const Scenario& scenario, const Question& question, FluidKind kind)
{
    FabricFluid fluid = MakeFabricFluid(scenario.Fabric(),
                                        scenario.Routes(),
                                        scenario.Flows(),
                                        scenario.Config().Format(),
                                        scenario.RouteKeys());
    if (kind == FluidKind::OF_CLASSES)
    {
        TellClasses(scenario.Fabric(), scenario.Config(), scenario.Flows(), fluid);
    }
    return std::make_shared<const FluidRun>(RecordFluidRun(std::move(fluid), FlowProgress(scenario, question)));
}

/// Hash of all that flowSim depends on.
std::size_t KeyOf(const Scenario& scenario)
{
    const FabricGraph& fabric = scenario.Fabric();
    std::size_t key = boost::hash_value(scenario.Config().HeaderBytes());
    boost::hash_combine(key, scenario.Config().payloadBytes);
    const NodeTiming nodes = scenario.Config().Format().nodes;
    for (const uint64_t part :
         {static_cast<uint64_t>(nodes.switchDelayNs), static_cast<uint64_t>(nodes.hostDelayNs), nodes.cutThroughBytes})
    {
        boost::hash_combine(key, part);
    }
    boost::hash_combine(key, static_cast<int>(scenario.Config().mode));
    boost::hash_combine(key, scenario.Config().strictClasses);
    boost::hash_combine(key, scenario.Config().packedClassWeights);
    boost::hash_combine(key, fabric.NodeCount());
    for (LinkId id = 0; id < fabric.LinkCount(); id++)
    {
        const FabricLink& link = fabric.Link(id);
        for (const uint64_t part :
             {uint64_t{link.to}, link.bitsPerSecond, static_cast<uint64_t>(link.delayNs), uint64_t{link.up}})
        {
            boost::hash_combine(key, part);
        }
    }
    for (const Flow& flow : scenario.Flows())
    {
        for (const uint64_t part : {uint64_t{flow.src},
                                    uint64_t{flow.dst},
                                    flow.sizeBytes,
                                    uint64_t(flow.startNs),
                                    uint64_t{flow.priorityGroup},
                                    uint64_t{flow.dstPort}})
        {
            boost::hash_combine(key, part);
        }
    }
    if (const ScheduledFlows* scheduled = scenario.Scheduled())
    {
        boost::hash_range(key, scheduled->numbers.begin(), scheduled->numbers.end());
    }
    return key;
}

} // namespace

std::shared_ptr<const FluidRun> KeptFluidRun::Of(const Scenario& scenario, const Question& question)
{
    if (!question.keepFluidRun)
    {
        return Record(scenario, question, m_kind);
    }
    const std::size_t key = KeyOf(scenario);
    if (!m_run || key != m_key)
    {
        m_run = Record(scenario, question, m_kind);
        m_key = key;
    }
    return m_run;
}

} // namespace ns3::m3
