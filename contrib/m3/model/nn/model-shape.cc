// SPDX-License-Identifier: GPL-2.0-only
#include "model-shape.h"

#include "ns3/m3-input-error.h"

#include <string>

namespace ns3::m3
{

namespace
{

constexpr uint32_t MAX_WIDTH = 1 << 16; // of any layer
constexpr uint32_t MAX_LAYERS = 32;
constexpr uint32_t MAX_EXPERTS = 8;

void CheckSize(const char* name, uint32_t value, uint32_t low, uint32_t high)
{
    if (value < low || value > high)
    {
        throw InputError(std::string(name) + " must be " + std::to_string(low) + " to " + std::to_string(high) +
                         ", is " + std::to_string(value));
    }
}

} // namespace

void CheckShape(const FlowModelShape& shape)
{
    if (shape.layers == 0 || shape.layers > MAX_LAYERS || shape.perceptrons > MAX_LAYERS)
    {
        throw InputError("layers must be 1 to " + std::to_string(MAX_LAYERS) + ", perceptrons 0 to " +
                         std::to_string(MAX_LAYERS));
    }
    CheckSize("width", shape.width, 1, MAX_WIDTH);
    CheckSize("hidden", shape.hidden, 1, MAX_WIDTH);
    CheckSize("experts", shape.experts, 1, MAX_EXPERTS);
    if (shape.heads == 0 || shape.width % shape.heads != 0)
    {
        throw InputError("width must be a multiple of the number of heads, " + std::to_string(shape.heads));
    }
}

void CheckShape(const PublishedModelShape& shape)
{
    CheckSize("layers", shape.layers, 1, MAX_LAYERS);
    CheckSize("width", shape.width, 1, MAX_WIDTH);
    CheckSize("hidden", shape.hidden, 1, MAX_WIDTH);
    CheckSize("perceptron", shape.perceptron, 1, MAX_WIDTH);
    if (shape.heads == 0 || shape.width % (2 * uint64_t{shape.heads}) != 0)
    {
        throw InputError("width must be a multiple of twice the number of heads, 2 x " + std::to_string(shape.heads));
    }
}

} // namespace ns3::m3
