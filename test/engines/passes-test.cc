// SPDX-License-Identifier: GPL-2.0-only
// Flows that wait for others, estimated in passes by engines that need every start beforehand.
#include "engines/passes.h"
#include "packet/engine/star.h"

#include "core/random-stream.h"
#include "fabric/routes-of-flows.h"
#include "ns3/m3-estimator.h"
#include "ns3/m3-fabric-shapes.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-report-writer.h"
#include "ns3/m3-schedule.h"
#include "ns3/m3-workload-helper.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>

using namespace ns3::m3;

namespace
{

constexpr int64_t CHAIN_DELAY_NS = 30'000; //!< so that flows meet no other
const std::vector<std::string> PASS_ENGINES{"parsimon", "m3-network"};

/// Flows 0 -> 1 -> 2 -> 3, each after the one before and a delay, in one group; the list has them the other way round.
Schedule BackwardChain()
{
    Schedule schedule;
    const uint32_t group = schedule.AddGroup({"the chain", "chain"});
    std::vector<TaskId> flows;
    for (const NodeId src : {2, 1, 0})
    {
        flows.push_back(schedule.AddFlow({src, src + 1, 100'000, 0}));
        schedule.SetGroup(flows.back(), group);
    }
    schedule.AddDependency(flows[0], {flows[1], TaskEvent::RECEIVED, CHAIN_DELAY_NS});
    schedule.AddDependency(flows[1], {flows[2], TaskEvent::RECEIVED, CHAIN_DELAY_NS});
    return schedule;
}

/// An all-to-all of eight hosts, and a ring all-reduce after a computation.
Schedule TwoCollectives(const FabricGraph& fabric)
{
    Schedule schedule;
    WorkloadHelper::AddCollectives(schedule, "alltoall:800KB+ring-allreduce:800KB:compute=10us:channels=2", fabric);
    return schedule;
}

FabricGraph TwoPods()
{
    ThreeTierShape shape;
    shape.racksPerPod = 2;
    shape.hostsPerRack = 2;
    return MakeThreeTier(shape);
}

/// Answers with a multiple of the FCTs of flowSim at the same starts.
Passes::Answer TimesFluid(double factor)
{
    return [factor](const Scenario& scenario)
    {
        std::vector<CompletionTime> times = MakeEngine("flowsim")->RunPerFlow(scenario, Question());
        for (CompletionTime& time : times)
        {
            time.receiverNs *= factor;
            time.senderNs *= factor;
        }
        return times;
    };
}

double EndOf(const TaskTimes& times)
{
    return *std::max_element(times.receivedNs.begin(), times.receivedNs.end());
}

} // namespace

TEST(Passes, StartsFollowFromWhatTheEngineExpectsBeyondTheFluid)
{
    // three flows one after the other, so that each pass has the FCTs f of the one before: completion 3 factor f + 2
    // delays after the first pass, and the second one changes nothing
    const FabricGraph star = Star(4, 10 * GBIT);
    const Schedule schedule = BackwardChain();
    const Scenario scenario(star, RdmaConfig(), schedule);
    Passes fluid(scenario);
    fluid.Run(PassLimits(), TimesFluid(1));
    EXPECT_EQ(fluid.Counts().passes, 1U);
    EXPECT_LT(fluid.Counts().change, 1e-9);
    const double each = (EndOf(fluid.Times()) - 2 * CHAIN_DELAY_NS) / 3;
    Passes slow(scenario);
    slow.Run(PassLimits(), TimesFluid(3));
    EXPECT_EQ(slow.Counts().passes, 2U);
    EXPECT_TRUE(slow.Counts().IsSettled());
    EXPECT_NEAR(EndOf(slow.Times()), 9 * each + 2 * CHAIN_DELAY_NS, 1);
    Passes fast(scenario);
    fast.Run(PassLimits(), TimesFluid(0.5));
    EXPECT_NEAR(EndOf(fast.Times()), EndOf(fluid.Times()), 1e-6) << "no flow is faster than its max-min share";
    Passes one(scenario);
    one.Run({1, 0.005}, TimesFluid(3));
    EXPECT_EQ(one.Counts().passes, 1U);
    EXPECT_FALSE(one.Counts().IsSettled());
    EXPECT_NEAR(one.Counts().change, 6 * each / (3 * each + 2 * CHAIN_DELAY_NS), 1e-3);
    EXPECT_NE(one.Counts().Text().find("1 pass; "), std::string::npos);
    EXPECT_NE(one.Counts().Text().find("they have not settled"), std::string::npos);
}

TEST(Passes, TheListHasTheFlowsInOrderAndTheirRoutesOfTheSchedule)
{
    const FabricGraph fabric = TwoPods();
    for (const EngineMode mode : {EngineMode::STANDARD, EngineMode::HPCC})
    {
        // 200 flows of any order that wait for computations of known length: their starts are known
        RandomStream random(3);
        Schedule schedule;
        std::vector<int64_t> starts;
        for (uint32_t flow = 0; flow < 200; flow++)
        {
            const auto src = static_cast<NodeId>(random.Integer(0, 3));
            const TaskId task =
                schedule.AddFlow({fabric.Hosts()[src], fabric.Hosts()[src + 4], random.Integer(1, 50'000), 0});
            starts.push_back(static_cast<int64_t>(random.Integer(0, 100'000)));
            const TaskId compute = schedule.AddCompute({fabric.Hosts()[src], starts.back(), 0});
            schedule.AddDependency(task, {compute, TaskEvent::RECEIVED, 0});
        }
        RdmaConfig config;
        config.mode = mode;
        const Scenario scenario(fabric, config, schedule);
        std::vector<Route> routes(200);
        RoutesOfFlows next(scenario.Routes());
        for (uint32_t flow = 0; flow < 200; flow++)
        {
            next.Next(schedule.Flows()[flow].src, schedule.Flows()[flow].dst, routes[flow]);
        }
        Passes passes(scenario);
        passes.Run(PassLimits(), TimesFluid(1.5));
        const Scenario& last = passes.Last();
        ASSERT_TRUE(last.Scheduled());
        const FabricFluid fluid =
            MakeFabricFluid(fabric, last.Routes(), last.Flows(), config.Format(), last.RouteKeys());
        std::size_t moved = 0;
        for (std::size_t place = 0; place < 200; place++)
        {
            const uint32_t flow = last.Scheduled()->numbers[place];
            moved += place != flow;
            EXPECT_EQ(last.Flows()[place].startNs, starts[flow]);
            EXPECT_EQ(last.Flows()[place].sizeBytes, schedule.Flows()[flow].sizeBytes);
            EXPECT_EQ(fluid.flows[place].links, routes[flow]);
        }
        EXPECT_GT(moved, 150U);
    }
}

TEST(Passes, AFlowWithoutTimeIsAnError)
{
    const FabricGraph star = Star(4, 10 * GBIT);
    const Schedule schedule = BackwardChain();
    const Scenario scenario(star, RdmaConfig(), schedule);
    Passes passes(scenario);
    const auto never = [](const Scenario& of)
    {
        constexpr double NEVER = std::numeric_limits<double>::quiet_NaN();
        return std::vector<CompletionTime>(of.Flows().size(), {NEVER, NEVER});
    };
    EXPECT_THROW(passes.Run(PassLimits(), never), InputError);
}

TEST(Passes, FlowsThatMeetNoOtherHaveTheTimesOfThePacketEngine)
{
    M3Estimator estimator(Star(4, 10 * GBIT));
    const Schedule schedule = BackwardChain();
    const double expected = estimator.RunSchedule("packet", schedule).groups.at(0).CompletionNs();
    for (const std::string& engine : PASS_ENGINES)
    {
        const SlowdownReport report = estimator.RunSchedule(engine, schedule);
        ASSERT_EQ(report.groups.size(), 1U) << engine;
        EXPECT_NEAR(report.groups[0].CompletionNs() / expected, 1, 0.005) << engine;
        EXPECT_EQ(report.groups[0].path.size(), 3U) << engine;
        ASSERT_TRUE(report.passes) << engine;
        EXPECT_TRUE(report.passes->IsSettled()) << engine;
    }
}

TEST(Passes, ReportsHaveGroupsAndNoInterval)
{
    M3Estimator estimator(TwoPods());
    const Schedule schedule = TwoCollectives(estimator.Fabric());
    const std::size_t groups = estimator.RunSchedule("flowsim", schedule).groups.size();
    for (const std::string& engine : PASS_ENGINES)
    {
        const SlowdownReport report = estimator.RunSchedule(engine, schedule);
        EXPECT_EQ(report.groups.size(), groups) << engine;
        EXPECT_FALSE(report.HasIntervals()) << engine;
        EXPECT_TRUE(std::isnan(report.PredictionInterval().low)) << engine;
        EXPECT_EQ(report.FlowCount(), schedule.Flows().size()) << engine;
        ASSERT_TRUE(report.passes) << engine;
        EXPECT_LE(report.passes->passes, 8U) << engine;
        const std::vector<std::string>& notes = report.Notes();
        EXPECT_NE(std::find(notes.begin(), notes.end(), report.passes->Text()), notes.end()) << engine;
        std::ostringstream json;
        WriteReportJson({report}, json);
        EXPECT_EQ(json.str().find("\"intervals\""), std::string::npos) << engine;
        EXPECT_EQ(json.str().find("expected_packet_p99"), std::string::npos) << engine;
    }
    estimator.Set("max-passes", "2");
    EXPECT_LE(estimator.RunSchedule("m3-network", schedule).passes->passes, 2U);
}

TEST(Passes, TheSameSeedGivesTheSameTimesOnAnyNumberOfThreads)
{
    M3Estimator estimator(TwoPods());
    const Schedule schedule = TwoCollectives(estimator.Fabric());
    const auto timesOf = [&](const std::string& engine, uint64_t seed, uint32_t threads)
    {
        estimator.seed = seed;
        estimator.threads = threads;
        std::vector<double> times;
        for (const CompletionTime& time : estimator.RunSchedulePerFlow(engine, schedule))
        {
            times.insert(times.end(), {time.startNs, time.receiverNs, time.senderNs});
        }
        for (const GroupTimes& group : estimator.RunSchedule(engine, schedule).groups)
        {
            times.push_back(group.CompletionNs());
        }
        return times;
    };
    for (const std::string& engine : PASS_ENGINES)
    {
        const std::vector<double> one = timesOf(engine, 1, 1);
        EXPECT_EQ(timesOf(engine, 1, 3), one) << engine;
        EXPECT_EQ(timesOf(engine, 2, 1) == one, engine == "parsimon") << engine << ": only m3 draws";
    }
}

TEST(Passes, StartsAndTimesObeyTheRuleOfTheSchedule)
{
    M3Estimator estimator(TwoPods());
    const Schedule schedule = TwoCollectives(estimator.Fabric());
    for (const std::string& engine : PASS_ENGINES)
    {
        const std::vector<CompletionTime> times = estimator.RunSchedulePerFlow(engine, schedule);
        std::size_t waits = 0;
        for (const Schedule::Edge& edge : schedule.Dependencies())
        {
            const TaskId before = edge.dependency.predecessor;
            if (edge.task.IsCompute() || before.IsCompute())
            {
                continue;
            }
            waits++;
            const CompletionTime& first = times[before.Index()];
            const double at = first.startNs + static_cast<double>(edge.dependency.delayNs) +
                              (edge.dependency.event == TaskEvent::STARTED ? 0
                               : edge.dependency.event == TaskEvent::SENT  ? first.senderNs
                                                                           : first.receiverNs);
            EXPECT_GE(times[edge.task.Index()].startNs, at - 1e-3) << engine;
        }
        EXPECT_GT(waits, 200U);
    }
}

TEST(Passes, AListInGroupsHasTheSlowdownsOfTheListAndTheTimesOfItsGroups)
{
    M3Estimator estimator(TwoPods());
    FlowList flows;
    for (uint32_t flow = 0; flow < 600; flow++)
    {
        const NodeId src = flow % 8;
        flows.push_back({src, (src + 1 + flow % 7) % 8, 1000 + flow * 37 % 30'000, int64_t{flow} * 2000});
    }
    Schedule schedule(flows);
    for (uint32_t flow = 0; flow < 600; flow++)
    {
        if (flow % 100 == 0)
        {
            schedule.AddGroup({"hundred " + std::to_string(flow / 100), "hundred"});
        }
        schedule.SetGroup(TaskId::OfFlow(flow), flow / 100);
    }
    for (const std::string& engine : PASS_ENGINES)
    {
        const SlowdownReport list = estimator.Run(engine, flows);
        const SlowdownReport grouped = estimator.RunSchedule(engine, schedule);
        EXPECT_FALSE(grouped.passes) << "no flow waits";
        for (const double level : {0.1, 0.5, 0.99})
        {
            EXPECT_EQ(grouped.OverallQuantile(level), list.OverallQuantile(level)) << engine;
        }
        EXPECT_EQ(grouped.Notes(), list.Notes()) << engine;
        const std::vector<CompletionTime> times = estimator.RunPerFlow(engine, flows);
        ASSERT_EQ(grouped.groups.size(), 6U) << engine;
        double end = 0;
        for (uint32_t flow = 500; flow < 600; flow++)
        {
            end = std::max(end, static_cast<double>(flows[flow].startNs) + times[flow].receiverNs);
        }
        EXPECT_EQ(grouped.groups[5].endNs, end) << engine;
    }
}
