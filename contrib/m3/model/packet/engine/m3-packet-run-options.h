// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PACKET_RUN_OPTIONS_H
#define M3_PACKET_RUN_OPTIONS_H

#include "ns3/m3-fabric-graph.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace ns3::m3
{

class PacketObserver;

/**
 * \ingroup m3-packet
 * A cable that goes down or comes up, both directions at once.
 */
struct LinkChange
{
    int64_t timeNs; //!< at least 0
    LinkId link;    //!< one of its directions
    bool up;        //!< false: goes down
};

/**
 * \ingroup m3-packet
 * A switch port's data queue at some time.
 */
struct QueueSample
{
    int64_t timeNs; //!< a multiple of the interval
    LinkId egress;  //!< the port
    uint64_t bytes; //!< in the queue
};

/**
 * \ingroup m3-packet
 * Options of RunPacketSimulation.
 */
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

} // namespace ns3::m3

#endif // M3_PACKET_RUN_OPTIONS_H
