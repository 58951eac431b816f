// SPDX-License-Identifier: GPL-2.0-only
#include "ideal-fct.h"

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

int64_t BaseRttNs(const FabricGraph& fabric, const Route& route, const PacketFormat& format, uint32_t ackBytes)
{
    boost::container::small_vector<RttHop, 8> hops;
    for (const LinkId id : route)
    {
        const FabricLink& link = fabric.Link(id);
        const FabricLink& back = fabric.Link(ReverseLink(id));
        hops.push_back({link.bitsPerSecond,
                        back.bitsPerSecond,
                        HopDelayNs(fabric, link, format.nodes) + HopDelayNs(fabric, back, format.nodes)});
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

void ForEachRepresentativePair(const FabricGraph& fabric,
                               const RouteTable& routes,
                               const std::function<void(NodeId src, NodeId dst, const Route& route)>& visit)
{
    std::map<std::tuple<NodeId, uint64_t, uint64_t, int64_t>, uint32_t> seen;
    std::vector<NodeId> hosts;
    for (NodeId host : fabric.Hosts())
    {
        const auto& links = fabric.EgressLinks(host);
        if (links.size() == 1)
        {
            const FabricLink& link = fabric.Link(links[0]);
            if (seen[{link.to, link.bitsPerSecond, fabric.Link(ReverseLink(links[0])).bitsPerSecond, link.delayNs}]++ >=
                2)
            {
                continue;
            }
        }
        if (!links.empty())
        {
            hosts.push_back(host);
        }
    }
    Route route;
    for (NodeId src : hosts)
    {
        for (NodeId dst : hosts)
        {
            if (src != dst && routes.Reachable(src, dst))
            {
                routes.FirstRoute(src, dst, route);
                visit(src, dst, route);
            }
        }
    }
}

int64_t MaxBaseRttNs(const FabricGraph& fabric, const RouteTable& routes, const PacketFormat& format, uint32_t ackBytes)
{
    int64_t largest = 0;
    ForEachRepresentativePair(fabric,
                              routes,
                              [&](NodeId, NodeId, const Route& route)
                              { largest = std::max(largest, BaseRttNs(fabric, route, format, ackBytes)); });
    return largest;
}

} // namespace ns3::m3
