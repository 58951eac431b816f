// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_TEST_CROWDED_RACKS_H
#define M3_TEST_CROWDED_RACKS_H

#include "core/random-stream.h"
#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-flow.h"

#include <algorithm>

namespace ns3::m3
{

/// Three racks of four hosts at 10 Gb/s, two spines at 40 Gb/s, and two hosts with a link between them and nothing
/// else. Switches come first; the delay is no round number.
inline FabricGraph ThreeRacks()
{
    constexpr uint64_t HOST_RATE = 10'000'000'000;
    constexpr int64_t DELAY_NS = 1300;
    FabricGraph fabric;
    for (int node = 0; node < 5; node++)
    {
        fabric.AddNode(NodeKind::SWITCH); // two spines, three leaves
    }
    for (NodeId leaf = 2; leaf < 5; leaf++)
    {
        fabric.AddLink(leaf, 0, 4 * HOST_RATE, DELAY_NS, 1e-3);
        fabric.AddLink(leaf, 1, 4 * HOST_RATE, DELAY_NS);
        for (int host = 0; host < 4; host++)
        {
            fabric.AddLink(fabric.AddNode(NodeKind::HOST), leaf, HOST_RATE, DELAY_NS);
        }
    }
    const NodeId one = fabric.AddNode(NodeKind::HOST);
    fabric.AddLink(one, fabric.AddNode(NodeKind::HOST), HOST_RATE, DELAY_NS);
    return fabric;
}

/// Flows that crowd into rack 0, so that links hold several of them down at once.
inline FlowList CrowdedFlows(const FabricGraph& fabric)
{
    RandomStream random(5);
    const auto& hosts = fabric.Hosts();
    FlowList flows;
    for (int i = 0; i < 200; i++)
    {
        const bool pair = i % 30 == 0; // the two hosts without a switch
        const std::size_t src = pair ? 12 : random.Integer(0, 11);
        const std::size_t dst = pair ? 13 : random.Integer(0, random.Uniform() < 0.5 ? 11 : 3);
        flows.push_back({hosts[src],
                         hosts[dst == src ? (dst + 1) % 12 : dst],
                         i % 10 == 3 ? 10'000 : static_cast<uint64_t>(random.LogUniform(1, 100'000)),
                         static_cast<int64_t>(random.Integer(10'000, 900'000))});
    }
    std::sort(flows.begin(), flows.end(), [](const Flow& a, const Flow& b) { return a.startNs < b.startNs; });
    return flows;
}

} // namespace ns3::m3

#endif // M3_TEST_CROWDED_RACKS_H
