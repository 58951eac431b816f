// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_RUN_IN_PARTS_H
#define M3_RUN_IN_PARTS_H

// Events of one ns in the order of a parallel run of ns-3 (event-parts.h). Engines whose rules have no parts compile
// none of it.
#include "packet-engine.h"

#include <algorithm>

namespace ns3::m3
{

/// Gives the parts the events that others have sent them, as often as their round has ended before the next event.
template <class Rules>
void PacketEngine<Rules>::EndRounds()
{
    const auto deliver = [this](const EventParts::Message& message)
    {
        // the rounds of UNISON include their last ns, so that a frame without transmission time may come late
        m_wheel.Schedule(std::max(message.timeNs, m_wheel.Now() + 1), message.type, message.subject, message.object);
    };
    while (m_parts->EndRound(m_wheel.NextTime(), deliver))
    {
    }
}

template <class Rules>
void PacketEngine<Rules>::PostArrival(LinkId link, const EventParts::Message& message)
{
    const FabricLink& way = m_fabric.Link(link);
    m_parts->Post(m_parts->PartOf(way.from), m_parts->PartOf(way.to), message);
}

/// Has the application post a flow that has become due, in the part whose event has set it off.
template <class Rules>
void PacketEngine<Rules>::PostFlow(uint32_t flow, int64_t startNs)
{
    const int64_t postedNs = startNs - *m_config.parallelPostNs;
    if (m_runningPart == EventParts::SCRIPT)
    {
        m_parts->Post(EventParts::SCRIPT,
                      m_parts->PartOf(m_flows[flow].src),
                      {postedNs, 0, startNs, EventType::FLOW_DUE, flow, 0});
        return;
    }
    m_wheel.Schedule(std::max(postedNs, m_wheel.Now()), EventType::FLOW_POSTED, flow, m_runningPart);
}

template <class Rules>
void PacketEngine<Rules>::OnFlowPosted(uint32_t flow, uint32_t part)
{
    const uint32_t host = m_parts->PartOf(m_flows[flow].src);
    const int64_t startNs = StartNs(flow);
    if (part == host)
    {
        m_wheel.Schedule(startNs, EventType::FLOW_DUE, flow, 0);
        return;
    }
    m_parts->Post(part, host, {m_wheel.Now(), m_wheel.Numbers(), startNs, EventType::FLOW_DUE, flow, 0});
}

} // namespace ns3::m3

#endif // M3_RUN_IN_PARTS_H
