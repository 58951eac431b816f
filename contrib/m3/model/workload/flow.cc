#include "flow.h"

#include "ns3/input-error.h"

#include <string>

namespace ns3::m3
{

void CheckFlows(const FabricGraph& fabric, const RouteTable& routes, const FlowList& flows)
{
    for (std::size_t i = 0; i < flows.size(); i++)
    {
        const Flow& flow = flows[i];
        const auto fail = [i](const std::string& what) { throw InputError("flow " + std::to_string(i) + ": " + what); };
        for (NodeId node : {flow.src, flow.dst})
        {
            if (node >= fabric.NodeCount() || !fabric.IsHost(node))
            {
                fail("node " + std::to_string(node) + " is no host");
            }
        }
        if (flow.sizeBytes == 0 || flow.startNs < 0 || (i > 0 && flow.startNs < flows[i - 1].startNs))
        {
            fail("needs a size above 0 and starts that do not fall");
        }
        if (flow.src == flow.dst || !routes.Reachable(flow.src, flow.dst))
        {
            fail("no route from node " + std::to_string(flow.src) + " to node " + std::to_string(flow.dst));
        }
    }
}

} // namespace ns3::m3
