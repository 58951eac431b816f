// SPDX-License-Identifier: GPL-2.0-only
// Checkpoints of the published system.
#include "model-checkpoint.h"

#include "features/path-maps.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace ns3::m3
{

namespace
{

constexpr int32_t PUBLISHED_INPUTS = MAP_ROW_INPUTS + PATH_PARAMETERS;

/// The numbers of a file of the published system.
class PublishedFile
{
  public:
    PublishedFile(std::istream& in, const std::string& name)
        : m_in(in),
          m_name(name)
    {
    }

    template <std::size_t N>
    std::array<int32_t, N> Header()
    {
        std::array<int32_t, N> values{};
        const std::string bytes = ReadBytes(m_in, sizeof values);
        if (bytes.size() < sizeof values)
        {
            Refuse("its header is cut off");
        }
        std::memcpy(values.data(), bytes.data(), sizeof values);
        return values;
    }

    /// Reads the rest of the file, which must be this number of floats.
    void ReadFloats(uint64_t count)
    {
        m_bytes = ReadBytes(m_in, count * sizeof(float));
        if (m_bytes.size() != count * sizeof(float) || m_in.peek() != std::istream::traits_type::eof())
        {
            Refuse("its length is not what its header says");
        }
    }

    std::vector<float> Take(uint64_t count)
    {
        std::vector<float> values(count);
        std::memcpy(values.data(), &m_bytes[m_at], count * sizeof(float));
        m_at += count * sizeof(float);
        if (!std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); }))
        {
            Refuse("its numbers are not finite");
        }
        return values;
    }

    void Skip(uint64_t count)
    {
        m_at += count * sizeof(float);
    }

    [[noreturn]] void Refuse(const std::string& why) const
    {
        throw InputError(m_name, 0, "", "is no checkpoint of the published m3, or damaged: " + why);
    }

  private:
    std::istream& m_in;
    std::string m_name;
    std::string m_bytes;
    std::size_t m_at = 0;
};

void TakeTransformer(PublishedFile& file, const PublishedModelShape& shape, int32_t tokens, Weights& weights)
{
    const uint64_t width = shape.width;
    const uint64_t square = width * width;
    const uint64_t wide = width * shape.hidden;
    const uint64_t rotary = tokens * (width / shape.heads); // cosines and sines, which follow from the position
    // every size is below 2^16: no sum here overflows
    file.ReadFloats((PUBLISHED_INPUTS + 1) * width + shape.layers * (4 * square + 3 * wide + 2 * width) + width +
                    rotary + square);
    weights["embedding.weight"] = file.Take(PUBLISHED_INPUTS * width);
    weights["embedding.bias"] = file.Take(width);
    const std::pair<const char*, uint64_t> parts[] = {{".attention_norm.weight", width},
                                                      {".wq.weight", square},
                                                      {".wk.weight", square},
                                                      {".wv.weight", square},
                                                      {".wo.weight", square},
                                                      {".perceptron_norm.weight", width},
                                                      {".w1.weight", wide},
                                                      {".w2.weight", wide},
                                                      {".w3.weight", wide}};
    for (const auto& [name, count] : parts)
    {
        for (uint32_t layer = 0; layer < shape.layers; layer++)
        {
            weights["block" + std::to_string(layer) + name] = file.Take(count);
        }
    }
    weights["norm.weight"] = file.Take(width);
    file.Skip(rotary);
    weights["context.weight"] = file.Take(square);
}

} // namespace

PublishedCheckpoint ReadPublishedFiles(std::istream& transformer,
                                       const std::string& transformerName,
                                       std::istream& perceptron,
                                       const std::string& perceptronName)
{
    constexpr int32_t MAX_SIDE = (1 << 16) - 1;
    PublishedFile first(transformer, transformerName);
    // width, hidden, layers, heads, heads of keys, minus inputs, tokens at most
    const auto header = first.Header<7>();
    const auto [width, hidden, layers, heads, keyHeads, inputs, tokens] = header;
    const bool positive =
        std::all_of(header.begin(), header.begin() + 5, [](int32_t value) { return value > 0 && value <= MAX_SIDE; });
    if (!positive || keyHeads != heads || inputs != -PUBLISHED_INPUTS || tokens < 1 || tokens > MAX_SIDE)
    {
        first.Refuse("its header cannot be");
    }
    PublishedFile second(perceptron, perceptronName);
    // inputs, hidden, hidden, outputs, percentiles
    const auto sizes = second.Header<5>();
    if (sizes[0] != PUBLISHED_INPUTS + width || sizes[1] <= 0 || sizes[1] > MAX_SIDE || sizes[2] != sizes[1] ||
        sizes[3] != static_cast<int32_t>(PATH_LABELS) || sizes[4] != static_cast<int32_t>(MAP_PERCENTILES))
    {
        second.Refuse("its header cannot be, or does not fit " + transformerName);
    }
    PublishedCheckpoint checkpoint;
    PublishedModelShape& shape = checkpoint.shape;
    shape.width = static_cast<uint32_t>(width);
    shape.hidden = static_cast<uint32_t>(hidden);
    shape.layers = static_cast<uint32_t>(layers);
    shape.heads = static_cast<uint32_t>(heads);
    shape.perceptron = static_cast<uint32_t>(sizes[1]);
    try
    {
        CheckShape(shape);
    }
    catch (const InputError& error)
    {
        first.Refuse(error.what());
    }
    Weights& weights = checkpoint.network.weights;
    TakeTransformer(first, shape, tokens, weights);
    const uint64_t in = PUBLISHED_INPUTS + uint64_t{shape.width};
    const uint64_t middle = shape.perceptron;
    second.ReadFloats(in * middle + middle + middle * middle + middle + middle * PATH_LABELS + PATH_LABELS +
                      MAP_PERCENTILES);
    weights["perceptron1.weight"] = second.Take(in * middle);
    weights["perceptron1.bias"] = second.Take(middle);
    weights["perceptron2.weight"] = second.Take(middle * middle);
    weights["perceptron2.bias"] = second.Take(middle);
    weights["perceptron3.weight"] = second.Take(middle * PATH_LABELS);
    weights["perceptron3.bias"] = second.Take(PATH_LABELS);
    weights["of_empty_bucket"] = second.Take(MAP_PERCENTILES);
    checkpoint.network.description = "published checkpoint " + transformerName + ", " + perceptronName;
    return checkpoint;
}

} // namespace ns3::m3
