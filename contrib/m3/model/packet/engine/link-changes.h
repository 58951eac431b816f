// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_LINK_CHANGES_H
#define M3_LINK_CHANGES_H

// Links that go down and come up during the run.
#include "engine-log.h"
#include "look-up-hops.h"
#include "packet-loss.h"
#include "port.h"

#include <algorithm>

namespace ns3::m3
{

/// \return the links of a route in the other direction
inline Route BackAlong(const Route& route)
{
    Route back(route.rbegin(), route.rend());
    std::transform(back.begin(), back.end(), back.begin(), ReverseLink);
    return back;
}

template <class Rules>
void PacketEngine<Rules>::OnLinkChange(uint32_t index)
{
    const LinkChange& change = m_linkChanges[index];
    m_linkChangesLeft--;
    LogLinkChange(m_wheel.Now(), m_fabric.Link(change.link), change.up);
    if (!m_changedFabric)
    {
        m_changedFabric = std::make_unique<FabricGraph>(m_fabric);
        m_downNs.resize(m_fabric.LinkCount(), -1);
    }
    m_changedFabric->SetLinkUp(change.link, change.up);
    m_changedRoutes = std::make_unique<RouteTable>(*m_changedFabric, m_config.mode);
    m_routes = m_changedRoutes.get();
    for (LinkId link : {change.link, ReverseLink(change.link)})
    {
        // what is sent while the link is down is lost; pauses of its ends are forgotten
        Port& port = m_ports[link];
        port.up = change.up;
        m_downNs[link] = change.up ? m_downNs[link] : m_wheel.Now();
        SetLossy(link);
        if (Rules::LOOKS_UP_HOPS)
        {
            EmptyPort(link);
            continue;
        }
        for (uint32_t priority = 0; priority < CLASSES; priority++)
        {
            SetPaused(link, priority, false);
            AccountOf(link, priority).pauseSent = false;
        }
    }
    if (Rules::LOOKS_UP_HOPS)
    {
        TakeNewRoutes();
        return;
    }
    RerouteFlows(change);
    Kick(change.link);
    Kick(ReverseLink(change.link));
}

template <class Rules>
void PacketEngine<Rules>::RerouteFlows(const LinkChange& change)
{
    const auto isChanged = [&change](LinkId link) { return link == change.link || link == ReverseLink(change.link); };
    Route route;
    for (Slot slot = 0; slot < m_pairs.size(); slot++)
    {
        const QueuePair& pair = m_pairs[slot];
        if (pair.ended)
        {
            continue;
        }
        const Flow& flow = m_flows[pair.flow];
        if (!m_routes->Reachable(flow.src, flow.dst))
        {
            continue; // goes on trying, until its timeouts are used up
        }
        const uint64_t id = m_options.routeIds.empty() ? pair.flow : m_options.routeIds[pair.flow];
        m_routes->DataRoute({flow.src, flow.dst, id}, route);
        if (IsCut(pair) || (change.up && std::any_of(route.begin(), route.end(), isChanged)))
        {
            MoveFlow(slot, route);
        }
    }
}

template <class Rules>
bool PacketEngine<Rules>::IsCut(const QueuePair& pair) const
{
    for (StopIndex stop = pair.route.begin; stop + 1 < pair.route.end; stop++)
    {
        if (stop + 1 != pair.ackStop && !m_ports[m_stops[stop]].up)
        {
            return true;
        }
    }
    return false;
}

template <class Rules>
void PacketEngine<Rules>::MoveFlow(Slot slot, const Route& route)
{
    QueuePair& pair = m_pairs[slot];
    pair.route = {}; // the place of the old one stays, packets are still on it
    const LinkId nic = pair.nic;
    SetRoute(slot, route, BackAlong(route));
    if (pair.nic != nic)
    {
        auto& before = m_nics[nic].pairs;
        before.erase(std::remove(before.begin(), before.end(), slot), before.end());
        m_nics[pair.nic].pairs.push_back(slot);
    }
    Kick(pair.nic);
}

} // namespace ns3::m3

#endif // M3_LINK_CHANGES_H
