// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PACKET_RESULT_H
#define M3_PACKET_RESULT_H

#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-flow-under-way.h"

#include <cstdint>
#include <vector>

namespace ns3::m3
{

/**
 * \ingroup m3-packet
 * Why a flow has no completion time.
 */
enum class Unfinished : uint8_t
{
    NO,          //!< The flow finished.
    STOP_TIME,   //!< The run ended first, at its stop time or by its limit of packets or events.
    NO_PROGRESS, //!< 16 retransmission timeouts in a row; in `HPCC` mode a packet was lost and is not sent again.
    UNREACHABLE, //!< Links are down, and no route is left.
    WAITING,     //!< It waits for a flow that did not finish.
    BEFORE,      //!< It starts before the run begins, and was not said to be under way: it took no part.
    DEADLOCK     //!< Ports that PFC has paused wait for each other in a circle, and nothing else can happen.
};

/**
 * \ingroup m3-packet
 * The outcome of one flow. Times are ns since its start.
 */
struct FlowOutcome
{
    int64_t receiverFctNs = 0;                     //!< Last in-order byte at the receiver: the FCT of reports.
    int64_t senderFctNs = 0;                       //!< ACK of the last byte at the sender.
    Unfinished unfinished = Unfinished::STOP_TIME; //!< Why the flow has no completion time.
};

/**
 * \ingroup m3-packet
 * The reception of a PFC frame.
 */
struct PfcEvent
{
    int64_t timeNs; //!< Time since the start of the run, ns.
    NodeId node;    //!< Node that received the frame.
    uint32_t port;  //!< Port of that node, from 0.
    bool pause;     //!< Pause; false: resume.
};

/**
 * \ingroup m3-packet
 * How long a flow took to go on after a failure that cut its route, in `STANDARD` mode. If others cut it before it went
 * on, this counts from the first.
 */
struct FlowRecovery
{
    uint32_t flow;      //!< Index in the flow list.
    int64_t failureNs;  //!< Time of the failure since the start of the run, ns.
    int64_t recoveryNs; //!< From then to the first ACK of new data that left its sender after the failure, ns; -1:
                        //!< there was none.
};

/**
 * \ingroup m3-packet
 * The outcome of a whole run.
 */
struct PacketResult
{
    std::vector<FlowOutcome> flows; //!< One entry per flow, in the order of the flow list.
    /// Starts of the tasks where flows wait for others, ns, by Schedule::PlaceOf(); -1 where what a task waits for has
    /// not happened. Empty for a list: its flows start at their startNs.
    std::vector<int64_t> taskStartsNs;
    std::vector<uint32_t> completionOrder; //!< Flow ids in the order in which their senders finished.
    std::vector<PfcEvent> pfc;             //!< In the order of reception, if PacketRunOptions::recordPfc is set.
    uint64_t dataHops = 0;                 //!< Number of data packets put on a wire, at each hop.
    uint64_t ackHops = 0;                  //!< Number of ACKs and NACKs put on a wire, at each hop.
    uint64_t switchDrops = 0;              //!< Number of packets dropped by switches whose buffer was full.
    uint64_t linkLosses = 0;      //!< Number of packets lost on links, by their error rate or while they were down.
    uint64_t retransmissions = 0; //!< Number of data packets that a sender sent again.
    uint64_t ecnMarks = 0;        //!< Number of data packets marked.
    bool beyondLimits = false;    //!< The run was ended by PacketRunOptions::maxDataHops or maxEvents.
    std::vector<FlowRecovery> recoveries; //!< In the order in which flows went on; then those that did not.
    /// Egress links of a circle of paused ports, each of which waits for the next and the last for the first, where the
    /// run ended because of one; else empty.
    std::vector<LinkId> deadlock;
    /// Flows in mid-transfer when the run stopped, ascending by flow, if PacketRunOptions::recordUnderWay is set.
    std::vector<FlowUnderWay> underWay;
};

} // namespace ns3::m3

#endif // M3_PACKET_RESULT_H
