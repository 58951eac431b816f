// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_MODEL_SHAPE_H
#define M3_MODEL_SHAPE_H

#include <cstdint>

namespace ns3::m3
{

/// \ingroup m3-nn
/// Size of the network of a FlowModel.
struct FlowModelShape
{
    uint32_t width = 64;      //!< Numbers per token, at most 65536.
    uint32_t perceptrons = 1; //!< Perceptrons on each hop alone, before attention; at most 32.
    uint32_t layers = 1;      //!< Layers of attention over the flow and its hops, 1 to 32.
    uint32_t heads = 4;       //!< Heads of attention; divides width.
    uint32_t hidden = 128;    //!< Width of the last perceptron, at most 65536.
    uint32_t experts = 1;     //!< Networks of these sizes whose answers a gate weighs, 1 to 8; 1: no gate.
};

/// \ingroup m3-nn
/// Size of the network of a PublishedModel; the defaults are those of the published checkpoint.
struct PublishedModelShape
{
    uint32_t width = 576;      //!< Numbers per token, at most 65536, as the other widths.
    uint32_t hidden = 1536;    //!< Width of the perceptron of a block.
    uint32_t layers = 4;       //!< Blocks, 1 to 32.
    uint32_t heads = 4;        //!< Heads of attention; divides width, into an even part.
    uint32_t perceptron = 512; //!< Width of the last perceptron.
};

/// \throws InputError unless a network of this shape can be built
void CheckShape(const FlowModelShape& shape);
void CheckShape(const PublishedModelShape& shape); //!< the same

} // namespace ns3::m3

#endif // M3_MODEL_SHAPE_H
