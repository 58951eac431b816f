// SPDX-License-Identifier: GPL-2.0-only
#include "scenario-kinds.h"

#include "core/text-format.h"
#include "ns3/m3-fabric-shapes.h"

#include <algorithm>
#include <cmath>

namespace ns3::m3
{

namespace
{

constexpr uint64_t GIGABIT = 1'000'000'000;
constexpr uint64_t FASTEST_BPS = 800 * GIGABIT;

/// Two in three times the links of the paper's fabric, others as elsewhere.
LinkShape DrawUsualLinks(RandomStream& random)
{
    return random.Uniform() < 2.0 / 3 ? PUBLISHED_LINKS : DrawLinkShape(random);
}

/// Number of hosts within a range, small ones more often.
uint32_t DrawHosts(RandomStream& random, const HostRange& range)
{
    return static_cast<uint32_t>(std::lround(random.LogUniform(range.min, range.max)));
}

/// Adds hosts, then switches. \return the first switch
NodeId AddNodes(FabricGraph& fabric, uint32_t hosts, uint32_t switches)
{
    for (uint32_t node = 0; node < hosts + switches; node++)
    {
        fabric.AddNode(node < hosts ? NodeKind::HOST : NodeKind::SWITCH);
    }
    return hosts;
}

} // namespace

DrawnNetwork DrawMixedRates(RandomStream& random, const HostRange& range)
{
    static const std::vector<uint64_t> GBPS{1, 2, 5, 10, 10, 25, 40, 50, 100, 200, 400};
    constexpr uint32_t SPREAD = 3; // places in the list: a factor of at most 10
    const uint32_t perRack = Between(random, 2, 12);
    const uint32_t racks = std::clamp<uint32_t>(DrawHosts(random, range) / perRack, 2, 16);
    const uint32_t spines = Between(random, 1, 6);
    const uint64_t slowest = random.Integer(0, GBPS.size() - 1 - SPREAD);
    const bool byHost = random.Uniform() < 0.25;
    const int64_t delayNs = DrawUsualLinks(random).delayNs;
    const auto rate = [&] { return GBPS[slowest + random.Integer(0, SPREAD)] * GIGABIT; };
    DrawnNetwork drawn;
    const NodeId leaf = AddNodes(drawn.fabric, racks * perRack, racks + spines);
    for (uint32_t rack = 0; rack < racks; rack++)
    {
        uint64_t hostBps = rate();
        uint64_t largest = hostBps;
        for (uint32_t i = 0; i < perRack; i++)
        {
            hostBps = byHost ? rate() : hostBps;
            largest = std::max(largest, hostBps);
            drawn.fabric.AddLink(rack * perRack + i, leaf + rack, hostBps, delayNs);
        }
        const uint64_t uplink = std::min(largest * Choose<uint64_t>(random, {1, 2, 4}), FASTEST_BPS);
        for (uint32_t spine = 0; spine < spines; spine++)
        {
            const double factor = Choose<double>(random, {0.25, 0.5, 1, 1, 1, 1, 2});
            drawn.fabric.AddLink(leaf + rack,
                                 leaf + racks + spine,
                                 static_cast<uint64_t>(static_cast<double>(uplink) * factor),
                                 delayNs);
        }
    }
    drawn.description = FormatText("mixed rates %ux%u, %u spines", racks, perRack, spines);
    return drawn;
}

DrawnNetwork DrawFatTree(RandomStream& random, const HostRange& /*range*/)
{
    const uint32_t k = Choose<uint32_t>(random, {4, 4, 6, 6, 8, 8, 10, 12, 16});
    const LinkShape links = DrawUsualLinks(random);
    ThreeTierShape shape;
    shape.pods = k;
    shape.racksPerPod = shape.hostsPerRack = shape.planes = shape.spinesPerPlane = k / 2;
    shape.hostBps = links.hostBps;
    shape.fabricBps = random.Uniform() < 0.7 ? links.hostBps : links.fabricBps;
    shape.delayNs = links.delayNs;
    return {MakeThreeTier(shape), FormatText("fat tree, k = %u", k)};
}

DrawnNetwork DrawTwoHomed(RandomStream& random, const HostRange& range)
{
    const LinkShape links = DrawUsualLinks(random);
    const uint32_t perPair = Between(random, 2, 16);
    const uint32_t pairs = std::clamp<uint32_t>(DrawHosts(random, range) / perPair, 1, 12);
    const uint32_t spines = pairs == 1 ? 0 : Between(random, 1, 6);
    DrawnNetwork drawn;
    const NodeId leaf = AddNodes(drawn.fabric, pairs * perPair, 2 * pairs + spines);
    for (uint32_t pair = 0; pair < pairs; pair++)
    {
        for (const NodeId of : {leaf + 2 * pair, leaf + 2 * pair + 1})
        {
            for (uint32_t i = 0; i < perPair; i++)
            {
                drawn.fabric.AddLink(pair * perPair + i, of, links.hostBps, links.delayNs);
            }
            for (uint32_t spine = 0; spine < spines; spine++)
            {
                drawn.fabric.AddLink(of, leaf + 2 * pairs + spine, links.fabricBps, links.delayNs);
            }
        }
    }
    drawn.description = FormatText("two-homed hosts %ux%u, %u spines", pairs, perPair, spines);
    return drawn;
}

DrawnNetwork DrawRingOrTorus(RandomStream& random, const HostRange& range)
{
    const LinkShape links = DrawUsualLinks(random);
    const bool ring = random.Uniform() < 0.5;
    const uint32_t columns = ring ? Between(random, 3, 10) : Between(random, 3, 6);
    const uint32_t rows = ring ? 1 : Between(random, 3, 5);
    const uint32_t perSwitch = std::clamp<uint32_t>(DrawHosts(random, range) / (columns * rows), 1, 16);
    DrawnNetwork drawn;
    const NodeId first = AddNodes(drawn.fabric, columns * rows * perSwitch, columns * rows);
    for (uint32_t place = 0; place < columns * rows; place++)
    {
        for (uint32_t i = 0; i < perSwitch; i++)
        {
            drawn.fabric.AddLink(place * perSwitch + i, first + place, links.hostBps, links.delayNs);
        }
        const uint32_t row = place / columns;
        const uint32_t right = row * columns + (place + 1) % columns;
        drawn.fabric.AddLink(first + place, first + right, links.fabricBps, links.delayNs);
        if (!ring)
        {
            const uint32_t below = (row + 1) % rows * columns + place % columns;
            drawn.fabric.AddLink(first + place, first + below, links.fabricBps, links.delayNs);
        }
    }
    drawn.description = ring ? FormatText("ring of %u switches, %u hosts each", columns, perSwitch)
                             : FormatText("torus of %ux%u switches, %u hosts each", columns, rows, perSwitch);
    return drawn;
}

DrawnNetwork DrawFarOrNear(RandomStream& random, const HostRange& range)
{
    constexpr double SHORTEST_NS = 25;
    constexpr double LONGEST_NS = 1e7;
    LinkShape links{};
    links.hostBps = Choose<uint64_t>(random, {1, 2, 5, 10, 10, 25, 40, 50, 100, 200, 400, 800}) * GIGABIT;
    links.fabricBps = std::min(links.hostBps * Choose<uint64_t>(random, {1, 2, 4}), FASTEST_BPS);
    links.delayNs = std::llround(random.LogUniform(SHORTEST_NS, LONGEST_NS));
    DrawnNetwork drawn;
    drawn.fabric = DrawFabric(random, links, range, drawn.description);
    drawn.description += FormatText(", %.3g us", static_cast<double>(links.delayNs) / 1000);
    return drawn;
}

DrawnNetwork DrawLossyLinks(RandomStream& random, const HostRange& range)
{
    constexpr double LEAST = 1e-6;
    constexpr double MOST = 1e-2;
    DrawnNetwork drawn;
    const FabricGraph even = DrawFabric(random, DrawUsualLinks(random), range, drawn.description);
    const double share = random.LogUniform(0.02, 1); // of the links that lose packets
    const double typical = random.LogUniform(LEAST, MOST);
    for (NodeId node = 0; node < even.NodeCount(); node++)
    {
        drawn.fabric.AddNode(even.Kind(node));
    }
    for (LinkId id = 0; id < even.LinkCount(); id += 2) // the two directions of a link follow each other
    {
        const FabricLink& link = even.Link(id);
        const bool loses = id == 0 || random.Uniform() < share;
        const double errorRate = loses ? std::clamp(typical * random.LogUniform(0.2, 5), LEAST, MOST) : 0;
        drawn.fabric.AddLink(link.from, link.to, link.bitsPerSecond, link.delayNs, errorRate);
    }
    drawn.description += FormatText(", %.0f %% of links lose about %.2g", 100 * share, typical);
    return drawn;
}

} // namespace ns3::m3
