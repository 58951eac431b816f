#include "correction-model.h"

#include "learning-library.h"

#include <cstdlib>

namespace ns3::m3
{

double PredictedQuantile(const float* predicted, double level)
{
    if (level <= QuantileLevel(0))
    {
        return predicted[0];
    }
    for (uint32_t i = 1; i < QUANTILES; i++)
    {
        if (level <= QuantileLevel(i))
        {
            const double share = (level - QuantileLevel(i - 1)) / (QuantileLevel(i) - QuantileLevel(i - 1));
            return predicted[i - 1] + share * (predicted[i] - predicted[i - 1]);
        }
    }
    return predicted[QUANTILES - 1];
}

std::unique_ptr<CorrectionModel> CorrectionModel::Load(const std::string& checkpoint)
{
    using LoadFunction = CorrectionModel* (*)(const char*);
    const auto load = reinterpret_cast<LoadFunction>(LearningFunction(checkpoint, "M3LoadCorrectionModel"));
    return std::unique_ptr<CorrectionModel>(load(checkpoint.c_str()));
}

std::future<void> CorrectionModel::LoadLibraryAhead()
{
    return std::async(std::launch::async, [] { LearningLibrary(); });
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
