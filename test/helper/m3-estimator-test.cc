// SPDX-License-Identifier: GPL-2.0-only
// The estimator on ns-3 nodes, with every engine, and the checkpoint that is shipped.
#include "temporary-folder.h"

#include "fabric/fabric-from-nodes.h"
#include "flowsim/fabric-flow-sim.h"
#include "nn/correction-model.h"
#include "ns3/m3-congestion-control.h"
#include "ns3/m3-dctcp.h"
#include "ns3/m3-estimator.h"
#include "ns3/m3-fabric-helper.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-packet-simulation.h"
#include "ns3/m3-report-writer.h"
#include "ns3/m3-workload-helper.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>

using namespace ns3::m3;

namespace
{

ThreeTierShape SmallShape()
{
    ThreeTierShape shape;
    shape.racksPerPod = 2;
    shape.hostsPerRack = 4;
    return shape;
}

FlowList SomeFlows(const ns3::NodeContainer& nodes, double load = 0.5)
{
    WorkloadHelper workload;
    workload.flows = 10000;
    workload.load = load;
    return workload.Generate(nodes);
}

std::vector<double> ReceiverTimes(M3Estimator& estimator, const std::string& engine, const FlowList& flows)
{
    std::vector<double> times;
    for (const CompletionTime& time : estimator.RunPerFlow(engine, flows))
    {
        EXPECT_GT(time.senderNs, time.receiverNs);
        times.push_back(time.receiverNs);
    }
    return times;
}

} // namespace

TEST(FabricHelper, NodesGiveTheFabricBack)
{
    const FabricGraph expected = MakeThreeTier(SmallShape());
    const FabricGraph fabric = ReadFabric(FabricHelper::ThreeTier(SmallShape()));
    ASSERT_EQ(fabric.LinkCount(), expected.LinkCount());
    ASSERT_EQ(fabric.NodeCount(), expected.NodeCount());
    for (NodeId node = 0; node < fabric.NodeCount(); node++)
    {
        EXPECT_EQ(fabric.IsHost(node), expected.IsHost(node));
        ASSERT_EQ(fabric.EgressLinks(node).size(), expected.EgressLinks(node).size());
        for (std::size_t port = 0; port < fabric.EgressLinks(node).size(); port++)
        {
            const FabricLink& a = fabric.Link(fabric.EgressLinks(node)[port]);
            const FabricLink& b = expected.Link(expected.EgressLinks(node)[port]);
            EXPECT_EQ(a.to, b.to);
            EXPECT_EQ(a.bitsPerSecond, b.bitsPerSecond);
            EXPECT_EQ(a.delayNs, b.delayNs);
        }
    }
}

TEST(FabricFlowSim, StreamedSlowdownsAreThoseOfTheList)
{
    const ns3::NodeContainer nodes = FabricHelper::ThreeTier(SmallShape());
    const FlowList flows = SomeFlows(nodes, 0.7);
    const FabricGraph fabric = ReadFabric(nodes);
    const RouteTable routes(fabric, EngineMode::STANDARD);
    const auto expected =
        FabricFlowSimSlowdowns(fabric, flows, MakeFabricFluid(fabric, routes, flows, DATA_HEADER_BYTES));
    std::vector<double> streamed(flows.size(), 0);
    StreamFabricFlowSim(fabric,
                        routes,
                        flows,
                        DATA_HEADER_BYTES,
                        [&](uint32_t flow, double slowdown) { streamed[flow] += slowdown; });
    EXPECT_EQ(streamed, expected);
}

TEST(M3Estimator, AllEnginesAnswerOnTheSameNodes)
{
    const ns3::NodeContainer nodes = FabricHelper::ThreeTier(SmallShape());
    const FlowList flows = SomeFlows(nodes);
    for (CongestionControlType control : {CongestionControlType::DCTCP, CongestionControlType::HPCC})
    {
        M3Estimator estimator(nodes);
        estimator.config.congestionControl = control;
        const SlowdownReport truth = estimator.Run("packet", flows);
        EXPECT_EQ(truth.Unfinished(), 0U);
        for (const std::string engine : {"flowsim", "parsimon", "m3"})
        {
            const SlowdownReport report = estimator.Run(engine, flows);
            EXPECT_EQ(report.FlowCount(), flows.size());
            for (std::size_t c = 0; c < report.Classes().Count(); c++)
            {
                EXPECT_EQ(report.FlowCount(c), truth.FlowCount(c));
                EXPECT_GE(report.ClassQuantile(c, 0.01), 1);
                EXPECT_LE(report.ClassQuantile(c, 0.5), report.ClassQuantile(c, 0.99));
            }
        }
    }
}

