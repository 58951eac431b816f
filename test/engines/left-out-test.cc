// SPDX-License-Identifier: GPL-2.0-only
// What an engine leaves out of a scenario, or a model was not made for, its report says, in place of intervals; fields
// that are out of their range are refused where they are used first.
#include "fabric/fabric-from-nodes.h"
#include "ns3/application.h"
#include "ns3/data-rate.h"
#include "ns3/error-model.h"
#include "ns3/m3-dctcp.h"
#include "ns3/m3-estimator.h"
#include "ns3/m3-fabric-helper.h"
#include "ns3/m3-fabric-shapes.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-rdma-network.h"
#include "ns3/m3-report-writer.h"
#include "ns3/m3-workload-helper.h"
#include "ns3/object-factory.h"
#include "ns3/packet.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/pointer.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"
#include "workload/flow-file.h"

#include "temporary-folder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <functional>
#include <iterator>
#include <set>
#include <sstream>
#include <string>

using namespace ns3::m3;

namespace
{

constexpr const char* ALL_ENGINES[] = {"packet", "sampled", "flowsim", "parsimon", "m3"};
constexpr const char* MODELS_WITHOUT_KINDS[] = {"m3-paths", "published"}; // learned the usual traffic alone
constexpr const char* MODEL_ENGINES[] = {"m3-network", "m3-windows", "m3-paths", "published"};

/// A switch with hosts at 10 Gb/s whose links may lose packets.
FabricGraph HubOf(uint32_t hosts, double errorRate = 0)
{
    FabricGraph fabric;
    for (uint32_t host = 0; host < hosts; host++)
    {
        fabric.AddNode(NodeKind::HOST);
    }
    fabric.AddNode(NodeKind::SWITCH);
    for (uint32_t host = 0; host < hosts; host++)
    {
        fabric.AddLink(host, hosts, 10'000'000'000, 1000, errorRate);
    }
    return fabric;
}

FlowList WebTraffic(const FabricGraph& fabric, uint64_t count = 1000, double load = 0.4)
{
    WorkloadHelper workload;
    workload.flows = count;
    workload.load = load;
    return workload.Generate(fabric);
}

bool HasNote(const SlowdownReport& report, const std::string& text)
{
    const auto& notes = report.Notes();
    return std::any_of(notes.begin(),
                       notes.end(),
                       [&](const std::string& note) { return note.find(text) != std::string::npos; });
}

std::string NotesOf(const SlowdownReport& report)
{
    std::string all;
    for (const std::string& note : report.Notes())
    {
        all += note + '\n';
    }
    return all;
}

void ExpectNoInterval(const SlowdownReport& report)
{
    EXPECT_TRUE(report.AreIntervalsWithheld()) << NotesOf(report);
    EXPECT_FALSE(report.HasIntervals());
    EXPECT_TRUE(std::isnan(report.PredictionInterval().low));
    EXPECT_TRUE(std::isnan(report.OverallInterval(0.99).low));
    EXPECT_TRUE(std::isnan(report.ClassInterval(report.Classes().Count() - 1, 0.5).high));
    EXPECT_NE(report.PredictionText().find("no interval"), std::string::npos);
    EXPECT_FALSE(std::isnan(report.OverallQuantile(0.99))) << "the estimate itself stays";
}

/// \param run what is refused \param text part of the message
void ExpectInputError(const std::function<void()>& run, const std::string& text)
{
    try
    {
        run();
        ADD_FAILURE() << "accepted instead of: " << text;
    }
    catch (const InputError& error)
    {
        EXPECT_NE(std::string(error.what()).find(text), std::string::npos) << error.what();
    }
}

} // namespace

TEST(LeftOut, LinksThatLosePacketsByWhatHasNotLearnedThem)
{
    M3Estimator estimator(HubOf(8, 0.001));
    estimator.besidePackets = true; // m3 asks its model
    const FlowList flows = WebTraffic(estimator.Fabric());
    for (const std::string engine : ALL_ENGINES)
    {
        const SlowdownReport report = estimator.Run(engine, flows);
        EXPECT_EQ(HasNote(report, "links that lose packets (16 of 16 directed links, error rate up to 0.001)"),
                  engine == "flowsim" || engine == "parsimon")
            << NotesOf(report);
    }
    for (const std::string engine : MODELS_WITHOUT_KINDS)
    {
        ExpectNoInterval(estimator.Run(engine, flows));
    }
    const SlowdownReport learned = estimator.Run("m3", flows);
    EXPECT_GT(learned.PredictionInterval().high, learned.OverallQuantile(0.99)) << NotesOf(learned);
    estimator.RunConfigurations("published",
                                flows,
                                std::vector<RdmaConfig>(2),
                                [](std::size_t, const SlowdownReport& report) { ExpectNoInterval(report); });
}

TEST(LeftOut, NothingOfAnOrdinaryScenario)
{
    M3Estimator estimator(MakeThreeTier({}));
    const FlowList flows = WebTraffic(estimator.Fabric(), 3000, 0.5);
    for (const std::string engine : MODEL_ENGINES)
    {
        const SlowdownReport report = estimator.Run(engine, flows);
        EXPECT_FALSE(report.AreIntervalsWithheld()) << engine << ": " << NotesOf(report);
        EXPECT_EQ(std::isnan(report.PredictionInterval().low), engine == "published");
    }
}

TEST(LeftOut, WhatIsWrittenHasNoIntervalEither)
{
    M3Estimator estimator(HubOf(8, 0.001));
    estimator.Set("flows-per-class", "50");
    const std::vector<SlowdownReport> reports{
        estimator.Run("m3-network", WebTraffic(estimator.Fabric(), 400))}; // too few
    std::ostringstream csv;
    WriteReportCsv(reports, csv);
    std::istringstream lines(csv.str());
    std::string line;
    std::getline(lines, line);
    while (std::getline(lines, line))
    {
        ASSERT_EQ(line.substr(line.size() - 2), ",,") << line;
    }
    std::ostringstream json;
    WriteReportJson(reports, json);
    EXPECT_NE(json.str().find("\"intervals_withheld\": true"), std::string::npos);
    EXPECT_EQ(json.str().find("\"intervals\""), std::string::npos);
    EXPECT_EQ(json.str().find("expected_packet_p99"), std::string::npos);
    std::ostringstream text;
    PrintComparison(reports, text);
    EXPECT_EQ(text.str().find("95 %"), std::string::npos) << text.str();
}

TEST(LeftOut, FailuresOfAnRdmaNetworkByEveryEngine)
{
    const ns3::NodeContainer nodes = FabricHelper::LeafSpine({2, 4, 2});
    const auto network = ns3::CreateObject<RdmaNetwork>();
    network->SetNodes(nodes);
    network->SetLinkState(ns3::MicroSeconds(50), 8, 10, false);
    M3Estimator estimator(nodes);
    estimator.besidePackets = true; // m3 asks its model
    estimator.config = network->Config();
    const FlowList flows = WebTraffic(estimator.Fabric());
    for (const std::string engine : ALL_ENGINES)
    {
        const SlowdownReport report = estimator.Run(engine, flows);
        if (engine == "sampled") // simulates all packets of so short a trace, and the failure with them
        {
            EXPECT_EQ(report.OverallQuantile(0.99), estimator.Run("packet", flows).OverallQuantile(0.99));
            EXPECT_FALSE(HasNote(report, "not taken into account"));
            continue;
        }
        EXPECT_EQ(HasNote(report, "a link or node fails or comes up"),
                  !FindEngine(engine).takes.Has(Trait::LINK_CHANGES))
            << engine;
    }
    ExpectNoInterval(estimator.Run("m3", flows));
    ExpectInputError([&] { network->SetLinkState(ns3::NanoSeconds(-1), 8, 10, true); }, "before the run starts");
    ExpectInputError([&] { network->AssignStreams(-1); }, "at least 0");
    ExpectInputError([&] { network->Run(flows, ns3::Time(0)); }, "must stop after it starts");
}

TEST(LeftOut, ClassesOfFlowsByEveryEngine)
{
    M3Estimator estimator(HubOf(8));
    estimator.besidePackets = true; // m3 asks its model
    FlowList flows = WebTraffic(estimator.Fabric());
    flows[17].priorityGroup = 5;
    const std::string file = TemporaryFolder() / "classes.txt";
    WriteFlowFile(flows, file, StartTimes::NANOSECONDS);
    const FlowList read = ReadFlowFile(file, estimator.Fabric(), StartTimes::NANOSECONDS);
    for (const std::string engine : ALL_ENGINES)
    {
        EXPECT_EQ(HasNote(estimator.Run(engine, read), "classes of flows (3, 5)"),
                  !FindEngine(engine).takes.Has(Trait::PRIORITIES))
            << engine;
    }
    ExpectNoInterval(estimator.Run("m3", read));
}

TEST(LeftOut, SettingsThatNoModelKnows)
{
    M3Estimator estimator(HubOf(8));
    estimator.besidePackets = true; // m3 asks its model
    const FlowList flows = WebTraffic(estimator.Fabric());
    estimator.config.Of<DctcpConfig>().gain = 0.5;
    ExpectNoInterval(estimator.Run("m3", flows));
    EXPECT_FALSE(HasNote(estimator.Run("packet", flows), "gain"));
    EXPECT_FALSE(HasNote(estimator.Run("sampled", flows), "gain"));
    EXPECT_FALSE(HasNote(estimator.Run("parsimon", flows), "gain"));
    estimator.config = {};
    estimator.config.Of<DctcpConfig>().aiBps = 1'000'000'000; // an input of one model, not of the other
    EXPECT_FALSE(HasNote(estimator.Run("m3", flows), "DCTCP increase"));
    ExpectNoInterval(estimator.Run("published", flows));
    estimator.config = {};
    estimator.config.windowBytes = 4000;
    EXPECT_TRUE(HasNote(estimator.Run("flowsim", flows), "windows of 4000 B"));
}

TEST(LeftOut, TrafficUnlikeThatOfTraining)
{
    M3Estimator estimator(HubOf(64));
    estimator.besidePackets = true; // m3 asks its model
    FlowList flows = WebTraffic(estimator.Fabric(), 2000);
    const int64_t middle = flows[1000].startNs;
    for (NodeId src = 1; src < 61; src++)
    {
        flows.push_back({src, 0, 40'000, middle});
    }
    std::stable_sort(flows.begin(),
                     flows.end(),
                     [](const Flow& left, const Flow& right) { return left.startNs < right.startNs; });
    for (const std::string engine : MODEL_ENGINES)
    {
        const SlowdownReport report = estimator.Run(engine, flows);
        EXPECT_TRUE(HasNote(report, "incast")) << NotesOf(report);
    }
    for (const std::string engine : MODELS_WITHOUT_KINDS)
    {
        ExpectNoInterval(estimator.Run(engine, flows));
    }
    const SlowdownReport packets = estimator.Run("packet", flows);
    EXPECT_FALSE(HasNote(packets, "incast"));

    const SlowdownReport learned = estimator.Run("m3", flows);
    EXPECT_TRUE(HasNote(learned, "traffic that few networks of training have: incast")) << NotesOf(learned);
    EXPECT_LT(learned.PredictionInterval().low, packets.OverallQuantile(0.99)) << NotesOf(learned);
    EXPECT_GT(learned.PredictionInterval().high, packets.OverallQuantile(0.99));

    flows.resize(400); // all before the incast
    const SlowdownReport few = estimator.Run("m3-network", flows);
    EXPECT_TRUE(HasNote(few, "beyond all kinds of training: 400 flows")) << NotesOf(few);
    ExpectNoInterval(few);
}

TEST(LeftOut, NoFlowThatMeetsNoOther)
{
    // a flow alone, and eight pairs of hosts at once: in the packet engine all have the slowdown of a flow alone, under
    // DCTCP 1, under HPCC about 1 / eta, with a window of half a bandwidth-delay product about 2
    const FlowList one{{0, 1, 1'000'000, 0}};
    FlowList pairs;
    for (NodeId host = 0; host < 8; host++)
    {
        pairs.push_back({host, host + 8, 1'000'000, 0});
    }
    for (const auto control : {CongestionControlType::DCTCP, CongestionControlType::HPCC})
    {
        for (const uint64_t window : {0, 4000})
        {
            for (const FlowList& flows : {one, pairs})
            {
                M3Estimator estimator(HubOf(16));
                estimator.Set("windows", "1");
                estimator.config.congestionControl = control;
                if (window > 0)
                {
                    estimator.config.windowBytes = window;
                }
                const double packets = estimator.Run("packet", flows).OverallQuantile(0.99);
                for (const std::string scope : {"network", "windows", "paths"})
                {
                    estimator.Set("scope", scope);
                    const SlowdownReport report = estimator.Run("m3", flows);
                    EXPECT_NEAR(report.OverallQuantile(0.99), packets, 0.005 * packets) << scope;
                    EXPECT_TRUE(HasNote(report, "meet no other flow"));
                    EXPECT_FALSE(report.AreIntervalsWithheld()) << NotesOf(report);
                    EXPECT_LE(report.PredictionInterval().low, 1.001 * packets);
                    EXPECT_GE(report.PredictionInterval().high, 0.995 * packets);
                }
                estimator.Set("scope", "network");
                const auto byPackets = estimator.RunPerFlow("packet", flows);
                const auto byModel = estimator.RunPerFlow("m3", flows);
                for (std::size_t id = 0; id < flows.size(); id++)
                {
                    EXPECT_NEAR(byModel[id].receiverNs, byPackets[id].receiverNs, 0.005 * byPackets[id].receiverNs);
                }
            }
        }
    }
}

namespace
{

/// Hosts on a hub, of stock devices.
struct StockHub
{
    explicit StockHub(const std::function<void(ns3::PointToPointHelper&)>& change = {})
    {
        nodes.Create(5);
        ns3::PointToPointHelper links;
        links.SetDeviceAttribute("DataRate", ns3::StringValue("10Gbps"));
        links.SetChannelAttribute("Delay", ns3::StringValue("1us"));
        if (change)
        {
            change(links);
        }
        for (uint32_t host = 0; host < 4; host++)
        {
            devices.Add(links.Install(nodes.Get(host), nodes.Get(4)));
        }
    }

    ns3::NodeContainer nodes;
    ns3::NetDeviceContainer devices;
};

} // namespace

TEST(LeftOut, OfStockDevicesWhatChangesTimesIsRefused)
{
    const StockHub hub;
    const auto errors = ns3::CreateObject<ns3::RateErrorModel>();
    errors->SetRate(0.05);
    hub.devices.Get(2)->SetAttribute("ReceiveErrorModel", ns3::PointerValue(errors));
    ExpectInputError([&] { M3Estimator estimator(hub.nodes); },
                     "node 1 device 0 (ns3::PointToPointNetDevice): its ReceiveErrorModel (ns3::RateErrorModel)");
    errors->Disable();
    EXPECT_NO_THROW(ReadFabric(hub.nodes));
    hub.devices.Get(5)->SetAttribute("InterframeGap", ns3::TimeValue(ns3::MicroSeconds(10)));
    ExpectInputError([&] { ReadFabric(hub.nodes); }, "node 4 device 2 (ns3::PointToPointNetDevice): its InterframeGap");

    // those of this module have a receive error model, too, beside their ErrorRate
    const ns3::NodeContainer own = FabricHelper::LeafSpine({2, 2, 1});
    errors->Enable();
    own.Get(0)->GetDevice(0)->SetAttribute("ReceiveErrorModel", ns3::PointerValue(errors));
    ExpectInputError([&] { ReadFabric(own); }, "its ReceiveErrorModel");
    errors->Disable();
    own.Get(0)->GetDevice(0)->SetAttribute("ErrorRate", ns3::DoubleValue(0.01));
    ExpectInputError([&] { ReadFabric(own); }, "different error rates");
}

TEST(LeftOut, OfStockDevicesTheRestIsNoted)
{
    StockHub hub([](ns3::PointToPointHelper& links)
                 { links.SetQueue("ns3::DropTailQueue", "MaxSize", ns3::StringValue("2p")); });
    hub.devices.Get(0)->SetAttribute("Mtu", ns3::UintegerValue(9000));
    ns3::ObjectFactory factory("ns3::OnOffApplication");
    factory.Set("StartTime", ns3::TimeValue(ns3::Seconds(1000))); // after all flows
    hub.nodes.Get(3)->AddApplication(factory.Create<ns3::Application>());
    factory.SetTypeId("ns3::PacketSink");
    factory.Set("StartTime", ns3::TimeValue(ns3::Seconds(1000)));
    hub.nodes.Get(2)->AddApplication(factory.Create<ns3::Application>());
    M3Estimator estimator(hub.nodes);
    estimator.besidePackets = true; // m3 asks its model
    const FlowList flows = WebTraffic(estimator.Fabric());
    for (const std::string engine : ALL_ENGINES)
    {
        const SlowdownReport report = estimator.Run(engine, flows);
        for (const char* text : {"of stock devices, ns3::PointToPointNetDevice (8), rates and delays are read",
                                 "queue of 2p (8)",
                                 "MTU of 9000 (1)",
                                 "ns3::OnOffApplication (1)"})
        {
            EXPECT_TRUE(HasNote(report, text)) << engine << ": " << NotesOf(report);
        }
        EXPECT_FALSE(HasNote(report, "PacketSink"));
    }
    ExpectNoInterval(estimator.Run("m3", flows));

    ns3::Simulator::Destroy(); // the applications would start in the next test's run

    M3Estimator plain(StockHub().nodes);
    const SlowdownReport report = plain.Run("m3", flows);
    EXPECT_TRUE(HasNote(report, "of stock devices"));
    EXPECT_FALSE(report.AreIntervalsWithheld()) << NotesOf(report);
}

namespace
{

/// Cells of a line of a Markdown table.
std::vector<std::string> CellsOf(const std::string& line)
{
    std::vector<std::string> cells;
    std::istringstream in(line.substr(line.find('|') + 1));
    for (std::string cell; std::getline(in, cell, '|');)
    {
        const std::size_t first = cell.find_first_not_of(' ');
        cells.push_back(cell.substr(first, cell.find_last_not_of(' ') + 1 - first));
    }
    return cells;
}

} // namespace

TEST(LeftOut, IsWhatTheGuideSays)
{
    const std::vector<std::vector<Trait>> traitsOfRows{
        {Trait::PRIORITIES},
        {Trait::LINK_CHANGES},
        {Trait::LEFT_OUT},
        {Trait::LINK_ERRORS},
        {Trait::RATE_CAP},
        {Trait::SMALL_WINDOW},
        {Trait::ACK_PRIORITY, Trait::PAIR_WINDOWS, Trait::PACED_AT_CAP, Trait::PORT_THRESHOLDS},
        {Trait::ASYMMETRIC_LINKS},
        {Trait::FORWARDING_HOSTS},
        {Trait::DEPENDENCIES},
        {Trait::LOAD_BALANCING},
        {Trait::RECOVERY},
        {Trait::CONTROL_PARAMETERS}, // processing delays, cut-through switching
        {Trait::CONTROL_PARAMETERS}};
    std::ifstream guide(std::string(M3_MODULE_DIR) + "/../../docs/guide.md");
    std::string line;
    while (std::getline(guide, line) && line.rfind("| left out |", 0) != 0)
    {
    }
    const std::vector<std::string> head = CellsOf(line);
    std::getline(guide, line); // under the head
    std::set<std::string> engines;
    for (const std::vector<Trait>& traits : traitsOfRows)
    {
        ASSERT_TRUE(std::getline(guide, line) && !line.empty());
        const std::vector<std::string> row = CellsOf(line);
        ASSERT_EQ(row.size(), head.size()) << line;
        for (std::size_t column = 1; column < row.size(); column++)
        {
            std::istringstream names(head[column]);
            for (std::string name; std::getline(names >> std::ws, name, ',');)
            {
                const EngineInfo info = FindEngine(name);
                engines.insert(name);
                for (const Trait trait : traits)
                {
                    const bool isRefused = trait == Trait::FORWARDING_HOSTS || trait == Trait::DEPENDENCIES;
                    EXPECT_EQ(row[column] == (isRefused ? "refused" : "note"),
                              !info.takes.Has(trait) && !info.partly.Has(trait))
                        << name << line;
                    const char* inPart = trait == Trait::DEPENDENCIES ? "by passes: note" : "in part: note";
                    EXPECT_EQ(row[column] == inPart, info.partly.Has(trait)) << name << line;
                }
            }
        }
    }
    EXPECT_TRUE(std::getline(guide, line) && line.empty()) << "rows without a test: " << line;
    EXPECT_EQ(engines, std::set<std::string>(std::begin(ALL_ENGINES), std::end(ALL_ENGINES)));
}

TEST(LeftOut, NoNodeThatIsNamedTwice)
{
    StockHub hub;
    hub.nodes.Add(hub.nodes.Get(0));
    ExpectInputError([&] { ReadFabric(hub.nodes); }, "node 5 of the container is node 0 once more");
}

TEST(PublicFields, OfTheEstimatorAreCheckedByEveryRun)
{
    const FabricGraph fabric = HubOf(4);
    const FlowList flows = WebTraffic(fabric, 600);
    const auto expectRefused = [&](const std::function<void(M3Estimator&)>& set, const std::string& text)
    {
        for (const std::string engine : ALL_ENGINES)
        {
            M3Estimator estimator(fabric);
            set(estimator);
            ExpectInputError([&] { estimator.Run(engine, flows); }, text);
            ExpectInputError([&] { estimator.RunPerFlow(engine, flows); }, text);
        }
    };
    for (const std::vector<uint64_t>& edges :
         {std::vector<uint64_t>{}, {5000}, {0, 50'000, 1000}, {0, 1000, 1000}, {1, 1000}})
    {
        expectRefused([&](M3Estimator& estimator) { estimator.sizeClasses.edges = edges; }, "size classes");
    }
    expectRefused([](M3Estimator& estimator) { estimator.threads = 4'000'000'000; },
                  "threads must be at least 0 and at most 4096");
    M3Estimator estimator(fabric);
    estimator.besidePackets = true; // m3 asks its model
    for (const auto& [option, text, error] : std::vector<std::array<std::string, 3>>{
             {"paths", "0", "--paths: must be at least 1"},
             {"windows", "0", "--windows: must be at least 1"},
             {"flows-per-window", "0", "--flows-per-window: must be at least 1"},
             {"flows-per-class", "0", "--flows-per-class: must be at least 1"},
             {"flows-per-path", std::to_string(UINT64_MAX), "--flows-per-path: must be at"},
             {"target-error", "nan", "--target-error"},
             {"target-error", "-1", "--target-error"},
             {"target-error", "1", "target error must be at least 0 and below 1"},
             {"scope", "x", "unknown scope 'x'; there are auto, network, windows, paths"},
             {"nothing", "1", "no engine has an option 'nothing'"}})
    {
        ExpectInputError([&, name = option, value = text] { estimator.Set(name, value); }, error);
    }
    estimator.Set("paths", "4000000000");
    for (const std::string engine : {"m3", "m3-paths", "published"})
    {
        ExpectInputError([&] { estimator.Run(engine, flows); }, "no more than 600 flows");
    }
    estimator.Set("paths", "600");
    estimator.Set("network-flows", "0");
    estimator.Set("windows-flows-per-host", std::to_string(UINT64_MAX)); // never windows
    EXPECT_TRUE(HasNote(estimator.Run("m3", flows), "scope network: "));
    estimator.sizeClasses.edges = {0, UINT64_MAX};
    EXPECT_EQ(estimator.Run("flowsim", flows).FlowCount(0), flows.size());
}

TEST(PublicFields, OfFlowsAndWorkloadsAreChecked)
{
    M3Estimator estimator(HubOf(4));
    for (const std::string engine : ALL_ENGINES)
    {
        ExpectInputError([&] { estimator.Run(engine, {}); }, "no flows");
        ExpectInputError(
            [&] {
                estimator.Run(engine, {{0, 1, UINT64_MAX, 0}});
            },
            "flow 0: needs a size of at most 1 PB");
        ExpectInputError([&] { estimator.Run(engine, {{0, 1, 1, INT64_MAX}}); }, "flow 0: needs");
        ExpectInputError([&] { estimator.Run(engine, {{0, 1, 1, 0, 8}}); }, "flow 0: needs a priority group");
    }
    WorkloadHelper workload;
    workload.flows = UINT64_MAX;
    ExpectInputError([&] { workload.Generate(estimator.Fabric()); }, "flows: must be");
    workload.flows = 10;
    workload.headerBytes = UINT32_MAX;
    ExpectInputError([&] { workload.Generate(estimator.Fabric()); }, "header bytes: must be");
    ThreeTierShape shape;
    shape.pods = 4'000'000'000;
    ExpectInputError([&] { FabricHelper::ThreeTier(shape); }, "too large");
}

TEST(PublicFields, OfReportsAreChecked)
{
    SlowdownReport report("packet");
    report.Add(0, 1.5);
    report.Finish();
    EXPECT_EQ(report.ClassQuantile(0, 0.5), 1.5);
    EXPECT_TRUE(std::isnan(report.ClassQuantile(3, 0.5)));
    ExpectInputError([&] { report.ClassQuantile(17, 0.5); }, "no class 17");
    ExpectInputError([&] { report.ClassMean(4); }, "there are size classes 0 to 3, no class 4");
    ExpectInputError([&] { report.FlowCount(4); }, "no class 4");
    ExpectInputError([&] { report.ClassInterval(4, 0.5); }, "no class 4");
    ExpectInputError([&] { report.Add(4, 1); }, "no class 4");
    for (const double wrong : {99.0, -0.01, std::nan("")})
    {
        ExpectInputError([&] { report.OverallQuantile(wrong); }, "a quantile must be in [0, 1]");
        ExpectInputError([&] { report.ClassQuantile(0, wrong); }, "a quantile must be in [0, 1]");
        ExpectInputError([&] { report.OverallInterval(0.5, wrong); }, "the level of an interval");
    }
    SizeClasses classes;
    classes.edges = {10, 20};
    ExpectInputError([&] { SlowdownReport wrong("packet", classes); }, "size classes");
}
