// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_TEST_STAR_H
#define M3_TEST_STAR_H

#include "ns3/m3-fabric-graph.h"

inline constexpr uint64_t GBIT = 1'000'000'000; //!< bit/s

/// Hosts 0 .. hosts - 1 around one switch, the last node.
inline ns3::m3::FabricGraph Star(uint32_t hosts, uint64_t rate, int64_t delayNs = 1000, double errorRate = 0)
{
    using namespace ns3::m3;
    FabricGraph fabric;
    for (uint32_t i = 0; i < hosts; i++)
    {
        fabric.AddNode(NodeKind::HOST);
    }
    const NodeId hub = fabric.AddNode(NodeKind::SWITCH);
    for (uint32_t i = 0; i < hosts; i++)
    {
        fabric.AddLink(i, hub, rate, delayNs, errorRate);
    }
    return fabric;
}

#endif // M3_TEST_STAR_H
