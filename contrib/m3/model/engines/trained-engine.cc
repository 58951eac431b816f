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

void TrainedEngine::CheckPaths(const Scenario& scenario) const
{
    if (m_paths != DEFAULT_PATHS && m_paths > scenario.Flows().size())
    {
        throw InputError("--paths: there are no more than " + std::to_string(scenario.Flows().size()) +
                         " flows whose paths could be drawn");
    }
}

void RequireTrainedControl(const Scenario& scenario, bool ownCheckpoint)
{
    const CongestionControlType control = scenario.Config().congestionControl;
    const bool registered = control >= CongestionControlType::REGISTERED;
    if (!ControlOf(control).isTrained && !(registered && ownCheckpoint))
    {
        throw NoAnswer(
            "no model was trained with the congestion control " + CongestionControlName(control) +
            (registered
                 ? "; train one on samples of it and name it as the checkpoint, or take an engine without a model: "
                   "packet or sampled"
                 : "; the engines packet and sampled need none"));
    }
}

EstimateInput InputOf(const Scenario& scenario, const Question& question, LoneSlowdown loneSlowdown)
{
    return {scenario,
            question.sizeClasses,
            SeedOfReplication(question.seed),
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
            "off by a large factor; compare with the engine sampled");
    }
}

} // namespace ns3::m3
