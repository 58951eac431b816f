// SPDX-License-Identifier: GPL-2.0-only
#include "link-sums.h"

#include "ns3/m3-link-timing.h"
#include "ns3/m3-packet-result.h"

#include <algorithm>

namespace ns3::m3
{

void LinkSum::Add(const LinkSum& other)
{
    dataBytes += other.dataBytes;
    controlBytes += other.controlBytes;
    marks += other.marks;
    losses += other.losses;
    pausedNs += other.pausedNs;
    queue.Add(other.queue);
}

LinkSums::LinkSums(const FabricGraph& fabric, const FlowList& flows, uint32_t headerBytes)
    : m_fabric(fabric),
      m_flows(flows),
      m_headerBytes(headerBytes),
      m_sums(fabric.LinkCount()),
      m_ports(fabric.LinkCount()),
      m_flowStates(flows.size())
{
}

void LinkSums::OnBegin(const std::function<int64_t()>& nowNs)
{
    m_nowNs = nowNs;
}

void LinkSums::OnFlowStart(uint32_t flow)
{
    const int64_t now = m_nowNs();
    m_flowStates[flow].openNs = now;
    m_flowStates[flow].sentNs = now;
    if (m_beginNs < 0)
    {
        m_beginNs = now;
        for (PortState& port : m_ports)
        {
            port.queueSinceNs = now;
        }
    }
}

void LinkSums::OnFlowReceived(uint32_t /*flow*/, int64_t /*fctNs*/)
{
    m_endNs = m_nowNs();
}

void LinkSums::OnFlowEnd(uint32_t /*flow*/, const FlowOutcome& outcome)
{
    if (outcome.unfinished != Unfinished::NO)
    {
        m_endNs = m_nowNs();
    }
}

void LinkSums::AddQueueTime(LinkId egress, int64_t untilNs)
{
    PortState& port = m_ports[egress];
    m_sums[egress].queue.Add(port.queueBytes, std::max<int64_t>(0, untilNs - port.queueSinceNs));
    port.queueSinceNs = std::max(port.queueSinceNs, untilNs);
}

void LinkSums::OnQueueLength(LinkId egress, uint64_t bytes)
{
    AddQueueTime(egress, m_nowNs());
    m_ports[egress].queueBytes = bytes;
}

void LinkSums::OnEcnMark(LinkId egress, uint32_t /*flow*/)
{
    m_sums[egress].marks++;
}

void LinkSums::OnDrop(LinkId link, uint32_t /*flow*/)
{
    m_sums[link].losses++;
}

void LinkSums::OnPaused(LinkId egress, uint32_t priority, bool paused)
{
    PortState& port = m_ports[egress];
    const uint32_t before = port.pausedClasses;
    port.pausedClasses = paused ? before | 1U << priority : before & ~(1U << priority);
    if (before == 0 && port.pausedClasses != 0)
    {
        port.pausedSinceNs = m_nowNs();
    }
    else if (before != 0 && port.pausedClasses == 0)
    {
        m_sums[egress].pausedNs += m_nowNs() - port.pausedSinceNs;
    }
}

void LinkSums::OnSend(uint32_t flow, int64_t pacedNs, uint64_t windowBytes)
{
    m_flowStates[flow].pacedNs = pacedNs;
    m_flowStates[flow].windowBytes = windowBytes;
    m_flowStates[flow].isSending = true;
}

void LinkSums::AddWait(uint32_t flow, LinkId link, int64_t ns)
{
    if (ns <= 0)
    {
        return;
    }
    std::vector<LinkWait>& waits = m_flowStates[flow].waits;
    const auto found = std::find_if(waits.begin(), waits.end(), [&](const LinkWait& of) { return of.first == link; });
    if (found == waits.end())
    {
        waits.emplace_back(link, ns);
    }
    else
    {
        found->second += ns;
    }
}

/// The sender's NIC begins to send a packet that it has just built.
void LinkSums::NoteSent(const FrameInfo& frame)
{
    FlowState& flow = m_flowStates[frame.flow];
    flow.isSending = false;
    const int64_t ready = std::max({flow.openNs, flow.sentNs, flow.pacedNs});
    AddWait(frame.flow, frame.link, frame.timeNs - ready);
    flow.sentBytes = frame.seq + frame.wireBytes - m_headerBytes;
    const bool isBound = flow.windowBytes > 0 && flow.sentBytes >= flow.ackedBytes + flow.windowBytes;
    flow.openNs = isBound ? INT64_MAX : frame.timeNs;
    flow.sentNs = frame.timeNs + StandardTxTimeNs(frame.wireBytes, m_fabric.Link(frame.link).bitsPerSecond);
}

/// Takes a packet out of the list of its port. \return since when it has waited, NOT_WAITING if it is not there
int64_t LinkSums::TakeWaiting(const FrameInfo& frame)
{
    PortState& port = m_ports[frame.link];
    for (std::size_t i = port.first; i < port.waiting.size(); i++)
    {
        const Waiting& one = port.waiting[i];
        if (one.flow != frame.flow || one.seq != frame.seq)
        {
            continue;
        }
        const int64_t since = one.sinceNs;
        if (i == port.first)
        {
            port.first++;
        }
        else // of another class
        {
            port.waiting.erase(port.waiting.begin() + static_cast<std::ptrdiff_t>(i));
        }
        if (port.first == port.waiting.size())
        {
            port.waiting.clear();
            port.first = 0;
        }
        else if (port.first > port.waiting.size() / 2 && port.first > 64)
        {
            port.waiting.erase(port.waiting.begin(), port.waiting.begin() + static_cast<std::ptrdiff_t>(port.first));
            port.first = 0;
        }
        return since;
    }
    return NOT_WAITING;
}

void LinkSums::OnFrame(const FrameInfo& frame)
{
    LinkSum& sum = m_sums[frame.link];
    if (frame.kind != PacketKind::DATA)
    {
        sum.controlBytes += frame.wireBytes;
        return;
    }
    sum.dataBytes += frame.wireBytes;
    if (m_flowStates[frame.flow].isSending && m_fabric.Link(frame.link).from == m_flows[frame.flow].src)
    {
        NoteSent(frame);
    }
    else if (const int64_t since = TakeWaiting(frame); since != NOT_WAITING)
    {
        AddWait(frame.flow, frame.link, frame.timeNs - since);
    }
}

void LinkSums::OnArrival(const FrameInfo& frame)
{
    if (frame.kind != PacketKind::ACK && frame.kind != PacketKind::NACK)
    {
        return;
    }
    if (m_fabric.Link(frame.link).to != m_flows[frame.flow].src)
    {
        return;
    }
    FlowState& flow = m_flowStates[frame.flow];
    flow.ackedBytes = std::max(flow.ackedBytes, frame.seq);
    if (frame.kind == PacketKind::NACK)
    {
        flow.sentBytes = flow.ackedBytes; // it goes back
    }
    if (flow.openNs == INT64_MAX && flow.sentBytes < flow.ackedBytes + flow.windowBytes)
    {
        flow.openNs = frame.timeNs;
    }
}

void LinkSums::OnFlush(const FrameInfo& frame)
{
    if (frame.kind == PacketKind::DATA)
    {
        TakeWaiting(frame);
    }
}

void LinkSums::OnEnqueue(const FrameInfo& frame)
{
    if (frame.kind == PacketKind::DATA)
    {
        m_ports[frame.link].waiting.push_back({frame.flow, frame.seq, frame.timeNs});
    }
}

void LinkSums::Finish(int64_t endNs)
{
    m_endNs = endNs;
    for (LinkId link = 0; link < m_sums.size(); link++)
    {
        AddQueueTime(link, m_endNs);
        if (m_ports[link].pausedClasses != 0)
        {
            m_sums[link].pausedNs += std::max<int64_t>(0, m_endNs - m_ports[link].pausedSinceNs);
        }
    }
}

} // namespace ns3::m3
