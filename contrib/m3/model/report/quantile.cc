// SPDX-License-Identifier: GPL-2.0-only
#include "quantile.h"

#include "core/text-format.h"
#include "ns3/m3-input-error.h"

#include <cstddef>

namespace ns3::m3
{

void CheckLevel(const char* what, double level)
{
    if (!(level >= 0 && level <= 1))
    {
        throw InputError(FormatText("%s must be in [0, 1], is %g; the 99th percentile is 0.99", what, level));
    }
}

double Quantile(const std::vector<double>& sorted, double p)
{
    const double position = p * static_cast<double>(sorted.size()) - 0.5;
    if (position <= 0)
    {
        return sorted.front();
    }
    const auto below = static_cast<std::size_t>(position);
    if (below + 1 >= sorted.size())
    {
        return sorted.back();
    }
    const double fraction = position - static_cast<double>(below);
    return sorted[below] + fraction * (sorted[below + 1] - sorted[below]);
}

double WeightedQuantile(const std::vector<std::pair<double, double>>& sorted, double p)
{
    double total = 0;
    for (const auto& [value, weight] : sorted)
    {
        total += weight;
    }
    const double target = p * total;
    double before = 0; // weight of all earlier values
    const std::pair<double, double>* previous = nullptr;
    double previousMiddle = 0;
    for (const auto& entry : sorted)
    {
        if (entry.second == 0)
        {
            continue;
        }
        const double middle = before + entry.second / 2;
        if (middle >= target)
        {
            if (!previous)
            {
                return entry.first;
            }
            const double fraction = (target - previousMiddle) / (middle - previousMiddle);
            return previous->first + fraction * (entry.first - previous->first);
        }
        before += entry.second;
        previous = &entry;
        previousMiddle = middle;
    }
    return previous->first;
}

} // namespace ns3::m3
