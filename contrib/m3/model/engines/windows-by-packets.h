// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_WINDOWS_BY_PACKETS_H
#define M3_WINDOWS_BY_PACKETS_H

#include "ns3/m3-flow.h"
#include "ns3/m3-packet-counts.h"
#include "ns3/m3-rdma-config.h"
#include "ns3/m3-slowdown-report.h"
#include "parts/time-windows.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace ns3::m3
{

class Scenario;
struct WindowLinks;

/// \ingroup m3-engines
/// A flow that is expected to be in transfer when a window begins.
struct FlowInTransfer
{
    uint32_t flow;    //!< Index in the trace.
    double sentShare; //!< Share of its payload that is sent by then, from 0 to below 1.
    double rateBps;   //!< Rate that it is expected to have, payload and headers, bit/s.
};

/// \ingroup m3-engines
/// A flow that counts for a window.
struct WindowFlow
{
    uint32_t flow;      //!< Index in the trace.
    double slowdown;    //!< At least 1.
    double weight;      //!< Inverse of how often it is expected to count per window: WindowPlan::Inclusion.
    bool isCut = false; //!< It was in transfer when the run ended: its slowdown is extrapolated.
};

/// \ingroup m3-engines
/// What the packets of a window showed.
struct WindowOutcome
{
    uint64_t kind = 0;             //!< Of the window, in its plan.
    std::vector<WindowFlow> flows; //!< Those that count, ascending by index.
    uint64_t cut = 0;      //!< Flows among them that were in transfer when the run ended: the rest is taken to go on at
                           //!< the rate of the tail.
    uint64_t gaveUp = 0;   //!< Flows that would count, but were given up.
    uint64_t underWay = 0; //!< Flows that the run began with.
    uint64_t dataHops = 0; //!< Transmissions of data packets, at each hop.
    uint64_t drops = 0;    //!< Packets that switches dropped.
    std::shared_ptr<const WindowLinks> links; //!< What happened at links, where that is asked for.
};

/**
 * Simulates the packets of a window of a scenario.
 * \param config resolved, `STANDARD` mode \param plan that the window is of \param underWay flows in transfer when the
 * run begins, ascending \param expected slowdown of each flow of the trace by flowSim, for the rest of those that
 * outlast the run; empty where it is not known \param keepsLinks fill WindowOutcome::links
 */
WindowOutcome RunWindowByPackets(const Scenario& scenario,
                                 const RdmaConfig& config,
                                 const WindowPlan& plan,
                                 const SampledWindow& window,
                                 const std::vector<FlowInTransfer>& underWay,
                                 const std::vector<float>& expected,
                                 bool keepsLinks = false);

/**
 * Adds the flows of windows to a report, each window as a sampling unit. Flows are weighted such that each stratum
 * counts as many flows as the trace has in it (post-stratification: Cochran, Sampling Techniques, third edition,
 * section 5A.9). Strata are ranges of the expected slowdown in each size class.
 * \param windows at least one flow in all of them together \param expected slowdown of each flow of the trace by
 * flowSim; empty: a class is one stratum
 */
void AddWindows(const FlowList& flows,
                const std::vector<WindowOutcome>& windows,
                const std::vector<float>& expected,
                SlowdownReport& report);

} // namespace ns3::m3

#endif // M3_WINDOWS_BY_PACKETS_H
