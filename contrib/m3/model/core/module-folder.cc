// SPDX-License-Identifier: GPL-2.0-only
#include "module-folder.h"

#include "ns3/m3-input-error.h"

#include <dlfcn.h>
#include <filesystem>

namespace ns3::m3
{

std::string LibraryFolder()
{
    Dl_info self{};
    if (dladdr(reinterpret_cast<void*>(&LibraryFolder), &self) == 0)
    {
        throw InputError("cannot find the folder of the m3 library");
    }
    return std::filesystem::path(self.dli_fname).parent_path().string();
}

std::string ModuleFolder()
{
    const std::filesystem::path installed =
        (std::filesystem::path(LibraryFolder()) / M3_FOLDER_FROM_LIBRARY).lexically_normal();
    std::error_code ignored;
    return std::filesystem::is_directory(installed / "traces", ignored) ? installed.string() : M3_SOURCE_FOLDER;
}

} // namespace ns3::m3
