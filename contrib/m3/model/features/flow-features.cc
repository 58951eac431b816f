// SPDX-License-Identifier: GPL-2.0-only
#include "flow-features.h"

#include "link-history.h"

#include "fabric/ideal-fct.h"
#include "ns3/m3-link-timing.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <tuple>

namespace ns3::m3
{

namespace
{

constexpr double LARGE_BDPS = 1; //!< a flow beyond this many BDPs is large

double Log(double value)
{
    return std::log(std::clamp(value, 1e-6, 1e6));
}

double BdpBytes(uint64_t bitsPerSecond, double rttNs)
{
    return static_cast<double>(bitsPerSecond) * rttNs / 8e9;
}

/// Rate of the NIC that a flow leaves by.
uint64_t NicRate(const FabricGraph& fabric, const FluidFlow& flow)
{
    return fabric.Link(flow.links.front()).bitsPerSecond;
}

/// Base RTT of the route of a flow.
double RttNs(const FabricGraph& fabric, const HopSettings& settings, const FluidFlow& flow)
{
    return static_cast<double>(BaseRttNs(fabric, flow.links, settings.headerBytes, settings.ackBytes));
}

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
        const uint64_t nicRate = NicRate(m_fabric, fluid);
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
            users.ofHolding.baseRttNs = RttNs(m_fabric, m_settings, fluid);
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
            m_poolLog[node] = Log(pool / m_nodePerRtt[node]);
        }
    }

    float* HopRow(uint32_t flow, std::size_t hop)
    {
        return &m_features.hop[(m_features.hopBegin[m_rowOfFlow[flow]] + hop) * std::size_t{HOP_INPUTS}];
    }

    void WriteHops(uint32_t flow, double nowNs)
    {
        const auto& route = m_fluid.flows[flow].links;
        const uint64_t nicRate = NicRate(m_fabric, m_fluid.flows[flow]);
        const double bdp = BdpBytes(nicRate, m_rtt);
        for (std::size_t hop = 0; hop < route.size(); hop++)
        {
            const FabricLink& cable = m_fabric.Link(route[hop]);
            const LinkHistory& link = m_links[route[hop]];
            const LinkHistory& reverse = m_links[ReverseLink(route[hop])];
            const double perRtt = link.capacity * m_rtt;
            const auto recent = [&](const LinkHistory& of, std::size_t i)
            { return std::log1p(of.recent[i] / (perRtt * LinkHistory::RECENT_RTTS[i])); };
            const auto rtts = [&](double bytes) { return std::log1p(bytes / perRtt); };
            const double values[] = {
                route.size() > 1 ? static_cast<double>(hop) / static_cast<double>(route.size() - 1) : 0,
                static_cast<double>(hop == 0),
                static_cast<double>(hop + 1 == route.size()),
                Log(static_cast<double>(cable.bitsPerSecond) / static_cast<double>(nicRate)),
                static_cast<double>(cable.delayNs) / m_rtt,
                link.load,
                reverse.load,
                std::log1p(link.active),
                std::log1p(link.large),
                std::log1p(link.activeBytes / bdp),
                recent(link, 0),
                recent(link, 1),
                recent(link, 2),
                rtts(link.backlog),
                rtts(link.windowBacklog),
                0, // these three when the flow ends, see WriteLifetime
                0,
                0,
                std::log1p(reverse.active),
                std::log1p(reverse.large),
                recent(reverse, 0),
                recent(reverse, 1),
                rtts(reverse.windowBacklog),
                m_poolLog[cable.from],
                link.rate / link.capacity,
                std::log1p(link.held),
                rtts(link.heldWindow),
                std::log1p(link.RemainingBytes(nowNs) / bdp),
                link.recentHeld[1],
                link.recentHeld[2],
                rtts(link.heldQueue),
                rtts(link.recentHeldQueue[1]),
                rtts(link.recentHeldQueue[2]),
                std::log1p(std::max(0.0, m_nodeQueue[cable.from]) / std::max(m_nodePerRtt[cable.from], perRtt)),
                reverse.rate / reverse.capacity,
                std::log1p(reverse.held),
                rtts(reverse.heldQueue),
                static_cast<double>(m_run.heldBy[flow] == hop),
                0, // and these
                0,
                0,
                link.recentHeld[3],
                rtts(link.recentHeldQueue[3]),
                std::log1p(link.MeanAgeNs(nowNs) / m_rtt),
                std::log1p(link.MeanHeldAgeNs(nowNs) / m_rtt),
                m_fabric.IsHost(cable.from) ? 0 : Log(static_cast<double>(m_settings.poolBytes[cable.from]) / bdp),
            };
            static_assert(std::size(values) == HOP_INPUTS, "one value per input");
            std::copy(std::begin(values), std::end(values), HopRow(flow, hop));
            m_atArrival[m_features.hopBegin[m_rowOfFlow[flow]] + hop] = {link.arrivedBytes,
                                                                         link.arrivedFlows,
                                                                         link.integrals};
        }
    }

    /// What was on the links while the flow was in transfer, the flow itself left out.
    void WriteLifetime(uint32_t flow)
    {
        constexpr std::size_t DURING = 15;      // first of the inputs on what arrived
        constexpr std::size_t HELD_DURING = 38; // on what was held down
        static_assert(HELD_DURING + 1 == LIFETIME_QUEUE, "named so");
        const FluidFlow& fluid = m_fluid.flows[flow];
        const double bdp = BdpBytes(NicRate(m_fabric, fluid), m_rtt);
        const double fct = m_run.fluidFctNs[flow];
        const double lifetime = std::max(fct, m_rtt);
        const Users users = UsersOf(flow);
        for (std::size_t hop = 0; hop < fluid.links.size(); hop++)
        {
            const LinkHistory& link = m_links[fluid.links[hop]];
            const LinkUser& user = m_run.heldBy[flow] == hop ? users.ofHolding : users.ofOthers;
            const AtArrival& before = m_atArrival[m_features.hopBegin[m_rowOfFlow[flow]] + hop];
            const double bytes = std::max(0.0, link.arrivedBytes - before.bytes - user.bytes);
            const auto average = [&](double since, double own)
            { return std::max(0.0, since - own) / std::max(1.0, fct); };
            const double held = average(link.integrals.held - before.integrals.held, user.held ? fct : 0);
            const double queue =
                average(link.integrals.heldQueue - before.integrals.heldQueue, fct * user.QueueBytes());
            const double rate = average(link.integrals.rate - before.integrals.rate, user.bytes);
            float* arrived = HopRow(flow, hop) + DURING;
            arrived[0] = static_cast<float>(std::log1p(bytes / bdp));
            arrived[1] = static_cast<float>(std::log1p(link.arrivedFlows - before.flows - 1));
            arrived[2] = static_cast<float>(std::log1p(bytes / (link.capacity * lifetime)));
            float* heldDown = HopRow(flow, hop) + HELD_DURING;
            heldDown[0] = static_cast<float>(std::log1p(held));
            heldDown[1] = static_cast<float>(std::log1p(queue / (link.capacity * m_rtt)));
            heldDown[2] = static_cast<float>(rate / link.capacity);
        }
    }

    struct AtArrival
    {
        double bytes = 0;
        uint32_t flows = 0;
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
    std::vector<AtArrival> m_atArrival; //!< as rows of hop: counters when the flow arrived, before itself
    FlowFeatures m_features;
};

