// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FLOW_MODEL_H
#define M3_FLOW_MODEL_H

#include "correction-model.h"

#include "model-shape.h"
#include "trainable-model.h"

#include <memory>
#include <string>
#include <vector>

namespace ns3::m3
{

struct FlowCheckpoint;
struct FlowFeatures;
struct LabelledFlows;

/**
 * \ingroup m3-nn
 * The per-flow model: a transformer over one token for the flow and one per link of its route, then a perceptron that
 * gives the quantiles of the logarithm of the slowdown as a correction of the fluid one. Quantiles cannot cross: each
 * adds a positive step to the one before. There may be several such experts (FlowNetwork). Trained with the pinball
 * loss (Koenker and Bassett 1978) at all levels.
 */
class FlowModel : public CorrectionModel, public TrainableModel
{
  public:
    /**
     * An untrained model. \param inputs training data whose means and deviations scale the inputs
     * \throws InputError for a shape out of range
     */
    FlowModel(const FlowModelShape& shape, const FlowFeatures& inputs, uint64_t seed);

    /// \throws InputError as CorrectionModel::Load
    explicit FlowModel(const std::string& checkpoint);

    /**
     * A model to be fine-tuned, also from a checkpoint for an older version of the features. Inputs that the checkpoint
     * lacks begin with weight 0.
     * \param inputs training data, whose means and deviations scale these \throws InputError as above
     */
    FlowModel(const std::string& checkpoint, const FlowFeatures& inputs);

    /**
     * A model of what a checkpoint holds. One for older features does not look at the inputs that have come since.
     * \param inputs as above; null: the model answers and is not trained \param name of the file in messages
     * \throws InputError for features that are too old
     */
    FlowModel(const FlowCheckpoint& read, const FlowFeatures* inputs, const std::string& name);
    ~FlowModel() override;

    /**
     * Moves the weights towards those of another model: share of its own and 1 - share of the other's. Of a model and
     * one fine-tuned from it, or of several fine-tuned from the same one, the mean is often better than each (Wortsman
     * et al., Model soups, ICML 2022). Ranges() are then those of both together, empty if one does not say.
     * \throws InputError if the shapes differ
     */
    void MixWith(const FlowModel& other, double share);

    /**
     * Puts another model beside this one: both answer from now on, each as an expert of one network, and the gate
     * weighs them alike until it is trained. Ranges() as of MixWith(). \throws InputError if the sizes differ, or there
     * are too many experts
     */
    void JoinWith(const FlowModel& other);

    /// Steps change the gate alone from now on. \throws InputError for a model of one expert, which has none
    void TrainGateAlone();

    std::vector<float> Predict(const FlowFeatures& flows, uint32_t threads) override;
    const InputRanges& Ranges() const override;
    void SetRanges(const InputRanges& ranges); //!< Sets what Ranges() says.
    HeldOutErrors HeldOut(bool pfc) const override;
    void SetHeldOut(bool pfc, const HeldOutErrors& errors); //!< Sets HeldOut(), until weights change.
    const ErrorScale& Errors() const override;
    void SetErrors(const ErrorScale& scale); //!< Sets Errors(), until weights change.
    std::string Description() const override;
    Scope TrainedScope() const override;
    void SetTrainedScope(Scope scope); //!< Sets what TrainedScope() says. \pre NETWORK or PATHS

    /// Sets the weight of PooledLoss beside the pinball loss in steps and losses from now on, 0 or more; 0 at first.
    void SetPooledWeight(double weight);

    /**
     * One step of AdamW on a batch, none where the loss is not finite.
     * \param flows indices into the samples \return loss of the batch before the step \throws InputError
     * for a learning rate out of range
     */
    double TrainStep(const LabelledFlows& samples, const std::vector<uint32_t>& flows, double learningRate);

    /// Loss without a step: the mean pinball loss, and that of SetPooledWeight() beside it.
    double Loss(const LabelledFlows& samples, const std::vector<uint32_t>& flows);

    std::string Architecture() const; //!< layers and sizes, for Description()

    /**
     * Writes the checkpoint, whole or not at all.
     * \param withOptimizer so that training can go on from it
     * \throws InputError if it cannot be written, or weights are not finite
     */
    void Save(const std::string& checkpoint, bool withOptimizer) const;

  private:
    class Impl;

    void Build(const FlowModelShape& shape);
    void WidenRanges(const InputRanges& more); //!< to those of another model too

    std::unique_ptr<Impl> m_impl;
};

} // namespace ns3::m3

#endif // M3_FLOW_MODEL_H