TEST(M3Estimator, TheShippedModelIsCloserThanFlowSim)
{
    const ns3::NodeContainer nodes = FabricHelper::ThreeTier(SmallShape());
    for (CongestionControlType control : {CongestionControlType::DCTCP,
                                          CongestionControlType::DCQCN,
                                          CongestionControlType::HPCC,
                                          CongestionControlType::TIMELY})
    {
        double model = 0;
        double fluid = 0;
        for (double load : {0.3, 0.6})
        {
            const FlowList flows = SomeFlows(nodes, load);
            M3Estimator estimator(nodes);
            estimator.config.congestionControl = control;
            const SlowdownReport truth = estimator.Run("packet", flows);
            const auto error = [&](const std::string& engine)
            {
                const SlowdownReport report = estimator.Run(engine, flows);
                double sum = 0;
                for (std::size_t c = 0; c < report.Classes().Count(); c++)
                {
                    sum += std::abs(std::log(report.ClassQuantile(c, 0.99) / truth.ClassQuantile(c, 0.99)));
                }
                return sum;
            };
            model += error("m3");
            fluid += error("flowsim");
        }
        EXPECT_LT(model, 0.5 * fluid) << CongestionControlName(control);
    }
}

TEST(M3Estimator, PathsAndNetworkAgreeRoughly)
{
    const ns3::NodeContainer nodes = FabricHelper::ThreeTier(SmallShape());
    const FlowList flows = SomeFlows(nodes, 0.4);
    M3Estimator estimator(nodes);
    const SlowdownReport network = estimator.Run("m3", flows);
    estimator.Set("scope", "paths");
    const SlowdownReport paths = estimator.Run("m3", flows);
    EXPECT_EQ(paths.FlowCount(), flows.size());
    for (double p : {0.5, 0.9, 0.99})
    {
        EXPECT_NEAR(std::log(paths.OverallQuantile(p) / network.OverallQuantile(p)), 0, 0.25) << p;
    }
    EXPECT_THROW(estimator.Set("paths", "0"), InputError);
}

TEST(M3Estimator, ThePublishedMethodAnswersInItsTerms)
{
    const ns3::NodeContainer nodes = FabricHelper::ThreeTier(SmallShape());
    const FlowList flows = SomeFlows(nodes, 0.4);
    M3Estimator estimator(nodes);
    const SlowdownReport report = estimator.Run("published", flows);
    EXPECT_EQ(report.FlowCount(), flows.size());
    for (std::size_t c = 0; c < report.Classes().Count(); c++)
    {
        EXPECT_GE(report.ClassQuantile(c, 0.01), 1);
        EXPECT_LE(report.ClassQuantile(c, 0.5), report.ClassQuantile(c, 0.99));
        EXPECT_LT(report.ClassQuantile(c, 0.99), 100);
    }
    const SlowdownReport again = estimator.Run("published", flows);
    EXPECT_EQ(report.OverallQuantile(0.99), again.OverallQuantile(0.99));
    // each has its own kind of model
    EXPECT_NE(estimator.Run("m3", flows).OverallQuantile(0.99), report.OverallQuantile(0.99));
    EXPECT_THROW(estimator.RunPerFlow("published", flows), InputError);
    estimator.sizeClasses = SizeClasses::Parse("0,5000");
    EXPECT_THROW(estimator.Run("published", flows), InputError);
    estimator.sizeClasses = SizeClasses();
    estimator.config.congestionControl = CongestionControlType::NONE;
    EXPECT_THROW(estimator.Run("published", flows), InputError);
}

