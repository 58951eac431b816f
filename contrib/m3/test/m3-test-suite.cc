// SPDX-License-Identifier: GPL-2.0-only
// ns-3's own view of the module, for test.py: each public class once, and the engines beside each other on a small
// fabric. The main suite is GoogleTest's (test/ of the repository).
#include "core/random-stream.h"
#include "fabric/fabric-from-nodes.h"
#include "fabric/fabric-role.h"
#include "fabric/ideal-fct.h"
#include "fabric/routes-of-flows.h"
#include "fabric/topology-file.h"
#include "flowsim/dense-max-min.h"
#include "flowsim/fabric-flow-sim.h"
#include "flowsim/max-min.h"
#include "nn/correction-model.h"
#include "ns3/m3-congestion-control.h"
#include "ns3/m3-estimator.h"
#include "ns3/m3-fabric-helper.h"
#include "ns3/m3-html-report.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-packet-simulation.h"
#include "ns3/m3-rdma-net-device.h"
#include "ns3/m3-rdma-network.h"
#include "ns3/m3-report-writer.h"
#include "ns3/m3-workload-helper.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/test.h"
#include "workload/flow-file.h"
#include "workload/size-distribution.h"
#include "workload/traffic-matrix.h"

#include <cmath>
#include <sstream>

using namespace ns3;
using namespace ns3::m3;

namespace
{

constexpr uint64_t GBPS = 1'000'000'000;

/// Two racks of four hosts, two spines.
NodeContainer SmallNetwork()
{
    LeafSpineShape shape;
    shape.racks = 2;
    shape.hostsPerRack = 4;
    return FabricHelper::LeafSpine(shape);
}

/// The line of an InputError that an action throws, "" if it throws none.
template <typename Action>
std::string ErrorOf(Action action)
{
    try
    {
        action();
    }
    catch (const InputError& error)
    {
        return error.what();
    }
    return "";
}

class NodesTestCase : public TestCase
{
  public:
    NodesTestCase()
        : TestCase("a fabric built as nodes is read back")
    {
    }

  private:
    void DoRun() override
    {
        const NodeContainer nodes = SmallNetwork();
        const FabricGraph fabric = ReadFabric(nodes);
        NS_TEST_ASSERT_MSG_EQ(fabric.Hosts().size(), 8, "hosts");
        NS_TEST_ASSERT_MSG_EQ(fabric.LinkCount(), 2 * (8 + 4), "directed links");
        NS_TEST_ASSERT_MSG_EQ(fabric.HostRate(), 10 * GBPS, "rate of host links");
        auto device = DynamicCast<RdmaNetDevice>(nodes.Get(0)->GetDevice(0));
        NS_TEST_ASSERT_MSG_EQ((device != nullptr), true, "its ports are RdmaNetDevices");
        NS_TEST_ASSERT_MSG_EQ((DynamicCast<RdmaChannel>(device->GetChannel()) != nullptr), true, "on RdmaChannels");
        for (uint32_t i = 0; i < nodes.GetN(); i++)
        {
            const NodeKind kind = nodes.Get(i)->GetObject<FabricRole>()->Kind();
            NS_TEST_ASSERT_MSG_EQ((kind == NodeKind::HOST), fabric.IsHost(i), "a node says what it is");
        }
    }
};

class RoutesTestCase : public TestCase
{
  public:
    RoutesTestCase()
        : TestCase("routes are shortest, and an idle network has their ideal FCT")
    {
    }

  private:
    void DoRun() override
    {
        const FabricGraph fabric = ReadFabric(SmallNetwork());
        const RouteTable routes(fabric, EngineMode::STANDARD);
        RoutesOfFlows keys(routes);
        Route route;
        keys.Next(0, 3, route);
        NS_TEST_ASSERT_MSG_EQ(route.size(), 2, "links within a rack");
        NS_TEST_ASSERT_MSG_EQ(fabric.Link(route[0]).to, fabric.TopOfRack(0), "by the rack's switch");
        // 1000 B and 48 B of headers at 10 Gb/s, and 1 us of link, twice; 1 ns of rounding a hop
        const int64_t ideal = IdealFctNs(fabric, route, 1000, DATA_HEADER_BYTES, EngineMode::STANDARD);
        NS_TEST_ASSERT_MSG_EQ_TOL(static_cast<double>(ideal), 2 * 838.4 + 2 * 1000, 2.0, "ideal FCT of one packet");
        keys.Next(0, 5, route);
        NS_TEST_ASSERT_MSG_EQ(route.size(), 4, "links between racks");
        NS_TEST_ASSERT_MSG_EQ(routes.Reachable(5, 5), false, "a host and itself");
    }
};

class FilesTestCase : public TestCase
{
  public:
    FilesTestCase()
        : TestCase("topology and flow files are read as they were written, errors name line and field")
    {
    }

