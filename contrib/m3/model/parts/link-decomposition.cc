// SPDX-License-Identifier: GPL-2.0-only
#include "link-decomposition.h"

#include "fabric/ideal-fct.h"
#include "fabric/routes-of-flows.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>

namespace ns3::m3
{

LinkDecomposition::LinkDecomposition(const FabricGraph& fabric,
                                     const RouteTable& routes,
                                     const RdmaConfig& config,
                                     const FlowList& flows,
                                     const std::vector<RouteKey>* keys)
    : m_fabric(fabric),
      m_config(config),
      m_flows(flows)
{
    CheckFlows(fabric, routes, flows);
    const PacketFormat format = config.Format();
    const uint32_t ackBytes = config.AckBytes();
    std::vector<uint32_t> flowCount(fabric.LinkCount(), 0);
    std::vector<double> dataBits(fabric.LinkCount(), 0);
    std::vector<double> ackBits(fabric.LinkCount(), 0);
    m_routeBegin.reserve(flows.size() + 1);
    m_baseRttNs.reserve(flows.size());
    m_idealNs.reserve(flows.size());
    m_routeBegin.push_back(0);
    RoutesOfFlows next(routes, keys);
    Route route;
    for (uint32_t id = 0; id < flows.size(); id++)
    {
        const Flow& flow = flows[id];
        const RouteKey key = next.NextKey(flow.src, flow.dst, flow.dstPort);
        routes.AckRoute(key, route);
        for (const LinkId link : route)
        {
            ackBits[link] += 8.0 * ackBytes * static_cast<double>(config.AckCount(flow.sizeBytes));
        }
        routes.DataRoute(key, route);
        for (const LinkId link : route)
        {
            dataBits[link] += 8.0 * static_cast<double>(WireBytes(flow.sizeBytes, format));
            flowCount[link]++;
        }
        m_routeLinks.insert(m_routeLinks.end(), route.begin(), route.end());
        m_routeBegin.push_back(m_routeLinks.size());
        m_baseRttNs.push_back(BaseRttNs(fabric, route, format, ackBytes));
        m_idealNs.push_back(static_cast<double>(IdealFctNs(fabric, route, flow.sizeBytes, format, config.mode)));
        m_durationNs =
            std::max(m_durationNs, static_cast<double>(flow.startNs - flows.front().startNs) + m_idealNs.back());
    }
    const auto needsNs = [&](LinkId link, double bits)
    { return 1e9 * bits / static_cast<double>(fabric.Link(link).bitsPerSecond); };
    for (LinkId link = 0; link < fabric.LinkCount(); link++)
    {
        m_durationNs = std::max(m_durationNs, needsNs(link, dataBits[link] + ackBits[link]));
    }
    std::vector<std::size_t> place(fabric.LinkCount(), 0); // among the loaded links
    for (LinkId link = 0; link < fabric.LinkCount(); link++)
    {
        if (flowCount[link] > 0)
        {
            place[link] = m_links.size();
            m_links.push_back(
                {link, {}, needsNs(link, dataBits[link]) / m_durationNs, needsNs(link, ackBits[link]) / m_durationNs});
            m_links.back().flows.reserve(flowCount[link]);
        }
    }
    for (uint32_t id = 0; id < flows.size(); id++)
    {
        for (std::size_t i = m_routeBegin[id]; i < m_routeBegin[id + 1]; i++)
        {
            m_links[place[m_routeLinks[i]]].flows.push_back(id);
        }
    }
}

Route LinkDecomposition::RouteOf(uint32_t flow) const
{
    const auto begin = m_routeLinks.begin();
    return {begin + static_cast<std::ptrdiff_t>(m_routeBegin[flow]),
            begin + static_cast<std::ptrdiff_t>(m_routeBegin[flow + 1])};
}

/// Makes the scenario of one link.
class LinkDecomposition::Builder
{
  public:
    Builder(const LinkDecomposition& network, const LoadedLink& loaded)
        : m_network(network),
          m_loaded(loaded),
          m_link(network.m_fabric.Link(loaded.link)),
          m_firstHop(network.m_fabric.IsHost(m_link.from)),
          m_rate(std::max<uint64_t>(
              1,
              static_cast<uint64_t>(std::llround(static_cast<double>(m_link.bitsPerSecond) * (1 - loaded.ackShare)))))
    {
    }

    LinkScenario Make()
    {
        FindStretches();
        // the target may be the NIC, which what ACKs take makes slower than that of the network
        m_scenario.config = m_firstHop ? m_network.m_config.AtNic(m_link.bitsPerSecond) : m_network.m_config;
        AddNodes();
        AddFlows();
        DescribePorts();
        return std::move(m_scenario);
    }

  private:
    LinkId AccessOf(uint32_t flow) const
    {
        return m_network.m_routeLinks[m_network.m_routeBegin[flow]];
    }

    /// What a flow's propagation delay lacks of that of its route. \param laterRate 0: the target ends in a sink
    int64_t StretchNs(uint32_t flow, uint64_t laterRate) const
    {
        // what the scenario has without stretching, and before ACKs take their share
        const RdmaConfig& config = m_network.m_config;
        const int64_t byHost = config.hostDelayNs;
        const int64_t bySwitch = config.switchDelayNs;
        std::array<RttHop, 3> hops{};
        std::size_t count = 0;
        if (!m_firstHop)
        {
            const FabricLink& access = m_network.m_fabric.Link(AccessOf(flow));
            hops[count++] = {access.bitsPerSecond, access.bitsPerSecond, 2 * access.delayNs + byHost + bySwitch};
        }
        hops[count++] = {m_link.bitsPerSecond,
                         m_link.bitsPerSecond,
                         2 * m_link.delayNs + (m_firstHop ? byHost : bySwitch) + (laterRate ? bySwitch : byHost)};
        if (laterRate)
        {
            hops[count++] = {laterRate, laterRate, byHost + bySwitch};
        }
        const int64_t own = BaseRttOfHops(hops.data(), count, config.Format(), config.AckBytes());
        return std::max<int64_t>(0, (m_network.m_baseRttNs[flow] - own) / 2);
    }

