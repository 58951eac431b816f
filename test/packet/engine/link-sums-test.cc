// SPDX-License-Identifier: GPL-2.0-only
// Sums of links beside trace sources, results and the bytes of flows over their routes.
#include "packet/engine/link-sums.h"

#include "fabric/routes-of-flows.h"
#include "ns3/m3-fabric-helper.h"
#include "ns3/m3-packet-simulation.h"
#include "ns3/m3-rdma-network.h"
#include "packet/engine/random-scenario.h"
#include "packet/engine/star.h"

#include "ns3/boolean.h"
#include "ns3/integer.h"
#include "ns3/simulator.h"

#include <gtest/gtest.h>

#include <map>

using namespace ns3;
using namespace ns3::m3;

namespace
{

constexpr uint64_t SUMMED_RATE = 10'000'000'000;
constexpr uint64_t SEEDS = 40;
constexpr uint64_t WINDOW = 60'000; // of each flow of an incast: more together than a switch holds

struct SummedRun
{
    SummedRun(const FabricGraph& fabric, const RdmaConfig& config, const FlowList& flows, PacketRunOptions options = {})
        : sums(fabric, flows, config.HeaderBytes())
    {
        options.observer = &sums;
        result = RunPacketSimulation(fabric, config, flows, options);
        sums.Finish();
    }

    LinkSums sums;
    PacketResult result;
};

/// What trace sources tell, by link.
class TracedLinks
{
  public:
    TracedLinks(const FabricGraph& fabric, const Ptr<RdmaNetwork>& network)
        : m_fabric(fabric)
    {
        network->TraceConnectWithoutContext("QueueLength", MakeCallback(&TracedLinks::OnQueue, this));
        network->TraceConnectWithoutContext("EcnMark", MakeCallback(&TracedLinks::OnMark, this));
        network->TraceConnectWithoutContext("Pfc", MakeCallback(&TracedLinks::OnPfc, this));
        network->TraceConnectWithoutContext("Drop", MakeCallback(&TracedLinks::OnDrop, this));
    }

    std::map<LinkId, uint64_t> marks;
    std::map<LinkId, uint64_t> losses;
    std::map<LinkId, int64_t> pausedNs;
    std::map<LinkId, std::map<uint64_t, int64_t>> queueNs; //!< time by length

    /// Ends what lasts.
    void Finish(int64_t endNs)
    {
        for (auto& [link, state] : m_queues)
        {
            queueNs[link][state.first] += endNs - state.second;
        }
    }

  private:
    LinkId Egress(uint32_t node, uint32_t port) const
    {
        return m_fabric.EgressLinks(node)[port];
    }

    void OnQueue(uint32_t node, uint32_t port, uint64_t bytes)
    {
        const LinkId link = Egress(node, port);
        const int64_t now = Simulator::Now().GetNanoSeconds();
        auto& [length, since] = m_queues[link];
        queueNs[link][length] += now - since;
        length = bytes;
        since = now;
    }

    void OnMark(uint32_t node, uint32_t port, uint32_t /*flow*/)
    {
        marks[Egress(node, port)]++;
    }

    void OnPfc(uint32_t node, uint32_t port, bool pause)
    {
        const LinkId link = Egress(node, port);
        const int64_t now = Simulator::Now().GetNanoSeconds();
        if (pause && !m_pausedSince.count(link))
        {
            m_pausedSince[link] = now;
        }
        else if (!pause && m_pausedSince.count(link))
        {
            pausedNs[link] += now - m_pausedSince[link];
            m_pausedSince.erase(link);
        }
    }

    void OnDrop(uint32_t node, uint32_t port, uint32_t /*flow*/)
    {
        losses[ReverseLink(Egress(node, port))]++;
    }

