// SPDX-License-Identifier: GPL-2.0-only
// The paths that the published method learns from: what is drawn is in the published ranges and does what it says.
#include "training/published-paths.h"

#include "ns3/m3-dcqcn.h"
#include "ns3/m3-dctcp.h"
#include "ns3/m3-hpcc.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-link-timing.h"
#include "ns3/m3-routes.h"
#include "ns3/m3-timely.h"
#include "parts/path-index.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace ns3::m3;

namespace
{

constexpr uint64_t PATH_SEED = 38;
constexpr double AMPLE_HOPS = 1e12; // for as many flows as are wanted
constexpr PublishedPathRanges FEW_FLOWS{200, 800, 166'000};

template <typename Check>
void CheckPaths(uint64_t count, const PublishedPathRanges& ranges, const Check& check)
{
    for (uint64_t index = 0; index < count; index++)
    {
        const PublishedPath drawn = DrawPublishedPath(PATH_SEED, index, AMPLE_HOPS, ranges);
        SCOPED_TRACE(drawn.scenario.description);
        check(drawn);
    }
}

bool IsForeground(const PublishedPath& drawn, std::size_t flow)
{
    return drawn.enters[flow] == 0 && drawn.leaves[flow] == drawn.path.size();
}

std::size_t ForegroundOf(const PublishedPath& drawn)
{
    std::size_t count = 0;
    for (std::size_t flow = 0; flow < drawn.enters.size(); flow++)
    {
        count += IsForeground(drawn, flow);
    }
    return count;
}

/// Load of each link of the path until the last flow starts, from the routes of the flows.
std::vector<double> LoadsOf(const PublishedPath& drawn)
{
    const FabricGraph& fabric = drawn.scenario.fabric;
    const RouteTable routes(fabric, drawn.scenario.config.mode);
    std::map<LinkId, double> bits;
    for (const Flow& flow : drawn.scenario.flows)
    {
        Route route;
        routes.FirstRoute(flow.src, flow.dst, route);
        for (const LinkId link : route)
        {
            bits[link] += 8.0 * static_cast<double>(WireBytes(flow.sizeBytes, drawn.scenario.config.Format()));
        }
    }
    std::vector<double> loads;
    const auto duration = static_cast<double>(drawn.scenario.flows.back().startNs);
    for (const LinkId link : drawn.path)
    {
        loads.push_back(bits[link] / (static_cast<double>(fabric.Link(link).bitsPerSecond) / 1e9 * duration));
    }
    return loads;
}

} // namespace

TEST(PublishedPaths, PathsHaveTheLinksOfThePublishedFabric)
{
    std::map<std::size_t, uint32_t> paths;
    CheckPaths(90,
               FEW_FLOWS,
               [&](const PublishedPath& drawn)
               {
                   paths[drawn.path.size()]++;
                   for (std::size_t i = 0; i < drawn.path.size(); i++)
                   {
                       const FabricLink& link = drawn.scenario.fabric.Link(drawn.path[i]);
                       const bool isEnd = i == 0 || i + 1 == drawn.path.size();
                       EXPECT_EQ(link.bitsPerSecond, isEnd ? 10'000'000'000U : 40'000'000'000U);
                       EXPECT_EQ(link.delayNs, 1000);
                   }
                   // base RTT of the 6-link path, whatever the path is: 2 x 6 us, and payloads of 1000 B at 10 Gb/s
                   // (800 ns) twice and at 40 Gb/s (200 ns) four times
                   EXPECT_EQ(drawn.scenario.config.baseRttNs, 12'000 + 2 * 800 + 4 * 200);
               });
    EXPECT_EQ(paths.size(), 3U);
    for (const std::size_t links : {2, 4, 6})
    {
        EXPECT_GT(paths[links], 15U) << links;
    }
}

TEST(PublishedPaths, FlowsUseTheLinksBetweenTheirPositionsAlone)
{
    std::map<std::size_t, std::set<std::pair<uint32_t, uint32_t>>> pairs; // by links
    CheckPaths(60,
               FEW_FLOWS,
               [&](const PublishedPath& drawn)
               {
                   const RouteTable routes(drawn.scenario.fabric, drawn.scenario.config.mode);
                   ASSERT_NO_THROW(CheckFlows(drawn.scenario.fabric, routes, drawn.scenario.flows));
                   ASSERT_EQ(drawn.enters.size(), drawn.scenario.flows.size());
                   for (std::size_t id = 0; id < drawn.enters.size(); id++)
                   {
                       pairs[drawn.path.size()].insert({drawn.enters[id], drawn.leaves[id]});
                       const Flow& flow = drawn.scenario.flows[id];
                       Route route;
                       routes.FirstRoute(flow.src, flow.dst, route);
                       Route onPath;
                       for (const LinkId link : route)
                       {
                           if (std::find(drawn.path.begin(), drawn.path.end(), link) != drawn.path.end())
                           {
                               onPath.push_back(link);
                           }
                       }
                       const Route between(drawn.path.begin() + drawn.enters[id],
                                           drawn.path.begin() + drawn.leaves[id]);
                       ASSERT_EQ(onPath, between);
                       // hosts of 10 Gb/s, and as far away as in a three-tier fabric: no route beyond 6 links
                       EXPECT_EQ(drawn.scenario.fabric.Link(route.front()).bitsPerSecond, 10'000'000'000U);
                       EXPECT_EQ(drawn.scenario.fabric.Link(route.back()).bitsPerSecond, 10'000'000'000U);
                       int64_t delay = 0;
                       for (const LinkId link : route)
                       {
                           delay += drawn.scenario.fabric.Link(link).delayNs;
                       }
                       EXPECT_LE(delay, 6000);
                   }
               });
    EXPECT_EQ(pairs[2].size(), 3U); // all of them have flows in some path
    EXPECT_EQ(pairs[4].size(), 10U);
    EXPECT_EQ(pairs[6].size(), 21U);
}

TEST(PublishedPaths, ForegroundFlowsAreAsManyAsAskedForUnlessTheyCostTooMuch)
{
    std::vector<std::size_t> counts;
    CheckPaths(60,
               FEW_FLOWS,
               [&](const PublishedPath& drawn)
               {
                   counts.push_back(ForegroundOf(drawn));
                   EXPECT_GE(counts.back(), FEW_FLOWS.minForeground);
                   EXPECT_LE(counts.back(), FEW_FLOWS.maxForeground);
                   EXPECT_LT(counts.back(), drawn.scenario.flows.size()); // there is a background
               });
    std::sort(counts.begin(), counts.end());
    EXPECT_NEAR(static_cast<double>(counts[30]), 400, 80); // the middle of the logarithms
    constexpr double HOPS = 1e5;
    std::size_t fewer = 0;
    for (uint64_t index = 0; index < 60; index++)
    {
        const PublishedPath drawn = DrawPublishedPath(PATH_SEED, index, HOPS, FEW_FLOWS);
        const RouteTable routes(drawn.scenario.fabric, drawn.scenario.config.mode);
        double hops = 0;
        for (const Flow& flow : drawn.scenario.flows)
        {
            Route route;
            routes.FirstRoute(flow.src, flow.dst, route);
            hops += static_cast<double>(route.size()) * std::ceil(static_cast<double>(flow.sizeBytes) / 1000);
        }
        const bool isHeavyTailed = drawn.scenario.description.find("pareto") != std::string::npos ||
                                   drawn.scenario.description.find("lognormal") != std::string::npos;
        EXPECT_LT(hops, (isHeavyTailed ? 10 : 1.5) * HOPS) << drawn.scenario.description;
        fewer += ForegroundOf(drawn) < FEW_FLOWS.minForeground;
    }
    EXPECT_GT(fewer, 10U);
}

TEST(PublishedPaths, TheMostLoadedLinkHasTheLoadThatIsDrawn)
{
    double sum = 0;
    CheckPaths(60,
               FEW_FLOWS,
               [&](const PublishedPath& drawn)
               {
                   const std::vector<double> loads = LoadsOf(drawn);
                   EXPECT_NEAR(*std::max_element(loads.begin(), loads.end()), drawn.load, 1e-4);
                   EXPECT_GT(*std::min_element(loads.begin(), loads.end()), 0);
                   EXPECT_GE(drawn.load, 0.2);
                   EXPECT_LE(drawn.load, 0.8);
                   sum += drawn.load;
               });
    EXPECT_NEAR(sum / 60, 0.5, 0.07); // standard error 0.022
}

TEST(PublishedPaths, GapsAreAsBurstyAsDrawnAndPairsAreMixed)
{
    CheckPaths(20,
               {3000, 4000, 166'000},
               [](const PublishedPath& drawn)
               {
                   EXPECT_GE(drawn.sigma, 1);
                   EXPECT_LE(drawn.sigma, 2);
                   std::vector<double> logarithms;
                   std::size_t inFirstHalf = 0;
                   const FlowList& flows = drawn.scenario.flows;
                   for (std::size_t id = 1; id < flows.size(); id++)
                   {
                       const auto gap = static_cast<double>(flows[id].startNs - flows[id - 1].startNs);
                       logarithms.push_back(std::log(std::max(gap, 0.5)));
                       inFirstHalf += id < flows.size() / 2 && IsForeground(drawn, id);
                   }
                   const auto count = static_cast<double>(logarithms.size());
                   const double mean = std::accumulate(logarithms.begin(), logarithms.end(), 0.0) / count;
                   double squares = 0;
                   for (const double value : logarithms)
                   {
                       squares += (value - mean) * (value - mean);
                   }
                   EXPECT_NEAR(std::sqrt(squares / count) / drawn.sigma, 1, 0.06);
                   EXPECT_NEAR(static_cast<double>(inFirstHalf) / static_cast<double>(ForegroundOf(drawn)), 0.5, 0.05);
               });
}

TEST(PublishedPaths, SizesAreOfFourFamiliesWithinTheRange)
{
    std::map<std::string, uint32_t> families;
    std::vector<double> means;
    CheckPaths(200,
               FEW_FLOWS,
               [&](const PublishedPath& drawn)
               {
                   double sum = 0;
                   for (const Flow& flow : drawn.scenario.flows)
                   {
                       ASSERT_GE(flow.sizeBytes, 50U);
                       sum += static_cast<double>(flow.sizeBytes);
                   }
                   means.push_back(drawn.scenario.meanSize);
                   for (const char* family : {"exponential", "gaussian", "lognormal", "pareto"})
                   {
                       families[family] += drawn.scenario.description.find(family) != std::string::npos;
                   }
                   if (drawn.scenario.description.find("gaussian") != std::string::npos)
                   {
                       EXPECT_NEAR(sum / static_cast<double>(drawn.scenario.flows.size()) / means.back(), 1, 0.15);
                   }
               });
    EXPECT_GE(*std::min_element(means.begin(), means.end()), 999);
    EXPECT_LE(*std::max_element(means.begin(), means.end()), 166'000);
    std::sort(means.begin(), means.end());
    EXPECT_NEAR(std::log(means[100]), (std::log(1000) + std::log(166'000)) / 2, 0.5);
    for (const auto& [family, count] : families)
    {
        EXPECT_NEAR(count, 50, 25) << family;
    }
    const PublishedPath larger = DrawPublishedPath(PATH_SEED, 0, AMPLE_HOPS, {200, 800, 600'000});
    EXPECT_GT(larger.scenario.meanSize, DrawPublishedPath(PATH_SEED, 0, AMPLE_HOPS, FEW_FLOWS).scenario.meanSize);
}

TEST(PublishedPaths, ConfigurationsAreThoseOfThePublishedRanges)
{
    std::map<CongestionControlType, uint32_t> controls;
    uint32_t withoutPfc = 0;
    CheckPaths(120,
               FEW_FLOWS,
               [&](const PublishedPath& drawn)
               {
                   const RdmaConfig& config = drawn.scenario.config;
                   const auto expectWithin = [](double value, double low, double high)
                   {
                       EXPECT_GE(value, low);
                       EXPECT_LE(value, high);
                   };
                   EXPECT_EQ(config.mode, EngineMode::HPCC);
                   expectWithin(static_cast<double>(*config.windowBytes), 5000, 30'000);
                   expectWithin(static_cast<double>(*config.bufferBytes), 20 * 10'240, 50 * 10'240);
                   controls[config.congestionControl]++;
                   withoutPfc += !config.pfc;
                   switch (config.congestionControl)
                   {
                   case CongestionControlType::DCTCP:
                       expectWithin(static_cast<double>(*config.Of<DctcpConfig>().kBytes), 5000, 20'000);
                       break;
                   case CongestionControlType::DCQCN: // 20 to 50 and 50 to 100 KB at 25 Gb/s
                       expectWithin(static_cast<double>(*config.Of<DcqcnConfig>().kminBytes), 8000, 20'000);
                       expectWithin(static_cast<double>(*config.Of<DcqcnConfig>().kmaxBytes), 20'000, 40'000);
                       EXPECT_TRUE(config.pfc);
                       break;
                   case CongestionControlType::HPCC:
                       expectWithin(config.Of<HpccConfig>().eta, 0.7, 0.95);
                       expectWithin(static_cast<double>(*config.Of<HpccConfig>().aiBps), 500e6, 1000e6);
                       break;
                   default:
                       EXPECT_EQ(config.congestionControl, CongestionControlType::TIMELY);
                       expectWithin(static_cast<double>(config.Of<TimelyConfig>().tLowNs), 40'000, 60'000);
                       expectWithin(static_cast<double>(config.Of<TimelyConfig>().tHighNs), 100'000, 150'000);
                   }
                   // the switches of the ends are as those of a rack: ten ports, and a threshold that acts where PFC
                   // does
                   const RouteTable routes(drawn.scenario.fabric, config.mode);
                   const RdmaConfig resolved = config.Resolve(drawn.scenario.fabric, routes);
                   const NodeId first = drawn.scenario.fabric.Link(drawn.path.front()).to;
                   EXPECT_EQ(drawn.scenario.fabric.EgressLinks(first).size(), 10U);
                   const bool isLimited = SharedPoolBytes(drawn.scenario.fabric, first, resolved) < *config.bufferBytes;
                   EXPECT_TRUE(!config.pfc || isLimited ||
                               BufferOfSwitch(drawn.scenario.fabric, first, resolved).wraps);
                   EXPECT_TRUE(config.pfc || !isLimited);
               });
    EXPECT_EQ(controls.size(), 4U);
    for (const auto& [control, count] : controls)
    {
        EXPECT_NEAR(count, 30, 15) << CongestionControlName(control);
    }
    EXPECT_NEAR(withoutPfc, 45, 15); // half of three controls
}

TEST(PublishedNetworks, PathsAreOfAllLengthsAndSomeAreMostLoadedAboveTheirRacks)
{
    constexpr uint64_t NETWORKS = 40;
    constexpr double HOPS = 1e6;
    std::map<std::size_t, double> pathsOf; // by links, in networks
    double above = 0;                      // of the paths drawn, those whose most loaded link has 40 Gb/s
    double draws = 0;
    std::size_t most = 0; // foreground flows
    uint32_t withoutPfc = 0;
    std::set<CongestionControlType> controls;
    for (uint64_t index = 0; index < NETWORKS; index++)
    {
        const TrainingScenario drawn = DrawPublishedNetwork(PATH_SEED, index, HOPS);
        SCOPED_TRACE(drawn.description);
        const RdmaConfig& config = drawn.config;
        EXPECT_EQ(config.mode, EngineMode::HPCC);
        EXPECT_TRUE(*config.windowBytes >= 5000 && *config.windowBytes <= 30'000);
        EXPECT_TRUE(*config.bufferBytes >= 20 * 10'240 && *config.bufferBytes <= 50 * 10'240);
        EXPECT_TRUE(config.pfc || config.congestionControl != CongestionControlType::DCQCN);
        controls.insert(config.congestionControl);
        withoutPfc += !config.pfc;
        const RouteTable routes(drawn.fabric, config.mode);
        ASSERT_NO_THROW(CheckFlows(drawn.fabric, routes, drawn.flows));
        const PathIndex paths(drawn.fabric, routes, drawn.flows, {50, 1});
        for (uint32_t path = 0; path < paths.PathCount(); path++)
        {
            const Route& route = paths.PathRoute(path);
            pathsOf[route.size()] += 1.0 / paths.PathCount();
            most = std::max(most, paths.ForegroundFlows(path).size());
            const auto loadOf = [&](LinkId link)
            {
                return paths.WireBytesOf(link, config.Format().headerBytes) /
                       static_cast<double>(drawn.fabric.Link(link).bitsPerSecond);
            };
            const LinkId busiest = *std::max_element(route.begin(),
                                                     route.end(),
                                                     [&](LinkId a, LinkId b) { return loadOf(a) < loadOf(b); });
            const uint64_t rate = drawn.fabric.Link(busiest).bitsPerSecond;
            EXPECT_TRUE(rate == 10'000'000'000U || rate == 40'000'000'000U);
            draws += paths.Multiplicity(path);
            above += rate == 40'000'000'000U ? paths.Multiplicity(path) : 0;
        }
    }
    EXPECT_EQ(pathsOf.size(), 3U);
    EXPECT_GT(pathsOf[2], 2);
    EXPECT_GT(pathsOf[4], 5);
    EXPECT_GT(pathsOf[6], 5);
    EXPECT_GT(above / draws, 0.1); // on parking lots it is none
    EXPECT_LT(above / draws, 0.6);
    EXPECT_GE(most, 300U); // with 30 times as many transmissions far more
    EXPECT_EQ(controls.size(), 4U);
    EXPECT_NEAR(withoutPfc, 15, 10);
    const TrainingScenario one = DrawPublishedNetwork(PATH_SEED, 3, HOPS);
    const TrainingScenario same = DrawPublishedNetwork(PATH_SEED, 3, HOPS);
    EXPECT_EQ(one.description, same.description);
    EXPECT_EQ(one.flows.back().startNs, same.flows.back().startNs);
    EXPECT_NE(one.description, DrawPublishedNetwork(PATH_SEED + 1, 3, HOPS).description);
}

TEST(PublishedPaths, TheSameNumbersGiveTheSamePath)
{
    const auto same = [](const PublishedPath& a, const PublishedPath& b)
    {
        return a.scenario.description == b.scenario.description && a.enters == b.enters && a.leaves == b.leaves &&
               std::equal(a.scenario.flows.begin(),
                          a.scenario.flows.end(),
                          b.scenario.flows.begin(),
                          b.scenario.flows.end(),
                          [](const Flow& one, const Flow& other)
                          {
                              return one.src == other.src && one.dst == other.dst && one.sizeBytes == other.sizeBytes &&
                                     one.startNs == other.startNs;
                          });
    };
    const PublishedPath one = DrawPublishedPath(1, 2, AMPLE_HOPS, FEW_FLOWS);
    EXPECT_TRUE(same(one, DrawPublishedPath(1, 2, AMPLE_HOPS, FEW_FLOWS)));
    EXPECT_FALSE(same(one, DrawPublishedPath(1, 3, AMPLE_HOPS, FEW_FLOWS)));
    EXPECT_FALSE(same(one, DrawPublishedPath(2, 2, AMPLE_HOPS, FEW_FLOWS)));
    // what selects a path does not depend on the number of its flows
    for (uint64_t index = 0; index < 20; index++)
    {
        const RdmaConfig all = DrawPublishedPath(1, index, AMPLE_HOPS, FEW_FLOWS).scenario.config;
        const RdmaConfig few = DrawPublishedPath(1, index, 1, FEW_FLOWS).scenario.config;
        EXPECT_EQ(all.congestionControl, few.congestionControl);
        EXPECT_EQ(all.pfc, few.pfc);
        EXPECT_EQ(all.windowBytes, few.windowBytes);
    }
}

TEST(PublishedPaths, RangesThatCannotBeAreRefused)
{
    EXPECT_THROW(DrawPublishedPath(1, 0, 1e5, {0, 10, 166'000}), InputError);
    EXPECT_THROW(DrawPublishedPath(1, 0, 1e5, {11, 10, 166'000}), InputError);
    EXPECT_THROW(DrawPublishedPath(1, 0, 1e5, {1, 10, 999}), InputError);
    EXPECT_THROW(DrawPublishedPath(1, 0, 1e5, {1, 10, 1'000'001}), InputError);
    EXPECT_THROW(DrawPublishedPath(1, 0, 1e5, {1, 10, std::nan("")}), InputError);
    EXPECT_EQ(ForegroundOf(DrawPublishedPath(1, 0, 1e5, {7, 7, 1000})), 7U);
}
