// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PACKET_ENGINE_H
#define M3_PACKET_ENGINE_H

#include "event-wheel.h"
#include "ns3/m3-congestion-control.h"
#include "ns3/m3-packet-simulation.h"
#include "packet-pool.h"
#include "packet/controls/pint.h"
#include "route-stops.h"
#include "shared-buffer.h"

#include "fabric/routes-of-flows.h"
#include "ns3/rng-stream.h"

#include <deque>
#include <map>
#include <memory>
#include <vector>

namespace ns3::m3
{

/**
 * The packet engine: hosts with RDMA NICs and queue pairs, shared-buffer switches with PFC, ECN and telemetry, on its
 * own calendar. RunPacketSimulation drives it on ns-3's Simulator.
 *
 * packet-engine.cc sets up and runs flows; port.h has transmission and the switch, host.h
 * the NIC, the receiver and the sender, as far as every packet needs them, and the .cc files of these names the rest;
 * link-changes.cc has links that go down and come up, timeout.cc the retransmission timeout,
 * run-end.cc the end of a run in which flows are stuck.
 */
class PacketEngine
{
  public:
    /// \param config resolved \throws InputError as RunPacketSimulation. All arguments must outlive the engine.
    PacketEngine(const FabricGraph& fabric,
                 const RouteTable& routes,
                 const RdmaConfig& config,
                 const FlowList& flows,
                 const PacketRunOptions& options);
    ~PacketEngine();
    PacketEngine(const PacketEngine&) = delete;
    PacketEngine& operator=(const PacketEngine&) = delete;

    /// Time of the next event; EventWheel::NEVER when all flows have ended.
    int64_t NextTimeNs() const
    {
        return m_ended == m_flows.size() ? EventWheel::NEVER : m_wheel.NextTime();
    }

    /// Runs all events of NextTimeNs() and of the times after it before `beforeNs`, of at most `times` times.
    void Run(int64_t beforeNs, uint32_t times);

    /// Flows that finished or gave up.
    uint64_t EndedFlows() const
    {
        return m_ended;
    }

    /// Data packets put on a wire so far.
    uint64_t DataHops() const
    {
        return m_result.dataHops;
    }

    /// Events numbered so far: those that ran, those to come, and port-free events that nobody waited for.
    uint64_t Events() const
    {
        return m_wheel.Numbers();
    }

    /// Bytes in the data queue of a switch port.
    uint64_t QueuedBytes(LinkId egress) const
    {
        return m_ports[egress].IsNic() ? 0 : m_ports[egress].queuedBytes;
    }

    /// What has happened so far; moved out.
    PacketResult TakeResult()
    {
        return std::move(m_result);
    }

  private:
    using Slot = uint32_t; //!< of a queue pair in m_pairs

    /// Time on the wire of frames of one size: whole ns, and in `STANDARD` mode the remainder in units of 1 / rate ns.
    struct TxTime
    {
        int64_t ns = 0;
        uint64_t remainder = 0;
    };

    /// Egress side of a directed link; at hosts, the NIC's transmitter. Two cache lines, what every packet needs first.
    struct alignas(128) Port
    {
        int64_t freeNs = 0;           //!< time of the last transmission's end
        uint64_t freeNumber = 0;      //!< number of that event: the port is busy until it has run, or would have
        PacketIndex head = NO_PACKET; //!< switch: data class; host: ACKs
        PacketIndex tail = NO_PACKET;
        PacketIndex pfcHead = NO_PACKET;
        EventType arrival = EventType::SWITCH_ARRIVAL; //!< of a packet at the far end
        bool freeQueued = false;                       //!< the port-free event is in the calendar
        bool paused = false;                           //!< data class, by the neighbour
        EventType whenFree = EventType::PORT_FREE;     //!< or NIC_FREE
        uint64_t queuedBytes = 0;                      //!< in the data class
        int64_t delayNs = 0;
        uint64_t kminBytes = 0; //!< marks begin beyond it
        uint64_t ahead = 0;     //!< `STANDARD`: ns given to the frames of this busy period beyond their need, 1 / rate

        TxTime common[2]; //!< full data packet, ACK
        uint64_t rate = 0;
        uint64_t txBytes = 0; //!< sent since the start
        NodeId from = 0;
        PacketIndex pfcTail = NO_PACKET;
        uint32_t pfcBytes = 0; //!< waiting
        bool up = true;

        bool IsNic() const
        {
            return whenFree == EventType::NIC_FREE;
        }
    };

    /// The queue pairs of one NIC in order of creation, and its wake-up timer.
    struct Nic
    {
        std::vector<Slot> pairs;
        uint32_t served = 0;      //!< index that round robin served last; may exceed the list
        uint64_t timerNumber = 0; //!< number of the valid timer event, 0: none
        int64_t timerNs = 0;
    };

