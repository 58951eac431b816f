// SPDX-License-Identifier: GPL-2.0-only
#include "trainable-model.h"

#include "model-checkpoint.h"

#include "core/text-format.h"
#include "ns3/m3-input-error.h"

#include <torch/cuda.h>
#include <torch/nn/module.h>
#include <torch/nn/utils/clip_grad.h>
#include <torch/optim/adamw.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <cmath>
#include <optional>
#include <sstream>
#include <type_traits>

namespace ns3::m3
{

namespace
{

void SetValues(const torch::Tensor& tensor, const std::vector<float>& values)
{
    torch::NoGradGuard noGrad;
    // a copy of the values, which are constant and may go
    const auto flat = torch::from_blob(const_cast<float*>(values.data()), {static_cast<int64_t>(values.size())});
    const_cast<torch::Tensor&>(tensor).copy_(flat.view(tensor.sizes()));
}

std::vector<float> ValuesOf(const torch::Tensor& tensor)
{
    const auto values = tensor.detach().to(torch::kCPU, torch::kFloat).contiguous();
    return {values.data_ptr<float>(), values.data_ptr<float>() + values.numel()};
}

/// Key of a parameter's state in an optimizer: a text in older versions of LibTorch, an address in newer ones.
template <typename Key>
Key StateKey(const torch::Tensor& parameter)
{
    if constexpr (std::is_same_v<Key, std::string>)
    {
        std::ostringstream address;
        address << parameter.unsafeGetTensorImpl();
        return address.str();
    }
    else
    {
        return parameter.unsafeGetTensorImpl();
    }
}

using OptimizerKey = std::decay_t<decltype(std::declval<torch::optim::Optimizer&>().state().begin()->first)>;

/// Sets all parameters and buffers of a network, and the state of its AdamW where the checkpoint has one.
void SetState(const NetworkCheckpoint& checkpoint, torch::nn::Module& network, torch::optim::Optimizer& optimizer)
{
    for (const auto& item : network.named_buffers())
    {
        SetValues(item.value(), checkpoint.weights.at(item.key()));
    }
    for (const auto& item : network.named_parameters())
    {
        const torch::Tensor& parameter = item.value();
        SetValues(parameter, checkpoint.weights.at(item.key()));
        if (!checkpoint.optimizer)
        {
            continue;
        }
        auto state = std::make_unique<torch::optim::AdamWParamState>();
        state->step(static_cast<int64_t>(checkpoint.optimizer->steps));
        state->exp_avg(torch::empty_like(parameter));
        state->exp_avg_sq(torch::empty_like(parameter));
        SetValues(state->exp_avg(), checkpoint.optimizer->mean.at(item.key()));
        SetValues(state->exp_avg_sq(), checkpoint.optimizer->square.at(item.key()));
        optimizer.state()[StateKey<OptimizerKey>(parameter)] = std::move(state);
    }
}

/// Weights of a network. \param optimizer may be null: the checkpoint is then for prediction alone
NetworkCheckpoint StateOf(const torch::nn::Module& network, const torch::optim::Optimizer* optimizer)
{
    NetworkCheckpoint checkpoint;
    for (const auto& item : network.named_buffers())
    {
        checkpoint.weights[item.key()] = ValuesOf(item.value());
    }
    if (optimizer && !optimizer->state().empty())
    {
        checkpoint.optimizer.emplace();
    }
    for (const auto& item : network.named_parameters())
    {
        checkpoint.weights[item.key()] = ValuesOf(item.value());
        if (checkpoint.optimizer)
        {
            // every step is one of all parameters that get gradients, so these have the same number of steps
            const auto found = optimizer->state().find(StateKey<OptimizerKey>(item.value()));
            if (found == optimizer->state().end())
            {
                const std::vector<float> none(checkpoint.weights[item.key()].size(), 0);
                checkpoint.optimizer->mean[item.key()] = none;
                checkpoint.optimizer->square[item.key()] = none;
                continue;
            }
            const auto& state = static_cast<const torch::optim::AdamWParamState&>(*found->second);
            checkpoint.optimizer->steps = static_cast<uint64_t>(state.step());
            checkpoint.optimizer->mean[item.key()] = ValuesOf(state.exp_avg());
            checkpoint.optimizer->square[item.key()] = ValuesOf(state.exp_avg_sq());
        }
    }
    return checkpoint;
}

/// Sets the learning rate of the next step. \throws InputError unless it is 0 to MAX_LEARNING_RATE
void SetLearningRate(torch::optim::Optimizer& optimizer, double rate)
{
    if (!(rate >= 0 && rate <= MAX_LEARNING_RATE))
    {
        throw InputError(FormatText("the learning rate must be 0 to %g, is %g", MAX_LEARNING_RATE, rate));
    }
    for (auto& group : optimizer.param_groups())
    {
        static_cast<torch::optim::AdamWOptions&>(group.options()).lr(rate);
    }
}

/// Moves a network, and what its AdamW has gathered, to a device.
torch::Device MoveTo(const std::string& device, torch::nn::Module& network, torch::optim::Optimizer& optimizer)
{
    if (device != "auto" && device != "cpu" && device != "cuda")
    {
        throw InputError("device must be auto, cpu or cuda, is " + device);
    }
    if (device == "cuda" && !torch::cuda::is_available())
    {
        throw InputError("LibTorch finds no CUDA device here");
    }
    const torch::Device to(device == "cpu" || !torch::cuda::is_available() ? torch::kCPU : torch::kCUDA);
    network.to(to);
    for (auto& item : optimizer.state())
    {
        auto& state = static_cast<torch::optim::AdamWParamState&>(*item.second);
        state.exp_avg(state.exp_avg().to(to));
        state.exp_avg_sq(state.exp_avg_sq().to(to));
    }
    return to;
}

} // namespace

class TrainableModel::Impl
{
  public:
    torch::nn::Module* network = nullptr;
    std::unique_ptr<torch::optim::AdamW> optimizer;
    torch::Device device = torch::kCPU;
    std::string description;
    uint64_t steps = 0;
    std::optional<TrainingState> training;
};

TrainableModel::TrainableModel()
    : m_trainable(std::make_unique<Impl>())
{
}

TrainableModel::TrainableModel(TrainableModel&&) noexcept = default;
TrainableModel::~TrainableModel() = default;

void TrainableModel::Attach(torch::nn::Module& network, std::unique_ptr<torch::optim::AdamW> optimizer)
{
    m_trainable->network = &network;
    m_trainable->optimizer = std::move(optimizer);
}

void TrainableModel::SetDescription(const std::string& description)
{
    m_trainable->description = description;
}

void TrainableModel::UseDevice(const std::string& device)
{
    m_trainable->device = MoveTo(device, *m_trainable->network, *m_trainable->optimizer);
}

uint64_t TrainableModel::Steps() const
{
    return m_trainable->steps;
}

void TrainableModel::RestartSteps()
{
    m_trainable->steps = 0;
}

const TrainingState* TrainableModel::Training() const
{
    return m_trainable->training ? &*m_trainable->training : nullptr;
}

void TrainableModel::SetTraining(const TrainingState& training)
{
    m_trainable->training = training;
}

double TrainableModel::MakeStep(double learningRate, const std::function<at::Tensor()>& loss)
{
    constexpr double MAX_GRADIENT = 1;
    torch::optim::AdamW& optimizer = *m_trainable->optimizer;
    SetLearningRate(optimizer, learningRate);
    optimizer.zero_grad();
    const torch::Tensor mean = loss();
    const double value = mean.item<double>();
    if (!std::isfinite(value))
    {
        return value;
    }
    mean.backward();
    torch::nn::utils::clip_grad_norm_(m_trainable->network->parameters(), MAX_GRADIENT);
    optimizer.step();
    m_trainable->steps++;
    return value;
}

const std::string& TrainableModel::Text() const
{
    return m_trainable->description;
}

const c10::Device& TrainableModel::Device() const
{
    return m_trainable->device;
}

NetworkCheckpoint TrainableModel::State(bool withOptimizer) const
{
    NetworkCheckpoint state = StateOf(*m_trainable->network, withOptimizer ? m_trainable->optimizer.get() : nullptr);
    state.steps = m_trainable->steps;
    state.description = m_trainable->description;
    state.training = withOptimizer ? m_trainable->training : std::nullopt;
    return state;
}

void TrainableModel::SetProgress(const NetworkCheckpoint& checkpoint)
{
    m_trainable->steps = checkpoint.steps;
    m_trainable->description = checkpoint.description;
    m_trainable->training = checkpoint.training;
}

void TrainableModel::SetWeights(const NetworkCheckpoint& checkpoint)
{
    SetState(checkpoint, *m_trainable->network, *m_trainable->optimizer);
}

} // namespace ns3::m3
