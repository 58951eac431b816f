// SPDX-License-Identifier: GPL-2.0-only
// What flows meet on the links of their routes, followed along a run of flowSim.
#include "feature-schema.h"
#include "flow-features.h"
#include "link-history.h"

#include "ns3/m3-link-timing.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace ns3::m3
{

namespace
{

constexpr double LARGE_BDPS = 1; //!< a flow beyond this many BDPs is large

/// Keeps the state of the links of the selected flows, both directions, and writes what these flows met there.
class HopWriter
{
  public:
    HopWriter(const FabricGraph& fabric,
              const HopSettings& settings,
              const FlowList& flows,
              const FluidRun& run,
              const std::vector<uint32_t>& selection)
        : m_fabric(fabric),
          m_settings(settings),
          m_flows(flows),
          m_run(run),
          m_fluid(run.fluid),
          m_links(fabric.LinkCount()),
          m_linkWatched(fabric.LinkCount(), false),
          m_nodeWatched(fabric.NodeCount(), false),
          m_nodeQueue(fabric.NodeCount(), 0),
          m_nodePerRtt(fabric.NodeCount(), 0),
          m_poolLog(fabric.NodeCount(), 0),
          m_rtt(settings.rttNs),
          m_rowOfFlow(flows.size(), NOT_SELECTED)
    {
        SetUpLinks();
        SetUpPools();
        m_features.hopBegin.push_back(0);
        for (uint32_t row = 0; row < selection.size(); row++)
        {
            m_rowOfFlow[selection[row]] = row;
            for (const LinkId link : m_fluid.flows[selection[row]].links)
            {
                m_linkWatched[link] = true;
                m_linkWatched[ReverseLink(link)] = true;
                m_nodeWatched[m_fabric.Link(link).from] = true;
            }
            m_features.hopBegin.push_back(m_features.hopBegin.back() +
                                          static_cast<uint32_t>(m_fluid.flows[selection[row]].links.size()));
        }
        m_features.hop.resize(std::size_t{m_features.hopBegin.back()} * HOP_INPUTS);
        m_atArrival.resize(m_features.hopBegin.back());
    }

    /// Writes what came in a base RTT from the starts of flows on for which that is over before a time.
    void WriteSoon(double nowNs)
    {
        for (; m_nextSoon < m_soon.size() && m_soon[m_nextSoon].first < nowNs; m_nextSoon++)
        {
            WriteSoonOf(m_soon[m_nextSoon].second);
        }
        if (m_nextSoon == m_soon.size())
        {
            m_soon.clear();
            m_nextSoon = 0;
        }
    }

    void OnArrival(uint32_t flow, double nowNs)
    {
        Advance(flow, nowNs);
        if (m_rowOfFlow[flow] != NOT_SELECTED)
        {
            for (const LinkId link : m_fluid.flows[flow].links)
            {
                m_links[ReverseLink(link)].Advance(nowNs, m_rtt);
            }
            WriteHops(flow, nowNs);
            m_soon.emplace_back(nowNs + m_rtt, flow);
        }
        const Users users = UsersOf(flow);
        ForEachWatched(flow,
                       [&](LinkHistory& link, bool held) { link.Arrive(held ? users.ofHolding : users.ofOthers); });
        m_nodeQueue[users.nodeBefore] += users.ofHolding.QueueBytes();
    }

    void OnEnd(uint32_t flow, double nowNs)
    {
        Advance(flow, nowNs);
        if (m_rowOfFlow[flow] != NOT_SELECTED)
        {
            WriteLifetime(flow);
        }
        const Users users = UsersOf(flow);
        ForEachWatched(flow, [&](LinkHistory& link, bool held) { link.End(held ? users.ofHolding : users.ofOthers); });
        m_nodeQueue[users.nodeBefore] -= users.ofHolding.QueueBytes();
    }

    /// To be called after the last event.
    FlowFeatures Finish()
    {
        WriteSoon(std::numeric_limits<double>::infinity());
        return std::move(m_features);
    }

  private:
    static constexpr uint32_t NOT_SELECTED = std::numeric_limits<uint32_t>::max();

    /// \param use called with each watched link of a flow and whether it holds the flow down
    template <typename Use>
    void ForEachWatched(uint32_t flow, Use use)
    {
        const auto& route = m_fluid.flows[flow].links;
        for (std::size_t hop = 0; hop < route.size(); hop++)
        {
            if (m_linkWatched[route[hop]])
            {
                use(m_links[route[hop]], m_run.heldBy[flow] == hop);
            }
        }
    }

    void Advance(uint32_t flow, double nowNs)
    {
        ForEachWatched(flow, [&](LinkHistory& link, bool) { link.Advance(nowNs, m_rtt); });
    }

    /// What a flow is to the link that holds it down, and to its others.
    struct Users
    {
        LinkUser ofHolding; //!< as ofOthers where nobody looks at that link or the node before it
        LinkUser ofOthers;
        NodeId nodeBefore; //!< the link that holds it down
    };

    Users UsersOf(uint32_t flow) const
    {
        const FluidFlow& fluid = m_fluid.flows[flow];
        const double bytes = fluid.bits / 8;
        const LinkId holding = fluid.links[m_run.heldBy[flow]];
        const uint64_t nicRate = NicRateOf(m_fabric, fluid);
        const LinkUser user{bytes,
                            std::min(bytes, m_settings.WindowBytes(nicRate)),
                            fluid.startNs,
                            fluid.startNs + std::max(1.0, m_run.fluidFctNs[flow]),
                            0, // matters to the one that holds it down
                            bytes > LARGE_BDPS * BdpBytes(nicRate, m_rtt),
                            false};
        Users users{user, user, m_fabric.Link(holding).from};
        if (m_linkWatched[holding] || m_nodeWatched[users.nodeBefore])
        {
            users.ofHolding.baseRttNs = RouteRttNs(m_fabric, m_settings, fluid);
            users.ofHolding.held = true;
        }
        return users;
    }

    void SetUpLinks()
    {
        double span = m_rtt;
        for (const FluidFlow& flow : m_fluid.flows)
        {
            for (LinkId link : flow.links)
            {
                m_links[link].load += flow.startNs < m_run.loadFromNs ? 0 : flow.bits / 8;
            }
        }
        if (!m_flows.empty())
        {
            span += static_cast<double>(m_flows.back().startNs) -
                    std::max(m_run.loadFromNs, static_cast<double>(m_flows.front().startNs));
        }
        for (LinkId id = 0; id < m_links.size(); id++)
        {
            m_links[id].capacity = m_fluid.linkGbps[id] / 8;
            m_links[id].load /= m_links[id].capacity * span;
        }
    }

    /**
     * Shared pool of each switch over what its ports move in a base RTT. WriteHops() also has it in BDPs: a port may
     * take a share of the whole pool, so that queues that are dropped or paused are longer on switches with more ports.
     */
    void SetUpPools()
    {
        for (NodeId node = 0; node < m_fabric.NodeCount(); node++)
        {
            if (m_fabric.IsHost(node))
            {
                continue;
            }
            double capacity = 0;
            for (LinkId link : m_fabric.EgressLinks(node))
            {
                capacity += m_links[link].capacity;
            }
            m_nodePerRtt[node] = capacity * m_rtt;
            const auto pool = static_cast<double>(m_settings.poolBytes[node]);
            m_poolLog[node] = LogOfInput(pool / m_nodePerRtt[node]);
        }
    }

    float* HopRow(uint32_t flow, std::size_t hop)
    {
        return &m_features.hop[(m_features.hopBegin[m_rowOfFlow[flow]] + hop) * std::size_t{HOP_INPUTS}];
    }

    void WriteHops(uint32_t flow, double nowNs)
    {
        const auto& route = m_fluid.flows[flow].links;
        const uint64_t nicRate = NicRateOf(m_fabric, m_fluid.flows[flow]);
        const double bdp = BdpBytes(nicRate, m_rtt);
        for (std::size_t hop = 0; hop < route.size(); hop++)
        {
            const FabricLink& of = m_fabric.Link(route[hop]);
            const LinkHistory& link = m_links[route[hop]];
            const HopFacts facts{link,
                                 m_links[ReverseLink(route[hop])],
                                 hop,
                                 route.size(),
                                 nowNs,
                                 m_rtt,
                                 static_cast<double>(nicRate),
                                 bdp,
                                 static_cast<double>(of.bitsPerSecond),
                                 static_cast<double>(of.delayNs),
                                 link.capacity * m_rtt,
                                 !m_fabric.IsHost(of.from),
                                 static_cast<double>(m_settings.poolBytes[of.from]),
                                 m_poolLog[of.from],
                                 m_nodeQueue[of.from],
                                 m_nodePerRtt[of.from],
                                 m_run.heldBy[flow] == hop,
                                 of.errorRate};
            WriteInputs<HOP_SCHEMA>(facts, HopRow(flow, hop));
            m_atArrival[m_features.hopBegin[m_rowOfFlow[flow]] + hop] = {link.arrivedBytes,
                                                                         link.arrivedFlows,
                                                                         link.arrivedWindows,
                                                                         link.integrals};
        }
    }

    void WriteSoonOf(uint32_t flow)
    {
        const FluidFlow& fluid = m_fluid.flows[flow];
        const double window = std::min(fluid.bits / 8, m_settings.WindowBytes(NicRateOf(m_fabric, fluid)));
        for (std::size_t hop = 0; hop < fluid.links.size(); hop++)
        {
            const LinkHistory& link = m_links[fluid.links[hop]];
            const AtArrival& before = m_atArrival[m_features.hopBegin[m_rowOfFlow[flow]] + hop];
            const HopSoonFacts facts{link.capacity * m_rtt,
                                     static_cast<double>(link.arrivedFlows - before.flows - 1),
                                     std::max(0.0, link.arrivedWindows - before.windows - window)};
            WriteInputs<HOP_SCHEMA>(facts, HopRow(flow, hop));
        }
    }

    /// What was on the links while the flow was in transfer, the flow itself left out.
    void WriteLifetime(uint32_t flow)
    {
        const FluidFlow& fluid = m_fluid.flows[flow];
        const double bdp = BdpBytes(NicRateOf(m_fabric, fluid), m_rtt);
        const double fct = m_run.fluidFctNs[flow];
        const Users users = UsersOf(flow);
        for (std::size_t hop = 0; hop < fluid.links.size(); hop++)
        {
            const LinkHistory& link = m_links[fluid.links[hop]];
            const LinkUser& user = m_run.heldBy[flow] == hop ? users.ofHolding : users.ofOthers;
            const AtArrival& before = m_atArrival[m_features.hopBegin[m_rowOfFlow[flow]] + hop];
            const auto average = [&](double since, double own)
            { return std::max(0.0, since - own) / std::max(1.0, fct); };
            const HopLifetimeFacts facts{
                m_rtt,
                bdp,
                link.capacity,
                std::max(fct, m_rtt),
                std::max(0.0, link.arrivedBytes - before.bytes - user.bytes),
                link.arrivedFlows - before.flows - 1,
                average(link.integrals.held - before.integrals.held, user.held ? fct : 0),
                average(link.integrals.heldQueue - before.integrals.heldQueue, fct * user.QueueBytes()),
                average(link.integrals.rate - before.integrals.rate, user.bytes)};
            WriteInputs<HOP_SCHEMA>(facts, HopRow(flow, hop));
        }
    }

    struct AtArrival
    {
        double bytes = 0;
        uint32_t flows = 0;
        double windows = 0;
        LinkHistory::Integrals integrals;
    };

    const FabricGraph& m_fabric;
    const HopSettings& m_settings;
    const FlowList& m_flows;
    const FluidRun& m_run;
    const FabricFluid& m_fluid;
    std::vector<LinkHistory> m_links; //!< kept where watched
    std::vector<bool> m_linkWatched;  //!< a selected flow takes it, or its reverse
    std::vector<bool> m_nodeWatched;  //!< a selected flow leaves it
    std::vector<double> m_nodeQueue;  //!< per node: heldQueue of its egress links, bytes
    std::vector<double> m_nodePerRtt; //!< per switch: what its ports move in a base RTT, bytes
    std::vector<double> m_poolLog;    //!< per node
    double m_rtt;                     //!< base RTT, ns
    std::vector<uint32_t> m_rowOfFlow;
    std::vector<AtArrival> m_atArrival;              //!< as rows of hop: counters when the flow arrived, before itself
    std::vector<std::pair<double, uint32_t>> m_soon; //!< a base RTT after their start, and flows in order of arrival
    std::size_t m_nextSoon = 0;                      //!< of them, the first that is not written
    FlowFeatures m_features;
};

} // namespace

FlowFeatures ViewHops(const FabricGraph& fabric,
                      const HopSettings& settings,
                      const FlowList& flows,
                      const std::vector<uint32_t>& selection,
                      const FluidRun& run)
{
    HopWriter writer(fabric, settings, flows, run, selection);
    for (const FluidRun::Event& event : run.events)
    {
        writer.WriteSoon(event.timeNs);
        event.end ? writer.OnEnd(event.flow, event.timeNs) : writer.OnArrival(event.flow, event.timeNs);
    }
    return writer.Finish();
}

} // namespace ns3::m3
