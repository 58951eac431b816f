// SPDX-License-Identifier: GPL-2.0-only
#include "published-allocation.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace ns3::m3
{

namespace
{

/// Gb/s: links whose shares differ by less freeze together, which is max-min only while shares are well above it.
constexpr double SHARE_TOLERANCE = 1e-4;

/**
 * The published flowSim (m3, SIGCOMM 2024, section 3.2), operation by operation, so that its results come out as the
 * same doubles: time, FCTs and remaining bits are running sums, every event recomputes every rate, and sums over flows
 * go by link set in lexicographic order, then by position in the list of active flows.
 */
class PublishedFlowSim
{
  public:
    PublishedFlowSim(const std::vector<double>& linkGbps, const std::vector<FluidFlow>& flows)
        : m_linkGbps(linkGbps),
          m_flows(flows),
          m_remaining(flows.size()),
          m_rate(flows.size(), 0),
          m_fct(flows.size(), 0),
          m_frozen(flows.size(), 0),
          m_classOf(flows.size())
    {
        std::map<Route, uint32_t> classes;
        std::vector<Route> sortedLinks;
        for (const FluidFlow& flow : flows)
        {
            sortedLinks.push_back(flow.links);
            std::sort(sortedLinks.back().begin(), sortedLinks.back().end());
            classes.emplace(sortedLinks.back(), 0);
        }
        for (auto& [links, index] : classes)
        {
            index = static_cast<uint32_t>(m_classLinks.size());
            m_classLinks.push_back(links);
        }
        for (std::size_t i = 0; i < flows.size(); i++)
        {
            m_remaining[i] = flows[i].bits;
            m_classOf[i] = classes.at(sortedLinks[i]);
        }
        m_classFlows.resize(m_classLinks.size());
    }

    std::vector<double> Run(FluidStatistics& statistics)
    {
        double now = 0;
        std::size_t next = 0;
        while (next < m_flows.size() || !m_active.empty())
        {
            std::size_t first = 0; // position of the flow that ends first
            double untilEnd = 0;
            if (!m_active.empty())
            {
                Allocate();
                untilEnd = m_remaining[m_active[0]] / m_rate[m_active[0]];
                for (std::size_t i = 1; i < m_active.size(); i++)
                {
                    const double time = m_remaining[m_active[i]] / m_rate[m_active[i]];
                    if (time < untilEnd)
                    {
                        untilEnd = time;
                        first = i;
                    }
                }
            }
            const bool arrivalsLeft = next < m_flows.size();
            const double untilArrival = arrivalsLeft ? m_flows[next].startNs - now : 0;
            const bool ends = !m_active.empty() && (!arrivalsLeft || untilEnd <= untilArrival);
            const double step = ends ? untilEnd : untilArrival;
            for (uint32_t flow : m_active)
            {
                m_fct[flow] += step;
                m_remaining[flow] -= step * m_rate[flow];
            }
            now += step;
            statistics.events++;
            if (ends)
            {
                m_active[first] = m_active.back();
                m_active.pop_back();
            }
            else
            {
                m_active.push_back(static_cast<uint32_t>(next++));
                statistics.largestActive = std::max(statistics.largestActive, static_cast<uint32_t>(m_active.size()));
            }
        }
        return m_fct;
    }

  private:
    void Allocate()
    {
        const std::size_t links = m_linkGbps.size();
        std::vector<double> bandwidth = m_linkGbps;
        std::vector<uint32_t> load(links, 0);
        for (auto& flows : m_classFlows)
        {
            flows.clear();
        }
        for (uint32_t flow : m_active)
        {
            m_frozen[flow] = 0;
            m_classFlows[m_classOf[flow]].push_back(flow);
            for (uint32_t link : m_flows[flow].links)
            {
                load[link]++;
            }
        }
        std::size_t unfrozen = m_active.size();
        std::vector<double> share(links, 0);
        while (unfrozen > 0)
        {
            double smallest = INFINITY;
            for (std::size_t link = 0; link < links; link++)
            {
                if (load[link] > 0)
                {
                    share[link] = bandwidth[link] / load[link];
                    smallest = std::min(smallest, share[link]);
                }
            }
            std::vector<bool> bottleneck(links);
            for (std::size_t link = 0; link < links; link++)
            {
                bottleneck[link] = load[link] > 0 && std::abs(share[link] - smallest) < SHARE_TOLERANCE;
            }
            for (std::size_t c = 0; c < m_classLinks.size(); c++)
            {
                const auto& used = m_classLinks[c];
                if (std::none_of(used.begin(), used.end(), [&](uint32_t link) { return bottleneck[link]; }))
                {
                    continue;
                }
                for (uint32_t flow : m_classFlows[c])
                {
                    if (!m_frozen[flow])
                    {
                        m_frozen[flow] = 1;
                        m_rate[flow] = std::min(smallest, m_flows[flow].rateLimit);
                        unfrozen--;
                    }
                }
            }
            std::vector<double> taken(links, 0);
            std::fill(load.begin(), load.end(), 0);
            for (std::size_t c = 0; c < m_classLinks.size(); c++)
            {
                for (uint32_t flow : m_classFlows[c])
                {
                    for (uint32_t link : m_classLinks[c])
                    {
                        taken[link] += m_frozen[flow] ? m_rate[flow] : 0;
                        load[link] += m_frozen[flow] ? 0 : 1;
                    }
                }
            }
            for (std::size_t link = 0; link < links; link++)
            {
                bandwidth[link] = m_linkGbps[link] - taken[link];
            }
        }
    }

    const std::vector<double>& m_linkGbps;
    const std::vector<FluidFlow>& m_flows;
    std::vector<double> m_remaining; //!< bits
    std::vector<double> m_rate;      //!< Gb/s
    std::vector<double> m_fct;       //!< ns
    std::vector<uint8_t> m_frozen;
    std::vector<uint32_t> m_classOf; //!< flows with the same links are a class
    std::vector<Route> m_classLinks;
    std::vector<std::vector<uint32_t>> m_classFlows; //!< active flows, in list order
    std::vector<uint32_t> m_active;
};

} // namespace

std::vector<double> RunPublishedFlowSim(const std::vector<double>& linkGbps,
                                        const std::vector<FluidFlow>& flows,
                                        FluidStatistics& statistics)
{
    return PublishedFlowSim(linkGbps, flows).Run(statistics);
}

} // namespace ns3::m3
