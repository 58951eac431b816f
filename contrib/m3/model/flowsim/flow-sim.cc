// SPDX-License-Identifier: GPL-2.0-only
#include "flow-sim.h"

#include "class-max-min.h"
#include "dense-max-min.h"
#include "end-queue.h"
#include "flow-bundles.h"
#include "max-min.h"
#include "published-allocation.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <utility>

namespace ns3::m3
{

namespace
{

void CheckLinks(const std::vector<double>& linkGbps)
{
    for (std::size_t link = 0; link < linkGbps.size(); link++)
    {
        if (!(linkGbps[link] > 0) || !std::isfinite(linkGbps[link]))
        {
            throw std::invalid_argument("flowSim: link " + std::to_string(link) +
                                        ": its capacity is not above 0 and finite");
        }
    }
}

/// \param id for the error \param before start of the flow before it
void CheckFlow(std::size_t links, const FluidFlow& flow, std::size_t id, double before)
{
    const auto unknown =
        std::find_if(flow.links.begin(), flow.links.end(), [&](uint32_t link) { return link >= links; });
    const bool bounded = !flow.links.empty() || std::isfinite(flow.rateLimit);
    const auto isShare = [](double share) { return share > 0 && share <= 1; };
    const bool areShares = flow.shares.empty() || (flow.shares.size() == flow.links.size() &&
                                                   std::all_of(flow.shares.begin(), flow.shares.end(), isShare));
    const char* wrong = !(flow.bits > 0) || !std::isfinite(flow.bits) ? "its size is not above 0 and finite"
                        : !(flow.startNs >= before) || !std::isfinite(flow.startNs)
                            ? "its start is before 0 or that of the flow before it, or not finite"
                        : !(flow.rateLimit > 0) ? "its rate limit is not above 0"
                        : !bounded              ? "neither a limit nor a link bounds its rate"
                        : !areShares            ? "its shares of links are not one per link, above 0 and at most 1"
                        : unknown != flow.links.end() ? "it uses a link that is not there"
                                                      : nullptr;
    if (wrong)
    {
        throw std::invalid_argument("flowSim: flow " + std::to_string(id) + ": " + wrong);
    }
}

void CheckInput(const std::vector<double>& linkGbps, const std::vector<FluidFlow>& flows)
{
    CheckLinks(linkGbps);
    for (std::size_t id = 0; id < flows.size(); id++)
    {
        CheckFlow(linkGbps.size(), flows[id], id, id ? flows[id - 1].startNs : 0);
    }
}

/// Flows of a list, which were checked before.
class ListSource final : public FluidSource
{
  public:
    explicit ListSource(const std::vector<FluidFlow>& flows)
        : m_flows(flows)
    {
    }

    const FluidFlow* Next() override
    {
        return m_next < m_flows.size() ? &m_flows[m_next++] : nullptr;
    }

  private:
    const std::vector<FluidFlow>& m_flows;
    std::size_t m_next = 0;
};

/// Checks the flows that come.
class CheckedSource final : public FluidSource
{
  public:
    /// \param haveShares whether flows may have shares of links
    CheckedSource(std::size_t links, FluidSource& source, bool haveShares)
        : m_links(links),
          m_source(source),
          m_haveShares(haveShares)
    {
    }

    const FluidFlow* Next() override
    {
        m_before = m_count > 0 ? m_last : 0;
        m_count++;
        return Checked(m_source.Next());
    }

    const FluidFlow* AfterEnd(const FluidFlow* next) override
    {
        const FluidFlow* flow = m_source.AfterEnd(next);
        return flow == next ? flow : Checked(flow);
    }

  private:
    const FluidFlow* Checked(const FluidFlow* flow)
    {
        if (flow)
        {
            CheckFlow(m_links, *flow, m_count - 1, m_before);
            if (!flow->shares.empty() && !m_haveShares)
            {
                throw std::invalid_argument("flowSim: flow " + std::to_string(m_count - 1) +
                                            ": it has shares of links, which this run does not take");
            }
            m_last = flow->startNs;
        }
        return flow;
    }

