// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_CHECK_H
#define M3_CHECK_H

#include "ns3/m3-engine.h"
#include "ns3/m3-flow.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace ns3::m3
{

/// First flow of each of some parts that are spread evenly over a trace. Each is Engine::PART_FLOWS successive flows;
/// a trace of no more flows is one part. \throws InputError if the trace is too short for these parts
std::vector<std::size_t> CheckedParts(const FlowList& flows, uint32_t parts);

/// Adds an estimate of a part to a report. \param firstCounted flows before it take part, but are not estimated
using EstimatePart = std::function<void(const Scenario& part, uint32_t firstCounted, SlowdownReport& report)>;

/**
 * Compares an engine with the packet engine on parts of a trace, each on an empty network. The first half of a part
 * only warms up the network for the rest; where the trace is one part, all of it counts. \param engine name of the one
 * that is compared \return the report of the packet engine, then that of the engine
 */
std::vector<SlowdownReport> CheckByPackets(const std::string& engine,
                                           const Scenario& scenario,
                                           const Question& question,
                                           const EstimatePart& estimate);

/// Adds a line on what was checked, and one with the errors of each size class and of all flows.
void AddCheckNotes(const std::vector<SlowdownReport>& check, SlowdownReport& report);

} // namespace ns3::m3

#endif // M3_CHECK_H
