#ifndef M3_TEST_REFERENCE_DATA_H
#define M3_TEST_REFERENCE_DATA_H

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

/// Entries of a folder of the published reference data, sorted; empty, with one line said, where the data are not set.
inline std::vector<std::filesystem::path> ReferenceEntries(const std::string& folder)
{
    std::vector<std::filesystem::path> entries;
    const char* root = std::getenv("M3_REFERENCE_DATA");
    if (!root)
    {
        std::cout << "M3_REFERENCE_DATA is not set: " << folder << " is not compared with the published outputs\n";
        return entries;
    }
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(root) / folder))
    {
        entries.push_back(entry.path());
    }
    std::sort(entries.begin(), entries.end());
    return entries;
}

#endif // M3_TEST_REFERENCE_DATA_H
