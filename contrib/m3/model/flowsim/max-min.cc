// SPDX-License-Identifier: GPL-2.0-only
#include "max-min.h"

#include <algorithm>

namespace ns3::m3
{

namespace
{

/// Relative: rates this close are equal.
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

void MaxMinRates::Add(uint32_t id, const Route& links, double limit)
{
    if (id >= m_flows.size())
    {
        m_flows.resize(id + 1);
        m_rate.resize(id + 1);
        m_bottleneck.resize(id + 1);
        m_isOpen.resize(id + 1);
    }
    FlowState& flow = m_flows[id];
    flow.hops.clear();
    flow.count = 1;
    flow.limit = limit;
    m_rate[id] = 0;
    m_bottleneck[id] = OWN_LIMIT;
    for (std::size_t i = 0; i < links.size(); i++)
    {
        auto& flows = m_links[links[i]].flows;
        flow.hops.push_back({links[i], static_cast<uint32_t>(flows.size())});
        flows.push_back({id, static_cast<uint32_t>(i)});
    }
    Open(id);
    Repair();
}

void MaxMinRates::SetCount(uint32_t id, uint32_t count)
{
    FlowState& flow = m_flows[id];
    const double more = count - flow.count;
    flow.count = count;
    for (const Hop& hop : flow.hops)
    {
        m_links[hop.link].used += more * m_rate[id];
    }
    if (more > 0)
    {
        Open(id);
    }
    else
    {
        for (const Hop& hop : flow.hops)
        {
            Touch(hop.link);
        }
    }
    Repair();
}

void MaxMinRates::Remove(uint32_t id)
{
    const FlowState& flow = m_flows[id];
    for (const Hop& hop : flow.hops)
    {
        LinkState& link = m_links[hop.link];
        const Crossing last = link.flows.back();
        link.flows[hop.position] = last;
        m_flows[last.flow].hops[last.index].position = hop.position;
        link.flows.pop_back();
        link.used = link.flows.empty() ? 0 : link.used - flow.count * m_rate[id];
        link.held -= m_bottleneck[id] == hop.link;
        Touch(hop.link);
    }
    Repair();
}

/// The load of a link changes.
void MaxMinRates::Touch(uint32_t id)
{
    LinkState& link = m_links[id];
    if (link.touched != m_repair)
    {
        link.touched = m_repair;
        if (link.held > 0)
        {
            m_touched.push_back(id);
        }
    }
}

/// Takes a flow's rate away, until Repair gives it a new one.
void MaxMinRates::Open(uint32_t id)
{
    const FlowState& flow = m_flows[id];
    m_isOpen[id] = true;
    m_openCount++;
    m_open.push_back({0, id});
    const double rate = m_rate[id] * flow.count;
    for (const Hop& hop : flow.hops)
    {
        LinkState& link = m_links[hop.link];
        link.used -= rate;
        link.openCount += flow.count;
        link.held -= m_bottleneck[id] == hop.link;
        Touch(hop.link);
    }
}

/// Opens the flows that touched links hold down.
void MaxMinRates::OpenHeld()
{
    for (; m_settled < m_touched.size(); m_settled++)
    {
        const uint32_t id = m_touched[m_settled];
        const LinkState& link = m_links[id];
        for (std::size_t i = 0; link.held > 0; i++)
        {
            const uint32_t flow = link.flows[i].flow;
            if (m_bottleneck[flow] == id && !m_isOpen[flow])
            {
                Open(flow);
            }
        }
    }
}

/// The most that an open flow gets of its links as they are, or its limit.
MaxMinRates::Share MaxMinRates::SmallestShare(uint32_t id) const
{
    const FlowState& flow = m_flows[id];
    Share share{flow.limit, OWN_LIMIT};
    for (const Hop& hop : flow.hops)
    {
        const LinkState& link = m_links[hop.link];
        const double here = link.FairShare();
        if (here < share.rate)
        {
            share = {here, hop.link};
        }
    }
    if (m_reportBottlenecks && share.bottleneck != OWN_LIMIT)
    {
        const auto asTight = [&](const Hop& hop)
        { return hop.link == share.bottleneck || m_links[hop.link].FairShare() <= share.rate * EQUALLY_TIGHT; };
        share.bottleneck = std::find_if(flow.hops.rbegin(), flow.hops.rend(), asTight)->link;
    }
    return share;
}

/// Gives an open flow its rate.
void MaxMinRates::Freeze(uint32_t id, Share share)
{
    const FlowState& flow = m_flows[id];
    const bool moved = m_reportBottlenecks && m_bottleneck[id] != share.bottleneck;
    if (share.rate != m_rate[id] || moved)
    {
        m_changed.push_back(id);
    }
    m_rate[id] = share.rate;
    m_bottleneck[id] = share.bottleneck;
    m_isOpen[id] = false;
    m_openCount--;
    const double rate = share.rate * flow.count;
    for (const Hop& hop : flow.hops)
    {
        LinkState& link = m_links[hop.link];
        link.used += rate;
        link.openCount -= flow.count;
        link.held += hop.link == share.bottleneck;
    }
}

/**
 * Opens those of a link's flows that have more than it can give to each of them and of the open ones.
 * \return whether there were any
 */
bool MaxMinRates::OpenFaster(uint32_t id)
{
    const LinkState& link = m_links[id];
    double level = -1; // rises to that at which the link fills up
    for (double next = link.FairShare() * (1 + TOLERANCE); next > level;)
    {
        level = next;
        double left = link.capacity - link.used;
        double count = link.openCount;
        for (const Crossing& crossing : link.flows)
        {
            const double rate = m_rate[crossing.flow];
            if (rate > level && !m_isOpen[crossing.flow])
            {
                left += rate * m_flows[crossing.flow].count;
                count += m_flows[crossing.flow].count;
            }
        }
        if (count == link.openCount)
        {
            return false;
        }
        next = left / count * (1 + TOLERANCE);
    }
    for (const Crossing& crossing : link.flows)
    {
        if (m_rate[crossing.flow] > level && !m_isOpen[crossing.flow])
        {
            Open(crossing.flow);
        }
    }
    return true;
}

/// Makes a heap of the open flows by their current share, which is a lower bound of their final rate.
void MaxMinRates::OrderOpen()
{
    std::size_t kept = 0;
    for (const Candidate& candidate : m_open)
    {
        if (m_isOpen[candidate.flow])
        {
            m_open[kept++] = {SmallestShare(candidate.flow).rate, candidate.flow};
        }
    }
    m_open.resize(kept);
    for (std::size_t i = kept / 2; i-- > 0;)
    {
        Sink(i, m_open[i]);
    }
}

/// Puts a candidate into the place of one of the heap that is not above it, or further down.
void MaxMinRates::Sink(std::size_t at, Candidate candidate)
{
    for (std::size_t child = 2 * at + 1; child < m_open.size(); child = 2 * at + 1)
    {
        child += child + 1 < m_open.size() && m_open[child + 1].minRate < m_open[child].minRate;
        if (m_open[child].minRate >= candidate.minRate)
        {
            break;
        }
        m_open[at] = m_open[child];
        at = child;
    }
    m_open[at] = candidate;
}

/**
 * Gives the open flows, and those that their links hold down, new rates, the smallest first: a share only grows while
 * others get theirs, so an outdated one is found when it comes up.
 */
void MaxMinRates::Repair()
{
    m_changed.clear();
    OpenHeld();
    OrderOpen();
    while (m_openCount > 0)
    {
        const auto [minRate, id] = m_open.front();
        if (!m_isOpen[id])
        {
            const Candidate last = m_open.back();
            m_open.pop_back();
            Sink(0, last);
            continue;
        }
        const Share share = SmallestShare(id);
        if (share.rate > minRate * (1 + SHARE_TOLERANCE))
        {
            Sink(0, {share.rate, id});
        }
        else if (share.bottleneck == OWN_LIMIT)
        {
            Freeze(id, share);
        }
        else if (OpenFaster(share.bottleneck))
        {
            OpenHeld();
            OrderOpen();
        }
        else
        {
            for (const Crossing& crossing : m_links[share.bottleneck].flows)
            {
                if (m_isOpen[crossing.flow])
                {
                    Freeze(crossing.flow, share);
                }
            }
        }
    }
    m_open.clear();
    m_touched.clear();
    m_settled = 0;
    m_repair++;
}

} // namespace ns3::m3
