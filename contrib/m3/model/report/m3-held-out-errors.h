// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_HELD_OUT_ERRORS_H
#define M3_HELD_OUT_ERRORS_H

#include "ns3/m3-matched-pairs.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace ns3::m3
{

/// Probabilities of the quantiles whose held-out errors are known by size class, ascending.
inline constexpr std::array<double, 6> ERROR_LEVELS = {0.25, 0.5, 0.75, 0.9, 0.95, 0.99};

/// Rows of a report whose held-out errors are known: the size classes of SizeClasses(), then all flows.
inline constexpr std::size_t ERROR_ROWS = 5;

/// \ingroup m3-report
/// Errors of an engine's model on held-out networks.
struct HeldOutErrors
{
    uint32_t networks = 0;                  //!< number of held-out networks; 0: the errors are not known
    ConfidenceInterval truthOverEstimate{}; //!< packet-level p99 of all flows / that of the engine, on 95 % of them
    std::string unlike{};                   //!< in what most of all the network is unlike all of them; "": it is not
    bool followNetwork = false; //!< they are those to expect of a network like this one, not the same for all
    /// [ERROR_ROWS][ERROR_LEVELS] largest absolute logarithm of packet-level quantile / that of the engine on 95 % of
    /// them, NaN where it is not known; empty: only truthOverEstimate is known.
    std::vector<double> reaches{};

    /**
     * Returns the largest absolute logarithm of a row's quantile. Between two ERROR_LEVELS it is interpolated linearly,
     * below the first it is that of the first. NaN where it is not known, and above the last of them. \param row below
     * ERROR_ROWS \param p probability of the quantile
     */
    double ReachOf(std::size_t row, double p) const;
};

} // namespace ns3::m3

#endif // M3_HELD_OUT_ERRORS_H