    /// One flow's queue pair: sender and receiver. The first cache line has what the NIC's scan and the receiver need,
    /// the second what an ACK needs besides.
    struct alignas(64) QueuePair
    {
        uint64_t size = 0;
        uint64_t nextToSend = 0;
        uint64_t acked = 0;     //!< highest cumulative acknowledgement
        uint64_t window = 0;    //!< at the current rate; 0: none
        int64_t nextSendNs = 0; //!< by pacing
        uint64_t expected = 0;  //!< receiver: next in-order byte
        StopIndex ackStop = 0;  //!< of the ACK route's first link
        LinkId nic = 0;         //!< sender's egress link
        uint32_t inFlight = 0;  //!< packets in the network that name this slot
        bool ended = false;
        bool listed = false;   //!< in its NIC's list
        bool released = false; //!< its slot may be used again

        uint64_t rate = 0; //!< current sending rate, bit/s
        uint64_t lineRate = 0;
        double nextSendFraction = 0; //!< ns beyond nextSendNs, `STANDARD` mode
        int64_t fullPaceNs = 0;      //!< `HPCC` mode: time of a full packet at the pacing rate
        uint32_t lastWireBytes = 0;  //!< of the last data packet sent
        uint32_t timeouts = 0;       //!< since the last progress
        int64_t rtoDeadlineNs = 0;   //!< of the retransmission timeout, `STANDARD` mode; 0: it does not run
        uint64_t rtoNumber = 0;      //!< number of its event, 0: none
        std::unique_ptr<CongestionControl> control;

        uint64_t cap = 0;        //!< of the rate, bit/s
        uint64_t baseWindow = 0; //!< W0
        int64_t baseRttNs = 0;
        int64_t rtoNs = 0;         //!< with back-off
        uint64_t highestSent = 0;  //!< end of what was ever sent; what comes before it is sent again
        uint64_t resentBefore = 0; //!< ACKs of this sequence number and below may be of packets that were sent twice
        RouteStops::Place route;
        uint32_t flow = 0;

        int64_t smoothedRttNs = 0;              //!< SRTT of RFC 6298, 0 before the first sample
        int64_t rttVarNs = 0;                   //!< RTTVAR of RFC 6298
        uint64_t lastNacked = 0;                //!< by the receiver
        int64_t nackAgainNs = 0;                //!< when it may send the same NACK again
        std::array<uint64_t, 3> timerNumbers{}; //!< valid timers of the control
    };

    class Sender; // the queue pair as its congestion control sees it

    // packet-engine.cc
    uint64_t ThresholdBaseRate() const;
    void SetUpPorts();
    void ScheduleArrivals();
    void OnFlowArrival();
    void OnFlowStart(uint32_t flow);
    void EndFlow(Slot slot, Unfinished why);
    void ReleaseIfUnused(Slot slot);
    void Dispatch(EngineEvent event);

    static int64_t LongestHopNs(const FabricGraph& fabric);
    static Route BackAlong(const Route& route);
    void SetRoute(Slot slot, const Route& data, const Route& ack);
    std::unique_ptr<RngStream> MakeStream(uint64_t index) const;
    double Random(LinkId link);

    // link-changes.cc
    void OnLinkChange(uint32_t index);
    void RerouteFlows(const LinkChange& change);
    bool IsCut(const QueuePair& pair) const;
    void MoveFlow(Slot slot, const Route& route);

    // port.h
    bool Busy(const Port& port) const
    {
        return port.freeNs > m_wheel.Now() ||
               (port.freeNs == m_wheel.Now() && port.freeNumber > m_wheel.RunningNumber());
    }

    void Kick(LinkId link);
    void OnPortFree(LinkId link);
    void OnNicFree(LinkId link);
    void OccupyWire(LinkId link, uint32_t bytes);
    void StartTransmission(LinkId link, PacketIndex packet);
    void Enqueue(Port& port, PacketIndex packet);
    void SwitchReceive(PacketIndex packet, LinkId egress);
    void SwitchTransmit(LinkId link);
    void Forward(LinkId link, PacketIndex packet);

    // port.cc
    TxTime TxTimeOf(const Port& port, uint32_t bytes) const;
    void StartPfcTransmission(LinkId link);
    void TellOfFrame(LinkId link, PacketIndex packet) const;
    void OnPfcFrame(LinkId link, PacketIndex packet);
    void Mark(LinkId link, EnginePacket& packet);
    double DrawForMark(LinkId link);
    void SendPfcFrame(LinkId ingress, PacketKind kind);
    void AddTelemetry(LinkId link, PacketIndex packet);
    void AddLogarithm(LinkId link, PacketIndex packet);
    void SetLossy(LinkId link);
    bool SentBeforeOutage(LinkId link, uint32_t bytes) const;
    bool LostOnLink(const EnginePacket& packet);
    void DropPacket(PacketIndex packet, uint64_t& counter);
    bool HasOwnHeadroom(const EnginePacket& packet) const;

