#include "max-min.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace ns3::m3
{

namespace
{

/// Relative: a link with less than this share of its capacity left is saturated, rates this close are equal.
constexpr double TOLERANCE = 1e-11;

/// Relative: shares this close freeze together, so that rounding does not split a bottleneck.
constexpr double SHARE_TOLERANCE = 1e-12;

} // namespace

MaxMinRates::MaxMinRates(const std::vector<double>& capacity)
    : m_links(capacity.size())
{
    for (std::size_t i = 0; i < capacity.size(); i++)
    {
        m_links[i].capacity = capacity[i];
    }
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
    flow.bottleneck = OWN_LIMIT;
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
    Repair();
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
        link.used = link.flows.empty() ? 0 : link.used - flow.rate;
    }
    for (uint32_t link : flow.links)
    {
        for (const auto& [other, position] : m_links[link].flows)
        {
            if (m_flows[other].bottleneck == link)
            {
                Include(other);
            }
        }
    }
    flow.rate = 0;
    Repair();
}

/// Takes a flow into the set.
void MaxMinRates::Include(uint32_t flow)
{
    if (m_flows[flow].mark == m_mark)
    {
        return;
    }
    m_flows[flow].mark = m_mark;
    m_set.push_back(flow);
    for (uint32_t link : m_flows[flow].links)
    {
        if (m_links[link].mark != m_mark)
        {
            m_links[link].mark = m_mark;
            m_setLinks.push_back(link);
        }
    }
}

void MaxMinRates::Repair()
{
    for (bool again = true; again;)
    {
        Fill();
        again = false;
        const std::size_t links = m_setLinks.size();
        for (std::size_t i = 0; i < links; i++)
        {
            again |= DrawIn(m_setLinks[i]);
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
}

/**
 * Takes those of a link's other flows into the set that the solution robs of their bottleneck here, or that hold more
 * than the share at which the link froze flows of the set. Also brings link.used up to date.
 * \return whether there were any
 */
bool MaxMinRates::DrawIn(uint32_t id)
{
    LinkState& link = m_links[id];
    double used = 0;
    double highest = 0;
    for (const auto& [flow, position] : link.flows)
    {
        const FlowState& state = m_flows[flow];
        const double rate = state.mark == m_mark && state.solved >= 0 ? state.solved : state.rate;
        used += rate;
        highest = std::max(highest, rate);
    }
    link.used = used;
    const bool saturated = used >= link.capacity * (1 - TOLERANCE);
    const std::size_t before = m_set.size();
    for (const auto& [flow, position] : link.flows)
    {
        const FlowState& state = m_flows[flow];
        if (state.mark == m_mark)
        {
            continue;
        }
        const bool robbed = state.bottleneck == id && (!saturated || state.rate < highest * (1 - TOLERANCE));
        const bool holdsMore = link.level >= 0 && state.rate > link.level * (1 + TOLERANCE);
        if (robbed || holdsMore)
        {
            Include(flow);
            m_flows[flow].solved = -1;
        }
    }
    return m_set.size() > before;
}

/// Progressive filling of the set over the capacity that flows outside leave.
void MaxMinRates::Fill()
{
    for (uint32_t id : m_setLinks)
    {
        LinkState& link = m_links[id];
        link.left = link.capacity;
        link.unfrozen = 0;
        link.level = -1;
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
    m_order.clear();
    for (uint32_t id : m_set)
    {
        m_flows[id].solved = -1;
        if (std::isfinite(m_flows[id].limit))
        {
            m_order.push_back(id);
        }
    }
    std::sort(m_order.begin(),
              m_order.end(),
              [this](uint32_t a, uint32_t b)
              { return std::pair(m_flows[a].limit, a) < std::pair(m_flows[b].limit, b); });
    std::size_t unfrozen = m_set.size();
    const auto freeze = [&](uint32_t id, double rate, uint32_t bottleneck)
    {
        FlowState& flow = m_flows[id];
        flow.solved = rate;
        flow.bottleneck = bottleneck;
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
        if (nextLimit < m_order.size() && m_flows[m_order[nextLimit]].limit <= share)
        {
            freeze(m_order[nextLimit], m_flows[m_order[nextLimit]].limit, OWN_LIMIT);
            continue;
        }
        // links at the smallest share first: freezing changes what others have left
        const double upTo = share * (1 + SHARE_TOLERANCE);
        for (uint32_t id : m_setLinks)
        {
            LinkState& link = m_links[id];
            if (link.unfrozen > 0 && std::max(0.0, link.left) / link.unfrozen <= upTo)
            {
                link.level = share;
                for (const auto& [flow, position] : link.flows)
                {
                    if (m_flows[flow].mark == m_mark && m_flows[flow].solved < 0)
                    {
                        freeze(flow, share, id);
                    }
                }
            }
        }
    }
}

} // namespace ns3::m3
