// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_WINDOW_SIMULATION_H
#define M3_WINDOW_SIMULATION_H

#include "window-links.h"
#include "windows-by-packets.h"

#include "ns3/m3-engine.h"
#include "parts/time-windows.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ns3::m3
{

/// Returns the k-th smallest value for k = p (n - 1). \pre values is not empty
double OrderStatistic(std::vector<double> values, double p);

/// Returns the question for an engine that this process alone asks.
Question Alone(Question question);

/// Returns whether this process is the one that gets the report.
bool IsFirst(const Question& question);

/// \ingroup m3-engines
/// How far the engine that says who is under way is off on flows of windows that were simulated.
struct StarterCheck
{
    std::string text; //!< At p50 and p99, as a line for people.
    double
        queueing; //!< Natural logarithm of what queues add to its p99 slowdown over what they add to that of packets.
};

/// \ingroup m3-engines
/// Windows of a scenario, simulated one after the other, with what they begin from.
class WindowSimulation
{
  public:
    /// \param starter engine that says who is under way; null: nobody \param run of flowSim over all flows; null where
    /// the trace is too long for it
    WindowSimulation(const Scenario& scenario,
                     const Question& question,
                     Engine* starter,
                     std::shared_ptr<const FluidRun> run);

    /// Sets how much processor time of packets may be spent, by all processes, s; 0: any. At least one window of each
    /// process is done.
    void SetSeconds(double seconds)
    {
        m_maxSeconds = seconds;
    }

    /// Returns whether it is limited.
    bool HasSeconds() const
    {
        return m_maxSeconds > 0;
    }

    /// Returns whether windows were left out because the processor time is spent.
    bool IsSpent() const
    {
        return m_isSpent;
    }

    /// Processor time of packets so far, by all processes, s.
    double Seconds() const
    {
        return m_seconds;
    }

    /// Slowdowns that flowSim expects, one per flow; empty without its run.
    const std::vector<float>& Expected() const
    {
        return m_expected;
    }

    /// Simulates windows of a sequence from those on that are done, until the question's stop says so or the
    /// processor time is spent. \param plan that they are of
    /// \throws InputError if it does before the first one
    void RunUpTo(const WindowPlan& plan, const std::vector<SampledWindow>& windows);

    /// Outcomes of the windows that are done; on other ranks than 0 nothing.
    const std::vector<WindowOutcome>& Outcomes() const
    {
        return m_outcomes;
    }

    /// How many windows are done, by all processes.
    std::size_t Windows() const
    {
        return m_windows;
    }

    /// Sums of links over the windows that are done; empty unless the question asks for links.
    const SumsOfWindows& Links() const
    {
        return m_links;
    }

    /// How far the starter is off on flows of the windows; nothing without a starter or a run of flowSim.
    std::optional<StarterCheck> CheckOfStarter() const;

  private:
    void Tell(std::size_t done, std::size_t all) const
    {
        if (m_question.progress)
        {
            m_question.progress(done, all);
        }
    }

    std::vector<std::vector<FlowInTransfer>> InTransfer(const std::vector<SampledWindow>& windows) const;

    const Scenario& m_scenario;
    const Question& m_question;
    Engine* m_starter;
    std::shared_ptr<const FluidRun> m_run;
    RdmaConfig m_config;
    std::vector<float> m_expected;
    std::vector<WindowOutcome> m_outcomes;
    SumsOfWindows m_links;
    std::size_t m_windows = 0; //!< that are done, by all processes
    double m_maxSeconds = 0;
    double m_seconds = 0;
    bool m_isSpent = false;
};

} // namespace ns3::m3

#endif // M3_WINDOW_SIMULATION_H