    const FabricGraph& m_fabric;
    std::map<LinkId, std::pair<uint64_t, int64_t>> m_queues; //!< length and since when
    std::map<LinkId, int64_t> m_pausedSince;
};

/// Two flows from every other host to host 0 at once: queues, marks and pauses, or drops without PFC.
FlowList TwiceIncast(uint32_t hosts, uint64_t bytes)
{
    FlowList flows;
    for (uint32_t i = 0; i < 2 * (hosts - 1); i++)
    {
        flows.push_back({1 + i % (hosts - 1), 0, bytes, i < hosts - 1 ? 0 : 20'000});
    }
    return flows;
}

} // namespace

TEST(TimeHistogram, QuantilesAreAtMostAThirtySecondTooHigh)
{
    TimeHistogram histogram;
    EXPECT_EQ(histogram.Quantile(0.99), 0U);
    histogram.Add(0, 98);
    histogram.Add(63, 1); // below 64 bins are of one byte
    histogram.Add(1'000'000, 1);
    EXPECT_EQ(histogram.AllNs(), 100);
    EXPECT_EQ(histogram.Quantile(0.98), 0U);
    EXPECT_EQ(histogram.Quantile(0.99), 63U);
    for (const uint64_t bytes : {64UL, 65UL, 127UL, 128UL, 1000UL, 1'000'000UL, 123'456'789UL, 1UL << 40})
    {
        TimeHistogram one;
        one.Add(bytes, 5);
        EXPECT_GE(one.Quantile(0.99), bytes);
        EXPECT_LE(static_cast<double>(one.Quantile(0.99)), static_cast<double>(bytes) * 33 / 32);
    }
}

// Random networks of all kinds, with losses and changes of links: nothing else happens with the sums than without, and
// they add up to the totals of the result.
TEST(LinkSums, AddUpToTheResultAndChangeNothing)
{
    uint64_t comparedBytes = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
    {
        const RandomScenario one = ScenarioDrawer(seed).Draw();
        SCOPED_TRACE(std::to_string(seed) + ": " + one.description);
        PacketRunOptions options;
        options.linkChanges = one.changes;
        options.stopNs = 1'000'000'000;
        const PacketResult without = RunPacketSimulation(one.fabric, one.config, one.flows, options);
        const SummedRun run(one.fabric, one.config, one.flows, options);
        ASSERT_EQ(run.result.completionOrder, without.completionOrder);
        for (std::size_t flow = 0; flow < one.flows.size(); flow++)
        {
            ASSERT_EQ(run.result.flows[flow].receiverFctNs, without.flows[flow].receiverFctNs) << flow;
            ASSERT_EQ(run.result.flows[flow].senderFctNs, without.flows[flow].senderFctNs) << flow;
        }
        ASSERT_EQ(run.result.dataHops, without.dataHops);
        uint64_t marks = 0;
        uint64_t losses = 0;
        for (const LinkSum& sum : run.sums.Sums())
        {
            marks += sum.marks;
            losses += sum.losses;
        }
        EXPECT_EQ(marks, without.ecnMarks);
        EXPECT_EQ(losses, without.switchDrops + without.linkLosses);

        // without repetitions, losses and changes every packet passes once over each link of its flow's route
        if (without.completionOrder.size() < one.flows.size() || without.retransmissions > 0 || losses > 0 ||
            !one.changes.empty())
        {
            continue;
        }
        const RouteTable routes(one.fabric, one.config.mode);
        RoutesOfFlows next(routes);
        std::vector<uint64_t> bytes(one.fabric.LinkCount());
        Route route;
        for (const Flow& flow : one.flows)
        {
            next.Next(flow.src, flow.dst, route, flow.dstPort);
            for (const LinkId link : route)
            {
                bytes[link] += WireBytes(flow.sizeBytes, one.config.Format());
            }
        }
        for (LinkId link = 0; link < bytes.size(); link++)
        {
            EXPECT_EQ(run.sums.Sums()[link].dataBytes, bytes[link]) << link;
            comparedBytes += bytes[link];
        }
    }
    EXPECT_GT(comparedBytes, 0U) << "no scenario was without losses";
}

// The same incast by trace sources: with PFC for pauses and marks, without it for drops.
TEST(LinkSums, AreThoseOfTraceSources)
{
    for (const bool pfc : {true, false})
    {
        const FabricGraph fabric = Star(9, SUMMED_RATE);
        const FlowList flows = TwiceIncast(9, 120'000);
        const Ptr<RdmaNetwork> network = CreateObject<RdmaNetwork>();
        network->SetNodes(FabricHelper::Install(fabric));
        network->SetAttribute("Pfc", BooleanValue(pfc));
        network->SetAttribute("Window", IntegerValue(WINDOW));
        TracedLinks traced(fabric, network);
        network->Run(flows);
        Simulator::Destroy();

        RdmaConfig config;
        config.pfc = pfc;
        config.windowBytes = WINDOW;
        const SummedRun run(fabric, config, flows);
        traced.Finish(run.sums.EndNs());
        uint64_t marks = 0;
        uint64_t losses = 0;
        int64_t pausedNs = 0;
        for (LinkId link = 0; link < fabric.LinkCount(); link++)
        {
            const LinkSum& sum = run.sums.Sums()[link];
            EXPECT_EQ(sum.marks, traced.marks[link]) << link;
            EXPECT_EQ(sum.losses, traced.losses[link]) << link;
            EXPECT_EQ(sum.pausedNs, traced.pausedNs[link]) << link;
            marks += sum.marks;
            losses += sum.losses;
            pausedNs += sum.pausedNs;
            // the exact p99 by time
            int64_t left = (run.sums.EndNs() - run.sums.BeginNs()) * 99 / 100;
            uint64_t p99 = 0;
            for (const auto& [bytes, ns] : traced.queueNs[link])
            {
                p99 = left > 0 ? bytes : p99;
                left -= ns;
            }
            EXPECT_GE(sum.queue.Quantile(0.99), p99) << link;
            EXPECT_LE(static_cast<double>(sum.queue.Quantile(0.99)), static_cast<double>(p99) * 33 / 32) << link;
        }
        EXPECT_GT(marks, 0U);
        EXPECT_EQ(pausedNs > 0, pfc);
        EXPECT_EQ(losses > 0, !pfc);
    }
}

// Host 1 sends two flows of 100 full packets to the hosts 0 and 2 at once, without congestion control: each waits for
// its turn at the NIC for every packet but the first, for the time of one packet of the other: 99 or 100 times 1048 B /
// 10 Gb/s = 838.4 ns. Nobody waits at the switch.
TEST(LinkSums, PacketsWaitForTheirTurnAtTheNic)
{
    const FabricGraph fabric = Star(3, SUMMED_RATE);
    RdmaConfig config;
    config.congestionControl = CongestionControlType::NONE;
    config.windowBytes = 0;
    const FlowList flows = {{1, 0, 100'000, 0}, {1, 2, 100'000, 0}};
    const SummedRun run(fabric, config, flows);
    constexpr double TURN_NS = 838.4;
    const LinkId nic = fabric.EgressLinks(1)[0];
    for (uint32_t flow = 0; flow < 2; flow++)
    {
        ASSERT_EQ(run.sums.WaitsOf(flow).size(), 1U);
        EXPECT_EQ(run.sums.WaitsOf(flow)[0].first, nic);
        EXPECT_NEAR(static_cast<double>(run.sums.WaitsOf(flow)[0].second), (99 + flow) * TURN_NS, 100) << flow;
    }
    EXPECT_EQ(run.sums.Sums()[nic].dataBytes, 2U * 100 * 1048);
}

// Two hosts send one packet of 1048 B each to a third at the same time: the second to leave the switch waits for the
// time of one packet there, 838.4 ns.
TEST(LinkSums, PacketsWaitAtTheSwitch)
{
    const FabricGraph fabric = Star(3, SUMMED_RATE);
    const FlowList flows = {{1, 0, 1000, 0}, {2, 0, 1000, 0}};
    const SummedRun run(fabric, RdmaConfig(), flows);
    std::vector<LinkWait> waits = run.sums.WaitsOf(0);
    waits.insert(waits.end(), run.sums.WaitsOf(1).begin(), run.sums.WaitsOf(1).end());
    ASSERT_EQ(waits.size(), 1U);
    EXPECT_EQ(waits[0].first, ReverseLink(fabric.EgressLinks(0)[0]));
    EXPECT_NEAR(static_cast<double>(waits[0].second), 838.4, 1);
}
