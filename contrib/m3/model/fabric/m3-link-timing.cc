// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-link-timing.h"

#include <cmath>

namespace ns3::m3
{

int64_t HpccSecondsToNs(double seconds)
{
    const double whole = std::floor(seconds);
    const auto fraction = static_cast<uint64_t>((seconds - whole) * 0x1p64);
    const auto product = static_cast<Uint128>(fraction) * 1'000'000'000U;
    return static_cast<int64_t>(whole) * 1'000'000'000 + static_cast<int64_t>(product >> 64);
}

int64_t HpccTxTimeNs(uint64_t bytes, uint64_t bitsPerSecond)
{
    return HpccSecondsToNs(static_cast<double>(bytes) * 8 / static_cast<double>(bitsPerSecond));
}

int64_t StandardTxTimeNs(uint64_t bytes, uint64_t bitsPerSecond)
{
    const auto scaled = static_cast<Uint128>(bytes) * 8'000'000'000U;
    return static_cast<int64_t>((scaled + bitsPerSecond - 1) / bitsPerSecond);
}

} // namespace ns3::m3
