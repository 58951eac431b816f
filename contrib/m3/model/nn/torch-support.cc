// SPDX-License-Identifier: GPL-2.0-only
#include "torch-support.h"

#include "core/text-format.h"
#include "ns3/m3-input-error.h"

#include <ATen/Parallel.h>
#include <torch/cuda.h>
#include <torch/nn/module.h>
#include <torch/optim/adamw.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <ctime>
#include <dlfcn.h>
#include <malloc.h>
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

} // namespace

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
            // every step is one of all parameters, so all have a state, of as many steps
            const auto found = optimizer->state().find(StateKey<OptimizerKey>(item.value()));
            TORCH_CHECK(found != optimizer->state().end(), "no state of ", item.key());
            const auto& state = static_cast<const torch::optim::AdamWParamState&>(*found->second);
            checkpoint.optimizer->steps = static_cast<uint64_t>(state.step());
            checkpoint.optimizer->mean[item.key()] = ValuesOf(state.exp_avg());
            checkpoint.optimizer->square[item.key()] = ValuesOf(state.exp_avg_sq());
        }
    }
    return checkpoint;
}

void SetLearningRate(torch::optim::Optimizer& optimizer, double rate)
{
    if (!(rate >= 0 && rate <= LARGEST_LEARNING_RATE))
    {
        throw InputError(FormatText("the learning rate must be 0 to %g, is %g", LARGEST_LEARNING_RATE, rate));
    }
    for (auto& group : optimizer.param_groups())
    {
        static_cast<torch::optim::AdamWOptions&>(group.options()).lr(rate);
    }
}

void SeedTorch(uint64_t seed)
{
    torch::manual_seed(seed);
}

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

std::string SetUpTorch(uint32_t threads)
{
    at::set_num_threads(static_cast<int>(threads));
    // OpenBLAS has threads of its own, which spin between the small products of this network
    using SetThreads = void (*)(int);
    if (const auto set = reinterpret_cast<SetThreads>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads")))
    {
        set(1);
    }
    // keep freed tensors in the heap: giving their pages back after every step costs as much as the arithmetic
    constexpr int KEEP_BYTES = 1 << 30;
    mallopt(M_MMAP_THRESHOLD, KEEP_BYTES);
    mallopt(M_TRIM_THRESHOLD, KEEP_BYTES);
    // a product of this size takes 1 ms with a fast BLAS and 40 ms with the reference one
    constexpr int64_t SIZE = 400;
    constexpr double SLOW_SECONDS = 0.02;
    constexpr int TRIES = 5; // any may be held up, by page faults or by other work
    const auto a = torch::ones({SIZE, SIZE});
    torch::mm(a, a);
    bool slow = true;
    for (int i = 0; i < TRIES && slow; i++)
    {
        const std::clock_t begin = std::clock(); // processor time
        torch::mm(a, a);
        slow = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC > SLOW_SECONDS;
    }
    return slow ? "LibTorch runs on a slow BLAS here; the package libopenblas0-pthread makes it faster" : "";
}

} // namespace ns3::m3
