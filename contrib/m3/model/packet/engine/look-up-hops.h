// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_LOOK_UP_HOPS_H
#define M3_LOOK_UP_HOPS_H

// A link that goes down where each packet looks up its next hop at every switch (Rules::LOOKS_UP_HOPS): what waits at
// the link's ends is lost, and the buffers that it took stay taken; what is on its way goes on by the new tables, also
// where its flow did not use the link; hosts deal out their queue pairs anew.
#include "packet-loss.h"
#include "port.h"

#include <algorithm>
#include <utility>

namespace ns3::m3
{

/// A frame that waits at a port whose link goes down is lost.
template <class Rules>
void PacketEngine<Rules>::Flush(LinkId link, PacketIndex index)
{
    if (m_observer)
    {
        m_observer->OnFlush(InfoOf(link, m_packets[index]));
    }
    m_packets[index].kind < PacketKind::PAUSE ? DropPacket(index, m_result.linkLosses) : m_packets.Free(index);
}

/// Drops what waits at a port whose link goes down, in the order in which it would have been sent.
template <class Rules>
void PacketEngine<Rules>::EmptyPort(LinkId link)
{
    Port& port = m_ports[link];
    for (uint32_t priority = 0; priority < CLASSES && !port.IsNic(); priority++)
    {
        SetPaused(link, priority, false);
    }
    for (PacketIndex* head : {&port.pfcHead, &port.head})
    {
        while (*head != NO_PACKET)
        {
            const PacketIndex index = *head;
            *head = m_packets[index].next;
            Flush(link, index);
        }
    }
    while (CLASSES > 1 && m_classes[link].waiting != 0)
    {
        ClassQueues& queues = m_classes[link];
        queues.last = static_cast<uint8_t>(queues.NextInTurn(queues.waiting));
        Flush(link, queues.Take(m_packets, queues.last));
    }
}

/// A packet that was sent before the last change of a link has come to a switch. \param egress where it was to go, and
/// where it goes now \return whether there is a way; else it is lost
template <class Rules>
bool PacketEngine<Rules>::TakeNewRoute(PacketIndex index, LinkId& egress)
{
    EnginePacket& packet = m_packets[index];
    const RouteKey& key = m_keysAtChange[m_pairs[packet.queuePair].flow];
    const bool data = packet.kind == PacketKind::DATA;
    Route& route = data ? m_dataRoute : m_ackRoute;
    if (!m_routes->RestOfRoute(m_fabric.Link(packet.link).to, key, data, route))
    {
        DropPacket(index, m_result.linkLosses);
        return false;
    }
    RouteStops::Place place;
    m_stops.Write(place, packet.queuePair, route, {});
    egress = route.front();
    packet.nextStop = place.begin + 1;
    return true;
}

/// Gives all flows the routes that they have after a change of a link.
template <class Rules>
void PacketEngine<Rules>::TakeNewRoutes()
{
    RoutesOfFlows keys(m_firstRoutes);
    m_keysAtChange.clear();
    const std::size_t known = m_addedKeys ? m_flows.size() : m_nextArrival;
    for (std::size_t flow = 0; flow < known; flow++)
    {
        m_keysAtChange.push_back(keys.NextKey(m_flows[flow].src, m_flows[flow].dst, m_flows[flow].dstPort));
    }
    m_stopsBeforeChange = m_stops.End();
    for (QueuePair& pair : m_pairs)
    {
        pair.route = {}; // packets are still on the old one
    }
    for (const NodeId host : m_fabric.Hosts())
    {
        DealPairs(host);
    }
}

/// Deals the queue pairs of a host to its NICs anew, of which each may send as soon as it has one.
template <class Rules>
void PacketEngine<Rules>::DealPairs(NodeId host)
{
    for (const LinkId nic : m_fabric.EgressLinks(host))
    {
        for (const Slot listed : m_nics[nic].pairs)
        {
            const Slot slot = listed & ~WAITS;
            m_pairs[slot].listed = Listed::NO;
            ReleaseIfUnused(slot);
        }
        m_nics[nic].pairs.clear();
        m_nics[nic].windowsFull = 0;
    }
    for (const Slot slot : m_hostPairs.Of(host))
    {
        const RouteKey& key = m_hostPairs.KeyOf(slot);
        if (m_routes->Reachable(key.src, key.dst))
        {
            m_routes->DataRoute(key, m_dataRoute);
            m_routes->AckRoute(key, m_ackRoute);
            SetRoute(slot, m_dataRoute, m_ackRoute);
            m_pairs[slot].listed = Listed::YES;
            m_nics[m_pairs[slot].nic].pairs.push_back(slot);
            Kick(m_pairs[slot].nic);
        }
    }
}

} // namespace ns3::m3

#endif // M3_LOOK_UP_HOPS_H
