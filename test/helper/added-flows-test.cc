// SPDX-License-Identifier: GPL-2.0-only
// Flows that a script adds to a packet run while it goes on.
#include "input-file.h"
#include "packet/engine/star.h"

#include "core/random-stream.h"
#include "ns3/boolean.h"
#include "ns3/enum.h"
#include "ns3/integer.h"
#include "ns3/m3-fabric-helper.h"
#include "ns3/m3-fabric-shapes.h"
#include "ns3/m3-packet-outcome.h"
#include "ns3/m3-rdma-network.h"
#include "ns3/m3-schedule.h"
#include "ns3/simulator.h"
#include "ns3/string.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

using namespace ns3;
using namespace ns3::m3;

namespace
{

/// A network whose callbacks add flows, and what they did as a schedule.
class Client
{
  public:
    Client(const FabricGraph& fabric, const std::string& control, RdmaNetwork::Mode mode)
        : network(CreateObject<RdmaNetwork>())
    {
        network->SetAttribute("CongestionControl", StringValue(control));
        network->SetAttribute("Mode", EnumValue(mode));
        network->SetNodes(FabricHelper::Install(fabric));
        network->TraceConnectWithoutContext("FlowReceived", MakeCallback(&Client::OnFlowReceived, this));
        network->TraceConnectWithoutContext("FlowEnd", MakeCallback(&Client::OnFlowEnd, this));
    }

    /// Runs flows that start at 0.
    PacketResult Run(const FlowList& flows, Time stop = Time::Max())
    {
        for (const Flow& flow : flows)
        {
            schedule.AddFlow(flow);
        }
        return network->Run(flows, stop);
    }

    /// Adds a flow that waits for an event of another one, which is now.
    void AddAfter(uint32_t flow, TaskEvent event, int64_t delayNs, const Flow& added)
    {
        Flow due = added;
        due.startNs = network->RunTime().GetNanoSeconds() + delayNs;
        const uint32_t number = network->AddFlow(due);
        const TaskId task = schedule.AddFlow(added);
        ASSERT_EQ(task.Index(), number);
        schedule.AddDependency(task, {TaskId::OfFlow(flow), event, delayNs});
    }

    Ptr<RdmaNetwork> network;
    Schedule schedule; //!< what was run
    std::function<void(uint32_t flow, TaskEvent event)> onEvent;
    std::vector<std::pair<uint32_t, int64_t>> ends; //!< what FlowEnd told: flow and FCT, ns

  private:
    void OnFlowReceived(uint32_t flow, Time fct)
    {
        EXPECT_GE(network->RunTime() - fct, NanoSeconds(network->Flows()[flow].startNs));
        onEvent(flow, TaskEvent::RECEIVED);
    }

    void OnFlowEnd(uint32_t flow, Time fct)
    {
        ends.emplace_back(flow, fct.GetNanoSeconds());
        if (fct.IsStrictlyPositive()) // else it gave up
        {
            onEvent(flow, TaskEvent::SENT);
        }
    }
};

/// What a run says of its flows and packets.
auto NumbersOf(const PacketResult& result)
{
    std::vector<std::tuple<int64_t, int64_t, Unfinished>> flows;
    for (const FlowOutcome& flow : result.flows)
    {
        flows.emplace_back(flow.receiverFctNs, flow.senderFctNs, flow.unfinished);
    }
    return std::tuple(flows,
                      result.completionOrder,
                      std::vector<uint64_t>{result.dataHops,
                                            result.ackHops,
                                            result.switchDrops,
                                            result.linkLosses,
                                            result.retransmissions,
                                            result.ecnMarks,
                                            result.pfc.size()});
}

PacketResult RunAsSchedule(const Client& client)
{
    PacketRunOptions options;
    options.schedule = &client.schedule;
    options.recordPfc = true;
    return RunPacketSimulation(client.network->Fabric(), client.network->Config(), client.schedule.Flows(), options);
}

class AddedFlows : public testing::TestWithParam<std::pair<const char*, RdmaNetwork::Mode>>
{
};

} // namespace

