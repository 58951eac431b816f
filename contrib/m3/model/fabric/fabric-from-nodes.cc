// SPDX-License-Identifier: GPL-2.0-only
#include "fabric-from-nodes.h"

#include "fabric-role.h"
#include "stock-parts.h"

#include "ns3/channel.h"
#include "ns3/data-rate.h"
#include "ns3/double.h"
#include "ns3/m3-input-error.h"
#include "ns3/net-device.h"
#include "ns3/node.h"
#include "ns3/nstime.h"

#include <string>
#include <unordered_map>
#include <vector>

namespace ns3::m3
{

namespace
{

uint64_t RateOf(const Ptr<NetDevice>& device, const std::string& name)
{
    DataRateValue rate;
    if (!device->GetAttributeFailSafe("DataRate", rate))
    {
        throw InputError(name + ": a " + device->GetInstanceTypeId().GetName() + " has no DataRate attribute");
    }
    return rate.Get().GetBitRate();
}

/// A channel between two of the nodes.
struct DuplexLink
{
    NodeId a;
    NodeId b;
    uint64_t rate;
    uint64_t backRate; //!< from b to a
    int64_t delayNs;
    double errorRate;
};

/**
 * Adds the links so that every node's ports follow the order of its devices: always one that is next at both ends.
 * Where two nodes disagree (A has x before y, B has y before x) the first one left of the lowest node comes first.
 * \param linksOf per node, its links in the order of its devices
 */
void AddDuplexLinks(FabricGraph& fabric,
                    const std::vector<DuplexLink>& links,
                    const std::vector<std::vector<uint32_t>>& linksOf)
{
    std::vector<bool> added(links.size(), false);
    std::vector<std::size_t> next(linksOf.size(), 0);
    const auto head = [&](NodeId node) -> const uint32_t*
    {
        while (next[node] < linksOf[node].size() && added[linksOf[node][next[node]]])
        {
            next[node]++;
        }
        return next[node] < linksOf[node].size() ? &linksOf[node][next[node]] : nullptr;
    };
    const auto add = [&](uint32_t link)
    {
        const DuplexLink& c = links[link];
        fabric.AddLink(c.a, c.b, c.rate, c.delayNs, c.errorRate, c.backRate);
        added[link] = true;
    };
    std::vector<NodeId> work;
    for (NodeId node = 0; node < linksOf.size(); node++)
    {
        // everything that can be added in order by now, then this node's rest by force
        for (work.push_back(node); !work.empty();)
        {
            const NodeId current = work.back();
            const uint32_t* link = head(current);
            const NodeId other = !link ? current : links[*link].a == current ? links[*link].b : links[*link].a;
            const uint32_t* otherLink = link ? head(other) : nullptr;
            if (link && *otherLink == *link)
            {
                add(*link);
                work.push_back(other);
            }
            else
            {
                work.pop_back();
            }
        }
    }
    for (NodeId node = 0; node < linksOf.size(); node++)
    {
        while (const uint32_t* link = head(node))
        {
            add(*link);
        }
    }
}

/**
 * Reads the channel that a device of a node is at.
 * \param ids nodes of the container \param name of the device, for messages
 * \throws InputError unless it joins two devices of these nodes that are alike
 */
DuplexLink ReadDuplexLink(const std::unordered_map<const Node*, NodeId>& ids,
                          NodeId node,
                          const Ptr<NetDevice>& device,
                          const std::string& name)
{
    const Ptr<Channel> channel = device->GetChannel();
    if (channel->GetNDevices() != 2)
    {
        throw InputError(name + ": its channel joins " + std::to_string(channel->GetNDevices()) +
                         " devices instead of 2");
    }
    const Ptr<NetDevice> peer = channel->GetDevice(channel->GetDevice(0) == device ? 1 : 0);
    const auto other = ids.find(PeekPointer(peer->GetNode()));
    if (other == ids.end())
    {
        throw InputError(name + ": its channel leads to a node outside the container");
    }
    TimeValue delay;
    if (!channel->GetAttributeFailSafe("Delay", delay))
    {
        throw InputError(name + ": a " + channel->GetInstanceTypeId().GetName() + " has no Delay attribute");
    }
    DoubleValue errorRate(0);
    device->GetAttributeFailSafe("ErrorRate", errorRate);
    DoubleValue peerErrorRate(0);
    peer->GetAttributeFailSafe("ErrorRate", peerErrorRate);
    if (errorRate.Get() != peerErrorRate.Get())
    {
        throw InputError(name + ": the two ends of its channel have different error rates");
    }
    return {node,
            other->second,
            RateOf(device, name),
            RateOf(peer, name),
            delay.Get().RoundTo(Time::NS).GetNanoSeconds(),
            errorRate.Get()};
}

} // namespace

FabricGraph ReadFabric(const NodeContainer& nodes)
{
    std::unordered_map<const Node*, NodeId> ids;
    for (uint32_t i = 0; i < nodes.GetN(); i++)
    {
        const auto [known, isNew] = ids.emplace(PeekPointer(nodes.Get(i)), i);
        if (!isNew)
        {
            throw InputError("node " + std::to_string(i) + " of the container is node " +
                             std::to_string(known->second) + " once more");
        }
    }
    StockParts stock;
    std::unordered_map<const Channel*, uint32_t> linkOf;
    std::vector<DuplexLink> links;
    std::vector<std::vector<uint32_t>> linksOf(nodes.GetN());
    for (uint32_t i = 0; i < nodes.GetN(); i++)
    {
        const Ptr<Node> node = nodes.Get(i);
        stock.LookAtApplications(node);
        for (uint32_t d = 0; d < node->GetNDevices(); d++)
        {
            const Ptr<NetDevice> device = node->GetDevice(d);
            const Ptr<Channel> channel = device->GetChannel();
            const std::string name = "node " + std::to_string(i) + " device " + std::to_string(d);
            if (!channel) // a loopback device
            {
                continue;
            }
            stock.LookAtDevice(device, name);
            const auto [known, isNew] = linkOf.emplace(PeekPointer(channel), links.size());
            linksOf[i].push_back(known->second);
            if (!isNew)
            {
                continue;
            }
            links.push_back(ReadDuplexLink(ids, i, device, name));
        }
    }
    FabricGraph fabric;
    for (uint32_t i = 0; i < nodes.GetN(); i++)
    {
        if (linksOf[i].empty())
        {
            throw InputError("node " + std::to_string(i) + " has no link");
        }
        const Ptr<FabricRole> role = nodes.Get(i)->GetObject<FabricRole>();
        fabric.AddNode(role ? role->Kind() : linksOf[i].size() == 1 ? NodeKind::HOST : NodeKind::SWITCH);
        if (role && role->IsServerSwitch())
        {
            fabric.SetServerSwitch(i);
        }
    }
    AddDuplexLinks(fabric, links, linksOf);
    for (const FabricRemark& remark : stock.Remarks())
    {
        fabric.AddRemark(remark);
    }
    return fabric;
}

} // namespace ns3::m3
