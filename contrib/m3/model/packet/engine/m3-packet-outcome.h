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

/// \return the reason as reports name it: "stop-time", "no-progress", ...; "finished" for `NO`
std::string UnfinishedName(Unfinished reason);

/// \return the reasons of the flows that did not finish, each with the number of flows, as in "20 deadlock, 1
/// unreachable"; empty where all finished
std::string UnfinishedText(const PacketResult& result);

/**
 * Explains why flows did not finish: a line for each reason, with the flows and what it means, as in "2 stop-time
 * (flows 1, 2): the run stops before they start".
 * \param stopNs PacketRunOptions::stopNs of the run
 */
std::vector<std::string>
UnfinishedLines(EngineMode mode, const FlowList& flows, const PacketResult& result, int64_t stopNs);

/// \return one line on the ports that wait for each other where a run ended in a PFC deadlock, else an empty text
std::string DeadlockText(const FabricGraph& fabric, const PacketResult& result);

/// \return one line on how long flows took to go on after failures that cut their routes; "" where none did
std::string RecoveryText(const PacketResult& result);

/// Writes `flow,failure_ns,recovery_ns` of PacketResult::recoveries. \throws InputError as WriteWholeFile
void WriteRecoveries(const PacketResult& result, const std::string& file);

/// \return the numbers of packets that a run sent again and lost
PacketCounts CountsOf(const PacketResult& result);

} // namespace ns3::m3

#endif // M3_PACKET_OUTCOME_H
