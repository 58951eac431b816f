// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_INTERVAL_COVERAGE_H
#define M3_INTERVAL_COVERAGE_H

#include "nn/error-scale.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-training
/// What the prediction intervals of the p99 of all flows hold, over networks of a kind.
struct IntervalErrors
{
    std::string kind;   //!< as HeldOutNetwork::kind, or "all"
    uint64_t networks;  //!< of that kind
    uint64_t unlike;    //!< of them that have no interval, since they are unlike what the errors are known of
    uint64_t held;      //!< of those with an interval, how many intervals hold the packet-level p99
    double medianWidth; //!< of the upper over the lower end; NaN without intervals
};

/// \ingroup m3-training
/// What the intervals of a quantile hold, over networks that have intervals and tell the quantile.
struct QuantileIntervals
{
    std::string sizeClass; //!< as in QuantileErrors
    double level;          //!< of ERROR_LEVELS
    uint64_t networks;     //!< that count
    uint64_t held;         //!< of them, those whose interval holds the packet-level quantile
    double medianWidth;    //!< of the upper over the lower end
};

/// Counts by kind of network, all of them last.
std::vector<IntervalErrors> CoverageByKind(const ErrorScale& scale, const std::vector<HeldOutNetwork>& networks);

/// Counts by size class and level. Networks that are unlike what the errors are known of do not count.
std::vector<QuantileIntervals> CoverageByQuantile(const ErrorScale& scale, const std::vector<HeldOutNetwork>& networks);

} // namespace ns3::m3

#endif // M3_INTERVAL_COVERAGE_H
