// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FUZZ_MENDED_H
#define M3_FUZZ_MENDED_H

#include "core/parts-file.h"

#include <cstring>
#include <string>
#include <string_view>

namespace ns3::m3
{

/**
 * A file of parts (docs/file-formats.md) with the length and the checksums that it should have, as somebody who wants
 * to harm would write it: behind these, readers must check all the rest. Other bytes are left as they are.
 */
inline std::string WithMendedChecksums(std::string_view file)
{
    constexpr std::size_t PARTS = 12;
    constexpr std::size_t LENGTH = 16;
    constexpr std::size_t CHECKSUM = 52;
    constexpr std::size_t HEADER = 56;
    constexpr std::size_t ENTRY = 88;
    constexpr uint64_t WIDTHS[] = {0, 1, 4, 8, 4, 8}; // of a value, by type
    std::string bytes(file);
    if (bytes.size() < HEADER)
    {
        return bytes;
    }
    const auto get = [&bytes](std::size_t at, auto value)
    {
        std::memcpy(&value, &bytes[at], sizeof value);
        return value;
    };
    const auto set = [&bytes](std::size_t at, auto value) { std::memcpy(&bytes[at], &value, sizeof value); };
    set(LENGTH, uint64_t{bytes.size()});
    const uint64_t directory = uint64_t{get(PARTS, uint32_t{})} * ENTRY;
    if (directory > bytes.size() - HEADER)
    {
        return bytes;
    }
    std::size_t begin = HEADER + directory;
    for (std::size_t entry = HEADER; entry < HEADER + directory; entry += ENTRY)
    {
        const auto type = get(entry + 64, uint32_t{});
        const uint64_t rows = get(entry + 72, uint64_t{});
        const uint64_t columns = get(entry + 80, uint64_t{});
        const uint64_t left = bytes.size() - begin;
        const uint64_t width = type < std::size(WIDTHS) ? WIDTHS[type] : 0;
        if (width == 0 || rows > left || columns > left || rows * columns > left / width)
        {
            break;
        }
        const std::size_t size = rows * columns * width;
        set(entry + 68, ChecksumOf(bytes.data() + begin, size));
        begin += size;
    }
    const std::string checked = bytes.substr(0, CHECKSUM) + bytes.substr(HEADER, directory);
    set(CHECKSUM, ChecksumOf(checked.data(), checked.size()));
    return bytes;
}

/// Calls `isTaken` with the input and, where that is another one, with the input behind right checksums. \return
/// whether it took one of them
template <typename IsTaken>
bool IsTakenOrMended(std::string_view file, IsTaken isTaken)
{
    const std::string mended = WithMendedChecksums(file);
    const bool asItIs = isTaken(std::string(file));
    return (mended != file && isTaken(mended)) || asItIs;
}

} // namespace ns3::m3

#endif // M3_FUZZ_MENDED_H
