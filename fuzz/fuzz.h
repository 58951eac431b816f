// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FUZZ_H
#define M3_FUZZ_H

#include "ns3/m3-input-error.h"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

namespace ns3::m3
{

/**
 * What each fuzz/<reader>-fuzz.cc defines: reads the input by its reader. An input gives a value or an InputError;
 * anything else, another exception included, is a finding. \return whether the reader took it
 */
bool FuzzOne(const uint8_t* data, std::size_t size);

/// Ends the process with a message where something does not hold; both libFuzzer and the replay see it.
inline void Require(bool holds, const char* what)
{
    if (!holds)
    {
        std::fprintf(stderr, "does not hold: %s\n", what);
        std::abort();
    }
}

/// Calls `read`. \return whether it gave a value, not an InputError, whose text must be one line
template <typename Read>
bool IsRead(Read read)
{
    try
    {
        read();
        return true;
    }
    catch (const InputError& error)
    {
        const std::string_view text = error.what();
        Require(!text.empty() && text.find('\n') == std::string_view::npos, "an InputError is one line");
        return false;
    }
}

/// A file in memory for readers that take a name; the same file for each input, of this process alone.
class InputFile
{
  public:
    InputFile();
    ~InputFile();
    InputFile(const InputFile&) = delete;
    InputFile& operator=(const InputFile&) = delete;

    /// Makes the bytes its content. \return its name
    const std::string& With(const uint8_t* data, std::size_t size) const;

    /// Makes the text its content. \return its name
    const std::string& With(std::string_view text) const
    {
        return With(reinterpret_cast<const uint8_t*>(text.data()), text.size());
    }

  private:
    int m_descriptor;
    std::string m_name;
};

/// A folder of this process alone that goes with it, for writers, which write beside and rename.
const std::filesystem::path& OutputFolder();

/// The input as text.
inline std::string_view TextOf(const uint8_t* data, std::size_t size)
{
    return {reinterpret_cast<const char*>(data), size};
}

} // namespace ns3::m3

#endif // M3_FUZZ_H
