// SPDX-License-Identifier: GPL-2.0-only
#include "trained-engine.h"

#include "core/in-order.h"
#include "ns3/m3-control-description.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-scenario.h"
#include "packet/engine/replication.h"

#include <algorithm>

namespace ns3::m3
{

std::future<void> TrainedEngine::LoadAhead() const
{
    return CorrectionModel::LoadLibraryAhead();
}

void TrainedEngine::AddPathsOption()
{
    AddOption("paths", "number of paths to sample with --scope=paths or published", m_paths, CountOption(1));
}

void TrainedEngine::AddTargetErrorOption()
{
    AddOption("target-error",
              "sample until the 95 % interval of the p99 of all flows reaches no further than this, as in 5%",
              "SHARE",
              "0",
              [this](const std::string& text)
              {
                  m_targetError = ParseProbability("--target-error", text);
                  if (m_targetError == 1)
                  {
                      throw InputError("the target error must be at least 0 and below 1");
                  }
              });
}

void TrainedEngine::CheckPaths(const Scenario& scenario) const
{
    if (m_paths != DEFAULT_PATHS && m_paths > scenario.Flows().size())
    {
        throw InputError("--paths: there are no more than " + std::to_string(scenario.Flows().size()) +
                         " flows whose paths could be drawn");
    }
}

SlowdownReport TrainedEngine::EmptyReport(const Scenario& scenario, const Question& question) const
{
    SlowdownReport report(Info().name, question.sizeClasses);
    std::vector<uint64_t> flowCount(question.sizeClasses.Count(), 0);
    for (const Flow& flow : scenario.Flows())
    {
        flowCount[question.sizeClasses.ClassOf(flow.sizeBytes)]++;
    }
    for (std::size_t c = 0; c < flowCount.size(); c++)
    {
        report.SetFlowCount(c, flowCount[c]);
    }
    return report;
}

SlowdownReport TrainedEngine::EstimateUntilPrecise(const Question& question,
                                                   uint64_t draws,
                                                   uint64_t maxDraws,
                                                   const std::function<SlowdownReport(uint64_t draws)>& estimate,
                                                   const std::function<void(SlowdownReport& report)>& finish) const
{
    constexpr double QUANTILE = 0.99;
    while (true)
    {
        SlowdownReport report = estimate(draws);
        double reach = 0;
        if (!question.share || question.share->Rank() == 0)
        {
            finish(report);
            reach = report.SamplingReach(QUANTILE);
        }
        reach = question.share ? question.share->OfFirst(reach) : reach;
        if (m_targetError == 0 || reach <= m_targetError || draws >= maxDraws)
        {
            return report;
        }
        // intervals shrink with the root of what is drawn
        constexpr double MARGIN = 1.2;
        constexpr double MIN_FACTOR = 1.5;
        constexpr double MAX_FACTOR = 16;
        const double more = MARGIN * (reach / m_targetError) * (reach / m_targetError);
        draws = std::min(maxDraws,
                         static_cast<uint64_t>(static_cast<double>(draws) * std::clamp(more, MIN_FACTOR, MAX_FACTOR)));
    }
}

void RequireTrainedControl(const Scenario& scenario, bool ownCheckpoint)
{
    const CongestionControlType control = scenario.Config().congestionControl;
    const bool registered = control >= CongestionControlType::REGISTERED;
    if (!ControlOf(control).isTrained && !(registered && ownCheckpoint))
    {
        throw InputError("no model was trained with the congestion control " + CongestionControlName(control) +
                         (registered ? "; train one on samples of it and set it as checkpoint" : ""));
    }
}

EstimateInput InputOf(const Scenario& scenario, const Question& question, LoneSlowdown loneSlowdown)
{
    return {scenario,
            question.sizeClasses,
            SeedOfReplication(question.seed),
            0,
            ThreadCount(question.threads),
            question.progress,
            question.share,
            std::move(loneSlowdown)};
}

void FinishEstimate(const RdmaConfig& config, SlowdownReport& report)
{
    constexpr double TAIL_LEVEL = 0.999;
    constexpr double RETRANSMITTED = 30; // slowdown; the published kind of network keeps below 20 without losses
    report.Finish();
    if (!config.pfc && report.OverallQuantile(TAIL_LEVEL) > RETRANSMITTED)
    {
        report.AddNote(
            "without PFC, flows that wait for retransmissions are expected to dominate the tail: its p99 may be "
            "off by a large factor; compare with the packet engine on parts of the trace");
    }
}

} // namespace ns3::m3