    std::size_t m_links;
    FluidSource& m_source;
    const bool m_haveShares;
    std::size_t m_count = 0; //!< flows so far, the next one included
    double m_before = 0;     //!< start of the flow before the next one
    double m_last = 0;       //!< start of the next one
};

/**
 * The default allocation: events in order of time, rates kept up to date by `Rates`, MaxMinRates or DenseMaxMinRates.
 * \tparam Bundles says which bundle a flow belongs to
 */
template <typename Rates, typename Bundles>
class MaxMinRun
{
  public:
    /// \param rates of an idle network
    MaxMinRun(Rates rates, Bundles bundles, FluidObserver* observer)
        : m_rates(std::move(rates)),
          m_bundleOf(std::move(bundles)),
          m_observer(observer),
          m_tracksLimits(observer && observer->WantsLimits())
    {
        if (m_tracksLimits)
        {
            m_rates.ReportBottlenecks();
        }
    }

    /// Lets links and routes change. \param gbps capacities at first
    void SetChanges(FluidChanges* changes, const std::vector<double>& gbps)
    {
        m_changes = changes;
        m_gbps = gbps;
    }

    template <typename Source>
    FluidStatistics Run(Source& source,
                        const std::function<void(uint32_t, double)>& ended,
                        const std::function<void(uint64_t)>& progress)
    {
        constexpr uint64_t EVENTS_PER_CLOCK_READ = 1024;
        FluidStatistics statistics;
        auto lastReport = std::chrono::steady_clock::now();
        uint32_t arrived = 0;
        const FluidFlow* next = source.Next();
        while (next || m_active > 0 || !m_waiting.empty())
        {
            if constexpr (MAY_CHANGE)
            {
                const double changeNs = m_changes ? m_changes->NextNs() : NEVER;
                const double endNs = m_active > 0 ? m_ends.EarliestTime() : NEVER;
                if (changeNs < endNs && (!next || changeNs <= next->startNs))
                {
                    MakeChange(changeNs);
                    continue;
                }
                if (endNs == NEVER && !next)
                {
                    statistics.unfinished = m_active + m_waiting.size();
                    break;
                }
            }
            // an end wins over an arrival at the same time
            if (m_active > 0 && (!next || m_ends.EarliestTime() <= next->startNs))
            {
                const double nowNs = m_ends.EarliestTime();
                const Bundle::Member flow = Finish(m_ends.EarliestId(), nowNs);
                ended(flow.flow, nowNs - flow.startNs);
                if (m_observer)
                {
                    m_observer->OnEnd(flow.flow, nowNs);
                }
                next = source.AfterEnd(next);
            }
            else
            {
                const double nowNs = next->startNs;
                Start(arrived, *next, nowNs);
                if (m_observer)
                {
                    m_observer->OnArrival(arrived, nowNs);
                }
                arrived++;
                next = source.Next();
                statistics.largestActive = std::max(statistics.largestActive, m_active);
            }
            if (++statistics.events % EVENTS_PER_CLOCK_READ == 0 && progress)
            {
                const auto time = std::chrono::steady_clock::now();
                if (time - lastReport > std::chrono::milliseconds(100))
                {
                    lastReport = time;
                    progress(arrived - m_active - m_waiting.size());
                }
            }
        }
        return statistics;
    }

  private:
    static constexpr bool MAY_CHANGE = std::is_same_v<Rates, ClassMaxMinRates>;
    static constexpr double NEVER = std::numeric_limits<double>::infinity();

    /// A flow that is on no link.
    struct Waiting
    {
        uint32_t flow;
        FluidFlow fluid; //!< with what is left of it, and the way that it took last
    };

    void Start(uint32_t flow, const FluidFlow& fluid, double nowNs)
    {
        if (MAY_CHANGE && m_changes)
        {
            Waiting one{flow, fluid};
            one.fluid.links.clear();
            Resume(std::move(one), nowNs);
            return;
        }
        Join(flow, fluid, nowNs);
    }

    /// A flow goes on by the way that it has now, or waits.
    void Resume(Waiting one, double nowNs)
    {
        if (m_changes->Reroute(one.flow, one.fluid.links))
        {
            Join(one.flow, one.fluid, nowNs);
        }
        else
        {
            m_waiting.push_back(std::move(one));
        }
    }

