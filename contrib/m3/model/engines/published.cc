// SPDX-License-Identifier: GPL-2.0-only
// The engine published: sampled paths by the published method (Li et al., SIGCOMM 2024), the baseline beside m3. Its
// model gives the percentiles of each path's foreground flows, which count alike.
#include "built-in-engines.h"
#include "trained-engine.h"

#include "ns3/m3-input-error.h"
#include "ns3/m3-scenario.h"

namespace ns3::m3
{

namespace
{

class PublishedEngine : public TrainedEngine
{
  public:
    explicit PublishedEngine(const EngineInfo& info)
        : TrainedEngine(info)
    {
        AddPathsOption();
        AddTargetErrorOption();
        AddOption("published-checkpoint",
                  "model checkpoint of the published method (default: the one that is shipped)",
                  m_checkpoint,
                  TextOption("FILE"));
    }

    bool GivesPerFlow() const override
    {
        return false;
    }

    EngineOptions Choices(const FabricGraph& /*fabric*/, uint64_t /*flows*/) const override
    {
        return {{"scope", Info().name}, {"paths", std::to_string(Paths())}, {"checkpoint", Checkpoint()}};
    }

  private:
    std::string Checkpoint() const
    {
        return m_checkpoint.empty() ? PathMapModel::ShippedCheckpoint() : m_checkpoint;
    }

    void DoPrepare(const Scenario& scenario, const Question& question) override
    {
        CheckPaths(scenario);
        if (question.share)
        {
            throw InputError("several processes can only share the scope paths");
        }
        RequireTrainedControl(scenario, !m_checkpoint.empty());
        if (question.sizeClasses.edges != SizeClasses().edges)
        {
            throw InputError("the published model has size classes of its own: 0,1000,10000,50000");
        }
        m_model.Load(Checkpoint());
    }

    SlowdownReport DoRun(const Scenario& scenario, const Question& question) override
    {
        const EstimateInput input = InputOf(scenario, question, {});
        return EstimateUntilPrecise(
            question,
            Paths(),
            scenario.Flows().size(),
            [&](uint64_t draws)
            {
                SlowdownReport report = EmptyReport(scenario, question);
                report.SetHeldOutErrors({}, ""); // nobody has measured those of this model
                EstimatePublished(input, static_cast<uint32_t>(draws), m_model.Get(), report);
                return report;
            },
            [&](SlowdownReport& report) { FinishEstimate(scenario.Config(), report); });
    }

    void DoComplete(const Scenario& /*scenario*/, const Question& /*question*/, SlowdownReport& report) override
    {
        report.wallSeconds += m_model.TakeSeconds();
    }

    std::string m_checkpoint;
    LoadedModel<PathMapModel> m_model;
};

} // namespace

std::vector<EngineEntry> PublishedEngines()
{
    EngineInfo info;
    info.name = "published";
    info.text = "sampled paths by the published method: a model's percentiles of the flows of each path";
    info.takes = {Trait::SMALL_WINDOW};
    info.isTrained = true;
    info.usesThreads = true;
    info.whyNoTasks = "samples paths of a list in which every flow has its start";
    info.family = "m3"; // where kept answers lie
    info.formerOption = {"scope", info.name};
    return {MakeEngineEntry<PublishedEngine>(info)};
}

} // namespace ns3::m3