TEST(M3Estimator, NamesWhatTheModelWasNotTrainedOn)
{
    const ns3::NodeContainer nodes = FabricHelper::ThreeTier(SmallShape());
    const FlowList flows = SomeFlows(nodes);
    M3Estimator estimator(nodes);
    for (const std::string scope : {"network", "paths"})
    {
        estimator.Set("scope", scope);
        estimator.config.windowBytes.reset();
        SlowdownReport report = estimator.Run("m3", flows);
        EXPECT_TRUE(report.Notes().empty()) << report.Notes().front();
        estimator.config.windowBytes = 30'000'000; // a hundred BDPs of a host
        report = estimator.Run("m3", flows);
        const auto& notes = report.Notes();
        ASSERT_FALSE(notes.empty());
        EXPECT_NE(notes[0].find("trained on: window in BDPs"), std::string::npos) << notes[0];
    }
}

TEST(M3Estimator, MoreLoadMeansMoreSlowdown)
{
    const ns3::NodeContainer nodes = FabricHelper::ThreeTier(SmallShape());
    M3Estimator estimator(nodes);
    double before = 0;
    for (double load : {0.2, 0.5, 0.8})
    {
        const double p99 = estimator.Run("m3", SomeFlows(nodes, load)).OverallQuantile(0.99);
        EXPECT_GT(p99, before);
        before = p99;
    }
}

TEST(M3Estimator, DrawsTheSameFlowsForTheSameSeed)
{
    const ns3::NodeContainer nodes = FabricHelper::ThreeTier(SmallShape());
    const FlowList flows = SomeFlows(nodes);
    M3Estimator estimator(nodes);
    estimator.Set("flows-per-class", "100");
    const double first = estimator.Run("m3", flows).OverallQuantile(0.9);
    EXPECT_EQ(first, estimator.Run("m3", flows).OverallQuantile(0.9));
    estimator.seed = 2;
    EXPECT_NE(first, estimator.Run("m3", flows).OverallQuantile(0.9));
}

TEST(M3Estimator, GivesTheSameDigitsOnAnyNumberOfThreads)
{
    const ns3::NodeContainer nodes = FabricHelper::ThreeTier(SmallShape());
    const FlowList flows = SomeFlows(nodes);
    M3Estimator estimator(nodes);
    estimator.Set("paths", "100");
    for (const std::string engine : {"m3-network", "m3-windows", "m3-paths", "published"})
    {
        std::vector<std::string> written;
        for (const uint32_t threads : {1, 2, 3})
        {
            estimator.threads = threads;
            std::ostringstream csv;
            WriteReportCsv({estimator.Run(engine, flows)}, csv);
            written.push_back(csv.str());
        }
        EXPECT_GT(written[0].size(), 1000U);
        EXPECT_EQ(written[0], written[1]);
        EXPECT_EQ(written[0], written[2]);
    }
}

TEST(M3Estimator, SaysWhereLossesMakeTheTail)
{
    M3Estimator estimator(FabricHelper::ThreeTier(SmallShape()));
    const FlowList flows = SomeFlows(FabricHelper::ThreeTier(SmallShape()), 0.8);
    estimator.config.bufferBytes = 600'000;
    const auto noted = [](const SlowdownReport& report)
    {
        const auto& notes = report.Notes();
        return std::any_of(notes.begin(),
                           notes.end(),
                           [](const std::string& note) { return note.find("retransmissions") != std::string::npos; });
    };
    EXPECT_FALSE(noted(estimator.Run("m3", flows)));
    estimator.config.pfc = false;
    EXPECT_FALSE(noted(estimator.Run("m3", flows))) << "buffers are large enough";
    std::vector<RdmaConfig> configs(2, estimator.config);
    configs[1].bufferBytes = 50'000;
    std::vector<bool> several(2);
    estimator.RunConfigurations("m3",
                                flows,
                                configs,
                                [&](std::size_t index, const SlowdownReport& report)
                                { several[index] = noted(report); });
    EXPECT_EQ(several, (std::vector<bool>{false, true}));
    estimator.config = configs[1];
    EXPECT_TRUE(noted(estimator.Run("m3", flows)));
}

