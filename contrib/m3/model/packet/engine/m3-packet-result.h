// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PACKET_RESULT_H
#define M3_PACKET_RESULT_H

#include "ns3/m3-fabric-graph.h"

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
    NO,          //!< it finished
    STOP_TIME,   //!< the run ended first, at its stop time or by the packets it may send
    NO_PROGRESS, //!< 16 retransmission timeouts in a row; `HPCC` mode, which has none: a lost packet is not sent again
    UNREACHABLE, //!< links are down and no way is left
    DEADLOCK     //!< ports that PFC has paused wait for each other in a circle, and nothing else can happen
};

/**
 * \ingroup m3-packet
 * What became of one flow.
 */
struct FlowOutcome
{
    int64_t receiverFctNs = 0;                     //!< start to last in-order byte at the receiver; the FCT of reports
    int64_t senderFctNs = 0;                       //!< start to ACK of the last byte at the sender
    Unfinished unfinished = Unfinished::STOP_TIME; //!< why, if it did not finish
};

/**
 * \ingroup m3-packet
 * A PFC frame at its receiver.
 */
struct PfcEvent
{
    int64_t timeNs; //!< of reception
    NodeId node;    //!< that received the frame
    uint32_t port;  //!< 0-based, of that node
    bool pause;     //!< false: resume
};

/**
 * \ingroup m3-packet
 * Outcome of a whole run.
 */
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

} // namespace ns3::m3

#endif // M3_PACKET_RESULT_H
