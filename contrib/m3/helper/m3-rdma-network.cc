// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-rdma-network.h"

#include "parameter-attributes.h"

#include "trace-observer.h"

#include "core/text-format.h"
#include "fabric/fabric-from-nodes.h"
#include "ns3/enum.h"
#include "ns3/log.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-schedule.h"
#include "ns3/m3-text-file.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/string.h"
#include "ns3/trace-source-accessor.h"
#include "report/report-table.h"

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
    static TypeId tid = TypeId("ns3::m3::RdmaNetwork")
                            .SetParent<Object>()
                            .SetGroupName("M3")
                            .AddConstructor<RdmaNetwork>()
                            .AddAttribute("Mode",
                                          "Rules of the engine: standard, or hpcc, those of the published simulator",
                                          EnumValue(STANDARD),
                                          EnumAccessor<Mode>(&RdmaNetwork::m_mode, 0),
                                          MakeEnumChecker(STANDARD, "standard", HPCC, "hpcc"))
                            .AddAttribute("CongestionControl",
                                          "dctcp, dcqcn, hpcc, hpcc-pint, timely, none, swift, powertcp, "
                                          "theta-powertcp or one that was registered",
                                          StringValue("dctcp"),
                                          MakeStringAccessor(&RdmaNetwork::m_congestionControl),
                                          MakeStringChecker())
                            .AddTraceSource("FlowStart",
                                            "A flow's queue pair was created",
                                            MakeTraceSourceAccessor(&RdmaNetwork::m_flowStart),
                                            "ns3::m3::RdmaNetwork::FlowStartCallback")
                            .AddTraceSource("FlowReceived",
                                            "A flow's last in-order byte arrived at its receiver",
                                            MakeTraceSourceAccessor(&RdmaNetwork::m_flowReceived),
                                            "ns3::m3::RdmaNetwork::FlowReceivedCallback")
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
    AddParameterAttributes(tid, &RdmaNetwork::ConfigOf); // more follow with strategies that are made known later
    return tid;
}

RdmaConfig& RdmaNetwork::ConfigOf(ObjectBase& network)
{
    return dynamic_cast<RdmaNetwork&>(network).m_config;
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
    RdmaConfig config = m_config;
    config.mode = static_cast<EngineMode>(m_mode);
    config.congestionControl = ParseCongestionControl(m_congestionControl);
    config.failures = m_failures;
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
    AddFailure({at.GetNanoSeconds(), up ? FailureKind::LINK_UP : FailureKind::LINK_DOWN, nodeA, nodeB});
}

void RdmaNetwork::AddFailure(const Failure& failure)
{
    LinkChangesOf(m_fabric, {failure}); // checks it
    m_failures.push_back(failure);
    NS_LOG_INFO("during a run: " << FailureText(failure));
}

void RdmaNetwork::AddFailures(const std::string& file)
{
    for (const Failure& failure : ReadFailures(file))
    {
        AddFailure(failure);
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
    return !m_captures.empty() || !m_flowStart.IsEmpty() || !m_flowReceived.IsEmpty() || !m_flowEnd.IsEmpty() ||
           !m_queueLength.IsEmpty() || !m_ecnMark.IsEmpty() || !m_pfcFrame.IsEmpty() || !m_drop.IsEmpty() ||
           !m_rate.IsEmpty();
}

PacketResult RdmaNetwork::Run(const FlowList& flows, Time stop)
{
    return Resume(flows, Time(0), {}, stop);
}

PacketResult RdmaNetwork::RunSchedule(const Schedule& schedule, Time stop)
{
    PacketRunOptions options = OptionsOf(Time(0), stop);
    options.schedule = &schedule;
    return RunWith(schedule.Flows(), options);
}

uint32_t RdmaNetwork::AddFlow(const Flow& flow)
{
    return m_inlet.Add(flow);
}

Time RdmaNetwork::RunTime() const
{
    return NanoSeconds(m_inlet.NowNs());
}

const FlowList& RdmaNetwork::Flows() const
{
    return m_inlet.Flows();
}

PacketResult
RdmaNetwork::Resume(const FlowList& flows, Time begin, const std::vector<FlowUnderWay>& underWay, Time stop)
{
    PacketRunOptions options = OptionsOf(begin, stop);
    options.underWay = underWay;
    return RunWith(flows, options);
}

PacketRunOptions RdmaNetwork::OptionsOf(Time begin, Time stop) const
{
    if (stop <= begin || begin.IsStrictlyNegative())
    {
        throw InputError("a run must begin at 0 or later, and must stop after it starts");
    }
    PacketRunOptions options;
    options.beginNs = begin.GetNanoSeconds();
    options.stopNs = stop.GetNanoSeconds();
    options.recordUnderWay = true;
    options.recordPfc = true;
    return options;
}

PacketResult RdmaNetwork::RunWith(const FlowList& flows, PacketRunOptions options)
{
    const NetworkTraces
        traces{m_flowStart, m_flowReceived, m_flowEnd, m_queueLength, m_ecnMark, m_pfcFrame, m_drop, m_rate};
    options.inlet = &m_inlet;
    TraceObserver observer(traces, m_fabric, m_inlet.Flows());
    if (AnyoneListens())
    {
        options.observer = &observer;
        for (const Capture& capture : m_captures)
        {
            observer.AddCapture(capture.egress, capture.file);
        }
    }
    TextStream queues;
    CsvWriter samples({{"time_ns", CellStyle::NUMBER},
                       {"node", CellStyle::NUMBER},
                       {"port", CellStyle::NUMBER},
                       {"bytes", CellStyle::NUMBER}},
                      queues);
    if (!m_queueFile.empty())
    {
        options.sampleIntervalNs = m_queueInterval.GetNanoSeconds();
        options.sampleQueue = [&](const QueueSample& sample)
        {
            const FabricLink& link = m_fabric.Link(sample.egress);
            samples.Write({sample.timeNs, link.from, link.port, sample.bytes});
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