TEST(M3Estimator, PacketsTellWhatSwitchesDropped)
{
    M3Estimator estimator(FabricHelper::ThreeTier(SmallShape()));
    estimator.config.bufferBytes = 1'000'000;
    WorkloadHelper workload;
    workload.flows = 2000;
    workload.load = 0.8;
    workload.sizes = "constant:100000";
    const FlowList flows = workload.Generate(estimator.Fabric());
    const SlowdownReport paused = estimator.Run("packet", flows);
    ASSERT_TRUE(paused.packetCounts);
    EXPECT_EQ(paused.packetCounts->switchDrops, 0U) << "pauses keep them from dropping";
    EXPECT_EQ(paused.packetCounts->retransmissions, 0U);
    estimator.config.pfc = false;
    estimator.config.bufferBytes = 50'000;
    const PacketResult run = RunPacketSimulation(estimator.Fabric(), estimator.config, flows);
    ASSERT_GT(run.switchDrops, 0U);
    const SlowdownReport report = estimator.Run("packet", flows);
    ASSERT_TRUE(report.packetCounts);
    EXPECT_EQ(report.packetCounts->switchDrops, run.switchDrops);
    EXPECT_EQ(report.packetCounts->linkLosses, 0U);
    EXPECT_GE(report.packetCounts->retransmissions, run.switchDrops) << "go-back-N sends at least what was dropped";
}

TEST(M3Estimator, ConfigurationsTogetherAreThoseOneByOne)
{
    const ns3::NodeContainer nodes = FabricHelper::ThreeTier(SmallShape());
    const FlowList flows = SomeFlows(nodes);
    M3Estimator estimator(nodes);
    estimator.Set("flows-per-class", "500");
    estimator.threads = 1; // with more, so few share no look at their hops
    std::vector<RdmaConfig> configs(8);
    configs[1].windowBytes = 8000;
    configs[2].Of<DctcpConfig>().kBytes = 40'000; // hops as of the first
    configs[3].bufferBytes = 1'000'000;
    configs[4].windowBytes = 8000; // hops as of the second
    configs[4].congestionControl = CongestionControlType::DCQCN;
    configs[5].congestionControl = CongestionControlType::HPCC; // other headers
    configs[6].congestionControl = CongestionControlType::TIMELY;
    configs[6].mode = EngineMode::HPCC;
    configs[6].bufferBytes = 10'000'000;
    for (const std::string scope : {"network", "windows", "paths"})
    {
        estimator.Set("scope", scope);
        std::set<std::size_t> done;
        estimator.config = RdmaConfig();
        const auto end = scope == "network" ? configs.end() : configs.begin() + 2; // others share nothing
        const std::vector<RdmaConfig> some(configs.begin(), end);
        estimator.RunConfigurations("m3",
                                    flows,
                                    some,
                                    [&](std::size_t index, const SlowdownReport& report)
                                    {
                                        EXPECT_TRUE(done.insert(index).second);
                                        M3Estimator alone(nodes);
                                        alone.Set("flows-per-class", "500");
                                        alone.Set("scope", scope);
                                        alone.config = configs[index];
                                        const SlowdownReport expected = alone.Run("m3", flows);
                                        EXPECT_EQ(report.FlowCount(), flows.size());
                                        EXPECT_EQ(report.OverallQuantile(0.99), expected.OverallQuantile(0.99));
                                        EXPECT_EQ(report.ClassQuantile(1, 0.5), expected.ClassQuantile(1, 0.5));
                                        EXPECT_EQ(report.Notes(), expected.Notes());
                                    });
        EXPECT_EQ(done.size(), some.size());
        EXPECT_EQ(estimator.config.windowBytes, RdmaConfig().windowBytes);
    }
    configs[7].congestionControl = CongestionControlType::NONE;
    EXPECT_THROW(estimator.RunConfigurations("m3",
                                             flows,
                                             configs,
                                             [](std::size_t, const SlowdownReport&) { ADD_FAILURE() << "half done"; }),
                 InputError);
}

