// SPDX-License-Identifier: GPL-2.0-only
#include "class-max-min.h"

#include "max-min.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ns3::m3
{

namespace
{

constexpr double ANY = std::numeric_limits<double>::infinity();
constexpr double SAME_RATE = 1e-12; //!< relative difference that is rounding

/// Looks at one link within a repair from which on its offers move half of the way only: links whose offers would turn
/// in a circle for ever settle in the middle.
constexpr uint32_t LOOKS_UNDAMPED = 64;
constexpr uint32_t MAX_LOOKS = 1024; //!< at one link within a repair

bool AreSame(double a, double b)
{
    return a == b || (std::max(a, b) < ANY && std::abs(a - b) <= SAME_RATE * std::max(a, b));
}

} // namespace

ClassMaxMinRates::ClassMaxMinRates(const std::vector<double>& capacity, FluidClasses classes)
    : m_classes(std::move(classes)),
      m_links(capacity.size())
{
    for (std::size_t link = 0; link < capacity.size(); link++)
    {
        m_links[link].capacity = capacity[link];
        m_links[link].oneClass = !m_classes.oneClass.empty() && m_classes.oneClass[link];
        m_links[link].offers.fill(ANY);
    }
}

void ClassMaxMinRates::Add(uint32_t id,
                           const Route& links,
                           double limit,
                           uint32_t priority,
                           const std::vector<double>& shares)
{
    if (id >= m_flows.size())
    {
        m_flows.resize(id + 1);
    }
    FlowState& flow = m_flows[id];
    flow.links = links;
    flow.shares = shares;
    flow.positions.clear();
    flow.limit = limit;
    flow.count = 1;
    flow.rate = -1; // it has none yet
    flow.priority = static_cast<uint8_t>(priority);
    for (std::size_t index = 0; index < links.size(); index++)
    {
        LinkState& link = m_links[links[index]];
        flow.positions.push_back(static_cast<uint32_t>(link.flows.size()));
        link.flows.push_back({id, static_cast<uint32_t>(index)});
        List(links[index]);
    }
    Touch(id);
    Repair();
}

void ClassMaxMinRates::SetCount(uint32_t id, uint32_t count)
{
    FlowState& flow = m_flows[id];
    flow.count = count;
    for (const uint32_t link : flow.links)
    {
        List(link);
    }
    Repair();
}

void ClassMaxMinRates::Remove(uint32_t id)
{
    FlowState& flow = m_flows[id];
    for (std::size_t index = 0; index < flow.links.size(); index++)
    {
        LinkState& link = m_links[flow.links[index]];
        const Crossing last = link.flows.back();
        link.flows.pop_back();
        if (flow.positions[index] < link.flows.size())
        {
            link.flows[flow.positions[index]] = last;
            m_flows[last.flow].positions[last.index] = flow.positions[index];
        }
        List(flow.links[index]);
    }
    flow.links.clear();
    flow.positions.clear();
    Repair();
}

void ClassMaxMinRates::SetCapacity(uint32_t link, double capacity)
{
    m_links[link].capacity = capacity;
    List(link);
    Repair();
}

uint32_t ClassMaxMinRates::Bottleneck(uint32_t id) const
{
    const FlowState& flow = m_flows[id];
    uint32_t bottleneck = MaxMinRates::OWN_LIMIT;
    for (std::size_t index = 0; index < flow.links.size(); index++)
    {
        if (OfferTo(flow, index) <= flow.rate * (1 + SAME_RATE))
        {
            bottleneck = flow.links[index];
        }
    }
    return bottleneck;
}

/// What a flow asks for of one of its links: what its limit and the others let it have.
double ClassMaxMinRates::Asks(const FlowState& flow, std::size_t index) const
{
    double rate = flow.limit;
    for (std::size_t other = 0; other < flow.links.size(); other++)
    {
        if (other != index)
        {
            rate = std::min(rate, OfferTo(flow, other));
        }
    }
    return rate;
}

void ClassMaxMinRates::CollectDemands(const LinkState& link)
{
    for (uint32_t priority = 0; priority < PRIORITY_CLASSES; priority++)
    {
        m_demands[priority].clear();
        m_asked[priority] = 0;
    }
    for (const Crossing& crossing : link.flows)
    {
        const FlowState& flow = m_flows[crossing.flow];
        const uint32_t priority = ClassAt(link, flow);
        const double rate = Asks(flow, crossing.index);
        const double count = flow.shares.empty() ? flow.count : flow.count * flow.shares[crossing.index];
        m_demands[priority].push_back({rate, count});
        m_asked[priority] += rate * count;
    }
}

/// Rate of each flow of a class that share a part of a link max-min fairly. \pre they ask for more
double ClassMaxMinRates::Level(uint32_t priority, double share) const
{
    std::vector<Demand> demands = m_demands[priority];
    std::sort(demands.begin(), demands.end(), [](const Demand& a, const Demand& b) { return a.rate < b.rate; });
    double flows = 0;
    for (const Demand& demand : demands)
    {
        flows += demand.count;
    }
    double left = share;
    for (const Demand& demand : demands)
    {
        if (demand.rate * flows >= left)
        {
            break;
        }
        left -= demand.rate * demand.count;
        flows -= demand.count;
    }
    return flows > 0 ? std::max(0.0, left / flows) : ANY; // none is left where what they ask for fits after all
}

/// Generalized processor sharing of what strict classes leave. \param asking classes that have flows, a bit for each
void ClassMaxMinRates::DivideByWeight(double left, uint32_t asking, Offers& offers) const
{
    double part = 0; // for a weight of 1
    for (uint32_t before = 0; asking != before;)
    {
        before = asking;
        double weights = 0;
        for (uint32_t priority = 0; priority < PRIORITY_CLASSES; priority++)
        {
            weights += (asking >> priority & 1U) != 0 ? m_classes.weights.Of(priority) : 0;
        }
        part = left / weights;
        for (uint32_t priority = 0; priority < PRIORITY_CLASSES; priority++)
        {
            if ((asking >> priority & 1U) != 0 && m_asked[priority] <= part * m_classes.weights.Of(priority))
            {
                left = std::max(0.0, left - m_asked[priority]);
                asking &= ~(1U << priority); // has all; the others get more
            }
        }
    }
    for (uint32_t priority = 0; priority < PRIORITY_CLASSES; priority++)
    {
        if ((asking >> priority & 1U) != 0)
        {
            offers[priority] = Level(priority, part * m_classes.weights.Of(priority));
        }
    }
}

/// \pre CollectDemands
ClassMaxMinRates::Offers ClassMaxMinRates::Divide(const LinkState& link) const
{
    Offers offers;
    offers.fill(ANY);
    double left = link.capacity;
    uint32_t asking = 0;
    for (uint32_t priority = 0; priority < PRIORITY_CLASSES; priority++)
    {
        if (m_demands[priority].empty())
        {
            continue;
        }
        if (!HasClass(m_classes.strict, priority))
        {
            asking |= 1U << priority;
        }
        else if (m_asked[priority] <= left)
        {
            left -= m_asked[priority];
        }
        else
        {
            offers[priority] = Level(priority, left);
            left = 0;
        }
    }
    DivideByWeight(left, asking, offers);
    return offers;
}

void ClassMaxMinRates::List(uint32_t link)
{
    if (!m_links[link].isListed)
    {
        m_links[link].isListed = true;
        m_queue.push_back(link);
    }
}

void ClassMaxMinRates::Touch(uint32_t flow)
{
    if (!m_flows[flow].isListed)
    {
        m_flows[flow].isListed = true;
        m_touched.push_back(flow);
    }
}

/// A link offers a flow another rate. \param index of the link in the flow's links
void ClassMaxMinRates::TellFlow(FlowState& flow, uint32_t id, std::size_t index, double before, double now)
{
    if (!AreSame(std::min(before, flow.limit), std::min(now, flow.limit)))
    {
        Touch(id);
    }
    for (std::size_t other = 0; other < flow.links.size(); other++)
    {
        if (other == index || m_links[flow.links[other]].isListed)
        {
            continue;
        }
        double rest = flow.limit; // what neither of the two links lets it have
        for (std::size_t third = 0; third < flow.links.size(); third++)
        {
            rest = third == index || third == other ? rest : std::min(rest, OfferTo(flow, third));
        }
        if (!AreSame(std::min(before, rest), std::min(now, rest)))
        {
            List(flow.links[other]);
        }
    }
}

void ClassMaxMinRates::Look(uint32_t id)
{
    LinkState& link = m_links[id];
    if (link.looks++ == 0)
    {
        m_seen.push_back(id);
    }
    if (link.looks > MAX_LOOKS)
    {
        return;
    }
    CollectDemands(link);
    Offers offers = Divide(link);
    const Offers before = link.offers;
    for (uint32_t priority = 0; priority < PRIORITY_CLASSES; priority++)
    {
        const bool isDamped = link.looks > LOOKS_UNDAMPED && offers[priority] < ANY && before[priority] < ANY;
        offers[priority] = AreSame(offers[priority], before[priority]) ? before[priority]
                           : isDamped                                  ? (offers[priority] + before[priority]) / 2
                                                                       : offers[priority];
    }
    link.offers = offers;
    for (const Crossing& crossing : link.flows)
    {
        FlowState& flow = m_flows[crossing.flow];
        const uint32_t priority = ClassAt(link, flow);
        if (offers[priority] != before[priority])
        {
            TellFlow(flow, crossing.flow, crossing.index, before[priority], offers[priority]);
        }
    }
}

void ClassMaxMinRates::Repair()
{
    for (std::size_t at = 0; at < m_queue.size(); at++)
    {
        m_links[m_queue[at]].isListed = false;
        Look(m_queue[at]);
    }
    m_queue.clear();
    for (const uint32_t link : m_seen)
    {
        m_links[link].looks = 0;
    }
    m_seen.clear();
    m_changed.clear();
    for (const uint32_t id : m_touched)
    {
        FlowState& flow = m_flows[id];
        flow.isListed = false;
        double rate = flow.limit;
        for (std::size_t index = 0; index < flow.links.size(); index++)
        {
            rate = std::min(rate, OfferTo(flow, index));
        }
        const bool isNew = rate != flow.rate;
        flow.rate = rate;
        const uint32_t bottleneck = m_reportBottlenecks ? Bottleneck(id) : 0;
        if (isNew || bottleneck != flow.bottleneck)
        {
            m_changed.push_back(id);
        }
        flow.bottleneck = bottleneck;
    }
    m_touched.clear();
}

} // namespace ns3::m3
