// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_ENGINE_EVENTS_H
#define M3_ENGINE_EVENTS_H

// The calendar of the engine: what an event does.
#include "flow-resume.h"
#include "host.h"

#include <algorithm>

namespace ns3::m3
{

template <class Rules>
[[gnu::always_inline]] inline void PacketEngine<Rules>::Dispatch(EngineEvent event)
{
    switch (event.Type())
    {
    case EventType::SWITCH_ARRIVAL:
        SwitchReceive(event.subject, event.Object());
        break;
    case EventType::PORT_FREE:
        OnPortFree(event.Object());
        break;
    case EventType::NIC_FREE:
        OnNicFree(event.Object());
        break;
    case EventType::HOST_ARRIVAL:
        HostReceive(event.subject, event.Object());
        break;
    case EventType::PFC_ARRIVAL:
        OnPfcFrame(event.Object(), event.subject);
        break;
    case EventType::NIC_TIMER:
        OnNicTimer(event.Object());
        break;
    case EventType::FLOW_ARRIVAL:
        OnFlowArrival();
        break;
    case EventType::FLOW_DELAY:
        m_wheel.Schedule(m_wheel.Now(), EventType::FLOW_START, event.subject, 0);
        break;
    case EventType::FLOW_START:
        OnFlowStart(event.subject);
        break;
    case EventType::FLOW_DUE:
        OnFlowDue(event.subject);
        break;
    case EventType::FLOW_POSTED:
        if constexpr (Rules::RUNS_IN_PARTS)
        {
            OnFlowPosted(event.subject, event.Object());
        }
        break;
    case EventType::FLOW_RESUME:
        ResumeFlow(m_options.underWay[event.subject]);
        break;
    case EventType::CONTROL_TIMER:
        OnControlTimer(event.Object(), event.subject);
        break;
    case EventType::LINK_CHANGE:
        OnLinkChange(event.subject);
        break;
    case EventType::RETRANSMIT:
        OnTimeout(event.Object());
        break;
    case EventType::QUEUE_LOOK:
        OnQueueLook();
        break;
    }
}

template <class Rules>
void PacketEngine<Rules>::ScheduleLooks()
{
    m_goesOn = m_options.untilQuiet;
    if (m_options.queueLooks.intervalNs > 0)
    {
        m_goesOn = true;
        m_lookedAt.resize(m_ports.size());
        m_wheel.Schedule(std::max(m_options.queueLooks.firstNs, m_options.beginNs), EventType::QUEUE_LOOK, 0, 0);
    }
}

template <class Rules>
void PacketEngine<Rules>::OnQueueLook()
{
    const QueueLooks& looks = m_options.queueLooks;
    for (LinkId link = 0; link < m_ports.size(); link++)
    {
        // what waits with PFC frames is in no queue
        m_lookedAt[link] = m_ports[link].queuedBytes - (PassesBuffers(0) ? m_classes[link].bytes[0] : 0);
    }
    const int64_t now = m_wheel.Now();
    looks.look(now, m_lookedAt);
    m_goesOn = m_options.untilQuiet || now < looks.endNs;
    if (now < looks.endNs)
    {
        m_wheel.Schedule(now + looks.intervalNs, EventType::QUEUE_LOOK, 0, 0);
    }
}

template <class Rules>
void PacketEngine<Rules>::Run(int64_t beforeNs, uint32_t times)
{
    int64_t time = NextTimeNs();
    do
    {
        m_wheel.RunSlot(time, [this](const EngineEvent& event) { Dispatch(event); });
        if constexpr (Rules::RUNS_IN_PARTS)
        {
            EndRounds();
        }
        time = NextTimeNs();
    } while (time < beforeNs && --times > 0);
    if (time == EventWheel::NEVER && m_ended < m_flows.size())
    {
        EndAllFlows();
    }
}

} // namespace ns3::m3

#endif // M3_ENGINE_EVENTS_H
