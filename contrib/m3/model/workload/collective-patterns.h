// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_COLLECTIVE_PATTERNS_H
#define M3_COLLECTIVE_PATTERNS_H

#include "m3-collective-plan.h"

#include <cstdint>
#include <limits>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-workload
/// A flow of a collective between two of its ranks.
struct PatternSend
{
    static constexpr uint32_t NONE = std::numeric_limits<uint32_t>::max(); //!< no send

    uint32_t from;               //!< rank
    uint32_t to;                 //!< rank
    uint64_t bytes;              //!< its size
    std::vector<uint32_t> after; //!< sends to `from` that must have been received, by their place before this one
    uint32_t previous = NONE;    //!< the last send of `from` in the step before
};

/// Returns the flows of one channel and chunk of a collective. \param ranks number of them \param bytes of the chunk
/// \param channel number of the channel \pre the plan's servers divide the ranks; halving needs a power of 2
std::vector<PatternSend> PatternOf(const CollectivePlan& plan, uint32_t ranks, uint64_t bytes, uint32_t channel);

} // namespace ns3::m3

#endif // M3_COLLECTIVE_PATTERNS_H
