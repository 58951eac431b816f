// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_WINDOW_LINKS_H
#define M3_WINDOW_LINKS_H

#include "link-uses.h"
#include "packet/engine/link-sums.h"

#include <cstdint>
#include <vector>

namespace ns3::m3
{

struct WindowOutcome;

/// \ingroup m3-engines
/// What the packets of a window showed of links, from its begin, with its lead, to its end, with its tail.
struct WindowLinks
{
    std::vector<LinkSum> sums;     //!< by LinkId
    int64_t spanNs = 0;            //!< time that was simulated
    std::vector<LinkDelay> delays; //!< of the flows that count, by their place in WindowOutcome::flows
};

/// \ingroup m3-engines
/// Sums of links over windows. Flows have the weights of WindowFlow.
class SumsOfWindows
{
  public:
    /// Adds a window whose WindowOutcome::links is there.
    void Add(const WindowOutcome& window);

    /// Returns the links of a scenario with these sums; the span is the time that was simulated.
    LinkUses Uses(const Scenario& scenario) const;

  private:
    std::vector<LinkSum> m_sums;
    int64_t m_spanNs = 0;
    std::vector<LinkDelay> m_delays; //!< by the place of the flow in the two below
    std::vector<double> m_slowdowns; //!< of the flows that count
    std::vector<double> m_weights;   //!< the same
};

} // namespace ns3::m3

#endif // M3_WINDOW_LINKS_H
