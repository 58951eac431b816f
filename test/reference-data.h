// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_TEST_REFERENCE_DATA_H
#define M3_TEST_REFERENCE_DATA_H

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

/**
 * Entries of a folder of the published reference data, sorted. Where the data are not set there are none, and the test
 * counts as skipped.
 */
inline std::vector<std::filesystem::path> ReferenceEntries(const std::string& folder)
{
    std::vector<std::filesystem::path> entries;
    const char* root = std::getenv("M3_REFERENCE_DATA");
    if (!root)
    {
        const auto skip = [&]
        { GTEST_SKIP() << "M3_REFERENCE_DATA is not set: nothing is compared with the published outputs " << folder; };
        skip();
        return entries;
    }
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(root) / folder))
    {
        entries.push_back(entry.path());
    }
    EXPECT_FALSE(entries.empty()) << folder << " of the reference data is empty";
    std::sort(entries.begin(), entries.end());
    return entries;
}

#endif // M3_TEST_REFERENCE_DATA_H
