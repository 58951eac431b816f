// SPDX-License-Identifier: GPL-2.0-only
// What the inputs of flow-features.h are called, and which of them lie outside of what a model was trained on.
#include "flow-features.h"

#include "core/text-format.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace ns3::m3
{

const InputName FLOW_INPUT_NAMES[FLOW_INPUTS] = {
    {"packets of a flow", InputName::LOG},
    {"flow size in BDPs", InputName::LOG},
    {"fill of the last packet", InputName::PLAIN},
    {"ideal FCT in base RTTs", InputName::LOG},
    {"fluid slowdown", InputName::LOG},
    {"fluid FCT in base RTTs", InputName::LOG},
    {"links of a route", InputName::PLAIN},
    {"BDP in packets", InputName::LOG},
    {"window in BDPs", InputName::LOG},
    {"window follows the rate", InputName::PLAIN},
    {"slowest link over NIC rate", InputName::LOG},
    {"PFC", InputName::PLAIN},
    {"DCTCP", InputName::PLAIN},
    {"DCQCN", InputName::PLAIN},
    {"HPCC", InputName::PLAIN},
    {"TIMELY", InputName::PLAIN},
    {"no congestion control", InputName::PLAIN},
    {"DCTCP K in BDPs", InputName::LOG},
    {"DCTCP increase over NIC rate", InputName::LOG},
    {"DCQCN Kmin in BDPs", InputName::LOG},
    {"DCQCN Kmax in BDPs", InputName::LOG},
    {"DCQCN pmax", InputName::PLAIN},
    {"DCQCN increase over NIC rate", InputName::LOG},
    {"DCQCN increase timer in base RTTs", InputName::LOG},
    {"HPCC eta", InputName::PLAIN},
    {"HPCC increase over NIC rate", InputName::LOG},
    {"TIMELY T_low in base RTTs", InputName::LOG},
    {"TIMELY T_high in base RTTs", InputName::LOG},
    {"TIMELY increase over NIC rate", InputName::LOG},
    {"minimum rate over NIC rate", InputName::LOG},
    {"base RTT of a flow in base RTTs", InputName::LOG},
    {"window in BDPs of the flow's route", InputName::LOG},
    {"retransmission timeout in base RTTs", InputName::LOG},
};

const InputName HOP_INPUT_NAMES[HOP_INPUTS] = {
    {"place of a link in the route", InputName::PLAIN},
    {"first link", InputName::PLAIN},
    {"last link", InputName::PLAIN},
    {"rate of a link over NIC rate", InputName::LOG},
    {"delay of a link in base RTTs", InputName::PLAIN},
    {"load of a link", InputName::PLAIN},
    {"load of a link's other direction", InputName::PLAIN},
    {"flows in transfer on a link", InputName::LOG1P},
    {"large flows in transfer on a link", InputName::LOG1P},
    {"bytes in transfer on a link, in BDPs", InputName::LOG1P},
    {"arrivals of the last RTT on a link, over its rate", InputName::LOG1P},
    {"arrivals of the last 10 RTTs on a link, over its rate", InputName::LOG1P},
    {"arrivals of the last 100 RTTs on a link, over its rate", InputName::LOG1P},
    {"backlog of a link in base RTTs", InputName::LOG1P},
    {"backlog of first windows on a link, in base RTTs", InputName::LOG1P},
    {"bytes that come during a flow on a link, in BDPs", InputName::LOG1P},
    {"flows that come during a flow on a link", InputName::LOG1P},
    {"bytes that come during a flow on a link, over its rate", InputName::LOG1P},
    {"flows in transfer in a link's other direction", InputName::LOG1P},
    {"large flows in transfer in a link's other direction", InputName::LOG1P},
    {"arrivals of the last RTT in a link's other direction", InputName::LOG1P},
    {"arrivals of the last 10 RTTs in a link's other direction", InputName::LOG1P},
    {"backlog of first windows in a link's other direction", InputName::LOG1P},
    {"shared buffer of a switch over the rates of its ports", InputName::LOG},
    {"fluid rate on a link over its capacity", InputName::PLAIN},
    {"flows that a link holds down", InputName::LOG1P},
    {"windows of flows that a link holds down, in base RTTs", InputName::LOG1P},
    {"bytes left to flows on a link, in BDPs", InputName::LOG1P},
    {"share of the last 10 RTTs in which a link held a flow down", InputName::PLAIN},
    {"share of the last 100 RTTs in which a link held a flow down", InputName::PLAIN},
    {"windows queued before a link, in base RTTs", InputName::LOG1P},
    {"windows queued before a link in the last 10 RTTs", InputName::LOG1P},
    {"windows queued before a link in the last 100 RTTs", InputName::LOG1P},
    {"windows queued before all links of a switch", InputName::LOG1P},
    {"fluid rate in a link's other direction over its capacity", InputName::PLAIN},
    {"flows held down by a link's other direction", InputName::LOG1P},
    {"windows queued before a link's other direction", InputName::LOG1P},
    {"link that holds the flow down", InputName::PLAIN},
    {"flows that a link holds down during a flow", InputName::LOG1P},
    {"windows queued before a link during a flow", InputName::LOG1P},
    {"fluid rate of others on a link during a flow over its capacity", InputName::PLAIN},
    {"share of the last 1000 RTTs in which a link held a flow down", InputName::PLAIN},
    {"windows queued before a link in the last 1000 RTTs", InputName::LOG1P},
    {"age of flows in transfer on a link, in base RTTs", InputName::LOG1P},
    {"age of flows that a link holds down, in base RTTs", InputName::LOG1P},
    {"shared buffer of a switch in BDPs", InputName::LOG},
};

double InputName::Plain(double input) const
{
    return scale == LOG ? std::exp(input) : scale == LOG1P ? std::expm1(input) : input;
}

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

void Describe(const std::vector<float>& values,
              const InputName* names,
              const std::vector<float>& low,
              const std::vector<float>& high,
              const char* rows,
              std::vector<std::string>& lines)
{
    constexpr double LEAST_SHARE = 0.01;
    const std::size_t inputs = low.size();
    const std::vector<Outside> all = FindOutside(values, low, high);
    for (std::size_t input = 0; input < inputs; input++)
    {
        const Outside& outside = all[input];
        const double share =
            static_cast<double>(outside.count) / static_cast<double>(std::max<std::size_t>(1, values.size() / inputs));
        if (share < LEAST_SHARE)
        {
            continue;
        }
        const InputName& name = names[input];
        lines.push_back(FormatText("%s: %.3g to %.3g for %.0f %% of %s, trained on %.3g to %.3g",
                                   name.text,
                                   name.Plain(outside.low),
                                   name.Plain(outside.high),
                                   100 * share,
                                   rows,
                                   name.Plain(low[input]),
                                   name.Plain(high[input])));
    }
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

std::vector<std::string> OutOfRange(const FlowFeatures& features, const InputRanges& ranges)
{
    std::vector<std::string> lines;
    if (!ranges.flowLow.empty())
    {
        Describe(features.flow, FLOW_INPUT_NAMES, ranges.flowLow, ranges.flowHigh, "flows", lines);
        Describe(features.hop, HOP_INPUT_NAMES, ranges.hopLow, ranges.hopHigh, "links passed", lines);
    }
    return lines;
}

} // namespace ns3::m3
