// SPDX-License-Identifier: GPL-2.0-only
// ReadPathMaps; what was read and written is the same file, byte by byte.
#include "whole-file.h"

#include "training/path-map-file.h"

namespace ns3::m3
{

bool FuzzOne(const uint8_t* data, std::size_t size)
{
    return IsWrittenAsRead(
        data,
        size,
        [](std::istream& in, const char* name) { return ReadPathMaps(in, name); },
        [](const auto& samples, const std::string& file) { WritePathMaps(samples, file); },
        "path-maps");
}

} // namespace ns3::m3
