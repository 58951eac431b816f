// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_ADDED_FLOWS_H
#define M3_ADDED_FLOWS_H

// Flows that callbacks add while the run goes on (FlowInlet). A run to which nothing is added pays nothing for it.
#include "packet-engine.h"

#include "ns3/m3-input-error.h"

namespace ns3::m3
{

/// Takes up the last flow of the list, by which that has grown. Routes are hashed as if it had been there from the
/// start.
template <class Rules>
void PacketEngine<Rules>::TakeUpFlow()
{
    if (!m_addedKeys)
    {
        m_addedKeys.emplace(m_firstRoutes);
        for (uint32_t flow = 0; flow < m_listed; flow++)
        {
            m_addedKeys->NextKey(m_flows[flow].src, m_flows[flow].dst, m_flows[flow].dstPort);
        }
    }
    m_taskKeys.push_back(m_addedKeys->NextKey(m_flows.back().src, m_flows.back().dst, m_flows.back().dstPort));
    m_result.flows.emplace_back();
    m_tasksDue++;
    m_wheel.Schedule(m_flows.back().startNs, EventType::FLOW_DUE, static_cast<uint32_t>(m_flows.size() - 1), 0);
}

} // namespace ns3::m3

#endif // M3_ADDED_FLOWS_H
