#include "flow.h"

#include "ns3/input-error.h"
#include "ns3/route-errors.h"

#include <array>
#include <cmath>
#include <numeric>
#include <string>

namespace ns3::m3
{

void CheckFlows(const FabricGraph& fabric, const RouteTable& routes, const FlowList& flows)
{
    constexpr uint64_t LARGEST_SIZE = 1'000'000'000'000'000;    // 1 PB
    constexpr int64_t LATEST_START = 1'000'000'000'000'000'000; // 30 years
    if (flows.size() >= UINT32_MAX)
    {
        throw InputError("there are " + std::to_string(flows.size()) + " flows; 4294967294 is the most");
    }
    for (std::size_t i = 0; i < flows.size(); i++)
    {
        const Flow& flow = flows[i];
        const auto fail = [i](const std::string& what) { throw InputError("flow " + std::to_string(i) + ": " + what); };
        for (NodeId node : {flow.src, flow.dst})
        {
            if (node >= fabric.NodeCount() || !fabric.IsHost(node))
            {
                fail(NoHostText(fabric, node));
            }
        }
        if (flow.sizeBytes == 0 || flow.startNs < 0 || (i > 0 && flow.startNs < flows[i - 1].startNs))
        {
            fail("needs a size above 0 and starts that do not fall");
        }
        if (flow.sizeBytes > LARGEST_SIZE || flow.startNs > LATEST_START)
        {
            fail("needs a size of at most 1 PB and a start within 1e9 s, has " + std::to_string(flow.sizeBytes) +
                 " B at " + std::to_string(flow.startNs) + " ns");
        }
        if (flow.priorityGroup > 7)
        {
            fail("needs a priority group of 0 to 7, has " + std::to_string(flow.priorityGroup));
        }
        if (flow.src == flow.dst)
        {
            fail("its source and destination are both host " + std::to_string(flow.src));
        }
        if (!routes.Reachable(flow.src, flow.dst))
        {
            fail(NoPathText(fabric, flow.src, flow.dst));
        }
    }
}

FlowList WithOtherTies(FlowList flows)
{
    for (std::size_t i = 0; i + 1 < flows.size(); i += 2)
    {
        flows[i].startNs += flows[i].startNs < flows[i + 1].startNs;
    }
    return flows;
}

LargeFlows LargeFlowsOf(const FlowList& flows)
{
    constexpr double SHARE = 0.9;
    std::array<double, 64> bytes{}; // by the power of 2 that a size has reached
    double squares = 0;
    for (const Flow& flow : flows)
    {
        const auto size = static_cast<double>(flow.sizeBytes);
        bytes[static_cast<std::size_t>(std::ilogb(size))] += size;
        squares += size * size;
    }
    const double all = std::accumulate(bytes.begin(), bytes.end(), 0.0);
    double wanted = SHARE * all;
    std::size_t power = bytes.size() - 1;
    while (power > 0 && bytes[power] < wanted)
    {
        wanted -= bytes[power--];
    }
    return {uint64_t{1} << power, squares / all};
}

} // namespace ns3::m3
