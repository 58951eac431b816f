// SPDX-License-Identifier: GPL-2.0-only
#include "time-windows.h"

#include "core/random-stream.h"

#include <algorithm>
#include <cmath>

namespace ns3::m3
{

int64_t SampledWindow::RoomNs(int64_t idealNs) const
{
    constexpr int64_t PART_OF_TAIL = 5;
    constexpr int64_t TIMES_IDEAL = 10;
    const int64_t tail = stopNs - lastNs;
    return idealNs > tail / TIMES_IDEAL ? tail : std::min(tail, tail / PART_OF_TAIL + TIMES_IDEAL * idealNs);
}

int64_t SampledWindow::CountedNs(int64_t idealNs) const
{
    return stopNs - RoomNs(idealNs) - countNs + 1;
}

std::vector<SampledWindow> SpreadWindows(const FlowList& flows, const WindowPlan& plan, uint32_t count, uint64_t seed)
{
    constexpr double GOLDEN = 0.6180339887498949;
    RandomStream random(seed);
    double place = random.Uniform();
    std::vector<SampledWindow> windows;
    for (uint32_t w = 0; w < count; w++)
    {
        const auto first = static_cast<std::size_t>(place * static_cast<double>(flows.size() - plan.flows + 1));
        const int64_t begin = flows[first].startNs;
        const int64_t last = flows[first + plan.flows - 1].startNs;
        windows.push_back({std::max(flows.front().startNs, begin - plan.leadNs), begin, last, last + plan.tailNs});
        place += GOLDEN;
        place -= std::floor(place);
    }
    return windows;
}

uint32_t FirstFrom(const FlowList& flows, int64_t timeNs)
{
    const auto isBefore = [](const Flow& flow, int64_t time) { return flow.startNs < time; };
    return static_cast<uint32_t>(std::lower_bound(flows.begin(), flows.end(), timeNs, isBefore) - flows.begin());
}

} // namespace ns3::m3
