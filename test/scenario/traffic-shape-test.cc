// SPDX-License-Identifier: GPL-2.0-only
// Traffic unlike any that models were trained on is told from traffic as they saw it.
#include "core/random-stream.h"
#include "features/flow-features.h"
#include "ns3/m3-fabric-shapes.h"
#include "ns3/m3-scenario-space.h"
#include "ns3/m3-workload-helper.h"
#include "scenario/traffic-shape.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace ns3::m3;

namespace
{

constexpr double RTT_NS = 10'000;
constexpr double WINDOW_BYTES = 12'500; // a bandwidth-delay product of 10 Gb/s

/// A switch with hosts at 10 Gb/s.
FabricGraph ShapeStar(uint32_t hosts)
{
    FabricGraph fabric;
    for (uint32_t host = 0; host < hosts; host++)
    {
        fabric.AddNode(NodeKind::HOST);
    }
    fabric.AddNode(NodeKind::SWITCH);
    for (uint32_t host = 0; host < hosts; host++)
    {
        fabric.AddLink(host, hosts, 10'000'000'000, 1000);
    }
    return fabric;
}

/// As in training: independent pairs and sizes, Poisson starts 4 us apart on average.
FlowList Background(uint32_t hosts, uint32_t count)
{
    RandomStream random(7);
    FlowList flows;
    double now = 0;
    for (uint32_t i = 0; i < count; i++)
    {
        now += random.Exponential() * 4000;
        const auto src = static_cast<NodeId>(random.Integer(0, hosts - 1));
        const auto dst = static_cast<NodeId>((src + random.Integer(1, hosts - 1)) % hosts);
        flows.push_back({src, dst, random.Integer(500, 20'000), static_cast<int64_t>(now)});
    }
    return flows;
}

void SortByStart(FlowList& flows)
{
    std::stable_sort(flows.begin(),
                     flows.end(),
                     [](const Flow& left, const Flow& right) { return left.startNs < right.startNs; });
}

/// `senders` flows of 20 KB at once, within `spreadNs`, to one random host each time.
FlowList WithIncasts(FlowList flows, uint32_t hosts, uint32_t senders, uint32_t times, int64_t spreadNs)
{
    RandomStream random(9);
    const int64_t last = flows.back().startNs;
    for (uint32_t i = 0; i < times; i++)
    {
        const auto start = static_cast<int64_t>(random.Integer(0, static_cast<uint64_t>(last)));
        const auto dst = static_cast<NodeId>(random.Integer(0, hosts - 1));
        for (uint32_t s = 1; s <= senders; s++)
        {
            const auto jitter = static_cast<int64_t>(random.Integer(0, static_cast<uint64_t>(spreadNs)));
            flows.push_back({(dst + s) % hosts, dst, 20'000, start + jitter});
        }
    }
    SortByStart(flows);
    return flows;
}

std::vector<std::string> Outside(const FabricGraph& fabric, const FlowList& flows)
{
    return OutsideOfTraining(MeasureTraffic(fabric, flows, {RTT_NS, WINDOW_BYTES, 48}));
}

bool Names(const std::vector<std::string>& lines, const std::string& text)
{
    return std::any_of(lines.begin(),
                       lines.end(),
                       [&](const std::string& line) { return line.find(text) != std::string::npos; });
}

} // namespace

TEST(TrafficShape, IsWhatItSays)
{
    // Two flows of 3000 B from host 0 to 1 at 0 and one of 1000 B from 2 to 1 at 90 us. With headers of 48 B the first
    // two are 3144 B each on the wire: 7336 B to host 1, which carries 1.25 B/ns * (90 + 10) us = 125,000 B.
    const TrafficShape shape = MeasureTraffic(ShapeStar(3),
                                              {{0, 1, 3000, 0}, {0, 1, 3000, 0}, {2, 1, 1000, 90'000}},
                                              {RTT_NS, WINDOW_BYTES, 48});
    EXPECT_EQ(shape.flows, 3U);
    EXPECT_DOUBLE_EQ(shape.meanBytes, 7000.0 / 3);
    EXPECT_DOUBLE_EQ(shape.receiverShare, 1);
    EXPECT_DOUBLE_EQ(shape.senderShare, 2.0 / 3);
    EXPECT_DOUBLE_EQ(shape.effectiveFlows, 7000.0 * 7000 / (9e6 + 9e6 + 1e6));
    EXPECT_DOUBLE_EQ(shape.offeredLoad, (2 * 3144 + 1048) / 125'000.0);
    EXPECT_EQ(shape.burstShare, 0);
}

TEST(TrafficShape, ScenariosOfTrainingAreWithin)
{
    for (uint64_t index = 0; index < 60; index++)
    {
        const TrainingScenario scenario = DrawScenario(31, index, 1e6);
        const RouteTable routes(scenario.fabric, scenario.config.mode);
        const RdmaConfig config = scenario.config.Resolve(scenario.fabric, routes);
        const auto window = static_cast<double>(config.windowBytes.value_or(1'000'000'000));
        const TrafficUnits units{UnitRttNs(scenario.fabric, routes, config), window, config.HeaderBytes()};
        const auto lines = OutsideOfTraining(MeasureTraffic(scenario.fabric, scenario.flows, units));
        EXPECT_TRUE(lines.empty()) << scenario.description << ": " << lines.front();
    }
}

TEST(TrafficShape, TrafficOfThePublishedEvaluationIsWithin)
{
    ThreeTierShape shape;
    shape.racksPerPod = 16;
    shape.spinesPerPlane = 8;
    const FabricGraph fabric = MakeThreeTier(shape);
    uint64_t seed = 1;
    for (const char* sizes : {"WebServer", "Hadoop", "CacheFollower"})
    {
        for (const char* matrix : {"A", "B", "C"})
        {
            WorkloadHelper workload;
            workload.sizes = sizes;
            workload.matrix = matrix;
            workload.flows = 20'000;
            workload.load = 0.26 + 0.06 * static_cast<double>(seed);
            workload.lognormalSigma = seed % 2 ? 1 : 2;
            workload.seed = seed++;
            const auto lines = Outside(fabric, workload.Generate(fabric));
            EXPECT_TRUE(lines.empty()) << sizes << ' ' << matrix << ": " << lines.front();
        }
    }
}

TEST(TrafficShape, IncastsAmongOtherTrafficAreFound)
{
    constexpr uint32_t HOSTS = 64;
    const FabricGraph fabric = ShapeStar(HOSTS);
    const FlowList background = Background(HOSTS, 8000);
    EXPECT_TRUE(Outside(fabric, background).empty());
    for (const uint32_t senders : {8U, 20U, 60U})
    {
        for (const int64_t spreadNs : {0, 5000}) // at once, and within half a base RTT
        {
            const uint32_t times = 240 / senders;
            const FlowList flows = WithIncasts(background, HOSTS, senders, times, spreadNs);
            const TrafficShape shape = MeasureTraffic(fabric, flows, {RTT_NS, WINDOW_BYTES, 48});
            EXPECT_TRUE(Names(OutsideOfTraining(shape), "incast")) << senders << ' ' << spreadNs;
            // nearly all of them, and few others
            const double share = times * senders / static_cast<double>(flows.size());
            EXPECT_NEAR(shape.likelyBurstShare, share, 0.25 * share) << senders << ' ' << spreadNs;
            EXPECT_GE(shape.largestBurst, senders);
        }
    }
}

TEST(TrafficShape, ManyFlowsOfOneSenderAtOnceAreFound)
{
    FlowList flows = WithIncasts(Background(64, 8000), 64, 20, 12, 0);
    for (Flow& flow : flows)
    {
        std::swap(flow.src, flow.dst);
    }
    EXPECT_TRUE(Names(Outside(ShapeStar(64), flows), "incast"));
}

TEST(TrafficShape, StepsOfCollectivesAreFound)
{
    FlowList ring;
    for (uint32_t step = 0; step < 20; step++)
    {
        for (NodeId host = 0; host < 64; host++)
        {
            ring.push_back({host, (host + 1) % 64, 1'000'000, step * 1'200'000});
        }
    }
    EXPECT_TRUE(Names(Outside(ShapeStar(64), ring), "synchronised starts"));
    // and where each host starts some microseconds later or earlier
    RandomStream random(3);
    for (Flow& flow : ring)
    {
        flow.startNs += static_cast<int64_t>(random.Integer(0, 5000));
    }
    SortByStart(ring);
    EXPECT_TRUE(Names(Outside(ShapeStar(64), ring), "synchronised starts"));
}

TEST(TrafficShape, FewFlowsAndSizesThatNoKindHasAreBeyondAll)
{
    TrafficShape shape;
    shape.flows = 500;
    for (const double inKinds : {30.0, 3e6})
    {
        shape.meanBytes = inKinds;
        EXPECT_TRUE(BeyondAllKinds(shape).empty()) << inKinds;
        EXPECT_TRUE(Names(OutsideOfTraining(shape), "on average")) << "usual traffic has 1 KB to 2.2 MB";
    }
    for (const double beyond : {29.0, 3.1e6})
    {
        shape.meanBytes = beyond;
        EXPECT_TRUE(Names(BeyondAllKinds(shape), "on average")) << beyond;
        EXPECT_FALSE(Names(OutsideOfTraining(shape), "on average")) << "said once";
    }
    shape.flows = 499;
    EXPECT_TRUE(Names(BeyondAllKinds(shape), "499 flows"));
}

TEST(TrafficShape, OtherKindsThatTrainingLacksAreFound)
{
    const FabricGraph fabric = ShapeStar(16);
    EXPECT_TRUE(Outside(fabric, Background(16, 600)).empty());

    FlowList mice = Background(16, 5000);
    for (Flow& flow : mice)
    {
        flow.sizeBytes = 64;
    }
    EXPECT_TRUE(Names(Outside(fabric, mice), "flows of 64 B on average"));

    FlowList elephants = Background(16, 3000);
    elephants.insert(elephants.begin(), {{1, 0, 2'000'000'000, 0}, {2, 0, 2'000'000'000, 0}});
    const auto lines = Outside(fabric, elephants);
    EXPECT_TRUE(Names(lines, "nearly all bytes are those of 2 flows"));
    EXPECT_TRUE(Names(lines, "times as much to send"));

    FlowList toOne = Background(16, 3000);
    for (Flow& flow : toOne)
    {
        flow.dst = flow.src == 0 ? 1 : 0;
    }
    EXPECT_TRUE(Names(Outside(fabric, toOne), "go to one host"));
}