  private:
    void DoRun() override
    {
        const std::string topology = CreateTempDirFilename("topology.txt");
        const std::string flowFile = CreateTempDirFilename("flows.txt");
        WriteTopologyFile(ReadFabric(SmallNetwork()), topology);
        const FabricGraph fabric = ReadTopologyFile(topology);
        NS_TEST_ASSERT_MSG_EQ(fabric.Hosts().size(), 8, "hosts");
        WriteFlowFile({{0, 5, 2000, 7}, {1, 2, 1, 1'000'000'007}}, flowFile, StartTimes::SECONDS);
        const FlowList flows = ReadFlowFile(flowFile, fabric, StartTimes::SECONDS);
        NS_TEST_ASSERT_MSG_EQ(flows.size(), 2, "flows");
        NS_TEST_ASSERT_MSG_EQ(flows[1].startNs, 1'000'000'007, "start");
        WriteFlowFile({{0, 0, 2000, 7}}, flowFile, StartTimes::SECONDS);
        const std::string error = ErrorOf([&] { ReadFlowFile(flowFile, fabric, StartTimes::SECONDS); });
        NS_TEST_ASSERT_MSG_NE(error.find("flows.txt:2: dst"), std::string::npos, "file, line and field: " + error);
    }
};

class WorkloadTestCase : public TestCase
{
  public:
    WorkloadTestCase()
        : TestCase("generated flows have the sizes and the load that were asked for")
    {
    }

  private:
    void DoRun() override
    {
        const auto sizes = ParseSizeDistribution("exponential:20000");
        RandomStream random(1);
        double sum = 0;
        constexpr int DRAWS = 100'000;
        for (int i = 0; i < DRAWS; i++)
        {
            sum += static_cast<double>(sizes->Sample(random));
        }
        NS_TEST_ASSERT_MSG_EQ_TOL(sum / DRAWS, sizes->Mean(), 0.02 * sizes->Mean(), "mean size");

        const FabricGraph fabric = ReadFabric(SmallNetwork());
        const auto [src, dst] = TrafficMatrix(fabric, {{0, 1}, {0, 0}}).Sample(random);
        NS_TEST_ASSERT_MSG_LT(src, 4, "the first rack sends");
        NS_TEST_ASSERT_MSG_GT(dst, 3, "to the second");
        WorkloadHelper workload;
        workload.flows = 20'000;
        workload.load = 0.4;
        const FlowList flows = workload.Generate(fabric);
        double ofHost = 0; // on a link that all hosts use alike
        for (const Flow& flow : flows)
        {
            ofHost += flow.src == 0 ? static_cast<double>(WireBytes(flow.sizeBytes, workload.headerBytes)) : 0;
        }
        const double span = static_cast<double>(flows.back().startNs) / 1e9;
        NS_TEST_ASSERT_MSG_GT(8 * ofHost / span / 1e10, 0.2, "load of a host's link is near that asked for");
        NS_TEST_ASSERT_MSG_LT(8 * ofHost / span / 1e10, 0.6, "load of a host's link is near that asked for");
    }
};

class FluidTestCase : public TestCase
{
  public:
    FluidTestCase()
        : TestCase("flows share links max-min fairly")
    {
    }

  private:
    /// Flow 0 on links 0 and 1, flows 1 and 2 on link 1: 10/3 Gb/s each.
    template <typename Rates>
    void Share(Rates rates)
    {
        rates.Add(0, {0, 1}, INFINITY);
        rates.Add(1, {1}, INFINITY);
        rates.Add(2, {1}, INFINITY);
        NS_TEST_ASSERT_MSG_EQ_TOL(rates.Rate(0), 10.0 / 3, 1e-9, "three share a link");
        rates.Remove(2);
        NS_TEST_ASSERT_MSG_EQ_TOL(rates.Rate(1), 6, 1e-9, "what flow 0 cannot use goes to flow 1");
    }

    void DoRun() override
    {
        Share(MaxMinRates({4, 10}));
        Share(DenseMaxMinRates({4, 10}));
        // two flows of 8000 bits on a link of 8 Gb/s: alone for 500 ns, then together
        const std::vector<double> fct = RunFlowSim({8}, {{{0}, 8000, 0, INFINITY}, {{0}, 8000, 500, INFINITY}});
        NS_TEST_ASSERT_MSG_EQ_TOL(fct[0], 1500, 1e-6, "first flow");
        NS_TEST_ASSERT_MSG_EQ_TOL(fct[1], 1500, 1e-6, "second flow");
        const FabricGraph fabric = ReadFabric(SmallNetwork());
        const RouteTable routes(fabric, EngineMode::STANDARD);
        const FlowList flows{{0, 5, 2000, 0}};
        const FabricFluid fluid = MakeFabricFluid(fabric, routes, flows, DATA_HEADER_BYTES);
        NS_TEST_ASSERT_MSG_EQ_TOL(FabricFlowSimSlowdowns(fabric, flows, fluid)[0], 1, 1e-9, "slowdown of a flow alone");
    }
};

class NetworkTestCase : public TestCase
{
  public:
    NetworkTestCase()
        : TestCase("RdmaNetwork takes attributes, tells its trace sources and survives a cut link")
    {
    }

  private:
    void OnStart(uint32_t, uint32_t, uint32_t, uint64_t)
    {
        m_started++;
    }

    void OnEnd(uint32_t, Time fct)
    {
        m_finished += fct.IsStrictlyPositive();
    }

    void DoRun() override
    {
        const NodeContainer nodes = SmallNetwork();
        WorkloadHelper workload;
        workload.flows = 200;
        const FlowList flows = workload.Generate(nodes);
        auto network = CreateObject<RdmaNetwork>();
        network->SetAttribute("CongestionControl", StringValue("hpcc"));
        network->SetNodes(nodes);
        NS_TEST_ASSERT_MSG_EQ((network->Config().congestionControl == CongestionControlType::HPCC), true, "attribute");
        network->TraceConnectWithoutContext("FlowStart", MakeCallback(&NetworkTestCase::OnStart, this));
        network->TraceConnectWithoutContext("FlowEnd", MakeCallback(&NetworkTestCase::OnEnd, this));
        network->SetLinkState(MicroSeconds(100), 8, 10, false); // a leaf and a spine
        NS_TEST_ASSERT_MSG_EQ(network->AssignStreams(3), 3 * 24, "streams: three per directed link");
        const PacketResult result = network->Run(flows);
        NS_TEST_ASSERT_MSG_EQ(m_started, 200, "flows started");
        NS_TEST_ASSERT_MSG_EQ(m_finished, 200, "flows finished, by the other spine");
        NS_TEST_ASSERT_MSG_EQ(result.completionOrder.size(), 200, "flows in the result");
        Simulator::Destroy();
    }

    int m_started = 0;
    int m_finished = 0;
};

/// Sends at half of the rate that it may have.
class HalfRate : public CongestionControl
{
  public:
    void OnAck(SenderControl& sender, const AckInfo&) override
    {
        sender.SetRate(sender.RateCap() / 2);
    }
};

class ControlTestCase : public TestCase
{
  public:
    ControlTestCase()
        : TestCase("a registered congestion control steers its flows")
    {
    }

  private:
    void DoRun() override
    {
        RdmaConfig config;
        config.congestionControl =
            RegisterCongestionControl("half", [](const RdmaConfig&, uint64_t) { return std::make_unique<HalfRate>(); });
        const std::string error =
            ErrorOf([] { RegisterCongestionControl("half", [](const RdmaConfig&, uint64_t) { return nullptr; }); });
        NS_TEST_ASSERT_MSG_NE(error, "", "a name is taken once");
        const FabricGraph fabric = ReadFabric(SmallNetwork());
        constexpr uint64_t SIZE = 10'000'000;
        const PacketResult result = RunPacketSimulation(fabric, config, {{0, 5, SIZE, 0}});
        const double seconds = static_cast<double>(result.flows[0].receiverFctNs) / 1e9;
        NS_TEST_ASSERT_MSG_EQ_TOL(8.0 * WireBytes(SIZE, config.HeaderBytes()) / seconds, 5e9, 5e7, "rate of the flow");
        Simulator::Destroy();
    }
};

class ReportTestCase : public TestCase
{
  public:
    ReportTestCase()
        : TestCase("reports tell quantiles by size class, as text, CSV and HTML")
    {
    }

  private:
    void DoRun() override
    {
        SlowdownReport report("packet", SizeClasses::Parse("0,1000"));
        for (int i = 0; i < 100; i++)
        {
            report.Add(0, 1 + i);
            report.Add(1, 1000);
        }
        report.Finish();
        NS_TEST_ASSERT_MSG_EQ_TOL(report.ClassQuantile(0, 0.5), 50.5, 1e-9, "median of 1 .. 100");
        NS_TEST_ASSERT_MSG_EQ(report.OverallQuantile(0.99), 1000, "p99 of both classes");
        std::ostringstream table;
        std::ostringstream csv;
        std::ostringstream page;
        PrintComparison({report}, table);
        WriteReportCsv({report}, csv);
        WriteReportHtml({report}, {}, page);
        for (const std::string& text : {table.str(), csv.str(), page.str()})
        {
            NS_TEST_ASSERT_MSG_NE(text.find("50.5"), std::string::npos, "the median is told");
        }
    }
};

/// Whether estimates are possible: the library m3-learning is built where LibTorch is installed.
bool HasLearning()
{
    const std::string error =
        ErrorOf([] { CorrectionModel::Load(CorrectionModel::ShippedCheckpoint(Scope::NETWORK)); });
    return error.find("m3-learning") == std::string::npos;
}

class ModelTestCase : public TestCase
{
  public:
    ModelTestCase()
        : TestCase("without LibTorch an estimate is refused in one line, with it each scope gives one")
    {
    }

  private:
    void DoRun() override
    {
        const NodeContainer nodes = SmallNetwork();
        WorkloadHelper workload;
        workload.flows = 500;
        const FlowList flows = workload.Generate(nodes);
        for (const std::string engine : {"m3-network", "m3-paths", "published"})
        {
            M3Estimator estimator(nodes);
            estimator.Set("paths", "20");
            SlowdownReport report;
            const std::string error = ErrorOf([&] { report = estimator.Run(engine, flows); });
            if (HasLearning())
            {
                NS_TEST_ASSERT_MSG_EQ(error, "", "it runs");
                NS_TEST_ASSERT_MSG_EQ(report.FlowCount(), 500, "flows");
                NS_TEST_ASSERT_MSG_GT(report.OverallQuantile(0.99), report.OverallQuantile(0.5), "a distribution");
            }
            else
            {
                NS_TEST_ASSERT_MSG_NE(error.find("LibTorch"), std::string::npos, "it says what is missing");
                NS_TEST_ASSERT_MSG_EQ(error.find('\n'), std::string::npos, "in one line");
            }
        }
    }
};

class EnginesTestCase : public TestCase
{
  public:
    explicit EnginesTestCase(const std::string& control)
        : TestCase("engines agree on a flow alone, and the model corrects the fluid towards packets: " + control),
          m_control(control)
    {
    }

  private:
    void DoRun() override
    {
        const NodeContainer nodes = SmallNetwork();
        M3Estimator estimator(nodes);
        estimator.config.congestionControl = ParseCongestionControl(m_control);
        for (const std::string engine : {"packet", "flowsim", "parsimon"})
        {
            const SlowdownReport alone = estimator.Run(engine, {{0, 5, 2000, 0}});
            NS_TEST_ASSERT_MSG_EQ_TOL(alone.OverallQuantile(0.5), 1, 0.001, "slowdown of a flow alone");
        }
        WorkloadHelper workload;
        workload.flows = 3000;
        workload.load = 0.6;
        const FlowList flows = workload.Generate(nodes);
        const double packet = estimator.Run("packet", flows).ClassQuantile(0, 0.99);
        const double fluid = estimator.Run("flowsim", flows).ClassQuantile(0, 0.99);
        NS_TEST_ASSERT_MSG_GT(packet, fluid, "small flows queue behind packets, which a fluid does not know");
        if (HasLearning())
        {
            const double model = estimator.Run("m3", flows).ClassQuantile(0, 0.99);
            NS_TEST_ASSERT_MSG_LT(std::abs(model - packet), std::abs(fluid - packet), "the model is closer");
        }
        Simulator::Destroy();
    }

    std::string m_control;
};

class M3TestSuite : public TestSuite
{
  public:
    M3TestSuite()
        : TestSuite("m3")
    {
        AddTestCase(new NodesTestCase);
        AddTestCase(new RoutesTestCase);
        AddTestCase(new FilesTestCase);
        AddTestCase(new WorkloadTestCase);
        AddTestCase(new FluidTestCase);
        AddTestCase(new NetworkTestCase);
        AddTestCase(new ControlTestCase);
        AddTestCase(new ReportTestCase);
        AddTestCase(new ModelTestCase);
        for (const char* control : {"dctcp", "dcqcn", "hpcc", "timely"})
        {
            AddTestCase(new EnginesTestCase(control));
        }
    }
};

const M3TestSuite g_m3TestSuite; //!< registers itself

} // namespace
