// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FLOW_SIM_H
#define M3_FLOW_SIM_H

#include "fluid-flow.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-flowsim
/// How rates are allocated.
enum class FluidAllocation : uint8_t
{
    MAX_MIN,  //!< exact
    PUBLISHED //!< the published flowSim: links whose shares differ by less than 1e-4 Gb/s freeze together
};

/// \ingroup m3-flowsim
/// For how long, and for how many bits, something held a flow's rate down.
struct Limited
{
    double timeNs = 0; //!< that it was held down for
    double bits = 0;   //!< transferred meanwhile
};

/// \ingroup m3-flowsim
/// Told of every arrival and end while flowSim runs.
class FluidObserver
{
  public:
    virtual ~FluidObserver() = default;
    /// \param flow index in the flow list, which has just arrived
    virtual void OnArrival(uint32_t flow, double nowNs) = 0;
    /// \param flow index in the flow list, which has just ended
    virtual void OnEnd(uint32_t flow, double nowNs) = 0;

    /// Whether OnLimited is to be called, which costs about as much again as the run.
    virtual bool WantsLimits() const
    {
        return false;
    }

    /**
     * Before OnEnd: what held the flow down, one value per link of the flow, in its order, then one for its own rate
     * limit; they sum to its FCT and its bits. Of several links that were equally tight when it got its rate, the last
     * in its order counts: at the first, a sender's NIC, nobody waits.
     */
    virtual void OnLimited(uint32_t /*flow*/, const std::vector<Limited>& /*limited*/)
    {
    }
};

/// \ingroup m3-flowsim
/// Gives flowSim its flows one after the other.
class FluidSource
{
  public:
    virtual ~FluidSource() = default;
    /// \return the next flow, null after the last; valid until the next call. Their startNs must not fall.
    virtual const FluidFlow* Next() = 0;

    /// A flow has ended, and another one may now come before the one that is next. \param next what Next() or this
    /// returned last \return the flow that is next now, null if none is
    virtual const FluidFlow* AfterEnd(const FluidFlow* next)
    {
        return next;
    }
};

/// \ingroup m3-flowsim
/// Links and routes that change during a run.
class FluidChanges
{
  public:
    virtual ~FluidChanges() = default;

    /// Returns the time of the next change, ns; infinity: none is left.
    virtual double NextNs() const = 0;

    /// Makes the next change. \param linkGbps capacities of the links, which it may change; at least 0
    virtual void Make(std::vector<double>& linkGbps) = 0;

    /// Says which way a flow takes now. \param flow its number in the order of starts \param links the way that it took
    /// last, empty if it had none; then the new one \return false: it has none now, and waits
    virtual bool Reroute(uint32_t flow, Route& links) = 0;
};

/**
 * Simulates flows that come one after the other, to their ends, by the exact allocation. Memory is linear in links and
 * flows in transfer, not in all flows.
 *
 * \param linkGbps capacity of each link, above 0
 * \param source the flows; equal times are successive events in its order. It is asked for the next flow when the one
 * before has arrived
 * \param ended called at each end, in order of time, with the flow's place in the source, from 0, and its FCT, ns
 * (exact in double; no propagation delay)
 * \param progress called about every 0.1 s of wall time with the flows finished so far; may be empty
 * \param observer may be null
 * \param classes null: all flows are of one
 * \param changes of links and routes, null: none; without an observer that wants limits. Flows that have no route, or
 * no rate, to the end are FluidStatistics::unfinished
 * \param haveShares whether flows may have shares of links \throws std::invalid_argument naming the flow or link, on a
 * falling start time, an unknown link, a size or capacity not above 0 or not finite; flows before it may have ended
 */
FluidStatistics StreamFlowSim(const std::vector<double>& linkGbps,
                              FluidSource& source,
                              const std::function<void(uint32_t flow, double fctNs)>& ended,
                              const std::function<void(uint64_t finishedFlows)>& progress = {},
                              FluidObserver* observer = nullptr,
                              const FluidClasses* classes = nullptr,
                              FluidChanges* changes = nullptr,
                              bool haveShares = false);

/**
 * Simulates the flows of a list to their ends.
 *
 * \param linkGbps capacity of each link, above 0
 * \param flows in ascending order of startNs; equal times are successive events in list order
 * \param progress called about every 0.1 s of wall time with the flows finished so far; may be empty
 * \param observer may be null; with FluidAllocation::MAX_MIN only
 * \param classes null: all flows are of one; with FluidAllocation::MAX_MIN only
 * \return FCT of each flow, ns (exact in double; no propagation delay)
 * \throws std::invalid_argument naming the flow or link, on unsorted flows, an unknown link, a size or capacity not
 * above 0 or not finite
 */
std::vector<double> RunFlowSim(const std::vector<double>& linkGbps,
                               const std::vector<FluidFlow>& flows,
                               FluidAllocation allocation = FluidAllocation::MAX_MIN,
                               FluidStatistics* statistics = nullptr,
                               const std::function<void(uint64_t finishedFlows)>& progress = {},
                               FluidObserver* observer = nullptr,
                               const FluidClasses* classes = nullptr);

} // namespace ns3::m3

#endif // M3_FLOW_SIM_H
