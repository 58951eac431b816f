// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FUZZ_WHOLE_FILE_H
#define M3_FUZZ_WHOLE_FILE_H

#include "fuzz.h"
#include "mended.h"

#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace ns3::m3
{

/**
 * Reads bytes as a file of parts, and writes what was read: the file is the same, byte by byte.
 * \param read reads a stream, which has a name for messages \param write writes what it returned to a file
 * \param name of the file that is written
 */
template <typename Read, typename Write>
bool IsWrittenAsRead(const uint8_t* data, std::size_t size, Read read, Write write, const char* name)
{
    const auto taken = [&](const std::string& bytes)
    {
        return IsRead(
            [&]
            {
                std::istringstream in(bytes);
                const auto samples = read(in, "input");
                const std::string written = OutputFolder() / name;
                write(samples, written);
                std::ifstream stream(written, std::ios::binary);
                const std::string again{std::istreambuf_iterator<char>(stream), {}};
                Require(again == bytes, "what is written is the file that was read");
            });
    };
    return IsTakenOrMended(TextOf(data, size), taken);
}

} // namespace ns3::m3

#endif // M3_FUZZ_WHOLE_FILE_H