/// Keeps the events of a run, and what held each flow down.
class Recorder : public FluidObserver
{
  public:
    explicit Recorder(FluidRun& run)
        : m_run(run)
    {
    }

    void OnArrival(uint32_t flow, double nowNs) override
    {
        m_run.events.push_back({nowNs, flow, false});
    }

    void OnEnd(uint32_t flow, double nowNs) override
    {
        m_run.events.push_back({nowNs, flow, true});
    }

    bool WantsLimits() const override
    {
        return true;
    }

    void OnLimited(uint32_t flow, const std::vector<Limited>& limited) override
    {
        const auto most = std::max_element(limited.begin(),
                                           limited.end(),
                                           [](const Limited& a, const Limited& b) { return a.bits < b.bits; });
        m_run.heldBy[flow] = static_cast<uint8_t>(most - limited.begin());
    }

  private:
    FluidRun& m_run;
};

} // namespace

void Append(FlowFeatures& features, const FlowFeatures& more)
{
    if (features.hopBegin.empty())
    {
        features.hopBegin.push_back(0);
    }
    const uint32_t offset = features.hopBegin.back();
    for (std::size_t i = 1; i < more.hopBegin.size(); i++)
    {
        features.hopBegin.push_back(offset + more.hopBegin[i]);
    }
    features.flow.insert(features.flow.end(), more.flow.begin(), more.flow.end());
    features.hop.insert(features.hop.end(), more.hop.begin(), more.hop.end());
}

