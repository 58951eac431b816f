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

void MaxMinRates::Begin()
{
    m_mark++;
    m_set.clear();
    m_setLinks.clear();
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
    flow.count = 1;
    flow.limit = limit;
    flow.rate = 0;
    flow.bottleneck = OWN_LIMIT;
    for (std::size_t i = 0; i < links.size(); i++)
    {
        auto& flows = m_links[links[i]].flows;
        flow.position[i] = static_cast<uint32_t>(flows.size());
        flows.emplace_back(id, static_cast<uint32_t>(i));
    }
    Begin();
    Include(id);
    Repair();
}

void MaxMinRates::SetCount(uint32_t id, uint32_t count)
{
    FlowState& flow = m_flows[id];
    const double more = count - flow.count;
    Begin();
    flow.count = count;
    for (uint32_t link : flow.links)
    {
        m_links[link].used += more * flow.rate;
    }
    if (more > 0)
    {
        Include(id);
    }
    else
    {
        IncludeHeldBy(flow.links);
    }
    Repair();
}

void MaxMinRates::Remove(uint32_t id)
{
    FlowState& flow = m_flows[id];
    for (std::size_t i = 0; i < flow.links.size(); i++)
    {
        LinkState& link = m_links[flow.links[i]];
        const auto last = link.flows.back();
        link.flows[flow.position[i]] = last;
        m_flows[last.first].position[last.second] = flow.position[i];
        link.flows.pop_back();
        link.used = link.flows.empty() ? 0 : link.used - flow.count * flow.rate;
        link.holds -= flow.bottleneck == flow.links[i];
    }
    flow.bottleneck = OWN_LIMIT;
    flow.rate = 0;
    Begin();
    IncludeHeldBy(flow.links);
    Repair();
}

/// Takes those into the set that links with new room held down.
void MaxMinRates::IncludeHeldBy(const std::vector<uint32_t>& links)
{
    for (uint32_t link : links)
    {
        for (std::size_t i = 0; m_links[link].holds > 0 && i < m_links[link].flows.size(); i++)
        {
            const uint32_t flow = m_links[link].flows[i].first;
            if (m_flows[flow].bottleneck == link)
            {
                Include(flow);
            }
        }
    }
}

/// Takes a flow into the set.
void MaxMinRates::Include(uint32_t id)
{
    FlowState& flow = m_flows[id];
    if (flow.mark == m_mark)
    {
        return;
    }
    flow.mark = m_mark;
    m_set.push_back(id);
    for (uint32_t i : flow.links)
    {
        LinkState& link = m_links[i];
        if (link.mark != m_mark)
        {
            link.mark = m_mark;
            link.holdsInSet = 0;
            m_setLinks.push_back(i);
        }
    }
    if (flow.bottleneck != OWN_LIMIT)
    {
        m_links[flow.bottleneck].holdsInSet++;
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
    for (uint32_t id : m_setLinks)
    {
        m_links[id].used = m_links[id].solvedUsed;
        m_links[id].holds -= m_links[id].holdsInSet;
    }
    for (uint32_t id : m_set)
    {
        FlowState& flow = m_flows[id];
        flow.bottleneck = flow.solvedBottleneck;
        if (flow.bottleneck != OWN_LIMIT)
        {
            m_links[flow.bottleneck].holds++;
        }
        if (flow.solved != flow.rate)
        {
            flow.rate = flow.solved;
            m_changed.push_back(id);
        }
    }
}

/**
 * Takes those of a link's other flows into the set that the solution robs of their bottleneck here, or that hold more
 * than the share at which the link froze flows of the set.
 * \return whether there were any
 */
bool MaxMinRates::DrawIn(uint32_t id)
{
    LinkState& link = m_links[id];
    if (link.holds == link.holdsInSet && link.level < 0)
    {
        return false; // it holds nobody outside the set, nor in it
    }
    double used = 0;
    double highest = 0;
    for (const auto& [flow, position] : link.flows)
    {
        const FlowState& state = m_flows[flow];
        const double rate = state.mark == m_mark && state.solved >= 0 ? state.solved : state.rate;
        used += rate * state.count;
        highest = std::max(highest, rate);
    }
    link.solvedUsed = used; // free of what rounding had added up
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
            m_flows[flow].solved = -1;
            Include(flow);
        }
    }
    return m_set.size() > before;
}

void MaxMinRates::Freeze(uint32_t id, double rate, uint32_t bottleneck)
{
    FlowState& flow = m_flows[id];
    flow.solved = rate;
    flow.solvedBottleneck = bottleneck;
    for (uint32_t i : flow.links)
    {
        LinkState& link = m_links[i];
        link.left -= rate * flow.count;
        link.unfrozen -= flow.count;
        link.solvedUsed += rate * flow.count;
    }
}

/// Progressive filling of the set over the capacity that flows outside leave.
void MaxMinRates::Fill()
{
    for (uint32_t id : m_setLinks)
    {
        LinkState& link = m_links[id];
        link.solvedUsed = link.used;
        link.unfrozen = 0;
        link.level = -1;
    }
    m_order.clear();
    for (uint32_t id : m_set)
    {
        FlowState& flow = m_flows[id];
        flow.solved = -1;
        for (uint32_t link : flow.links)
        {
            m_links[link].solvedUsed -= flow.rate * flow.count;
            m_links[link].unfrozen += flow.count;
        }
        if (std::isfinite(flow.limit))
        {
            m_order.push_back(id);
        }
    }
    for (uint32_t id : m_setLinks)
    {
        m_links[id].left = m_links[id].capacity - m_links[id].solvedUsed;
    }
    if (m_order.size() > 1)
    {
        std::sort(m_order.begin(),
                  m_order.end(),
                  [this](uint32_t a, uint32_t b)
                  { return std::pair(m_flows[a].limit, a) < std::pair(m_flows[b].limit, b); });
    }
    std::size_t unfrozen = m_set.size();
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
            Freeze(m_order[nextLimit], m_flows[m_order[nextLimit]].limit, OWN_LIMIT);
            unfrozen--;
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
                        Freeze(flow, share, id);
                        unfrozen--;
                    }
                }
                link.unfrozen = 0; // exactly, whatever rounding says
            }
        }
    }
}

} // namespace ns3::m3
