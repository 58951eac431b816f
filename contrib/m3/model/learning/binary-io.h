#ifndef M3_BINARY_IO_H
#define M3_BINARY_IO_H

#include <istream>
#include <ostream>
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

} // namespace ns3::m3

#endif // M3_BINARY_IO_H
