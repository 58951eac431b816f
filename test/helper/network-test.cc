// SPDX-License-Identifier: GPL-2.0-only
// The packet engine as an ns-3 object: attributes, trace sources, streams, links that change, captures, queue samples.
#include "packet/engine/star.h"
#include "temporary-folder.h"

#include "ns3/boolean.h"
#include "ns3/data-rate.h"
#include "ns3/double.h"
#include "ns3/enum.h"
#include "ns3/integer.h"
#include "ns3/m3-congestion-control.h"
#include "ns3/m3-dcqcn.h"
#include "ns3/m3-estimator.h"
#include "ns3/m3-fabric-helper.h"
#include "ns3/m3-hpcc.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-rdma-network.h"
#include "ns3/m3-text-file.h"
#include "ns3/m3-timely.h"
#include "ns3/m3-workload-helper.h"
#include "ns3/pcap-file.h"
#include "ns3/simulator.h"
#include "ns3/string.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

using namespace ns3;
using namespace ns3::m3;

namespace
{

Ptr<RdmaNetwork> MakeNetwork(const FabricGraph& fabric, const std::string& control)
{
    auto network = CreateObject<RdmaNetwork>();
    network->SetAttribute("CongestionControl", StringValue(control));
    network->SetNodes(FabricHelper::Install(fabric));
    return network;
}

FlowList Incast(uint32_t senders, uint64_t bytes)
{
    FlowList flows;
    for (uint32_t i = 0; i < senders; i++)
    {
        flows.push_back({i, senders, bytes, static_cast<int64_t>(i) * 100});
    }
    return flows;
}

std::vector<int64_t> Fcts(const PacketResult& result)
{
    std::vector<int64_t> fcts;
    for (const FlowOutcome& flow : result.flows)
    {
        fcts.push_back(flow.receiverFctNs);
    }
    return fcts;
}

/// Counts what the trace sources tell.
struct Counter
{
    std::map<std::string, uint64_t> events;
    std::vector<int64_t> fcts;
    std::map<std::pair<uint32_t, uint32_t>, uint64_t> longest; //!< queue by node and port
    Time last;
    bool hasWindow = true;

    void Count(const std::string& event)
    {
        events[event]++;
        EXPECT_GE(Simulator::Now(), last) << event;
        last = Simulator::Now();
    }

    void OnFlowStart(uint32_t flow, uint32_t src, uint32_t /*dst*/, uint64_t bytes)
    {
        Count("start");
        EXPECT_EQ(flow, src);
        EXPECT_GT(bytes, 0U);
    }

    void OnFlowEnd(uint32_t flow, Time fct)
    {
        Count("end");
        fcts.at(flow) = fct.GetNanoSeconds();
    }

    void OnQueue(uint32_t node, uint32_t port, uint64_t bytes)
    {
        Count("queue");
        auto& longestHere = longest[{node, port}];
        longestHere = std::max(longestHere, bytes);
    }

    void OnMark(uint32_t, uint32_t, uint32_t)
    {
        Count("mark");
    }

    void OnPfc(uint32_t, uint32_t, bool pause)
    {
        Count(pause ? "pause" : "resume");
    }

    void OnDrop(uint32_t, uint32_t, uint32_t)
    {
        Count("drop");
    }

    void OnRate(uint32_t, DataRate rate, uint64_t window)
    {
        Count("rate");
        EXPECT_GT(rate.GetBitRate(), 0U);
        EXPECT_EQ(window > 0, hasWindow);
    }

    void Connect(const Ptr<RdmaNetwork>& network, std::size_t flows)
    {
        fcts.assign(flows, -1);
        network->TraceConnectWithoutContext("FlowStart", MakeCallback(&Counter::OnFlowStart, this));
        network->TraceConnectWithoutContext("FlowEnd", MakeCallback(&Counter::OnFlowEnd, this));
        network->TraceConnectWithoutContext("QueueLength", MakeCallback(&Counter::OnQueue, this));
        network->TraceConnectWithoutContext("EcnMark", MakeCallback(&Counter::OnMark, this));
        network->TraceConnectWithoutContext("Pfc", MakeCallback(&Counter::OnPfc, this));
        network->TraceConnectWithoutContext("Drop", MakeCallback(&Counter::OnDrop, this));
        network->TraceConnectWithoutContext("Rate", MakeCallback(&Counter::OnRate, this));
    }
};

/// Two leaves, two spines, a host each: nodes 0, 1 hosts; the others switches.
FabricGraph TwoWays()
{
    FabricGraph fabric;
    for (NodeKind kind :
         {NodeKind::HOST, NodeKind::HOST, NodeKind::SWITCH, NodeKind::SWITCH, NodeKind::SWITCH, NodeKind::SWITCH})
    {
        fabric.AddNode(kind);
    }
    constexpr uint64_t RATE = 10'000'000'000;
    fabric.AddLink(0, 2, RATE, 1000);
    fabric.AddLink(1, 3, RATE, 1000);
    for (NodeId leaf : {2, 3})
    {
        for (NodeId spine : {4, 5})
        {
            fabric.AddLink(leaf, spine, RATE, 1000);
        }
    }
    return fabric;
}

class Capture : public PacketObserver
{
  public:
    std::map<LinkId, int64_t> lastFrameNs; //!< since the run began

