// SPDX-License-Identifier: GPL-2.0-only
// What a cut-out path has of the rest of its network, by definition: capacities that flows which are cut away leave,
// and inputs of hops that are the whole network's. Paths of the published model have their base times by hand.
#include "packet/engine/star.h"

#include "core/random-stream.h"
#include "fabric/routes-of-flows.h"
#include "features/feature-schema.h"
#include "features/path-feature-map.h"
#include "features/path-features.h"
#include "ns3/m3-fabric-shapes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

using namespace ns3::m3;

namespace
{

/// Two racks of three hosts at 10 Gb/s, one spine at 40 Gb/s, and flows of which some are still under way at the end.
struct BusyRacks
{
    FabricGraph fabric;
    FlowList flows;
    std::vector<Route> routeOf; //!< of each flow

    explicit BusyRacks(int count = 200, uint64_t spanNs = 5'000'000)
    {
        LeafSpineShape shape;
        shape.racks = 2;
        shape.hostsPerRack = 3;
        shape.spines = 1;
        fabric = MakeLeafSpine(shape);
        RandomStream random(21);
        for (int i = 0; i < count; i++)
        {
            const auto src = static_cast<NodeId>(random.Integer(0, 5));
            const auto dst = static_cast<NodeId>((src + random.Integer(1, 5)) % 6);
            flows.push_back({src,
                             dst,
                             static_cast<uint64_t>(random.LogUniform(100, 2'000'000)),
                             static_cast<int64_t>(random.Integer(0, spanNs))});
        }
        std::sort(flows.begin(), flows.end(), [](const Flow& a, const Flow& b) { return a.startNs < b.startNs; });
        const RouteTable routes(fabric, EngineMode::STANDARD);
        RoutesOfFlows next(routes);
        for (const Flow& flow : flows)
        {
            routeOf.emplace_back();
            next.Next(flow.src, flow.dst, routeOf.back());
        }
    }

    bool Uses(std::size_t flow, LinkId link) const
    {
        return std::find(routeOf[flow].begin(), routeOf[flow].end(), link) != routeOf[flow].end();
    }

    /// Bytes with headers that all flows put on a link, of what it could have sent.
    double Load(LinkId link, double rttNs) const
    {
        double bytes = 0;
        for (std::size_t flow = 0; flow < flows.size(); flow++)
        {
            bytes += Uses(flow, link) ? static_cast<double>(WireBytes(flows[flow].sizeBytes, 48)) : 0;
        }
        const double bytesPerNs = static_cast<double>(fabric.Link(link).bitsPerSecond) / 8e9;
        return bytes / bytesPerNs / (rttNs + static_cast<double>(flows.back().startNs - flows.front().startNs));
    }

    /// Share of all bytes that have left when the last flow starts, each flow at a rate in bytes per ns.
    double Sent(double bytesPerNs) const
    {
        double sent = 0;
        double all = 0;
        for (const Flow& flow : flows)
        {
            const auto size = static_cast<double>(flow.sizeBytes);
            sent += std::min(size, bytesPerNs * static_cast<double>(flows.back().startNs - flow.startNs));
            all += size;
        }
        return sent / all;
    }

    /// The same where a load leaves a part of 10 Gb/s, at least a tenth: linear in log2 between halved rates.
    double SentAt(double load) const
    {
        const double halvings = -std::log2(std::max(0.1, 1 - load));
        const double below = std::floor(halvings);
        const double low = Sent(1.25 * std::exp2(-below));
        const double high = Sent(1.25 * std::exp2(-below - 1));
        return low + (halvings - below) * (high - low);
    }
};

} // namespace

