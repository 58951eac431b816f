// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_TEST_RANDOM_SCENARIO_H
#define M3_TEST_RANDOM_SCENARIO_H

#include "core/random-stream.h"
#include "ns3/m3-dcqcn.h"
#include "ns3/m3-fabric-shapes.h"
#include "ns3/m3-hpcc-pint.h"
#include "ns3/m3-hpcc.h"
#include "ns3/m3-packet-simulation.h"
#include "workload/flow-generator.h"

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

namespace ns3::m3
{

/// A network with its configuration, flows and link changes, all of it drawn.
struct RandomScenario
{
    FabricGraph fabric;
    RdmaConfig config;
    FlowList flows;
    std::vector<LinkChange> changes;
    bool defaultBuffers = true;
    bool lossy = false;   //!< some links have an error rate
    bool circles = false; //!< routes may depend on each other in a circle
    std::string description;
};

/// Draws scenarios: the same seed, the same scenario.
class ScenarioDrawer
{
  public:
    explicit ScenarioDrawer(uint64_t seed)
        : m_random(seed)
    {
    }

    RandomScenario Draw()
    {
        RandomScenario one;
        DrawFabric(one.fabric);
        one.circles = m_shape == "ring" || m_shape == "random graph";
        DrawConfig(one);
        DrawFlows(one);
        if (one.config.mode == EngineMode::STANDARD && Chance(0.15))
        {
            DrawChanges(one);
        }
        std::ostringstream text;
        text << m_shape << " of " << one.fabric.Hosts().size() << " hosts and "
             << one.fabric.NodeCount() - one.fabric.Hosts().size() << " switches, " << one.flows.size() << " flows, "
             << CongestionControlName(one.config.congestionControl) << ", "
             << (one.config.mode == EngineMode::STANDARD ? "standard" : "hpcc") << ", PFC " << one.config.pfc
             << ", ACKs first " << one.config.ackHighPriority << ", default buffers " << one.defaultBuffers
             << ", lossy " << one.lossy << ", link changes " << one.changes.size();
        one.description = text.str();
        return one;
    }

  private:
    bool Chance(double probability)
    {
        return m_random.Uniform() < probability;
    }

    uint32_t Number(uint32_t low, uint32_t high)
    {
        return static_cast<uint32_t>(m_random.Integer(low, high));
    }

    uint64_t Rate()
    {
        constexpr double GBPS[] = {1, 2.5, 7.777777777, 10, 25, 40, 100, 200, 400};
        return static_cast<uint64_t>(1e9 * GBPS[Number(0, std::size(GBPS) - 1)]);
    }

    int64_t Delay()
    {
        return Chance(0.3) ? 0 : static_cast<int64_t>(m_random.LogUniform(10, m_longestDelayNs));
    }

    /// Mostly of the rates and delays of the scenario, so that most of the network is regular.
    void Link(FabricGraph& fabric, NodeId a, NodeId b, bool ofHost)
    {
        const bool regular = Chance(m_regular);
        const uint64_t rate = regular ? (ofHost ? m_hostRate : m_fabricRate) : Rate();
        const double errorRate = Chance(m_lossyLinks) ? m_random.LogUniform(1e-6, 0.02) : 0;
        fabric.AddLink(a, b, rate, regular ? m_delayNs : Delay(), errorRate);
    }

    void DrawFabric(FabricGraph& fabric)
    {
        m_longestDelayNs = Chance(0.2) ? 1e6 : Chance(0.5) ? 1e5 : 1e4;
        m_regular = Chance(0.4) ? 1 : m_random.Uniform();
        m_lossyLinks = Chance(0.2) ? m_random.Uniform() : 0;
        m_hostRate = Rate();
        m_fabricRate = Rate();
        m_delayNs = Delay();
        switch (Number(0, 3))
        {
        case 0:
            m_shape = "star";
            DrawSwitches(fabric, 1, Number(2, 16));
            break;
        case 1:
            m_shape = "leaf-spine";
            DrawLeafSpine(fabric);
            break;
        case 2:
        {
            m_shape = "ring";
            const uint32_t switches = Number(3, 6);
            m_ring = DrawSwitches(fabric, switches, Number(2, 12));
            for (uint32_t i = 0; i < switches; i++)
            {
                Link(fabric, m_ring[i], m_ring[(i + 1) % switches], false);
            }
            break;
        }
        default:
        {
            m_shape = "random graph";
            const uint32_t switches = Number(2, 8);
            const auto hubs = DrawSwitches(fabric, switches, Number(2, 16));
            for (uint32_t i = 1; i < switches; i++)
            {
                Link(fabric, hubs[i], hubs[Number(0, i - 1)], false);
            }
            for (uint32_t extra = Number(0, switches); extra > 0; extra--)
            {
                const uint32_t a = Number(0, switches - 1);
                Link(fabric, hubs[a], hubs[(a + Number(1, switches - 1)) % switches], false);
            }
        }
        }
    }

