#include "correction-model.h"

#include "ns3/input-error.h"

#include <cstdlib>
#include <dlfcn.h>
#include <filesystem>
#include <fstream>

namespace ns3::m3
{

std::unique_ptr<CorrectionModel> CorrectionModel::Load(const std::string& checkpoint)
{
    if (!std::ifstream(checkpoint))
    {
        throw InputError(checkpoint, 0, "", "cannot be read; it should be a checkpoint that m3-train made");
    }
    // the library lies beside this one
    Dl_info self{};
    if (dladdr(reinterpret_cast<void*>(&CorrectionModel::ShippedCheckpoint), &self) == 0)
    {
        throw InputError("cannot find the folder of the m3 library");
    }
    const std::string file = (std::filesystem::path(self.dli_fname).parent_path() / "libm3-learning.so").string();
    void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library)
    {
        const std::string reason = dlerror();
        throw InputError("m3 estimates need the library m3-learning, which is built where LibTorch is installed (" +
                         reason + ")");
    }
    using LoadFunction = CorrectionModel* (*)(const char*);
    const auto load = reinterpret_cast<LoadFunction>(dlsym(library, "M3LoadCorrectionModel"));
    if (!load)
    {
        throw InputError(file + " is of another version of m3");
    }
    return std::unique_ptr<CorrectionModel>(load(checkpoint.c_str()));
}

std::string CorrectionModel::ShippedCheckpoint(Scope scope)
{
    const std::string folder = M3_SOURCE_MODEL_FOLDER;
    if (scope == Scope::PATHS)
    {
        return folder + "/path-model.pt";
    }
    const char* file = std::getenv("M3_MODEL");
    return file ? file : folder + "/flow-model.pt";
}

} // namespace ns3::m3
