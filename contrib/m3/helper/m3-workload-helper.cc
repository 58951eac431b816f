// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-workload-helper.h"

#include "fabric/fabric-from-nodes.h"
#include "ns3/m3-collective-plan.h"
#include "ns3/m3-request-clients.h"
#include "ns3/m3-schedule.h"
#include "packet/engine/replication.h"
#include "workload/flow-file.h"
#include "workload/flow-generator.h"

namespace ns3::m3
{

FlowList WorkloadHelper::Generate(const NodeContainer& nodes) const
{
    return Generate(ReadFabric(nodes));
}

FlowList WorkloadHelper::Generate(const FabricGraph& fabric) const
{
    const RouteTable routes(fabric, EngineMode::STANDARD);
    const auto distribution = ParseSizeDistribution(sizes);
    const TrafficMatrix pairs =
        matrix == "uniform" ? TrafficMatrix::Uniform(fabric) : TrafficMatrix(fabric, ReadRackWeights(matrix));
    TrafficSpec spec;
    spec.flows = flows;
    spec.load = load;
    spec.lognormalSigma = lognormalSigma;
    spec.headerBytes = headerBytes;
    spec.payloadBytes = payloadBytes;
    spec.seed = SeedOfReplication(seed);
    return GenerateFlows(fabric, routes, pairs, *distribution, spec);
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
