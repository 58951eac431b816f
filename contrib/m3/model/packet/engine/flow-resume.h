// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FLOW_RESUME_H
#define M3_FLOW_RESUME_H

// Runs that begin with flows in mid-transfer, and what a run that was cut off leaves for another one.
#include "flow-start.h"

#include <algorithm>
#include <string>

namespace ns3::m3
{

/// Lets the run begin at PacketRunOptions::beginNs with the flows of PacketRunOptions::underWay. \throws InputError
template <class Rules>
void PacketEngine<Rules>::ScheduleResumes()
{
    if (!Rules::CAN_RESUME && (m_options.beginNs != 0 || !m_options.underWay.empty() || !m_options.routeIds.empty()))
    {
        throw InputError("runs begin with flows in mid-transfer in standard mode only");
    }
    if (!m_options.routeIds.empty() && m_options.routeIds.size() != m_flows.size())
    {
        throw InputError("there must be as many ids for routes as flows");
    }
    const auto isBefore = [](const Flow& flow, int64_t time) { return flow.startNs < time; };
    m_nextArrival = static_cast<uint32_t>(
        std::lower_bound(m_flows.begin(), m_flows.end(), m_options.beginNs, isBefore) - m_flows.begin());
    for (uint32_t flow = 0; flow < m_nextArrival; flow++)
    {
        m_startedKeys.push_back(NextKey(flow));
        m_result.flows[flow].unfinished = Unfinished::BEFORE;
    }
    m_ended = m_nextArrival;
    for (uint32_t i = 0; i < m_options.underWay.size(); i++)
    {
        const FlowUnderWay& progress = m_options.underWay[i];
        if (progress.flow >= m_nextArrival || progress.sentBytes >= m_flows[progress.flow].sizeBytes ||
            m_result.flows[progress.flow].unfinished != Unfinished::BEFORE)
        {
            throw InputError("flow " + std::to_string(progress.flow) +
                             " is in mid-transfer when the run begins: it must be one of the list that starts before, "
                             "have bytes left, and be named once");
        }
        m_result.flows[progress.flow].unfinished = Unfinished::STOP_TIME;
        m_ended--;
        m_wheel.Schedule(m_options.beginNs, EventType::FLOW_RESUME, i, 0);
    }
}

/// \return how far a flow has come that started before the run begins; null for any other
template <class Rules>
const FlowUnderWay* PacketEngine<Rules>::ProgressOf(uint32_t flow) const
{
    const auto& all = m_options.underWay;
    const auto found =
        std::find_if(all.begin(), all.end(), [flow](const FlowUnderWay& progress) { return progress.flow == flow; });
    return found == all.end() ? nullptr : &*found;
}

/// A flow goes on in mid-transfer: its queue pair, as if what has been sent had arrived and been acknowledged. Its next
/// packet is due within the time that its rate gives to one. Where its route is down, it waits for a link to come up.
template <class Rules>
void PacketEngine<Rules>::ResumeFlow(const FlowUnderWay& progress)
{
    const RouteKey& key = m_startedKeys[progress.flow];
    if (WaitsOrEnds(progress.flow, key))
    {
        return;
    }
    const Slot slot = StartPair(progress.flow, key);
    QueuePair& pair = m_pairs[slot];
    pair.nextToSend = progress.sentBytes;
    pair.acked = progress.sentBytes;
    pair.expected = progress.sentBytes;
    pair.highestSent = progress.sentBytes;
    if (Recovers(slot))
    {
        m_strategies[slot].recovery->Resume(pair, progress.missing);
    }
    if (progress.rateBps > 0)
    {
        SetRate(pair, std::min(progress.rateBps, pair.cap));
        pair.nextSendNs +=
            static_cast<int64_t>(m_randoms.Draw(pair.nic) * 8e9 * m_commonBytes[0] / static_cast<double>(pair.rate));
        if (pair.control)
        {
            Sender sender(*this, slot);
            pair.control->Resume(sender, progress.controlState);
        }
    }
    Kick(pair.nic);
}

/// The flows whose last byte is not at the receiver yet. A flow that has sent all is to send its last packet again; one
/// that waits for a route has sent what it had when it began to wait.
template <class Rules>
std::vector<FlowUnderWay> PacketEngine<Rules>::UnderWay() const
{
    std::vector<FlowUnderWay> all;
    for (Slot slot = 0; slot < m_pairs.size(); slot++)
    {
        const QueuePair& pair = m_pairs[slot];
        if (pair.ended || pair.expected >= pair.size)
        {
            continue;
        }
        const uint64_t lastPacket = (pair.size - 1) / m_payloadBytes * m_payloadBytes;
        all.push_back({pair.flow,
                       std::min(pair.nextToSend, lastPacket),
                       pair.rate,
                       pair.control ? pair.control->State() : std::vector<double>(),
                       {}});
        if (Recovers(slot))
        {
            all.back().sentBytes = m_strategies[slot].recovery->SentBytes(pair);
            all.back().missing = m_strategies[slot].recovery->Missing(pair);
        }
    }
    for (const auto& [flow, key] : m_waiting)
    {
        const FlowUnderWay* progress = ProgressOf(flow);
        all.push_back(progress ? *progress : FlowUnderWay{flow, 0, 0, {}, {}});
    }
    std::sort(all.begin(), all.end(), [](const FlowUnderWay& a, const FlowUnderWay& b) { return a.flow < b.flow; });
    return all;
}

} // namespace ns3::m3

#endif // M3_FLOW_RESUME_H
