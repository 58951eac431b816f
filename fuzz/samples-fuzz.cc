// SPDX-License-Identifier: GPL-2.0-only
// ReadSamples; what was read and written is the same file, byte by byte.
#include "whole-file.h"

#include "training/sample-file.h"

namespace ns3::m3
{

bool FuzzOne(const uint8_t* data, std::size_t size)
{
    return IsWrittenAsRead(
        data,
        size,
        [](std::istream& in, const char* name) { return ReadSamples(in, name); },
        [](const auto& samples, const std::string& file) { WriteSamples(samples, file); },
        "samples");
}

} // namespace ns3::m3
