// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FLOWS_FROM_APPLICATIONS_H
#define M3_FLOWS_FROM_APPLICATIONS_H

#include "ns3/address.h"
#include "ns3/m3-flow.h"
#include "ns3/node-container.h"

#include <map>
#if __has_include("ns3/ipv4.h")
#include "ns3/ipv4.h"
#include "ns3/ipv6.h"
#include "ns3/node.h"
#endif

namespace ns3::m3
{

/// Maps an IPv4 or IPv6 address to the index of its node in the node container.
using AddressBook = std::map<Address, NodeId>;

/**
 * The transfers that stock BulkSendApplications on the nodes would make: from the node that it is installed on to the
 * one that has the address of `Remote`, `MaxBytes` long, from `StartTime` on; ascending by start, equal starts in the
 * order of nodes and applications. Other applications are ignored, and so is `StopTime`: a
 * transfer runs to its end. The applications themselves are not changed: if the packet engine runs, they start on
 * ns-3's Simulator as well.
 *
 * \throws InputError naming node and application for MaxBytes 0 (no end), a remote that no node has or that cannot be
 * reached, a sender or receiver that is no host or both at once; as ReadFabric; if there is no BulkSendApplication
 */
FlowList ReadFlows(const NodeContainer& nodes, const AddressBook& book);

#if __has_include("ns3/ipv4.h")
/// Collects the addresses of the nodes. It is compiled into the script, which links ns-3's internet module; this module
/// does not.
inline AddressBook AddressesOf(const NodeContainer& nodes)
{
    AddressBook book;
    for (uint32_t id = 0; id < nodes.GetN(); id++)
    {
        if (const auto ipv4 = nodes.Get(id)->GetObject<Ipv4>())
        {
            for (uint32_t i = 0; i < ipv4->GetNInterfaces(); i++)
            {
                for (uint32_t a = 0; a < ipv4->GetNAddresses(i); a++)
                {
                    book.emplace(ipv4->GetAddress(i, a).GetLocal(), id);
                }
            }
        }
        if (const auto ipv6 = nodes.Get(id)->GetObject<Ipv6>())
        {
            for (uint32_t i = 0; i < ipv6->GetNInterfaces(); i++)
            {
                for (uint32_t a = 0; a < ipv6->GetNAddresses(i); a++)
                {
                    book.emplace(ipv6->GetAddress(i, a).GetAddress(), id);
                }
            }
        }
    }
    book.erase(Ipv4Address::GetLoopback());
    book.erase(Ipv6Address::GetLoopback());
    return book;
}

/// Returns the flows of the applications on the nodes, with the addresses of the nodes.
inline FlowList ReadFlows(const NodeContainer& nodes)
{
    return ReadFlows(nodes, AddressesOf(nodes));
}
#endif

} // namespace ns3::m3

#endif // M3_FLOWS_FROM_APPLICATIONS_H
