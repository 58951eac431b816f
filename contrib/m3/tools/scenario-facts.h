// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_SCENARIO_FACTS_H
#define M3_SCENARIO_FACTS_H

#include "scenario-options.h"

#include <string>
#include <utility>
#include <vector>

namespace ns3::m3
{

/// Describes a scenario for a reader who has nothing else of it: name and value of network, links, flows, traffic,
/// control with the values that unset options took, switches and random numbers.
std::vector<std::pair<std::string, std::string>> ScenarioFacts(const ScenarioOptions& options,
                                                               const ScenarioRun& scenario);

/// Returns a command line as a shell takes it, the program without its folder.
std::string CommandText(int argc, char* argv[]);

} // namespace ns3::m3

#endif // M3_SCENARIO_FACTS_H