    /// Takes all flows off their links, changes these, and lets all flows go on.
    void MakeChange(double nowNs)
    {
        std::vector<Waiting> all = std::exchange(m_waiting, {});
        for (uint32_t id = 0; id < m_bundles.size(); id++)
        {
            Bundle& bundle = m_bundles[id];
            if (bundle.members.empty())
            {
                continue;
            }
            bundle.Serve(nowNs);
            for (; !bundle.members.empty(); bundle.members.pop())
            {
                const Bundle::Member& member = bundle.members.top();
                const double left = std::max(0.0, member.target - bundle.served);
                all.push_back({member.flow,
                               {bundle.links, left, member.startNs, bundle.rateLimit, bundle.priority, bundle.shares}});
            }
            m_ends.Remove(id);
            m_bundleOf.Release(id);
            m_rates.Remove(id);
        }
        m_active = 0;
        const std::vector<double> before = m_gbps;
        m_changes->Make(m_gbps);
        for (uint32_t link = 0; link < m_gbps.size(); link++)
        {
            if (m_gbps[link] != before[link])
            {
                SetCapacity(link);
            }
        }
        std::sort(all.begin(), all.end(), [](const Waiting& a, const Waiting& b) { return a.flow < b.flow; });
        for (Waiting& one : all)
        {
            Resume(std::move(one), nowNs);
        }
    }

    void SetCapacity([[maybe_unused]] uint32_t link)
    {
        if constexpr (MAY_CHANGE)
        {
            m_rates.SetCapacity(link, m_gbps[link]);
        }
    }

    /// \param fluid with the bits that are left of it
    void Join(uint32_t flow, const FluidFlow& fluid, double nowNs)
    {
        const uint32_t id = m_bundleOf.Of(flow, fluid, m_bundles);
        if (id >= m_bundles.size())
        {
            m_bundles.resize(id + 1);
        }
        Bundle& bundle = m_bundles[id];
        m_active++;
        if (bundle.members.empty())
        {
            bundle.served = 0;
            bundle.sinceNs = nowNs;
            bundle.rate = 0;
            bundle.links = fluid.links;
            bundle.rateLimit = fluid.rateLimit;
            bundle.priority = fluid.priority;
            bundle.members.push({fluid.bits, fluid.startNs, flow});
            bundle.limited.assign(m_tracksLimits ? fluid.links.size() + 1 : 0, Limited());
            if constexpr (std::is_same_v<Rates, ClassMaxMinRates>)
            {
                bundle.shares = fluid.shares;
                m_rates.Add(id, fluid.links, fluid.rateLimit, fluid.priority, fluid.shares);
            }
            else
            {
                m_rates.Add(id, fluid.links, fluid.rateLimit);
            }
        }
        else
        {
            bundle.Serve(nowNs);
            bundle.members.push({bundle.served + fluid.bits, fluid.startNs, flow});
            m_rates.SetCount(id, static_cast<uint32_t>(bundle.members.size()));
            if (m_tracksLimits)
            {
                m_limitedBefore[flow] = bundle.limited;
            }
        }
        ApplyChanges(id, nowNs);
    }

