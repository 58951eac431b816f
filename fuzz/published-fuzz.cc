// SPDX-License-Identifier: GPL-2.0-only
// ReadPublishedFiles; the input is the length of the first file, 4 bytes, then both files. What it takes is written as
// a checkpoint and read again.
#include "fuzz.h"

#include "nn/model-checkpoint.h"

#include <algorithm>
#include <cstring>
#include <sstream>

namespace ns3::m3
{

bool FuzzOne(const uint8_t* data, std::size_t size)
{
    uint32_t length = 0;
    const std::size_t prefix = std::min(size, sizeof length);
    std::memcpy(&length, data, prefix);
    const std::string_view files = TextOf(data + prefix, size - prefix);
    const std::size_t first = std::min<std::size_t>(length, files.size());
    return IsRead(
        [&]
        {
            std::istringstream transformer(std::string(files.substr(0, first)));
            std::istringstream perceptron(std::string(files.substr(first)));
            const std::string bytes =
                CheckpointBytes(ReadPublishedFiles(transformer, "transformer", perceptron, "perceptron"));
            std::istringstream in(bytes);
            Require(CheckpointBytes(ReadPublishedCheckpoint(in, "checkpoint")) == bytes,
                    "a published checkpoint is read again as it was written");
        });
}

} // namespace ns3::m3
