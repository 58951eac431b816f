// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_ENGINE_STATE_H
#define M3_ENGINE_STATE_H

#include "class-queues.h"
#include "event-wheel.h"
#include "ns3/m3-congestion-control.h"
#include "ns3/m3-recovery.h"
#include "packet-pool.h"
#include "route-stops.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace ns3::m3
{

using PairSlot = uint32_t; //!< of a queue pair in the engine's list

/**
 * \ingroup m3-packet
 * Time on the wire of frames of one size: whole ns, and in `STANDARD` mode the remainder in units of 1 / rate ns.
 */
struct TxTime
{
    int64_t ns = 0;         //!< whole ns
    uint64_t remainder = 0; //!< in units of 1 / rate ns
};

/**
 * \ingroup m3-packet
 * Egress side of a directed link; at hosts, the NIC's transmitter. Two cache lines, what every packet needs first.
 */
struct alignas(128) EnginePort
{
    int64_t freeNs = 0;              //!< time of the last transmission's end
    uint64_t freeNumber = 0;         //!< number of that event: the port is busy until it has run, or would have
    PacketIndex head = NO_PACKET;    //!< switch: data class; host: ACKs
    PacketIndex tail = NO_PACKET;    //!< of the same queue
    PacketIndex pfcHead = NO_PACKET; //!< PFC frames
    EventType arrival = EventType::SWITCH_ARRIVAL; //!< of a packet at the far end
    bool freeQueued = false;                       //!< the port-free event is in the calendar
    bool paused = false;                           //!< data class, by the neighbour
    EventType whenFree = EventType::PORT_FREE;     //!< or NIC_FREE
    uint64_t queuedBytes = 0;                      //!< in the data class
    int64_t delayNs = 0;                           //!< of the link and of the node at its end
    uint64_t kminBytes = 0;                        //!< marks begin beyond it
    uint64_t ahead = 0; //!< `STANDARD`: ns given to the frames of this busy period beyond their need, 1 / rate

    TxTime common[2];                //!< full data packet, ACK
    uint64_t rate = 0;               //!< bit/s
    uint64_t txBytes = 0;            //!< sent since the start
    NodeId from = 0;                 //!< node of the port
    PacketIndex pfcTail = NO_PACKET; //!< PFC frames
    uint32_t pfcBytes = 0;           //!< waiting
    bool up = true;                  //!< the link is up

    /// Whether it is a host's transmitter.
    bool IsNic() const
    {
        return whenFree == EventType::NIC_FREE;
    }
};

/// \ingroup m3-packet
/// Whether a NIC's list has a queue pair.
enum class Listed : uint8_t
{
    NO,
    YES,
    ALL_SENT,   //!< when the NIC last looked, and nothing was heard for it since: it is passed over
    WINDOW_FULL //!< the same, while pacing lets it send
};

/// Beside a slot in a NIC's list: the pair waits. A NIC may have thousands that do, whose state it need not fetch.
inline constexpr PairSlot WAITS = 1U << 31;

/**
 * \ingroup m3-packet
 * The queue pairs of one NIC in order of creation, and its wake-up timer.
 */
struct EngineNic
{
    std::vector<PairSlot> pairs; //!< in order of creation, with WAITS those that are passed over
    uint32_t served = 0;         //!< index that round robin served last; may exceed the list
    uint32_t windowsFull = 0;    //!< pairs that are Listed::WINDOW_FULL
    uint64_t timerNumber = 0;    //!< number of the valid timer event, 0: none
    int64_t timerNs = 0;         //!< time of that event

    /// \return the first index from `from` on of a pair that is not passed over; `to` if there is none before it
    uint32_t NotPassedOver(uint32_t from, uint32_t to) const
    {
        const auto passed = [](PairSlot slot) { return (slot & WAITS) != 0; };
        return static_cast<uint32_t>(std::find_if_not(pairs.begin() + from, pairs.begin() + to, passed) -
                                     pairs.begin());
    }
};

/**
 * \ingroup m3-packet
 * One flow's queue pair: sender and receiver. The first cache line has what the NIC's scan and the receiver need, the
 * second what an ACK needs besides.
 * \tparam PaceState what the rules keep of its pacing
 */
template <class PaceState>
struct alignas(64) EnginePair : Transfer
{
    int64_t nextSendNs = 0;     //!< by pacing
    StopIndex ackStop = 0;      //!< of the ACK route's first link
    LinkId nic = 0;             //!< sender's egress link
    uint32_t inFlight = 0;      //!< packets in the network that name this slot
    bool ended = false;         //!< finished or given up
    Listed listed = Listed::NO; //!< in its NIC's list
    bool released = false;      //!< its slot may be used again
    uint8_t priority = 0;       //!< class; only where flows are of several

    uint64_t rate = 0;                          //!< current sending rate, bit/s
    uint64_t lineRate = 0;                      //!< of its NIC, bit/s
    PaceState pace;                             //!< of the rules
    uint32_t lastWireBytes = 0;                 //!< of the last data packet sent
    uint32_t timeouts = 0;                      //!< since the last progress
    int64_t rtoDeadlineNs = 0;                  //!< of the retransmission timeout; 0: it does not run
    uint64_t rtoNumber = 0;                     //!< number of its event, 0: none
    std::unique_ptr<CongestionControl> control; //!< null: none
    uint64_t cap = 0;                           //!< of the rate, bit/s

    uint64_t baseWindow = 0;   //!< W0
    int64_t baseRttNs = 0;     //!< base RTT that windows and controls assume
    int64_t rtoNs = 0;         //!< with back-off
    uint64_t highestSent = 0;  //!< end of what was ever sent; what comes before it is sent again
    uint64_t resentBefore = 0; //!< ACKs of this sequence number and below may be of packets that were sent twice
    RouteStops::Place route;   //!< of data and ACKs
    uint32_t flow = 0;         //!< index in the flow list
    uint32_t place = 0;        //!< in its NIC's list when that began to pass it over; now there or further to the front

    int64_t smoothedRttNs = 0;              //!< SRTT of RFC 6298, 0 before the first sample
    int64_t rttVarNs = 0;                   //!< RTTVAR of RFC 6298
    uint64_t lastNacked = 0;                //!< by the receiver
    int64_t nackAgainNs = 0;                //!< when it may send the same NACK again
    std::array<uint64_t, 3> timerNumbers{}; //!< valid timers of the control
    int64_t cutNs = -1;                     //!< a failure cut its route then, and it has not gone on since; -1: none
};

} // namespace ns3::m3

#endif // M3_ENGINE_STATE_H
