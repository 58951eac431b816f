// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_TEST_INPUT_FILE_H
#define M3_TEST_INPUT_FILE_H

#include "temporary-folder.h"

#include "ns3/m3-input-error.h"

#include <filesystem>
#include <fstream>
#include <string>

namespace ns3::m3
{

/// Writes a file of the test's own folder. \return its full name
inline std::string WriteInput(const std::string& name, const std::string& text)
{
    const std::filesystem::path file = TemporaryFolder() / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    return file.string();
}

/// The message of the InputError that `run` throws, without the test's folder; "" if it throws none.
template <typename Run>
std::string InputErrorOf(Run run)
{
    std::string text;
    try
    {
        run();
    }
    catch (const InputError& error)
    {
        text = error.what();
    }
    const std::string folder = TemporaryFolder().string() + "/";
    for (std::size_t at = text.find(folder); at != std::string::npos; at = text.find(folder))
    {
        text.erase(at, folder.size());
    }
    return text;
}

} // namespace ns3::m3

#endif // M3_TEST_INPUT_FILE_H