    void FindStretches()
    {
        uint64_t fastest = m_link.bitsPerSecond;
        for (const uint32_t flow : m_loaded.flows)
        {
            const auto [source, isNew] = m_sources.try_emplace(AccessOf(flow), Source{0, StretchNs(flow, 0)});
            m_severalSinks |= !isNew && source->second.stretchNs != StretchNs(flow, 0);
            fastest = std::max(fastest, m_network.m_fabric.Link(source->first).bitsPerSecond);
        }
        if (!m_severalSinks)
        {
            return;
        }
        m_laterRate = std::min(MAX_LINK_BPS, LATER_FACTOR * fastest);
        for (auto& [access, source] : m_sources)
        {
            source.stretchNs = 0;
        }
        for (const uint32_t flow : m_loaded.flows)
        {
            m_sinks.try_emplace(StretchNs(flow, m_laterRate), 0);
        }
    }

    void AddNodes()
    {
        FabricGraph& fabric = m_scenario.fabric;
        for (auto& [access, source] : m_sources)
        {
            source.host = fabric.AddNode(NodeKind::HOST);
        }
        const NodeId from = m_firstHop ? m_sources.begin()->second.host : fabric.AddNode(NodeKind::SWITCH);
        const NodeId to = fabric.AddNode(m_severalSinks ? NodeKind::SWITCH : NodeKind::HOST);
        m_sink = to;
        const int64_t stretchNs = m_firstHop ? m_sources.begin()->second.stretchNs : 0;
        m_scenario.target = fabric.AddLink(from, to, m_rate, m_link.delayNs + stretchNs, m_link.errorRate);
        if (!m_firstHop)
        {
            m_targetSwitch = from;
            if (m_network.m_fabric.IsServerSwitch(m_link.from))
            {
                fabric.SetServerSwitch(from);
            }
            for (const auto& [access, source] : m_sources)
            {
                const FabricLink& link = m_network.m_fabric.Link(access);
                fabric.AddLink(source.host, from, link.bitsPerSecond, link.delayNs + source.stretchNs);
            }
        }
        for (auto& [ns, sink] : m_sinks)
        {
            sink = fabric.AddNode(NodeKind::HOST);
            fabric.AddLink(to, sink, m_laterRate, ns);
        }
    }

    void AddFlows()
    {
        m_scenario.flows.reserve(m_loaded.flows.size());
        for (const uint32_t id : m_loaded.flows)
        {
            const Flow& flow = m_network.m_flows[id];
            const NodeId sink = m_severalSinks ? m_sinks.at(StretchNs(id, m_laterRate)) : m_sink;
            m_scenario.flows.push_back(
                {m_sources.at(AccessOf(id)).host, sink, flow.sizeBytes, flow.startNs, flow.priorityGroup});
        }
    }

    /// Marking thresholds and shared pools as in the network: neither changes with the rates here.
    void DescribePorts()
    {
        const FabricGraph& network = m_network.m_fabric;
        RdmaConfig& config = m_scenario.config;
        config.loadBalancing = LoadBalancingType::ECMP; // there is one path
        std::map<uint64_t, EcnProfile> profiles;
        if (m_severalSinks)
        {
            constexpr uint64_t NEVER = std::numeric_limits<uint64_t>::max();
            profiles[m_laterRate] = {NEVER, NEVER, 0};
        }
        for (const auto& [access, source] : m_sources)
        {
            const uint64_t rate = network.Link(access).bitsPerSecond;
            profiles[rate] = EcnProfileOfPort(m_network.m_config, rate);
        }
        profiles[m_rate] = EcnProfileOfPort(m_network.m_config, m_link.bitsPerSecond);
        config.ecnByRate = std::move(profiles);
        config.nodeSharedPoolBytes.assign(m_scenario.fabric.NodeCount(), std::numeric_limits<uint32_t>::max());
        if (!m_firstHop)
        {
            const uint64_t pool = BufferOfSwitch(network, m_link.from, m_network.m_config).poolBytes;
            config.nodeSharedPoolBytes[m_targetSwitch] = std::max<uint64_t>(1, pool);
        }
    }

    struct Source
    {
        NodeId host;
        int64_t stretchNs; //!< added to its access link's delay
    };

    const LinkDecomposition& m_network;
    const LoadedLink& m_loaded;
    const FabricLink& m_link; //!< of the network
    const bool m_firstHop;    //!< the target is an access link
    const uint64_t m_rate;    //!< what ACKs leave of it
    LinkScenario m_scenario{};
    std::map<LinkId, Source> m_sources; //!< by access link of the network
    std::map<int64_t, NodeId> m_sinks;  //!< by delay, where there are several
    bool m_severalSinks = false;
    uint64_t m_laterRate = 0;
    NodeId m_sink = 0;         //!< where there is one
    NodeId m_targetSwitch = 0; //!< unless m_firstHop
};

LinkScenario LinkDecomposition::Scenario(const LoadedLink& loaded) const
{
    return Builder(*this, loaded).Make();
}

} // namespace ns3::m3
