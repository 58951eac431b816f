#include "flow-sim.h"

#include "max-min.h"
#include "published-allocation.h"

#include <boost/functional/hash.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <queue>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <utility>

namespace ns3::m3
{

namespace
{

void CheckInput(const std::vector<double>& linkGbps, const std::vector<FluidFlow>& flows)
{
    const auto fail = [](const std::string& message) { throw std::invalid_argument("flowSim: " + message); };
    for (double capacity : linkGbps)
    {
        if (!(capacity > 0) || !std::isfinite(capacity))
        {
            fail("a link's capacity is not above 0 and finite");
        }
    }
    double before = 0;
    for (const FluidFlow& flow : flows)
    {
        if (!(flow.bits > 0) || !std::isfinite(flow.bits))
        {
            fail("a flow's size is not above 0 and finite");
        }
        if (!(flow.startNs >= before) || !std::isfinite(flow.startNs))
        {
            fail("starts are not ascending from 0");
        }
        before = flow.startNs;
        if (!(flow.rateLimit > 0) || (flow.links.empty() && !std::isfinite(flow.rateLimit)))
        {
            fail("a flow's rate limit is not above 0, or neither limit nor link bounds its rate");
        }
        for (uint32_t link : flow.links)
        {
            if (link >= linkGbps.size())
            {
                fail("unknown link " + std::to_string(link));
            }
        }
    }
}

/// The next end in a bundle at its rate of the time; outdated once the bundle's version has moved on.
struct End
{
    double timeNs;
    uint32_t bundle;
    uint32_t version;

    bool operator>(const End& other) const
    {
        return timeNs > other.timeNs;
    }
};

/**
 * Active flows with the same links and limit. They have one rate, so each ends when the bundle has served as many bits
 * per flow as it had when the flow came and the flow's own bits.
 */
struct Bundle
{
    struct Member
    {
        double target; //!< bits served per flow at its end
        uint32_t flow;

        bool operator>(const Member& other) const
        {
            return std::pair(target, flow) > std::pair(other.target, other.flow);
        }
    };

    std::priority_queue<Member, std::vector<Member>, std::greater<>> members;
    double served = 0; //!< bits per flow, at sinceNs
    double sinceNs = 0;
    double rate = 0;
    uint32_t version = 0;
    uint64_t key = 0;
    uint32_t firstFlow = 0; //!< whose links and limit they share

    void Serve(double nowNs)
    {
        served += (nowNs - sinceNs) * rate;
        sinceNs = nowNs;
    }
};

/// The default allocation: events in order of time, rates kept up to date by MaxMinRates.
class MaxMinRun
{
  public:
    MaxMinRun(const std::vector<double>& linkGbps, const std::vector<FluidFlow>& flows, FluidStatistics& statistics)
        : m_flows(flows),
          m_rates(linkGbps),
          m_statistics(statistics),
          m_fct(flows.size())
    {
    }

    std::vector<double> Run(const std::function<void(uint64_t)>& progress, FluidObserver* observer)
    {
        constexpr uint64_t EVENTS_PER_CLOCK_READ = 1024;
        auto lastReport = std::chrono::steady_clock::now();
        std::size_t next = 0;
        while (next < m_flows.size() || m_active > 0)
        {
            while (!m_ends.empty() && Outdated(m_ends.front()))
            {
                PopEnd();
            }
            // an end wins over an arrival at the same time
            if (m_active > 0 && (next == m_flows.size() || m_ends.front().timeNs <= m_flows[next].startNs))
            {
                const End end = m_ends.front();
                PopEnd();
                const uint32_t flow = Finish(end.bundle, end.timeNs);
                if (observer)
                {
                    observer->OnEnd(flow, end.timeNs);
                }
            }
            else
            {
                const auto flow = static_cast<uint32_t>(next++);
                Start(flow, m_flows[flow].startNs);
                if (observer)
                {
                    observer->OnArrival(flow, m_flows[flow].startNs);
                }
            }
            if (++m_statistics.events % EVENTS_PER_CLOCK_READ == 0 && progress)
            {
                const auto time = std::chrono::steady_clock::now();
                if (time - lastReport > std::chrono::milliseconds(100))
                {
                    lastReport = time;
                    progress(next - m_active);
                }
            }
        }
        return std::move(m_fct);
    }

  private:
    uint64_t KeyOf(const FluidFlow& flow) const
    {
        std::size_t key = boost::hash_value(flow.rateLimit);
        boost::hash_range(key, flow.links.begin(), flow.links.end());
        return key;
    }

