// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PLAN_WINDOWS_H
#define M3_PLAN_WINDOWS_H

#include "flows-in-transfer.h"

#include "ns3/m3-slowdown-report.h"
#include "parts/time-windows.h"

#include <cstdint>
#include <vector>

namespace ns3::m3
{

class Scenario;

/// \ingroup m3-engines
/// What a user says about the windows of the engine sampled; 0 leaves it to PlanWindows().
struct WindowWishes
{
    uint32_t windows = 0;         //!< Number of windows.
    uint64_t flowsPerWindow = 0;  //!< Successive flows of each.
    int64_t leadNs = 0;           //!< Time before each.
    double budget = 0;            //!< Share of the trace's time that is simulated, at most 1.
    bool hasTargetError = false;  //!< More windows may be drawn.
    bool startsFromFluid = false; //!< flowSim says who is under way.
};

/**
 * Plans the windows of a scenario. Lead and tail go by base RTTs, by how long flows take and by how long the congestion
 * control remembers; a window lasts twice as long as its tail, and as long as its lead where the budget has room for
 * that. Where many flows of a size class outlast that tail and
 * the budget allows, windows of a second kind have a tail that is long enough for these.
 * \param fluid FCTs by flowSim of at least one flow \param classes of the report
 */
WindowPlan
PlanWindows(const Scenario& scenario, const FluidFcts& fluid, const SizeClasses& classes, const WindowWishes& wishes);

/**
 * Returns a plan for scenarios that are compared on the same windows: leads, tails and windows are as long as the
 * longest of theirs; unless the user says how many windows there are, they take as much of the trace's time as those of
 * the first plan. \param plans at least one, of scenarios with these flows
 */
WindowPlan CommonPlan(const std::vector<WindowPlan>& plans, const FlowList& flows, const WindowWishes& wishes);

/// Time that one window takes with its lead and tail, ns, on average over the trace and the kinds of the plan.
double MeanRunNs(const WindowPlan& plan, const FlowList& flows);

/// Time that windows of a kind take without lead and tail, ns, on average over the trace.
double WindowNs(const WindowKind& kind, const FlowList& flows);

/// Returns whether a plan simulates so much of a trace that all of it may as well be simulated.
bool IsNearlyWhole(const WindowPlan& plan, const FlowList& flows);

} // namespace ns3::m3

#endif // M3_PLAN_WINDOWS_H