double UnitRttNs(const FabricGraph& fabric, const RouteTable& routes, const RdmaConfig& config)
{
    return static_cast<double>(
        config.baseRttNs ? *config.baseRttNs : MaxBaseRttNs(fabric, routes, config.HeaderBytes(), config.AckBytes()));
}

FluidRun RecordFluidRun(const FabricGraph& fabric,
                        const RouteTable& routes,
                        const RdmaConfig& config,
                        const FlowList& flows,
                        const std::function<void(uint64_t finishedFlows)>& progress)
{
    return RecordFluidRun(MakeFabricFluid(fabric, routes, flows, config.HeaderBytes()), progress);
}

FluidRun RecordFluidRun(FabricFluid fluid, const std::function<void(uint64_t finishedFlows)>& progress)
{
    FluidRun run;
    run.fluid = std::move(fluid);
    run.events.reserve(2 * run.fluid.flows.size());
    run.heldBy.resize(run.fluid.flows.size());
    Recorder recorder(run);
    run.fluidFctNs =
        RunFlowSim(run.fluid.linkGbps, run.fluid.flows, FluidAllocation::MAX_MIN, nullptr, progress, &recorder);
    return run;
}

HopSettings::HopSettings(const FabricGraph& fabric, const RouteTable& routes, const RdmaConfig& config)
    : rttNs(UnitRttNs(fabric, routes, config)),
      headerBytes(config.HeaderBytes()),
      ackBytes(config.AckBytes()),
      poolBytes(fabric.NodeCount(), 0)
{
    constexpr double LARGEST_BDPS = 100;
    for (const auto& [rate, nicConfig] : ConfigsByNic(fabric, config))
    {
        const double largest = LARGEST_BDPS * BdpBytes(rate, rttNs);
        const auto window = static_cast<double>(nicConfig.windowBytes.value_or(0));
        windowByNic[rate] = window > 0 ? std::min(window, largest) : largest;
    }
    for (NodeId node = 0; node < fabric.NodeCount(); node++)
    {
        poolBytes[node] = fabric.IsHost(node) ? 0 : SharedPoolBytes(fabric, node, config);
    }
}

bool HopSettings::operator==(const HopSettings& other) const
{
    const auto all = [](const HopSettings& of)
    { return std::tie(of.rttNs, of.windowByNic, of.headerBytes, of.ackBytes, of.poolBytes); };
    return all(*this) == all(other);
}

FlowFeatures ViewHops(const FabricGraph& fabric,
                      const HopSettings& settings,
                      const FlowList& flows,
                      const std::vector<uint32_t>& selection,
                      const FluidRun& run)
{
    HopWriter writer(fabric, settings, flows, run, selection);
    for (const FluidRun::Event& event : run.events)
    {
        event.end ? writer.OnEnd(event.flow, event.timeNs) : writer.OnArrival(event.flow, event.timeNs);
    }
    return writer.Finish();
}