    /// Switches with hosts here and there, some of them with two NICs; ids in a mixed order. \return the switches
    std::vector<NodeId> DrawSwitches(FabricGraph& fabric, uint32_t switches, uint32_t hosts)
    {
        std::vector<NodeId> hubs;
        std::vector<NodeId> ends;
        while (hubs.size() < switches || ends.size() < hosts)
        {
            const bool host = hubs.size() == switches || (ends.size() < hosts && Chance(0.5));
            const NodeId node = fabric.AddNode(host ? NodeKind::HOST : NodeKind::SWITCH);
            (host ? ends : hubs).push_back(node);
        }
        const double secondNic = Chance(0.3) ? m_random.Uniform() : 0;
        for (NodeId end : ends)
        {
            Link(fabric, end, hubs[Number(0, switches - 1)], true);
            if (Chance(secondNic))
            {
                Link(fabric, end, hubs[Number(0, switches - 1)], true);
            }
        }
        return hubs;
    }

    void DrawLeafSpine(FabricGraph& fabric)
    {
        const uint32_t racks = Number(2, 4);
        const uint32_t hosts = Number(1, 5);
        const uint32_t spines = Number(1, 3);
        for (uint32_t host = 0; host < racks * hosts; host++)
        {
            fabric.AddNode(NodeKind::HOST);
        }
        for (uint32_t i = 0; i < racks + spines; i++)
        {
            fabric.AddNode(NodeKind::SWITCH);
        }
        for (uint32_t host = 0; host < racks * hosts; host++)
        {
            Link(fabric, host, racks * hosts + host / hosts, true);
        }
        for (uint32_t i = 0; i < racks * spines; i++)
        {
            Link(fabric, racks * hosts + i / spines, racks * hosts + racks + i % spines, false);
        }
    }

    void DrawConfig(RandomScenario& one)
    {
        using Type = CongestionControlType;
        constexpr Type CONTROLS[] = {Type::NONE, Type::DCQCN, Type::HPCC, Type::TIMELY, Type::DCTCP, Type::HPCC_PINT};
        RdmaConfig& config = one.config;
        config.congestionControl = CONTROLS[Number(0, std::size(CONTROLS) - 1)];
        config.mode = Chance(0.7) ? EngineMode::STANDARD : EngineMode::HPCC;
        if (config.mode == EngineMode::STANDARD && Chance(0.3))
        {
            const char* const ofStandardMode[] = {"swift", "powertcp", "theta-powertcp"};
            config.congestionControl = ParseCongestionControl(ofStandardMode[Number(0, 2)]);
        }
        config.pfc = Chance(0.75);
        config.ackHighPriority = Chance(0.25);
        config.variableWindow = Chance(0.8);
        config.rateBound = Chance(0.9);
        config.perPairWindow = Chance(0.2) && config.congestionControl != Type::HPCC_PINT; // its switches need one base
        config.seed = m_random.Integer(1, 1000);
        if (Chance(0.3))
        {
            config.windowBytes = static_cast<uint64_t>(m_random.LogUniform(1500, 1e6));
        }
        config.Of<HpccConfig>().eta = m_random.Uniform(0.5, 1);
        config.Of<HpccConfig>().fastReact = Chance(0.8);
        config.Of<HpccConfig>().multiRate = Chance(0.2);
        config.Of<HpccConfig>().sampleFeedback = Chance(0.2);
        config.Of<HpccConfig>().miThreshold = Number(0, 5);
        config.Of<PintConfig>().probability = Chance(0.5) ? 1 : m_random.LogUniform(0.01, 1);
        config.Of<DcqcnConfig>().fastRecoveryTimes = Number(1, 5);
        config.Of<DcqcnConfig>().clampTarget = Chance(0.3);
        for (LinkId link = 0; link < one.fabric.LinkCount(); link++)
        {
            one.lossy |= one.fabric.Link(link).errorRate > 0;
        }
        if (Chance(0.3))
        {
            one.defaultBuffers = false;
            DrawBuffers(one);
        }
    }

    /// Little beyond what the switches need, or in `HPCC` mode as little as one likes.
    void DrawBuffers(RandomScenario& one)
    {
        RdmaConfig& config = one.config;
        if (config.mode == EngineMode::HPCC)
        {
            config.bufferBytes = static_cast<uint64_t>(m_random.LogUniform(5e4, 1e8));
            return;
        }
        const RouteTable routes(one.fabric, config.mode);
        const RdmaConfig resolved = config.Resolve(one.fabric, routes);
        uint64_t needed = 0;
        for (NodeId node = 0; node < one.fabric.NodeCount(); node++)
        {
            if (!one.fabric.IsHost(node))
            {
                needed = std::max(needed, BufferOfSwitch(one.fabric, node, resolved).fixedBytes);
            }
        }
        config.bufferBytes = needed + static_cast<uint64_t>(m_random.LogUniform(2000, 2e5));
    }

