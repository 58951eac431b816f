// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_SCENARIO_FACTS_H
#define M3_SCENARIO_FACTS_H

#include "scenario-options.h"

#include <string>
#include <utility>
#include <vector>

namespace ns3::m3
{

/// Describes a scenario completely: name and value of network, links, flows, traffic, congestion control with resolved
/// values, switches and seed.
std::vector<std::pair<std::string, std::string>> ScenarioFacts(const ScenarioOptions& options,
                                                               const ScenarioRun& scenario);

/// Returns a command line quoted for a shell, with the program's name without its folder.
std::string CommandText(int argc, char* argv[]);

} // namespace ns3::m3

#endif // M3_SCENARIO_FACTS_H
