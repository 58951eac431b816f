// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-flow-inlet.h"

#include "ns3/m3-input-error.h"

#include <string>

namespace ns3::m3
{

const FlowList& FlowInlet::Begin(const FlowList& flows)
{
    if (m_run.nowNs)
    {
        throw InputError("a network that runs cannot begin another run");
    }
    m_flows = flows;
    return m_flows;
}

uint32_t FlowInlet::Add(const Flow& flow)
{
    const int64_t now = NowNs();
    const std::string name = "flow " + std::to_string(m_flows.size());
    try
    {
        m_run.check(flow);
    }
    catch (const InputError& error)
    {
        throw InputError(name + ", added to a run: " + error.what());
    }
    if (flow.startNs < now)
    {
        throw InputError(name + ", added to a run: starts at " + std::to_string(flow.startNs) +
                         " ns, before the present time of the run, " + std::to_string(now) + " ns");
    }
    m_flows.push_back(flow);
    m_run.afterAddition();
    return static_cast<uint32_t>(m_flows.size() - 1);
}

int64_t FlowInlet::NowNs() const
{
    if (!m_run.nowNs)
    {
        throw InputError("flows can be added to a run only while it goes on");
    }
    return m_run.nowNs();
}

} // namespace ns3::m3
