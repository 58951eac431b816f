// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_TIME_WINDOWS_H
#define M3_TIME_WINDOWS_H

#include "ns3/m3-flow.h"

#include <cstdint>
#include <vector>

namespace ns3::m3
{

/**
 * \ingroup m3-parts
 * A window of a trace: the run begins before it, with the flows that are under way, and goes on after it, so that the
 * flows of the window meet the traffic that they meet in the whole.
 */
struct SampledWindow
{
    int64_t beginNs; //!< The run begins: the lead.
    int64_t countNs; //!< Flows count from this start on.
    int64_t lastNs;  //!< Start of the last flow of the window.
    int64_t stopNs;  //!< The run ends: so long, arrivals go on.

    /// How long after its start a flow may still be in transfer without being cut off, if it is to count: the whole
    /// tail, less for a flow that takes little time. Flows that start later do not count, whatever becomes of them.
    /// \param idealNs of the flow
    int64_t RoomNs(int64_t idealNs) const;

    /// How long flows count, ns: longer for short ones. \param idealNs as of RoomNs
    int64_t CountedNs(int64_t idealNs) const;
};

/// \ingroup m3-parts
/// How windows are cut.
struct WindowPlan
{
    uint32_t windows;    //!< How many at first, at least 1.
    uint32_t maxWindows; //!< How many at most, where more are asked for.
    uint64_t flows;      //!< Successive flows in each, at least 1, at most those of the trace.
    int64_t leadNs;      //!< How long the run goes on before the window.
    int64_t tailNs;      //!< How long after it.
};

/**
 * Windows that are spread over a trace. Each number of first ones is spread evenly, too: places are the multiples of
 * the golden ratio modulo 1, from a random one on (Weyl sequence).
 * \param flows at least one, ascending by start \param count of windows \param seed of the first place
 */
std::vector<SampledWindow> SpreadWindows(const FlowList& flows, const WindowPlan& plan, uint32_t count, uint64_t seed);

/// Returns the index of the first flow that starts at a time or later.
uint32_t FirstFrom(const FlowList& flows, int64_t timeNs);

} // namespace ns3::m3

#endif // M3_TIME_WINDOWS_H
