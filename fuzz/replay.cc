// SPDX-License-Identifier: GPL-2.0-only
/**
 * Reads every file of a corpus once, as libFuzzer would, in any build: the tests of ./ns3 test. Fails if there is no
 * file, if none of them or all of them are refused (the reader or the corpus is then not what it was), and where one
 * asks for more memory than any input of a few kilobytes can need.
 */
#include "fuzz.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <new>
#include <vector>

namespace
{

constexpr std::size_t LARGEST_ALLOCATION = 256 << 20;

} // namespace

void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept
{
    return bytes <= LARGEST_ALLOCATION ? std::malloc(std::max<std::size_t>(1, bytes)) : nullptr;
}

void* operator new(std::size_t bytes)
{
    void* memory = operator new(bytes, std::nothrow);
    if (!memory)
    {
        throw std::bad_alloc();
    }
    return memory;
}

void operator delete(void* memory) noexcept
{
    std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept
{
    std::free(memory);
}

int main(int argc, char* argv[])
{
    if (argc != 2 || !std::filesystem::is_directory(argv[1]))
    {
        std::fprintf(stderr, "needs the folder of a corpus\n");
        return 1;
    }
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(argv[1]))
    {
        files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    std::size_t taken = 0;
    for (const auto& file : files)
    {
        std::ifstream stream(file, std::ios::binary);
        const std::vector<char> bytes{std::istreambuf_iterator<char>(stream), {}};
        std::fprintf(stderr, "%s ...", file.filename().c_str());
        const bool took = ns3::m3::FuzzOne(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
        std::fprintf(stderr, "%s\n", took ? " taken" : " refused");
        taken += took;
    }
    std::fprintf(stderr, "%zu files, %zu taken\n", files.size(), taken);
    return taken > 0 && taken < files.size() ? 0 : 1;
}
