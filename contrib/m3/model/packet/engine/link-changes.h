// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_LINK_CHANGES_H
#define M3_LINK_CHANGES_H

// Links that go down, come up or change during the run.
#include "engine-log.h"
#include "look-up-hops.h"
#include "packet-loss.h"
#include "port.h"

#include <algorithm>
#include <utility>

namespace ns3::m3
{

/// \return the links of a route in the other direction
inline Route BackAlong(const Route& route)
{
    Route back(route.rbegin(), route.rend());
    std::transform(back.begin(), back.end(), back.begin(), ReverseLink);
    return back;
}

/// The changes of one time, which come together. \param first of them
template <class Rules>
void PacketEngine<Rules>::OnLinkChange(uint32_t first)
{
    uint32_t end = first;
    bool ofState = false;
    for (; end < m_linkChanges.size() && m_linkChanges[end].timeNs == m_linkChanges[first].timeNs; end++)
    {
        const LinkChange& change = m_linkChanges[end];
        m_linkChangesLeft--;
        m_upsLeft -= change.up && change.IsOfState();
        LogLinkChange(m_wheel.Now(), m_fabric.Link(change.link), change);
        ofState = ofState || change.IsOfState();
        change.IsOfState() ? ChangeState(change) : Degrade(change);
    }
    if (!ofState)
    {
        return;
    }
    m_changedRoutes = std::make_unique<RouteTable>(*m_changedFabric, m_config.mode);
    m_routes = m_changedRoutes.get();
    if (IsBalanced())
    {
        m_hopSets->Forget();
    }
    if (Rules::LOOKS_UP_HOPS)
    {
        TakeNewRoutes();
        return;
    }
    RerouteFlows(first, end);
    StartWaitingFlows();
    for (uint32_t index = first; index < end; index++)
    {
        Kick(m_linkChanges[index].link);
        Kick(ReverseLink(m_linkChanges[index].link));
    }
}

/// A link goes down or comes up.
template <class Rules>
void PacketEngine<Rules>::ChangeState(const LinkChange& change)
{
    if (!m_changedFabric)
    {
        m_changedFabric = std::make_unique<FabricGraph>(m_fabric);
        m_downNs.resize(m_fabric.LinkCount(), -1);
    }
    m_changedFabric->SetLinkUp(change.link, change.up);
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
}

/// Returns the rate that a change gives a direction of a link: that of the change, where the two differ in proportion.
/// \pre the change gives one
template <class Rules>
uint64_t PacketEngine<Rules>::DegradedRate(const FabricGraph& fabric, LinkId link, const LinkChange& change)
{
    const Uint128 product = static_cast<Uint128>(change.bitsPerSecond) * fabric.Link(link).bitsPerSecond;
    return std::max<uint64_t>(1, static_cast<uint64_t>(product / fabric.Link(change.link).bitsPerSecond));
}

/// A link gets another rate, from its next frame on, or another error rate, from the next arrival on.
template <class Rules>
void PacketEngine<Rules>::Degrade(const LinkChange& change)
{
    if (change.errorRate >= 0 && m_errorRates.empty())
    {
        for (LinkId link = 0; link < m_fabric.LinkCount(); link++)
        {
            m_errorRates.push_back(m_fabric.Link(link).errorRate);
        }
    }
    for (LinkId link : {change.link, ReverseLink(change.link)})
    {
        if (change.errorRate >= 0)
        {
            m_errorRates[link] = change.errorRate;
            SetLossy(link);
        }
        if (change.bitsPerSecond > 0)
        {
            Port& port = m_ports[link];
            port.rate = DegradedRate(m_fabric, link, change);
            port.ahead = 0;
            port.common[0] = Rules::TxTimeOf(m_commonBytes[0], port.rate);
            port.common[1] = Rules::TxTimeOf(m_commonBytes[1], port.rate);
        }
    }
}

/// \param first, end of the changes that came now
template <class Rules>
void PacketEngine<Rules>::RerouteFlows(uint32_t first, uint32_t end)
{
    const auto hasComeUp = [&](LinkId link)
    {
        return std::any_of(m_linkChanges.begin() + first,
                           m_linkChanges.begin() + end,
                           [&](const LinkChange& change)
                           { return change.up && change.IsOfState() && (change.link | 1U) == (link | 1U); });
    };
    Route route;
    for (Slot slot = 0; slot < m_pairs.size(); slot++)
    {
        QueuePair& pair = m_pairs[slot];
        if (pair.ended)
        {
            continue;
        }
        const bool isCut = IsCut(pair);
        pair.cutNs = isCut && pair.cutNs < 0 ? m_wheel.Now() : pair.cutNs;
        const Flow& flow = m_flows[pair.flow];
        if (!m_routes->Reachable(flow.src, flow.dst))
        {
            continue; // goes on trying
        }
        const uint64_t id = m_options.routeIds.empty() ? pair.flow : m_options.routeIds[pair.flow];
        m_routes->DataRoute({flow.src, flow.dst, id}, route);
        if (isCut || std::any_of(route.begin(), route.end(), hasComeUp))
        {
            MoveFlow(slot, route);
        }
    }
}

/// Starts the flows that have a route now, and gives those up that will not get one.
template <class Rules>
void PacketEngine<Rules>::StartWaitingFlows()
{
    for (const auto& [flow, key] : std::exchange(m_waiting, {}))
    {
        const FlowUnderWay* progress = ProgressOf(flow);
        progress ? ResumeFlow(*progress) : StartFlow(flow, key); // or it waits again
    }
}

/// A flow whose route was cut has made progress. \param sentNs time stamp of the data packet that was acknowledged
template <class Rules>
void PacketEngine<Rules>::NoteRecovery(QueuePair& pair, int64_t sentNs)
{
    if (sentNs >= pair.cutNs)
    {
        m_result.recoveries.push_back({pair.flow, pair.cutNs, m_wheel.Now() - pair.cutNs});
        pair.cutNs = -1;
    }
}

/// A flow whose route was cut has ended without progress.
template <class Rules>
void PacketEngine<Rules>::NoteLost(QueuePair& pair)
{
    if (pair.cutNs >= 0)
    {
        m_result.recoveries.push_back({pair.flow, pair.cutNs, -1});
        pair.cutNs = -1;
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
    LookAgain(slot);
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
