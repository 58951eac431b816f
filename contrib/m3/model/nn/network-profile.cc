// SPDX-License-Identifier: GPL-2.0-only
#include "network-profile.h"

#include "features/flow-features.h"
#include "nn/correction-model.h"

#include <algorithm>
#include <cmath>

namespace ns3::m3
{

namespace
{

/// Places of a profile after those of the inputs.
enum : std::size_t
{
    FLUID_MEAN = FLOW_INPUTS + HOP_INPUTS,
    PREDICTED_MEAN,
    MEDIAN,
    TAIL_OVER_MEDIAN,
    FLOWS,
    SHORTAGE_WITH_PFC,
    SHORTAGE_WITHOUT,
    END
};

static_assert(END == PROFILE_SIZE, "a number has no place");

/// How far the smallest shared buffer on the route of a flow lies below the bandwidth-delay product, as logarithm.
double BufferShortage(const FlowFeatures& features, std::size_t flow)
{
    float smallest = 0;
    for (std::size_t hop = features.hopBegin[flow]; hop < features.hopBegin[flow + 1]; hop++)
    {
        smallest = std::min(smallest, features.hop[hop * HOP_INPUTS + LOG_POOL]); // 0 at hosts
    }
    return -static_cast<double>(smallest);
}

} // namespace

const char* ProfileName(std::size_t place)
{
    constexpr const char* OTHERS[] = {"mean slowdown by flowSim",
                                      "predicted mean slowdown",
                                      "predicted median of a flow",
                                      "predicted p99 of a flow over its median",
                                      "number of flows",
                                      "BDP over the smallest shared buffer, with PFC",
                                      "BDP over the smallest shared buffer, without PFC"};
    return place < FLOW_INPUTS  ? FLOW_INPUT_NAMES[place].text
           : place < FLUID_MEAN ? HOP_INPUT_NAMES[place - FLOW_INPUTS].text
                                : OTHERS[place - FLUID_MEAN];
}

void ProfileMeans::Add(const FlowFeatures& features,
                       const std::vector<float>& predicted,
                       const std::vector<double>& weights)
{
    constexpr double MEDIAN_LEVEL = 0.5;
    constexpr double TAIL_LEVEL = 0.99;
    for (std::size_t i = 0; i < features.Count(); i++)
    {
        const double weight = weights[i];
        m_weight += weight;
        for (std::size_t input = 0; input < FLOW_INPUTS; input++)
        {
            m_sums[input] += weight * static_cast<double>(features.flow[i * FLOW_INPUTS + input]);
        }
        for (std::size_t input = 0; input < HOP_INPUTS; input++)
        {
            float largest = features.hop[features.hopBegin[i] * std::size_t{HOP_INPUTS} + input];
            for (std::size_t hop = features.hopBegin[i] + 1; hop < features.hopBegin[i + 1]; hop++)
            {
                largest = std::max(largest, features.hop[hop * HOP_INPUTS + input]);
            }
            m_sums[FLOW_INPUTS + input] += weight * static_cast<double>(largest);
        }
        const bool pfc = features.flow[i * FLOW_INPUTS + HAS_PFC] > 0;
        m_sums[pfc ? SHORTAGE_WITH_PFC : SHORTAGE_WITHOUT] += weight * BufferShortage(features, i);
        const float* quantiles = &predicted[i * QUANTILES];
        double mean = 0;
        for (uint32_t k = 0; k < QUANTILES; k++)
        {
            mean += QuantileWeight(k) * static_cast<double>(quantiles[k]);
        }
        const double median = PredictedQuantile(quantiles, MEDIAN_LEVEL);
        m_sums[FLUID_MEAN] += weight * std::exp(static_cast<double>(features.flow[i * FLOW_INPUTS + LOG_FLUID]));
        m_sums[PREDICTED_MEAN] += weight * mean;
        m_sums[MEDIAN] += weight * std::log(median);
        m_sums[TAIL_OVER_MEDIAN] += weight * std::log(PredictedQuantile(quantiles, TAIL_LEVEL) / median);
    }
}

NetworkProfile ProfileMeans::Profile() const
{
    if (m_weight == 0)
    {
        return {};
    }
    NetworkProfile profile(PROFILE_SIZE);
    std::transform(m_sums.begin(),
                   m_sums.end(),
                   profile.begin(),
                   [&](double sum) { return static_cast<float>(sum / m_weight); });
    profile[FLUID_MEAN] = std::log(profile[FLUID_MEAN]);
    profile[PREDICTED_MEAN] = std::log(profile[PREDICTED_MEAN]);
    profile[FLOWS] = static_cast<float>(std::log(m_weight));
    return profile;
}

} // namespace ns3::m3
