// SPDX-License-Identifier: GPL-2.0-only
#include "ideal-fct.h"

#include "first-routes.h"
#include "mode-rules.h"

#include "ns3/m3-input-error.h"

#include <boost/container/small_vector.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace ns3::m3
{

namespace
{

/// A sum as a time. \throws InputError if it is too long to be one
int64_t AsIdealNs(long double ns, uint64_t sizeBytes)
{
    if (ns > static_cast<long double>(MAX_IDEAL_NS))
    {
        throw InputError("a flow of " + std::to_string(sizeBytes) +
                         " B takes more than three years on its route, even alone");
    }
    return std::max<int64_t>(1, static_cast<int64_t>(ns));
}

/**
 * The longest chain: packets 1..n-1 (time full(link) each) and n (time last(link)) in order over the links of a route.
 * Links are whatever these two functions take.
 * It passes packet 1 over links up to k, waits there for n - 2 more packets at the slowest link so far, and follows
 * packet n from k to the end; the largest over all k.
 */
template <typename Time, typename Links, typename Full, typename Last>
Time LongestChain(const Links& links, uint64_t packets, Full full, Last last)
{
    Time behind = 0; // last packet over links k..end
    for (const auto& link : links)
    {
        behind += last(link);
    }
    if (packets == 1)
    {
        return behind;
    }
    Time ahead = 0;
    Time slowest = 0;
    Time longest = 0;
    for (const auto& link : links)
    {
        const Time time = full(link);
        ahead += time;
        slowest = std::max(slowest, time);
        longest = std::max(longest, ahead + static_cast<Time>(packets - 2) * slowest + behind);
        behind -= last(link);
    }
    return longest;
}

/**
 * The same where switches cut through and nodes take time, in ns: packet p starts on a link when the packet before it
 * has left the link and when the node has enough of p. Before it meets packet n, the chain passes packets on link by
 * link and waits for n - 2 of them at the slowest of these.
 */
long double LongestChainThrough(const FabricGraph& fabric,
                                const Route& route,
                                uint64_t packets,
                                uint64_t lastBytes,
                                const PacketFormat& format)
{
    const uint64_t fullBytes = format.WireBytes();
    const auto rate = [&](std::size_t hop) { return fabric.Link(route[hop]).bitsPerSecond; };
    const auto time = [&](std::size_t hop, uint64_t bytes) { return 8e9L * bytes / rate(hop); };
    // until the next link can have it; at the end, all of it
    const auto pass = [&](std::size_t hop, uint64_t bytes)
    {
        const bool isLast = hop + 1 == route.size();
        return time(hop, isLast ? bytes : format.nodes.BytesBeforeSending(bytes, rate(hop), rate(hop + 1)));
    };
    long double behind = 0; // last packet over links hop..end
    for (std::size_t hop = 0; hop < route.size(); hop++)
    {
        behind += pass(hop, lastBytes);
    }
    if (packets == 1)
    {
        return behind;
    }
    long double ahead = 0;
    long double slowest = 0;
    long double longest = 0;
    for (std::size_t hop = 0; hop < route.size(); hop++)
    {
        slowest = std::max(slowest, time(hop, fullBytes));
        longest =
            std::max(longest, ahead + time(hop, fullBytes) + static_cast<long double>(packets - 2) * slowest + behind);
        ahead += pass(hop, fullBytes);
        behind -= pass(hop, lastBytes);
    }
    return longest;
}

} // namespace

int64_t IdealFctNs(const FabricGraph& fabric,
                   const Route& route,
                   uint64_t sizeBytes,
                   const PacketFormat& format,
                   EngineMode mode)
{
    const uint64_t packets = PacketCount(sizeBytes, format.payloadBytes);
    const uint64_t fullBytes = format.WireBytes();
    const uint64_t lastBytes = sizeBytes - (packets - 1) * format.payloadBytes + format.headerBytes;
    int64_t propagation = 0;
    for (LinkId link : route)
    {
        propagation += HopDelayNs(fabric, fabric.Link(link), format.nodes);
    }
    if (RulesOf(mode).truncatesTimes)
    {
        // whole numbers, to which a long double is exact up to 2^63
        const auto chain = LongestChain<long double>(
            route,
            packets,
            [&](LinkId l) { return HpccTxTimeNs(fullBytes, fabric.Link(l).bitsPerSecond); },
            [&](LinkId l) { return HpccTxTimeNs(lastBytes, fabric.Link(l).bitsPerSecond); });
        return AsIdealNs(propagation + chain, sizeBytes);
    }

    constexpr long double ROUNDING = 1e-6L; // keeps an exact integer from being rounded up
    if (format.nodes.cutThroughBytes > 0)
    {
        const long double chain = LongestChainThrough(fabric, route, packets, lastBytes, format);
        return AsIdealNs(propagation + std::ceil(chain - ROUNDING), sizeBytes);
    }

    constexpr uint64_t PS_BITS = 8'000'000'000'000; // ps that a byte takes at 1 b/s
    // at 1 Gb/s and above, and up to MAX_BYTES, sums in ps stay within 63 bits
    constexpr int64_t MAX_PS = 8000;
    constexpr uint64_t MAX_BYTES = 1'000'000'000'000;
    // divisions are what this costs, and most links of a route have the rate of the one before
    boost::container::small_vector<int64_t, 8> psPerByte;
    uint64_t rateBefore = 0;
    bool whole = true; // at all usual rates
    for (LinkId link : route)
    {
        const uint64_t rate = fabric.Link(link).bitsPerSecond;
        psPerByte.push_back(rate == rateBefore ? psPerByte.back() : static_cast<int64_t>(PS_BITS / rate));
        whole = whole && static_cast<uint64_t>(psPerByte.back()) * rate == PS_BITS && psPerByte.back() <= MAX_PS;
        rateBefore = rate;
    }
    if (whole && sizeBytes <= MAX_BYTES)
    {
        const auto ps = LongestChain<int64_t>(
            psPerByte,
            packets,
            [&](int64_t perByte) { return perByte * static_cast<int64_t>(fullBytes); },
            [&](int64_t perByte) { return perByte * static_cast<int64_t>(lastBytes); });
        return propagation + (ps + 999) / 1000;
    }

    const auto chain = LongestChain<long double>(
        route,
        packets,
        [&](LinkId l) { return 8e9L * fullBytes / fabric.Link(l).bitsPerSecond; },
        [&](LinkId l) { return 8e9L * lastBytes / fabric.Link(l).bitsPerSecond; });
    return AsIdealNs(propagation + std::ceil(chain - ROUNDING), sizeBytes);
}

namespace
{

RttHop RttHopOf(const FabricGraph& fabric, LinkId id, const NodeTiming& nodes)
{
    const FabricLink& link = fabric.Link(id);
    const FabricLink& back = fabric.Link(ReverseLink(id));
    return {link.bitsPerSecond, back.bitsPerSecond, HopDelayNs(fabric, link, nodes) + HopDelayNs(fabric, back, nodes)};
}

} // namespace

int64_t BaseRttNs(const FabricGraph& fabric, const Route& route, const PacketFormat& format, uint32_t ackBytes)
{
    boost::container::small_vector<RttHop, 8> hops;
    for (const LinkId id : route)
    {
        hops.push_back(RttHopOf(fabric, id, format.nodes));
    }
    return BaseRttOfHops(hops.data(), hops.size(), format, ackBytes);
}

int64_t BaseRttOfHops(const RttHop* hops, std::size_t count, const PacketFormat& format, uint32_t ackBytes)
{
    const NodeTiming& nodes = format.nodes;
    int64_t rtt = 0;
    for (std::size_t i = 0; i < count; i++)
    {
        const RttHop& hop = hops[i];
        const uint64_t data =
            i + 1 == count ? format.WireBytes()
                           : nodes.BytesBeforeSending(format.WireBytes(), hop.bitsPerSecond, hops[i + 1].bitsPerSecond);
        const uint64_t ack =
            i == 0 ? ackBytes
                   : nodes.BytesBeforeSending(ackBytes, hop.backBitsPerSecond, hops[i - 1].backBitsPerSecond);
        rtt += hop.delaysNs + StandardTxTimeNs(data, hop.bitsPerSecond) + StandardTxTimeNs(ack, hop.backBitsPerSecond);
    }
    return rtt;
}

uint64_t BottleneckRate(const FabricGraph& fabric, const Route& route)
{
    uint64_t rate = std::numeric_limits<uint64_t>::max();
    for (LinkId link : route)
    {
        rate = std::min(rate, fabric.Link(link).bitsPerSecond);
    }
    return rate;
}

namespace
{

/// Base RTT of the rest of a route from one of its links on, which grows link by link towards the source.
struct RestOfRtt
{
    int64_t ns;  //!< Without the ACK's transmission on `first`, for which it takes the link before.
    LinkId link; //!< The first link of the rest.
};

/// Parts of BaseRttOfHops() for links and for links that follow each other. Few networks have many kinds of links, so
/// what two kinds in turn take is divided out once.
class RttParts
{
  public:
    RttParts(const FabricGraph& fabric, const PacketFormat& format, uint32_t ackBytes)
        : m_format(format),
          m_ackBytes(ackBytes),
          m_kindOf(fabric.LinkCount())
    {
        std::map<std::tuple<uint64_t, uint64_t, int64_t>, uint32_t> kinds;
        for (LinkId id = 0; id < fabric.LinkCount(); id++)
        {
            const RttHop hop = RttHopOf(fabric, id, format.nodes);
            const auto [kind, isNew] = kinds.try_emplace({hop.bitsPerSecond, hop.backBitsPerSecond, hop.delaysNs},
                                                         static_cast<uint32_t>(m_hops.size()));
            if (isNew)
            {
                m_hops.push_back(hop);
            }
            m_kindOf[id] = kind->second;
        }
        constexpr std::size_t MANY = 1000;
        m_between.resize(m_hops.size() <= MANY ? m_hops.size() * m_hops.size() : 0, UNKNOWN);
    }

    /// Returns the rest that is a last link alone.
    RestOfRtt Last(LinkId link) const
    {
        const RttHop& hop = m_hops[m_kindOf[link]];
        return {hop.delaysNs + StandardTxTimeNs(m_format.WireBytes(), hop.bitsPerSecond), link};
    }

    /// Returns a rest with the link before it.
    RestOfRtt Before(LinkId link, const RestOfRtt& rest)
    {
        const uint32_t before = m_kindOf[link];
        const uint32_t after = m_kindOf[rest.link];
        if (m_between.empty())
        {
            return {rest.ns + Between(m_hops[before], m_hops[after]), link};
        }
        int64_t& ns = m_between[before * m_hops.size() + after];
        ns = ns == UNKNOWN ? Between(m_hops[before], m_hops[after]) : ns;
        return {rest.ns + ns, link};
    }

    /// Returns the base RTT of a whole route.
    int64_t Whole(const RestOfRtt& route) const
    {
        return route.ns + StandardTxTimeNs(m_ackBytes, m_hops[m_kindOf[route.link]].backBitsPerSecond);
    }

  private:
    static constexpr int64_t UNKNOWN = -1;

    /// What a link adds before another: its delays, its data, and the ACK that comes to it from the other.
    int64_t Between(const RttHop& before, const RttHop& after) const
    {
        const NodeTiming& nodes = m_format.nodes;
        const uint64_t data = nodes.BytesBeforeSending(m_format.WireBytes(), before.bitsPerSecond, after.bitsPerSecond);
        const uint64_t ack = nodes.BytesBeforeSending(m_ackBytes, after.backBitsPerSecond, before.backBitsPerSecond);
        return before.delaysNs + StandardTxTimeNs(data, before.bitsPerSecond) +
               StandardTxTimeNs(ack, after.backBitsPerSecond);
    }

    const PacketFormat& m_format;
    uint32_t m_ackBytes;
    std::vector<RttHop> m_hops;     //!< by kind
    std::vector<uint32_t> m_kindOf; //!< by link
    std::vector<int64_t> m_between; //!< by kind and kind of the link behind; empty where there are many
};

} // namespace

int64_t MaxBaseRttNs(const FabricGraph& fabric, const RouteTable& routes, const PacketFormat& format, uint32_t ackBytes)
{
    RttParts parts(fabric, format, ackBytes);
    int64_t largest = 0;
    FoldFirstRoutes<RestOfRtt>(
        fabric,
        routes,
        [&](LinkId link, const RestOfRtt* rest) { return rest ? parts.Before(link, *rest) : parts.Last(link); },
        [&](const RestOfRtt& route) { largest = std::max(largest, parts.Whole(route)); });
    return largest;
}

} // namespace ns3::m3
