// SPDX-License-Identifier: GPL-2.0-only
#include "input-file.h"
#include "tools/programs.h"

#include "fabric/routes-of-flows.h"
#include "ns3/m3-fabric-shapes.h"
#include "ns3/m3-incast.h"
#include "ns3/m3-workload-helper.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <set>
#include <tuple>

using namespace ns3::m3;

namespace
{

using FlowFields = std::tuple<NodeId, NodeId, uint64_t, int64_t, uint8_t>;

std::vector<FlowFields> FieldsOfFlows(const FlowList& flows)
{
    std::vector<FlowFields> fields;
    for (const Flow& flow : flows)
    {
        fields.emplace_back(flow.src, flow.dst, flow.sizeBytes, flow.startNs, flow.priorityGroup);
    }
    return fields;
}

WorkloadHelper WorkloadWithoutBursts()
{
    WorkloadHelper workload;
    workload.sizes = "constant:100000"; // no size of a burst
    workload.flows = 20'000;
    workload.seed = 4;
    return workload;
}

/// The bursts among flows, by start and receiver.
std::map<std::pair<int64_t, NodeId>, std::vector<NodeId>> BurstsOf(const FlowList& flows, uint64_t bytes)
{
    std::map<std::pair<int64_t, NodeId>, std::vector<NodeId>> bursts;
    for (const Flow& flow : flows)
    {
        if (flow.sizeBytes == bytes)
        {
            bursts[{flow.startNs, flow.dst}].push_back(flow.src);
        }
    }
    return bursts;
}

std::string IncastError(const FabricGraph& fabric, const IncastSpec& spec)
{
    WorkloadHelper workload = WorkloadWithoutBursts();
    workload.flows = 100;
    workload.incast = spec;
    return InputErrorOf([&] { workload.Generate(fabric); });
}

} // namespace

