// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_RDMA_NETWORK_H
#define M3_RDMA_NETWORK_H

#include "ns3/m3-flow-inlet.h"
#include "ns3/m3-packet-simulation.h"

#include "ns3/data-rate.h"
#include "ns3/node-container.h"
#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/traced-callback.h"

#include <optional>
#include <string>
#include <vector>

namespace ns3::m3
{

/**
 * \ingroup m3-helper
 * The packet engine as an ns-3 object. It has attributes for the configuration of a run, trace sources for its events,
 * links that go down and come up, pcap files and queue samples.
 *
 * \code
 *   auto network = CreateObject<RdmaNetwork>();
 *   network->SetAttribute("CongestionControl", StringValue("hpcc"));
 *   network->SetNodes(FabricHelper::LeafSpine({}));
 *   network->TraceConnectWithoutContext("FlowEnd", MakeCallback(&OnFlowEnd));
 *   network->SetLinkState(MilliSeconds(2), 3, 9, false);
 *   PacketResult result = network->Run(flows);
 * \endcode
 *
 * Nodes are named by their index in the node container, ports by the order of a node's devices. Run() throws
 * InputError, as RunPacketSimulation does, for attributes that do not go together.
 */
class RdmaNetwork : public Object
{
  public:
    /// Values of the attribute Mode: the rules that the packet engine follows.
    enum Mode
    {
        STANDARD = static_cast<int>(EngineMode::STANDARD), //!< "standard"
        HPCC = static_cast<int>(EngineMode::HPCC)          //!< "hpcc": those of the published HPCC simulator
    };

    static TypeId GetTypeId(); //!< \return the type, with its attributes and trace sources

    RdmaNetwork();
    ~RdmaNetwork() override;

    /// \throws InputError as ReadFabric
    void SetNodes(const NodeContainer& nodes);

    const FabricGraph& Fabric() const; //!< \return the network of SetNodes

    /// Returns the configuration of the attributes, with the failures, for M3Estimator::config. \throws InputError for
    /// an unknown control
    RdmaConfig Config() const;

    /**
     * Takes the links between two nodes down or up at a time after the start of Run(). Flows on them take another route
     * if there is one; packets on the links are lost.
     * \throws InputError if no link joins the nodes, and for a time below 0
     */
    void SetLinkState(Time at, uint32_t nodeA, uint32_t nodeB, bool up);

    /**
     * Adds something that happens to a link or node during Run(): it goes down, comes up or is degraded.
     * \code
     *   network->AddFailure({1'000'000, FailureKind::NODE_DOWN, 12});                   // at 1 ms
     *   network->AddFailure({0, FailureKind::LINK_RATE, 3, 9, 10'000'000'000});         // from the start on
     * \endcode
     * \throws InputError for a node or link that is not there, and a time or value out of its range
     */
    void AddFailure(const Failure& failure);

    /// Adds the failures of a file (ReadFailures). \throws InputError as that and as AddFailure
    void AddFailures(const std::string& file);

    /**
     * Writes the frames that a node's port sends to a pcap file: Ethernet, IPv4 with the ECN field, UDP, then 8 bytes
     * of the payload's sequence number; PFC frames as MAC control frames.
     * \throws InputError for an unknown port
     */
    void EnablePcap(const std::string& file, uint32_t node, uint32_t port);

    /// Writes `time_ns,node,port,bytes` of every switch queue that is not empty, at each multiple of the interval.
    void EnableQueueCsv(const std::string& file, Time interval);

    /**
     * Assigns fixed streams of ns-3's generator, with the seed and run of RngSeedManager, to ECN marking, link errors
     * and PINT. \return number of streams used: three per directed link \throws InputError for a stream below 0
     */
    int64_t AssignStreams(int64_t stream);

    /// Runs the flows to their end, or until `stop` after the start. \throws InputError as RunPacketSimulation, unless
    /// `stop` is above 0
    PacketResult Run(const FlowList& flows, Time stop = Time::Max());

    /// Runs flows of which some wait for others. \throws InputError as Run() and CheckSchedule()
    PacketResult RunSchedule(const Schedule& schedule, Time stop = Time::Max());

