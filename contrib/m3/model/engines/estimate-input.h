// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_ESTIMATE_INPUT_H
#define M3_ESTIMATE_INPUT_H

#include "lone-flows.h"

#include "ns3/m3-estimate-share.h"
#include "ns3/m3-scenario.h"
#include "ns3/m3-slowdown-report.h"

#include <cstdint>
#include <functional>

namespace ns3::m3
{

/// \ingroup m3-engines
/// A scenario and how it is sampled. What it refers to must outlive it.
struct EstimateInput
{
    const Scenario& scenario;                                    //!< Network, flows and configuration.
    const SizeClasses& classes;                                  //!< Size classes of the estimate.
    uint64_t seed = 1;                                           //!< Seed of the sampling.
    uint32_t threads = 1;                                        //!< At least 1; results do not depend on it.
    std::function<void(uint64_t done, uint64_t total)> progress; //!< Called after each path or window; may be empty.
    EstimateShare* share = nullptr; //!< Processes that share paths or windows; null: this one samples all.
    /// Slowdown of lone flows (FindLoneFlows), which replaces a prediction. Called on one thread at a time. May be
    /// empty.
    LoneSlowdown loneSlowdown;
};

} // namespace ns3::m3

#endif // M3_ESTIMATE_INPUT_H