TEST(Incast, LeavesTheOtherFlowsAsTheyAre)
{
    const FabricGraph fabric = MakeLeafSpine({});
    WorkloadHelper workload = WorkloadWithoutBursts();
    const FlowList before = workload.Generate(fabric);
    workload.incast = IncastSpec{8, 40'000, 0.1};
    const FlowList all = workload.Generate(fabric);
    FlowList others;
    std::copy_if(all.begin(),
                 all.end(),
                 std::back_inserter(others),
                 [](const Flow& flow) { return flow.sizeBytes != 40'000; });
    EXPECT_EQ(FieldsOfFlows(others), FieldsOfFlows(before));
    EXPECT_GT(all.size(), before.size());
    EXPECT_TRUE(std::is_sorted(all.begin(),
                               all.end(),
                               [](const Flow& one, const Flow& other) { return one.startNs < other.startNs; }));
    EXPECT_EQ(FieldsOfFlows(all), FieldsOfFlows(workload.Generate(fabric)));
    workload.seed = 5;
    EXPECT_NE(BurstsOf(workload.Generate(fabric), 40'000), BurstsOf(all, 40'000));
}

TEST(Incast, EveryBurstHasDistinctSendersAndEveryHostTakesPart)
{
    const FabricGraph fabric = MakeLeafSpine({4, 8, 2});
    for (const uint64_t degree : {uint64_t{1}, uint64_t{7}, uint64_t{31}}) // 31: all other hosts
    {
        WorkloadHelper workload = WorkloadWithoutBursts();
        workload.incast = IncastSpec{degree, 20'000, 0.3};
        std::set<NodeId> receivers;
        std::set<NodeId> senders;
        for (const auto& [burst, sources] : BurstsOf(workload.Generate(fabric), 20'000))
        {
            std::set<NodeId> distinct(sources.begin(), sources.end());
            EXPECT_EQ(sources.size() % degree, 0U); // two bursts of one ns to one receiver are none too many
            EXPECT_EQ(distinct.size(), sources.size());
            EXPECT_EQ(distinct.count(burst.second), 0U);
            receivers.insert(burst.second);
            senders.insert(sources.begin(), sources.end());
        }
        EXPECT_EQ(receivers.size(), 32U) << degree;
        EXPECT_EQ(senders.size(), 32U) << degree;
    }
}

TEST(Incast, BurstsAloneGiveTheLoadAndArriveByPoisson)
{
    for (const uint32_t spines : {1U, 4U})
    {
        ThreeTierShape shape; // with one spine a plane, spine links are busier than those of hosts
        shape.spinesPerPlane = spines;
        const FabricGraph fabric = MakeThreeTier(shape);
        const RouteTable routes(fabric, EngineMode::STANDARD);
        const PacketFormat format(90, 1500);
        // 2 s in which nothing but the first and the last flow starts
        const FlowList all = WithIncast({{0, 1, 1, 1'000'000'000}, {0, 1, 1, 3'000'000'000}},
                                        fabric,
                                        routes,
                                        {16, 30'000, 0.2},
                                        format,
                                        9);
        std::vector<double> load(fabric.LinkCount(), 0);
        std::vector<double> gaps;
        RoutesOfFlows next(routes);
        Route route;
        for (std::size_t i = 1; i + 1 < all.size(); i++)
        {
            next.Next(all[i].src, all[i].dst, route);
            for (const LinkId link : route)
            {
                // 20 packets of 1590 B
                load[link] += 8.0 * 20 * 1590 / 2 / static_cast<double>(fabric.Link(link).bitsPerSecond);
            }
            if (all[i].startNs != all[i - 1].startNs)
            {
                gaps.push_back(static_cast<double>(all[i].startNs - all[i - 1].startNs));
            }
        }
        // the most loaded links by expectation: all links between hosts and ToRs, or all of spines; their mean is 0.2
        double ofKind = 0;
        int links = 0;
        for (LinkId link = 0; link < fabric.LinkCount(); link++)
        {
            const bool isOfHost = fabric.IsHost(fabric.Link(link).to) || fabric.IsHost(fabric.Link(link).from);
            const auto toHostOrSpine = [&](NodeId node) { return fabric.EgressLinks(node).size() == shape.pods; };
            const bool isOfSpine = toHostOrSpine(fabric.Link(link).to) || toHostOrSpine(fabric.Link(link).from);
            if (spines == 1 ? isOfSpine && !isOfHost : isOfHost)
            {
                ofKind += load[link];
                links++;
            }
        }
        ASSERT_GT(links, 0);
        EXPECT_NEAR(ofKind / links, 0.2, 0.2 * 0.05) << spines; // of about 2000 bursts and more
        double sum = 0;
        double squares = 0;
        for (const double gap : gaps)
        {
            sum += gap;
            squares += gap * gap;
        }
        const auto count = static_cast<double>(gaps.size());
        ASSERT_GT(count, 1000);
        // exponential gaps: the deviation is the mean
        EXPECT_NEAR(std::sqrt(squares / count - sum / count * sum / count) / (sum / count), 1, 0.1) << spines;
    }
}

TEST(Incast, RefusesSpecsOutOfRange)
{
    const FabricGraph fabric = MakeLeafSpine({4, 8, 2});
    EXPECT_EQ(IncastError(fabric, {32, 1000, 0.1}),
              "incast: degree must be at least 1 and below the number of hosts, 32; is 32");
    EXPECT_EQ(IncastError(fabric, {0, 1000, 0.1}),
              "incast: degree must be at least 1 and below the number of hosts, 32; is 0");
    EXPECT_EQ(IncastError(fabric, {8, 0, 0.1}), "incast: bytes must be at least 1 and at most 1 PB, are 0");
    EXPECT_EQ(IncastError(fabric, {8, 1000, 1}), "incast: load must be above 0 and below 1, is 1");
    EXPECT_EQ(IncastError(fabric, {8, 1000, std::nan("")}), "incast: load must be above 0 and below 1, is nan");
    EXPECT_NE(IncastError(fabric, {8, 1'000'000'000, 0.01}).find("incast: no burst arrives in the "),
              std::string::npos);
}

TEST_F(Programs, TakeIncastBesideGeneratedFlowsAndThoseOfFiles)
{
    const std::string network = " --racks=2 --hosts=4 --count=500 --engine=flowsim ";
    for (const std::string wrong :
         {"16,40KB", "16,40KB,0.02,1", "x,40KB,0.02", "4,0,0.02", "4,x,0.02", "4,1KB,2", "", "4,1KB,nan"})
    {
        ExpectRefused("m3-estimate", network + "--incast=" + wrong, "--incast");
    }
    ExpectRefused("m3-estimate", network + "--incast=99,1KB,0.02", "below the number of hosts, 16; is 99");
    ExpectRefused("m3-estimate", network + "--incast=4,1KB,0", "load must be above 0 and below 1, is 0");
    const Outcome generated = Start("m3-estimate", network + "--incast=4,1KB,0.02");
    EXPECT_EQ(generated.code, 0) << generated.output;
    // 20 flows within 2 ms, 8 hosts of 10 Gb/s: a burst of 3 x 1 KB a 1.5 us or so at half of the capacity
    std::string flows = "20\n";
    for (int i = 0; i < 20; i++)
    {
        flows += "0 5 3 100 1000 2.000" + std::to_string(100 * i + 1000) + "\n";
    }
    Write("flow.txt", flows);
    for (const std::string mode : {"hpcc", "standard"})
    {
        const Outcome packet =
            Start("m3-packet", "--mode=" + mode + " --config=" + File("config.txt") + " --incast=3,1KB,0.5");
        EXPECT_EQ(packet.code, 0) << packet.output;
        EXPECT_EQ(packet.output.find("of 20 flows"), std::string::npos) << packet.output;
        EXPECT_EQ(
            Start("m3-packet", "--mode=" + mode + " --config=" + File("config.txt") + " --incast=3,1KB,0.5 --seed=2")
                .code,
            0);
    }
    const std::string fluid = "--topology=" + File("topo.txt") + " --flows=" + File("flow.txt") + " --incast=3,1KB,0.5";
    EXPECT_EQ(Start("m3-flowsim", fluid).output.find("20 flows"), std::string::npos);
    ExpectRefused("m3-flowsim", "--in=" + File("flow.txt") + " --incast=3,1KB,0.5", "--incast needs --topology");
}
