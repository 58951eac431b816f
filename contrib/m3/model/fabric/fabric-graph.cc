#include "fabric-graph.h"

#include "ns3/input-error.h"

#include <string>

namespace ns3::m3
{

NodeId FabricGraph::AddNode(NodeKind kind)
{
    const NodeId id = NodeCount();
    m_kinds.push_back(kind);
    m_egress.emplace_back();
    if (kind == NodeKind::HOST)
    {
        m_hosts.push_back(id);
    }
    return id;
}

LinkId FabricGraph::AddLink(NodeId a, NodeId b, uint64_t bitsPerSecond, int64_t delayNs, double errorRate)
{
    const std::string cable = "link " + std::to_string(a) + " - " + std::to_string(b) + ": ";
    for (const NodeId node : {a, b})
    {
        if (node >= NodeCount())
        {
            throw InputError(cable + "node " + std::to_string(node) + " does not exist, there are " +
                             std::to_string(NodeCount()));
        }
    }
    if (a == b)
    {
        throw InputError(cable + "joins a node to itself");
    }
    if (bitsPerSecond == 0)
    {
        throw InputError(cable + "rate must be above 0");
    }
    if (delayNs < 0)
    {
        throw InputError(cable + "delay must not be negative");
    }
    if (!(errorRate >= 0 && errorRate < 1))
    {
        throw InputError(cable + "error rate must be in [0, 1)");
    }
    const LinkId link = LinkCount();
    const auto portA = static_cast<uint32_t>(m_egress[a].size());
    const auto portB = static_cast<uint32_t>(m_egress[b].size());
    m_links.push_back({a, b, bitsPerSecond, delayNs, portA, errorRate});
    m_links.push_back({b, a, bitsPerSecond, delayNs, portB, errorRate});
    m_egress[a].push_back(link);
    m_egress[b].push_back(ReverseLink(link));
    return link;
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
        sum += m_links[link].bitsPerSecond;
    }
    return sum;
}

const std::vector<NodeId>& FabricGraph::Hosts() const
{
    return m_hosts;
}

NodeId FabricGraph::TopOfRack(NodeId host) const
{
    return m_links[m_egress[host].front()].to;
}

uint64_t FabricGraph::HostRate() const
{
    return m_links[m_egress[m_hosts.front()].front()].bitsPerSecond;
}

} // namespace ns3::m3
