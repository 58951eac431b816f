// SPDX-License-Identifier: GPL-2.0-only
// A network cut into links.
#include "packet/engine/star.h"

#include "core/random-stream.h"
#include "fabric/ideal-fct.h"
#include "fabric/routes-of-flows.h"
#include "ns3/m3-dctcp.h"
#include "ns3/m3-fabric-shapes.h"
#include "ns3/m3-input-error.h"
#include "parts/link-decomposition.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

using namespace ns3::m3;

namespace
{

constexpr uint64_t GBPS = 1'000'000'000;

FlowList RandomFlows(const FabricGraph& fabric, uint32_t count, uint64_t seed)
{
    RandomStream random(seed);
    const std::vector<NodeId>& hosts = fabric.Hosts();
    FlowList flows;
    for (uint32_t i = 0; i < count; i++)
    {
        const auto src = random.Integer(0, hosts.size() - 1);
        const auto dst = (src + random.Integer(1, hosts.size() - 1)) % hosts.size();
        flows.push_back(
            {hosts[src], hosts[dst], static_cast<uint64_t>(random.LogUniform(1, 100'000)), int64_t{i} * 1000});
    }
    return flows;
}

FabricGraph SmallThreeTier()
{
    ThreeTierShape shape;
    shape.racksPerPod = 3;
    shape.hostsPerRack = 3;
    return MakeThreeTier(shape);
}

/// A fabric with its flows, cut.
struct Cut
{
    Cut(FabricGraph graph, FlowList list, const RdmaConfig& unresolved = {})
        : fabric(std::move(graph)),
          flows(std::move(list)),
          routes(fabric, unresolved.mode),
          config(unresolved.Resolve(fabric, routes)),
          network(fabric, routes, config, flows)
    {
    }

    const LoadedLink& Of(LinkId link) const
    {
        const auto found = std::find_if(network.Links().begin(),
                                        network.Links().end(),
                                        [link](const LoadedLink& loaded) { return loaded.link == link; });
        EXPECT_NE(found, network.Links().end());
        return *found;
    }

    FabricGraph fabric;
    FlowList flows;
    RouteTable routes;
    RdmaConfig config;
    LinkDecomposition network;
};

Route RouteIn(const LinkScenario& scenario, const Flow& flow)
{
    const RouteTable routes(scenario.fabric, EngineMode::STANDARD);
    Route route;
    routes.FirstRoute(flow.src, flow.dst, route);
    return route;
}

} // namespace

TEST(LinkDecomposition, EveryFlowIsOnEachLinkOfItsRouteOnce)
{
    for (const EngineMode mode : {EngineMode::STANDARD, EngineMode::HPCC})
    {
        RdmaConfig config;
        config.mode = mode;
        const Cut cut(SmallThreeTier(), RandomFlows(SmallThreeTier(), 2000, 1), config);
        std::vector<std::multiset<LinkId>> linksOf(cut.flows.size());
        for (const LoadedLink& loaded : cut.network.Links())
        {
            EXPECT_TRUE(std::is_sorted(loaded.flows.begin(), loaded.flows.end()));
            for (const uint32_t flow : loaded.flows)
            {
                linksOf[flow].insert(loaded.link);
            }
        }
        RoutesOfFlows keys(cut.routes);
        Route route;
        for (uint32_t id = 0; id < cut.flows.size(); id++)
        {
            keys.Next(cut.flows[id].src, cut.flows[id].dst, route);
            EXPECT_EQ(cut.network.RouteOf(id), route);
            EXPECT_EQ(linksOf[id], std::multiset<LinkId>(route.begin(), route.end()));
        }
    }
}

TEST(LinkDecomposition, EveryFlowKeepsItsRoundTripSizeAndStart)
{
    // links of one delay, and of many
    for (const bool equal : {true, false})
    {
        FabricGraph fabric = SmallThreeTier();
        if (!equal)
        {
            const FabricGraph shape = SmallThreeTier();
            fabric = FabricGraph();
            for (NodeId node = 0; node < shape.NodeCount(); node++)
            {
                fabric.AddNode(shape.IsHost(node) ? NodeKind::HOST : NodeKind::SWITCH);
            }
            for (LinkId link = 0; link < shape.LinkCount(); link += 2)
            {
                const FabricLink& original = shape.Link(link);
                fabric.AddLink(original.from, original.to, original.bitsPerSecond, 500 + 37 * int64_t{link});
            }
        }
        const Cut cut(fabric, RandomFlows(fabric, 1500, 2));
        const uint32_t header = cut.config.HeaderBytes();
        for (const LoadedLink& loaded : cut.network.Links())
        {
            const LinkScenario scenario = cut.network.Scenario(loaded);
            ASSERT_EQ(scenario.flows.size(), loaded.flows.size());
            uint32_t switches = 0;
            for (NodeId node = 0; node < scenario.fabric.NodeCount(); node++)
            {
                switches += !scenario.fabric.IsHost(node);
            }
            EXPECT_LE(switches, 2U);
            if (equal)
            {
                EXPECT_LE(scenario.fabric.Hosts().size(), cut.fabric.Hosts().size() + 3);
            }
            const FabricLink& target = scenario.fabric.Link(scenario.target);
            for (std::size_t i = 0; i < scenario.flows.size(); i++)
            {
                const Flow& flow = scenario.flows[i];
                const Flow& original = cut.flows[loaded.flows[i]];
                EXPECT_EQ(flow.sizeBytes, original.sizeBytes);
                EXPECT_EQ(flow.startNs, original.startNs);
                const Route route = RouteIn(scenario, flow);
                const Route whole = cut.network.RouteOf(loaded.flows[i]);
                const auto targetNs = [&](uint64_t rate)
                { return StandardTxTimeNs(1000 + header, rate) + StandardTxTimeNs(cut.config.AckBytes(), rate); };
                const int64_t slower =
                    targetNs(target.bitsPerSecond) - targetNs(cut.fabric.Link(loaded.link).bitsPerSecond);
                const int64_t rtt = BaseRttNs(scenario.fabric, route, header, cut.config.AckBytes()) - slower;
                // where a sink behind the target has a link that the route lacks, that takes 9 ns and 1 ns back
                EXPECT_LE(std::abs(rtt - cut.network.BaseRttOf(loaded.flows[i])), equal ? 1 : 10);
                EXPECT_EQ(std::count(route.begin(), route.end(), scenario.target), 1);
                if (whole.front() == loaded.link)
                {
                    EXPECT_EQ(route.front(), scenario.target) << "an access link is simulated alone";
                }
                else
                {
                    EXPECT_EQ(scenario.fabric.Link(route[0]).bitsPerSecond,
                              cut.fabric.Link(whole.front()).bitsPerSecond);
                    EXPECT_EQ(route[1], scenario.target);
                }
                for (auto link = std::find(route.begin(), route.end(), scenario.target) + 1; link != route.end();
                     ++link)
                {
                    EXPECT_GE(scenario.fabric.Link(*link).bitsPerSecond, 100 * target.bitsPerSecond);
                }
            }
        }
    }
}

TEST(LinkDecomposition, SourcesShareTheirAccessLinksWithNoOther)
{
    const Cut cut(Star(5, 10 * GBPS), RandomFlows(Star(5, 10 * GBPS), 300, 4));
    const LinkId down = ReverseLink(cut.fabric.EgressLinks(2)[0]);
    const LoadedLink& loaded = cut.Of(down);
    const LinkScenario scenario = cut.network.Scenario(loaded);
    for (std::size_t i = 0; i < scenario.flows.size(); i++)
    {
        for (std::size_t j = 0; j < i; j++)
        {
            EXPECT_EQ(scenario.flows[i].src == scenario.flows[j].src,
                      cut.flows[loaded.flows[i]].src == cut.flows[loaded.flows[j]].src);
        }
    }
    EXPECT_EQ(scenario.fabric.NodeCount(), 4 + 1 + 1U) << "four sources, the hub, one sink: all have one RTT";
}

TEST(LinkDecomposition, AcksTakeTheirShareOfTheLink)
{
    // ten packets there, five back a millisecond later: 60 B of ACK for each
    const FlowList flows{{0, 1, 10'000, 0}, {1, 0, 5000, 1'000'000}};
    const Cut cut(Star(2, 10 * GBPS), flows);
    ASSERT_EQ(cut.config.AckBytes(), 60U);
    Route back;
    cut.routes.DataRoute({1, 0, 1}, back);
    const double duration =
        1e6 + static_cast<double>(IdealFctNs(cut.fabric, back, 5000, DATA_HEADER_BYTES, EngineMode::STANDARD));
    EXPECT_DOUBLE_EQ(cut.network.DurationNs(), duration);
    const LoadedLink& up = cut.Of(cut.fabric.EgressLinks(0)[0]);
    EXPECT_DOUBLE_EQ(up.load, 10 * 1048 * 8 / (10 * duration));
    EXPECT_DOUBLE_EQ(up.ackShare, 5 * 60 * 8 / (10 * duration));
    const LoadedLink& down = cut.Of(ReverseLink(cut.fabric.EgressLinks(0)[0]));
    EXPECT_DOUBLE_EQ(down.load, 5 * 1048 * 8 / (10 * duration));
    EXPECT_DOUBLE_EQ(down.ackShare, 10 * 60 * 8 / (10 * duration));
    const LinkScenario scenario = cut.network.Scenario(down);
    EXPECT_EQ(scenario.fabric.Link(scenario.target).bitsPerSecond,
              static_cast<uint64_t>(std::llround(1e10 * (1 - down.ackShare))));
}

TEST(LinkDecomposition, NoLinkIsLoadedAboveOne)
{
    FlowList burst; // all at once: the trace lasts for as long as the link to host 0 needs
    for (NodeId src = 1; src < 8; src++)
    {
        burst.push_back({src, 0, 100'000, 5});
        burst.push_back({0, src, 1, 5});
    }
    std::sort(burst.begin(), burst.end(), [](const Flow& a, const Flow& b) { return a.startNs < b.startNs; });
    const Cut cut(Star(8, 10 * GBPS), burst);
    double maxLoad = 0;
    for (const LoadedLink& loaded : cut.network.Links())
    {
        EXPECT_GT(loaded.load, 0);
        EXPECT_LT(loaded.ackShare, 1);
        maxLoad = std::max(maxLoad, loaded.load + loaded.ackShare);
    }
    EXPECT_DOUBLE_EQ(maxLoad, 1);
}

TEST(LinkDecomposition, TheTargetMarksAndHoldsAsInTheNetwork)
{
    RdmaConfig config;
    config.Of<DctcpConfig>().kBytes = 12'000;
    const Cut cut(SmallThreeTier(), RandomFlows(SmallThreeTier(), 500, 5), config);
    for (const LoadedLink& loaded : cut.network.Links())
    {
        const LinkScenario scenario = cut.network.Scenario(loaded);
        const FabricLink& original = cut.fabric.Link(loaded.link);
        const FabricLink& target = scenario.fabric.Link(scenario.target);
        const EcnProfile marks = EcnProfileOfPort(scenario.config, target.bitsPerSecond);
        EXPECT_EQ(marks.kminBytes, original.bitsPerSecond == 10 * GBPS ? 12'000U : 48'000U);
        if (!cut.fabric.IsHost(original.from))
        {
            EXPECT_EQ(SharedPoolBytes(scenario.fabric, target.from, scenario.config),
                      SharedPoolBytes(cut.fabric, original.from, cut.config));
        }
    }
}

TEST(LinkDecomposition, RefusesWrongFlows)
{
    const FabricGraph fabric = Star(3, 10 * GBPS);
    for (const Flow& wrong : {Flow{0, 3, 1000, 0}, Flow{0, 9, 1000, 0}, Flow{1, 1, 1000, 0}, Flow{0, 1, 0, 0}})
    {
        EXPECT_THROW(Cut(fabric, {{0, 1, 1000, 0}, wrong}), InputError);
    }
}
