// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FLOW_START_H
#define M3_FLOW_START_H

// Flows that arrive, start and end, and the slots of their queue pairs.
#include "engine-log.h"
#include "port.h"
#include "strategies.h"

#include <algorithm>

namespace ns3::m3
{

template <class Rules>
void PacketEngine<Rules>::ScheduleArrivals()
{
    if (m_nextArrival < m_listed)
    {
        m_wheel.Schedule(m_flows[m_nextArrival].startNs, EventType::FLOW_ARRIVAL, 0, 0);
    }
}

/// \return what the route of the next flow of the list is hashed from
template <class Rules>
RouteKey PacketEngine<Rules>::NextKey(uint32_t flow)
{
    RouteKey key = m_routeKeys.NextKey(m_flows[flow].src, m_flows[flow].dst, m_flows[flow].dstPort);
    if (!m_options.routeIds.empty())
    {
        key.flowId = m_options.routeIds[flow];
    }
    return key;
}

template <class Rules>
void PacketEngine<Rules>::OnFlowArrival()
{
    // the flows of one ns arrive together; each starts two zero-delay events later, as in the HPCC simulator
    const int64_t now = m_wheel.Now();
    for (; m_nextArrival < m_listed && m_flows[m_nextArrival].startNs == now; m_nextArrival++)
    {
        m_startingKeys.push_back(NextKey(m_nextArrival));
        m_wheel.Schedule(now, EventType::FLOW_DELAY, m_nextArrival, 0);
    }
    ScheduleArrivals();
}

template <class Rules>
void PacketEngine<Rules>::SetRoute(Slot slot, const Route& data, const Route& ack)
{
    QueuePair& pair = m_pairs[slot];
    pair.ackStop = m_stops.Write(pair.route, Rules::ANY_NODES ? slot | RouteStops::IS_PAIR : slot, data, ack);
    pair.nic = data.front();
    if (m_packets.TelemetryHops() && m_pintPorts.empty() && Rules::TELEMETRY_COVERS_ROUTE &&
        data.size() > m_packets.TelemetryHops())
    {
        m_packets.GrowTelemetry(static_cast<uint32_t>(data.size()));
    }
}

template <class Rules>
PairSlot PacketEngine<Rules>::TakeSlot()
{
    if (m_freeSlots.empty())
    {
        m_pairs.emplace_back();
        return static_cast<Slot>(m_pairs.size() - 1);
    }
    const Slot slot = m_freeSlots.back();
    m_freeSlots.pop_back();
    const RouteStops::Place place = m_pairs[slot].route;
    m_pairs[slot] = QueuePair();
    m_pairs[slot].route = place;
    return slot;
}

/// \pre the queue pair's routes are set, and m_dataRoute is its data route
template <class Rules>
void PacketEngine<Rules>::SetUpPair(Slot slot, uint32_t flow)
{
    QueuePair& pair = m_pairs[slot];
    pair.size = m_flows[flow].sizeBytes;
    pair.flow = flow;
    pair.priority = CLASSES > 1 ? m_flows[flow].priorityGroup : 0;
    pair.lineRate = m_fabric.Link(pair.nic).bitsPerSecond;
    const PairBase base = m_nicConfigs.at(pair.lineRate)
                              .BaseOfPair(m_fabric, Rules::LOOKS_UP_HOPS ? m_firstRoutes : *m_routes, m_dataRoute);
    pair.cap = std::min(pair.lineRate, m_config.maxRateBps.value_or(pair.lineRate));
    pair.rate = pair.cap;
    pair.pace = Rules::StartPace(pair, m_commonBytes[0]);
    pair.baseWindow = base.windowBytes;
    pair.window = base.windowBytes ? std::max(base.windowBytes, m_minWindowBytes) : 0;
    pair.baseRttNs = base.rttNs;
    pair.rtoNs = RetransmissionTimeoutNs(pair.baseRttNs);
    pair.nextSendNs = m_wheel.Now();
    pair.listed = Listed::YES;
    if (const CongestionControlFactory& makeControl = m_makeControl.at(pair.lineRate))
    {
        pair.control = makeControl(pair.lineRate);
    }
    StartStrategies(slot);
}

/// Sets up the queue pair of a flow at its NIC, which is not told yet.
template <class Rules>
PairSlot PacketEngine<Rules>::StartPair(uint32_t flow, const RouteKey& key)
{
    const Slot slot = TakeSlot();
    m_routes->DataRoute(key, m_dataRoute);
    m_routes->AckRoute(key, m_ackRoute);
    SetRoute(slot, m_dataRoute, m_ackRoute);
    SetUpPair(slot, flow);
    const LinkId nic = m_pairs[slot].nic;
    Port& port = m_ports[nic];
    if (port.freeNs == m_wheel.Now())
    {
        port.ahead = 0; // its first packet cannot start before now
    }
    m_nics[nic].pairs.push_back(slot);
    if (KeepsHostPairs())
    {
        m_hostPairs.Add(key, m_flows[flow].priorityGroup, slot);
    }
    if (m_observer)
    {
        m_observer->OnFlowStart(flow);
    }
    return slot;
}

/// Lets a flow that finds no route when it starts wait for a link to come up, or ends it where none will. \return
/// whether it finds none
template <class Rules>
bool PacketEngine<Rules>::WaitsOrEnds(uint32_t flow, const RouteKey& key)
{
    if (!m_changedRoutes || m_routes->Reachable(key.src, key.dst))
    {
        return false;
    }
    if (MayComeUp())
    {
        m_waiting.emplace_back(flow, key);
    }
    else
    {
        EndUnreachable(flow);
    }
    return true;
}

/// Ends a flow that has no queue pair.
template <class Rules>
void PacketEngine<Rules>::EndUnreachable(uint32_t flow)
{
    m_result.flows[flow].unfinished = Unfinished::UNREACHABLE;
    LogUnfinished(m_wheel.Now(), flow, Unfinished::UNREACHABLE);
    m_ended++;
    if (IsTask(flow))
    {
        TellTasks(flow, m_result.flows[flow]);
    }
}

template <class Rules>
void PacketEngine<Rules>::OnFlowStart(uint32_t flow)
{
    const RouteKey key = m_startingKeys.front();
    m_startingKeys.pop_front();
    StartFlow(flow, key);
}

template <class Rules>
void PacketEngine<Rules>::StartFlow(uint32_t flow, const RouteKey& key)
{
    if (!WaitsOrEnds(flow, key))
    {
        Kick(m_pairs[StartPair(flow, key)].nic);
    }
}

template <class Rules>
void PacketEngine<Rules>::EndFlow(Slot slot, Unfinished why)
{
    QueuePair& pair = m_pairs[slot];
    LookAgain(slot);
    pair.ended = true;
    pair.control.reset();
    if (HasStrategies())
    {
        m_strategies[slot] = {};
    }
    if (Rules::FORGETS_RECEIVERS)
    {
        pair.expected = 0;
        pair.lastNacked = 0;
        pair.nackAgainNs = 0;
    }
    if (KeepsHostPairs())
    {
        m_hostPairs.Remove(slot);
    }
    m_result.flows[pair.flow].unfinished = why;
    if (why == Unfinished::NO)
    {
        m_result.flows[pair.flow].senderFctNs = m_wheel.Now() - StartNs(pair.flow);
        m_result.completionOrder.push_back(pair.flow);
    }
    else
    {
        LogUnfinished(m_wheel.Now(), pair.flow, why);
        NoteLost(pair);
    }
    m_ended++;
    if (m_observer)
    {
        const FlowOutcome outcome = m_result.flows[pair.flow]; // which moves where the observer adds flows
        m_observer->OnFlowEnd(pair.flow, outcome);
    }
    if (IsTask(pair.flow))
    {
        TellTasks(pair.flow, m_result.flows[pair.flow]);
    }
    ReleaseIfUnused(slot);
}

template <class Rules>
void PacketEngine<Rules>::ReleaseIfUnused(Slot slot)
{
    QueuePair& pair = m_pairs[slot];
    if (pair.ended && pair.listed == Listed::NO && pair.inFlight == 0 && !pair.released)
    {
        pair.released = true;
        m_freeSlots.push_back(slot);
    }
}

} // namespace ns3::m3

#endif // M3_FLOW_START_H
