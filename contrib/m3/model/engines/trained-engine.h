// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_TRAINED_ENGINE_H
#define M3_TRAINED_ENGINE_H

#include "sampled-estimate.h"
#include "sampling-engine.h"

#include "ns3/m3-engine.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace ns3::m3
{

/// \ingroup m3-engines
/// A model that is loaded when it is first needed, and again for another file.
template <typename Model>
class LoadedModel
{
  public:
    /// Loads it from a file unless it is. \throws InputError as Model::Load
    void Load(const std::string& file)
    {
        if (m_model && file == m_file)
        {
            return;
        }
        const auto begin = std::chrono::steady_clock::now();
        m_model.reset();
        m_model = Model::Load(file);
        m_file = file;
        m_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    }

    /// The model, once it is loaded.
    Model& Get() const
    {
        return *m_model;
    }

    /// Time that loading took, once: the first run pays for it.
    double TakeSeconds()
    {
        return std::exchange(m_seconds, 0);
    }

  private:
    std::unique_ptr<Model> m_model;
    std::string m_file;
    double m_seconds = 0;
};

/// \ingroup m3-engines
/// What engines with a trained model have in common: they draw parts of the traffic, more of them until the interval
/// of the p99 is narrow enough, and let the model answer for these.
class TrainedEngine : public SamplingEngine
{
  public:
    using SamplingEngine::SamplingEngine;

    std::future<void> LoadAhead() const override;

  protected:
    void AddPathsOption(); //!< Adds the option "paths".

    /// Number of paths to draw.
    uint32_t Paths() const
    {
        return m_paths;
    }

    /// Checks the number of paths. \throws InputError for more than there are flows
    void CheckPaths(const Scenario& scenario) const;

  private:
    static constexpr uint32_t DEFAULT_PATHS = 500;

    uint32_t m_paths = DEFAULT_PATHS;
};

/// Refuses congestion controls that no model was trained with. \param ownCheckpoint whether the user gives a model,
/// which may be for a registered control \throws NoAnswer
void RequireTrainedControl(const Scenario& scenario, bool ownCheckpoint);

/// Returns the input of an estimate. \param scenario, question must outlive it
EstimateInput InputOf(const Scenario& scenario, const Question& question, LoneSlowdown loneSlowdown);

/// Finishes an estimate, with a note where packet loss determines its tail, which models predict worst.
void FinishEstimate(const RdmaConfig& config, SlowdownReport& report);

} // namespace ns3::m3

#endif // M3_TRAINED_ENGINE_H
