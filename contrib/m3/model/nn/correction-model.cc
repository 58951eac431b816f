// SPDX-License-Identifier: GPL-2.0-only
#include "correction-model.h"

#include "learning-library.h"

#include "ns3/m3-input-error.h"

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

void CorrectionModel::RequireScope(Scope scope, const std::string& file) const
{
    const bool ofPaths = TrainedScope() == Scope::PATHS;
    if (ofPaths != (scope == Scope::PATHS))
    {
        throw InputError(file,
                         0,
                         "",
                         std::string("is a model of the scope ") + (ofPaths ? "paths" : "network (and windows)") +
                             ", not of " + (ofPaths ? "network or windows" : "paths") +
                             ": give another checkpoint or scope");
    }
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
