// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_CONTROL_WINDOW_H
#define M3_CONTROL_WINDOW_H

// Windows for controls that think in them: a sender's window follows its rate, and is WindowBytes() at the cap.
#include "ns3/m3-congestion-control.h"
#include "ns3/m3-input-error.h"

#include <algorithm>

namespace ns3::m3
{

/// Returns the window of a sender at its cap, bytes: also where it has none, the bandwidth-delay product.
inline double FullWindowBytes(const SenderControl& sender)
{
    constexpr double BITS_OF_GBPS_NS = 8e9;
    const double product =
        static_cast<double>(sender.RateCap()) * static_cast<double>(sender.BaseRttNs()) / BITS_OF_GBPS_NS;
    return std::max(1.0, sender.WindowBytes() ? static_cast<double>(sender.WindowBytes()) : product);
}

/// Returns the share of its cap that a sender's rate is.
inline double RateShare(const SenderControl& sender)
{
    return static_cast<double>(sender.Rate()) / static_cast<double>(sender.RateCap());
}

/// Returns the rate at which a sender has a share of its full window, at least `minRate` and at most the cap, bit/s.
inline uint64_t RateOfShare(const SenderControl& sender, double share, uint64_t minRate)
{
    const uint64_t cap = sender.RateCap();
    return share >= 1 ? cap : std::max(std::min(minRate, cap), ScaleRate(cap, share));
}

/// \throws InputError in `HPCC` mode, whose simulator does not have the control
inline void CheckStandardMode(const RdmaConfig& config)
{
    if (config.mode != EngineMode::STANDARD)
    {
        throw InputError(CongestionControlName(config.congestionControl) + " runs in standard mode only");
    }
}

} // namespace ns3::m3

#endif // M3_CONTROL_WINDOW_H