TEST(PathViewerByDefinition, LinksOffThePathLackWhatIsCutAway)
{
    const BusyRacks racks;
    const RouteTable routes(racks.fabric, EngineMode::STANDARD);
    const RdmaConfig config = RdmaConfig().Resolve(racks.fabric, routes);
    const double rtt = UnitRttNs(racks.fabric, routes, config);
    const PathViewer viewer(racks.fabric, routes, config, racks.flows, {50});
    std::set<double> left;
    for (const std::vector<TimeWindow>& windows :
         {std::vector<TimeWindow>{{0, INT64_MAX}},
          std::vector<TimeWindow>{{1'000'000, 2'000'000}, {3'000'000, 3'500'000}}})
    {
        const auto inWindows = [&](int64_t time)
        {
            return std::any_of(windows.begin(),
                               windows.end(),
                               [&](const TimeWindow& window) { return window.first <= time && time < window.second; });
        };
        double share = 0;
        for (const Flow& flow : racks.flows)
        {
            share += inWindows(flow.startNs) ? 1.0 / 200 : 0;
        }
        for (uint32_t path = 0; path < viewer.Index().PathCount(); path++)
        {
            const PathScenario scenario = viewer.Index().Scenario(path, windows);
            const FabricFluid fluid = viewer.Fluid(scenario, windows);
            for (LinkId link = 0; link < scenario.fabric.LinkCount(); link++)
            {
                const double gbps = static_cast<double>(scenario.fabric.Link(link).bitsPerSecond) / 1e9;
                const auto& onPath = scenario.path;
                if (std::find(onPath.begin(), onPath.end(), link) != onPath.end())
                {
                    ASSERT_EQ(fluid.linkGbps[link], gbps);
                    continue;
                }
                double kept = 0; // flows of the scenario on it that start in a window
                for (std::size_t flow = 0; flow < scenario.flows.size(); flow++)
                {
                    Route route;
                    scenario.RouteOf(flow, route);
                    const bool uses = std::find(route.begin(), route.end(), link) != route.end();
                    kept += uses && inWindows(scenario.flows[flow].startNs);
                }
                double cutAway = 0;
                for (const LinkId original : scenario.originalLinks[link])
                {
                    double all = 0; // expected in the windows
                    for (std::size_t flow = 0; flow < racks.flows.size(); flow++)
                    {
                        all += racks.Uses(flow, original) ? share : 0;
                    }
                    const double load = racks.Load(original, rtt);
                    const double part = kept > 0 ? std::min(1.0, kept / all) : 0;
                    cutAway = std::max(cutAway, load * racks.SentAt(load) * (1 - part));
                }
                ASSERT_NEAR(fluid.linkGbps[link], gbps * std::max(0.1, 1 - cutAway), 1e-9) << "link " << link;
                left.insert(fluid.linkGbps[link] / gbps);
            }
        }
    }
    EXPECT_GT(left.size(), 20U);
    EXPECT_LT(*left.begin(), 0.5) << "links are busy with what is cut away";
}

TEST(PathViewerByDefinition, HopsHaveLoadsAndBuffersOfTheNetwork)
{
    const BusyRacks racks;
    const RouteTable routes(racks.fabric, EngineMode::STANDARD);
    RdmaConfig config;
    config.bufferBytes = 500'000;
    config = config.Resolve(racks.fabric, routes);
    const double rtt = UnitRttNs(racks.fabric, routes, config);
    const PathViewer viewer(racks.fabric, routes, config, racks.flows, {50});
    for (uint32_t path = 0; path < viewer.Index().PathCount(); path++)
    {
        const std::vector<uint32_t>& foreground = viewer.Index().ForegroundFlows(path);
        const FlowFeatures view = viewer.View(path, foreground);
        const Route& route = viewer.Index().PathRoute(path);
        for (std::size_t row = 0; row < foreground.size(); row++)
        {
            for (std::size_t i = 0; i < route.size(); i++)
            {
                const float* hop = &view.hop[(view.hopBegin[row] + i) * std::size_t{HOP_INPUTS}];
                EXPECT_NEAR(hop[LINK_LOAD], racks.Load(route[i], rtt), 1e-5);
                EXPECT_NEAR(hop[REVERSE_LOAD], racks.Load(ReverseLink(route[i]), rtt), 1e-5);
                const NodeId node = racks.fabric.Link(route[i]).from;
                const double pool =
                    i == 0 ? 1 : static_cast<double>(SharedPoolBytes(racks.fabric, node, config)) / (1.25 * rtt);
                EXPECT_NEAR(hop[LOG_POOL], std::log(pool), 1e-4) << "hop " << i;
            }
        }
    }
}

