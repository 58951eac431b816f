// SPDX-License-Identifier: GPL-2.0-only
// flowSim's classes beside those of packets.
#include "ns3/m3-engine.h"
#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-rdma-config.h"
#include "ns3/m3-scenario.h"
#include "ns3/m3-schedule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

using namespace ns3::m3;

namespace
{

constexpr double ROUGHLY = 0.04; //!< of packets, whose congestion control does not hold a rate to the digit

/// Five hosts at one switch.
FabricGraph Funnel()
{
    FabricGraph fabric;
    for (int host = 0; host < 5; host++)
    {
        fabric.AddNode(NodeKind::HOST);
    }
    fabric.AddNode(NodeKind::SWITCH);
    for (NodeId host = 0; host < 5; host++)
    {
        fabric.AddLink(host, 5, 10'000'000'000, 1000);
    }
    return fabric;
}

std::vector<double> ReceiverFcts(const std::string& engine, const Scenario& scenario)
{
    std::vector<double> fcts;
    for (const CompletionTime& time : MakeEngine(engine)->RunPerFlow(scenario, Question()))
    {
        fcts.push_back(time.receiverNs);
    }
    return fcts;
}

void ExpectRoughlyEqual(const Scenario& scenario)
{
    const std::vector<double> packets = ReceiverFcts("packet", scenario);
    const std::vector<double> fluid = ReceiverFcts("flowsim", scenario);
    for (std::size_t id = 0; id < packets.size(); id++)
    {
        EXPECT_NEAR(fluid[id] / packets[id], 1, ROUGHLY) << "flow " << id;
    }
}

} // namespace

TEST(FlowsimClasses, AClassHasAsMuchAsAnotherThatHasThreeFlows)
{
    // 10 Gb/s: 5 for the class of one flow, 5 / 3 for each of the others, so that its 9 MB take as long as their 3 MB
    const FabricGraph fabric = Funnel();
    const FlowList flows{{0, 4, 3'000'000, 0, 1},
                         {1, 4, 3'000'000, 0, 1},
                         {2, 4, 3'000'000, 0, 1},
                         {3, 4, 9'000'000, 0, 2}};
    const Scenario scenario(fabric, RdmaConfig(), flows);
    ExpectRoughlyEqual(scenario);
    const std::vector<double> fluid = ReceiverFcts("flowsim", scenario);
    EXPECT_NEAR(fluid[0] / fluid[3], 1, 1e-3);
}

TEST(FlowsimClasses, WeightsAndStrictClassesAreThoseOfPackets)
{
    const FabricGraph fabric = Funnel();
    const FlowList flows{{0, 4, 4'000'000, 0, 1},
                         {1, 4, 4'000'000, 0, 1},
                         {2, 4, 6'000'000, 0, 2},
                         {3, 4, 2'000'000, 1'000'000, 0}};
    RdmaConfig config;
    ClassWeights weights;
    weights.Set(1, 3);
    config.packedClassWeights = weights.Packed();
    ExpectRoughlyEqual(Scenario(fabric, config, flows));
}

TEST(FlowsimClasses, HostsTellClassesApartInStandardMode)
{
    const FabricGraph fabric = Funnel(); // one host sends three flows of one class and one of another
    const FlowList flows{{0, 1, 3'000'000, 0, 1},
                         {0, 2, 3'000'000, 0, 1},
                         {0, 3, 3'000'000, 0, 1},
                         {0, 4, 9'000'000, 0, 2}};
    ExpectRoughlyEqual(Scenario(fabric, RdmaConfig(), flows));
    RdmaConfig published;
    published.mode = EngineMode::HPCC;
    const std::vector<double> fluid = ReceiverFcts("flowsim", Scenario(fabric, published, flows));
    EXPECT_NEAR(fluid[3] / fluid[0], 1.5, 1e-2) << "pairs take turns whatever their class: 12 MB, then 6 MB alone";
}

TEST(FlowsimClasses, FlowsOfASchedule)
{
    // flow 4 comes when flow 3 is over, of the class of the first three
    const FabricGraph fabric = Funnel();
    Schedule schedule(FlowList{{0, 4, 3'000'000, 0, 1},
                               {1, 4, 3'000'000, 0, 1},
                               {2, 4, 3'000'000, 0, 1},
                               {3, 4, 3'000'000, 0, 2},
                               {3, 4, 3'000'000, 0, 1}});
    schedule.AddDependency(TaskId::OfFlow(4), {TaskId::OfFlow(3), TaskEvent::RECEIVED, 0});
    ExpectRoughlyEqual(Scenario(fabric, RdmaConfig(), schedule));
}

TEST(FlowsimClasses, SampledBeginsItsWindowsFromFlowsim)
{
    const FabricGraph fabric = Funnel();
    FlowList flows;
    for (uint32_t id = 0; id < 30'000; id++)
    {
        flows.push_back({id % 4, 4, 1000 + id * 7919 % 9000, id * 7000, static_cast<uint8_t>(1 + id % 2)});
    }
    const Scenario scenario(fabric, RdmaConfig(), flows);
    std::unique_ptr<Engine> sampled = MakeEngine("sampled");
    sampled->Set("windows", "3");
    sampled->Set("flows-per-window", "500");
    const SlowdownReport report = sampled->Run(scenario, Question());
    const auto& notes = report.Notes();
    const auto has = [&](const std::string& text)
    {
        return std::any_of(notes.begin(),
                           notes.end(),
                           [&](const std::string& note) { return note.find(text) != std::string::npos; });
    };
    EXPECT_TRUE(has("m3 knows no classes of flows: windows begin with the flows that flowsim has under way"));
    EXPECT_TRUE(has("each begins with the flows that flowsim expects to be under way"));
}
