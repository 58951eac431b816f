// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_ENGINE_LOG_H
#define M3_ENGINE_LOG_H

#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-failures.h"
#include "ns3/m3-packet-result.h"

#include <cstdint>
#include <vector>

namespace ns3::m3
{

// What the packet engine tells ns-3's log, component M3PacketEngine: rare events only. Times are ns since the start of
// the run. Without NS3_LOG_ENABLE these functions do nothing.

/// A link went down or came up. \param link one of its directions
void LogLinkChange(int64_t timeNs, const FabricLink& link, const LinkChange& change);

/// A sender's retransmission timeout ran out, the n-th since its last progress. \param rtoNs the next one
void LogTimeout(int64_t timeNs, uint32_t flow, uint32_t timeouts, int64_t rtoNs);

/// A flow ended without a completion time.
void LogUnfinished(int64_t timeNs, uint32_t flow, Unfinished reason);

/// A packet of a flow was dropped by the switch at the end of a link, or lost on the link.
void LogDrop(int64_t timeNs, uint32_t flow, const FabricLink& link);

/// Paused ports wait for each other in a circle, and nothing else can happen.
void LogDeadlock(int64_t timeNs, const FabricGraph& fabric, const std::vector<LinkId>& egressLinks);

} // namespace ns3::m3

#endif // M3_ENGINE_LOG_H
