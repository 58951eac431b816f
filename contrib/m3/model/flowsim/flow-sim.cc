#include "flow-sim.h"

#include "max-min.h"
#include "published-allocation.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <queue>
#include <stdexcept>
#include <string>

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

/// The end of an active flow at its rate of the time; outdated once the flow's version has moved on.
struct End
{
    double timeNs;
    uint32_t slot;
    uint32_t version;

    bool operator>(const End& other) const
    {
        return timeNs > other.timeNs;
    }
};

/// A flow in transfer.
struct Transfer
{
    uint32_t flow = 0;
    uint32_t version = 0;
    double remainingBits = 0; //!< at sinceNs
    double sinceNs = 0;
    double rate = 0;
};

std::vector<double> RunMaxMin(const std::vector<double>& linkGbps,
                              const std::vector<FluidFlow>& flows,
                              FluidStatistics& statistics,
                              const std::function<void(uint64_t)>& progress,
                              FluidObserver* observer)
{
    MaxMinRates rates(linkGbps);
    std::vector<double> fct(flows.size());
    std::vector<Transfer> transfers; // by slot; a slot is a flow's id in `rates`
    std::vector<uint32_t> freeSlots;
    std::priority_queue<End, std::vector<End>, std::greater<>> ends;
    const auto applyChanges = [&](double now)
    {
        for (uint32_t slot : rates.Changed())
        {
            Transfer& transfer = transfers[slot];
            transfer.remainingBits -= (now - transfer.sinceNs) * transfer.rate;
            transfer.sinceNs = now;
            transfer.rate = rates.Rate(slot);
            transfer.version++;
            ends.push({now + std::max(0.0, transfer.remainingBits) / transfer.rate, slot, transfer.version});
        }
    };

    uint64_t finished = 0;
    std::size_t next = 0;
    uint32_t active = 0;
    auto lastReport = std::chrono::steady_clock::now();
    while (next < flows.size() || active > 0)
    {
        while (!ends.empty() && ends.top().version != transfers[ends.top().slot].version)
        {
            ends.pop();
        }
        double now;
        if (active > 0 && (next == flows.size() || ends.top().timeNs <= flows[next].startNs))
        {
            const End end = ends.top();
            ends.pop();
            now = end.timeNs;
            Transfer& transfer = transfers[end.slot];
            fct[transfer.flow] = now - flows[transfer.flow].startNs;
            if (observer)
            {
                observer->OnEnd(transfer.flow, now);
            }
            transfer.version++;
            freeSlots.push_back(end.slot);
            active--;
            finished++;
            rates.Remove(end.slot);
        }
        else
        {
            now = flows[next].startNs;
            if (freeSlots.empty())
            {
                freeSlots.push_back(static_cast<uint32_t>(transfers.size()));
                transfers.emplace_back();
            }
            const uint32_t slot = freeSlots.back();
            freeSlots.pop_back();
            Transfer& transfer = transfers[slot];
            transfer.flow = static_cast<uint32_t>(next);
            transfer.remainingBits = flows[next].bits;
            transfer.sinceNs = now;
            transfer.rate = 0;
            rates.Add(slot, flows[next].links, flows[next].rateLimit);
            if (observer)
            {
                observer->OnArrival(transfer.flow, now);
            }
            next++;
            active++;
            statistics.largestActive = std::max(statistics.largestActive, active);
        }
        applyChanges(now);
        constexpr uint64_t EVENTS_PER_CLOCK_READ = 1024;
        if (++statistics.events % EVENTS_PER_CLOCK_READ == 0 && progress)
        {
            const auto time = std::chrono::steady_clock::now();
            if (time - lastReport > std::chrono::milliseconds(100))
            {
                lastReport = time;
                progress(finished);
            }
        }
    }
    return fct;
}

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
                                  : RunMaxMin(linkGbps, flows, counters, progress, observer);
    if (statistics)
    {
        *statistics = counters;
    }
    return fct;
}

} // namespace ns3::m3