    void Start(uint32_t flow, double nowNs)
    {
        const FluidFlow& fluid = m_flows[flow];
        const uint64_t key = KeyOf(fluid);
        const auto known = m_bundleOfKey.find(key);
        m_active++;
        m_statistics.largestActive = std::max(m_statistics.largestActive, m_active);
        if (known != m_bundleOfKey.end() && m_flows[m_bundles[known->second].firstFlow].links == fluid.links &&
            m_flows[m_bundles[known->second].firstFlow].rateLimit == fluid.rateLimit)
        {
            Bundle& bundle = m_bundles[known->second];
            bundle.Serve(nowNs);
            bundle.members.push({bundle.served + fluid.bits, flow});
            m_rates.SetCount(known->second, static_cast<uint32_t>(bundle.members.size()));
            ApplyChanges(known->second, nowNs);
            return;
        }
        if (m_freeBundles.empty())
        {
            m_freeBundles.push_back(static_cast<uint32_t>(m_bundles.size()));
            m_bundles.emplace_back();
        }
        const uint32_t id = m_freeBundles.back();
        m_freeBundles.pop_back();
        Bundle& bundle = m_bundles[id];
        bundle.served = 0;
        bundle.sinceNs = nowNs;
        bundle.rate = 0;
        bundle.key = key;
        bundle.firstFlow = flow;
        bundle.members.push({fluid.bits, flow});
        if (known == m_bundleOfKey.end()) // else two keys collide, and this bundle stays alone
        {
            m_bundleOfKey.emplace(key, id);
        }
        m_rates.Add(id, fluid.links, fluid.rateLimit);
        ApplyChanges(id, nowNs);
    }

    /// \return the flow that ended
    uint32_t Finish(uint32_t id, double nowNs)
    {
        Bundle& bundle = m_bundles[id];
        const uint32_t flow = bundle.members.top().flow;
        bundle.members.pop();
        m_fct[flow] = nowNs - m_flows[flow].startNs;
        m_active--;
        bundle.Serve(nowNs);
        if (bundle.members.empty())
        {
            const auto known = m_bundleOfKey.find(bundle.key);
            if (known != m_bundleOfKey.end() && known->second == id)
            {
                m_bundleOfKey.erase(known);
            }
            bundle.version++;
            m_freeBundles.push_back(id);
            m_rates.Remove(id);
            ApplyChanges(NONE, nowNs);
        }
        else
        {
            m_rates.SetCount(id, static_cast<uint32_t>(bundle.members.size()));
            ApplyChanges(id, nowNs);
        }
        return flow;
    }

    /// Takes new rates over. \param also bundle whose next end has changed even if its rate has not
    void ApplyChanges(uint32_t also, double nowNs)
    {
        bool done = also == NONE;
        for (uint32_t id : m_rates.Changed())
        {
            done |= id == also;
            ScheduleEnd(id, nowNs);
        }
        if (!done)
        {
            ScheduleEnd(also, nowNs);
        }
    }

    void ScheduleEnd(uint32_t id, double nowNs)
    {
        Bundle& bundle = m_bundles[id];
        bundle.Serve(nowNs);
        bundle.rate = m_rates.Rate(id);
        bundle.version++;
        const double bits = std::max(0.0, bundle.members.top().target - bundle.served);
        m_ends.push_back({nowNs + bits / bundle.rate, id, bundle.version});
        std::push_heap(m_ends.begin(), m_ends.end(), std::greater<>());
        // outdated ends are thrown out before they outnumber the others
        constexpr std::size_t FEW = 64;
        if (m_ends.size() > FEW + 4 * std::size_t{m_active})
        {
            m_ends.erase(std::remove_if(m_ends.begin(), m_ends.end(), [this](const End& end) { return Outdated(end); }),
                         m_ends.end());
            std::make_heap(m_ends.begin(), m_ends.end(), std::greater<>());
        }
    }

    bool Outdated(const End& end) const
    {
        return end.version != m_bundles[end.bundle].version;
    }

    void PopEnd()
    {
        std::pop_heap(m_ends.begin(), m_ends.end(), std::greater<>());
        m_ends.pop_back();
    }

    static constexpr uint32_t NONE = UINT32_MAX;

    const std::vector<FluidFlow>& m_flows;
    MaxMinRates m_rates; //!< by bundle
    FluidStatistics& m_statistics;
    std::vector<double> m_fct;
    std::vector<Bundle> m_bundles;
    std::vector<uint32_t> m_freeBundles;
    std::unordered_map<uint64_t, uint32_t> m_bundleOfKey; //!< by hash of links and limit
    std::vector<End> m_ends;                              //!< heap
    uint32_t m_active = 0;
};

} // namespace

std::vector<double> RunFlowSim(const std::vector<double>& linkGbps,
                               const std::vector<FluidFlow>& flows,
                               FluidAllocation allocation,
                               FluidStatistics* statistics,
                               const std::function<void(uint64_t finishedFlows)>& progress,
                               FluidObserver* observer)
{
    CheckInput(linkGbps, flows);
    FluidStatistics counters;
    std::vector<double> fct = allocation == FluidAllocation::PUBLISHED
                                  ? RunPublishedFlowSim(linkGbps, flows, counters)
                                  : MaxMinRun(linkGbps, flows, counters).Run(progress, observer);
    if (statistics)
    {
        *statistics = counters;
    }
    return fct;
}

} // namespace ns3::m3
