// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PACKET_OBSERVER_H
#define M3_PACKET_OBSERVER_H

#include "ns3/m3-fabric-graph.h"

#include <cstdint>
#include <functional>

namespace ns3::m3
{

struct FlowOutcome;
struct PfcEvent;

/**
 * \ingroup m3-packet
 * Kinds of frames of the packet engine.
 */
enum class PacketKind : uint8_t
{
    DATA,
    ACK,
    NACK,
    PAUSE,
    RESUME
};

/**
 * \ingroup m3-packet
 * A frame at a port: when it arrives, joins the port's queue, or begins to be sent.
 */
struct FrameInfo
{
    LinkId link;           //!< Link that it has come over or is to be sent on.
    PacketKind kind;       //!< Kind of the frame.
    uint32_t flow;         //!< Index of the flow; 0 for PFC frames.
    uint64_t seq;          //!< Data: first payload byte; ACK, NACK: next expected byte; PFC frames: bytes of the class
                           //!< that wait at the port that sends it.
    uint32_t wireBytes;    //!< Size, headers included.
    bool ecn;              //!< Data: congestion experienced; ACK, NACK: echo.
    uint32_t priority = 3; //!< Class of the frame; of a PFC frame, the class that it pauses.
    bool marked = false;   //!< A switch has marked it: data as in ecn, an ACK in `HPCC` mode only, without effect.
    int64_t timeNs = 0;    //!< Time of the run, ns.
    int64_t sentNs = 0;    //!< Time at which the data packet, of an ACK the one that it answers, was built, ns.
};

/**
 * \ingroup m3-packet
 * Callbacks for the events of a packet run (PacketRunOptions::observer). Simulator::Now() is the time of the event, so
 * a callback may schedule events and add flows (FlowInlet); the run is several times slower than one without observer.
 * Flows are named by their index in the flow list, ports by their egress link.
 */
class PacketObserver
{
  public:
    virtual ~PacketObserver() = default;

    /// Returns whether Simulator::Now() must be the time of each event. Else the run is faster, and a callback may not
    /// schedule events; the observer asks the clock of OnBegin() for the time.
    virtual bool NeedsSimulatorClock() const
    {
        return true;
    }

    /// The run is about to begin. The function returns the time of the run, ns, while the run lasts.
    virtual void OnBegin(const std::function<int64_t()>& /*nowNs*/)
    {
    }

    /// The flow's queue pair was created.
    virtual void OnFlowStart(uint32_t /*flow*/)
    {
    }

    /// The last in-order byte arrived at the receiver. FCT from its start on, ns.
    virtual void OnFlowReceived(uint32_t /*flow*/, int64_t /*fctNs*/)
    {
    }

    /// The sender finished or gave up.
    virtual void OnFlowEnd(uint32_t /*flow*/, const FlowOutcome& /*outcome*/)
    {
    }

    /// The data queue of a switch port, after a packet joined or left.
    virtual void OnQueueLength(LinkId /*egress*/, uint64_t /*bytes*/)
    {
    }

    /// A switch marked a packet of the flow.
    virtual void OnEcnMark(LinkId /*egress*/, uint32_t /*flow*/)
    {
    }

    /// A PFC frame was received.
    virtual void OnPfc(const PfcEvent& /*event*/)
    {
    }

    /// A packet that came over `link` was dropped at its end, or lost on it.
    virtual void OnDrop(LinkId /*link*/, uint32_t /*flow*/)
    {
    }

    /// PFC paused a class of a port, or allowed it to go on; also where a link that goes down makes it forget a pause.
    virtual void OnPaused(LinkId /*egress*/, uint32_t /*priority*/, bool /*paused*/)
    {
    }

    /// A sender builds a data packet, which OnFrame tells of next. The second value is the time of the run from which on
    /// pacing let it leave, ns, the third the window of its queue pair, bytes, 0: none.
    virtual void OnSend(uint32_t /*flow*/, int64_t /*pacedNs*/, uint64_t /*windowBytes*/)
    {
    }

    /// The congestion control set a queue pair's rate; a window of 0 stands for none.
    virtual void OnRate(uint32_t /*flow*/, uint64_t /*bitsPerSecond*/, uint64_t /*windowBytes*/)
    {
    }

    /// A transmission starts.
    virtual void OnFrame(const FrameInfo& /*frame*/)
    {
    }

    /// A frame has come over its link, and was not lost there.
    virtual void OnArrival(const FrameInfo& /*frame*/)
    {
    }

    /// A frame has come over a link that is down, or was when the frame was sent, and is lost.
    virtual void OnArrivalWhileDown(const FrameInfo& /*frame*/)
    {
    }

    /// A frame that waits at a port is lost because the port's link goes down.
    virtual void OnFlush(const FrameInfo& /*frame*/)
    {
    }

    /// A frame joins the queue of the port of its link. Data joins none at its sender: hosts build it when it is sent.
    virtual void OnEnqueue(const FrameInfo& /*frame*/)
    {
    }
};

} // namespace ns3::m3

#endif // M3_PACKET_OBSERVER_H
