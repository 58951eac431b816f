// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_TASK_FLOWS_H
#define M3_TASK_FLOWS_H

// Flows that wait for others: when they become due, and what their ends set off. A run without a schedule has no clock
// of tasks, and nothing here costs it more than a look per flow.
#include "packet-engine.h"

namespace ns3::m3
{

/// Schedules the flows without predecessors in the place of ScheduleArrivals(). \throws InputError
template <class Rules>
void PacketEngine<Rules>::BeginTasks()
{
    if (m_options.beginNs != 0 || !m_options.underWay.empty() || !m_options.routeIds.empty())
    {
        throw InputError("a run that begins with flows in mid-transfer, or with routes of another list, takes no flows "
                         "that wait for others");
    }
    m_taskKeys.reserve(m_flows.size());
    for (uint32_t flow = 0; flow < m_flows.size(); flow++)
    {
        m_taskKeys.push_back(NextKey(flow));
    }
    m_nextArrival = m_listed;
    m_tasks->Begin([this](uint32_t flow, int64_t startNs) { ScheduleTask(flow, startNs); });
    if constexpr (Rules::RUNS_IN_PARTS)
    {
        EndRounds();
    }
}

template <class Rules>
void PacketEngine<Rules>::ScheduleTask(uint32_t flow, int64_t startNs)
{
    m_tasksDue++;
    if constexpr (Rules::RUNS_IN_PARTS)
    {
        PostFlow(flow, startNs);
    }
    else
    {
        m_wheel.Schedule(startNs, EventType::FLOW_DUE, flow, 0);
    }
}

template <class Rules>
void PacketEngine<Rules>::OnFlowDue(uint32_t flow)
{
    m_tasksDue--;
    StartFlow(flow, TaskKey(flow));
}

/// The last in-order byte of a flow has arrived.
template <class Rules>
void PacketEngine<Rules>::OnReceived(uint32_t flow)
{
    m_result.flows[flow].receiverFctNs = m_wheel.Now() - StartNs(flow);
    if (m_observer)
    {
        m_observer->OnFlowReceived(flow, m_result.flows[flow].receiverFctNs);
    }
    if (IsTask(flow))
    {
        if constexpr (Rules::RUNS_IN_PARTS)
        {
            m_runningPart = m_parts->PartOf(m_flows[flow].dst);
        }
        m_tasks->Happened(flow,
                          TaskEvent::RECEIVED,
                          m_wheel.Now(),
                          [this](uint32_t next, int64_t startNs) { ScheduleTask(next, startNs); });
    }
}

/// The sender of a flow has finished or given up.
template <class Rules>
void PacketEngine<Rules>::TellTasks(uint32_t flow, const FlowOutcome& outcome)
{
    if constexpr (Rules::RUNS_IN_PARTS)
    {
        m_runningPart = m_parts->PartOf(m_flows[flow].src);
    }
    if (outcome.unfinished == Unfinished::NO)
    {
        m_tasks->Happened(flow,
                          TaskEvent::SENT,
                          m_wheel.Now(),
                          [this](uint32_t next, int64_t startNs) { ScheduleTask(next, startNs); });
        return;
    }
    m_tasks->Failed(flow,
                    outcome.receiverFctNs > 0 ? TaskEvent::SENT : TaskEvent::RECEIVED,
                    [this](uint32_t never)
                    {
                        m_result.flows[never].unfinished = Unfinished::WAITING;
                        m_ended++;
                    });
}

/// \return whether a flow is of a schedule in which flows wait for others
template <class Rules>
bool PacketEngine<Rules>::IsTask(uint32_t flow) const
{
    return m_tasks && flow < m_listed;
}

/// \return what the route of a flow of a schedule, or of one that was added, is hashed from
template <class Rules>
const RouteKey& PacketEngine<Rules>::TaskKey(uint32_t flow) const
{
    return m_taskKeys[flow - (m_flows.size() - m_taskKeys.size())];
}

/// \return when a flow that is there started, ns
template <class Rules>
int64_t PacketEngine<Rules>::StartNs(uint32_t flow) const
{
    return IsTask(flow) ? m_tasks->StartOf(flow) : m_flows[flow].startNs;
}

} // namespace ns3::m3

#endif // M3_TASK_FLOWS_H
