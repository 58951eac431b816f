// SPDX-License-Identifier: GPL-2.0-only
#include "route-errors.h"

#include <vector>

namespace ns3::m3
{

namespace
{

/// Whether links that are up join two nodes, by way of switches and hosts alike.
bool AreJoined(const FabricGraph& fabric, NodeId src, NodeId dst)
{
    std::vector<bool> seen(fabric.NodeCount(), false);
    std::vector<NodeId> work{src};
    seen[src] = true;
    while (!work.empty() && !seen[dst])
    {
        const NodeId node = work.back();
        work.pop_back();
        for (const LinkId link : fabric.EgressLinks(node))
        {
            const NodeId next = fabric.Link(link).to;
            if (fabric.Link(link).up && !seen[next])
            {
                seen[next] = true;
                work.push_back(next);
            }
        }
    }
    return seen[dst];
}

} // namespace

std::string NoPathText(const FabricGraph& fabric, NodeId src, NodeId dst)
{
    const std::string text = "no path from host " + std::to_string(src) + " to host " + std::to_string(dst);
    return AreJoined(fabric, src, dst)
               ? text + " but by way of other hosts, and hosts do not forward unless said so (in "
                        "ns-3 by the FabricRole FORWARDING_HOST, in a topology file by an h "
                        "behind the id among those of switches); or give each a switch"
               : text;
}

std::string NoHostText(const FabricGraph& fabric, NodeId node)
{
    if (node >= fabric.NodeCount())
    {
        return "node " + std::to_string(node) + " does not exist, there are " + std::to_string(fabric.NodeCount());
    }
    return "node " + std::to_string(node) +
           " is a switch, not a host (an ns-3 node with several links is a switch unless its FabricRole is HOST)";
}

} // namespace ns3::m3
