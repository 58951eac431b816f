// SPDX-License-Identifier: GPL-2.0-only
#include "learning-library.h"

#include "core/module-folder.h"
#include "ns3/m3-input-error.h"

#include <dlfcn.h>
#include <fstream>

namespace ns3::m3
{

namespace
{

std::string LibraryFile()
{
    return LibraryFolder() + "/libm3-learning.so"; // beside this one
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
    return ModuleFolder() + "/models";
}

} // namespace ns3::m3
