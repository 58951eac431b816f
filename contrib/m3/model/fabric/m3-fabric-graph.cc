// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-fabric-graph.h"

#include "ns3/m3-input-error.h"

#include <algorithm>
#include <limits>
#include <map>
#include <string>

namespace ns3::m3
{

NodeId FabricGraph::AddNode(NodeKind kind)
{
    const NodeId id = NodeCount();
    m_kinds.push_back(kind);
    m_serverSwitches.push_back(false);
    m_egress.emplace_back();
    if (kind != NodeKind::SWITCH)
    {
        m_hosts.push_back(id);
    }
    m_hasForwardingHosts = m_hasForwardingHosts || kind == NodeKind::FORWARDING_HOST;
    return id;
}

LinkId FabricGraph::AddLink(NodeId a,
                            NodeId b,
                            uint64_t bitsPerSecond,
                            int64_t delayNs,
                            double errorRate,
                            std::optional<uint64_t> backBps)
{
    const uint64_t back = backBps.value_or(bitsPerSecond);
    const std::string where = "link " + std::to_string(a) + " - " + std::to_string(b) + ": ";
    for (const NodeId node : {a, b})
    {
        if (node >= NodeCount())
        {
            throw InputError(where + "node " + std::to_string(node) + " does not exist, there are " +
                             std::to_string(NodeCount()));
        }
    }
    if (a == b)
    {
        throw InputError(where + "joins a node to itself");
    }
    if (std::min(bitsPerSecond, back) < MIN_LINK_BPS || std::max(bitsPerSecond, back) > MAX_LINK_BPS)
    {
        throw InputError(where + "rate must be above 0 and at most 1000 Tb/s");
    }
    if (delayNs < 0 || delayNs > MAX_LINK_DELAY_NS)
    {
        throw InputError(where + "delay must be from 0 to 1000 s");
    }
    if (static_cast<long double>(std::max(bitsPerSecond, back)) * delayNs > 8e9L * MAX_LINK_BYTES)
    {
        throw InputError(where + "holds more than 1 PB, its rate times its delay");
    }
    if (!(errorRate >= 0 && errorRate < 1))
    {
        throw InputError(where + "error rate must be in [0, 1)");
    }
    const LinkId link = LinkCount();
    const auto portA = static_cast<uint32_t>(m_egress[a].size());
    const auto portB = static_cast<uint32_t>(m_egress[b].size());
    m_links.push_back({a, b, bitsPerSecond, delayNs, portA, errorRate});
    m_links.push_back({b, a, back, delayNs, portB, errorRate});
    m_hasAsymmetricLinks = m_hasAsymmetricLinks || back != bitsPerSecond;
    m_egress[a].push_back(link);
    m_egress[b].push_back(ReverseLink(link));
    return link;
}

void FabricGraph::SetServerSwitch(NodeId node)
{
    if (node >= NodeCount() || IsHost(node))
    {
        throw InputError("node " + std::to_string(node) + " is not a switch, and cannot be one inside a server");
    }
    m_serverSwitches[node] = true;
}

void FabricGraph::SetLinkUp(LinkId link, bool up)
{
    m_links.at(link).up = up;
    m_links.at(ReverseLink(link)).up = up;
}

void FabricGraph::AddRemark(const FabricRemark& remark)
{
    m_remarks.push_back(remark);
}

const std::vector<FabricRemark>& FabricGraph::Remarks() const
{
    return m_remarks;
}

uint64_t FabricGraph::PortCapacity(NodeId node) const
{
    uint64_t sum = 0;
    for (LinkId link : EgressLinks(node))
    {
        if (__builtin_add_overflow(sum, m_links[link].bitsPerSecond, &sum))
        {
            return std::numeric_limits<uint64_t>::max();
        }
    }
    return sum;
}

const std::vector<NodeId>& FabricGraph::Hosts() const
{
    return m_hosts;
}

NodeId FabricGraph::TopOfRack(NodeId host) const
{
    if (m_egress[host].empty())
    {
        throw InputError("node " + std::to_string(host) + " has no link");
    }
    const NodeId next = m_links[m_egress[host].front()].to;
    return IsHost(next) ? host : next;
}

uint64_t FabricGraph::HostRate() const
{
    std::map<uint64_t, uint32_t> links; // by rate
    for (const NodeId host : m_hosts)
    {
        for (const LinkId link : m_egress[host])
        {
            links[m_links[link].bitsPerSecond]++;
        }
    }
    if (links.empty())
    {
        throw InputError("no host has a link");
    }
    const auto mostFrequent =
        std::max_element(links.begin(), links.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    return mostFrequent->first; // the first of several: the lowest rate
}

} // namespace ns3::m3
