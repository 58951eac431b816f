// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PASSES_H
#define M3_PASSES_H

#include "flowsim/fabric-flow-sim.h"
#include "ns3/m3-engine.h"
#include "ns3/m3-pass-counts.h"
#include "ns3/m3-scenario.h"

#include <functional>
#include <memory>
#include <vector>

namespace ns3::m3
{

/**
 * Answers for a schedule by an engine that needs the start of every flow beforehand. flowSim runs the schedule: what it
 * gives are the first starts. A pass asks the engine for the FCT of every flow with these starts. flowSim then runs the
 * schedule again, with each flow's FCT multiplied by
 *
 *     factor = max(1, FCT of the engine / FCT of flowSim with the same starts),
 *
 * from the third pass on by the geometric mean of the factors of all passes but the first, whose starts are far off.
 * That gives the next starts. Where they no longer change, the engine's FCTs and the schedule's rule hold together, but
 * for flows that the engine expects to be faster than their max-min share. Starts that followed from FCTs alone would
 * not settle: flows that were slow together are far apart in the next pass, and quick and together again in the one
 * after.
 *
 * Passes end where the completion times of the groups change by at most the tolerance in the mean, or at the limit.
 * Tasks without a group count as one more group.
 *
 * The engine gets the flows as a list in the order of their starts, with the routes that they have in the schedule
 * (Scenario::Scheduled). It must draw what it draws by the flow's number in the schedule, so that passes have the same
 * draws.
 *
 * \ingroup m3-engines
 */
class Passes
{
  public:
    /// Returns the completion times of the flows of a scenario, by their place in its list.
    using Answer = std::function<std::vector<CompletionTime>(const Scenario& scenario)>;

    /// Runs flowSim. \param scenario with a schedule; it must outlive the passes \throws InputError as Scenario
    explicit Passes(const Scenario& scenario);

    /// Runs passes. \throws InputError as `answer` does, and where that gives a flow no time
    void Run(const PassLimits& limits, const Answer& answer);

    /// Returns the flows with the starts that the last pass had.
    const Scenario& Last() const
    {
        return *m_listed->scenario;
    }

    /// Returns when the tasks run by flowSim with the factors of all passes.
    const TaskTimes& Times() const
    {
        return m_times;
    }

    /// Returns how many passes there were, and what the last one changed.
    const PassCounts& Counts() const
    {
        return m_counts;
    }

  private:
    /// The flows in the order of their starts.
    struct Listed
    {
        FlowList flows;
        ScheduledFlows scheduled;
        std::unique_ptr<const Scenario> scenario; //!< of these
    };

    void RunFluid();
    std::unique_ptr<const Listed> ListByStart() const;

    const Scenario& m_scenario;
    std::vector<RouteKey> m_keys;     //!< by number of a flow
    std::vector<double> m_factors;    //!< of FCTs, by number of a flow
    std::vector<double> m_fluidFctNs; //!< FCT of the last run of flowSim, without factor, by number
    TaskTimes m_times;
    std::unique_ptr<const Listed> m_listed;
    PassCounts m_counts;
};

/// Returns when the tasks of a schedule without dependencies run. \param fcts of its flows
TaskTimes TimesOfList(const Schedule& schedule, const std::vector<CompletionTime>& fcts);

} // namespace ns3::m3

#endif // M3_PASSES_H
