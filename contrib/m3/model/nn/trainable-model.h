// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_TRAINABLE_MODEL_H
#define M3_TRAINABLE_MODEL_H

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace at
{
class Tensor;
} // namespace at

namespace c10
{
struct Device;
} // namespace c10

namespace torch::nn
{
class Module;
} // namespace torch::nn

namespace torch::optim
{
class AdamW;
} // namespace torch::optim

namespace ns3::m3
{

struct NetworkCheckpoint;
struct TrainingState;

/// Largest learning rate; AdamW moves every weight by about as much in a step.
inline constexpr double MAX_LEARNING_RATE = 1e6;

/**
 * \ingroup m3-nn
 * The part of a model that a training changes: its network, the state of AdamW, the number of steps made, and what an
 * interrupted training goes on from. Which samples make a step, in which order and at which learning rate is the
 * trainer's business. LibTorch stays behind this class.
 */
class TrainableModel
{
  public:
    TrainableModel(const TrainableModel&) = delete; //!< a network is not copied
    TrainableModel& operator=(const TrainableModel&) = delete;

    void SetDescription(const std::string& description); //!< Sets what Description() of the model says.

    /**
     * Moves network and optimiser to a device, where all later computations run.
     * \param device cpu; cuda; auto: cuda where LibTorch finds a device of that kind
     * \throws InputError for another name, or if there is no such device
     */
    void UseDevice(const std::string& device);

    uint64_t Steps() const; //!< Number of steps made so far.
    void RestartSteps();    //!< Counts steps from 0 again: a new training on top of an old one.

    /// What an interrupted training goes on from; null unless the model was read from the state of one.
    const TrainingState* Training() const;
    void SetTraining(const TrainingState& training); //!< Sets what is saved beside the optimiser.

  protected:
    TrainableModel();                          //!< To be completed by Attach().
    TrainableModel(TrainableModel&&) noexcept; //!< Moves all of it.
    ~TrainableModel();

    /// Takes the network to train, which the model keeps alive, and its optimiser.
    void Attach(torch::nn::Module& network, std::unique_ptr<torch::optim::AdamW> optimizer);

    /**
     * Makes one step of AdamW, none where the loss is not finite; gradients are clipped to a norm of 1.
     * \param loss computes the mean loss of the batch
     * \return its value before the step
     * \throws InputError unless the learning rate is 0 to MAX_LEARNING_RATE
     */
    double MakeStep(double learningRate, const std::function<at::Tensor()>& loss);

    const std::string& Text() const;   //!< The description.
    const c10::Device& Device() const; //!< Where the network is.

    /// Counts, description and weights for a checkpoint. \param withOptimizer also what a training goes on from
    NetworkCheckpoint State(bool withOptimizer) const;

    /// Takes all but the weights from a checkpoint.
    void SetProgress(const NetworkCheckpoint& checkpoint);

    /// Takes weights and optimiser from a checkpoint. \pre weights of the names and sizes that the network has
    void SetWeights(const NetworkCheckpoint& checkpoint);

  private:
    class Impl;
    std::unique_ptr<Impl> m_trainable;
};

} // namespace ns3::m3

#endif // M3_TRAINABLE_MODEL_H
