// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PUBLISHED_MODEL_H
#define M3_PUBLISHED_MODEL_H

#include "path-map-model.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace ns3::m3
{

struct PublishedCheckpoint;
struct TrainingState;

/// Size of the network of a PublishedModel; the defaults are those of the published checkpoint.
struct PublishedModelShape
{
    uint32_t width = 576;      //!< of a token, at most 65536, as the other widths
    uint32_t hidden = 1536;    //!< of the perceptron of a block
    uint32_t layers = 4;       //!< blocks, 1 to 32
    uint32_t heads = 4;        //!< divides width, into an even part
    uint32_t perceptron = 512; //!< of the last perceptron
};

/// Foreground flows of a size bucket from which its percentiles are learned; the published system has thousands.
inline constexpr uint32_t FEWEST_LABEL_FLOWS = 10;

/**
 * The network of the published m3 (Li et al., SIGCOMM 2024, section 3.4): a transformer (RMS norm, rotary positions,
 * causal attention, SwiGLU: Touvron et al. 2023) over the rows of the links, whose mean output joins the foreground row
 * in a perceptron. An empty size bucket is replaced by percentiles that are learned.
 */
class PublishedModel : public PathMapModel
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
    void SetDescription(const std::string& description); //!< what Description() says from now on

    /**
     * One step of AdamW on a batch, none where the loss is not finite. Dropout draws from LibTorch's random numbers.
     * \param paths indices into the samples \return Loss() of the batch before the step \throws InputError as
     * SetLearningRate
     */
    double TrainStep(const LabelledPaths& samples, const std::vector<uint32_t>& paths, double learningRate);

    /// Mean over all labels of |prediction / label - 1|, 0 in a bucket of fewer than FEWEST_LABEL_FLOWS.
    double Loss(const LabelledPaths& samples, const std::vector<uint32_t>& paths);

    /// Where it computes from now on. \param device as MoveTo() \throws InputError as that
    void UseDevice(const std::string& device);
    uint64_t Steps() const;           //!< made so far
    void RestartSteps();              //!< counts them from 0 again: a new training on top of an old one
    std::string Architecture() const; //!< layers and sizes, for Description()

    /// What a training goes on by, if this model was read from the state of one.
    const TrainingState* Training() const;
    void SetTraining(const TrainingState& training); //!< what Save() writes beside the optimizer

    /**
     * Writes the checkpoint, whole or not at all.
     * \param withOptimizer so that training can go on from it
     * \throws InputError if it cannot be written, or weights are not finite
     */
    void Save(const std::string& checkpoint, bool withOptimizer) const;

  private:
    class Impl;
    explicit PublishedModel(const PublishedCheckpoint& checkpoint);
    std::unique_ptr<Impl> m_impl;
};

} // namespace ns3::m3

#endif // M3_PUBLISHED_MODEL_H
