// SPDX-License-Identifier: GPL-2.0-only
#include "path-map-model.h"

#include "learning-library.h"

namespace ns3::m3
{

std::unique_ptr<PathMapModel> PathMapModel::Load(const std::string& checkpoint)
{
    using LoadFunction = PathMapModel* (*)(const char*);
    const auto load = reinterpret_cast<LoadFunction>(LearningFunction(checkpoint, "M3LoadPathMapModel"));
    return std::unique_ptr<PathMapModel>(load(checkpoint.c_str()));
}

std::string PathMapModel::ShippedCheckpoint()
{
    return ShippedModelFolder() + "/published-model.pt";
}

} // namespace ns3::m3
