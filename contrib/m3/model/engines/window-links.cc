// SPDX-License-Identifier: GPL-2.0-only
#include "window-links.h"

#include "windows-by-packets.h"

namespace ns3::m3
{

void SumsOfWindows::Add(const WindowOutcome& window)
{
    const WindowLinks& links = *window.links;
    m_sums.resize(links.sums.size());
    for (std::size_t link = 0; link < m_sums.size(); link++)
    {
        m_sums[link].Add(links.sums[link]);
    }
    m_spanNs += links.spanNs;
    const auto first = static_cast<uint32_t>(m_slowdowns.size());
    for (const WindowFlow& flow : window.flows)
    {
        m_slowdowns.push_back(flow.slowdown);
        m_weights.push_back(flow.weight);
    }
    for (const LinkDelay& delay : links.delays)
    {
        m_delays.push_back({first + delay.flow, delay.link, delay.ns});
    }
}

LinkUses SumsOfWindows::Uses(const Scenario& scenario) const
{
    LinkUses uses = UsesOfPackets(scenario, m_sums, static_cast<double>(m_spanNs));
    AddDelays(m_delays, m_slowdowns, uses, m_weights);
    return uses;
}

} // namespace ns3::m3
