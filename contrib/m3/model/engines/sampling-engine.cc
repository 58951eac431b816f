// SPDX-License-Identifier: GPL-2.0-only
#include "sampling-engine.h"

#include "ns3/m3-estimate-share.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-numbers.h"
#include "ns3/m3-scenario.h"

#include <algorithm>

namespace ns3::m3
{

void SamplingEngine::AddTargetErrorOption()
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

SlowdownReport SamplingEngine::EmptyReport(const Scenario& scenario, const Question& question) const
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

SlowdownReport SamplingEngine::EstimateUntilPrecise(const Question& question,
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
        if (m_targetError == 0 || reach <= m_targetError || draws >= maxDraws || (CanStop() && question.IsToStop()))
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

} // namespace ns3::m3
