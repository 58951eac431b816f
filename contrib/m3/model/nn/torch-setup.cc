// SPDX-License-Identifier: GPL-2.0-only
#include "torch-setup.h"

#include <ATen/Parallel.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <ctime>
#include <dlfcn.h>
#include <malloc.h>

namespace ns3::m3
{

void SeedTorch(uint64_t seed)
{
    torch::manual_seed(seed);
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
    return slow ? "LibTorch runs on a slow BLAS here; the package "
                  "libopenblas0-pthread makes it faster"
                : "";
}

} // namespace ns3::m3
