#include "max-min.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace ns3::m3
{

namespace
{

/// Relative: a link with less than this share of its capacity left is saturated.
constexpr double SATURATION = 1e-9;

/// Relative: shares this close freeze together, so that rounding does not split a bottleneck.
constexpr double SHARE_TOLERANCE = 1e-12;

} // namespace

MaxMinRates::MaxMinRates(std::vector<double> capacity)
    : m_links(capacity.size())
{
    for (std::size_t i = 0; i < capacity.size(); i++)
    {
        m_links[i].capacity = capacity[i];
    }
}

bool MaxMinRates::Saturated(const LinkState& link) const
{
    return link.used >= link.capacity * (1 - SATURATION);
}

void MaxMinRates::Add(uint32_t id, const std::vector<uint32_t>& links, double limit)
{
    if (id >= m_flows.size())
    {
        m_flows.resize(id + 1);
    }
    FlowState& flow = m_flows[id];
    flow.links = links;
    flow.position.resize(links.size());
    flow.limit = limit;
    flow.rate = 0;
    for (std::size_t i = 0; i < links.size(); i++)
    {
        auto& flows = m_links[links[i]].flows;
        flow.position[i] = static_cast<uint32_t>(flows.size());
        flows.emplace_back(id, static_cast<uint32_t>(i));
    }
    m_mark++;
    m_set.clear();
    m_setLinks.clear();
    Include(id);
    Solve();
}

void MaxMinRates::Remove(uint32_t id)
{
    m_mark++;
    m_set.clear();
    m_setLinks.clear();
    FlowState& flow = m_flows[id];
    for (std::size_t i = 0; i < flow.links.size(); i++)
    {
        LinkState& link = m_links[flow.links[i]];
        const auto last = link.flows.back();
        link.flows[flow.position[i]] = last;
        m_flows[last.first].position[last.second] = flow.position[i];
        link.flows.pop_back();
    }
    for (uint32_t link : flow.links)
    {
        if (Saturated(m_links[link]))
        {
            IncludeLink(link);
        }
    }
    for (uint32_t link : flow.links)
    {
        if (m_links[link].mark != m_mark) // shared with no flow that is solved again
        {
            m_links[link].used = std::max(0.0, m_links[link].used - flow.rate);
        }
    }
    flow.rate = 0;
    Solve();
}

/// Takes a flow into the set, and with it all that share a saturated link.
void MaxMinRates::Include(uint32_t start)
{
    if (m_flows[start].mark == m_mark)
    {
        return;
    }
    m_flows[start].mark = m_mark;
    m_set.push_back(start);
    for (std::size_t i = m_set.size() - 1; i < m_set.size(); i++)
    {
        for (uint32_t id : m_flows[m_set[i]].links)
        {
            LinkState& link = m_links[id];
            if (link.mark == m_mark)
            {
                continue;
            }
            link.mark = m_mark;
            m_setLinks.push_back(id);
            if (Saturated(link))
            {
                for (const auto& [other, position] : link.flows)
                {
                    if (m_flows[other].mark != m_mark)
                    {
                        m_flows[other].mark = m_mark;
                        m_set.push_back(other);
                    }
                }
            }
        }
    }
}

void MaxMinRates::IncludeLink(uint32_t link)
{
    for (const auto& [flow, position] : m_links[link].flows)
    {
        Include(flow);
    }
}

void MaxMinRates::Solve()
{
    for (bool again = true; again;)
    {
        Fill();
        again = false;
        for (std::size_t i = 0; i < m_setLinks.size(); i++)
        {
            LinkState& link = m_links[m_setLinks[i]];
            double used = 0;
            bool outsiders = false;
            for (const auto& [flow, position] : link.flows)
            {
                const bool inside = m_flows[flow].mark == m_mark;
                used += inside ? m_flows[flow].solved : m_flows[flow].rate;
                outsiders |= !inside;
            }
            if (outsiders && used >= link.capacity * (1 - SATURATION))
            {
                IncludeLink(m_setLinks[i]);
                again = true;
            }
        }
    }
    m_changed.clear();
    for (uint32_t id : m_set)
    {
        FlowState& flow = m_flows[id];
        if (flow.solved != flow.rate)
        {
            flow.rate = flow.solved;
            m_changed.push_back(id);
        }
    }
    for (uint32_t id : m_setLinks)
    {
        LinkState& link = m_links[id];
        link.used = 0;
        for (const auto& [flow, position] : link.flows)
        {
            link.used += m_flows[flow].rate;
        }
    }
}

/// Progressive filling of the set over the capacity that flows outside leave.
void MaxMinRates::Fill()
{
    for (uint32_t id : m_setLinks)
    {
        LinkState& link = m_links[id];
        link.left = link.capacity;
        link.unfrozen = 0;
        for (const auto& [flow, position] : link.flows)
        {
            if (m_flows[flow].mark == m_mark)
            {
                link.unfrozen++;
            }
            else
            {
                link.left -= m_flows[flow].rate;
            }
        }
    }
    m_order = m_set;
    std::sort(m_order.begin(),
              m_order.end(),
              [this](uint32_t a, uint32_t b)
              { return std::pair(m_flows[a].limit, a) < std::pair(m_flows[b].limit, b); });
    for (uint32_t id : m_set)
    {
        m_flows[id].solved = -1;
    }
    std::size_t unfrozen = m_set.size();
    const auto freeze = [&](uint32_t id, double rate)
    {
        FlowState& flow = m_flows[id];
        flow.solved = rate;
        unfrozen--;
        for (uint32_t link : flow.links)
        {
            m_links[link].left -= rate;
            m_links[link].unfrozen--;
        }
    };
    std::size_t nextLimit = 0;
    while (unfrozen > 0)
    {
        double share = std::numeric_limits<double>::infinity();
        for (uint32_t id : m_setLinks)
        {
            const LinkState& link = m_links[id];
            if (link.unfrozen > 0)
            {
                share = std::min(share, std::max(0.0, link.left) / link.unfrozen);
            }
        }
        while (nextLimit < m_order.size() && m_flows[m_order[nextLimit]].solved >= 0)
        {
            nextLimit++;
        }
        if (m_flows[m_order[nextLimit]].limit <= share)
        {
            freeze(m_order[nextLimit], m_flows[m_order[nextLimit]].limit);
            continue;
        }
        // links at the smallest share first: freezing changes what others have left
        const double upTo = share * (1 + SHARE_TOLERANCE);
        for (uint32_t id : m_setLinks)
        {
            LinkState& link = m_links[id];
            if (link.unfrozen > 0 && std::max(0.0, link.left) / link.unfrozen <= upTo)
            {
                for (const auto& [flow, position] : link.flows)
                {
                    if (m_flows[flow].mark == m_mark && m_flows[flow].solved < 0)
                    {
                        freeze(flow, share);
                    }
                }
            }
        }
    }
}

} // namespace ns3::m3
