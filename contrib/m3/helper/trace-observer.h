// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_TRACE_OBSERVER_H
#define M3_TRACE_OBSERVER_H

#include "packet/engine/frame-capture.h"

#include "ns3/data-rate.h"
#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-flow.h"
#include "ns3/m3-packet-observer.h"
#include "ns3/m3-packet-result.h"
#include "ns3/nstime.h"
#include "ns3/simulator.h"
#include "ns3/traced-callback.h"

#include <string>
#include <utility>
#include <vector>

namespace ns3::m3
{

/**
 * \ingroup m3-helper
 * The trace sources of a network; RdmaNetwork describes them.
 */
struct NetworkTraces
{
    const TracedCallback<uint32_t, uint32_t, uint32_t, uint64_t>& flowStart; //!< FlowStart
    const TracedCallback<uint32_t, Time>& flowReceived;                      //!< FlowReceived
    const TracedCallback<uint32_t, Time>& flowEnd;                           //!< FlowEnd
    const TracedCallback<uint32_t, uint32_t, uint64_t>& queueLength;         //!< QueueLength
    const TracedCallback<uint32_t, uint32_t, uint32_t>& ecnMark;             //!< EcnMark
    const TracedCallback<uint32_t, uint32_t, bool>& pfcFrame;                //!< Pfc
    const TracedCallback<uint32_t, uint32_t, uint32_t>& drop;                //!< Drop
    const TracedCallback<uint32_t, DataRate, uint64_t>& rate;                //!< Rate
};

/**
 * \ingroup m3-helper
 * Passes events of the engine to the trace sources and capture files of a network.
 */
class TraceObserver : public PacketObserver
{
  public:
    /// All arguments must outlive the observer, the trace sources themselves included. \param flows may grow
    TraceObserver(const NetworkTraces& traces, const FabricGraph& fabric, const FlowList& flows)
        : m_traces(traces),
          m_fabric(fabric),
          m_flows(flows)
    {
    }

    /// Opens a pcap file for the frames that a port sends. \param egress link of the port
    void AddCapture(LinkId egress, const std::string& file)
    {
        m_captures.emplace_back(egress, OpenCapture(file));
    }

    void OnFlowStart(uint32_t flow) override
    {
        m_traces.flowStart(flow, m_flows[flow].src, m_flows[flow].dst, m_flows[flow].sizeBytes);
    }

    void OnFlowReceived(uint32_t flow, int64_t fctNs) override
    {
        m_traces.flowReceived(flow, NanoSeconds(fctNs));
    }

    void OnFlowEnd(uint32_t flow, const FlowOutcome& outcome) override
    {
        m_traces.flowEnd(flow, NanoSeconds(outcome.unfinished == Unfinished::NO ? outcome.receiverFctNs : 0));
    }

    void OnQueueLength(LinkId egress, uint64_t bytes) override
    {
        const FabricLink& link = m_fabric.Link(egress);
        m_traces.queueLength(link.from, link.port, bytes);
    }

    void OnEcnMark(LinkId egress, uint32_t flow) override
    {
        const FabricLink& link = m_fabric.Link(egress);
        m_traces.ecnMark(link.from, link.port, flow);
    }

    void OnPfc(const PfcEvent& event) override
    {
        m_traces.pfcFrame(event.node, event.port, event.pause);
    }

    void OnDrop(LinkId link, uint32_t flow) override
    {
        const FabricLink& back = m_fabric.Link(ReverseLink(link));
        m_traces.drop(back.from, back.port, flow);
    }

    void OnRate(uint32_t flow, uint64_t bitsPerSecond, uint64_t windowBytes) override
    {
        m_traces.rate(flow, DataRate(bitsPerSecond), windowBytes);
    }

    void OnFrame(const FrameInfo& frame) override
    {
        for (auto& [egress, file] : m_captures)
        {
            if (egress == frame.link)
            {
                const Flow& flow = m_flows[frame.flow];
                const bool forward = frame.kind == PacketKind::DATA;
                const bool pfc = frame.kind == PacketKind::PAUSE || frame.kind == PacketKind::RESUME;
                const NodeId src = pfc ? m_fabric.Link(egress).from : forward ? flow.src : flow.dst;
                file->Write(Simulator::Now(), MakeCapturedPacket(frame, src, forward ? flow.dst : flow.src));
            }
        }
    }

  private:
    const NetworkTraces m_traces;
    const FabricGraph& m_fabric;
    const FlowList& m_flows;
    std::vector<std::pair<LinkId, Ptr<PcapFileWrapper>>> m_captures;
};

} // namespace ns3::m3

#endif // M3_TRACE_OBSERVER_H