TEST_P(AddedFlows, AClosedLoopGivesWhatItsScheduleGives)
{
    const auto& [control, mode] = GetParam();
    const FabricGraph fabric = Star(6, 10 * GBIT);
    Client client(fabric, control, mode);
    // 5 clients send a request each to host 5, which replies 300 ns after it is there; then the next one follows
    client.onEvent = [&](uint32_t flow, TaskEvent event)
    {
        const Flow told = client.network->Flows()[flow];
        if (event == TaskEvent::RECEIVED && told.dst == 5)
        {
            client.AddAfter(flow, event, 300, {5, told.src, 40'000, 0});
        }
        else if (event == TaskEvent::SENT && told.src == 5 && flow < 90)
        {
            client.AddAfter(flow, event, 0, {told.dst, 5, 30'000, 0});
        }
    };
    FlowList first;
    for (uint32_t host = 0; host < 5; host++)
    {
        first.push_back({host, 5, 30'000, 0});
    }
    const PacketResult result = client.Run(first);
    EXPECT_GT(result.flows.size(), 90U);
    EXPECT_EQ(result.flows.size(), client.network->Flows().size());
    EXPECT_EQ(UnfinishedText(result), "");
    EXPECT_EQ(client.ends.size(), result.flows.size());
    for (const auto& [flow, fct] : client.ends)
    {
        EXPECT_EQ(fct, result.flows[flow].receiverFctNs) << flow;
    }
    const PacketResult scheduled = RunAsSchedule(client);
    EXPECT_EQ(NumbersOf(result), NumbersOf(scheduled));
    for (std::size_t flow = 0; flow < result.flows.size(); flow++)
    {
        EXPECT_EQ(client.network->Flows()[flow].startNs, scheduled.taskStartsNs[flow]) << flow;
    }
}

TEST_P(AddedFlows, SchedulesTakeAddedFlows)
{
    // a chain, of which the first part is a schedule and the second is added
    const auto& [control, mode] = GetParam();
    Client client(Star(3, 10 * GBIT), control, mode);
    Schedule chain;
    for (uint32_t i = 0; i < 20; i++)
    {
        const TaskId flow = chain.AddFlow({i % 2, 2, 20'000 + i, 0});
        if (i > 0)
        {
            chain.AddDependency(flow, {TaskId::OfFlow(i - 1), TaskEvent::SENT, 10});
        }
    }
    client.schedule = chain;
    client.onEvent = [&](uint32_t flow, TaskEvent event)
    {
        if (event == TaskEvent::SENT && flow >= 19 && flow < 40)
        {
            client.AddAfter(flow, event, 10, {flow % 2, 2, 20'000, 0});
        }
    };
    const PacketResult result = client.network->RunSchedule(chain);
    EXPECT_EQ(result.flows.size(), 41U);
    EXPECT_EQ(result.taskStartsNs.size(), 20U) << "of the schedule";
    EXPECT_EQ(NumbersOf(result), NumbersOf(RunAsSchedule(client)));
}

TEST_P(AddedFlows, RandomGraphsGiveWhatTheirSchedulesGive)
{
    const auto& [control, mode] = GetParam();
    const FabricGraph fabric = MakeLeafSpine({3, 3, 2, 10 * GBIT, 20 * GBIT, 700});
    const auto hosts = static_cast<uint32_t>(fabric.Hosts().size());
    for (uint64_t seed = 1; seed <= 6; seed++)
    {
        RandomStream random(seed);
        const auto draw = [&]
        {
            const auto src = static_cast<uint32_t>(random.Integer(0, hosts - 1));
            const auto dst = static_cast<uint32_t>((src + random.Integer(1, hosts - 1)) % hosts);
            return Flow{src, dst, static_cast<uint64_t>(random.LogUniform(1, 200'000)), 0};
        };
        FlowList first;
        for (uint64_t i = random.Integer(1, 8); i > 0; i--)
        {
            first.push_back(draw());
        }
        Client client(fabric, control, mode);
        if (seed % 2 == 0)
        {
            // one of the two ways of the first rack, hosts 0 to 2 behind node 9, which comes up in standard mode only
            client.network->SetLinkState(MicroSeconds(40), 9, 12, false);
            if (mode == RdmaNetwork::STANDARD)
            {
                client.network->SetLinkState(MicroSeconds(150), 9, 12, true);
            }
        }
        client.onEvent = [&](uint32_t flow, TaskEvent event)
        {
            for (uint64_t i = random.Integer(0, 2); i > 0 && client.schedule.Flows().size() < 150; i--)
            {
                const int64_t delay = random.Uniform() < 0.5 ? 0 : static_cast<int64_t>(random.Integer(0, 30'000));
                client.AddAfter(flow, event, delay, draw());
            }
        };
        const PacketResult result = client.Run(first);
        EXPECT_EQ(NumbersOf(result), NumbersOf(RunAsSchedule(client))) << "seed " << seed;
    }
}

INSTANTIATE_TEST_SUITE_P(Controls,
                         AddedFlows,
                         testing::Values(std::pair("dctcp", RdmaNetwork::STANDARD),
                                         std::pair("dcqcn", RdmaNetwork::STANDARD),
                                         std::pair("hpcc", RdmaNetwork::STANDARD),
                                         std::pair("timely", RdmaNetwork::STANDARD),
                                         std::pair("hpcc", RdmaNetwork::HPCC),
                                         std::pair("dctcp", RdmaNetwork::HPCC),
                                         std::pair("dcqcn", RdmaNetwork::HPCC)),
                         [](const auto& info) {
                             return std::string(info.param.first) +
                                    (info.param.second == RdmaNetwork::HPCC ? "_hpcc" : "_standard");
                         });

TEST(AddedFlowsOnce, EventsOfTheSimulatorAddFlowsAtAnyTimeOfTheRun)
{
    // flow 0 takes 80 us; what an event adds starts to the ns, also in the ns of an event of the engine
    const FabricGraph fabric = Star(4, 10 * GBIT);
    const int64_t aloneNs = RunPacketSimulation(fabric, {}, {{2, 3, 1000, 0}}).flows[0].receiverFctNs;
    auto network = CreateObject<RdmaNetwork>();
    network->SetNodes(FabricHelper::Install(fabric));
    for (int64_t at = 20'000; at < 20'900; at++)
    {
        const auto add = [&network, at, begin = Simulator::Now()](int64_t delayNs)
        {
            ASSERT_EQ(network->RunTime(), NanoSeconds(at));
            ASSERT_EQ(Simulator::Now() - begin, NanoSeconds(at));
            EXPECT_EQ(network->AddFlow({2, 3, 1000, at + delayNs}), 1U);
        };
        Simulator::Schedule(NanoSeconds(at), [add, at] { add(at % 3); });
        const PacketResult result = network->Run({{0, 1, 100'000, 0}});
        ASSERT_EQ(result.flows.size(), 2U);
        ASSERT_EQ(result.flows[1].unfinished, Unfinished::NO) << at;
        ASSERT_EQ(result.flows[1].receiverFctNs, aloneNs) << at;
    }
}

TEST(AddedFlowsOnce, EventsAfterTheEngineInTheSameNsAddFlows)
{
    // an event that a callback schedules for its own ns runs when the engine has run all of its own
    const FabricGraph fabric = Star(4, 10 * GBIT);
    const int64_t aloneNs = RunPacketSimulation(fabric, {}, {{2, 3, 1000, 0}}).flows[0].receiverFctNs;
    Client client(fabric, "dctcp", RdmaNetwork::STANDARD);
    uint32_t added = 0;
    const auto next = [&]
    {
        client.network->AddFlow({2, 3, 1000, client.network->RunTime().GetNanoSeconds()});
        added++;
    };
    client.onEvent = [&](uint32_t, TaskEvent)
    {
        if (added < 20)
        {
            Simulator::ScheduleNow(next);
        }
    };
    const PacketResult result = client.Run({{0, 1, 1'000'000, 0}, {2, 3, 1000, 0}});
    EXPECT_EQ(UnfinishedText(result), "");
    EXPECT_GE(added, 20U);
    ASSERT_EQ(result.flows.size(), 2U + added);
    EXPECT_EQ(result.flows[2].receiverFctNs, aloneNs);
}

TEST(AddedFlowsOnce, RoutesAreThoseOfTheEndOfTheList)
{
    // Switches 4 and 5 of hosts 0, 1 and 2, 3 are joined by four others, each with a delay of its own, so that an FCT
    // tells the route. Flows 1 and 2 of the list start long after others were added: that does not change their routes.
    FabricGraph fabric;
    for (uint32_t node = 0; node < 10; node++)
    {
        fabric.AddNode(node < 4 ? NodeKind::HOST : NodeKind::SWITCH);
    }
    for (NodeId host = 0; host < 4; host++)
    {
        fabric.AddLink(host, 4 + host / 2, 10 * GBIT, 500);
    }
    for (NodeId middle = 6; middle < 10; middle++)
    {
        fabric.AddLink(4, middle, 10 * GBIT, 1000 * middle);
        fabric.AddLink(5, middle, 10 * GBIT, 1000);
    }
    for (const RdmaNetwork::Mode mode : {RdmaNetwork::STANDARD, RdmaNetwork::HPCC})
    {
        Client client(fabric, "dctcp", mode);
        client.onEvent = [&](uint32_t flow, TaskEvent)
        {
            if (flow == 0 && client.network->Flows().size() < 12)
            {
                const int64_t now = client.network->RunTime().GetNanoSeconds();
                for (int64_t i = 0; i < 4; i++)
                {
                    client.network->AddFlow({0, 2, 3000, now + 1'000'000 * i}); // never two at a time
                }
            }
        };
        const FlowList list = {{0, 2, 5000, 0}, {0, 2, 3000, 1'500'000}, {0, 2, 3000, 2'500'000}};
        const PacketResult result = client.Run(list);
        const FlowList flows = client.network->Flows();
        ASSERT_EQ(flows.size(), 11U);
        Schedule whole;
        for (const Flow& flow : flows)
        {
            whole.AddFlow(flow);
        }
        // one edge that changes nothing makes it a schedule, whose flows have any order
        whole.AddDependency(TaskId::OfFlow(1), {TaskId::OfFlow(0), TaskEvent::RECEIVED, 0});
        PacketRunOptions options;
        options.schedule = &whole;
        const PacketResult same = RunPacketSimulation(fabric, client.network->Config(), whole.Flows(), options);
        EXPECT_EQ(std::get<0>(NumbersOf(result)), std::get<0>(NumbersOf(same)));
    }
}

TEST(AddedFlowsOnce, WhatDoesNotFinishIsReported)
{
    Client client(Star(3, 10 * GBIT), "dctcp", RdmaNetwork::STANDARD);
    client.network->SetLinkState(MicroSeconds(100), 1, 3, false);
    client.onEvent = [&](uint32_t flow, TaskEvent event)
    {
        if (flow == 0 && event == TaskEvent::SENT)
        {
            client.network->AddFlow({0, 1, 1000, 150'000}); // has no route by then
            client.network->AddFlow({0, 2, 1000, 900'000}); // after the stop
            client.network->AddFlow({0, 2, 1000, 200'000});
        }
    };
    const PacketResult result = client.Run({{0, 1, 1000, 0}}, MicroSeconds(800));
    ASSERT_EQ(result.flows.size(), 4U);
    EXPECT_EQ(result.flows[1].unfinished, Unfinished::UNREACHABLE);
    EXPECT_EQ(result.flows[2].unfinished, Unfinished::STOP_TIME);
    EXPECT_EQ(result.flows[3].unfinished, Unfinished::NO);
    EXPECT_EQ(UnfinishedText(result), "1 stop-time, 1 unreachable");
}

TEST(AddedFlowsOnce, BuffersAndDropsCountAddedFlows)
{
    // incasts that follow each other in a small buffer without PFC: each drop is told, of added flows as of others
    Client client(Star(9, 10 * GBIT), "none", RdmaNetwork::STANDARD);
    client.network->SetAttribute("Pfc", BooleanValue(false));
    client.network->SetAttribute("Buffer", IntegerValue(100'000));
    client.network->SetAttribute("Window", IntegerValue(0));
    uint64_t drops = 0;
    uint32_t largest = 0;
    const auto onDrop = [&](uint32_t, uint32_t, uint32_t flow)
    {
        drops++;
        largest = std::max(largest, flow);
    };
    const std::function<void(uint32_t, uint32_t, uint32_t)> told = onDrop;
    client.network->TraceConnectWithoutContext("Drop", Callback<void, uint32_t, uint32_t, uint32_t>(told));
    uint32_t left = 8;
    client.onEvent = [&](uint32_t, TaskEvent event)
    {
        if (event == TaskEvent::SENT && --left == 0 && client.network->Flows().size() < 40)
        {
            for (uint32_t host = 0; host < 8; host++)
            {
                client.network->AddFlow({host, 8, 60'000, client.network->RunTime().GetNanoSeconds()});
            }
            left = 8;
        }
    };
    FlowList first;
    for (uint32_t host = 0; host < 8; host++)
    {
        first.push_back({host, 8, 60'000, 0});
    }
    const PacketResult result = client.Run(first);
    EXPECT_EQ(result.flows.size(), 40U);
    EXPECT_EQ(UnfinishedText(result), "");
    EXPECT_GT(result.switchDrops, 0U);
    EXPECT_EQ(drops, result.switchDrops);
    EXPECT_GE(largest, 32U);
}

TEST(AddedFlowsOnce, WhatCannotBeAddedIsOneClearError)
{
    const auto errorOf = [](const Flow& flow)
    {
        Client client(Star(3, 10 * GBIT), "dctcp", RdmaNetwork::STANDARD);
        client.onEvent = [&](uint32_t, TaskEvent) { client.network->AddFlow(flow); };
        return InputErrorOf([&] { client.Run({{0, 1, 100'000, 0}}); });
    };
    EXPECT_NE(errorOf({0, 1, 1000, 70'000}).find("flow 1, added to a run: starts at 70000 ns, before the present time"),
              std::string::npos);
    EXPECT_EQ(errorOf({0, 7, 1000, 900'000}), "flow 1, added to a run: node 7 does not exist, there are 4");
    EXPECT_NE(errorOf({0, 1, 0, 900'000}).find("flow 1, added to a run: needs a size above 0"), std::string::npos);
    EXPECT_NE(errorOf({1, 1, 1000, 900'000}).find("flow 1, added to a run: its source and destination"),
              std::string::npos);
    EXPECT_EQ(errorOf({0, 1, 1000, 900'000, 5}),
              "flow 1, added to a run: it is of class 5, and the run began without flows of that class");
    auto network = CreateObject<RdmaNetwork>();
    EXPECT_EQ(InputErrorOf(
                  [&] {
                      network->AddFlow({0, 1, 1000, 0});
                  }),
              "flows can be added to a run only while it goes on");
    EXPECT_NE(InputErrorOf([&] { network->RunTime(); }), "");
}

TEST(AddedFlowsOnce, ARunAfterAnErrorIsAsTheFirst)
{
    Client client(Star(3, 10 * GBIT), "dctcp", RdmaNetwork::STANDARD);
    bool fails = true;
    client.onEvent = [&](uint32_t, TaskEvent)
    {
        if (fails)
        {
            client.network->AddFlow({0, 1, 1000, 0});
        }
    };
    const FlowList flows = {{0, 1, 100'000, 0}, {2, 1, 100'000, 0}};
    const std::string error = InputErrorOf([&] { client.network->Run(flows); });
    EXPECT_NE(error.find("before the present time"), std::string::npos) << error;
    fails = false;
    const PacketResult result = client.network->Run(flows);
    const PacketResult expected = RunPacketSimulation(client.network->Fabric(), client.network->Config(), flows);
    EXPECT_EQ(std::get<0>(NumbersOf(result)), std::get<0>(NumbersOf(expected)));
}

TEST(ResumedRuns, AFlowThatWaitsForALinkGoesOnWaiting)
{
    // host 1 is away from 0.2 ms to 5 ms; flow 0 is cut in mid-transfer, flow 1 starts meanwhile
    auto network = CreateObject<RdmaNetwork>();
    network->SetNodes(FabricHelper::Install(Star(3, 10 * GBIT)));
    network->SetLinkState(MicroSeconds(200), 1, 3, false);
    network->SetLinkState(MilliSeconds(5), 1, 3, true);
    const FlowList flows = {{0, 1, 1'000'000, 0}, {2, 1, 1000, 1'000'000}, {0, 2, 1000, 3'500'000}};
    const PacketResult whole = network->Run(flows);
    for (const int64_t cutMs : {2, 3, 4})
    {
        const PacketResult first = network->Run(flows, MilliSeconds(cutMs));
        ASSERT_EQ(first.underWay.size(), 2U);
        EXPECT_EQ(first.underWay[1].flow, 1U);
        EXPECT_EQ(first.underWay[1].sentBytes, 0U);
        const PacketResult rest = network->Resume(flows, MilliSeconds(cutMs), first.underWay);
        EXPECT_EQ(rest.flows[1].receiverFctNs, whole.flows[1].receiverFctNs);
        EXPECT_EQ(rest.flows[0].unfinished, Unfinished::NO) << "it waits, too";
        EXPECT_GT(rest.flows[0].receiverFctNs, 5'000'000);
        // and through a second cut
        const PacketResult second = network->Resume(flows, MilliSeconds(cutMs), first.underWay, MicroSeconds(4500));
        ASSERT_EQ(second.underWay.size(), 2U);
        const PacketResult third = network->Resume(flows, MicroSeconds(4500), second.underWay);
        EXPECT_EQ(third.flows[1].receiverFctNs, whole.flows[1].receiverFctNs);
        EXPECT_EQ(third.flows[0].receiverFctNs, rest.flows[0].receiverFctNs);
    }
}
