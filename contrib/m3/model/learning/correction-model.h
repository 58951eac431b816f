#ifndef M3_CORRECTION_MODEL_H
#define M3_CORRECTION_MODEL_H

#include "feature-map.h"

#include <memory>
#include <string>
#include <vector>

namespace ns3::m3
{

/**
 * A trained model that turns flowSim's view of a path into packet-level slowdown quantiles. LibTorch stays behind this
 * interface: libm3 loads the library m3-learning at the first Load(), so programs that do not estimate start without
 * it.
 */
class CorrectionModel
{
  public:
    virtual ~CorrectionModel() = default;

    /// \param paths feature maps of any path lengths \return one prediction per path, in the same order
    virtual std::vector<PathPrediction> Predict(const std::vector<FeatureMap>& paths) = 0;

    /// One line: architecture, training data and seed, from the checkpoint.
    virtual std::string Description() const = 0;

    /**
     * Loads a checkpoint file.
     * \throws InputError if the file is missing, damaged, of another version or made for other features, or if the
     * library m3-learning is not there
     */
    static std::unique_ptr<CorrectionModel> Load(const std::string& checkpoint);
};

} // namespace ns3::m3

#endif // M3_CORRECTION_MODEL_H
