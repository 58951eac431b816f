// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PACKET_RUN_OPTIONS_H
#define M3_PACKET_RUN_OPTIONS_H

#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-failures.h"
#include "ns3/m3-flow-under-way.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace ns3::m3
{

class FlowInlet;
class PacketObserver;
class Schedule;

/**
 * \ingroup m3-packet
 * The length of a switch port's data queue at some time.
 */
struct QueueSample
{
    int64_t timeNs; //!< Time since the start of the run, ns; a multiple of the interval.
    LinkId egress;  //!< Egress link of the port.
    uint64_t bytes; //!< Bytes in the queue.
};

/**
 * \ingroup m3-packet
 * Looks at all queues at regular times. Unlike samples, which come before all events of their time, a look is an event
 * of the run itself: it comes after the events of its time that were scheduled before the look before it. The run goes
 * on until the last one, also when all flows have ended.
 */
struct QueueLooks
{
    int64_t firstNs = 0;    //!< Time of the first look, ns.
    int64_t endNs = 0;      //!< After a look at this time or later comes none.
    int64_t intervalNs = 0; //!< Time between looks, ns; 0: there are none.
    /// Called with each look: its time and the bytes at each directed link's switch port, 0 for those of hosts.
    std::function<void(int64_t timeNs, const std::vector<uint64_t>& bytes)> look;
};

/**
 * \ingroup m3-packet
 * Options of RunPacketSimulation.
 */
struct PacketRunOptions
{
    int64_t stopNs = INT64_MAX; //!< The run stops before the events of this time.
    /// `STANDARD` mode only: the run begins at this time, ns, on idle links with empty queues. Of the flows that start
    /// before, only those of underWay take part; what the outcomes of these say counts from their start.
    int64_t beginNs = 0;
    std::vector<FlowUnderWay> underWay; //!< `STANDARD` mode only: flows in mid-transfer at beginNs, none twice.
    bool recordUnderWay = false;        //!< Fill PacketResult::underWay.
    /// Schedule that says which of the flows, which must be its own, wait for others; null: none. A run with such flows
    /// begins at 0, without routeIds.
    const Schedule* schedule = nullptr;
    /// `STANDARD` mode only: the number that a flow's route is hashed from, one per flow, where the list is a part of
    /// another one and flows are to take the routes that they take there; empty: its index.
    std::vector<uint32_t> routeIds;
    uint64_t maxDataHops = UINT64_MAX; //!< The run ends soon after PacketResult::dataHops exceeds it.
    uint64_t maxEvents = UINT64_MAX;   //!< The same for events: about 4 per data packet and hop, and timers.
    bool recordPfc = false;            //!< Fill PacketResult::pfc.
    bool untilQuiet = false;           //!< Where all flows have ended, the run goes on until no frame is on its way.
    /// Changes of links in any order, beside RdmaConfig::failures: flows take new routes, and packets on links that go
    /// down are lost. In `HPCC` mode links go down only.
    std::vector<LinkChange> linkChanges;
    PacketObserver* observer = nullptr; //!< Is told of everything; makes the run several times slower.
    FlowInlet* inlet = nullptr;         //!< Takes flows that are added while the run goes on; null: there are none.
    /// Interval of queue samples, ns: sampleQueue gets the queues that are not empty, until the last flow ends. 0:
    /// none.
    int64_t sampleIntervalNs = 0;
    std::function<void(const QueueSample&)> sampleQueue; //!< Called with each sample.
    QueueLooks queueLooks; //!< Looks from inside the run; not where events run in the order of a parallel run.
    /// Called about every 0.1 s of wall time with the number of flows that have ended; may be empty.
    std::function<void(uint64_t finishedFlows)> progress;
};

} // namespace ns3::m3

#endif // M3_PACKET_RUN_OPTIONS_H
