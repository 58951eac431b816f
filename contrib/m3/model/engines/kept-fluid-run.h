// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_KEPT_FLUID_RUN_H
#define M3_KEPT_FLUID_RUN_H

#include <cstddef>
#include <memory>

namespace ns3::m3
{

class Scenario;
struct FluidRun;
struct Question;

/// Whether flowSim tells classes of flows apart.
enum class FluidKind
{
    OF_ONE_CLASS, //!< for what knows none, such as trained models
    OF_CLASSES
};

/// \ingroup m3-engines
/// A run of flowSim over a whole network, kept for scenarios in which it is the same where Question::keepFluidRun.
class KeptFluidRun
{
  public:
    /// Has none yet. \param kind of its runs
    explicit KeptFluidRun(FluidKind kind)
        : m_kind(kind)
    {
    }

    /// Forgets the run.
    void Clear()
    {
        m_run.reset();
    }

    /// The run of a scenario, the kept one if it is that.
    std::shared_ptr<const FluidRun> Of(const Scenario& scenario, const Question& question);

  private:
    FluidKind m_kind;
    std::shared_ptr<const FluidRun> m_run;
    std::size_t m_key = 0; //!< hash of what it was made for
};

} // namespace ns3::m3

#endif // M3_KEPT_FLUID_RUN_H