TEST(PathViewer, HasTheRecordedNumbers)
{
    // sums over all hops of all views, recorded: they change with the windows in which flows are watched, with how long
    // before them others take part, and with anything else that a view depends on
    const BusyRacks racks(1000, 60'000'000);
    const RouteTable routes(racks.fabric, EngineMode::STANDARD);
    const RdmaConfig config = RdmaConfig().Resolve(racks.fabric, routes);
    const PathViewer viewer(racks.fabric, routes, config, racks.flows, {50});
    double slowdowns = 0;
    double active = 0;
    double recent = 0; // share of time in which the link held a flow down, over 1000 base RTTs
    std::size_t hops = 0;
    for (uint32_t path = 0; path < viewer.Index().PathCount(); path++)
    {
        const FlowFeatures view = viewer.View(path, viewer.Index().ForegroundFlows(path));
        for (std::size_t row = 0; row < view.Count(); row++)
        {
            slowdowns += view.flow[row * FLOW_INPUTS + LOG_FLUID];
        }
        for (std::size_t hop = 0; hop < view.hopBegin.back(); hop++, hops++)
        {
            active += view.hop[hop * HOP_INPUTS + 7];
            recent += view.hop[hop * HOP_INPUTS + 41];
        }
    }
    EXPECT_EQ(hops, 2922U);
    EXPECT_NEAR(slowdowns, 526.25, 0.01);
    EXPECT_NEAR(active, 2232.35, 0.02);
    EXPECT_NEAR(recent, 435.6, 0.01);
}

TEST(PathFeatureMap, PublishedSlowdownsHaveTheirBaseTimes)
{
    // 1 us a link; a full packet takes 838.4 ns at an end of 10 Gb/s and 209.6 ns at an inner link of 40 Gb/s. A flow
    // that leaves or enters at a position has a link more at either, without a packet's time at ends that it lacks, and
    // what lies between an inner position and its host beyond the first link. Slowdown = (fluid + base) / (wire + base)
    struct Published
    {
        uint32_t hosts;
        uint32_t src;
        uint32_t dst;
        double baseNs;
    };

    constexpr double END = 838.4;
    constexpr double INNER = 209.6;
    for (const Published& flow : {Published{3, 0, 2, 2000 + END},
                                  Published{3, 0, 1, 2000},
                                  Published{3, 1, 2, 2000},
                                  Published{5, 0, 4, 4000 + END + 2 * INNER},
                                  Published{5, 0, 2, 3000 + INNER + 1000},
                                  Published{5, 1, 3, 4000 + 2 * INNER - END},
                                  Published{5, 2, 3, 3000 + INNER - END + 1000},
                                  Published{5, 3, 4, 2000},
                                  Published{7, 0, 6, 6000 + END + 4 * INNER},
                                  Published{7, 2, 4, 4000 + 2 * INNER - END + 2000},
                                  Published{7, 3, 6, 4000 + 2 * INNER + 2000}})
    {
        const double wire = (20'000 + 20 * 48) * 0.8;
        for (const double fluid : {1.5 * wire, 4 * wire})
        {
            EXPECT_NEAR(PublishedPathSlowdown(flow.hosts, flow.src, flow.dst, 20'000, fluid),
                        (fluid + flow.baseNs) / (wire + flow.baseNs),
                        1e-12)
                << flow.hosts << " hosts, " << flow.src << " to " << flow.dst;
        }
    }
    // a packet of 500 B: 548 B on the wire; and no slowdown is below 1
    const double wire = 548 * 0.8;
    EXPECT_NEAR(PublishedPathSlowdown(3, 0, 2, 500, 3 * wire), (3 * wire + 2000 + wire) / (wire + 2000 + wire), 1e-12);
    EXPECT_EQ(PublishedPathSlowdown(3, 0, 2, 500, wire / 2), 1);
}
