// SPDX-License-Identifier: GPL-2.0-only
#include "temporary-folder.h"

#include "fabric/routes-of-flows.h"
#include "ns3/m3-fabric-shapes.h"
#include "ns3/m3-input-error.h"
#include "workload/flow-file.h"
#include "workload/flow-generator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>

using namespace ns3::m3;

namespace
{

double SampledMean(const SizeDistribution& sizes, int samples)
{
    RandomStream random(11);
    double sum = 0;
    for (int i = 0; i < samples; i++)
    {
        sum += static_cast<double>(sizes.Sample(random));
    }
    return sum / samples;
}

} // namespace

TEST(SizeDistribution, TablesHaveThePublishedMeans)
{
    // Roy et al., SIGCOMM 2015, as used by the m3 paper
    EXPECT_NEAR(ParseSizeDistribution("WebServer")->Mean(), 91e3, 1e3);
    EXPECT_NEAR(ParseSizeDistribution("Hadoop")->Mean(), 569e3, 6e3);
    EXPECT_NEAR(ParseSizeDistribution("cachefollower")->Mean(), 610e3, 6e3);
}

TEST(SizeDistribution, SamplesHaveTheMean)
{
    for (const char* text : {"WebServer",
                             "WebSearch",
                             "FbHdp",
                             "GoogleRPC",
                             "constant:5000",
                             "exponential:20000",
                             "gaussian:50000,5000",
                             "lognormal:10000,1",
                             "pareto:30000,2.5"})
    {
        const auto sizes = ParseSizeDistribution(text);
        EXPECT_NEAR(SampledMean(*sizes, 400'000) / sizes->Mean(), 1, 0.05) << text;
    }
}

TEST(SizeDistribution, SizesBelowOneByteCountAsOneInTheMean)
{
    const std::string file = (TemporaryFolder() / "sizes.cdf").string();
    const auto mean = [&](const std::string& table)
    {
        std::ofstream(file) << table;
        const auto sizes = ParseSizeDistribution(file);
        EXPECT_NEAR(SampledMean(*sizes, 400'000) / sizes->Mean(), 1, 0.01) << table;
        return sizes->Mean();
    };
    EXPECT_DOUBLE_EQ(mean("0 63\n0 100\n215 100\n"), 1); // none has 215
    EXPECT_DOUBLE_EQ(mean("0 90\n100 90\n100 100\n"), 0.9 + 10);
    EXPECT_DOUBLE_EQ(mean("0.5 40\n1 100\n"), 1);
    // half of them 1, the others from 0 to 10: a tenth of these 1, the rest 5.5 on average
    EXPECT_DOUBLE_EQ(mean("0 50\n10 100\n"), 0.5 + 0.5 * (0.1 * 1 + 0.9 * 5.5));
}

TEST(SizeDistribution, RefusesNonsense)
{
    for (const char* wrong : {"",
                              "Nothing",
                              "constant:0",
                              "constant:-5",
                              "exponential:x",
                              "pareto:1000,1",
                              "pareto:1000",
                              "lognormal:1000,nan",
                              "lognormal:1000,11",
                              "lognormal:1000,1,",
                              "constant:1e16",
                              "constant:0,5",
                              "constant:1000B",
                              "gaussian:1000,inf"})
    {
        EXPECT_THROW(ParseSizeDistribution(wrong), InputError) << wrong;
    }
    EXPECT_THROW(MakeTableDistribution({{100, 50}, {50, 100}}), InputError);
    EXPECT_THROW(MakeTableDistribution({{100, 50}, {200, 90}}), InputError);
    const double nan = std::numeric_limits<double>::quiet_NaN();
    EXPECT_THROW(MakeTableDistribution({{nan, 50}, {200, 100}}), InputError);
    EXPECT_THROW(MakeTableDistribution({{100, nan}, {200, 100}}), InputError);
    EXPECT_THROW(MakeTableDistribution({{-1, 0}, {200, 100}}), InputError);
    EXPECT_THROW(MakeTableDistribution({{100, 50}, {1e16, 100}}), InputError);
}

TEST(FlowGenerator, LoadsTheMostLoadedLinkAsAsked)
{
    ThreeTierShape shape;
    shape.spinesPerPlane = 1; // 4:1: spine links are the most loaded
    const FabricGraph fabric = MakeThreeTier(shape);
    const RouteTable routes(fabric, EngineMode::STANDARD);
    const auto matrix = TrafficMatrix::Uniform(fabric);
    const auto sizes = ParseSizeDistribution("exponential:20000");
    for (double sigma : {0.0, 1.0})
    {
        TrafficSpec spec;
        spec.flows = 100'000;
        spec.load = 0.6;
        spec.lognormalSigma = sigma;
        const FlowList flows = GenerateFlows(fabric, routes, matrix, *sizes, spec);
        std::vector<double> bits(fabric.LinkCount(), 0);
        RoutesOfFlows next(routes);
        Route route;
        for (const Flow& flow : flows)
        {
            next.Next(flow.src, flow.dst, route);
            for (LinkId link : route)
            {
                bits[link] += 8.0 * static_cast<double>(WireBytes(flow.sizeBytes, spec.headerBytes));
            }
        }
        const auto shares = ExpectedLinkShares(fabric, routes, matrix);
        LinkId busiest = 0;
        for (LinkId link = 0; link < fabric.LinkCount(); link++)
        {
            const auto weight = [&](LinkId l) { return shares[l] / static_cast<double>(fabric.Link(l).bitsPerSecond); };
            busiest = weight(link) > weight(busiest) ? link : busiest;
        }
        const double seconds = static_cast<double>(flows.back().startNs) * 1e-9;
        EXPECT_NEAR(bits[busiest] / seconds / static_cast<double>(fabric.Link(busiest).bitsPerSecond), 0.6, 0.03);
        EXPECT_TRUE(std::is_sorted(flows.begin(),
                                   flows.end(),
                                   [](const Flow& a, const Flow& b) { return a.startNs < b.startNs; }));
    }
}

TEST(FlowGenerator, GapsHaveTheAskedShape)
{
    const FabricGraph fabric = MakeLeafSpine({});
    const RouteTable routes(fabric, EngineMode::STANDARD);
    const auto sizes = ParseSizeDistribution("constant:100000");
    for (double sigma : {0.0, 0.5, 1.0, 2.0})
    {
        TrafficSpec spec;
        spec.flows = 100'000;
        spec.lognormalSigma = sigma;
        const FlowList flows = GenerateFlows(fabric, routes, TrafficMatrix::Uniform(fabric), *sizes, spec);
        double sum = 0;
        double squares = 0;
        for (std::size_t i = 1; i < flows.size(); i++)
        {
            const double gap =
                std::log(std::max<double>(1, static_cast<double>(flows[i].startNs - flows[i - 1].startNs)));
            sum += gap;
            squares += gap * gap;
        }
        const double count = static_cast<double>(flows.size() - 1);
        const double deviation = std::sqrt(squares / count - sum / count * sum / count);
        // of the logarithm: sigma, or pi / sqrt(6) for exponential gaps
        EXPECT_NEAR(deviation, sigma > 0 ? sigma : 1.2825, 0.03);
    }
}

TEST(FlowGenerator, RefusesSpecsOutOfRange)
{
    const FabricGraph fabric = MakeLeafSpine({});
    const RouteTable routes(fabric, EngineMode::STANDARD);
    const auto sizes = ParseSizeDistribution("constant:1000");
    for (double load : {0.0, 1.0, -0.5, std::nan("")})
    {
        TrafficSpec spec;
        spec.load = load;
        EXPECT_THROW(GenerateFlows(fabric, routes, TrafficMatrix::Uniform(fabric), *sizes, spec), InputError);
    }
}

TEST(TrafficMatrix, DrawsPairsByWeight)
{
    const FabricGraph fabric = MakeLeafSpine({3, 2, 1});
    const TrafficMatrix matrix(fabric, {{0, 3, 0}, {0, 0, 0}, {1, 0, 0}});
    RandomStream random(2);
    std::map<std::pair<NodeId, NodeId>, int> seen;
    constexpr int DRAWS = 40'000;
    for (int i = 0; i < DRAWS; i++)
    {
        seen[matrix.Sample(random)]++;
    }
    EXPECT_EQ(seen.size(), 8U); // 4 pairs of hosts in each of 2 rack pairs
    for (const auto& [pair, count] : seen)
    {
        EXPECT_NEAR(count, DRAWS * (pair.first < 2 ? 0.75 : 0.25) / 4, 400);
    }
    double total = 0;
    for (NodeId src = 0; src < 6; src++)
    {
        for (NodeId dst = 0; dst < 6; dst++)
        {
            const double share = src != dst ? matrix.ShareOfHosts(src / 2, dst / 2) : 0;
            EXPECT_NEAR(share, static_cast<double>(seen[{src, dst}]) / DRAWS, 0.01);
            total += share;
        }
    }
    EXPECT_NEAR(total, 1, 1e-12);
    EXPECT_THROW(TrafficMatrix(fabric, {{0}}), InputError);
    EXPECT_THROW(TrafficMatrix(fabric, {{0, 1}, {-1, 0}}), InputError);
    EXPECT_THROW(TrafficMatrix(fabric, {{0, 1}}), InputError);
}

TEST(TrafficMatrix, PublishedMatricesFit)
{
    ThreeTierShape shape;
    shape.racksPerPod = 16;
    const FabricGraph fabric = MakeThreeTier(shape);
    for (const char* name : {"A", "B", "C"})
    {
        const RackWeights weights = ReadRackWeights(name);
        EXPECT_EQ(weights.blocks.racksPerRow, 1U);
        EXPECT_FALSE(weights.blocks.sameRack);
        EXPECT_NO_THROW(TrafficMatrix(fabric, weights.rows)) << name;
    }
    EXPECT_THROW(ReadRackWeights("nowhere.json"), InputError);
}

TEST(FlowFile, ReadsWhatItWrote)
{
    const FabricGraph fabric = MakeLeafSpine({});
    const FlowList flows = {{0, 5, 1, 0}, {3, 2, 123'456, 7}, {31, 0, 1000, 2'000'000'001}};
    const std::string file = (TemporaryFolder() / "m3-flows.txt").string();
    for (StartTimes times : {StartTimes::SECONDS, StartTimes::NANOSECONDS})
    {
        WriteFlowFile(flows, file, times);
        const FlowList back = ReadFlowFile(file, fabric, times);
        ASSERT_EQ(back.size(), flows.size());
        for (std::size_t i = 0; i < flows.size(); i++)
        {
            EXPECT_EQ(back[i].src, flows[i].src);
            EXPECT_EQ(back[i].dst, flows[i].dst);
            EXPECT_EQ(back[i].sizeBytes, flows[i].sizeBytes);
            EXPECT_EQ(back[i].startNs, flows[i].startNs);
        }
    }
    std::filesystem::remove(file);
}

TEST(FlowList, PerturbedStartTimesAreOneNanosecondLaterForEverySecondFlow)
{
    const FlowList flows{{0, 1, 100, 5}, {1, 0, 200, 5}, {0, 2, 300, 7}, {2, 0, 400, 8}, {0, 1, 500, 9}};
    const FlowList moved = PerturbStartTimes(flows);
    ASSERT_EQ(moved.size(), flows.size());
    const std::vector<int64_t> starts{5, 5, 8, 8, 9}; // the first would come after the second, the last has none after
    for (std::size_t i = 0; i < moved.size(); i++)
    {
        EXPECT_EQ(moved[i].startNs, starts[i]) << i;
        EXPECT_EQ(moved[i].sizeBytes, flows[i].sizeBytes) << i;
    }
    EXPECT_TRUE(PerturbStartTimes(FlowList{}).empty());
}
