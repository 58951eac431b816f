#ifndef M3_BINARY_IO_H
#define M3_BINARY_IO_H

#include "ns3/input-error.h"

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <istream>
#include <ostream>
#include <string>
#include <vector>

namespace ns3::m3
{

/// Writes plain values as they lie in memory.
template <typename T>
void Put(std::ostream& out, const std::vector<T>& values)
{
    out.write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(T)));
}

/// Reads `count` values that Put wrote; the stream fails if there are fewer.
template <typename T>
void Get(std::istream& in, std::vector<T>& values, std::size_t count)
{
    values.resize(count);
    in.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(count * sizeof(T)));
}

/// Reads the header of a file, a struct that begins with `char magic[8]`. \throws InputError naming file and `what`
template <typename Header>
void GetHeader(std::istream& in, Header& header, const char (&magic)[8], const std::string& file, const char* what)
{
    if (!in)
    {
        throw InputError(file, 0, "", "cannot be read");
    }
    in.read(reinterpret_cast<char*>(&header), sizeof header);
    if (!in || std::memcmp(header.magic, magic, sizeof magic) != 0)
    {
        throw InputError(file, 0, "", what);
    }
}

/// \throws InputError unless the file has so many bytes
inline void ExpectSize(const std::string& file, std::uintmax_t bytes)
{
    if (std::filesystem::file_size(file) != bytes)
    {
        throw InputError(file, 0, "", "is damaged: its size is not what its header says");
    }
}

} // namespace ns3::m3

#endif // M3_BINARY_IO_H
