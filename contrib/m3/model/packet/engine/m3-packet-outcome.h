// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PACKET_OUTCOME_H
#define M3_PACKET_OUTCOME_H

#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-flow.h"
#include "ns3/m3-link-timing.h"
#include "ns3/m3-packet-counts.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ns3::m3
{

struct PacketResult;

/// Why a flow has no completion time.
enum class Unfinished : uint8_t
{
    NO,          //!< it finished
    STOP_TIME,   //!< the run ended first, at its stop time or by the packets it may send
    NO_PROGRESS, //!< 16 retransmission timeouts in a row; `HPCC` mode, which has none: a lost packet is not sent again
    UNREACHABLE, //!< links are down and no way is left
    DEADLOCK     //!< ports that PFC has paused wait for each other in a circle, and nothing else can happen
};

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
