#include "max-min.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

namespace ns3::m3
{

namespace
{

/// Relative: a link with less than this share of its capacity left is saturated, rates this close are equal.
constexpr double TOLERANCE = 1e-11;

/// Relative: a share that has grown by less has not grown, whatever rounding says.
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
    flow.hops.clear();
    flow.count = 1;
    flow.limit = limit;
    flow.rate = 0;
    flow.bottleneck = OWN_LIMIT;
    for (std::size_t i = 0; i < links.size(); i++)
    {
        auto& flows = m_links[links[i]].flows;
        flow.hops.push_back({links[i], static_cast<uint32_t>(flows.size())});
        flows.push_back({0, id, static_cast<uint16_t>(i), false, false});
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
    for (const Hop& hop : flow.hops)
    {
        m_links[hop.link].used += more * flow.rate;
    }
    if (more > 0)
    {
        Include(id);
    }
    else
    {
        IncludeHeldBy(flow.hops);
    }
    Repair();
}

void MaxMinRates::Remove(uint32_t id)
{
    FlowState& flow = m_flows[id];
    for (const Hop& hop : flow.hops)
    {
        LinkState& link = m_links[hop.link];
        const Crossing last = link.flows.back();
        link.flows[hop.position] = last;
        m_flows[last.flow].hops[last.index].position = hop.position;
        link.flows.pop_back();
        link.used = link.flows.empty() ? 0 : link.used - flow.count * flow.rate;
        link.held -= flow.bottleneck == hop.link;
    }
    flow.bottleneck = OWN_LIMIT;
    flow.rate = 0;
    Begin();
    IncludeHeldBy(flow.hops);
    Repair();
}

/// Takes those into the set that links with new room held down.
void MaxMinRates::IncludeHeldBy(const std::vector<Hop>& hops)
{
    for (const Hop& hop : hops)
    {
        const LinkState& link = m_links[hop.link];
        for (std::size_t i = 0; link.held > 0 && i < link.flows.size(); i++)
        {
            if (link.flows[i].held)
            {
                Include(link.flows[i].flow);
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
    for (const Hop& hop : flow.hops)
    {
        LinkState& link = m_links[hop.link];
        link.flows[hop.position].inSet = true;
        if (link.mark != m_mark)
        {
            link.mark = m_mark;
            link.heldInSet = 0;
            m_setLinks.push_back(hop.link);
        }
    }
    if (flow.bottleneck != OWN_LIMIT)
    {
        m_links[flow.bottleneck].heldInSet++;
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
        m_links[id].held -= m_links[id].heldInSet;
    }
    for (uint32_t id : m_set)
    {
        Commit(id);
    }
}

/// Makes a flow's solution its rate.
void MaxMinRates::Commit(uint32_t id)
{
    FlowState& flow = m_flows[id];
    const bool moved = m_reportBottlenecks && flow.bottleneck != flow.solvedBottleneck;
    flow.bottleneck = flow.solvedBottleneck;
    for (const Hop& hop : flow.hops)
    {
        Crossing& crossing = m_links[hop.link].flows[hop.position];
        crossing.inSet = false;
        crossing.held = hop.link == flow.bottleneck;
        crossing.rate = flow.solved;
    }
    if (flow.bottleneck != OWN_LIMIT)
    {
        m_links[flow.bottleneck].held++;
    }
    if (flow.solved != flow.rate || moved)
    {
        flow.rate = flow.solved;
        m_changed.push_back(id);
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
    if (link.held == link.heldInSet && link.level < 0)
    {
        return false; // it holds nobody outside the set, nor in it
    }
    constexpr double NOBODY = -1;
    double robbedBelow = NOBODY;
    if (link.held > link.heldInSet)
    {
        double highest = link.fastestInSet;
        for (const Crossing& crossing : link.flows)
        {
            highest = std::max(highest, crossing.inSet ? 0 : crossing.rate);
        }
        const bool saturated = link.solvedUsed >= link.capacity * (1 - TOLERANCE);
        robbedBelow = saturated ? highest * (1 - TOLERANCE) : std::numeric_limits<double>::infinity();
    }
    const double holdsAbove = link.level >= 0 ? link.level * (1 + TOLERANCE) : std::numeric_limits<double>::infinity();
    const std::size_t before = m_set.size();
    for (std::size_t i = 0; i < link.flows.size(); i++)
    {
        const Crossing& crossing = link.flows[i];
        if (!crossing.inSet && ((crossing.held && crossing.rate < robbedBelow) || crossing.rate > holdsAbove))
        {
            Include(crossing.flow);
        }
    }
    return m_set.size() > before;
}

void MaxMinRates::Freeze(uint32_t id, double rate, uint32_t bottleneck)
{
    FlowState& flow = m_flows[id];
    flow.solved = rate;
    flow.solvedBottleneck = bottleneck;
    for (const Hop& hop : flow.hops)
    {
        LinkState& link = m_links[hop.link];
        link.left -= rate * flow.count;
        link.unfrozen -= flow.count;
        link.solvedUsed += rate * flow.count;
        link.fastestInSet = std::max(link.fastestInSet, rate);
    }
}

/// What a flow of the set may have whatever the others of the set get.
double MaxMinRates::FindMost(uint32_t id)
{
    FlowState& flow = m_flows[id];
    flow.most = flow.limit;
    flow.mostBy = OWN_LIMIT;
    for (const Hop& hop : flow.hops)
    {
        const LinkState& link = m_links[hop.link];
        if (link.flowsInSet == 1 && std::max(0.0, link.left) < flow.most * flow.count)
        {
            flow.most = std::max(0.0, link.left) / flow.count;
            flow.mostBy = hop.link;
        }
    }
    return flow.most;
}

/// Progressive filling of the set over the capacity that flows outside leave.
void MaxMinRates::Fill()
{
    for (uint32_t id : m_setLinks)
    {
        LinkState& link = m_links[id];
        link.solvedUsed = link.used;
        link.unfrozen = 0;
        link.flowsInSet = 0;
        link.level = -1;
        link.fastestInSet = 0;
    }
    for (uint32_t id : m_set)
    {
        FlowState& flow = m_flows[id];
        flow.solved = -1;
        for (const Hop& hop : flow.hops)
        {
            LinkState& link = m_links[hop.link];
            link.solvedUsed -= flow.rate * flow.count;
            link.unfrozen += flow.count;
            link.flowsInSet++;
        }
    }
    m_shares.clear();
    for (uint32_t id : m_setLinks)
    {
        LinkState& link = m_links[id];
        link.left = link.capacity - link.solvedUsed;
        if (link.flowsInSet > 1)
        {
            m_shares.emplace_back(std::max(0.0, link.left) / link.unfrozen, id);
        }
    }
    std::make_heap(m_shares.begin(), m_shares.end(), std::greater<>());
    m_order.clear();
    for (uint32_t id : m_set)
    {
        m_order.emplace_back(FindMost(id), id);
    }
    std::sort(m_order.begin(), m_order.end());
    auto next = m_order.begin();
    for (std::size_t unfrozen = m_set.size(); unfrozen > 0;)
    {
        // shares only grow as flows freeze, so an outdated one is found when it comes up
        while (!m_shares.empty())
        {
            const auto [share, id] = m_shares.front();
            const LinkState& link = m_links[id];
            const double now = std::max(0.0, link.left) / link.unfrozen;
            if (link.unfrozen > 0 && now <= share * (1 + SHARE_TOLERANCE))
            {
                break;
            }
            std::pop_heap(m_shares.begin(), m_shares.end(), std::greater<>());
            m_shares.pop_back();
            if (link.unfrozen > 0)
            {
                m_shares.emplace_back(now, id);
                std::push_heap(m_shares.begin(), m_shares.end(), std::greater<>());
            }
        }
        const double share = m_shares.empty() ? std::numeric_limits<double>::infinity() : m_shares.front().first;
        while (next != m_order.end() && m_flows[next->second].solved >= 0)
        {
            ++next;
        }
        if (next != m_order.end() && next->first <= share)
        {
            const FlowState& flow = m_flows[next->second];
            if (flow.mostBy != OWN_LIMIT)
            {
                m_links[flow.mostBy].level = flow.most;
            }
            Freeze(next->second, flow.most, flow.mostBy);
            unfrozen--;
            continue;
        }
        const uint32_t id = m_shares.front().second;
        LinkState& link = m_links[id];
        link.level = share;
        for (const Crossing& crossing : link.flows)
        {
            if (crossing.inSet && m_flows[crossing.flow].solved < 0)
            {
                Freeze(crossing.flow, share, id);
                unfrozen--;
            }
        }
        link.unfrozen = 0; // exactly, whatever rounding says
    }
}

} // namespace ns3::m3