    /// \return the flow that ended
    Bundle::Member Finish(uint32_t id, double nowNs)
    {
        Bundle& bundle = m_bundles[id];
        const Bundle::Member flow = bundle.members.top();
        bundle.members.pop();
        m_active--;
        bundle.Serve(nowNs);
        if (m_tracksLimits)
        {
            TellLimits(bundle, flow.flow);
        }
        if (bundle.members.empty())
        {
            m_ends.Remove(id);
            m_bundleOf.Release(id);
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

    void TellLimits(const Bundle& bundle, uint32_t flow)
    {
        const auto before = m_limitedBefore.find(flow);
        if (before == m_limitedBefore.end())
        {
            m_observer->OnLimited(flow, bundle.limited);
            return;
        }
        std::vector<Limited>& limited = before->second; // becomes what was added since
        for (std::size_t i = 0; i < limited.size(); i++)
        {
            limited[i] = {bundle.limited[i].timeNs - limited[i].timeNs, bundle.limited[i].bits - limited[i].bits};
        }
        m_observer->OnLimited(flow, limited);
        m_limitedBefore.erase(before);
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
        if (m_tracksLimits)
        {
            const auto link = std::find(bundle.links.begin(), bundle.links.end(), m_rates.Bottleneck(id));
            bundle.limiting = static_cast<std::size_t>(link - bundle.links.begin()); // past the end: its own limit
        }
        const double bits = std::max(0.0, bundle.members.top().target - bundle.served);
        m_ends.Set(id, bits > 0 ? nowNs + bits / bundle.rate : nowNs); // a rate of 0: never
    }

    static constexpr uint32_t NONE = UINT32_MAX;

    Rates m_rates; //!< by bundle
    Bundles m_bundleOf;
    FluidObserver* m_observer;
    bool m_tracksLimits;
    std::vector<Bundle> m_bundles;
    EndQueue m_ends; //!< next end of each bundle
    uint32_t m_active = 0;
    FluidChanges* m_changes = nullptr;
    std::vector<double> m_gbps; //!< capacities now, where they may change
    std::vector<Waiting> m_waiting;
    std::unordered_map<uint32_t, std::vector<Limited>>
        m_limitedBefore; //!< of active flows that came to a bundle of others: its limits then
};

std::vector<double> RunMaxMin(const std::vector<double>& linkGbps,
                              const std::vector<FluidFlow>& flows,
                              FluidStatistics& statistics,
                              const std::function<void(uint64_t)>& progress,
                              FluidObserver* observer,
                              const FluidClasses* classes)
{
    std::vector<double> fct(flows.size());
    const auto ended = [&](uint32_t flow, double fctNs) { fct[flow] = fctNs; };
    ListSource source(flows);
    const bool haveShares =
        std::any_of(flows.begin(), flows.end(), [](const FluidFlow& flow) { return !flow.shares.empty(); });
    if (classes || haveShares)
    {
        const FluidClasses ofOne{0, {}, {}};
        MaxMinRun run(ClassMaxMinRates(linkGbps, classes ? *classes : ofOne), HashedBundles(), observer);
        statistics = run.Run(source, ended, progress);
    }
    else if (auto known = KnownBundles::Make(linkGbps.size(), flows))
    {
        MaxMinRun run(DenseMaxMinRates(linkGbps), std::move(*known), observer);
        statistics = run.Run(source, ended, progress);
    }
    else
    {
        MaxMinRun run(MaxMinRates(linkGbps), HashedBundles(), observer);
        statistics = run.Run(source, ended, progress);
    }
    return fct;
}

} // namespace

FluidStatistics StreamFlowSim(const std::vector<double>& linkGbps,
                              FluidSource& source,
                              const std::function<void(uint32_t flow, double fctNs)>& ended,
                              const std::function<void(uint64_t finishedFlows)>& progress,
                              FluidObserver* observer,
                              const FluidClasses* classes,
                              FluidChanges* changes,
                              bool haveShares)
{
    CheckLinks(linkGbps);
    CheckedSource checked(linkGbps.size(), source, haveShares);
    if (classes || changes || haveShares)
    {
        const FluidClasses ofOne{0, {}, {}};
        MaxMinRun run(ClassMaxMinRates(linkGbps, classes ? *classes : ofOne), HashedBundles(), observer);
        run.SetChanges(changes, linkGbps);
        return run.Run(checked, ended, progress);
    }
    MaxMinRun run(MaxMinRates(linkGbps), HashedBundles(), observer);
    return run.Run(checked, ended, progress);
}

std::vector<double> RunFlowSim(const std::vector<double>& linkGbps,
                               const std::vector<FluidFlow>& flows,
                               FluidAllocation allocation,
                               FluidStatistics* statistics,
                               const std::function<void(uint64_t finishedFlows)>& progress,
                               FluidObserver* observer,
                               const FluidClasses* classes)
{
    CheckInput(linkGbps, flows);
    FluidStatistics counters;
    std::vector<double> fct = allocation == FluidAllocation::PUBLISHED
                                  ? RunPublishedFlowSim(linkGbps, flows, counters)
                                  : RunMaxMin(linkGbps, flows, counters, progress, observer, classes);
    if (statistics)
    {
        *statistics = counters;
    }
    return fct;
}

} // namespace ns3::m3