TEST(M3Estimator, AFluidRunServesOtherConfigurations)
{
    const ns3::NodeContainer nodes = FabricHelper::ThreeTier(SmallShape());
    const FlowList flows = SomeFlows(nodes);
    M3Estimator keeps(nodes);
    keeps.keepFluidRun = true;
    for (CongestionControlType control : {CongestionControlType::DCTCP,
                                          CongestionControlType::DCQCN, // the same headers
                                          CongestionControlType::HPCC,  // others
                                          CongestionControlType::DCTCP})
    {
        for (uint64_t window : {8000, 30'000})
        {
            M3Estimator anew(nodes);
            anew.config.congestionControl = keeps.config.congestionControl = control;
            anew.config.windowBytes = keeps.config.windowBytes = window;
            EXPECT_EQ(keeps.Run("m3", flows).OverallQuantile(0.99), anew.Run("m3", flows).OverallQuantile(0.99));
        }
    }
    FlowList other = flows;
    other[0].sizeBytes += 1'000'000;
    EXPECT_NE(ReceiverTimes(keeps, "flowsim", other), ReceiverTimes(keeps, "flowsim", flows));
}

TEST(M3Estimator, CompletionTimesOfSingleFlowsAreThoseOfTheReport)
{
    const ns3::NodeContainer nodes = FabricHelper::ThreeTier(SmallShape());
    const FlowList flows = SomeFlows(nodes);
    M3Estimator estimator(nodes);
    estimator.Set("flows-per-class", std::to_string(flows.size()));
    const RouteTable routes(estimator.Fabric(), EngineMode::STANDARD);
    const FabricFluid fluid = MakeFabricFluid(estimator.Fabric(), routes, flows, DATA_HEADER_BYTES);
    for (const std::string engine : {"packet", "flowsim", "parsimon", "m3"})
    {
        const SlowdownReport report = estimator.Run(engine, flows);
        const std::vector<double> fcts = ReceiverTimes(estimator, engine, flows);
        ASSERT_EQ(fcts.size(), flows.size());
        SlowdownReport again;
        for (std::size_t id = 0; id < flows.size(); id++)
        {
            const double ideal = UncongestedFctOf(estimator.Fabric(), flows, fluid, id).idealNs;
            again.Add(again.Classes().ClassOf(flows[id].sizeBytes), fcts[id] / ideal);
        }
        again.Finish();
        for (double p : {0.5, 0.9, 0.99})
        {
            const double tolerance = engine == "m3" ? 0.06 : 1e-9; // drawn at random
            EXPECT_NEAR(std::log(again.OverallQuantile(p) / report.OverallQuantile(p)), 0, tolerance)
                << engine << ' ' << p;
        }
    }
    EXPECT_EQ(ReceiverTimes(estimator, "m3", flows), ReceiverTimes(estimator, "m3", flows));
    estimator.Set("scope", "paths");
    EXPECT_THROW(estimator.RunPerFlow("m3", flows), InputError);
}

TEST(M3Estimator, HalfOfWhatIsDrawnForAFlowLiesBelowItsMedian)
{
    const ns3::NodeContainer nodes = FabricHelper::ThreeTier(SmallShape());
    FlowList flows = SomeFlows(nodes);
    flows.resize(200);
    M3Estimator estimator(nodes);
    estimator.keepFluidRun = true;
    estimator.medianFcts = true;
    const std::vector<double> medians = ReceiverTimes(estimator, "m3-network", flows);
    estimator.seed++;
    EXPECT_EQ(ReceiverTimes(estimator, "m3-network", flows), medians); // nothing is drawn
    estimator.medianFcts = false;
    constexpr int DRAWS = 40;
    std::vector<std::vector<double>> times;
    for (int draw = 0; draw < DRAWS; draw++, estimator.seed++)
    {
        times.push_back(ReceiverTimes(estimator, "m3-network", flows));
    }
    double below = 0;
    double drawn = 0;
    double ideal = 0; // drawn for flows whose median is the ideal time
    double drawnOfThese = 0;
    for (std::size_t flow = 0; flow < flows.size(); flow++)
    {
        const auto count = [&](auto&& compare)
        {
            return std::count_if(times.begin(),
                                 times.end(),
                                 [&](const auto& all) { return compare(all[flow], medians[flow]); });
        };
        if (count(std::equal_to<>()) > 0)
        {
            EXPECT_EQ(count(std::less<>()), 0) << "only the ideal time is drawn more than once";
            ideal += static_cast<double>(count(std::equal_to<>()));
            drawnOfThese += DRAWS;
            continue;
        }
        below += static_cast<double>(count(std::less<>()));
        drawn += DRAWS;
    }
    constexpr double DEVIATIONS = 4;
    EXPECT_GT(drawn, 0.5 * DRAWS * static_cast<double>(flows.size())) << "most flows wait for others";
    EXPECT_NEAR(below / drawn, 0.5, DEVIATIONS * 0.5 / std::sqrt(drawn));
    EXPECT_GT(ideal, 0.5 * drawnOfThese - DEVIATIONS * 0.5 * std::sqrt(drawnOfThese)) << "half lies at it at least";
}

TEST(M3Estimator, IntervalsHoldWhatAllFlowsWouldGive)
{
    const ns3::NodeContainer nodes = FabricHelper::ThreeTier(SmallShape());
    FlowList flows = SomeFlows(nodes);
    flows.resize(3000);
    M3Estimator estimator(nodes);
    estimator.besidePackets = true; // m3 asks its model
    estimator.Set("flows-per-class", std::to_string(flows.size()));
    const SlowdownReport all = estimator.Run("m3", flows);
    EXPECT_EQ(all.OverallSamplingInterval(0.99).low, all.OverallSamplingInterval(0.99).high) << "nothing was left out";
    EXPECT_LT(all.OverallInterval(0.99).low, all.OverallQuantile(0.99)) << "the model may be off all the same";
    EXPECT_GT(all.ClassInterval(0, 0.5).high, all.ClassQuantile(0, 0.5));
    estimator.Set("flows-per-class", "100");
    constexpr uint32_t REPETITIONS = 200;
    uint32_t held = 0;
    for (estimator.seed = 1; estimator.seed <= REPETITIONS; estimator.seed++)
    {
        const ConfidenceInterval interval = estimator.Run("m3", flows).OverallSamplingInterval(0.99);
        held += interval.low <= all.OverallQuantile(0.99) && all.OverallQuantile(0.99) <= interval.high;
    }
    EXPECT_GE(held, 0.9 * REPETITIONS);
    EXPECT_LE(held, 0.99 * REPETITIONS);

    // asked to, it draws until the interval is narrow
    for (const std::string scope : {"network", "paths"})
    {
        estimator.Set("scope", scope);
        estimator.Set("paths", "50");
        estimator.Set("target-error", "0.05");
        const SlowdownReport narrow = estimator.Run("m3", flows);
        const ConfidenceInterval interval = narrow.OverallSamplingInterval(0.99);
        EXPECT_LE(interval.high, 1.05 * narrow.OverallQuantile(0.99));
        EXPECT_GE(interval.low, 0.95 * narrow.OverallQuantile(0.99));
    }
    EXPECT_THROW(estimator.Set("target-error", "-1"), InputError);
}

TEST(M3Estimator, ARegisteredControlNeedsAModelOfItsOwn)
{
    class Still : public CongestionControl
    {
        void OnAck(SenderControl&, const AckInfo&) override
        {
        }
    };

    const ns3::NodeContainer nodes = FabricHelper::ThreeTier(SmallShape());
    const FlowList flows = SomeFlows(nodes);
    M3Estimator estimator(nodes);
    estimator.config.congestionControl =
        RegisterCongestionControl("still", [](const RdmaConfig&, uint64_t) { return std::make_unique<Still>(); });
    EXPECT_THROW(estimator.Run("m3", flows), InputError);
    estimator.Set("checkpoint", CorrectionModel::ShippedCheckpoint(Scope::NETWORK)); // any that the user stands for
    EXPECT_EQ(estimator.Run("m3", flows).FlowCount(), flows.size());
}

TEST(M3Estimator, RefusesWrongInput)
{
    const ns3::NodeContainer nodes = FabricHelper::ThreeTier(SmallShape());
    M3Estimator estimator(nodes);
    const NodeId aSwitch = estimator.Fabric().NodeCount() - 1;
    EXPECT_THROW(estimator.Run("m3", {}), InputError);
    for (const Flow& wrong :
         {Flow{0, aSwitch, 1000, 0}, Flow{0, 9999, 1000, 0}, Flow{3, 3, 1000, 0}, Flow{0, 1, 0, 0}, Flow{0, 1, 1, -1}})
    {
        for (const std::string engine : {"packet", "flowsim", "parsimon", "m3"})
        {
            EXPECT_THROW(estimator.Run(engine, {wrong}), InputError);
        }
    }
    const auto file = TemporaryFolder() / "no-model.pt";
    estimator.Set("checkpoint", file.string());
    EXPECT_THROW(estimator.Run("m3", {{0, 1, 1000, 0}}), InputError);
    std::ofstream(file) << "not a checkpoint";
    EXPECT_THROW(estimator.Run("m3", {{0, 1, 1000, 0}}), InputError);
    std::filesystem::remove(file);
    EXPECT_THROW(estimator.Run("fluid", {{0, 1, 1000, 0}}), InputError);
}