    /**
     * Adds a flow to the run that goes on: in a callback of a trace source, or in an event of the Simulator. So clients
     * are written that wait for a flow's end before they send the next one.
     * \code
     *   void OnFlowReceived(uint32_t flow, Time fct) // of the trace source FlowReceived: a reply to each request
     *   {
     *       const Flow request = network->Flows()[flow];
     *       if (request.dst == SERVER)
     *       {
     *           network->AddFlow({SERVER, request.src, 100'000, network->RunTime().GetNanoSeconds() + 2000});
     *       }
     *   }
     * \endcode
     * The run ends when all flows have ended that there are by then, so that the flow after a pause is to be added when
     * the one before it ends, with a later start.
     * \param flow startNs counts from time 0 of the run, as in its list \return its number in traces and results
     * \throws InputError as FlowInlet::Add: also for a start before RunTime(), and where no run goes on
     */
    uint32_t AddFlow(const Flow& flow);

    /// Returns the present time of the run that goes on, from its time 0. \throws InputError where none does
    Time RunTime() const;

    /// Returns the flows of the run that goes on, or of the last one, as PacketResult::flows numbers them: those of
    /// its list, then those that were added.
    const FlowList& Flows() const;

    /**
     * Runs flows from a time on, which is then the Simulator's present time. Of the flows that start before, those take
     * part that are under way, such as PacketResult::underWay of a run that stopped there, or of an estimate: they go
     * on with the rate and the state of the congestion control that they have there, queues are empty. Flows that
     * wait for a link to come up go on waiting.
     * \code
     *   const PacketResult first = network->Run(flows, MilliSeconds(3));
     *   const PacketResult rest = network->Resume(flows, MilliSeconds(3), first.underWay);
     * \endcode
     * \throws InputError as Run, in `HPCC` mode, and for flows that cannot be under way then
     */
    PacketResult
    Resume(const FlowList& flows, Time begin, const std::vector<FlowUnderWay>& underWay, Time stop = Time::Max());

    /// \param flow index in the flow list \param src, dst nodes
    typedef void (*FlowStartCallback)(uint32_t flow, uint32_t src, uint32_t dst, uint64_t sizeBytes);
    /// \param fct start to last in-order byte at the receiver
    typedef void (*FlowReceivedCallback)(uint32_t flow, Time fct);
    /// \param fct start to last byte at the receiver; 0 if the flow gave up
    typedef void (*FlowEndCallback)(uint32_t flow, Time fct);
    /// \param bytes in the data queue of a switch port, after a packet joined or left
    typedef void (*QueueLengthCallback)(uint32_t node, uint32_t port, uint64_t bytes);
    /// \param port of the switch `node` that marked a packet of the flow
    typedef void (*EcnMarkCallback)(uint32_t node, uint32_t port, uint32_t flow);
    /// \param node, port that received the frame \param pause false: resume
    typedef void (*PfcCallback)(uint32_t node, uint32_t port, bool pause);
    /// \param node, port at which the packet arrived, or would have arrived
    typedef void (*DropCallback)(uint32_t node, uint32_t port, uint32_t flow);
    /// \param windowBytes 0: no window
    typedef void (*RateCallback)(uint32_t flow, DataRate rate, uint64_t windowBytes);

  private:
    /// A port whose frames are captured.
    struct Capture
    {
        std::string file;
        LinkId egress;
    };

    bool AnyoneListens() const;
    PacketResult RunWith(const FlowList& flows, PacketRunOptions options);
    PacketRunOptions OptionsOf(Time begin, Time stop) const;
    LinkId EgressOf(uint32_t node, uint32_t port) const;

    FabricGraph m_fabric;
    std::vector<Failure> m_failures;
    std::vector<Capture> m_captures;
    std::string m_queueFile;
    Time m_queueInterval;
    std::optional<int64_t> m_stream;
    FlowInlet m_inlet;

    static RdmaConfig& ConfigOf(ObjectBase& network);

    Mode m_mode;
    std::string m_congestionControl;
    RdmaConfig m_config; //!< values of all other attributes

    TracedCallback<uint32_t, uint32_t, uint32_t, uint64_t> m_flowStart;
    TracedCallback<uint32_t, Time> m_flowReceived;
    TracedCallback<uint32_t, Time> m_flowEnd;
    TracedCallback<uint32_t, uint32_t, uint64_t> m_queueLength;
    TracedCallback<uint32_t, uint32_t, uint32_t> m_ecnMark;
    TracedCallback<uint32_t, uint32_t, bool> m_pfcFrame;
    TracedCallback<uint32_t, uint32_t, uint32_t> m_drop;
    TracedCallback<uint32_t, DataRate, uint64_t> m_rate;
};

} // namespace ns3::m3

#endif // M3_RDMA_NETWORK_H
