// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_ASKED_CONTROLS_H
#define M3_ASKED_CONTROLS_H

#include "ns3/m3-control-description.h"
#include "ns3/m3-numbers.h"
#include "ns3/m3-program-options.h"
#include "ns3/m3-rdma-config.h"
#include "ns3/m3-scenario-space.h"

#include <boost/algorithm/string/replace.hpp>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

namespace ns3::m3
{

/// Returns those of some controls that no scenario is drawn with: the models have not learned them.
inline std::vector<CongestionControlType> UndrawnControls(const std::vector<CongestionControlType>& asked)
{
    std::vector<CongestionControlType> undrawn;
    std::copy_if(asked.begin(),
                 asked.end(),
                 std::back_inserter(undrawn),
                 [](CongestionControlType control) { return !ControlOf(control).isTrained; });
    return undrawn;
}

/// Gives a network that was drawn with a control beyond those that are asked for one of UndrawnControls(), if there are
/// any: these take turns.
inline void
GiveUndrawnControl(const std::vector<CongestionControlType>& asked, uint64_t network, TrainingScenario& scenario)
{
    const std::vector<CongestionControlType> undrawn = UndrawnControls(asked);
    if (undrawn.empty() || std::find(asked.begin(), asked.end(), scenario.config.congestionControl) != asked.end())
    {
        return;
    }
    const auto inText = [&scenario] { return ", " + CongestionControlName(scenario.config.congestionControl) + ", "; };
    const std::string drawn = inText();
    scenario.config.congestionControl = undrawn[network % undrawn.size()];
    boost::algorithm::replace_first(scenario.description, drawn, inText());
}

/// Adds the option of the controls that are asked for.
inline void AddControlsOption(ProgramOptions& program, std::vector<CongestionControlType>& asked)
{
    program.AddParsed(
        "cc",
        "keep only networks with these congestion controls, as in dcqcn,timely (default: any); those that "
        "no network is drawn with (swift, powertcp, ...) are given to the others in turn",
        "NAME,NAME",
        "",
        [&asked](auto, auto text)
        {
            for (const std::string& control : SplitList(text))
            {
                asked.push_back(ParseCongestionControl(control));
            }
        });
}

} // namespace ns3::m3

#endif // M3_ASKED_CONTROLS_H