    void OnFrame(const FrameInfo& frame) override
    {
        lastFrameNs[frame.link] = (Simulator::Now() - m_begin).GetNanoSeconds();
    }

  private:
    Time m_begin = Simulator::Now();
};

} // namespace

TEST(RdmaNetwork, TraceSourcesTellWhatTheResultSays)
{
    for (const char* control : {"dctcp", "dcqcn", "hpcc", "timely"})
    {
        const FabricGraph fabric = Star(17, 10'000'000'000);
        const FlowList flows = Incast(16, 60'000);
        const PacketResult unobserved = MakeNetwork(fabric, control)->Run(flows);
        auto network = MakeNetwork(fabric, control);
        Counter counter;
        counter.Connect(network, flows.size());
        const PacketResult result = network->Run(flows);
        EXPECT_EQ(Fcts(result), Fcts(unobserved)) << control;
        EXPECT_EQ(counter.fcts, Fcts(result)) << control;
        EXPECT_EQ(counter.events["start"], flows.size());
        EXPECT_EQ(counter.events["end"], flows.size());
        EXPECT_EQ(counter.events["mark"], result.ecnMarks) << control;
        EXPECT_EQ(counter.events["pause"] + counter.events["resume"], result.pfc.size()) << control;
        EXPECT_EQ(counter.events["drop"], 0U) << control;
        EXPECT_GT(counter.events["rate"], 0U) << control;
        EXPECT_GT((counter.longest[{17, 16}]), 20'000U) << "port of the receiver";
        EXPECT_EQ((counter.longest[{17, 3}]), network->Config().AckBytes()) << "an ACK at a time goes back";
    }
}

TEST(RdmaNetwork, DropsAreTold)
{
    auto network = MakeNetwork(Star(17, 10'000'000'000), "dctcp");
    network->SetAttribute("Pfc", BooleanValue(false));
    network->SetAttribute("Buffer", IntegerValue(150'000));
    network->SetAttribute("Window", IntegerValue(0));
    const FlowList flows = Incast(16, 100'000);
    Counter counter;
    counter.hasWindow = false;
    counter.Connect(network, flows.size());
    const PacketResult result = network->Run(flows);
    EXPECT_GT(result.switchDrops, 0U);
    EXPECT_EQ(counter.events["drop"], result.switchDrops);
    EXPECT_EQ(counter.events["pause"], 0U);
}

TEST(RdmaNetwork, AttributesReachTheConfiguration)
{
    auto network = CreateObject<RdmaNetwork>();
    const RdmaConfig byDefault = network->Config();
    EXPECT_FALSE(byDefault.windowBytes || byDefault.bufferBytes || byDefault.Of<HpccConfig>().aiBps ||
                 byDefault.baseRttNs);
    EXPECT_EQ(byDefault.Of<DcqcnConfig>().increaseTimerNs, RdmaConfig().Of<DcqcnConfig>().increaseTimerNs);
    EXPECT_EQ(byDefault.Of<TimelyConfig>().tHighNs, RdmaConfig().Of<TimelyConfig>().tHighNs);
    EXPECT_EQ(byDefault.Of<HpccConfig>().eta, RdmaConfig().Of<HpccConfig>().eta);
    network->SetAttribute("CongestionControl", StringValue("timely"));
    network->SetAttribute("Window", IntegerValue(0));
    network->SetAttribute("TimelyTLow", StringValue("40us"));
    network->SetAttribute("MinRate", StringValue("200Mbps"));
    network->SetAttribute("HpccEta", DoubleValue(0.8));
    const RdmaConfig config = network->Config();
    EXPECT_EQ(config.congestionControl, CongestionControlType::TIMELY);
    EXPECT_EQ(config.windowBytes, 0U);
    EXPECT_EQ(config.Of<TimelyConfig>().tLowNs, 40'000);
    EXPECT_EQ(config.minRateBps, 200'000'000U);
    EXPECT_EQ(config.Of<HpccConfig>().eta, 0.8);
    EXPECT_FALSE(network->SetAttributeFailSafe("HpccEta", DoubleValue(1.5)));
    EXPECT_FALSE(network->SetAttributeFailSafe("Window", IntegerValue(-2)));
    network->SetAttribute("CongestionControl", StringValue("cubic"));
    EXPECT_THROW(network->Config(), InputError);
}

TEST(RdmaNetwork, TheModeIsAnEnumeration)
{
    auto network = CreateObject<RdmaNetwork>();
    EXPECT_EQ(network->Config().mode, EngineMode::STANDARD);
    network->SetAttribute("Mode", StringValue("hpcc"));
    EXPECT_EQ(network->Config().mode, EngineMode::HPCC);
    StringValue text;
    network->GetAttribute("Mode", text);
    EXPECT_EQ(text.Get(), "hpcc");
    network->SetAttribute("Mode", EnumValue(RdmaNetwork::STANDARD));
    EXPECT_EQ(network->Config().mode, EngineMode::STANDARD);
    EXPECT_FALSE(network->SetAttributeFailSafe("Mode", StringValue("HPCC")));
    EXPECT_FALSE(network->SetAttributeFailSafe("Mode", StringValue("")));
    EXPECT_EQ(network->Config().mode, EngineMode::STANDARD);
}

TEST(RdmaNetwork, StreamsDecideTheMarks)
{
    const FabricGraph fabric = Star(9, 10'000'000'000);
    const FlowList flows = Incast(8, 300'000);
    const auto run = [&](int64_t stream)
    {
        auto network = MakeNetwork(fabric, "dcqcn");
        EXPECT_EQ(network->AssignStreams(stream), 3 * fabric.LinkCount());
        return Fcts(network->Run(flows));
    };
    EXPECT_EQ(run(5), run(5));
    EXPECT_NE(run(5), run(1000));
}

TEST(RdmaNetwork, AFlowTakesTheOtherWayWhenItsLinkGoesDown)
{
    const FabricGraph fabric = TwoWays();
    const FlowList flows = {{0, 1, 5'000'000, 0}}; // 4 ms
    for (const char* control : {"dctcp", "hpcc"})
    {
        RdmaConfig config;
        config.congestionControl = ParseCongestionControl(control);
        const RouteTable routes(fabric, EngineMode::STANDARD);
        Route route;
        routes.DataRoute({0, 1, 0}, route);
        PacketRunOptions options;
        const PacketResult calm = RunPacketSimulation(fabric, config, flows, options);
        constexpr int64_t DOWN = 1'000'000;
        Capture capture;
        options.observer = &capture;
        options.linkChanges = {{DOWN, route[1], false}};
        const PacketResult result = RunPacketSimulation(fabric, config, flows, options);
        EXPECT_EQ(result.flows[0].unfinished, Unfinished::NO) << control;
        EXPECT_GT(result.linkLosses, 0U) << "what was on the wire";
        EXPECT_EQ(result.switchDrops, 0U);
        EXPECT_GT(result.flows[0].receiverFctNs, calm.flows[0].receiverFctNs);
        EXPECT_LT(result.flows[0].receiverFctNs, 2 * calm.flows[0].receiverFctNs) << control;
        EXPECT_LT(capture.lastFrameNs[route[1]], DOWN + 50'000) << "only what stood in the queue";
        const LinkId other = fabric.EgressLinks(2)[route[1] == fabric.EgressLinks(2)[1] ? 2 : 1];
        EXPECT_GT(capture.lastFrameNs[other], calm.flows[0].receiverFctNs - 100'000) << control;

        options.linkChanges.push_back({2 * DOWN, route[1], true});
        Capture again;
        options.observer = &again;
        RunPacketSimulation(fabric, config, flows, options);
        EXPECT_GT(again.lastFrameNs[route[1]], 3 * DOWN) << "back on its own way";
    }
}

TEST(RdmaNetwork, FailuresAreAddedOneByOneOrFromAFile)
{
    const FabricGraph fabric = TwoWays();
    const FlowList flows = {{0, 1, 5'000'000, 0}};
    const std::string file = TemporaryFolder() / "failures.txt";
    std::ofstream(file) << "500 node-down 3\n2ms node-up 3\n";
    auto one = MakeNetwork(fabric, "dctcp");
    one->AddFailures(file);
    auto other = MakeNetwork(fabric, "dctcp");
    other->AddFailure({2'000'000, FailureKind::NODE_UP, 3});
    other->AddFailure({500'000, FailureKind::NODE_DOWN, 3});
    const PacketResult result = one->Run(flows);
    ASSERT_EQ(result.recoveries.size(), 1U);
    EXPECT_GT(result.recoveries[0].recoveryNs, 1'500'000);
    EXPECT_EQ(other->Run(flows).flows[0].receiverFctNs, result.flows[0].receiverFctNs);
    EXPECT_EQ(one->Config().failures.size(), 2U);
    EXPECT_THROW(other->AddFailure({0, FailureKind::NODE_DOWN, 99}), InputError);
    EXPECT_THROW(other->AddFailure({0, FailureKind::LINK_DOWN, 0, 1}), InputError);
}

TEST(RdmaNetwork, WithoutAWayAFlowWaitsOrIsUnreachable)
{
    const FabricGraph fabric = TwoWays();
    const FlowList flows = {{0, 1, 2'000'000, 0}, {1, 0, 1000, 3'000'000}};
    auto network = MakeNetwork(fabric, "dctcp");
    network->SetLinkState(MicroSeconds(500), 3, 1, false);
    const PacketResult cut = network->Run(flows);
    EXPECT_EQ(cut.flows[0].unfinished, Unfinished::UNREACHABLE);
    EXPECT_EQ(cut.flows[1].unfinished, Unfinished::UNREACHABLE);
    network->SetLinkState(MilliSeconds(5), 3, 1, true);
    const PacketResult mended = network->Run(flows);
    EXPECT_EQ(mended.flows[0].unfinished, Unfinished::NO);
    EXPECT_EQ(mended.flows[1].unfinished, Unfinished::NO) << "it started meanwhile, and waited";
    EXPECT_GT(mended.flows[1].receiverFctNs, 2'000'000);
    EXPECT_LT(mended.flows[1].receiverFctNs, 2'100'000) << "from 3 ms to 5 ms, and its own time";
    EXPECT_GT(mended.flows[0].receiverFctNs, 5'000'000);
    EXPECT_THROW(network->SetLinkState(Seconds(1), 0, 1, false), InputError);
    network->SetAttribute("Mode", StringValue("hpcc"));
    EXPECT_THROW(network->Run(flows), InputError);
}

TEST(RdmaNetwork, PfcSurvivesALinkThatGoesDownAndUp)
{
    // 16 to 1 with pauses everywhere; a sender's link goes away for a while in the middle
    auto network = MakeNetwork(Star(17, 10'000'000'000), "none");
    network->SetAttribute("Buffer", IntegerValue(400'000));
    network->SetAttribute("Window", IntegerValue(0));
    for (int64_t us : {100, 400, 700})
    {
        network->SetLinkState(MicroSeconds(us), 3, 17, false);
        network->SetLinkState(MicroSeconds(us + 150), 3, 17, true);
    }
    const PacketResult result = network->Run(Incast(16, 200'000));
    EXPECT_FALSE(result.pfc.empty());
    for (const FlowOutcome& flow : result.flows)
    {
        EXPECT_EQ(flow.unfinished, Unfinished::NO);
    }
}

TEST(RdmaNetwork, PcapHoldsEveryFrameOfThePort)
{
    const std::string file = (TemporaryFolder() / "port.pcap").string();
    const uint64_t bytes = 20'500; // 21 packets
    {
        auto network = MakeNetwork(Star(3, 10'000'000'000), "dctcp");
        network->EnablePcap(file, 3, 1);
        network->Run({{0, 1, bytes, 0}});
        EXPECT_THROW(network->EnablePcap(file, 3, 3), InputError);
    }
    PcapFile pcap;
    pcap.Open(file, std::ios::in);
    ASSERT_FALSE(pcap.Fail());
    uint64_t wireBytes = 0;
    uint32_t frames = 0;
    uint8_t data[128];
    uint32_t seconds;
    uint32_t fraction;
    uint32_t included;
    uint32_t original;
    uint32_t read;
    for (pcap.Read(data, sizeof data, seconds, fraction, included, original, read); !pcap.Eof();
         pcap.Read(data, sizeof data, seconds, fraction, included, original, read))
    {
        EXPECT_EQ(data[12] << 8 | data[13], 0x0800);
        EXPECT_EQ(data[15] & 3, 2) << "ECN capable, not marked";
        EXPECT_EQ(data[26], 11) << "from 11.0.0.0";
        EXPECT_EQ(data[33], 1) << "to 11.0.0.1";
        EXPECT_EQ(data[48] << 8 | data[49], static_cast<int>(frames * 1000 & 0xffff)) << "sequence number";
        frames++;
        wireBytes += original;
    }
    std::filesystem::remove(file);
    EXPECT_EQ(frames, 21U);
    EXPECT_EQ(wireBytes, bytes + 21 * 48);
}

TEST(RdmaNetwork, QueueSamplesAreThoseOfTheTrace)
{
    const std::string file = (TemporaryFolder() / "queues.csv").string();
    auto network = MakeNetwork(Star(9, 10'000'000'000), "dctcp");
    network->EnableQueueCsv(file, MicroSeconds(10));
    const PacketResult result = network->Run(Incast(8, 60'000));
    EXPECT_EQ(result.flows[7].unfinished, Unfinished::NO);
    std::ifstream in(file);
    std::string line;
    std::getline(in, line);
    EXPECT_EQ(line, "time_ns,node,port,bytes");
    uint64_t maxQueued = 0;
    while (std::getline(in, line))
    {
        long long time = 0;
        unsigned node = 0;
        unsigned port = 0;
        unsigned long long queued = 0;
        ASSERT_EQ(std::sscanf(line.c_str(), "%lld,%u,%u,%llu", &time, &node, &port, &queued), 4) << line;
        EXPECT_EQ(time % 10'000, 0);
        EXPECT_EQ(node, 9U);
        maxQueued = port == 8 ? std::max<uint64_t>(maxQueued, queued) : maxQueued;
    }
    std::filesystem::remove(file);
    EXPECT_GT(maxQueued, 20'000U);
    EXPECT_THROW(network->EnableQueueCsv(file, Time(0)), InputError);
}

TEST(RdmaNetwork, ARegisteredControlIsAskedForByName)
{
    /// Sends at a tenth of the line rate.
    class Slow : public CongestionControl
    {
        void OnAck(SenderControl& sender, const AckInfo& ack) override
        {
            EXPECT_EQ(ack.hopCount, 1U) << "telemetry of the switch";
            sender.SetRate(sender.RateCap() / 10);
        }
    };

    const auto make = [](const RdmaConfig&, uint64_t) { return std::make_unique<Slow>(); };
    const CongestionControlType type = RegisterCongestionControl("slow", make, Telemetry::HOPS);
    EXPECT_EQ(ParseCongestionControl("slow"), type);
    EXPECT_EQ(CongestionControlName(type), "slow");
    EXPECT_THROW(RegisterCongestionControl("slow", make), InputError);
    EXPECT_THROW(RegisterCongestionControl("dctcp", make), InputError);
    const FabricGraph fabric = Star(3, 10'000'000'000);
    auto network = MakeNetwork(fabric, "slow");
    const PacketResult result = network->Run({{0, 1, 1'000'000, 0}});
    EXPECT_NEAR(static_cast<double>(result.flows[0].receiverFctNs), 1'000'000 * 1.09 * 8, 2e5);
    M3Estimator estimator(fabric);
    estimator.config = network->Config();
    EXPECT_THROW(estimator.Run("m3", {{0, 1, 1'000'000, 0}}), InputError) << "no model knows it";
}

TEST(RdmaNetwork, ARunThatStoppedIsResumed)
{
    const FlowList flows = Incast(16, 300'000);
    auto network = MakeNetwork(Star(17, 10'000'000'000), "dctcp");
    const PacketResult whole = network->Run(flows);
    const PacketResult first = network->Run(flows, MilliSeconds(1));
    ASSERT_EQ(first.underWay.size(), 16U) << "16 x 300 KB take 4 ms";
    const PacketResult rest = network->Resume(flows, MilliSeconds(1), first.underWay);
    int64_t lastWhole = 0;
    int64_t lastRest = 0;
    for (std::size_t id = 0; id < flows.size(); id++)
    {
        EXPECT_EQ(rest.flows[id].unfinished, Unfinished::NO);
        lastWhole = std::max(lastWhole, flows[id].startNs + whole.flows[id].receiverFctNs);
        lastRest = std::max(lastRest, flows[id].startNs + rest.flows[id].receiverFctNs);
    }
    // the bottleneck is busy in both; queues that began empty are worth less than an RTT and 16 packets
    EXPECT_NEAR(static_cast<double>(lastRest), static_cast<double>(lastWhole), 30'000);
    const PacketResult none = network->Resume(flows, MilliSeconds(1), {});
    EXPECT_EQ(none.flows[0].unfinished, Unfinished::BEFORE);
    EXPECT_THROW(network->Resume(flows, MilliSeconds(2), {}, MilliSeconds(2)), InputError);
    EXPECT_THROW(network->Resume(flows, MilliSeconds(-1), {}), InputError);
    network->SetAttribute("Mode", StringValue("hpcc"));
    EXPECT_THROW(network->Resume(flows, MilliSeconds(1), first.underWay), InputError);
}
