// SPDX-License-Identifier: GPL-2.0-only
#include "ideal-over-paths.h"

#include "ideal-fct.h"

#include "ns3/m3-input-error.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace ns3::m3
{

namespace
{

constexpr long double NEVER = std::numeric_limits<long double>::infinity();

/// A link of the shortest paths at some place, with times of a full packet and of the last one, ns.
struct PathLink
{
    LinkId link;
    std::vector<std::size_t> next; //!< the links at the next place that it leads to
    long double begin[2];          //!< earliest time at which a packet of a size can begin, without those before it
    long double rest[2];           //!< shortest time from its last bit here to its last bit at the receiver
};

/// The shortest paths of a flow, place by place.
class FlowPaths
{
  public:
    FlowPaths(const FabricGraph& fabric, const RouteTable& routes, const Route& route, const PacketFormat& format)
        : m_fabric(fabric),
          m_nodes(format.nodes)
    {
        const NodeId dst = fabric.Link(route.back()).to;
        m_places.push_back({{route.front(), {}, {}, {}}});
        std::vector<LinkId> links;
        while (fabric.Link(m_places.back().front().link).to != dst)
        {
            std::vector<PathLink> next;
            for (PathLink& from : m_places.back())
            {
                routes.NextLinks(fabric.Link(from.link).to, dst, links);
                for (const LinkId link : links)
                {
                    const auto known = std::find_if(next.begin(),
                                                    next.end(),
                                                    [link](const PathLink& other) { return other.link == link; });
                    from.next.push_back(static_cast<std::size_t>(known - next.begin()));
                    if (known == next.end())
                    {
                        next.push_back({link, {}, {}, {}});
                    }
                }
            }
            m_places.push_back(std::move(next));
        }
    }

    /// Returns the bound. \param packets of the flow \param bytes of a full packet and of the last one
    long double Bound(uint64_t packets, const uint64_t (&bytes)[2])
    {
        SetTimes(bytes);
        const long double fullNs = 8e9L * (packets - 1) * bytes[0];
        long double bound = 0;
        for (const std::vector<PathLink>& place : m_places)
        {
            long double begin[2] = {NEVER, NEVER};
            long double rest[2] = {NEVER, NEVER};
            long double rate = 0;
            for (const PathLink& link : place)
            {
                for (std::size_t size = packets > 1 ? 0 : 1; size < 2; size++)
                {
                    begin[size] = std::min(begin[size], link.begin[size]);
                    rest[size] = std::min(rest[size], link.rest[size]);
                }
                rate += Rate(link.link);
            }
            begin[1] += fullNs / Rate(m_places.front().front().link); // the NIC sends the last one last
            const long double all = (fullNs + 8e9L * bytes[1]) / rate;
            bound = std::max(bound, std::min(begin[0], begin[1]) + all + std::min(rest[0], rest[1]));
            if (packets > 1) // a last one that is shorter may overtake the others, which take this time without it
            {
                bound = std::max(bound, begin[0] + fullNs / rate + rest[0]);
            }
        }
        return bound;
    }

  private:
    long double Rate(LinkId link) const
    {
        return static_cast<long double>(m_fabric.Link(link).bitsPerSecond);
    }

    long double TimeOf(uint64_t bytes, LinkId link) const
    {
        return 8e9L * bytes / Rate(link);
    }

    /// Returns the time from the first bit of a packet on a link until it may begin on the next one.
    long double PassNs(uint64_t bytes, LinkId link, LinkId next) const
    {
        const FabricLink& from = m_fabric.Link(link);
        return TimeOf(m_nodes.BytesBeforeSending(bytes, from.bitsPerSecond, m_fabric.Link(next).bitsPerSecond), link) +
               static_cast<long double>(HopDelayNs(m_fabric, from, m_nodes));
    }

    void SetTimes(const uint64_t (&bytes)[2])
    {
        for (std::size_t size = 0; size < 2; size++)
        {
            m_places.front().front().begin[size] = 0;
            for (std::size_t place = 1; place < m_places.size(); place++)
            {
                for (PathLink& link : m_places[place])
                {
                    link.begin[size] = NEVER;
                }
                for (const PathLink& from : m_places[place - 1])
                {
                    for (const std::size_t to : from.next)
                    {
                        PathLink& link = m_places[place][to];
                        link.begin[size] =
                            std::min(link.begin[size], from.begin[size] + PassNs(bytes[size], from.link, link.link));
                    }
                }
            }
            SetRests(size, bytes[size]);
        }
    }

    void SetRests(std::size_t size, uint64_t bytes)
    {
        for (std::size_t place = m_places.size(); place-- > 0;)
        {
            for (PathLink& link : m_places[place])
            {
                link.rest[size] = link.next.empty() ? HopDelayNs(m_fabric, m_fabric.Link(link.link), m_nodes) : NEVER;
                for (const std::size_t to : link.next)
                {
                    const PathLink& next = m_places[place + 1][to];
                    link.rest[size] = std::min(link.rest[size],
                                               PassNs(bytes, link.link, next.link) - TimeOf(bytes, link.link) +
                                                   TimeOf(bytes, next.link) + next.rest[size]);
                }
            }
        }
    }

    const FabricGraph& m_fabric;
    const NodeTiming m_nodes;
    std::vector<std::vector<PathLink>> m_places;
};

} // namespace

int64_t IdealFctOverPathsNs(const FabricGraph& fabric,
                            const RouteTable& routes,
                            const Route& route,
                            uint64_t sizeBytes,
                            const PacketFormat& format)
{
    constexpr long double ROUNDING = 1e-6L; // keeps an exact integer from being rounded up
    const uint64_t packets = PacketCount(sizeBytes, format.payloadBytes);
    const uint64_t lastBytes = sizeBytes - (packets - 1) * format.payloadBytes + format.headerBytes;
    FlowPaths paths(fabric, routes, route, format);
    const long double ns = std::ceil(paths.Bound(packets, {format.WireBytes(), lastBytes}) - ROUNDING);
    if (ns > static_cast<long double>(MAX_IDEAL_NS))
    {
        throw InputError("a flow of " + std::to_string(sizeBytes) +
                         " B takes more than three years on all its paths, even alone");
    }
    return std::max<int64_t>(1, static_cast<int64_t>(ns));
}

} // namespace ns3::m3
