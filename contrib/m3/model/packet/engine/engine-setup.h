// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_ENGINE_SETUP_H
#define M3_ENGINE_SETUP_H

// What an engine is before the run: ports, buffers, changes of links to come.
#include "packet-engine.h"

#include "fabric/ideal-fct.h"
#include "ns3/m3-hpcc-pint.h"
#include "ns3/m3-hpcc.h"
#include "ns3/m3-link-timing.h"

#include <algorithm>
#include <limits>

namespace ns3::m3
{

/// \return records of telemetry that a packet has room for at first
inline uint32_t TelemetryHopsOf(const RdmaConfig& config)
{
    constexpr uint32_t HPCC_TELEMETRY_HOPS = 5;
    const Telemetry telemetry = TelemetryOf(config.congestionControl);
    return telemetry == Telemetry::HOPS ? HPCC_TELEMETRY_HOPS : telemetry == Telemetry::PINT ? 1 : 0;
}

/// \return changes ascending by time, those of one time in their order
inline std::vector<LinkChange> InOrderOfTime(std::vector<LinkChange> changes)
{
    std::stable_sort(changes.begin(),
                     changes.end(),
                     [](const LinkChange& a, const LinkChange& b) { return a.timeNs < b.timeNs; });
    return changes;
}

template <class Rules>
PacketEngine<Rules>::PacketEngine(const FabricGraph& fabric,
                                  const RouteTable& routes,
                                  const RdmaConfig& config,
                                  const FlowList& flows,
                                  const PacketRunOptions& options)
    : m_fabric(fabric),
      m_config(config),
      m_flows(flows),
      m_listed(static_cast<uint32_t>(flows.size())),
      m_firstRoutes(routes),
      m_routes(&routes),
      m_rules(fabric, config),
      m_options(options),
      m_recordPfc(options.recordPfc),
      m_hasStop(options.stopNs != INT64_MAX),
      m_acksPassPauses(Rules::ACKS_HAVE_OWN_HEADROOM && config.pfc && config.ackHighPriority),
      m_observer(options.observer),
      m_linkChanges(InOrderOfTime(options.linkChanges)),
      m_headerBytes(config.HeaderBytes()),
      m_payloadBytes(config.payloadBytes),
      m_minWindowBytes(Rules::MinWindowBytes(config)),
      m_commonBytes{config.Format().WireBytes(), config.AckBytes()},
      m_nicConfigs(ConfigsByNic(fabric, config)),
      m_intMulti(config.Of<HpccConfig>().intMulti),
      m_pintLogBase(config.Of<PintConfig>().logBase),
      m_routeKeys(routes),
      m_wheel(LongestHopNs(fabric, config, options.linkChanges)),
      m_packets(TelemetryHopsOf(config)),
      m_ports(fabric.LinkCount()),
      m_classes(CLASSES > 1 ? fabric.LinkCount() : 0),
      m_ingress(fabric.LinkCount() * CLASSES),
      m_ecn(fabric.LinkCount() * CLASSES),
      m_lossy(fabric.LinkCount()),
      m_buffers(fabric.NodeCount()),
      m_nics(fabric.LinkCount()),
      m_losses(config, fabric.LinkCount(), fabric.LinkCount()),
      m_randoms(config, fabric.LinkCount(), 2 * uint64_t{fabric.LinkCount()}),
      m_pintPorts(TelemetryOf(config.congestionControl) == Telemetry::PINT ? fabric.LinkCount() : 0),
      m_nodeSeeds(config, fabric.NodeCount(), 3 * uint64_t{fabric.LinkCount()})
{
    if constexpr (Rules::RUNS_IN_PARTS)
    {
        m_parts.emplace(fabric);
    }
    if (m_observer)
    {
        m_observer->OnBegin([this] { return m_wheel.Now(); });
    }
    const bool flowsWait = options.schedule && !options.schedule->Dependencies().empty();
    if (flowsWait)
    {
        CheckSchedule(fabric, routes, *options.schedule);
        m_tasks.emplace(*options.schedule);
    }
    else
    {
        CheckFlows(fabric, routes, flows);
    }
    for (const auto& [rate, nicConfig] : m_nicConfigs)
    {
        m_makeControl[rate] = MakeCongestionControlFactory(nicConfig);
    }
    SetUpStrategies();
    SetUpClasses();
    SetUpPorts();
    m_result.flows.resize(flows.size());
    ScheduleLinkChanges();
    m_timed = CanLosePackets() ? ~0U : ~m_lossless;
    m_timeouts = CanLosePackets() || (Rules::HAS_TIMEOUTS && m_classUse.lossless < m_classUse.classes);
    // a PFC frame may wait for the frame before it
    m_quietNs = 2 * LongestHopNs(fabric, config, options.linkChanges);
    ScheduleLooks();
    if (flowsWait)
    {
        BeginTasks();
        return;
    }
    ScheduleResumes();
    ScheduleArrivals();
}

template <class Rules>
int64_t PacketEngine<Rules>::LongestHopNs(const FabricGraph& fabric,
                                          const RdmaConfig& config,
                                          const std::vector<LinkChange>& changes)
{
    int64_t longest = 0;
    for (LinkId id = 0; id < fabric.LinkCount(); id++)
    {
        const FabricLink& link = fabric.Link(id);
        longest = std::max(longest,
                           HopDelayNs(fabric, link, config.Format().nodes) +
                               StandardTxTimeNs(2 * config.payloadBytes, link.bitsPerSecond));
    }
    for (const LinkChange& change : changes)
    {
        if (change.bitsPerSecond > 0 && change.link < fabric.LinkCount())
        {
            for (const LinkId id : {change.link, ReverseLink(change.link)})
            {
                longest = std::max(longest,
                                   HopDelayNs(fabric, fabric.Link(id), config.Format().nodes) +
                                       StandardTxTimeNs(2 * config.payloadBytes, DegradedRate(fabric, id, change)));
            }
        }
    }
    return longest;
}

/// What the classes that flows are of come to.
template <class Rules>
void PacketEngine<Rules>::SetUpClasses()
{
    uint32_t used = 0;
    for (const Flow& flow : m_flows)
    {
        used |= 1U << (CLASSES > 1 ? flow.priorityGroup : 0);
    }
    m_lossless = m_config.pfc ? used : 0;
    if (CLASSES == 1 || !Rules::WEIGHS_CLASSES)
    {
        return;
    }
    m_lossless &= ~uint32_t{m_config.lossyClasses};
    m_classUse = {static_cast<uint32_t>(__builtin_popcount(used)),
                  static_cast<uint32_t>(__builtin_popcount(m_lossless))};
    for (uint32_t priority = 0; priority < CLASSES; priority++)
    {
        m_quantum[priority] =
            static_cast<int32_t>(ClassWeights(m_config.packedClassWeights).Of(priority) * m_commonBytes[0]);
    }
}

template <class Rules>
void PacketEngine<Rules>::SetUpPort(LinkId id, uint64_t thresholdBaseRate)
{
    const FabricLink& link = m_fabric.Link(id);
    Port& port = m_ports[id];
    port.rate = link.bitsPerSecond;
    port.delayNs = HopDelayNs(m_fabric, link, m_config.Format().nodes);
    port.from = link.from;
    port.whenFree = m_fabric.IsHost(link.from) ? EventType::NIC_FREE : EventType::PORT_FREE;
    port.arrival = m_fabric.IsHost(link.to) ? EventType::HOST_ARRIVAL : EventType::SWITCH_ARRIVAL;
    port.up = link.up;
    port.common[0] = Rules::TxTimeOf(m_commonBytes[0], port.rate);
    port.common[1] = Rules::TxTimeOf(m_commonBytes[1], port.rate);
    for (uint32_t priority = 0; priority < CLASSES; priority++)
    {
        m_ecn[id * CLASSES + priority] = CLASSES > 1 && Rules::WEIGHS_CLASSES
                                             ? EcnProfileOfClass(m_config, link.bitsPerSecond, priority)
                                             : EcnProfileOfPort(m_config, link.bitsPerSecond);
    }
    if (!m_config.serverSwitchEcn && m_fabric.IsServerSwitch(link.from))
    {
        constexpr uint64_t NEVER = std::numeric_limits<uint64_t>::max();
        std::fill_n(m_ecn.begin() + id * CLASSES, CLASSES, EcnProfile{NEVER, NEVER, 0});
    }
    port.kminBytes = m_ecn[id * CLASSES].kminBytes;

    SetLossy(id);
    IngressAccount account;
    account.headroom = PortHeadroomBytes(m_fabric, id, m_config);
    account.shift = 3;
    for (uint64_t rate = link.bitsPerSecond; rate > thresholdBaseRate && account.shift > 0; rate /= 2)
    {
        account.shift--;
    }
    for (uint32_t priority = 0; priority < CLASSES; priority++)
    {
        IngressAccount& own = m_ingress[id * CLASSES + priority];
        own = account;
        own.headroom = Rules::WEIGHS_CLASSES && CLASSES > 1 && !HasClass(m_lossless, priority) ? 0 : account.headroom;
    }
}

template <class Rules>
void PacketEngine<Rules>::SetUpPorts()
{
    const uint64_t thresholdBaseRate = Rules::ThresholdBaseRate(m_fabric, m_config);
    for (LinkId id = 0; id < m_fabric.LinkCount(); id++)
    {
        SetUpPort(id, thresholdBaseRate);
    }
    for (NodeId node = 0; node < m_fabric.NodeCount(); node++)
    {
        if (m_fabric.Forwards(node))
        {
            m_buffers[node] = typename Rules::Buffer(BufferOfSwitch(m_fabric, node, m_config, m_classUse).poolBytes);
        }
    }
}

template <class Rules>
void PacketEngine<Rules>::ScheduleLinkChanges()
{
    for (uint32_t i = 0; i < m_linkChanges.size(); i++)
    {
        Rules::CheckLinkChange(m_fabric, m_linkChanges[i]);
        m_upsLeft += m_linkChanges[i].up && m_linkChanges[i].IsOfState();
        if (i == 0 || m_linkChanges[i].timeNs != m_linkChanges[i - 1].timeNs)
        {
            m_wheel.Schedule(std::max(m_linkChanges[i].timeNs, m_options.beginNs), EventType::LINK_CHANGE, i, 0);
        }
    }
    m_linkChangesLeft = static_cast<uint32_t>(m_linkChanges.size());
}

} // namespace ns3::m3

#endif // M3_ENGINE_SETUP_H
