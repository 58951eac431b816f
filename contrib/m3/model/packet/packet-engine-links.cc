// Links that go down and come up during the run.
#include "packet-engine.h"

#include <algorithm>

namespace ns3::m3
{

void PacketEngine::OnLinkChange(uint32_t index)
{
    const LinkChange& change = m_linkChanges[index];
    if (!m_changedFabric)
    {
        m_changedFabric = std::make_unique<FabricGraph>(m_fabric);
    }
    m_changedFabric->SetLinkUp(change.link, change.up);
    m_changedRoutes = std::make_unique<RouteTable>(*m_changedFabric, m_config.mode);
    m_routes = m_changedRoutes.get();
    for (LinkId link : {change.link, ReverseLink(change.link)})
    {
        // what is sent while the link is down is lost; pauses of its ends are forgotten
        Port& port = m_ports[link];
        port.up = change.up;
        port.lossy = !change.up || port.errorRate > 0;
        port.paused = false;
        m_ingress[link].pauseSent = false;
    }
    RerouteFlows(change);
    Kick(change.link);
    Kick(ReverseLink(change.link));
}

void PacketEngine::RerouteFlows(const LinkChange& change)
{
    const auto isDown = [this](LinkId link) { return !m_ports[link].up; };
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
        m_routes->DataRoute({flow.src, flow.dst, pair.flow}, route);
        if (std::any_of(pair.links.begin(), pair.links.end(), isDown) ||
            (change.up && std::any_of(route.begin(), route.end(), isChanged)))
        {
            MoveFlow(slot, route);
        }
    }
}

void PacketEngine::MoveFlow(Slot slot, const Route& route)
{
    QueuePair& pair = m_pairs[slot];
    m_leftRoutes.push_back(std::move(pair.links)); // packets are still on it
    SetRoute(pair, route, BackAlong(route));
    if (pair.nic != pair.dataRoute[0])
    {
        auto& before = m_nics[pair.nic].pairs;
        before.erase(std::remove(before.begin(), before.end(), slot), before.end());
        pair.nic = pair.dataRoute[0];
        m_nics[pair.nic].pairs.push_back(slot);
    }
    Kick(pair.nic);
}

} // namespace ns3::m3
