// SPDX-License-Identifier: GPL-2.0-only
// Schedules drawn for training, and the lists that their packet runs become.
#include "training/schedule-scenarios.h"

#include "fabric/ideal-fct.h"
#include "fabric/routes-of-flows.h"
#include "ns3/m3-packet-simulation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

using namespace ns3::m3;

namespace
{

constexpr double DRAWN_HOPS = 30'000;

/// A drawn schedule with its packet run as a list.
struct DrawnRun
{
    ScheduleScenario drawn;
    RouteTable routes;
    PacketResult result;
    ListedRun list;

    explicit DrawnRun(uint64_t index)
        : drawn(DrawScheduleScenario(7, index, DRAWN_HOPS)),
          routes(drawn.fabric, drawn.config.mode)
    {
        CheckSchedule(drawn.fabric, routes, drawn.schedule);
        const RdmaConfig resolved = drawn.config.Resolve(drawn.fabric, routes);
        PacketRunOptions run;
        run.schedule = &drawn.schedule;
        result = RunPacketSimulation(drawn.fabric, drawn.config, drawn.schedule.Flows(), run);
        list = ListFlows(drawn.fabric, routes, resolved, drawn.schedule, result);
    }
};

} // namespace

TEST(ScheduleScenarios, TheSameNumbersGiveTheSameScenario)
{
    const auto textOf = [](uint64_t seed, uint64_t index)
    {
        const ScheduleScenario drawn = DrawScheduleScenario(seed, index, DRAWN_HOPS);
        std::string text = drawn.description;
        for (const Flow& flow : drawn.schedule.Flows())
        {
            text +=
                " " + std::to_string(flow.src) + " " + std::to_string(flow.dst) + " " + std::to_string(flow.sizeBytes);
        }
        return text;
    };
    std::set<std::string> all;
    for (uint64_t index = 0; index < 20; index++)
    {
        EXPECT_EQ(textOf(7, index), textOf(7, index));
        all.insert(textOf(7, index));
        all.insert(textOf(8, index));
    }
    EXPECT_EQ(all.size(), 40U);
}

TEST(ScheduleScenarios, AllTypesOfCollectivesClientsAndSlowLinksAreDrawn)
{
    std::string all;
    for (uint64_t index = 0; index < 150; index++)
    {
        all += DrawScheduleScenario(7, index, DRAWN_HOPS).description + '\n';
    }
    for (const char* word : {"ring-allreduce of",
                             "reduce-scatter of",
                             "allgather of",
                             "broadcast of",
                             "tree-allreduce of",
                             "halving-doubling of",
                             "alltoall of",
                             "hierarchical-allreduce of",
                             " clients, ",
                             " servers of ",
                             "leaf-spine",
                             "three-tier",
                             " hosts slower by "})
    {
        EXPECT_NE(all.find(word), std::string::npos) << word;
    }
}

TEST(ScheduleScenarios, AnotherAmountOfTrafficHasTheSameNetwork)
{
    for (uint64_t index = 0; index < 20; index++)
    {
        const ScheduleScenario few = DrawScheduleScenario(7, index, DRAWN_HOPS / 8);
        const ScheduleScenario many = DrawScheduleScenario(7, index, DRAWN_HOPS);
        ASSERT_EQ(few.fabric.LinkCount(), many.fabric.LinkCount());
        for (LinkId link = 0; link < few.fabric.LinkCount(); link++)
        {
            EXPECT_EQ(few.fabric.Link(link).bitsPerSecond, many.fabric.Link(link).bitsPerSecond);
        }
        EXPECT_EQ(few.config.congestionControl, many.config.congestionControl);
        EXPECT_LE(few.schedule.Flows().size(), many.schedule.Flows().size());
    }
}

TEST(ScheduleScenarios, ListedFlowsObeyTheirDependencies)
{
    std::size_t waits = 0;
    for (uint64_t index = 0; index < 15; index++)
    {
        const DrawnRun run(index);
        SCOPED_TRACE(run.drawn.description);
        ASSERT_NO_THROW(CheckFlows(run.drawn.fabric, run.routes, run.list.flows)) << "ascending by start";
        std::vector<int64_t> starts(run.drawn.schedule.Flows().size(), -1);
        std::vector<int64_t> received(starts);
        RoutesOfFlows listed(run.routes, &run.list.scheduled.keys);
        RoutesOfFlows numbered(run.routes);
        std::vector<Route> routes(starts.size());
        for (std::size_t flow = 0; flow < starts.size(); flow++)
        {
            const Flow& one = run.drawn.schedule.Flows()[flow];
            numbered.Next(one.src, one.dst, routes[flow]);
        }
        const RdmaConfig config = run.drawn.config.Resolve(run.drawn.fabric, run.routes);
        Route route;
        for (std::size_t place = 0; place < run.list.flows.size(); place++)
        {
            const Flow& flow = run.list.flows[place];
            const uint32_t number = run.list.scheduled.numbers[place];
            listed.Next(flow.src, flow.dst, route);
            EXPECT_EQ(route, routes[number]);
            starts[number] = flow.startNs;
            if (run.list.finished[place])
            {
                EXPECT_GE(run.list.slowdown[place], 1);
                const int64_t ideal = IdealFctNs(run.drawn.fabric, route, flow.sizeBytes, config.Format(), config.mode);
                received[number] = flow.startNs + std::llround(run.list.slowdown[place] * static_cast<double>(ideal));
            }
        }
        for (const Schedule::Edge& edge : run.drawn.schedule.Dependencies())
        {
            const TaskId before = edge.dependency.predecessor;
            if (edge.task.IsCompute() || before.IsCompute() || starts[edge.task.Index()] < 0)
            {
                continue;
            }
            waits++;
            const int64_t at =
                edge.dependency.event == TaskEvent::STARTED ? starts[before.Index()] : received[before.Index()];
            ASSERT_GE(at, 0) << "what it waited for has happened";
            EXPECT_GE(starts[edge.task.Index()], at + edge.dependency.delayNs);
        }
    }
    EXPECT_GT(waits, 3000U);
}
