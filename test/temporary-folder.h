// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_TEST_TEMPORARY_FOLDER_H
#define M3_TEST_TEMPORARY_FOLDER_H

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <unistd.h>

namespace ns3::m3
{

/// A folder of this process alone, since tests run side by side; it goes with the process.
inline const std::filesystem::path& TemporaryFolder()
{
    struct Folder
    {
        pid_t owner = getpid(); // not a process that a death test forks
        std::filesystem::path path = std::filesystem::path(::testing::TempDir()) / ("m3-test-" + std::to_string(owner));

        Folder()
        {
            std::filesystem::create_directories(path);
        }

        ~Folder()
        {
            if (getpid() == owner)
            {
                std::error_code ignored;
                std::filesystem::remove_all(path, ignored);
            }
        }
    };

    static const Folder folder;
    return folder.path;
}

} // namespace ns3::m3

#endif // M3_TEST_TEMPORARY_FOLDER_H
