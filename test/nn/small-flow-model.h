// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_SMALL_FLOW_MODEL_H
#define M3_SMALL_FLOW_MODEL_H

#include "core/random-stream.h"
#include "features/feature-schema.h"
#include "features/flow-features.h"
#include "nn/model-shape.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ns3::m3
{

/// Inputs drawn from 0 to `largest`, at most 1; flow i has 1 + i % 3 links.
inline FlowFeatures DrawFeatures(uint32_t flows, double largest, uint64_t seed)
{
    RandomStream random(seed);
    FlowFeatures features;
    features.hopBegin.push_back(0);
    for (uint32_t i = 0; i < flows; i++)
    {
        features.hopBegin.push_back(features.hopBegin.back() + 1 + i % 3);
    }
    const auto draw = [&](std::vector<float>& to, std::size_t count)
    {
        for (std::size_t k = 0; k < count; k++)
        {
            to.push_back(static_cast<float>(largest * random.Uniform()));
        }
    };
    draw(features.flow, std::size_t{flows} * FLOW_INPUTS);
    draw(features.hop, std::size_t{features.hopBegin.back()} * HOP_INPUTS);
    return features;
}

/// A network that is built and trained in no time.
inline FlowModelShape Small()
{
    FlowModelShape shape;
    shape.width = 8;
    shape.heads = 2;
    shape.hidden = 8;
    return shape;
}

} // namespace ns3::m3

#endif // M3_SMALL_FLOW_MODEL_H
