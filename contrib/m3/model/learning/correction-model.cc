#include "correction-model.h"

#include "learning-library.h"

#include <cstdlib>

namespace ns3::m3
{

std::unique_ptr<CorrectionModel> CorrectionModel::Load(const std::string& checkpoint)
{
    using LoadFunction = CorrectionModel* (*)(const char*);
    const auto load = reinterpret_cast<LoadFunction>(LearningFunction(checkpoint, "M3LoadCorrectionModel"));
    return std::unique_ptr<CorrectionModel>(load(checkpoint.c_str()));
}

std::string CorrectionModel::ShippedCheckpoint(Scope scope)
{
    if (scope == Scope::PATHS)
    {
        return ShippedModelFolder() + "/path-model.pt";
    }
    const char* file = std::getenv("M3_MODEL");
    return file ? file : ShippedModelFolder() + "/flow-model.pt";
}

} // namespace ns3::m3
