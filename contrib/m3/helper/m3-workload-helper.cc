// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-workload-helper.h"

#include "fabric/fabric-from-nodes.h"
#include "ns3/m3-collective-plan.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-request-clients.h"
#include "ns3/m3-schedule.h"
#include "packet/engine/replication.h"
#include "workload/flow-file.h"
#include "workload/flow-generator.h"

#include <utility>

namespace ns3::m3
{

namespace
{

/// \param name "uniform", or what ReadRackWeights takes
TrafficMatrix MatrixOf(const std::string& name, const FabricGraph& fabric)
{
    if (name == "uniform")
    {
        return TrafficMatrix::Uniform(fabric);
    }
    const RackWeights weights = ReadRackWeights(name);
    return {fabric, weights.rows, weights.blocks};
}

} // namespace

FlowList WorkloadHelper::Generate(const NodeContainer& nodes) const
{
    return Generate(ReadFabric(nodes));
}

FlowList WorkloadHelper::Generate(const FabricGraph& fabric) const
{
    const RouteTable routes(fabric, EngineMode::STANDARD);
    const auto distribution = ParseSizeDistribution(sizes);
    const TrafficMatrix pairs = MatrixOf(matrix, fabric);
    TrafficSpec spec;
    spec.flows = flows;
    spec.load = load;
    spec.lognormalSigma = lognormalSigma;
    spec.headerBytes = headerBytes;
    spec.payloadBytes = payloadBytes;
    spec.seed = SeedOfReplication(seed);
    return AddIncast(GenerateFlows(fabric, routes, pairs, *distribution, spec), fabric);
}

FlowList WorkloadHelper::AddIncast(FlowList flows, const FabricGraph& fabric) const
{
    if (!incast)
    {
        return flows;
    }
    const RouteTable routes(fabric, EngineMode::STANDARD);
    return WithIncast(std::move(flows), fabric, routes, *incast, {headerBytes, payloadBytes}, SeedOfReplication(seed));
}

Schedule WorkloadHelper::AddIncast(Schedule schedule, const FabricGraph& fabric) const
{
    if (!incast)
    {
        return schedule;
    }
    if (!schedule.Dependencies().empty() || !schedule.Computes().empty())
    {
        throw InputError("incast: the other flows wait for others, so that their time is not known beforehand");
    }
    return Schedule(AddIncast(schedule.Flows(), fabric));
}

FlowList WorkloadHelper::FromFile(const std::string& flowFile, const NodeContainer& nodes, InputNotes* notes)
{
    return ReadFlowFile(flowFile, ReadFabric(nodes), StartTimes::SECONDS, notes);
}

Schedule WorkloadHelper::ScheduleFromFile(const std::string& file, const NodeContainer& nodes, InputNotes* notes)
{
    return ReadTrafficFile(file, ReadFabric(nodes), StartTimes::SECONDS, notes);
}

void WorkloadHelper::AddCollectives(Schedule& schedule, const std::string& text, const NodeContainer& nodes)
{
    AddCollectives(schedule, text, ReadFabric(nodes));
}

void WorkloadHelper::AddCollectives(Schedule& schedule, const std::string& text, const FabricGraph& fabric)
{
    AddCollectiveTraffic(schedule, CollectiveTraffic::Parse(text), fabric.Hosts());
}

void WorkloadHelper::AddClients(Schedule& schedule, const std::string& text, const NodeContainer& nodes) const
{
    AddClients(schedule, text, ReadFabric(nodes));
}

void WorkloadHelper::AddClients(Schedule& schedule, const std::string& text, const FabricGraph& fabric) const
{
    AddRequestClients(schedule, RequestClients::Parse(text), fabric.Hosts(), SeedOfReplication(seed));
}

void WorkloadHelper::ScheduleToFile(const Schedule& schedule, const std::string& file)
{
    WriteSchedule(schedule, file);
}

} // namespace ns3::m3
