// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_TORCH_SETUP_H
#define M3_TORCH_SETUP_H

#include <cstdint>
#include <string>

namespace ns3::m3
{

/// Sets how many threads LibTorch uses. \return one line that names its BLAS problem if it has none that is fast, else
/// ""
std::string SetUpTorch(uint32_t threads);

/// Seeds the random numbers that LibTorch draws from now on.
void SeedTorch(uint64_t seed);

} // namespace ns3::m3

#endif // M3_TORCH_SETUP_H
