// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-fabric-helper.h"

#include "fabric/fabric-role.h"
#include "fabric/topology-file.h"
#include "ns3/boolean.h"
#include "ns3/data-rate.h"
#include "ns3/double.h"
#include "ns3/error-model.h"
#include "ns3/m3-rdma-net-device.h"
#include "ns3/mac48-address.h"
#include "ns3/nstime.h"
#include "ns3/object-factory.h"
#include "ns3/packet.h"
#include "ns3/queue.h"

namespace ns3::m3
{

NodeContainer FabricHelper::ThreeTier(const ThreeTierShape& shape)
{
    return Install(MakeThreeTier(shape));
}

NodeContainer FabricHelper::LeafSpine(const LeafSpineShape& shape)
{
    return Install(MakeLeafSpine(shape));
}

NodeContainer FabricHelper::FromFile(const std::string& topologyFile, InputNotes* notes)
{
    return Install(ReadTopologyFile(topologyFile, notes));
}

NodeContainer FabricHelper::Install(const FabricGraph& fabric)
{
    NodeContainer nodes;
    nodes.Create(fabric.NodeCount());
    for (NodeId node = 0; node < fabric.NodeCount(); node++)
    {
        nodes.Get(node)->AggregateObject(CreateObject<FabricRole>(fabric.Kind(node), fabric.IsServerSwitch(node)));
    }
    for (LinkId id = 0; id < fabric.LinkCount(); id += 2)
    {
        const FabricLink& link = fabric.Link(id);
        const auto channel = CreateObjectWithAttributes<RdmaChannel>("Delay", TimeValue(NanoSeconds(link.delayNs)));
        for (const LinkId direction : {id, ReverseLink(id)})
        {
            const auto device =
                CreateObjectWithAttributes<RdmaNetDevice>("DataRate",
                                                          DataRateValue(DataRate(fabric.Link(direction).bitsPerSecond)),
                                                          "ErrorRate",
                                                          DoubleValue(link.errorRate),
                                                          "PointToPointMode",
                                                          BooleanValue(true));
            device->SetAddress(Mac48Address::Allocate());
            device->SetChannel(channel);
            nodes.Get(fabric.Link(direction).from)->AddDevice(device);
        }
    }
    return nodes;
}

} // namespace ns3::m3
