// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-flows-from-applications.h"

#include "core/text-format.h"
#include "fabric/fabric-from-nodes.h"
#include "fabric/route-errors.h"
#include "ns3/application.h"
#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/m3-input-error.h"
#include "ns3/node.h"
#include "ns3/nstime.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <sstream>
#include <string>

namespace ns3::m3
{

namespace
{

/// An address without its port.
Address HostPart(const Address& address)
{
    if (InetSocketAddress::IsMatchingType(address))
    {
        return InetSocketAddress::ConvertFrom(address).GetIpv4();
    }
    if (Inet6SocketAddress::IsMatchingType(address))
    {
        return Inet6SocketAddress::ConvertFrom(address).GetIpv6();
    }
    return address;
}

std::string TextOf(const Address& address)
{
    TextStream text;
    if (Ipv4Address::IsMatchingType(address))
    {
        text << Ipv4Address::ConvertFrom(address);
    }
    else if (Ipv6Address::IsMatchingType(address))
    {
        text << Ipv6Address::ConvertFrom(address);
    }
    else
    {
        text << address;
    }
    return text.str();
}

} // namespace

FlowList ReadFlows(const NodeContainer& nodes, const AddressBook& book)
{
    const FabricGraph fabric = ReadFabric(nodes);
    const RouteTable routes(fabric, EngineMode::STANDARD);
    FlowList flows;
    for (NodeId src = 0; src < nodes.GetN(); src++)
    {
        for (uint32_t a = 0; a < nodes.Get(src)->GetNApplications(); a++)
        {
            const Ptr<Application> application = nodes.Get(src)->GetApplication(a);
            const std::string kind = application->GetInstanceTypeId().GetName();
            if (kind != "ns3::BulkSendApplication")
            {
                continue;
            }
            const auto refuse = [&](const std::string& why) {
                throw InputError("node " + std::to_string(src) + " application " + std::to_string(a) + " (" + kind +
                                 "): " + why);
            };
            AddressValue remote;
            UintegerValue bytes;
            TimeValue start;
            application->GetAttribute("Remote", remote);
            application->GetAttribute("MaxBytes", bytes);
            application->GetAttribute("StartTime", start);
            const Address host = HostPart(remote.Get());
            const auto dst = book.find(host);
            if (host.IsInvalid())
            {
                refuse("its Remote is not set");
            }
            if (dst == book.end())
            {
                refuse("no node has the address of its Remote, " + TextOf(host));
            }
            if (bytes.Get() == 0)
            {
                refuse("its MaxBytes is 0, so it never ends; a flow needs a size");
            }
            if (start.Get().IsStrictlyNegative())
            {
                refuse("its StartTime is below 0");
            }
            for (const NodeId end : {src, dst->second})
            {
                if (!fabric.IsHost(end))
                {
                    refuse(NoHostText(fabric, end));
                }
            }
            if (src == dst->second)
            {
                refuse("its Remote is the node itself");
            }
            if (!routes.Reachable(src, dst->second))
            {
                refuse("no path leads to its Remote, node " + std::to_string(dst->second) + ": " +
                       NoPathText(fabric, src, dst->second));
            }
            flows.push_back({src, dst->second, bytes.Get(), start.Get().GetNanoSeconds()});
        }
    }
    if (flows.empty())
    {
        throw InputError("no node has a BulkSendApplication");
    }
    std::stable_sort(flows.begin(),
                     flows.end(),
                     [](const Flow& left, const Flow& right) { return left.startNs < right.startNs; });
    return flows;
}

} // namespace ns3::m3
