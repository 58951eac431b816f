// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PUBLISHED_MODEL_H
#define M3_PUBLISHED_MODEL_H

#include "model-shape.h"
#include "path-map-model.h"

#include "trainable-model.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace ns3::m3
{

struct PublishedCheckpoint;
struct LabelledPaths;

/**
 * \ingroup m3-nn
 * The network of the published m3 (Li et al., SIGCOMM 2024, section 3.4): a transformer (RMS norm, rotary positions,
 * causal attention, SwiGLU: Touvron et al. 2023) over the rows of the links, whose mean output joins the foreground row
 * in a perceptron. An empty size bucket is replaced by percentiles that are learned.
 */
class PublishedModel : public PathMapModel, public TrainableModel
{
  public:
    /// An untrained model. \throws InputError for a shape out of range
    PublishedModel(const PublishedModelShape& shape, uint64_t seed);

    /// \throws InputError as PathMapModel::Load
    explicit PublishedModel(const std::string& checkpoint);

    /// Reads a checkpoint of the published system, as ReadPublishedFiles. \throws InputError as that, or if one is
    /// missing
    static PublishedModel FromPublishedFiles(const std::string& transformerFile, const std::string& perceptronFile);

    ~PublishedModel() override;
    PublishedModel(PublishedModel&&) noexcept; //!< moves

    std::vector<float> Predict(const PathMaps& paths) override;
    std::string Description() const override;
    /**
     * One step of AdamW on a batch, none where the loss is not finite. Dropout draws from LibTorch's random numbers.
     * \param paths indices into the samples \return Loss() of the batch before the step \throws InputError for a
     * learning rate out of range
     */
    double TrainStep(const LabelledPaths& samples, const std::vector<uint32_t>& paths, double learningRate);

    /// Mean PercentileLoss() of all labels, 0 in a bucket without flows.
    double Loss(const LabelledPaths& samples, const std::vector<uint32_t>& paths);

    std::string Architecture() const; //!< layers and sizes, for Description()

    /**
     * Writes the checkpoint, whole or not at all.
     * \param withOptimizer so that training can go on from it
     * \throws InputError if it cannot be written, or weights are not finite
     */
    void Save(const std::string& checkpoint, bool withOptimizer) const;

  private:
    class Impl;
    explicit PublishedModel(const PublishedCheckpoint& checkpoint);
    void Build(const PublishedModelShape& shape);

    std::unique_ptr<Impl> m_impl;
};

} // namespace ns3::m3

#endif // M3_PUBLISHED_MODEL_H
