// SPDX-License-Identifier: GPL-2.0-only
#include "host.h"

#include "ns3/m3-input-error.h"

#include <algorithm>

namespace ns3::m3
{

namespace
{

constexpr uint32_t HPCC_TELEMETRY_HOPS = 5;

uint32_t TelemetryHops(const RdmaConfig& config)
{
    const Telemetry telemetry = TelemetryOf(config.congestionControl);
    return telemetry == Telemetry::HOPS ? HPCC_TELEMETRY_HOPS : telemetry == Telemetry::PINT ? 1 : 0;
}

/// MRG32k3a takes seeds from 1 to 4294944442.
uint32_t StreamSeed(uint64_t seed)
{
    constexpr uint32_t LARGEST = 4294944442U;
    const auto remainder = static_cast<uint32_t>(seed % LARGEST);
    return remainder ? remainder : LARGEST;
}

} // namespace

PacketEngine::PacketEngine(const FabricGraph& fabric,
                           const RouteTable& routes,
                           const RdmaConfig& config,
                           const FlowList& flows,
                           const PacketRunOptions& options)
    : m_fabric(fabric),
      m_config(config),
      m_flows(flows),
      m_routes(&routes),
      m_standard(config.mode == EngineMode::STANDARD),
      m_recordPfc(options.recordPfc),
      m_hasStop(options.stopNs != INT64_MAX),
      m_acksPassPauses(m_standard && config.pfc && config.ackHighPriority),
      m_observer(options.observer),
      m_linkChanges(options.linkChanges),
      m_streamSeed(StreamSeed(config.seed)),
      m_headerBytes(config.HeaderBytes()),
      m_commonBytes{MTU_PAYLOAD_BYTES + config.HeaderBytes(), config.AckBytes()},
      m_nicConfigs(ConfigsByNic(fabric, config)),
      m_routeKeys(routes),
      m_wheel(LongestHopNs(fabric)),
      m_packets(TelemetryHops(config)),
      m_ports(fabric.LinkCount()),
      m_ingress(fabric.LinkCount()),
      m_ecn(fabric.LinkCount()),
      m_lossy(fabric.LinkCount()),
      m_buffers(fabric.NodeCount()),
      m_nics(fabric.LinkCount()),
      m_markStreams(fabric.LinkCount()),
      m_lossStreams(fabric.LinkCount()),
      m_randomStreams(fabric.LinkCount()),
      m_pintPorts(TelemetryOf(config.congestionControl) == Telemetry::PINT ? fabric.LinkCount() : 0),
      m_nextStream(6 * uint64_t{fabric.NodeCount()} + 2)
{
    CheckFlows(fabric, routes, flows);
    for (const auto& [rate, nicConfig] : m_nicConfigs)
    {
        m_makeControl[rate] = MakeCongestionControlFactory(nicConfig);
    }
    SetUpPorts();
    m_result.flows.resize(flows.size());
    for (uint32_t i = 0; i < m_linkChanges.size(); i++)
    {
        const LinkChange& change = m_linkChanges[i];
        if (!m_standard || change.link >= fabric.LinkCount() || change.timeNs < 0)
        {
            throw InputError(m_standard ? "a link change names a link that is not there, or a negative time"
                                        : "links go down and up in standard mode only");
        }
        m_wheel.Schedule(change.timeNs, EventType::LINK_CHANGE, i, 0);
    }
    m_linkChangesLeft = static_cast<uint32_t>(m_linkChanges.size());
    m_timeouts = CanLosePackets();
    // a PFC frame may wait for the frame before it
    m_quietNs = 2 * LongestHopNs(fabric);
    ScheduleArrivals();
}

PacketEngine::~PacketEngine() = default;

int64_t PacketEngine::LongestHopNs(const FabricGraph& fabric)
{
    int64_t longest = 0;
    for (LinkId id = 0; id < fabric.LinkCount(); id++)
    {
        const FabricLink& link = fabric.Link(id);
        longest = std::max(longest, link.delayNs + StandardTxTimeNs(2 * MTU_PAYLOAD_BYTES, link.bitsPerSecond));
    }
    return longest;
}

uint64_t PacketEngine::ThresholdBaseRate() const
{
    if (m_standard)
    {
        return *m_config.hostRateBps;
    }
    for (const NodeId host : m_fabric.Hosts())
    {
        if (!m_fabric.EgressLinks(host).empty())
        {
            return m_fabric.Link(m_fabric.EgressLinks(host).front()).bitsPerSecond;
        }
    }
    return MAX_LINK_BPS; // no flow can run
}

void PacketEngine::SetUpPorts()
{
    const uint64_t baseRate = ThresholdBaseRate();
    for (LinkId id = 0; id < m_fabric.LinkCount(); id++)
    {
        const FabricLink& link = m_fabric.Link(id);
        Port& port = m_ports[id];
        port.rate = link.bitsPerSecond;
        port.delayNs = link.delayNs;
        port.from = link.from;
        port.whenFree = m_fabric.IsHost(link.from) ? EventType::NIC_FREE : EventType::PORT_FREE;
        port.arrival = m_fabric.IsHost(link.to) ? EventType::HOST_ARRIVAL : EventType::SWITCH_ARRIVAL;
        port.up = link.up;
        port.common[0] = TxTimeOf(port, m_commonBytes[0]);
        port.common[1] = TxTimeOf(port, m_commonBytes[1]);
        m_ecn[id] = EcnProfileOfPort(m_config, link.bitsPerSecond);
        port.kminBytes = m_ecn[id].kminBytes;

        SetLossy(id);
        IngressAccount& account = m_ingress[id];
        account.headroom = PortHeadroomBytes(link, m_config);
        account.shift = 3;
        for (uint64_t rate = link.bitsPerSecond; rate > baseRate && account.shift > 0; rate /= 2)
        {
            account.shift--;
        }
    }
    for (NodeId node = 0; node < m_fabric.NodeCount(); node++)
    {
        if (!m_fabric.IsHost(node))
        {
            m_buffers[node] = SharedBuffer(m_config.mode, BufferOfSwitch(m_fabric, node, m_config).poolBytes);
        }
    }
}

void PacketEngine::ScheduleArrivals()
{
    if (m_nextArrival < m_flows.size())
    {
        m_wheel.Schedule(m_flows[m_nextArrival].startNs, EventType::FLOW_ARRIVAL, 0, 0);
    }
}

void PacketEngine::OnFlowArrival()
{
    // the flows of one ns arrive together; each starts two zero-delay events later, as in the HPCC simulator
    const int64_t now = m_wheel.Now();
    for (; m_nextArrival < m_flows.size() && m_flows[m_nextArrival].startNs == now; m_nextArrival++)
    {
        const Flow& flow = m_flows[m_nextArrival];
        m_startingKeys.push_back(m_routeKeys.NextKey(flow.src, flow.dst));
        m_wheel.Schedule(now, EventType::FLOW_DELAY, m_nextArrival, 0);
    }
    ScheduleArrivals();
}

Route PacketEngine::BackAlong(const Route& route)
{
    Route back(route.rbegin(), route.rend());
    std::transform(back.begin(), back.end(), back.begin(), ReverseLink);
    return back;
}

void PacketEngine::SetRoute(Slot slot, const Route& data, const Route& ack)
{
    QueuePair& pair = m_pairs[slot];
    pair.ackStop = m_stops.Write(pair.route, slot, data, ack);
    pair.nic = data.front();
    if (m_packets.TelemetryHops() && m_pintPorts.empty() && m_standard && data.size() > m_packets.TelemetryHops())
    {
        m_packets.GrowTelemetry(static_cast<uint32_t>(data.size()));
    }
}

std::unique_ptr<RngStream> PacketEngine::MakeStream(uint64_t index) const
{
    return std::make_unique<RngStream>(m_streamSeed, m_config.firstStream + index, m_config.run);
}

double PacketEngine::Random(LinkId link)
{
    auto& stream = m_randomStreams[link];
    if (!stream)
    {
        stream = MakeStream(2 * uint64_t{m_fabric.LinkCount()} + link);
    }
    return stream->RandU01();
}

void PacketEngine::OnFlowStart(uint32_t flow)
{
    const RouteKey key = m_startingKeys.front();
    m_startingKeys.pop_front();
    if (m_changedRoutes && !m_routes->Reachable(key.src, key.dst))
    {
        m_result.flows[flow].unfinished = Unfinished::UNREACHABLE;
        m_ended++;
        return;
    }
    Slot slot = 0;
    if (m_freeSlots.empty())
    {
        slot = static_cast<Slot>(m_pairs.size());
        m_pairs.emplace_back();
    }
    else
    {
        slot = m_freeSlots.back();
        m_freeSlots.pop_back();
        const RouteStops::Place place = m_pairs[slot].route;
        m_pairs[slot] = QueuePair();
        m_pairs[slot].route = place;
    }
    QueuePair& pair = m_pairs[slot];
    m_routes->DataRoute(key, m_dataRoute);
    m_routes->AckRoute(key, m_ackRoute);
    SetRoute(slot, m_dataRoute, m_ackRoute);

    pair.size = m_flows[flow].sizeBytes;
    pair.flow = flow;
    pair.lineRate = m_ports[pair.nic].rate;
    const PairBase base = m_nicConfigs.at(pair.lineRate).BaseOfPair(m_fabric, *m_routes, m_dataRoute);
    pair.cap = std::min(pair.lineRate, m_config.maxRateBps.value_or(pair.lineRate));
    pair.rate = pair.cap;
    pair.fullPaceNs = m_standard ? 0 : HpccTxTimeNs(MTU_PAYLOAD_BYTES + m_headerBytes, pair.cap);
    pair.baseWindow = base.windowBytes;
    pair.window = base.windowBytes;
    pair.baseRttNs = base.rttNs;
    pair.rtoNs = RetransmissionTimeoutNs(pair.baseRttNs);
    pair.nextSendNs = m_wheel.Now();
    pair.listed = true;
    if (const CongestionControlFactory& makeControl = m_makeControl.at(pair.lineRate))
    {
        pair.control = makeControl(pair.lineRate);
    }
    Port& port = m_ports[pair.nic];
    if (port.freeNs == m_wheel.Now())
    {
        port.ahead = 0; // its first packet cannot start before now
    }
    m_nics[pair.nic].pairs.push_back(slot);
    if (m_observer)
    {
        m_observer->OnFlowStart(flow);
    }
    Kick(pair.nic);
}

void PacketEngine::EndFlow(Slot slot, Unfinished why)
{
    QueuePair& pair = m_pairs[slot];
    pair.ended = true;
    pair.control.reset();
    FlowOutcome& outcome = m_result.flows[pair.flow];
    outcome.unfinished = why;
    if (why == Unfinished::NO)
    {
        outcome.senderFctNs = m_wheel.Now() - m_flows[pair.flow].startNs;
        m_result.completionOrder.push_back(pair.flow);
    }
    m_ended++;
    if (m_observer)
    {
        m_observer->OnFlowEnd(pair.flow, outcome);
    }
    ReleaseIfUnused(slot);
}

void PacketEngine::ReleaseIfUnused(Slot slot)
{
    QueuePair& pair = m_pairs[slot];
    if (pair.ended && !pair.listed && pair.inFlight == 0 && !pair.released)
    {
        pair.released = true;
        m_freeSlots.push_back(slot);
    }
}

inline void PacketEngine::Dispatch(EngineEvent event)
{
    switch (event.Type())
    {
    case EventType::SWITCH_ARRIVAL:
        SwitchReceive(event.subject, event.Object());
        break;
    case EventType::PORT_FREE:
        OnPortFree(event.Object());
        break;
    case EventType::NIC_FREE:
        OnNicFree(event.Object());
        break;
    case EventType::HOST_ARRIVAL:
        HostReceive(event.subject, event.Object());
        break;
    case EventType::PFC_ARRIVAL:
        OnPfcFrame(event.Object(), event.subject);
        break;
    case EventType::NIC_TIMER:
        OnNicTimer(event.Object());
        break;
    case EventType::FLOW_ARRIVAL:
        OnFlowArrival();
        break;
    case EventType::FLOW_DELAY:
        m_wheel.Schedule(m_wheel.Now(), EventType::FLOW_START, event.subject, 0);
        break;
    case EventType::FLOW_START:
        OnFlowStart(event.subject);
        break;
    case EventType::CONTROL_TIMER:
        OnControlTimer(event.Object(), event.subject);
        break;
    case EventType::LINK_CHANGE:
        OnLinkChange(event.subject);
        break;
    case EventType::RETRANSMIT:
        OnTimeout(event.Object());
        break;
    }
}

void PacketEngine::Run(int64_t beforeNs, uint32_t times)
{
    int64_t time = NextTimeNs();
    do
    {
        m_wheel.RunSlot(time, [this](const EngineEvent& event) { Dispatch(event); });
        time = NextTimeNs();
    } while (time < beforeNs && --times > 0);
    if (time == EventWheel::NEVER && m_ended < m_flows.size())
    {
        EndAllFlows();
    }
}

} // namespace ns3::m3
