// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_RDMA_NETWORK_OBSERVER_H
#define M3_RDMA_NETWORK_OBSERVER_H

#include "ns3/m3-rdma-network.h"

#include "packet/engine/frame-capture.h"

#include "ns3/simulator.h"

#include <utility>
#include <vector>

namespace ns3::m3
{

/**
 * \ingroup m3-helper
 * Hands what the engine tells on to the trace sources and capture files of a network.
 */
class RdmaNetwork::Observer : public PacketObserver
{
  public:
    Observer(RdmaNetwork& network, const FlowList& flows)
        : m_network(network),
          m_flows(flows)
    {
        for (const Capture& capture : network.m_captures)
        {
            m_captures.emplace_back(capture.egress, OpenCapture(capture.file));
        }
    }

    void OnFlowStart(uint32_t flow) override
    {
        m_network.m_flowStart(flow, m_flows[flow].src, m_flows[flow].dst, m_flows[flow].sizeBytes);
    }

    void OnFlowEnd(uint32_t flow, const FlowOutcome& outcome) override
    {
        m_network.m_flowEnd(flow, NanoSeconds(outcome.unfinished == Unfinished::NO ? outcome.receiverFctNs : 0));
    }

    void OnQueueLength(LinkId egress, uint64_t bytes) override
    {
        const FabricLink& link = m_network.m_fabric.Link(egress);
        m_network.m_queueLength(link.from, link.port, bytes);
    }

    void OnEcnMark(LinkId egress, uint32_t flow) override
    {
        const FabricLink& link = m_network.m_fabric.Link(egress);
        m_network.m_ecnMark(link.from, link.port, flow);
    }

    void OnPfc(const PfcEvent& event) override
    {
        m_network.m_pfcFrame(event.node, event.port, event.pause);
    }

    void OnDrop(LinkId link, uint32_t flow) override
    {
        const FabricLink& back = m_network.m_fabric.Link(ReverseLink(link));
        m_network.m_drop(back.from, back.port, flow);
    }

    void OnRate(uint32_t flow, uint64_t bitsPerSecond, uint64_t windowBytes) override
    {
        m_network.m_rate(flow, DataRate(bitsPerSecond), windowBytes);
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
                const NodeId src = pfc ? m_network.m_fabric.Link(egress).from : forward ? flow.src : flow.dst;
                file->Write(Simulator::Now(), MakeCapturedPacket(frame, src, forward ? flow.dst : flow.src));
            }
        }
    }

  private:
    RdmaNetwork& m_network;
    const FlowList& m_flows;
    std::vector<std::pair<LinkId, Ptr<PcapFileWrapper>>> m_captures;
};

} // namespace ns3::m3

#endif // M3_RDMA_NETWORK_OBSERVER_H
