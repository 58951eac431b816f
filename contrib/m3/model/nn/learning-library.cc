// SPDX-License-Identifier: GPL-2.0-only
#include "learning-library.h"

#include "ns3/m3-input-error.h"

#include <dlfcn.h>
#include <filesystem>
#include <fstream>

namespace ns3::m3
{

namespace
{

std::string LibraryFile()
{
    // it lies beside this one
    Dl_info self{};
    if (dladdr(reinterpret_cast<void*>(&LearningFunction), &self) == 0)
    {
        throw InputError("cannot find the folder of the m3 library");
    }
    return (std::filesystem::path(self.dli_fname).parent_path() / "libm3-learning.so").string();
}

} // namespace

void* LearningLibrary()
{
    void* library = dlopen(LibraryFile().c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library)
    {
        const std::string reason = dlerror();
        throw InputError("m3 estimates need the library m3-learning, which is built where LibTorch is installed (" +
                         reason + ")");
    }
    return library;
}

void* LearningFunction(const std::string& checkpoint, const char* function)
{
    if (!std::ifstream(checkpoint))
    {
        throw InputError(checkpoint, 0, "", "cannot be read; it should be a checkpoint that m3-train made");
    }
    void* library = LearningLibrary();
    void* found = dlsym(library, function);
    if (!found)
    {
        throw InputError(LibraryFile() + " is of another version of m3");
    }
    return found;
}

std::string ShippedModelFolder()
{
    return M3_SOURCE_MODEL_FOLDER;
}

} // namespace ns3::m3
