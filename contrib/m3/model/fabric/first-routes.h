// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FIRST_ROUTES_H
#define M3_FIRST_ROUTES_H

#include "next-hops.h"

#include "ns3/m3-routes.h"

#include <cstdint>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-fabric
/// Hosts that are attached alike: their routes differ in nothing but the hosts.
struct HostKind
{
    NodeId host = 0;            //!< One of them.
    uint64_t count = 0;         //!< How many there are.
    std::optional<LinkId> link; //!< Its only link, which leads to a switch; none if it has others or stands alone.
};

/// Returns the kinds of the hosts that a path may lead to, by the order of their first hosts.
inline std::vector<HostKind> KindsOfHosts(const FabricGraph& fabric)
{
    std::map<std::tuple<NodeId, uint64_t, uint64_t, int64_t>, std::size_t> places;
    std::vector<HostKind> kinds;
    for (const NodeId host : fabric.Hosts())
    {
        if (!IsLeafHost(fabric, host))
        {
            kinds.push_back({host, 1, std::nullopt});
            continue;
        }
        const LinkId id = fabric.EgressLinks(host).front();
        const FabricLink& link = fabric.Link(id);
        if (link.up)
        {
            const uint64_t back = fabric.Link(ReverseLink(id)).bitsPerSecond;
            const auto [place, isNew] =
                places.try_emplace({link.to, link.bitsPerSecond, back, link.delayNs}, kinds.size());
            if (isNew)
            {
                kinds.push_back({host, 0, id});
            }
            kinds[place->second].count++;
        }
    }
    return kinds;
}

/**
 * \ingroup m3-fabric
 * Goes over the first routes (RouteTable::FirstRoute) of all connected pairs of hosts, one for all hosts that are
 * attached alike. What a caller wants to know of a route is made link by link from the destination on, and shared by
 * all routes that end in the same way: 3,072 racks take ten million steps, not a walk for each pair of hosts.
 * \param prefix State(LinkId link, const State* rest): the route that is `link` and then `rest`; null: `link` alone
 * \param visit (const State& route) for each route
 */
template <typename State, typename Prefix, typename Visit>
void FoldFirstRoutes(const FabricGraph& fabric, const RouteTable& routes, Prefix prefix, Visit visit)
{
    const std::vector<HostKind> kinds = KindsOfHosts(fabric);
    std::vector<State> rest(fabric.NodeCount());       // by node: its route to the destination
    std::vector<uint32_t> isOf(fabric.NodeCount(), 0); // by node: the number of the destination that `rest` is for
    std::vector<HopTowards> hops;
    uint32_t number = 0;
    for (const HostKind& to : kinds)
    {
        number++;
        if (to.link)
        {
            const NodeId root = fabric.Link(*to.link).to;
            rest[root] = prefix(ReverseLink(*to.link), nullptr);
            isOf[root] = number;
        }
        routes.FirstHops(to.host, hops);
        for (const HopTowards& hop : hops)
        {
            const NodeId next = fabric.Link(hop.link).to;
            rest[hop.from] = prefix(hop.link, next == to.host ? nullptr : &rest[next]);
            isOf[hop.from] = number;
        }
        for (const HostKind& from : kinds)
        {
            const NodeId at = from.link ? fabric.Link(*from.link).to : from.host;
            if (isOf[at] == number && (from.host != to.host || from.count > 1))
            {
                visit(from.link ? prefix(*from.link, &rest[at]) : rest[at]);
            }
        }
    }
}

} // namespace ns3::m3

#endif // M3_FIRST_ROUTES_H
