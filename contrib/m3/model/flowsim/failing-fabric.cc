// SPDX-License-Identifier: GPL-2.0-only
#include "failing-fabric.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace ns3::m3
{

FailingFabric::FailingFabric(const FabricGraph& fabric,
                             EngineMode mode,
                             std::function<RouteKey(uint32_t flow)> keyOf,
                             std::vector<LinkChange> changes)
    : m_fabric(fabric),
      m_mode(mode),
      m_keyOf(std::move(keyOf)),
      m_changes(std::move(changes)),
      m_hasComeUp(fabric.LinkCount()),
      m_routes(std::make_unique<RouteTable>(m_fabric, mode))
{
}

double FailingFabric::NextNs() const
{
    return m_next < m_changes.size() ? static_cast<double>(m_changes[m_next].timeNs)
                                     : std::numeric_limits<double>::infinity();
}

void FailingFabric::Make(std::vector<double>& linkGbps)
{
    m_hasComeUp.assign(m_fabric.LinkCount(), false);
    for (const int64_t timeNs = m_changes[m_next].timeNs;
         m_next < m_changes.size() && m_changes[m_next].timeNs == timeNs;
         m_next++)
    {
        const LinkChange& change = m_changes[m_next];
        if (change.IsOfState())
        {
            m_fabric.SetLinkUp(change.link, change.up);
        }
        for (const LinkId link : {change.link, ReverseLink(change.link)})
        {
            m_hasComeUp[link] = m_hasComeUp[link] || (change.IsOfState() && change.up);
            if (change.bitsPerSecond > 0)
            {
                linkGbps[link] = static_cast<double>(change.bitsPerSecond) / 1e9;
            }
        }
    }
    m_routes = std::make_unique<RouteTable>(m_fabric, m_mode);
}

bool FailingFabric::Reroute(uint32_t flow, Route& links)
{
    const RouteKey key = m_keyOf(flow);
    if (!m_routes->Reachable(key.src, key.dst))
    {
        return false;
    }
    Route route;
    m_routes->DataRoute(key, route);
    const bool isCut = links.empty() ||
                       std::any_of(links.begin(), links.end(), [this](LinkId link) { return !m_fabric.Link(link).up; });
    if (isCut || std::any_of(route.begin(), route.end(), [this](LinkId link) { return m_hasComeUp[link]; }))
    {
        links = route;
    }
    return true;
}

} // namespace ns3::m3
