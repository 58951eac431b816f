// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_TIME_WINDOWS_H
#define M3_TIME_WINDOWS_H

#include "ns3/m3-flow.h"

#include <cstddef>
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
    int64_t beginNs;   //!< The run begins: the lead.
    int64_t countNs;   //!< Flows count from this start on.
    int64_t lastNs;    //!< Start of the last flow of the window.
    int64_t stopNs;    //!< The run ends: so long, arrivals go on.
    uint32_t kind = 0; //!< Index in WindowPlan::kinds.
};

/// \ingroup m3-parts
/// How windows of one kind are cut.
struct WindowKind
{
    uint64_t flows;   //!< Successive flows in each, at least 1, at most those of the trace.
    int64_t leadNs;   //!< How long the run goes on before the window.
    int64_t tailNs;   //!< How long after it.
    double share = 1; //!< Share of the windows that are of this kind; the shares of a plan add up to 1.

    /// Returns whether flows have the whole tail to end in. \param idealNs ideal FCT of a flow
    bool NeedsWholeTail(int64_t idealNs) const;

    /// How long after its start a flow may still be in transfer without being cut off, if it is to count: the whole
    /// tail, less for a flow that takes little time. Flows that start later do not count, whatever becomes of them.
    int64_t RoomNs(int64_t idealNs) const;
};

/// \ingroup m3-parts
/// Which windows of a trace are simulated.
struct WindowPlan
{
    std::vector<WindowKind> kinds; //!< One, or two: the second with a longer tail, for flows that take long.
    uint32_t windows;              //!< How many at first, at least 1.
    uint32_t maxWindows;           //!< How many at most, where more are asked for.

    /// Returns whether flows count in windows of a kind: those that need all of its tail do in the last kind alone.
    bool Counts(uint32_t kind, int64_t idealNs) const;

    /**
     * Returns how often a flow is expected to count for each window that SpreadWindows() draws (Horvitz and Thompson,
     * JASA 1952, weight by its inverse): the share of the places of a window at which the flow is in it, or starts
     * after it early enough.
     * \param flows of the trace, ascending by start \param id of the flow among them
     */
    double Inclusion(const FlowList& flows, uint32_t id, int64_t idealNs) const;
};

/**
 * Windows that are spread over a trace. Each number of first ones of a kind is spread evenly, too: places are the
 * multiples of the golden ratio modulo 1, from a random one on (Weyl sequence).
 * \param flows at least one, ascending by start \param count of windows \param seed of the first place
 */
std::vector<SampledWindow> SpreadWindows(const FlowList& flows, const WindowPlan& plan, uint32_t count, uint64_t seed);

/// Returns a key of the first windows of a list: the same for the same windows. \param count at most those of the list
uint64_t KeyOf(const std::vector<SampledWindow>& windows, std::size_t count);

/// Returns the index of the first flow that starts at a time or later.
uint32_t FirstFrom(const FlowList& flows, int64_t timeNs);

} // namespace ns3::m3

#endif // M3_TIME_WINDOWS_H
