// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-output-paths.h"

#include "ns3/m3-input-error.h"
#include "ns3/m3-text-file.h"

#include <fstream>
#include <unistd.h>

namespace ns3::m3
{

namespace
{

namespace fs = std::filesystem;

/// Whether a byte can be written to a new file, which is removed again.
bool CanWrite(const fs::path& file)
{
    std::ofstream stream(file, std::ios::binary);
    stream << '\n';
    stream.close();
    const bool written = stream.good();
    std::error_code ignored;
    fs::remove(file, ignored);
    return written;
}

} // namespace

void MakeFolder(const std::string& folder)
{
    std::error_code error;
    fs::create_directories(folder, error);
    if (error || !fs::is_directory(folder, error))
    {
        throw InputError(folder, 0, "", "cannot be made a folder" + (error ? ": " + error.message() : ""));
    }
}

OutputPaths::~OutputPaths()
{
    std::error_code ignored;
    for (auto folder = m_made.rbegin(); folder != m_made.rend(); ++folder)
    {
        fs::remove(*folder, ignored); // not if it holds something
    }
}

void OutputPaths::Make(const fs::path& folder)
{
    std::vector<fs::path> missing; // inner ones first
    std::error_code error;
    for (fs::path path = folder; !path.empty() && !fs::exists(path, error) && path != path.parent_path();
         path = path.parent_path())
    {
        missing.push_back(path);
    }
    m_made.insert(m_made.end(), missing.rbegin(), missing.rend());
    MakeFolder(folder.string());
}

void OutputPaths::AddFolder(const std::string& folder)
{
    if (folder.empty())
    {
        return;
    }
    Make(folder);
    if (!CanWrite(fs::path(folder) / ("m3" + std::string(TEMPORARY_EXTENSION) + std::to_string(getpid()))))
    {
        throw InputError(folder, 0, "", "is a folder in which nothing can be written");
    }
}

void OutputPaths::AddFile(const std::string& file)
{
    if (file.empty())
    {
        return;
    }
    std::error_code error;
    if (fs::is_directory(file, error))
    {
        throw InputError(file, 0, "", "cannot be written: it is a folder");
    }
    if (IsWrittenInPlace(file))
    {
        if (access(file.c_str(), W_OK) != 0)
        {
            throw InputError(file, 0, "", "cannot be written");
        }
        return;
    }
    const fs::path folder = fs::path(file).parent_path();
    if (!folder.empty())
    {
        Make(folder);
    }
    if (!CanWrite(file + TEMPORARY_EXTENSION + std::to_string(getpid())))
    {
        throw InputError(file, 0, "", "cannot be written");
    }
}

} // namespace ns3::m3
