// SPDX-License-Identifier: GPL-2.0-only
#include "time-windows.h"

#include "core/random-stream.h"

#include <boost/functional/hash.hpp>

#include <algorithm>
#include <cmath>

namespace ns3::m3
{

namespace
{

constexpr int64_t TIMES_IDEAL = 10; // so many times its ideal FCT is room for a flow

/// How many windows of a kind have places in a trace.
uint64_t PlacesOf(const FlowList& flows, const WindowKind& kind)
{
    return flows.size() - kind.flows + 1;
}

} // namespace

bool WindowKind::NeedsWholeTail(int64_t idealNs) const
{
    return idealNs > tailNs / TIMES_IDEAL;
}

int64_t WindowKind::RoomNs(int64_t idealNs) const
{
    constexpr int64_t PART_OF_TAIL = 5;
    return NeedsWholeTail(idealNs) ? tailNs : std::min(tailNs, tailNs / PART_OF_TAIL + TIMES_IDEAL * idealNs);
}

bool WindowPlan::Counts(uint32_t kind, int64_t idealNs) const
{
    return kind + 1 == kinds.size() || !kinds[kind].NeedsWholeTail(idealNs);
}

double WindowPlan::Inclusion(const FlowList& flows, uint32_t id, int64_t idealNs) const
{
    const int64_t start = flows[id].startNs;
    const uint64_t withStart = FirstFrom(flows, start + 1) - uint64_t{1}; // the last flow that starts at this time
    double inclusion = 0;
    for (uint32_t k = 0; k < kinds.size(); k++)
    {
        if (!Counts(k, idealNs))
        {
            continue;
        }
        const WindowKind& kind = kinds[k];
        const uint64_t places = PlacesOf(flows, kind);
        // the first flow of the window starts by then, and the last one no more than the rest of the tail before
        const uint64_t last = FirstFrom(flows, start - (kind.tailNs - kind.RoomNs(idealNs)));
        const uint64_t from = last + 1 > kind.flows ? last + 1 - kind.flows : 0;
        const uint64_t to = std::min(withStart, places - 1);
        inclusion += kind.share * static_cast<double>(to - std::min(from, to) + 1) / static_cast<double>(places);
    }
    return inclusion;
}

std::vector<SampledWindow> SpreadWindows(const FlowList& flows, const WindowPlan& plan, uint32_t count, uint64_t seed)
{
    constexpr double GOLDEN = 0.6180339887498949;
    RandomStream random(seed);
    std::vector<double> place;
    for (std::size_t k = 0; k < plan.kinds.size(); k++)
    {
        place.push_back(random.Uniform());
    }
    std::vector<SampledWindow> windows;
    double second = 0.5; // of the second kind, so many windows are due
    for (uint32_t w = 0; w < count; w++)
    {
        second += plan.kinds.size() > 1 ? plan.kinds[1].share : 0;
        const uint32_t k = second >= 1;
        second -= k;
        const WindowKind& kind = plan.kinds[k];
        const auto first = static_cast<std::size_t>(place[k] * static_cast<double>(PlacesOf(flows, kind)));
        const int64_t begin = flows[first].startNs;
        const int64_t last = flows[first + kind.flows - 1].startNs;
        windows.push_back({std::max(flows.front().startNs, begin - kind.leadNs), begin, last, last + kind.tailNs, k});
        place[k] += GOLDEN;
        place[k] -= std::floor(place[k]);
    }
    return windows;
}

uint64_t KeyOf(const std::vector<SampledWindow>& windows, std::size_t count)
{
    std::size_t key = count;
    for (std::size_t w = 0; w < count; w++)
    {
        for (const int64_t time : {windows[w].beginNs, windows[w].countNs, windows[w].lastNs, windows[w].stopNs})
        {
            boost::hash_combine(key, time);
        }
    }
    return std::max<uint64_t>(1, key); // 0 stands for no key
}

uint32_t FirstFrom(const FlowList& flows, int64_t timeNs)
{
    const auto isBefore = [](const Flow& flow, int64_t time) { return flow.startNs < time; };
    return static_cast<uint32_t>(std::lower_bound(flows.begin(), flows.end(), timeNs, isBefore) - flows.begin());
}

} // namespace ns3::m3
