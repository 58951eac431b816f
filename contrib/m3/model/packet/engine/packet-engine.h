// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PACKET_ENGINE_H
#define M3_PACKET_ENGINE_H

#include "engine-state.h"
#include "event-parts.h"
#include "hop-sets.h"
#include "host-pairs.h"
#include "packet-run.h"
#include "packet/controls/pint.h"
#include "random-streams.h"
#include "shared-buffer.h"
#include "workload/task-clock.h"

#include "fabric/routes-of-flows.h"
#include "ns3/m3-load-balancing.h"
#include "ns3/m3-packet-observer.h"

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace ns3::m3
{

/**
 * \ingroup m3-packet
 * The packet engine: hosts with RDMA NICs and queue pairs, shared-buffer switches with PFC, ECN and telemetry, on its
 * own calendar. MakePacketRun builds it with the rules of the configured mode.
 *
 * Its functions are defined in the headers that whole-engine.h lists, one for each thing that hosts, ports and links
 * do. An engine is compiled where whole-engine.h is included: in standard-engine.cc and hpcc-engine.cc.
 *
 * \tparam Rules StandardRules or HpccRules
 */
template <class Rules>
class PacketEngine final : public PacketRun
{
  public:
    /// \param config resolved \throws InputError as RunPacketSimulation. All arguments must outlive the engine.
    PacketEngine(const FabricGraph& fabric,
                 const RouteTable& routes,
                 const RdmaConfig& config,
                 const FlowList& flows,
                 const PacketRunOptions& options);

    int64_t NextTimeNs() const override
    {
        return m_ended == m_flows.size() && !m_goesOn ? EventWheel::NEVER : m_wheel.NextTime();
    }

    void Run(int64_t beforeNs, uint32_t times) override;

    void TakeUpFlow() override; // added-flows.h

    uint64_t EndedFlows() const override
    {
        return m_ended;
    }

    uint64_t DataHops() const override
    {
        return m_result.dataHops;
    }

    uint64_t Events() const override
    {
        return m_wheel.Numbers();
    }

    uint64_t QueuedBytes(LinkId egress) const override
    {
        return m_ports[egress].queuedBytes; // at a host, of what it forwards
    }

    std::vector<FlowUnderWay> UnderWay() const override;

    PacketResult TakeResult() override
    {
        if (m_tasks)
        {
            m_result.taskStartsNs = m_tasks->Starts();
        }
        for (QueuePair& pair : m_pairs)
        {
            if (!pair.ended)
            {
                NoteLost(pair);
            }
        }
        return std::move(m_result);
    }

  private:
    using Slot = PairSlot;
    using Port = EnginePort;
    using Nic = EngineNic;
    using QueuePair = typename Rules::Pair;

    static constexpr uint32_t CLASSES = Rules::CLASSES;

    class Sender; // the queue pair as its congestion control sees it
    class View;   // the network as its load balancing sees it

    /// What a queue pair has besides, where load balancing and recovery are strategies.
    struct PairStrategies
    {
        std::unique_ptr<Recovery> recovery;       //!< null: go-back-N
        std::unique_ptr<EntropySource> entropies; //!< null: the sender chooses none
        uint32_t hops = 0;                        //!< table of its receiver in m_hopSets
    };

    /// What a data packet and its answer have besides.
    struct PacketNote
    {
        uint64_t seq = 0;     //!< first payload byte of the data packet, also of its answer
        uint32_t hops = 0;    //!< table of its receiver in m_hopSets
        uint32_t entropy = 0; //!< that its sender has chosen
    };

    // engine-setup.h
    void SetUpPorts();
    void SetUpPort(LinkId id, uint64_t thresholdBaseRate);
    void ScheduleLinkChanges();
    static int64_t
    LongestHopNs(const FabricGraph& fabric, const RdmaConfig& config, const std::vector<LinkChange>& changes);

    // engine-events.h
    void Dispatch(EngineEvent event);
    void ScheduleLooks();
    void OnQueueLook();

    // flow-start.h
    void ScheduleArrivals();
    void OnFlowArrival();
    RouteKey NextKey(uint32_t flow);
    void OnFlowStart(uint32_t flow);
    void StartFlow(uint32_t flow, const RouteKey& key);
    bool WaitsOrEnds(uint32_t flow, const RouteKey& key);
    void EndUnreachable(uint32_t flow);
    Slot StartPair(uint32_t flow, const RouteKey& key);
    Slot TakeSlot();
    void SetUpPair(Slot slot, uint32_t flow);
    void SetRoute(Slot slot, const Route& data, const Route& ack);
    void EndFlow(Slot slot, Unfinished why);
    void ReleaseIfUnused(Slot slot);

    // task-flows.h
    void BeginTasks();
    void ScheduleTask(uint32_t flow, int64_t startNs);
    void OnFlowDue(uint32_t flow);
    void OnReceived(uint32_t flow);
    void TellTasks(uint32_t flow, const FlowOutcome& outcome);
    bool IsTask(uint32_t flow) const;
    const RouteKey& TaskKey(uint32_t flow) const;
    int64_t StartNs(uint32_t flow) const;

    // run-in-parts.h
    void EndRounds();
    void PostArrival(LinkId link, const EventParts::Message& message);
    void PostFlow(uint32_t flow, int64_t startNs);
    void OnFlowPosted(uint32_t flow, uint32_t part);

    // flow-resume.h
    void ScheduleResumes();
    const FlowUnderWay* ProgressOf(uint32_t flow) const;
    void ResumeFlow(const FlowUnderWay& progress);

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
    void ScheduleArrival(LinkId link, int64_t timeNs, EventType type, uint32_t subject, uint32_t object);
    void StartTransmission(LinkId link, PacketIndex packet);
    uint64_t AwaitedBytes(const EnginePacket& packet, LinkId egress) const;
    FrameInfo InfoOf(LinkId link, const EnginePacket& frame) const;
    void Enqueue(LinkId link, PacketIndex packet, uint32_t priority);
    bool HasOwnHeadroom(const EnginePacket& packet) const;
    void SwitchReceive(PacketIndex packet, LinkId egress);
    [[gnu::cold, gnu::noinline]] void AdmitObserved(PacketIndex packet, LinkId egress);
    template <bool IS_OBSERVED>
    void Admit(PacketIndex packet, LinkId egress);
    void SwitchTransmit(LinkId link, uint32_t priority);
    void Forward(LinkId link, PacketIndex packet);

    // classes.h
    uint32_t ClassOf(const EnginePacket& packet) const;
    IngressAccount& AccountOf(LinkId link, uint32_t priority);
    bool IsPaused(LinkId egress, uint32_t priority) const;
    void SetPaused(LinkId egress, uint32_t priority, bool paused);
    bool HasClassQueues(const Port& port) const;
    bool HasWaiting(LinkId link) const;
    bool PassesBuffers(uint32_t priority) const;
    void AppendFirst(Port& port, PacketIndex packet);
    void EnqueueFirst(LinkId egress, PacketIndex packet);
    void AddQueued(LinkId egress, uint32_t priority, uint64_t bytes);
    void RemoveQueued(LinkId egress, uint32_t priority, uint64_t bytes);
    uint64_t QueuedOf(LinkId egress, uint32_t priority) const;
    PacketIndex FirstOf(LinkId egress, uint32_t priority) const;
    uint64_t KminOf(LinkId egress, uint32_t priority) const;
    template <typename SizeOf>
    uint32_t PickClass(ClassQueues& queues, uint32_t ready, SizeOf sizeOf);
    bool IsLossless(uint32_t priority) const;
    bool TimesOut(const QueuePair& pair) const;
    void SetUpClasses();
    uint32_t NextClass(LinkId link);
    void HostTransmitByClass(LinkId link);
    uint32_t LookForPairs(LinkId link, std::array<uint32_t, PRIORITY_CLASSES>& servable);
    bool IsInTransit(PacketIndex packet) const;
    bool SendsOwnData(const ClassQueues& queues, uint32_t priority, uint32_t data) const;
    void MeetTransit(LinkId link, PacketIndex packet);
    void NoteTurn(LinkId link, uint32_t priority);
    PacketIndex Dequeue(LinkId link, uint32_t priority);
    bool HoldsAcks(LinkId link) const;

    // pfc.h
    void SendPfcFrame(LinkId ingress, uint32_t priority, PacketKind kind);
    void StartPfcTransmission(LinkId link);
    void OnPfcFrame(LinkId link, PacketIndex packet);

    // ecn-marking.h
    void Mark(LinkId link, uint32_t priority, EnginePacket& packet);

    // in-band-telemetry.h
    void AddTelemetry(LinkId link, PacketIndex packet);
    void AddLogarithm(LinkId link, PacketIndex packet);

    // packet-loss.h
    void SetLossy(LinkId link);
    bool SentBeforeOutage(LinkId link, uint64_t bytes, int64_t arrivedNs) const;
    bool LostOnLink(const EnginePacket& packet, uint64_t bytes);
    bool LostByErrors(LinkId link);
    void DropPacket(PacketIndex packet, uint64_t& counter);

    // link-changes.h
    void OnLinkChange(uint32_t index);
    void ChangeState(const LinkChange& change);
    void Degrade(const LinkChange& change);
    static uint64_t DegradedRate(const FabricGraph& fabric, LinkId link, const LinkChange& change);
    void RerouteFlows(uint32_t first, uint32_t end);
    bool IsCut(const QueuePair& pair) const;
    void MoveFlow(Slot slot, const Route& route);
    void StartWaitingFlows();
    [[gnu::cold, gnu::noinline]] void NoteRecovery(QueuePair& pair, int64_t sentNs);
    [[gnu::cold, gnu::noinline]] void NoteLost(QueuePair& pair);

    /// Whether links may still come up.
    bool MayComeUp() const
    {
        return m_upsLeft > 0;
    }

    double ErrorRate(LinkId link) const
    {
        return m_errorRates.empty() ? m_fabric.Link(link).errorRate : m_errorRates[link];
    }

    // look-up-hops.h
    bool TakeNewRoute(PacketIndex packet, LinkId& egress);
    void Flush(LinkId link, PacketIndex packet);
    void EmptyPort(LinkId link);
    void TakeNewRoutes();
    void DealPairs(NodeId host);

    bool KeepsHostPairs() const
    {
        return Rules::LOOKS_UP_HOPS && !m_linkChanges.empty();
    }

    // host.h
    void HostTransmit(LinkId link);
    void SendData(LinkId link, Slot slot);
    void HostReceive(PacketIndex packet, Slot slot);
    void ReceiveData(PacketIndex packet, Slot slot);
    void ReceiveAck(PacketIndex packet, Slot slot);

    // go-back-n.h
    Answer ReceiveInOrder(QueuePair& pair, uint64_t seq, uint64_t payloadBytes);
    void GoBack(QueuePair& pair);

    // strategies.h
    static constexpr bool HasStrategies()
    {
        return Rules::STRATEGIES;
    }

    void SetUpStrategies();
    bool IsBalanced() const;
    bool Recovers(Slot slot) const;
    void StartStrategies(Slot slot);
    void NoteSent(Slot slot, PacketIndex index);
    Answer ReceiveBy(Slot slot, uint64_t seq, uint64_t payloadBytes);
    void HearAnswer(Slot slot, PacketIndex index);
    void RecoverFromTimeout(Slot slot);
    void NoteRepetition(QueuePair& pair);
    uint64_t NextNewByte(Slot slot) const;
    bool ChoosesHops(const EnginePacket& packet) const;
    bool ChooseHop(PacketIndex index, LinkId& egress);
    bool LeadsToReceiver(LinkId link, const EnginePacket& packet) const;
    uint64_t AwaitedByAnyHop(PacketIndex index, LinkId link);

    // nic-timer.h
    void LookAgain(Slot slot);
    void LookAgainIfFull(const QueuePair& pair);
    void PassOver(Nic& nic, uint32_t index, Listed why);
    [[gnu::cold, gnu::noinline]] void StopWaiting(Slot slot);
    void CollectFinished(Nic& nic, uint32_t from, uint32_t& servedIndex);
    void ScheduleNicTimer(LinkId link, int64_t timeNs);
    void OnNicTimer(LinkId link);

    // pacing.h
    void SetRate(QueuePair& pair, uint64_t rate);
    void SetRateNow(QueuePair& pair, uint64_t rate);

    // sender.h
    void TellControl(Slot slot, PacketIndex ack);
    void TellLoss(Slot slot);
    void TellTimeout(Slot slot);
    void OnControlTimer(Slot slot, uint32_t timer);

    // retransmission-timeout.h
    bool CanLosePackets() const;
    void ExpectLosses();
    void RestartTimeout(Slot slot);
    void SetDeadline(Slot slot, int64_t deadlineNs, bool sooner);
    void TakeOwnTimeout(Slot slot);
    void OnProgress(Slot slot, const EnginePacket& ack);
    void OnTimeout(Slot slot);

    // run-end.h
    void LookForEnd();
    void LookForProgress();
    bool CanGoOn() const;
    void EndAllFlows();
    void EndFlowsLeft();
    bool IsHeldUp(const QueuePair& pair) const;
    std::vector<LinkId> FindDeadlock() const;
    std::vector<LinkId> FindDeadlock(uint32_t priority) const;
    LinkId NextInDeadlock(LinkId egress, uint32_t priority) const;

    const FabricGraph& m_fabric;
    const RdmaConfig& m_config;
    const FlowList& m_flows;         //!< grow by those that are added
    const uint32_t m_listed;         //!< flows that the run began with
    const RouteTable& m_firstRoutes; //!< of the links that are up at first
    const RouteTable* m_routes;      //!< of the links that are up
    Rules m_rules;
    const PacketRunOptions& m_options;
    const bool m_recordPfc;
    const bool m_hasStop;        //!< the run has a stop time
    const bool m_acksPassPauses; //!< hosts send ACKs while PFC pauses their data, and switches have headroom for them
    PacketObserver* const m_observer;
    const std::vector<LinkChange> m_linkChanges; //!< in order of time
    const uint32_t m_headerBytes;
    const uint32_t m_payloadBytes;               //!< of a full packet
    const uint64_t m_minWindowBytes;             //!< of a window that is one
    const uint32_t m_commonBytes[2];             //!< wire sizes of a full data packet and an ACK, as Port::common
    std::map<uint64_t, RdmaConfig> m_nicConfigs; //!< by rate of the NIC
    std::map<uint64_t, CongestionControlFactory> m_makeControl; //!< the same
    const uint64_t m_intMulti;                                  //!< unit of the INT counters in `HPCC` mode
    const double m_pintLogBase;                                 //!< utilisations are rounded to powers of it
    RoutesOfFlows m_routeKeys;

    EventWheel m_wheel;
    PacketPool m_packets;
    RouteStops m_stops;
    std::vector<Port> m_ports; //!< per directed link, egress side
    ClassUse m_classUse;
    uint32_t m_lossless = 0; //!< bit per class, of the classes that flows are of: PFC keeps its packets
    uint32_t m_timed = 0;    //!< bit per class: what is lost is sent again by timeouts, where any are
    std::array<int32_t, PRIORITY_CLASSES> m_quantum{}; //!< bytes that a class gets with each turn
    std::vector<ClassQueues> m_classes;    //!< per directed link, egress side, where flows are of several classes
    std::vector<IngressAccount> m_ingress; //!< per directed link and class, at the switch that it arrives at
    std::vector<EcnProfile> m_ecn;         //!< per directed link and class, of its egress port
    std::vector<bool> m_lossy;             //!< per directed link: its packets may be lost
    uint32_t m_lossyLinks = 0;             //!< how many are
    bool m_checksArrivals = false;         //!< some are, or there is an observer
    std::vector<typename Rules::Buffer> m_buffers; //!< per node
    std::vector<Nic> m_nics;                       //!< per directed link that leaves a host
    std::vector<QueuePair> m_pairs;
    std::vector<Slot> m_freeSlots;
    RandomStreams m_losses;                     //!< of links
    RandomStreams m_randoms;                    //!< of NICs, for controls, and of ports, for PINT
    std::vector<PintPort> m_pintPorts;          //!< per directed link, with PINT
    RandomStreams m_nodeSeeds;                  //!< of nodes, for load balancing
    std::vector<uint64_t> m_nodeRandoms;        //!< per node, state of the generator for load balancing; 0: not begun
    std::unique_ptr<LoadBalancing> m_balancing; //!< null: each flow keeps its path
    std::optional<HopSets> m_hopSets;           //!< where there is one
    RecoveryMaker m_makeRecovery;               //!< empty: go-back-N
    std::vector<PairStrategies> m_strategies;   //!< per queue pair, where they are strategies
    std::vector<PacketNote> m_packetNotes;      //!< per packet, where they are
    uint32_t m_nextArrival = 0;                 //!< flow that arrives next
    Route m_dataRoute;                          //!< scratch of OnFlowStart
    Route m_ackRoute;
    std::deque<RouteKey> m_startingKeys;       //!< of flows between arrival and start
    std::vector<RouteKey> m_startedKeys;       //!< of flows that start before the run begins
    std::optional<TaskClock<int64_t>> m_tasks; //!< where flows wait for others
    std::vector<RouteKey> m_taskKeys;          //!< of the last flows: all where flows wait for others, else those added
    std::optional<RoutesOfFlows> m_addedKeys;  //!< of flows that are added
    std::optional<EventParts> m_parts;         //!< where events run in the order of a parallel run
    uint32_t m_runningPart = EventParts::SCRIPT;  //!< part of the event that sets off tasks
    uint64_t m_tasksDue = 0;                      //!< flows whose start is known and still to come
    std::unique_ptr<FabricGraph> m_changedFabric; //!< once a link has changed
    std::unique_ptr<RouteTable> m_changedRoutes;
    StopIndex m_stopsBeforeChange = 0;    //!< routes of packets that were sent before the last change end here
    HostPairs m_hostPairs;                //!< only where hops are looked up and links change
    std::vector<RouteKey> m_keysAtChange; //!< of the flows that had arrived by then
    uint32_t m_linkChangesLeft = 0;
    uint32_t m_upsLeft = 0;                               //!< of them, links that come up
    std::vector<std::pair<uint32_t, RouteKey>> m_waiting; //!< flows that have started and had no route since
    std::vector<double> m_errorRates;                     //!< per directed link, once one has changed
    std::vector<int64_t> m_downNs; //!< per directed link, when it went down last, -1: never; empty before any change
    bool m_timeouts = false;       //!< packets can be lost and are sent again by timeouts
    int64_t m_quietNs = 0;         //!< after so long without transmissions nothing is on a wire
    int64_t m_quietSinceNs = 0;    //!< time of LookForEnd's last look, or of the first since the last transmission
    uint64_t m_sentAtLook = UINT64_MAX; //!< transmissions and PFC frames at that time
    int64_t m_progressLookNs = 0;       //!< time of LookForProgress' last look
    uint64_t m_endedAtLook = 0;         //!< flows that had ended by then
    uint64_t m_ackedAtLook = 0;         //!< bytes of the others that had been acknowledged by then
    uint64_t m_ended = 0;
    bool m_goesOn = false;            //!< also when all flows have ended
    std::vector<uint64_t> m_lookedAt; //!< what it sees, per directed link
    uint64_t m_pfcFrames = 0;         //!< that switches have sent
    PacketResult m_result;
};

} // namespace ns3::m3

#endif // M3_PACKET_ENGINE_H