    void DrawFlows(RandomScenario& one)
    {
        const double budget = Chance(0.1) ? 2e7 : 2e6; // bytes of all flows together
        const double mean = std::floor(m_random.LogUniform(100, budget / 20));
        const std::string text = std::to_string(mean);
        const std::string kinds[] = {"constant:" + text,
                                     "exponential:" + text,
                                     "lognormal:" + text + ",1.5",
                                     "pareto:" + text + ",2.5"};
        TrafficSpec spec;
        spec.flows = std::max<uint64_t>(2, static_cast<uint64_t>(std::min(budget / mean, m_random.LogUniform(2, 400))));
        spec.load = m_random.Uniform(0.05, 0.95);
        spec.lognormalSigma = Chance(0.3) ? 0 : m_random.Uniform(0.5, 2);
        spec.headerBytes = one.config.HeaderBytes();
        spec.seed = m_random.Integer(1, 1'000'000);
        const RouteTable routes(one.fabric, one.config.mode);
        const auto sizes = ParseSizeDistribution(kinds[Number(0, std::size(kinds) - 1)]);
        one.flows = GenerateFlows(one.fabric, routes, TrafficMatrix::Uniform(one.fabric), *sizes, spec);
        for (int incasts = Chance(0.4) ? Number(1, 3) : 0; incasts > 0; incasts--)
        {
            AddIncast(one);
        }
        if (!m_ring.empty() && Chance(0.4))
        {
            AddCircle(one);
        }
        std::stable_sort(one.flows.begin(),
                         one.flows.end(),
                         [](const Flow& a, const Flow& b) { return a.startNs < b.startNs; });
    }

    /// Flows from all over to one host at once, or within a few us.
    void AddIncast(RandomScenario& one)
    {
        const auto& hosts = one.fabric.Hosts();
        const std::size_t to = m_random.Integer(0, hosts.size() - 1);
        const int64_t startNs = one.flows[m_random.Integer(0, one.flows.size() - 1)].startNs;
        const auto bytes = static_cast<uint64_t>(m_random.LogUniform(100, 5e4));
        const uint64_t jitterNs = Chance(0.5) ? 0 : 5000;
        for (uint32_t fan = Number(2, 60); fan > 0; fan--)
        {
            const std::size_t from = (to + m_random.Integer(1, hosts.size() - 1)) % hosts.size();
            const auto after = static_cast<int64_t>(m_random.Integer(0, jitterNs));
            one.flows.push_back({hosts[from], hosts[to], bytes, startNs + after});
        }
    }

    /// Flows of every host two switches further round the ring, which may wait for each other.
    void AddCircle(RandomScenario& one)
    {
        const auto place = [&](NodeId host)
        { return std::find(m_ring.begin(), m_ring.end(), one.fabric.TopOfRack(host)) - m_ring.begin(); };
        const int64_t startNs = one.flows[m_random.Integer(0, one.flows.size() - 1)].startNs;
        const auto bytes = static_cast<uint64_t>(m_random.LogUniform(1e4, 3e5));
        for (NodeId src : one.fabric.Hosts())
        {
            for (NodeId dst : one.fabric.Hosts())
            {
                const auto further = place(dst) - place(src);
                if (further == 2 || further == 2 - static_cast<long>(m_ring.size()))
                {
                    one.flows.push_back({src, dst, bytes, startNs});
                }
            }
        }
    }

    void DrawChanges(RandomScenario& one)
    {
        const double lastNs = static_cast<double>(one.flows.back().startNs) + 1000;
        for (uint32_t count = Number(1, 3); count > 0; count--)
        {
            const LinkId link = Number(0, one.fabric.LinkCount() - 1);
            const auto downNs = static_cast<int64_t>(m_random.Uniform(0, lastNs));
            one.changes.push_back({downNs, link, false});
            if (Chance(0.7))
            {
                one.changes.push_back(
                    {downNs + static_cast<int64_t>(m_random.LogUniform(100, 2 * lastNs)), link, true});
            }
        }
        std::stable_sort(one.changes.begin(),
                         one.changes.end(),
                         [](const LinkChange& a, const LinkChange& b) { return a.timeNs < b.timeNs; });
    }

    RandomStream m_random;
    std::string m_shape;
    std::vector<NodeId> m_ring; //!< switches of a ring in their order, none of other shapes
    double m_longestDelayNs = 0;
    double m_regular = 0;    //!< share of links of the rates and the delay below
    double m_lossyLinks = 0; //!< share of links with an error rate
    uint64_t m_hostRate = 0;
    uint64_t m_fabricRate = 0;
    int64_t m_delayNs = 0;
};

/// What a seed stands for.
inline RandomScenario MakeRandomScenario(uint64_t seed)
{
    return ScenarioDrawer(seed).Draw();
}

} // namespace ns3::m3

#endif // M3_TEST_RANDOM_SCENARIO_H
