// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_LINK_SUMS_H
#define M3_LINK_SUMS_H

#include "time-histogram.h"

#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-flow.h"
#include "ns3/m3-packet-observer.h"

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-packet
/// What the packet engine did at one directed link: sums that agree with those of the trace sources.
struct LinkSum
{
    uint64_t dataBytes = 0;    //!< of data packets sent over it, headers included
    uint64_t controlBytes = 0; //!< of ACKs, NACKs and PFC frames sent over it
    uint64_t marks = 0;        //!< OnEcnMark of its port
    uint64_t losses = 0;       //!< OnDrop of packets that came over it
    int64_t pausedNs = 0;      //!< time for which a class of its port was paused
    TimeHistogram queue;       //!< OnQueueLength of its port, by the time that it lasted

    /// Adds another one.
    void Add(const LinkSum& other);
};

/// \ingroup m3-packet
/// How long the data packets of a flow waited for a link, ns.
using LinkWait = std::pair<LinkId, int64_t>;

/**
 * \ingroup m3-packet
 * Sums up what happens at links while a run goes on, and how long the packets of each flow wait where:
 *
 * - at a switch port, from when a data packet joins its queue until it begins to be sent, pauses included;
 * - at the sender's NIC, from when pacing and window let a packet leave, and the one before it of the flow has left,
 *   until it begins to be sent. A packet that is sent again counts from then only if an ACK, or pacing, let it leave.
 *
 * ACKs do not count. It asks the run for nothing but what observers are told, so a run without it is as fast as before.
 */
class LinkSums : public PacketObserver
{
  public:
    /// \param flows of the run; fabric and flows must outlive it \param headerBytes of data packets
    LinkSums(const FabricGraph& fabric, const FlowList& flows, uint32_t headerBytes);

    /// Ends the sums: what lasts is cut off at the last end of a flow. Call once.
    void Finish()
    {
        Finish(m_endNs);
    }

    /// The same where what lasts is cut off at another time, not before any event.
    void Finish(int64_t endNs);

    /// Moves the sums out. \pre Finish()
    std::vector<LinkSum> TakeSums()
    {
        return std::move(m_sums);
    }

    /// Returns the sums by LinkId. \pre Finish()
    const std::vector<LinkSum>& Sums() const
    {
        return m_sums;
    }

    /// Returns how long a flow waited for which links, each once, in any order.
    const std::vector<LinkWait>& WaitsOf(uint32_t flow) const
    {
        return m_flowStates[flow].waits;
    }

    /// Returns the time of the first start of a flow, ns.
    int64_t BeginNs() const
    {
        return m_beginNs < 0 ? 0 : m_beginNs;
    }

    /// Returns the time of the last end of a flow at its receiver, or at its sender where it gave up, ns.
    int64_t EndNs() const
    {
        return m_endNs;
    }

    bool NeedsSimulatorClock() const override
    {
        return false;
    }

    void OnBegin(const std::function<int64_t()>& nowNs) override;
    void OnFlowStart(uint32_t flow) override;
    void OnFlowReceived(uint32_t flow, int64_t fctNs) override;
    void OnFlowEnd(uint32_t flow, const FlowOutcome& outcome) override;
    void OnQueueLength(LinkId egress, uint64_t bytes) override;
    void OnEcnMark(LinkId egress, uint32_t flow) override;
    void OnDrop(LinkId link, uint32_t flow) override;
    void OnPaused(LinkId egress, uint32_t priority, bool paused) override;
    void OnSend(uint32_t flow, int64_t pacedNs, uint64_t windowBytes) override;
    void OnFrame(const FrameInfo& frame) override;
    void OnArrival(const FrameInfo& frame) override;
    void OnFlush(const FrameInfo& frame) override;
    void OnEnqueue(const FrameInfo& frame) override;

  private:
    /// A data packet in the queue of a port.
    struct Waiting
    {
        uint32_t flow;
        uint64_t seq;
        int64_t sinceNs;
    };

    /// What lasts at a port.
    struct PortState
    {
        uint64_t queueBytes = 0;
        int64_t queueSinceNs = 0;
        uint32_t pausedClasses = 0; //!< a bit for each
        int64_t pausedSinceNs = 0;
        std::vector<Waiting> waiting; //!< data in the order in which it came, from `first` on
        std::size_t first = 0;
    };

    struct FlowState
    {
        std::vector<LinkWait> waits;
        uint64_t sentBytes = 0;   //!< end of the last packet that was sent
        uint64_t ackedBytes = 0;  //!< as the sender knows
        uint64_t windowBytes = 0; //!< when it sent last, 0: none
        int64_t openNs = 0;       //!< since then the window has let it send
        int64_t sentNs = 0;       //!< end of its last packet's transmission
        int64_t pacedNs = 0;      //!< of the packet that is being sent
        bool isSending = false;   //!< OnFrame tells of its packet next
    };

    static constexpr int64_t NOT_WAITING = -1;

    void NoteSent(const FrameInfo& frame);
    void AddWait(uint32_t flow, LinkId link, int64_t ns);
    int64_t TakeWaiting(const FrameInfo& frame);
    void AddQueueTime(LinkId egress, int64_t untilNs);

    const FabricGraph& m_fabric;
    const FlowList& m_flows;
    const uint32_t m_headerBytes;
    std::function<int64_t()> m_nowNs;
    std::vector<LinkSum> m_sums;    //!< by link
    std::vector<PortState> m_ports; //!< by link
    std::vector<FlowState> m_flowStates;
    int64_t m_beginNs = -1;
    int64_t m_endNs = 0;
};

} // namespace ns3::m3

#endif // M3_LINK_SUMS_H
