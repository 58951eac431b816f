// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PACKET_SIMULATION_H
#define M3_PACKET_SIMULATION_H

#include "ns3/m3-packet-observer.h"
#include "ns3/m3-packet-outcome.h"
#include "ns3/m3-rdma-config.h"

#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-flow.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace ns3::m3
{

/// What became of one flow.
struct FlowOutcome
{
    int64_t receiverFctNs = 0;                     //!< start to last in-order byte at the receiver; the FCT of reports
    int64_t senderFctNs = 0;                       //!< start to ACK of the last byte at the sender
    Unfinished unfinished = Unfinished::STOP_TIME; //!< why, if it did not finish
};

/// A PFC frame at its receiver.
struct PfcEvent
{
    int64_t timeNs; //!< of reception
    NodeId node;    //!< that received the frame
    uint32_t port;  //!< 0-based, of that node
    bool pause;     //!< false: resume
};

/// Outcome of a whole run.
struct PacketResult
{
    std::vector<FlowOutcome> flows;        //!< as many as the flow list, same order
    std::vector<uint32_t> completionOrder; //!< flow ids in the order in which their senders finished
    std::vector<PfcEvent> pfc;             //!< in the order of reception, if asked for
    uint64_t dataHops = 0;                 //!< data packets put on a wire
    uint64_t ackHops = 0;                  //!< ACKs and NACKs put on a wire
    uint64_t switchDrops = 0;              //!< packets dropped by switches whose buffer was full
    uint64_t linkLosses = 0;               //!< packets lost on links, by their error rate or while they were down
    uint64_t retransmissions = 0;          //!< data packets that a sender sent again
    uint64_t ecnMarks = 0;                 //!< data packets marked
    bool beyondLimits = false;             //!< ended by PacketRunOptions::mostDataHops or mostEvents
    /// Egress links of a circle of paused ports, each of which waits for the next and the last for the first, where the
    /// run ended because of one; else empty.
    std::vector<LinkId> deadlock;
};

/// A cable that goes down or comes up, both directions at once.
struct LinkChange
{
    int64_t timeNs; //!< at least 0
    LinkId link;    //!< one of its directions
    bool up;        //!< false: goes down
};

/// A switch port's data queue at some time.
struct QueueSample
{
    int64_t timeNs; //!< a multiple of the interval
    LinkId egress;  //!< the port
    uint64_t bytes; //!< in the queue
};

/// Options of RunPacketSimulation.
struct PacketRunOptions
{
    int64_t stopNs = INT64_MAX;          //!< events at this time are not run
    uint64_t mostDataHops = UINT64_MAX;  //!< the run ends soon after more data packets were put on a wire
    uint64_t mostEvents = UINT64_MAX;    //!< the same of events, some 4 per data packet and hop; timers are events too
    bool recordPfc = false;              //!< fill PacketResult::pfc
    std::vector<LinkChange> linkChanges; //!< `STANDARD` mode only; flows take new routes, what is on the wire is lost
    PacketObserver* observer = nullptr;  //!< of everything; makes the run several times slower
    /// Unless 0, sampleQueue gets the queues that are not empty at every multiple of this until the last flow ends.
    int64_t sampleIntervalNs = 0;
    std::function<void(const QueueSample&)> sampleQueue; //!< called with each
    /// Called about every 0.1 s of wall time with flows finished so far; may be empty.
    std::function<void(uint64_t finishedFlows)> progress;
};

/**
 * Simulates every packet of the flows on the fabric, on ns-3's Simulator, until all flows ended, nothing can happen to
 * the others any more (PacketResult::deadlock), or the run has reached its stop time or the packets or events it may
 * have; the engine behind `--engine=packet` and all training truth. Time
 * 0 of the flows is the Simulator's present time, so runs may follow each other; other events of the Simulator run in
 * between at their times, and later ones stay for the next Simulator::Run(), or for the one in whose event this is
 * called. ns-3's run shifts the random numbers: SeedOfReplication().
 *
 * \throws InputError for a configuration that cannot work (a buffer below reserve and headroom, HPCC without window,
 * a control's missing parameter), for an unconnected pair, a flow from or to a switch, a link change in `HPCC` mode or
 * of an unknown link
 */
PacketResult RunPacketSimulation(const FabricGraph& fabric,
                                 const RdmaConfig& config,
                                 const FlowList& flows,
                                 const PacketRunOptions& options = {});

/**
 * The same without ns-3's Simulator, whose clock stands still, until all flows ended: threads may run several at once.
 * A control that was registered must then be safe to make and to use on several threads.
 *
 * \throws InputError as RunPacketSimulation
 */
PacketResult RunPacketSimulationApart(const FabricGraph& fabric, const RdmaConfig& config, const FlowList& flows);

} // namespace ns3::m3

#endif // M3_PACKET_SIMULATION_H
