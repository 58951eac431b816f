// SPDX-License-Identifier: GPL-2.0-only
#include "space-parts.h"

#include "core/text-format.h"
#include "ns3/m3-fabric-shapes.h"

#include <algorithm>
#include <cmath>

namespace ns3::m3
{

LinkShape DrawLinkShape(RandomStream& random)
{
    constexpr uint64_t FASTEST = 800'000'000'000U;
    const uint64_t host = Choose<uint64_t>(random, {10, 10, 10, 10, 25, 40, 100, 200, 400}) * 1'000'000'000U;
    const uint64_t factor = Choose<uint64_t>(random, {1, 2, 4, 4, 4});
    const int64_t delay = random.Uniform() < 0.6 ? 1000 : std::llround(random.LogUniform(200, 5000));
    return {host, std::min(host * factor, FASTEST), delay};
}

FabricGraph WithUnequalDelays(RandomStream& random, const FabricGraph& even)
{
    constexpr double MAX_FACTOR = 4; // longer or shorter
    FabricGraph fabric;
    for (NodeId node = 0; node < even.NodeCount(); node++)
    {
        fabric.AddNode(even.Kind(node));
    }
    for (LinkId id = 0; id < even.LinkCount(); id += 2) // the two directions of a link follow each other
    {
        const FabricLink& link = even.Link(id);
        const double delay = static_cast<double>(link.delayNs) * random.LogUniform(1 / MAX_FACTOR, MAX_FACTOR);
        fabric.AddLink(link.from,
                       link.to,
                       link.bitsPerSecond,
                       std::llround(delay),
                       link.errorRate,
                       even.Link(ReverseLink(id)).bitsPerSecond);
    }
    return fabric;
}

FabricGraph DrawFabric(RandomStream& random, const LinkShape& links, const HostRange& range, std::string& description)
{
    // most networks are small: there a given number of packets lasts longer, and large flows meet each other for longer
    const double maxHosts = random.LogUniform(2.0 * range.min, range.max);
    const auto fits = [&](uint32_t hosts) { return hosts >= range.min && hosts <= maxHosts; };
    const auto setLinks = [&links](auto& shape)
    {
        shape.hostBps = links.hostBps;
        shape.fabricBps = links.fabricBps;
        shape.delayNs = links.delayNs;
    };
    while (true)
    {
        if (random.Uniform() < 0.6)
        {
            ThreeTierShape shape;
            shape.pods = Between(random, 2, 4);
            shape.racksPerPod = Between(random, 2, 8);
            shape.hostsPerRack = Between(random, 2, 16);
            shape.planes = Between(random, 1, 4);
            shape.spinesPerPlane = Between(random, 1, 6);
            setLinks(shape);
            const uint32_t hosts = shape.pods * shape.racksPerPod * shape.hostsPerRack;
            if (!fits(hosts))
            {
                continue;
            }
            description = FormatText("three-tier %ux%ux%u, %u planes of %u spines",
                                     shape.pods,
                                     shape.racksPerPod,
                                     shape.hostsPerRack,
                                     shape.planes,
                                     shape.spinesPerPlane);
            return MakeThreeTier(shape);
        }
        LeafSpineShape shape;
        shape.racks = Between(random, 2, 12);
        shape.hostsPerRack = Between(random, 2, 16);
        shape.spines = Between(random, 1, 8);
        setLinks(shape);
        const uint32_t hosts = shape.racks * shape.hostsPerRack;
        if (!fits(hosts))
        {
            continue;
        }
        description = FormatText("leaf-spine %ux%u, %u spines", shape.racks, shape.hostsPerRack, shape.spines);
        return MakeLeafSpine(shape);
    }
}

} // namespace ns3::m3
