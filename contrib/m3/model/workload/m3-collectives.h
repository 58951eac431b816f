// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_COLLECTIVES_H
#define M3_COLLECTIVES_H

#include "ns3/m3-schedule.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-workload
/// What a rank of a collective waits for between its steps, and for how long.
struct CollectiveTiming
{
    TaskEvent received = TaskEvent::RECEIVED; //!< What of a flow lets its receiver go on.
    int64_t receiveToSendNs = 0;              //!< From there to the next send of the receiver, at least 0.
    int64_t sendToSendNs = 0;   //!< From the start of a rank's send to that of its next one on the channel, at least 0.
    int64_t firstSendNs = 0;    //!< From the end of what a rank waits for to its first sends, at least 0.
    int64_t receiveToEndNs = 0; //!< From the last flow that a rank receives to its end of the collective, at least 0.
    TaskEvent sent = TaskEvent::SENT; //!< What of a rank's last sends its end of the collective waits for.
    int64_t sentToEndNs = 0;          //!< From there to its end of the collective, at least 0.
};

/**
 * Returns how SimAI (astra-sim's ns-3 back end) times the steps of a collective: a flow has been received when its
 * sender has the last ACK, the next one starts 10 ns and the send latency later, and a rank posts the reception of a
 * step when it sends in that step. Its 30 ns for some reductions are left out.
 * \param sendLatencyNs AS_SEND_LAT, at least 0
 */
CollectiveTiming SimaiTiming(int64_t sendLatencyNs = 3000);

/// \ingroup m3-workload
/// A collective in which every rank sends to its successor in a ring, in steps, on one or several rings at once.
struct RingCollective
{
    std::vector<NodeId> ranks; //!< Its hosts, at least two, none twice.
    /// Orders in which the channels visit the ranks: each is a permutation of the positions in `ranks`. At least one.
    std::vector<std::vector<uint32_t>> channels;
    uint64_t chunkBytes = 0; //!< Size of each flow, above 0.
    uint32_t steps = 0;      //!< Number of flows of a rank on each channel, above 0.
    std::string name;        //!< Name of its group.
    std::string kind;        //!< Kind of its group.
};

/**
 * Returns a ring all-reduce as NCCL and SimAI lay it out: a channel for each host of a server; channel c visits the
 * hosts c, c + 1, ... of each server in turn, modulo their number. 2 (N - 1) steps with flows of
 * bytes / (N * channels), rounded up.
 * \param ranks server by server \param perServer hosts of a server, which divides their number
 * \param bytes of each rank's data, above 0 \throws InputError for less than two ranks or a wrong perServer
 */
RingCollective RingAllReduce(const std::vector<NodeId>& ranks, uint32_t perServer, uint64_t bytes);

/**
 * Adds the flows of a collective to a schedule, channel by channel, step by step, in the order of the ranks. The flow
 * of a rank in a step waits for the flow that it receives in the step before. \param begin task of each rank whose end
 * its first sends wait for; empty: the first sends start at 0 \return a computation of 0 ns for each rank that is its
 * end of the collective \throws InputError for ranks, channels, sizes or steps out of their ranges
 */
std::vector<TaskId> AddRingCollective(Schedule& schedule,
                                      const RingCollective& ring,
                                      const CollectiveTiming& timing,
                                      const std::vector<TaskId>& begin = {});

} // namespace ns3::m3

#endif // M3_COLLECTIVES_H
