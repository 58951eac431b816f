// SPDX-License-Identifier: GPL-2.0-only
#include "link-uses.h"

#include "fabric/fabric-places.h"
#include "fabric/routes-of-flows.h"
#include "ns3/m3-flow.h"
#include "ns3/m3-scenario.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ns3::m3
{

namespace
{

/// The links of a network, with nothing on them.
LinkUses NamedLinks(const FabricGraph& fabric)
{
    const FabricPlaces places(fabric);
    LinkUses uses;
    uses.links.resize(fabric.LinkCount());
    for (LinkId link = 0; link < fabric.LinkCount(); link++)
    {
        LinkUse& use = uses.links[link];
        const LinkPlace place = places.PlaceOf(link);
        use.link = link;
        use.name = places.NameOf(link);
        use.place = place.name;
        use.kind = place.kind;
        use.ratio = place.ratio;
        use.bitsPerSecond = fabric.Link(link).bitsPerSecond;
    }
    return uses;
}

/// For how many flows a flow stands.
double WeightOf(const std::vector<double>& weights, uint32_t flow)
{
    return weights.empty() ? 1 : weights[flow];
}

/// The slowest 1 % of the flows that finished, by weight; of two equally slow ones the first in the list.
std::vector<uint32_t> SlowestFlows(const std::vector<double>& slowdowns, const std::vector<double>& weights)
{
    std::vector<uint32_t> flows;
    double all = 0;
    for (uint32_t flow = 0; flow < slowdowns.size(); flow++)
    {
        if (!std::isnan(slowdowns[flow]))
        {
            flows.push_back(flow);
            all += WeightOf(weights, flow);
        }
    }
    std::sort(flows.begin(),
              flows.end(),
              [&](uint32_t a, uint32_t b) { return std::pair(-slowdowns[a], a) < std::pair(-slowdowns[b], b); });
    constexpr double ONE_OF = 100;
    std::size_t count = 0;
    for (double taken = 0; count < flows.size() && ONE_OF * taken < all; count++)
    {
        taken += WeightOf(weights, flows[count]);
    }
    flows.resize(count);
    return flows;
}

} // namespace

LinkUses UsesOfRoutes(const Scenario& scenario)
{
    LinkUses uses = NamedLinks(scenario.Fabric());
    const FlowList& flows = scenario.Flows();
    const PacketFormat format = scenario.Config().Format();
    RoutesOfFlows routes(scenario.Routes(), scenario.RouteKeys());
    Route route;
    for (const Flow& flow : flows)
    {
        routes.Next(flow.src, flow.dst, route, flow.dstPort);
        for (const LinkId link : route)
        {
            uses.links[link].dataBytes += WireBytes(flow.sizeBytes, format);
        }
    }
    return uses;
}

void SetSpan(const Scenario& scenario, const std::vector<CompletionTime>& times, LinkUses& uses)
{
    double first = INFINITY;
    double last = 0;
    for (std::size_t flow = 0; flow < scenario.Flows().size(); flow++)
    {
        const bool isKnown = !times.empty() && !std::isnan(times[flow].startNs);
        const double start = isKnown ? times[flow].startNs : static_cast<double>(scenario.Flows()[flow].startNs);
        first = std::fmin(first, start);
        last = std::fmax(last, start + (times.empty() ? 0 : times[flow].receiverNs));
    }
    uses.spanNs = std::fmax(0, last - first);
}

LinkUses UsesOfPackets(const Scenario& scenario, const std::vector<LinkSum>& sums, double spanNs)
{
    LinkUses uses = NamedLinks(scenario.Fabric());
    uses.spanNs = spanNs;
    for (LinkUse& use : uses.links)
    {
        const LinkSum& sum = sums[use.link];
        use.dataBytes = sum.dataBytes;
        use.controlBytes = sum.controlBytes;
        if (!scenario.Fabric().IsHost(scenario.Fabric().Link(use.link).from))
        {
            constexpr double P99 = 0.99;
            use.queueP99Bytes = sum.queue.Quantile(P99);
        }
        use.pausedNs = sum.pausedNs;
        use.marks = sum.marks;
        use.losses = sum.losses;
    }
    return uses;
}

void AddDelaysOfFlow(const std::vector<LinkWait>& waits, uint32_t flow, double delayNs, std::vector<LinkDelay>& delays)
{
    if (!(delayNs > 0))
    {
        return;
    }
    double waited = 0;
    for (const LinkWait& wait : waits)
    {
        waited += static_cast<double>(wait.second);
    }
    for (const LinkWait& wait : waits)
    {
        delays.push_back({flow, wait.first, delayNs * static_cast<double>(wait.second) / waited});
    }
    if (waited == 0)
    {
        delays.push_back({flow, LinkDelay::ELSEWHERE, delayNs});
    }
}

std::vector<LinkDelay>
DelaysOfPackets(const LinkSums& sums, const std::vector<double>& fctNs, const std::vector<double>& idealNs)
{
    std::vector<LinkDelay> delays;
    for (uint32_t flow = 0; flow < fctNs.size(); flow++)
    {
        AddDelaysOfFlow(sums.WaitsOf(flow), flow, fctNs[flow] - idealNs[flow], delays);
    }
    return delays;
}

void AddDelays(const std::vector<LinkDelay>& delays,
               const std::vector<double>& slowdowns,
               LinkUses& uses,
               const std::vector<double>& weights)
{
    const std::vector<uint32_t> slowest = SlowestFlows(slowdowns, weights);
    std::vector<bool> isSlow(slowdowns.size());
    for (const uint32_t flow : slowest)
    {
        isSlow[flow] = true;
    }
    std::vector<double> all(uses.links.size());
    std::vector<double> ofSlow(uses.links.size());
    double elsewhere = 0;
    for (const LinkDelay& delay : delays)
    {
        const bool isElsewhere = delay.link == LinkDelay::ELSEWHERE;
        const double ns = WeightOf(weights, delay.flow) * delay.ns;
        if (isSlow[delay.flow])
        {
            (isElsewhere ? elsewhere : ofSlow[delay.link]) += ns;
        }
        if (!isElsewhere)
        {
            all[delay.link] += ns;
        }
    }
    const double sum = std::accumulate(ofSlow.begin(), ofSlow.end(), elsewhere);
    for (std::size_t i = 0; i < uses.links.size(); i++)
    {
        uses.links[i].delayNs = all[i];
        uses.links[i].tailShare = sum > 0 ? ofSlow[i] / sum : 0;
    }
    uses.tailFlows = slowest.size();
    uses.tailDelayNs = sum;
    uses.elsewhereShare = sum > 0 ? elsewhere / sum : 0;
}

} // namespace ns3::m3
