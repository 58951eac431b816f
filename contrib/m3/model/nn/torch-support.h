// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_TORCH_SUPPORT_H
#define M3_TORCH_SUPPORT_H

#include "model-checkpoint.h"

#include <cstdint>
#include <string>

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
class Optimizer;
} // namespace torch::optim

namespace ns3::m3
{

/**
 * Sets all parameters and buffers of a network, and the state of its AdamW where the checkpoint has one.
 * \pre weights of the names and sizes that the network has
 */
void SetState(const NetworkCheckpoint& checkpoint, torch::nn::Module& network, torch::optim::Optimizer& optimizer);

/// Weights of a network. \param optimizer may be null: the checkpoint is then for prediction alone
NetworkCheckpoint StateOf(const torch::nn::Module& network, const torch::optim::Optimizer* optimizer);

/// Largest learning rate; AdamW moves every weight by about as much in a step.
inline constexpr double LARGEST_LEARNING_RATE = 1e6;

/// Of the next step. \throws InputError unless it is 0 to LARGEST_LEARNING_RATE
void SetLearningRate(torch::optim::Optimizer& optimizer, double rate);

/// Sets the random numbers that LibTorch draws from now on.
void SeedTorch(uint64_t seed);

/**
 * Moves a network, and what its AdamW has gathered, to a device.
 * \param device cpu; cuda; auto: cuda where LibTorch finds a device of that kind \throws InputError
 */
c10::Device MoveTo(const std::string& device, torch::nn::Module& network, torch::optim::Optimizer& optimizer);

/// Threads of LibTorch. \return one line that names its BLAS problem if it has none that is fast, else ""
std::string SetUpTorch(uint32_t threads);

} // namespace ns3::m3

#endif // M3_TORCH_SUPPORT_H
