// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-rdma-network.h"

#include "trace-observer.h"

#include "core/text-format.h"
#include "fabric/fabric-from-nodes.h"
#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/enum.h"
#include "ns3/integer.h"
#include "ns3/log.h"
#include "ns3/m3-dcqcn.h"
#include "ns3/m3-dctcp.h"
#include "ns3/m3-hpcc-pint.h"
#include "ns3/m3-hpcc.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-text-file.h"
#include "ns3/m3-timely.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/string.h"
#include "ns3/trace-source-accessor.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <sstream>

namespace ns3::m3
{

NS_LOG_COMPONENT_DEFINE("M3RdmaNetwork");
NS_OBJECT_ENSURE_REGISTERED(RdmaNetwork);

namespace
{

/// Accessor of an attribute that is an enumeration, which MakeEnumAccessor has to be told of since ns-3.41.
template <typename Enum, typename Member>
auto EnumAccessor(Member member, int /*preferred*/) -> decltype(MakeEnumAccessor<Enum>(member))
{
    return MakeEnumAccessor<Enum>(member);
}

/// The same before ns-3.41.
template <typename Enum, typename Member>
Ptr<const AttributeAccessor> EnumAccessor(Member member, long /*else*/)
{
    return MakeEnumAccessor(member);
}

} // namespace

TypeId RdmaNetwork::GetTypeId()
{
    const DataRateValue byNetwork(DataRate(0));
    const TimeValue longest(Seconds(1));
    const TimeValue shortest(NanoSeconds(1));
    static TypeId tid =
        TypeId("ns3::m3::RdmaNetwork")
            .SetParent<Object>()
            .SetGroupName("M3")
            .AddConstructor<RdmaNetwork>()
            .AddAttribute("Mode",
                          "Rules of the engine: standard, or hpcc, those of the published simulator",
                          EnumValue(STANDARD),
                          EnumAccessor<Mode>(&RdmaNetwork::m_mode, 0),
                          MakeEnumChecker(STANDARD, "standard", HPCC, "hpcc"))
            .AddAttribute("CongestionControl",
                          "dctcp, dcqcn, hpcc, hpcc-pint, timely, none or one that was registered",
                          StringValue("dctcp"),
                          MakeStringAccessor(&RdmaNetwork::m_congestionControl),
                          MakeStringChecker())
            .AddAttribute("Window",
                          "Bytes in flight at full rate; 0: unlimited; -1: bandwidth-delay product of the base RTT",
                          IntegerValue(-1),
                          MakeIntegerAccessor(&RdmaNetwork::m_window),
                          MakeIntegerChecker<int64_t>(-1))
            .AddAttribute("VariableWindow",
                          "The window shrinks with the rate",
                          BooleanValue(true),
                          MakeBooleanAccessor(&RdmaNetwork::m_variableWindow),
                          MakeBooleanChecker())
            .AddAttribute("BaseRtt",
                          "RTT without queues that windows and controls assume; 0: the largest of the network",
                          TimeValue(Time(0)),
                          MakeTimeAccessor(&RdmaNetwork::m_baseRtt),
                          MakeTimeChecker(Time(0), Seconds(1)))
            .AddAttribute("PerPairWindow",
                          "Base RTT and default window are those of the flow's own pair of hosts",
                          BooleanValue(false),
                          MakeBooleanAccessor(&RdmaNetwork::m_perPairWindow),
                          MakeBooleanChecker())
            .AddAttribute("MinRate",
                          "Lowest sending rate; 0: 1 % of the rate of the flow's NIC",
                          byNetwork,
                          MakeDataRateAccessor(&RdmaNetwork::m_minRate),
                          MakeDataRateChecker())
            .AddAttribute("MaxRate",
                          "Highest sending rate of a flow; 0: that of its NIC",
                          byNetwork,
                          MakeDataRateAccessor(&RdmaNetwork::m_maxRate),
                          MakeDataRateChecker())
            .AddAttribute("RateBound",
                          "Packets are paced at the current rate, not at the highest",
                          BooleanValue(true),
                          MakeBooleanAccessor(&RdmaNetwork::m_rateBound),
                          MakeBooleanChecker())
            .AddAttribute("AckHighPriority",
                          "ACKs at hosts are not held by a pause of the data class",
                          BooleanValue(false),
                          MakeBooleanAccessor(&RdmaNetwork::m_ackHighPriority),
                          MakeBooleanChecker())
            .AddAttribute("Pfc",
                          "Priority flow control; without it packets are dropped",
                          BooleanValue(true),
                          MakeBooleanAccessor(&RdmaNetwork::m_pfc),
                          MakeBooleanChecker())
            .AddAttribute("Buffer",
                          "Bytes of memory of every switch; -1: by its ports",
                          IntegerValue(-1),
                          MakeIntegerAccessor(&RdmaNetwork::m_buffer),
                          MakeIntegerChecker<int64_t>(-1))
            .AddAttribute("DctcpK",
                          "Bytes in a host-rate port's queue from which it marks; -1: 15 KB per 10 Gb/s",
                          IntegerValue(-1),
                          MakeIntegerAccessor(&RdmaNetwork::m_dctcpK),
                          MakeIntegerChecker<int64_t>(-1))
            .AddAttribute("DctcpGain",
                          "g, the weight of the newest share of marks",
                          DoubleValue(1.0 / 16),
                          MakeDoubleAccessor(&RdmaNetwork::m_dctcpGain),
                          MakeDoubleChecker<double>(0, 1))
            .AddAttribute("DctcpAi",
                          "Additive increase per window; 0: 615 Mb/s per 10 Gb/s",
                          byNetwork,
                          MakeDataRateAccessor(&RdmaNetwork::m_dctcpAi),
                          MakeDataRateChecker())
            .AddAttribute("DcqcnKmin",
                          "Bytes in a host-rate port's queue from which it may mark; -1: 10 KB per 10 Gb/s",
                          IntegerValue(-1),
                          MakeIntegerAccessor(&RdmaNetwork::m_dcqcnKmin),
                          MakeIntegerChecker<int64_t>(-1))
            .AddAttribute("DcqcnKmax",
                          "Bytes from which it marks all; -1: 40 KB per 10 Gb/s",
                          IntegerValue(-1),
                          MakeIntegerAccessor(&RdmaNetwork::m_dcqcnKmax),
                          MakeIntegerChecker<int64_t>(-1))
            .AddAttribute("DcqcnPmax",
                          "Probability of a mark just below Kmax",
                          DoubleValue(0.2),
                          MakeDoubleAccessor(&RdmaNetwork::m_dcqcnPmax),
                          MakeDoubleChecker<double>(0, 1))
            .AddAttribute("DcqcnGain",
                          "g, the weight of the newest mark",
                          DoubleValue(1.0 / 256),
                          MakeDoubleAccessor(&RdmaNetwork::m_dcqcnGain),
                          MakeDoubleChecker<double>(0, 1))
            .AddAttribute("DcqcnAi",
                          "Additive increase; 0: 2 Mb/s per 10 Gb/s",
                          byNetwork,
                          MakeDataRateAccessor(&RdmaNetwork::m_dcqcnAi),
                          MakeDataRateChecker())
            .AddAttribute("DcqcnHai",
                          "Hyper increase; 0: 20 Mb/s per 10 Gb/s",
                          byNetwork,
                          MakeDataRateAccessor(&RdmaNetwork::m_dcqcnHai),
                          MakeDataRateChecker())
            .AddAttribute("DcqcnAlphaTimer",
                          "Period of the decay of alpha",
                          TimeValue(MicroSeconds(50)),
                          MakeTimeAccessor(&RdmaNetwork::m_dcqcnAlphaTimer),
                          MakeTimeChecker(shortest.Get(), longest.Get()))
            .AddAttribute("DcqcnDecreaseTimer",
                          "Shortest time between two decreases",
                          TimeValue(MicroSeconds(50)),
                          MakeTimeAccessor(&RdmaNetwork::m_dcqcnDecreaseTimer),
                          MakeTimeChecker(shortest.Get(), longest.Get()))
            .AddAttribute("DcqcnIncreaseTimer",
                          "Time between two increases",
                          TimeValue(MicroSeconds(55)),
                          MakeTimeAccessor(&RdmaNetwork::m_dcqcnIncreaseTimer),
                          MakeTimeChecker(shortest.Get(), longest.Get()))
            .AddAttribute("DcqcnFastRecoveryTimes",
                          "Steps of fast recovery before additive increase",
                          UintegerValue(1),
                          MakeUintegerAccessor(&RdmaNetwork::m_dcqcnFastRecoveryTimes),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("DcqcnClampTarget",
                          "The target rate follows every decrease",
                          BooleanValue(false),
                          MakeBooleanAccessor(&RdmaNetwork::m_dcqcnClampTarget),
                          MakeBooleanChecker())
            .AddAttribute("HpccEta",
                          "Target utilisation, above 0",
                          DoubleValue(0.95),
                          MakeDoubleAccessor(&RdmaNetwork::m_hpccEta),
                          MakeDoubleChecker<double>(0, 1))
            .AddAttribute("HpccAi",
                          "Additive increase; 0: 50 Mb/s per 10 Gb/s",
                          byNetwork,
                          MakeDataRateAccessor(&RdmaNetwork::m_hpccAi),
                          MakeDataRateChecker())
            .AddAttribute("HpccMiThreshold",
                          "Additive increases before a multiplicative one",
                          UintegerValue(0),
                          MakeUintegerAccessor(&RdmaNetwork::m_hpccMiThreshold),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("HpccFastReact",
                          "Every ACK changes the rate, not one per RTT",
                          BooleanValue(true),
                          MakeBooleanAccessor(&RdmaNetwork::m_hpccFastReact),
                          MakeBooleanChecker())
            .AddAttribute("HpccMultiRate",
                          "A reference rate per hop",
                          BooleanValue(false),
                          MakeBooleanAccessor(&RdmaNetwork::m_hpccMultiRate),
                          MakeBooleanChecker())
            .AddAttribute("HpccSampleFeedback",
                          "Hops without queue are not looked at between full reactions",
                          BooleanValue(false),
                          MakeBooleanAccessor(&RdmaNetwork::m_hpccSampleFeedback),
                          MakeBooleanChecker())
            .AddAttribute("PintLogBase",
                          "HPCC-PINT: utilisations are rounded to powers of it; above 1",
                          DoubleValue(1.05),
                          MakeDoubleAccessor(&RdmaNetwork::m_pintLogBase),
                          MakeDoubleChecker<double>(1))
            .AddAttribute("PintProbability",
                          "HPCC-PINT: share of ACKs that are looked at, above 0",
                          DoubleValue(1),
                          MakeDoubleAccessor(&RdmaNetwork::m_pintProbability),
                          MakeDoubleChecker<double>(0, 1))
            .AddAttribute("TimelyTLow",
                          "RTT below which the rate always grows",
                          TimeValue(MicroSeconds(50)),
                          MakeTimeAccessor(&RdmaNetwork::m_timelyTLow),
                          MakeTimeChecker(Time(0), longest.Get()))
            .AddAttribute("TimelyTHigh",
                          "RTT above which it always falls",
                          TimeValue(MicroSeconds(120)),
                          MakeTimeAccessor(&RdmaNetwork::m_timelyTHigh),
                          MakeTimeChecker(shortest.Get(), longest.Get()))
            .AddAttribute("TimelyBeta",
                          "Weight of a decrease",
                          DoubleValue(0.8),
                          MakeDoubleAccessor(&RdmaNetwork::m_timelyBeta),
                          MakeDoubleChecker<double>(0, 1))
            .AddAttribute("TimelyAi",
                          "Additive increase; 0: 10 Mb/s per 10 Gb/s",
                          byNetwork,
                          MakeDataRateAccessor(&RdmaNetwork::m_timelyAi),
                          MakeDataRateChecker())
            .AddAttribute("TimelyHai",
                          "Hyper increase; 0: 50 Mb/s per 10 Gb/s",
                          byNetwork,
                          MakeDataRateAccessor(&RdmaNetwork::m_timelyHai),
                          MakeDataRateChecker())
            .AddTraceSource("FlowStart",
                            "A flow's queue pair was created",
                            MakeTraceSourceAccessor(&RdmaNetwork::m_flowStart),
                            "ns3::m3::RdmaNetwork::FlowStartCallback")
            .AddTraceSource("FlowEnd",
                            "A flow's sender finished or gave up",
                            MakeTraceSourceAccessor(&RdmaNetwork::m_flowEnd),
                            "ns3::m3::RdmaNetwork::FlowEndCallback")
            .AddTraceSource("QueueLength",
                            "A packet joined or left the data queue of a switch port",
                            MakeTraceSourceAccessor(&RdmaNetwork::m_queueLength),
                            "ns3::m3::RdmaNetwork::QueueLengthCallback")
            .AddTraceSource("EcnMark",
                            "A switch port marked a data packet",
                            MakeTraceSourceAccessor(&RdmaNetwork::m_ecnMark),
                            "ns3::m3::RdmaNetwork::EcnMarkCallback")
            .AddTraceSource("Pfc",
                            "A pause or resume frame was received",
                            MakeTraceSourceAccessor(&RdmaNetwork::m_pfcFrame),
                            "ns3::m3::RdmaNetwork::PfcCallback")
            .AddTraceSource("Drop",
                            "A packet was dropped by a switch or lost on a link",
                            MakeTraceSourceAccessor(&RdmaNetwork::m_drop),
                            "ns3::m3::RdmaNetwork::DropCallback")
            .AddTraceSource("Rate",
                            "A flow's congestion control changed its rate",
                            MakeTraceSourceAccessor(&RdmaNetwork::m_rate),
                            "ns3::m3::RdmaNetwork::RateCallback");
    return tid;
}

RdmaNetwork::RdmaNetwork() = default;
RdmaNetwork::~RdmaNetwork() = default;

void RdmaNetwork::SetNodes(const NodeContainer& nodes)
{
    m_fabric = ReadFabric(nodes);
    NS_LOG_INFO("network of " << m_fabric.NodeCount() << " nodes, " << m_fabric.Hosts().size() << " of them hosts, and "
                              << m_fabric.LinkCount() / 2 << " links");
}

const FabricGraph& RdmaNetwork::Fabric() const
{
    return m_fabric;
}

RdmaConfig RdmaNetwork::Config() const
{
    const auto bytes = [](int64_t value)
    { return value < 0 ? std::optional<uint64_t>() : std::optional<uint64_t>(static_cast<uint64_t>(value)); };
    const auto rate = [](const DataRate& value)
    { return value.GetBitRate() == 0 ? std::optional<uint64_t>() : std::optional<uint64_t>(value.GetBitRate()); };
    RdmaConfig config;
    config.mode = static_cast<EngineMode>(m_mode);
    config.congestionControl = ParseCongestionControl(m_congestionControl);
    config.windowBytes = bytes(m_window);
    config.variableWindow = m_variableWindow;
    if (m_baseRtt.IsStrictlyPositive())
    {
        config.baseRttNs = m_baseRtt.GetNanoSeconds();
    }
    config.perPairWindow = m_perPairWindow;
    config.minRateBps = rate(m_minRate);
    config.maxRateBps = rate(m_maxRate);
    config.rateBound = m_rateBound;
    config.ackHighPriority = m_ackHighPriority;
    config.pfc = m_pfc;
    config.bufferBytes = bytes(m_buffer);
    config.Of<DctcpConfig>().kBytes = bytes(m_dctcpK);
    config.Of<DctcpConfig>().gain = m_dctcpGain;
    config.Of<DctcpConfig>().aiBps = rate(m_dctcpAi);
    config.Of<DcqcnConfig>().kminBytes = bytes(m_dcqcnKmin);
    config.Of<DcqcnConfig>().kmaxBytes = bytes(m_dcqcnKmax);
    config.Of<DcqcnConfig>().pmax = m_dcqcnPmax;
    config.Of<DcqcnConfig>().gain = m_dcqcnGain;
    config.Of<DcqcnConfig>().aiBps = rate(m_dcqcnAi);
    config.Of<DcqcnConfig>().haiBps = rate(m_dcqcnHai);
    config.Of<DcqcnConfig>().alphaTimerNs = m_dcqcnAlphaTimer.GetNanoSeconds();
    config.Of<DcqcnConfig>().decreaseTimerNs = m_dcqcnDecreaseTimer.GetNanoSeconds();
    config.Of<DcqcnConfig>().increaseTimerNs = m_dcqcnIncreaseTimer.GetNanoSeconds();
    config.Of<DcqcnConfig>().fastRecoveryTimes = m_dcqcnFastRecoveryTimes;
    config.Of<DcqcnConfig>().clampTarget = m_dcqcnClampTarget;
    config.Of<HpccConfig>().eta = m_hpccEta;
    config.Of<HpccConfig>().aiBps = rate(m_hpccAi);
    config.Of<HpccConfig>().miThreshold = m_hpccMiThreshold;
    config.Of<HpccConfig>().fastReact = m_hpccFastReact;
    config.Of<HpccConfig>().multiRate = m_hpccMultiRate;
    config.Of<HpccConfig>().sampleFeedback = m_hpccSampleFeedback;
    config.Of<PintConfig>().logBase = m_pintLogBase;
    config.Of<PintConfig>().probability = m_pintProbability;
    config.Of<TimelyConfig>().tLowNs = m_timelyTLow.GetNanoSeconds();
    config.Of<TimelyConfig>().tHighNs = m_timelyTHigh.GetNanoSeconds();
    config.Of<TimelyConfig>().beta = m_timelyBeta;
    config.Of<TimelyConfig>().aiBps = rate(m_timelyAi);
    config.Of<TimelyConfig>().haiBps = rate(m_timelyHai);
    config.linkChanges = m_linkChanges.size();
    config.seed = RngSeedManager::GetSeed();
    config.run = RngSeedManager::GetRun();
    config.firstStream = static_cast<uint64_t>(m_stream.value_or(0));
    return config;
}

void RdmaNetwork::SetLinkState(Time at, uint32_t nodeA, uint32_t nodeB, bool up)
{
    if (at.IsStrictlyNegative())
    {
        throw InputError("a link cannot change before the run starts");
    }
    bool found = false;
    for (LinkId link = 0; link < m_fabric.LinkCount(); link += 2)
    {
        const FabricLink& cable = m_fabric.Link(link);
        if (std::minmax(cable.from, cable.to) == std::minmax(nodeA, nodeB))
        {
            m_linkChanges.push_back({at.GetNanoSeconds(), link, up});
            found = true;
            NS_LOG_INFO("link " << link / 2 << " between nodes " << nodeA << " and " << nodeB
                                << (up ? " comes up " : " goes down ") << at.GetNanoSeconds()
                                << " ns after the start of a run");
        }
    }
    if (!found)
    {
        throw InputError("no cable joins nodes " + std::to_string(nodeA) + " and " + std::to_string(nodeB));
    }
}

LinkId RdmaNetwork::EgressOf(uint32_t node, uint32_t port) const
{
    if (node >= m_fabric.NodeCount() || port >= m_fabric.EgressLinks(node).size())
    {
        throw InputError("node " + std::to_string(node) + " has no port " + std::to_string(port));
    }
    return m_fabric.EgressLinks(node)[port];
}

void RdmaNetwork::EnablePcap(const std::string& file, uint32_t node, uint32_t port)
{
    m_captures.push_back({file, EgressOf(node, port)});
}

void RdmaNetwork::EnableQueueCsv(const std::string& file, Time interval)
{
    if (interval.GetNanoSeconds() <= 0)
    {
        throw InputError("the interval of queue samples must be at least 1 ns");
    }
    m_queueFile = file;
    m_queueInterval = interval;
}

int64_t RdmaNetwork::AssignStreams(int64_t stream)
{
    if (stream < 0)
    {
        throw InputError("the first stream must be at least 0, is " + std::to_string(stream));
    }
    m_stream = stream;
    return 3 * int64_t{m_fabric.LinkCount()};
}

bool RdmaNetwork::AnyoneListens() const
{
    return !m_captures.empty() || !m_flowStart.IsEmpty() || !m_flowEnd.IsEmpty() || !m_queueLength.IsEmpty() ||
           !m_ecnMark.IsEmpty() || !m_pfcFrame.IsEmpty() || !m_drop.IsEmpty() || !m_rate.IsEmpty();
}

PacketResult RdmaNetwork::Run(const FlowList& flows, Time stop)
{
    if (!stop.IsStrictlyPositive())
    {
        throw InputError("a run must stop after it starts");
    }
    PacketRunOptions options;
    options.stopNs = stop.GetNanoSeconds();
    options.recordPfc = true;
    options.linkChanges = m_linkChanges;
    const NetworkTraces traces{m_flowStart, m_flowEnd, m_queueLength, m_ecnMark, m_pfcFrame, m_drop, m_rate};
    TraceObserver observer(traces, m_fabric, flows);
    if (AnyoneListens())
    {
        options.observer = &observer;
        for (const Capture& capture : m_captures)
        {
            observer.AddCapture(capture.egress, capture.file);
        }
    }
    TextStream queues;
    if (!m_queueFile.empty())
    {
        queues << "time_ns,node,port,bytes\n";
        options.sampleIntervalNs = m_queueInterval.GetNanoSeconds();
        options.sampleQueue = [&](const QueueSample& sample)
        {
            const FabricLink& link = m_fabric.Link(sample.egress);
            queues << sample.timeNs << ',' << link.from << ',' << link.port << ',' << sample.bytes << '\n';
        };
    }
    NS_LOG_INFO("run of " << flows.size() << " flows, " << (options.observer ? "with" : "without")
                          << " trace sources or captures");
    PacketResult result = RunPacketSimulation(m_fabric, Config(), flows, options);
    if (const std::string unfinished = UnfinishedText(result); !unfinished.empty())
    {
        NS_LOG_WARN("flows that did not finish: " << unfinished);
    }
    if (!m_queueFile.empty())
    {
        WriteWholeFile(m_queueFile, [&](std::ostream& out) { out << queues.str(); });
    }
    return result;
}

} // namespace ns3::m3
