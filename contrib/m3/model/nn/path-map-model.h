// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PATH_MAP_MODEL_H
#define M3_PATH_MAP_MODEL_H

#include <memory>
#include <string>
#include <vector>

namespace ns3::m3
{

struct PathMaps;

/**
 * \ingroup m3-nn
 * A trained model of the published method (Li et al., SIGCOMM 2024, section 3): percentile maps of a path's flows in
 * flowSim in, percentiles of its foreground flows' slowdowns out. The baseline beside CorrectionModel.
 */
class PathMapModel
{
  public:
    virtual ~PathMapModel() = default;

    /// \return [paths][LABEL_BUCKETS][MAP_PERCENTILES]: slowdowns as the network gives them, neither bounded nor sorted
    virtual std::vector<float> Predict(const PathMaps& paths) = 0;

    /// One line: architecture, training data and seed, from the checkpoint.
    virtual std::string Description() const = 0;

    /**
     * Loads a checkpoint file.
     * \throws InputError if the file is missing, damaged or of another version, or if the library m3-learning is not
     * there
     */
    static std::unique_ptr<PathMapModel> Load(const std::string& checkpoint);

    /// The checkpoint that the module ships.
    static std::string ShippedCheckpoint();
};

} // namespace ns3::m3

#endif // M3_PATH_MAP_MODEL_H
