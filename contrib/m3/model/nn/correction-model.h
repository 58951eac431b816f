// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_CORRECTION_MODEL_H
#define M3_CORRECTION_MODEL_H

#include "features/scope.h"
#include "ns3/m3-slowdown-report.h"

#include <array>
#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <vector>

namespace ns3::m3
{

struct ErrorScale;
struct FlowFeatures;
struct InputRanges;

inline constexpr uint32_t QUANTILES = 20; //!< per predicted distribution

/// Edges of the probability bins, each of which stands for its mid-point; finer towards the tail.
inline constexpr std::array<double, QUANTILES + 1> QUANTILE_EDGES = {
    0, 0.02, 0.06, 0.12, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.78, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99, 0.995, 0.998, 1};

/// Probability of predicted quantile i.
inline double QuantileLevel(uint32_t i)
{
    return (QUANTILE_EDGES[i] + QUANTILE_EDGES[i + 1]) / 2;
}

/// Share of a flow's distribution that predicted quantile i stands for; the shares sum to 1.
inline double QuantileWeight(uint32_t i)
{
    return QUANTILE_EDGES[i + 1] - QUANTILE_EDGES[i];
}

/// Value at a level of a predicted distribution of QUANTILES values: linear between the predicted levels, the first
/// and last value outside of them.
double PredictedQuantile(const float* predicted, double level);

/**
 * \ingroup m3-nn
 * A trained model that turns flowSim's view of a flow into the distribution of the slowdown that the packet engine
 * would give it. LibTorch stays behind this interface: libm3 loads the library m3-learning at the first Load(), so
 * programs that do not estimate start without it.
 */
class CorrectionModel
{
  public:
    virtual ~CorrectionModel() = default;

    /**
     * May be called from several threads at once.
     * \param threads to share the work, at least 1; what comes out does not depend on it
     * \return [flows][QUANTILES]: slowdowns at QuantileLevel(i), at least 1, not falling in i
     */
    virtual std::vector<float> Predict(const FlowFeatures& flows, uint32_t threads) = 0;

    /// Returns the ranges of the inputs that it was trained on; empty where the checkpoint does not have them.
    virtual const InputRanges& Ranges() const = 0;

    /// Returns the errors of its estimates on held-out networks with PFC or without it; `networks` is 0 where the
    /// checkpoint does not have them.
    virtual HeldOutErrors HeldOut(bool pfc) const = 0;

    /// Returns how far its estimates are expected to be off by what a network is like; not known where the checkpoint
    /// does not have it.
    virtual const ErrorScale& Errors() const = 0;

    /// Returns architecture, training data and seed in one line, from the checkpoint.
    virtual std::string Description() const = 0;

    /// Returns the scope of the samples that it was last trained on: NETWORK, which also serves windows, or PATHS.
    virtual Scope TrainedScope() const = 0;

    /// \param file of the checkpoint \throws InputError if it was not trained for the scope
    void RequireScope(Scope scope, const std::string& file) const;

    /**
     * Loads a checkpoint file.
     * \throws InputError if the file is missing, damaged, of another version or made for other features, or if the
     * library m3-learning is not there
     */
    static std::unique_ptr<CorrectionModel> Load(const std::string& checkpoint);

    /**
     * Begins to load the library m3-learning on another thread, so that Load() need not: LibTorch takes most of a
     * second of one core. Errors are those of Load(). \return to be kept until then; its destructor waits
     */
    static std::future<void> LoadLibraryAhead();

    /// Returns the checkpoint that the module ships for NETWORK or PATHS. For NETWORK, the environment variable
    /// M3_MODEL overrides it.
    static std::string ShippedCheckpoint(Scope scope);
};

} // namespace ns3::m3

#endif // M3_CORRECTION_MODEL_H
