// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_ORIGINS_H
#define M3_ORIGINS_H

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-training
/// Where samples come from.
struct SampleOrigin
{
    std::string scenario;         //!< What was simulated, one line for people.
    std::optional<uint64_t> seed; //!< Seed that the scenario was drawn with; none where the samples do not say.
    std::string commit;           //!< Commit of the program that drew it; empty without a seed.
    std::string settings;         //!< All that the bytes follow from, but for the program; empty if nothing says it.

    /// Returns seed and commit, as in "1 at commit 84a1487"; "unknown" without a seed.
    std::string DrawingText() const;

    /// Returns scenario, seed and commit as the line that files hold and people read.
    std::string Description() const;

    /// Sets scenario, seed and commit from such a line; one of another form is all scenario.
    void SetDescription(const std::string& description);
};

/// \ingroup m3-training
/// What made a model.
struct ModelOrigin
{
    std::string training;            //!< The last training, and what was done with the model after it.
    std::vector<std::string> before; //!< Trainings that it was fine-tuned from, the latest first.

    /// Returns all of it as the line that checkpoints hold and people read.
    std::string Description() const;

    /// Returns what such a line says.
    static ModelOrigin FromDescription(const std::string& description);
};

/// Returns what made a mix of two models: trainings that both were fine-tuned from are named once. \param share of
/// `one`, 0 to 1
ModelOrigin MixedOrigin(ModelOrigin one, ModelOrigin other, double share);

/// Returns what made a model of which two are the experts, in the same way.
ModelOrigin JoinedOrigin(ModelOrigin one, ModelOrigin other);

} // namespace ns3::m3

#endif // M3_ORIGINS_H
