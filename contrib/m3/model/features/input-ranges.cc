// SPDX-License-Identifier: GPL-2.0-only
#include "input-ranges.h"

#include "feature-schema.h"
#include "flow-features.h"

#include "core/text-format.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace ns3::m3
{

namespace
{

void Widen(const std::vector<float>& values, uint32_t inputs, std::vector<float>& low, std::vector<float>& high)
{
    low.assign(values.begin(), values.begin() + inputs);
    high = low;
    for (std::size_t i = 0; i < values.size(); i++)
    {
        low[i % inputs] = std::min(low[i % inputs], values[i]);
        high[i % inputs] = std::max(high[i % inputs], values[i]);
    }
}

/// Reaches from the ranges of the first inputs as well.
void Include(const std::vector<float>& otherLow,
             const std::vector<float>& otherHigh,
             std::vector<float>& low,
             std::vector<float>& high)
{
    for (std::size_t i = 0; i < std::min(otherLow.size(), low.size()); i++)
    {
        low[i] = std::min(low[i], otherLow[i]);
        high[i] = std::max(high[i], otherHigh[i]);
    }
}

/// Of one input: the rows outside, and how far they reach.
struct Outside
{
    std::size_t count = 0;
    float low = 0;
    float high = 0;
};

std::vector<Outside>
FindOutside(const std::vector<float>& values, const std::vector<float>& low, const std::vector<float>& high)
{
    constexpr float ROUNDING = 1e-3F; // of logarithms: a thousandth of the value
    const std::size_t inputs = low.size();
    std::vector<Outside> all(inputs);
    for (std::size_t row = 0; row < values.size(); row += inputs)
    {
        for (std::size_t input = 0; input < inputs; input++)
        {
            const float value = values[row + input];
            if (value < low[input] - ROUNDING || value > high[input] + ROUNDING)
            {
                Outside& outside = all[input];
                outside.low = outside.count ? std::min(outside.low, value) : value;
                outside.high = outside.count ? std::max(outside.high, value) : value;
                outside.count++;
            }
        }
    }
    return all;
}

} // namespace

InputRanges RangesOf(const FlowFeatures& features, const InputRanges& before)
{
    InputRanges ranges;
    Widen(features.flow, FLOW_INPUTS, ranges.flowLow, ranges.flowHigh);
    Widen(features.hop, HOP_INPUTS, ranges.hopLow, ranges.hopHigh);
    Include(before.flowLow, before.flowHigh, ranges.flowLow, ranges.flowHigh);
    Include(before.hopLow, before.hopHigh, ranges.hopLow, ranges.hopHigh);
    return ranges;
}

void AddOutOfRange(const std::vector<float>& values,
                   const InputName* names,
                   const std::vector<float>& low,
                   const std::vector<float>& high,
                   const char* rows,
                   std::vector<std::string>& lines)
{
    constexpr double MIN_SHARE = 0.01;
    const std::size_t inputs = low.size();
    const std::vector<Outside> all = FindOutside(values, low, high);
    for (std::size_t input = 0; input < inputs; input++)
    {
        const Outside& outside = all[input];
        const double share =
            static_cast<double>(outside.count) / static_cast<double>(std::max<std::size_t>(1, values.size() / inputs));
        if (share < MIN_SHARE)
        {
            continue;
        }
        const InputName& name = names[input];
        const auto range = [&](double from, double to)
        {
            const std::string first = FormatText("%.3g", name.Plain(from));
            const std::string last = FormatText("%.3g", name.Plain(to));
            return first == last ? first : first + " to " + last;
        };
        lines.push_back(FormatText("%s: %s for %.0f %% of %s, trained on %s",
                                   name.text,
                                   range(outside.low, outside.high).c_str(),
                                   100 * share,
                                   rows,
                                   range(low[input], high[input]).c_str()));
    }
}

std::vector<std::string> OutOfRange(const FlowFeatures& features, const InputRanges& ranges)
{
    std::vector<std::string> lines;
    if (!ranges.flowLow.empty())
    {
        AddOutOfRange(features.flow, FLOW_INPUT_NAMES.data(), ranges.flowLow, ranges.flowHigh, "flows", lines);
        AddOutOfRange(features.hop, HOP_INPUT_NAMES.data(), ranges.hopLow, ranges.hopHigh, "links passed", lines);
    }
    return lines;
}

} // namespace ns3::m3
