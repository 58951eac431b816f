// PublishedModel::FromPublishedFiles; the input is the length of the first file, 4 bytes, then both files. What it
// takes predicts, and is written and read again.
#include "fuzz.h"

#include "ns3/published-model.h"

#include <algorithm>
#include <cstring>

namespace ns3::m3
{

bool FuzzOne(const uint8_t* data, std::size_t size)
{
    static const InputFile transformer;
    static const InputFile perceptron;
    uint32_t length = 0;
    std::memcpy(&length, data, std::min(size, sizeof length));
    const uint8_t* const begin = data + std::min(size, sizeof length);
    const std::size_t rest = data + size - begin;
    const std::size_t first = std::min<std::size_t>(length, rest);
    return IsRead(
        [&]
        {
            const PublishedModel model =
                PublishedModel::FromPublishedFiles(transformer.With(begin, first),
                                                   perceptron.With(begin + first, rest - first));
            Require(!model.Architecture().empty(), "a model says what it is");
        });
}

} // namespace ns3::m3
