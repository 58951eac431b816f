// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-flow.h"

#include "fabric/ideal-fct.h"
#include "fabric/route-errors.h"
#include "ns3/m3-input-error.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string>

namespace ns3::m3
{

namespace
{

constexpr const char* NO_SIZE_OR_START = "needs a size above 0 and starts that do not fall";

/// Whether the ideal FCTs of all flows are surely short, without a look at routes.
bool AreSurelyShort(const FabricGraph& fabric, const FlowList& flows)
{
    constexpr double SHORT_NS = 1e16;
    uint64_t slowest = MAX_LINK_BPS;
    int64_t longest = 0;
    for (LinkId link = 0; link < fabric.LinkCount(); link++)
    {
        slowest = std::min(slowest, fabric.Link(link).bitsPerSecond);
        longest = std::max(longest, fabric.Link(link).delayNs);
    }
    double bytes = 0;
    for (const Flow& flow : flows)
    {
        bytes += static_cast<double>(WireBytes(flow.sizeBytes, MAX_HEADER_BYTES));
    }
    const double hops = static_cast<double>(flows.size()) * fabric.NodeCount(); // at most
    return 8e9 * bytes / static_cast<double>(slowest) + hops * static_cast<double>(longest) < SHORT_NS;
}

/// Checks that times fit into 64 bits.
void CheckIdealFcts(const FabricGraph& fabric,
                    const RouteTable& routes,
                    const FlowList& flows,
                    const std::function<std::string(std::size_t)>& nameOf)
{
    IdealFctsOfFlows ideals(fabric, routes, MAX_HEADER_BYTES);
    int64_t all = 0;
    for (std::size_t i = 0; i < flows.size(); i++)
    {
        try
        {
            all += ideals.NextNs(flows[i].src, flows[i].dst, flows[i].sizeBytes, flows[i].dstPort);
        }
        catch (const InputError& error)
        {
            throw InputError(nameOf(i) + ": " + error.what());
        }
        if (all > MAX_ALL_IDEAL_NS)
        {
            throw InputError("the flows take more than 31 years if they run one after the other");
        }
    }
}

} // namespace

void CheckFlows(const FabricGraph& fabric, const RouteTable& routes, const FlowList& flows)
{
    CheckFlowsInOrder(fabric,
                      routes,
                      flows,
                      FlowOrder::BY_START,
                      [](std::size_t flow) { return "flow " + std::to_string(flow); });
}

void CheckFlow(const FabricGraph& fabric, const RouteTable& routes, const Flow& flow)
{
    for (NodeId node : {flow.src, flow.dst})
    {
        if (node >= fabric.NodeCount() || !fabric.IsHost(node))
        {
            throw InputError(NoHostText(fabric, node));
        }
    }
    if (flow.sizeBytes == 0 || flow.startNs < 0)
    {
        throw InputError(NO_SIZE_OR_START);
    }
    if (flow.sizeBytes > MAX_FLOW_BYTES || flow.startNs > MAX_START_NS)
    {
        throw InputError("needs a size of at most 1 PB and a start within 1e9 s, has " +
                         std::to_string(flow.sizeBytes) + " B at " + std::to_string(flow.startNs) + " ns");
    }
    if (flow.priorityGroup > 7)
    {
        throw InputError("needs a priority group of 0 to 7, has " + std::to_string(flow.priorityGroup));
    }
    if (flow.src == flow.dst)
    {
        throw InputError("its source and destination are both host " + std::to_string(flow.src));
    }
    if (!routes.Reachable(flow.src, flow.dst))
    {
        throw InputError(NoPathText(fabric, flow.src, flow.dst));
    }
}

void CheckFlowsInOrder(const FabricGraph& fabric,
                       const RouteTable& routes,
                       const FlowList& flows,
                       FlowOrder order,
                       const std::function<std::string(std::size_t flow)>& nameOf)
{
    if (flows.size() >= UINT32_MAX)
    {
        throw InputError("there are " + std::to_string(flows.size()) + " flows; at most 4294967294 are possible");
    }
    uint64_t bytes = 0; // at most the sum of MAX_ALL_FLOW_BYTES and MAX_FLOW_BYTES
    for (std::size_t i = 0; i < flows.size(); i++)
    {
        const auto fail = [&](const std::string& what) { throw InputError(nameOf(i) + ": " + what); };
        try
        {
            CheckFlow(fabric, routes, flows[i]);
        }
        catch (const InputError& error)
        {
            fail(error.what());
        }
        if (order == FlowOrder::BY_START && i > 0 && flows[i].startNs < flows[i - 1].startNs)
        {
            fail(NO_SIZE_OR_START);
        }
        bytes += flows[i].sizeBytes;
        if (bytes > MAX_ALL_FLOW_BYTES)
        {
            fail("all flows up to it have more than 1 EB");
        }
    }
    if (!AreSurelyShort(fabric, flows))
    {
        CheckIdealFcts(fabric, routes, flows, nameOf);
    }
}

FlowList PerturbStartTimes(FlowList flows)
{
    for (std::size_t i = 0; i + 1 < flows.size(); i += 2)
    {
        flows[i].startNs += flows[i].startNs < flows[i + 1].startNs;
    }
    return flows;
}

ElephantFlows ElephantFlowsOf(const FlowList& flows)
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
