// SPDX-License-Identifier: GPL-2.0-only
#include "engine-log.h"

#include "ns3/log.h"
#include "ns3/m3-packet-outcome.h"

namespace ns3::m3
{

NS_LOG_COMPONENT_DEFINE("M3PacketEngine");

void LogLinkChange(int64_t timeNs, const FabricLink& link, const LinkChange& change)
{
    NS_LOG_INFO(timeNs << " ns: link between nodes " << link.from << " and " << link.to
                       << (!change.IsOfState() ? " is degraded"
                           : change.up         ? " comes up"
                                               : " goes down"));
}

void LogTimeout(int64_t timeNs, uint32_t flow, uint32_t timeouts, int64_t rtoNs)
{
    NS_LOG_INFO(timeNs << " ns: flow " << flow << ": retransmission timeout " << timeouts << ", the next after "
                       << rtoNs << " ns");
}

void LogUnfinished(int64_t timeNs, uint32_t flow, Unfinished reason)
{
    NS_LOG_WARN(timeNs << " ns: flow " << flow << " ends unfinished: " << UnfinishedName(reason));
}

void LogDrop(int64_t timeNs, uint32_t flow, const FabricLink& link)
{
    NS_LOG_DEBUG(timeNs << " ns: flow " << flow << ": packet lost on its way from node " << link.from << " to node "
                        << link.to);
}

void LogDeadlock(int64_t timeNs, const FabricGraph& fabric, const std::vector<LinkId>& egressLinks)
{
    PacketResult result;
    result.deadlock = egressLinks;
    NS_LOG_WARN(timeNs << " ns: " << DeadlockText(fabric, result));
}

} // namespace ns3::m3
