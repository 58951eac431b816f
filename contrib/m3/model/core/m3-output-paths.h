// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_OUTPUT_PATHS_H
#define M3_OUTPUT_PATHS_H

#include <filesystem>
#include <string>
#include <vector>

namespace ns3::m3
{

/// Makes a folder, and those around it, unless they are there. \throws InputError
void MakeFolder(const std::string& folder);

/**
 * \ingroup m3-core
 * Where a program will write, checked before its work: missing folders are made, and a file is written and removed.
 * When this object ends, the folders that it made go again unless something lies in them, so a program that stops with
 * an error leaves nothing behind.
 */
class OutputPaths
{
  public:
    OutputPaths() = default;
    ~OutputPaths();
    OutputPaths(const OutputPaths&) = delete;
    OutputPaths& operator=(const OutputPaths&) = delete;

    /// A folder that will get files; nothing for "". \throws InputError if it cannot be made or nothing can be written
    void AddFolder(const std::string& folder);

    /// A file that will be written or replaced; nothing for "". \throws InputError if that cannot be
    void AddFile(const std::string& file);

  private:
    void Make(const std::filesystem::path& folder);

    std::vector<std::filesystem::path> m_made; //!< folders, outer ones first
};

} // namespace ns3::m3

#endif // M3_OUTPUT_PATHS_H