void FillFlowInputs(const FabricGraph& fabric,
                    const RdmaConfig& resolved,
                    const HopSettings& settings,
                    const FlowList& flows,
                    const std::vector<uint32_t>& selection,
                    const FluidRun& run,
                    FlowFeatures& features)
{
    const double unit = settings.rttNs;
    const std::map<uint64_t, RdmaConfig> configs = ConfigsByNic(fabric, resolved);
    const auto is = [&](CongestionControlType type) { return resolved.congestionControl == type ? 1.0 : 0.0; };
    const double dctcp = is(CongestionControlType::DCTCP);
    const double dcqcn = is(CongestionControlType::DCQCN);
    const double hpcc = is(CongestionControlType::HPCC);
    const double timely = is(CongestionControlType::TIMELY);
    const auto ofUnit = [&](int64_t time) { return Log(static_cast<double>(time) / unit); };
    features.flow.resize(selection.size() * FLOW_INPUTS);
    float* row = features.flow.data();
    for (const uint32_t flow : selection)
    {
        const FluidFlow& fluid = run.fluid.flows[flow];
        const uint64_t nicRate = NicRate(fabric, fluid);
        const RdmaConfig& config = configs.at(nicRate);
        const double bdp = BdpBytes(nicRate, unit);
        const double window = settings.WindowBytes(nicRate);
        const EcnProfile ecn = EcnProfileOfPort(resolved, nicRate);
        const auto kmin = static_cast<double>(ecn.kminBytes);
        const auto kmax = static_cast<double>(ecn.kmaxBytes);
        const auto ofNicRate = [&](const std::optional<uint64_t>& rate)
        { return Log(static_cast<double>(rate.value_or(1)) / static_cast<double>(nicRate)); };
        const uint64_t size = flows[flow].sizeBytes;
        const UnslowedFlow unslowed = UnslowedOf(fabric, flows, run.fluid, flow);
        const double ideal = unslowed.idealNs;
        const double slowdown = unslowed.Slowdown(run.fluidFctNs[flow]);
        const double bottleneck = fluid.bits / unslowed.unloadedNs * 1e9;
        const double rtt = RttNs(fabric, settings, fluid);
        const auto packets = static_cast<double>(PacketCount(size));
        const double values[] = {
            std::log(packets),
            Log(fluid.bits / 8 / bdp),
            (static_cast<double>(size) - (packets - 1) * MTU_PAYLOAD_BYTES) / MTU_PAYLOAD_BYTES,
            Log(ideal / unit),
            std::log(slowdown),
            Log(slowdown * ideal / unit),
            static_cast<double>(fluid.links.size()),
            Log(bdp / MTU_PAYLOAD_BYTES),
            Log(window / bdp),
            config.variableWindow ? 1.0 : 0.0,
            Log(bottleneck / static_cast<double>(nicRate)),
            config.pfc ? 1.0 : 0.0,
            dctcp,
            dcqcn,
            hpcc,
            timely,
            is(CongestionControlType::NONE),
            dctcp ? Log(kmin / bdp) : 0,
            dctcp ? ofNicRate(config.dctcpAiBps) : 0,
            dcqcn ? Log(kmin / bdp) : 0,
            dcqcn ? Log(kmax / bdp) : 0,
            dcqcn ? ecn.pmax : 0,
            dcqcn ? ofNicRate(config.dcqcnAiBps) : 0,
            dcqcn ? ofUnit(config.dcqcnIncreaseTimerNs) : 0,
            hpcc ? config.hpccEta : 0,
            hpcc ? ofNicRate(config.hpccAiBps) : 0,
            timely ? ofUnit(config.timelyTLowNs) : 0,
            timely ? ofUnit(config.timelyTHighNs) : 0,
            timely ? ofNicRate(config.timelyAiBps) : 0,
            ofNicRate(config.minRateBps),
            Log(rtt / unit),
            Log(window / (bottleneck / 8e9 * rtt)),
            ofUnit(RetransmissionTimeoutNs(std::llround(rtt))),
        };
        static_assert(std::size(values) == FLOW_INPUTS, "one value per input");
        row = std::copy(std::begin(values), std::end(values), row);
    }
}

FlowFeatures ViewFluid(const FabricGraph& fabric,
                       const RouteTable& routes,
                       const RdmaConfig& config,
                       const FlowList& flows,
                       const std::vector<uint32_t>& selection,
                       const FluidRun& run)
{
    const HopSettings settings(fabric, routes, config);
    FlowFeatures features = ViewHops(fabric, settings, flows, selection, run);
    FillFlowInputs(fabric, config, settings, flows, selection, run, features);
    return features;
}

} // namespace ns3::m3
