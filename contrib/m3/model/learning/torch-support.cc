#include "torch-support.h"

#include "ns3/text-file.h"

#include <ATen/Parallel.h>
#include <torch/cuda.h>
#include <torch/nn/module.h>
#include <torch/optim/adamw.h>
#include <torch/serialize/archive.h>
#include <torch/types.h>

#include <ctime>
#include <dlfcn.h>
#include <malloc.h>

namespace ns3::m3
{

void ReadCheckpoint(const std::string& file,
                    const std::string& kind,
                    int64_t version,
                    const std::function<void(torch::serialize::InputArchive&)>& read)
{
    try
    {
        torch::serialize::InputArchive archive;
        archive.load_from(file, torch::Device(torch::kCPU)); // wherever it was trained
        c10::IValue value;
        if (!archive.try_read(kind, value))
        {
            throw InputError(file, 0, "", "is a checkpoint of another kind of model");
        }
        if (value.toInt() != version)
        {
            throw InputError(file,
                             0,
                             "",
                             "was made for another version of m3 (checkpoint " + std::to_string(value.toInt()) +
                                 ", this program reads " + std::to_string(version) + ")");
        }
        read(archive);
    }
    catch (const c10::Error&)
    {
        throw InputError(file, 0, "", "is no checkpoint of m3, or damaged");
    }
}

void WriteCheckpoint(const std::string& file,
                     const std::string& kind,
                     int64_t version,
                     const std::function<void(torch::serialize::OutputArchive&)>& write)
{
    torch::serialize::OutputArchive archive;
    archive.write(kind, c10::IValue(version));
    write(archive);
    WriteWholeFile(file, [&archive](std::ostream& out) { archive.save_to(out); });
}

int64_t ReadNumber(torch::serialize::InputArchive& archive, const std::string& key)
{
    c10::IValue value;
    archive.read(key, value);
    return value.toInt();
}

void WriteNumber(torch::serialize::OutputArchive& archive, const std::string& key, uint64_t value)
{
    archive.write(key, c10::IValue(static_cast<int64_t>(value)));
}

std::string ReadText(torch::serialize::InputArchive& archive, const std::string& key)
{
    c10::IValue value;
    archive.read(key, value);
    return value.toStringRef();
}

void WriteText(torch::serialize::OutputArchive& archive, const std::string& key, const std::string& value)
{
    archive.write(key, c10::IValue(value));
}

std::vector<float> ReadFloats(torch::serialize::InputArchive& archive, const std::string& key)
{
    torch::Tensor values;
    if (!archive.try_read(key, values))
    {
        return {};
    }
    return {values.data_ptr<float>(), values.data_ptr<float>() + values.numel()};
}

void WriteFloats(torch::serialize::OutputArchive& archive, const std::string& key, const std::vector<float>& values)
{
    archive.write(key, torch::tensor(values));
}

void ReadState(torch::serialize::InputArchive& archive, torch::nn::Module& network, torch::optim::Optimizer& optimizer)
{
    torch::serialize::InputArchive ofNetwork;
    archive.read("network", ofNetwork);
    network.load(ofNetwork);
    if (ReadNumber(archive, "optimizer_included"))
    {
        torch::serialize::InputArchive ofOptimizer;
        archive.read("optimizer", ofOptimizer);
        optimizer.load(ofOptimizer);
    }
}

void WriteState(torch::serialize::OutputArchive& archive,
                const torch::nn::Module& network,
                const torch::optim::Optimizer* optimizer)
{
    torch::serialize::OutputArchive ofNetwork;
    network.save(ofNetwork);
    archive.write("network", ofNetwork);
    WriteNumber(archive, "optimizer_included", optimizer != nullptr);
    if (optimizer)
    {
        torch::serialize::OutputArchive ofOptimizer;
        optimizer->save(ofOptimizer);
        archive.write("optimizer", ofOptimizer);
    }
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
