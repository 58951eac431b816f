// SPDX-License-Identifier: GPL-2.0-only
#include "link-clusters.h"

#include "report/quantile.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace ns3::m3
{

namespace
{

constexpr uint32_t NONE = std::numeric_limits<uint32_t>::max();

std::vector<double> Percentiles(std::vector<double> values)
{
    std::vector<double> percentiles;
    if (values.empty())
    {
        return percentiles;
    }
    std::sort(values.begin(), values.end());
    for (uint32_t k = 0; k < TRAIT_PERCENTILES; k++)
    {
        percentiles.push_back(Quantile(values, (k + 0.5) / TRAIT_PERCENTILES));
    }
    return percentiles;
}

bool Alike(const LinkTraits& a, const LinkTraits& b, const ClusterLimits& limits)
{
    return a.bitsPerSecond == b.bitsPerSecond && a.delayNs == b.delayNs && a.firstHop == b.firstHop &&
           std::abs(a.load - b.load) <= limits.load && std::abs(a.ackShare - b.ackShare) <= limits.load &&
           std::abs(a.meanRttNs - b.meanRttNs) <= limits.distribution * a.meanRttNs &&
           WeightedError(a.sizes, b.sizes) <= limits.distribution &&
           WeightedError(a.gaps, b.gaps) <= limits.distribution;
}

} // namespace

LinkTraits
TraitsOf(const FabricGraph& fabric, const FlowList& flows, const LinkDecomposition& network, const LoadedLink& loaded)
{
    const FabricLink& link = fabric.Link(loaded.link);
    std::vector<double> sizes;
    std::vector<double> gaps;
    double rtts = 0;
    for (std::size_t i = 0; i < loaded.flows.size(); i++)
    {
        const Flow& flow = flows[loaded.flows[i]];
        sizes.push_back(static_cast<double>(flow.sizeBytes));
        if (i > 0)
        {
            gaps.push_back(static_cast<double>(flow.startNs - flows[loaded.flows[i - 1]].startNs));
        }
        rtts += static_cast<double>(network.BaseRttOf(loaded.flows[i]));
    }
    return {link.bitsPerSecond,
            link.delayNs,
            fabric.IsHost(link.from),
            loaded.load,
            loaded.ackShare,
            rtts / static_cast<double>(loaded.flows.size()),
            Percentiles(std::move(sizes)),
            Percentiles(std::move(gaps))};
}

double WeightedError(const std::vector<double>& a, const std::vector<double>& b)
{
    if (a.size() != b.size())
    {
        return std::numeric_limits<double>::infinity();
    }
    double difference = 0;
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); i++)
    {
        difference += std::abs(a[i] - b[i]);
        sum += a[i];
    }
    return difference == 0 ? 0 : difference / sum;
}

std::vector<uint32_t> ClusterLinks(const std::vector<LinkTraits>& links, const ClusterLimits& limits)
{
    // in order of load, so that only neighbours there need to be compared
    std::vector<uint32_t> order(links.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(),
              order.end(),
              [&](uint32_t a, uint32_t b) { return std::pair(links[a].load, a) < std::pair(links[b].load, b); });
    std::vector<std::size_t> place(links.size());
    for (std::size_t i = 0; i < order.size(); i++)
    {
        place[order[i]] = i;
    }
    std::vector<uint32_t> standsFor(links.size(), NONE);
    for (uint32_t first = 0; first < links.size(); first++)
    {
        if (standsFor[first] != NONE)
        {
            continue;
        }
        standsFor[first] = first;
        const auto join = [&](uint32_t other)
        {
            if (standsFor[other] == NONE && Alike(links[first], links[other], limits))
            {
                standsFor[other] = first;
            }
            return std::abs(links[first].load - links[other].load) <= limits.load;
        };
        for (std::size_t i = place[first] + 1; i < order.size() && join(order[i]); i++)
        {
        }
        for (std::size_t i = place[first]; i > 0 && join(order[i - 1]); i--)
        {
        }
    }
    return standsFor;
}

} // namespace ns3::m3
