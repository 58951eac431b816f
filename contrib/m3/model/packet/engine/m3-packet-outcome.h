// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PACKET_OUTCOME_H
#define M3_PACKET_OUTCOME_H

#include "ns3/m3-engine-mode.h"
#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-flow.h"
#include "ns3/m3-packet-counts.h"
#include "ns3/m3-packet-result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ns3::m3
{

/// "stop-time", "no-progress", ...: the reason as reports name it; "finished" for `NO`.
std::string UnfinishedName(Unfinished reason);

/// The reasons of the flows from `firstFlow` on that did not finish, each with its number: "20 deadlock, 1
/// unreachable"; "" where all finished.
std::string UnfinishedText(const PacketResult& result, uint32_t firstFlow = 0);

/**
 * The same with a line for each reason that says which flows these are and what it means, as in "2 stop-time (flows 1,
 * 2): the run stops before they start". \param stopNs PacketRunOptions::stopNs of the run
 */
std::vector<std::string>
UnfinishedLines(EngineMode mode, const FlowList& flows, const PacketResult& result, int64_t stopNs);

/// One line on the ports that wait for each other where a run ended in a PFC deadlock, else "".
std::string DeadlockText(const FabricGraph& fabric, const PacketResult& result);

/// What a run sent again and lost.
PacketCounts CountsOf(const PacketResult& result);

} // namespace ns3::m3

#endif // M3_PACKET_OUTCOME_H
