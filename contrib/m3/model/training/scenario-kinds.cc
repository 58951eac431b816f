// SPDX-License-Identifier: GPL-2.0-only
#include "scenario-kinds.h"

#include <algorithm>

namespace ns3::m3
{

namespace
{

/// No PFC, shared pools and windows at which packets are lost.
void MakeLossy(RandomStream& random, const FabricGraph& fabric, RdmaConfig& config)
{
    constexpr double TEN_GIGABITS = 1e10;
    constexpr double SMALLEST_POOL = 4000;
    config.pfc = false;
    const double perCapacity = random.LogUniform(4000, 40'000) / TEN_GIGABITS;
    config.nodeSharedPoolBytes.assign(fabric.NodeCount(), 0);
    for (NodeId node = 0; node < fabric.NodeCount(); node++)
    {
        const auto capacity = static_cast<double>(fabric.PortCapacity(node));
        config.nodeSharedPoolBytes[node] =
            fabric.IsHost(node) ? 0 : static_cast<uint64_t>(std::max(SMALLEST_POOL, perCapacity * capacity));
    }
}

void DrawPayload(RandomStream& random, const FabricGraph& /*fabric*/, RdmaConfig& config)
{
    config.payloadBytes = Choose<uint32_t>(random, {256, 512, 1460, 2048, 4096, 8192, 9000});
    if (random.Uniform() < 0.4)
    {
        config.ackIntervalBytes = config.payloadBytes * Choose<uint32_t>(random, {2, 4, 8});
    }
}

} // namespace

const std::vector<ScenarioKind>& ScenarioKinds()
{
    static const std::vector<ScenarioKind> KINDS{
        {"incast", 3, "bursts of many hosts to one beside other flows", nullptr, nullptr, DrawIncast},
        {"incast-alone", 1, "bursts of many hosts to one and nothing else", nullptr, nullptr, DrawIncastAlone},
        {"rack-bursts", 1, "bursts of all hosts to those of a rack", nullptr, nullptr, DrawRackBursts},
        {"permutations", 1, "every host sends as much to another one at once", nullptr, nullptr, DrawPermutations},
        {"all-to-all", 1, "every host of a group sends to every other one at once", nullptr, nullptr, DrawAllToAll},
        {"few-flows", 1, "1 to 100 flows", nullptr, nullptr, DrawFewFlows},
        {"mice", 1, "flows of at most about a packet", nullptr, nullptr, DrawMice},
        {"elephants-and-mice", 1, "few large flows have nearly all bytes", nullptr, nullptr, DrawElephantsAndMice},
        {"on-off", 1, "hosts that send now and then", nullptr, nullptr, DrawOnOff},
        {"growing", 0.5, "a load that grows", nullptr, nullptr, DrawGrowing},
        {"mixed-rates", 2, "hosts and uplinks of unequal rates", DrawMixedRates},
        {"fat-tree", 1, "fat trees with k from 4 to 16", DrawFatTree},
        {"two-homed", 1, "hosts at two switches", DrawTwoHomed},
        {"ring-or-torus", 1, "rings and tori of switches", DrawRingOrTorus},
        {"far-or-near", 2, "delays from 25 ns to 10 ms, rates from 1 to 800 Gb/s", DrawFarOrNear},
        {"lossy-links", 1, "links that lose packets", DrawLossyLinks},
        {"lossy", 3, "no PFC, small buffers, high load", nullptr, MakeLossy, DrawHeavyLoad},
        {"payload", 1, "packets of 256 to 9000 B, few ACKs", nullptr, DrawPayload},
    };
    return KINDS;
}

} // namespace ns3::m3