    // host.h
    void HostTransmit(LinkId link);
    void SendData(LinkId link, Slot slot);
    void Pace(QueuePair& pair, uint32_t wireBytes);
    void HostReceive(PacketIndex packet, Slot slot);
    void ReceiveData(PacketIndex packet, Slot slot);
    void ReceiveAck(PacketIndex packet, Slot slot);

    // host.cc
    void OnNicTimer(LinkId link);
    void CollectFinished(Nic& nic, uint32_t from, uint32_t& servedIndex);
    void TellControl(Slot slot, PacketIndex ack);
    void SetRate(QueuePair& pair, uint64_t rate);
    int64_t HpccPaceNs(const QueuePair& pair, uint64_t wireBytes) const;
    void SetRateNow(QueuePair& pair, uint64_t rate);
    void ScheduleNicTimer(LinkId link, int64_t timeNs);
    void OnControlTimer(Slot slot, uint32_t timer);

    // timeout.cc
    bool CanLosePackets() const;
    void ExpectLosses();
    void RestartTimeout(Slot slot);
    void OnProgress(QueuePair& pair, const EnginePacket& ack);
    void OnTimeout(Slot slot);

    // run-end.cc
    void LookForEnd();
    void LookForProgress();
    bool CanGoOn() const;
    void EndAllFlows();
    void EndFlowsLeft();
    bool IsHeldUp(const QueuePair& pair) const;
    std::vector<LinkId> FindDeadlock() const;
    LinkId NextInDeadlock(LinkId egress) const;

    const FabricGraph& m_fabric;
    const RdmaConfig& m_config;
    const FlowList& m_flows;
    const RouteTable* m_routes; //!< of the links that are up
    const bool m_standard;
    const bool m_recordPfc;
    const bool m_hasStop;        //!< the run has a stop time
    const bool m_acksPassPauses; //!< hosts send ACKs while PFC pauses their data, and switches have headroom for them
    PacketObserver* const m_observer;
    const std::vector<LinkChange>& m_linkChanges;
    const uint32_t m_streamSeed; //!< the configured seed as RngStream takes it
    const uint32_t m_headerBytes;
    const uint32_t m_commonBytes[2];             //!< wire sizes of a full data packet and an ACK, as Port::common
    std::map<uint64_t, RdmaConfig> m_nicConfigs; //!< by rate of the NIC
    std::map<uint64_t, CongestionControlFactory> m_makeControl; //!< the same
    RoutesOfFlows m_routeKeys;

    EventWheel m_wheel;
    PacketPool m_packets;
    RouteStops m_stops;
    std::vector<Port> m_ports;             //!< per directed link, egress side
    std::vector<IngressAccount> m_ingress; //!< per directed link, at the switch that it arrives at
    std::vector<EcnProfile> m_ecn;         //!< per directed link, of its egress port
    std::vector<bool> m_lossy;             //!< per directed link: its packets may be lost
    uint32_t m_lossyLinks = 0;             //!< how many are
    std::vector<SharedBuffer> m_buffers;   //!< per node
    std::vector<Nic> m_nics;               //!< per directed link that leaves a host
    std::vector<QueuePair> m_pairs;
    std::vector<Slot> m_freeSlots;
    std::vector<std::unique_ptr<RngStream>> m_markStreams;   //!< per directed link, made on first use
    std::vector<std::unique_ptr<RngStream>> m_lossStreams;   //!< per directed link, made on first use
    std::vector<std::unique_ptr<RngStream>> m_randomStreams; //!< per NIC, of controls, and per port, of PINT
    std::vector<PintPort> m_pintPorts;                       //!< per directed link, with PINT
    uint64_t m_nextStream = 0;                               //!< `HPCC` mode: a fresh stream per marking draw
    uint32_t m_nextArrival = 0;                              //!< flow that arrives next
    Route m_dataRoute;                                       //!< scratch of OnFlowStart
    Route m_ackRoute;
    std::deque<RouteKey> m_startingKeys;          //!< of flows between arrival and start
    std::unique_ptr<FabricGraph> m_changedFabric; //!< once a link has changed
    std::unique_ptr<RouteTable> m_changedRoutes;
    uint32_t m_linkChangesLeft = 0;
    std::vector<int64_t> m_downNs; //!< per directed link, when it went down last, -1: never; empty before any change
    bool m_timeouts = false;       //!< packets can be lost and are sent again by timeouts: `STANDARD` mode
    int64_t m_quietNs = 0;         //!< after so long without transmissions nothing is on a wire
    int64_t m_quietSinceNs = 0;    //!< time of LookForEnd's last look, or of the first since the last transmission
    uint64_t m_sentAtLook = 0;     //!< transmissions and PFC frames at that time
    int64_t m_progressLookNs = 0;  //!< time of LookForProgress' last look
    uint64_t m_endedAtLook = 0;    //!< flows that had ended by then
    uint64_t m_ackedAtLook = 0;    //!< bytes of the others that had been acknowledged by then
    uint64_t m_ended = 0;
    PacketResult m_result;
};

} // namespace ns3::m3

#endif // M3_PACKET_ENGINE_H
