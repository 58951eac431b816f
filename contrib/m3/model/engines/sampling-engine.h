// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_SAMPLING_ENGINE_H
#define M3_SAMPLING_ENGINE_H

#include "ns3/m3-engine.h"

#include <cstdint>
#include <functional>

namespace ns3::m3
{

/// \ingroup m3-engines
/// Base of engines that sample parts of the traffic, more of them until the interval of the p99 is narrow enough.
class SamplingEngine : public Engine
{
  public:
    using Engine::Engine;

  protected:
    void AddTargetErrorOption(); //!< Adds the option "target-error".

    /// Returns whether a target error is set.
    bool HasTargetError() const
    {
        return m_targetError > 0;
    }

    /// Adds the flows of each size class to an empty report.
    SlowdownReport EmptyReport(const Scenario& scenario, const Question& question) const;

    /**
     * Estimates, again with more draws until the 95 % interval of the p99 of all flows reaches no further than the
     * target error to either side, or everything is drawn, or Question::stop says so.
     * \param estimate returns an estimate from a number of draws \param finish called on rank 0 alone
     */
    SlowdownReport EstimateUntilPrecise(const Question& question,
                                        uint64_t draws,
                                        uint64_t maxDraws,
                                        const std::function<SlowdownReport(uint64_t draws)>& estimate,
                                        const std::function<void(SlowdownReport& report)>& finish) const;

  private:
    double m_targetError = 0;
};

} // namespace ns3::m3

#endif // M3_SAMPLING_ENGINE_H
