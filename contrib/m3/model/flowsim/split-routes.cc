// SPDX-License-Identifier: GPL-2.0-only
#include "split-routes.h"

#include "fabric/routes-of-flows.h"

#include <algorithm>
#include <tuple>

namespace ns3::m3
{

namespace
{

/// A number in which every bit depends on every bit (the end of MurmurHash3).
uint64_t Mix(uint64_t number)
{
    number = (number ^ number >> 33) * 0xff51afd7ed558ccdU;
    number = (number ^ number >> 33) * 0xc4ceb9fe1a85ec53U;
    return number ^ number >> 33;
}

/// Whether the receiver of a flow has one link.
bool HasOneLink(const FabricGraph& fabric, const Route& route)
{
    return fabric.EgressLinks(fabric.Link(route.back()).to).size() == 1;
}

} // namespace

SplitRoutes::SplitRoutes(const FabricGraph& fabric, const RouteTable& routes, const FlowList& flows)
    : m_fabric(fabric),
      m_routes(routes)
{
    RoutesOfFlows next(routes);
    Route route;
    std::vector<std::pair<uint64_t, uint64_t>> uses(fabric.LinkCount()); // which flows use a link, and how, in two sums
    for (std::size_t id = 0; id < flows.size(); id++)
    {
        next.Next(flows[id].src, flows[id].dst, route, flows[id].dstPort);
        for (const LinkId link : {route.front(), route.back()}) // where hosts forward, others may pass there
        {
            uses[link].first += Mix(~id);
        }
        const auto [known, isNew] = m_parts.try_emplace(EndsOf(fabric, route));
        if (!isNew)
        {
            continue;
        }
        known->second = PartsOf(route);
        for (const Part& part : known->second)
        {
            const auto share = static_cast<uint64_t>(part.share * 0x1p52);
            const uint64_t use = Mix(Mix(m_parts.size()) ^ share);
            uses[part.link].first += use;
            uses[part.link].second += Mix(use);
        }
    }
    for (auto& [ends, parts] : m_parts)
    {
        const auto keyOf = [&](const Part& part)
        { return std::tuple(uses[part.link], m_fabric.Link(part.link).bitsPerSecond, part.share); };
        std::sort(parts.begin(),
                  parts.end(),
                  [&](const Part& a, const Part& b)
                  { return std::tuple(keyOf(a), a.link) < std::tuple(keyOf(b), b.link); });
        parts.erase(
            std::unique(parts.begin(), parts.end(), [&](const Part& a, const Part& b) { return keyOf(a) == keyOf(b); }),
            parts.end());
    }
}

void SplitRoutes::Split(const Route& route, FluidFlow& fluid) const
{
    fluid.links = {route.front()};
    fluid.shares = {1};
    for (const Part& part : m_parts.at(EndsOf(m_fabric, route)))
    {
        fluid.links.push_back(part.link);
        fluid.shares.push_back(part.share);
    }
    if (route.size() > 1 && HasOneLink(m_fabric, route))
    {
        fluid.links.push_back(route.back());
        fluid.shares.push_back(1);
    }
}

SplitRoutes::Ends SplitRoutes::EndsOf(const FabricGraph& fabric, const Route& route)
{
    const FabricLink& last = fabric.Link(route.back());
    return {fabric.Link(route.front()).to, HasOneLink(fabric, route) ? last.from : last.to};
}

/// Links after a flow's first one, but for the last one where that is the only one of its receiver.
std::vector<SplitRoutes::Part> SplitRoutes::PartsOf(const Route& route) const
{
    const std::size_t end = route.size() - (HasOneLink(m_fabric, route) ? 1 : 0);
    const NodeId dst = m_fabric.Link(route.back()).to;
    std::vector<Part> parts;
    std::map<NodeId, double> level = {{m_fabric.Link(route.front()).to, 1}};
    std::vector<LinkId> links;
    for (std::size_t hop = 1; hop < end; hop++)
    {
        std::map<NodeId, double> next;
        for (const auto& [node, share] : level)
        {
            m_routes.NextLinks(node, dst, links);
            for (const LinkId link : links)
            {
                const double part = share / static_cast<double>(links.size());
                parts.push_back({link, part});
                next[m_fabric.Link(link).to] += part;
            }
        }
        level = std::move(next);
    }
    return parts;
}

} // namespace ns3::m3
