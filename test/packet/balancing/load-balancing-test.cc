// SPDX-License-Identifier: GPL-2.0-only
// How switches spread packets over shortest paths.
#include "packet/engine/star.h"

#include "ns3/m3-drill.h"
#include "ns3/m3-entropy.h"
#include "ns3/m3-fabric-shapes.h"
#include "ns3/m3-flowlet.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-load-balancing.h"
#include "ns3/m3-packet-observer.h"
#include "ns3/m3-packet-simulation.h"
#include "ns3/m3-parameter-options.h"
#include "ns3/m3-program-options.h"
#include "ns3/m3-rdma-network.h"
#include "ns3/string.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

using namespace ns3::m3;

namespace
{

constexpr LinkId NEXT_LINKS[] = {10, 12, 14, 16};

/// Queues and random numbers as a test says.
class ScriptedView : public BalancingView
{
  public:
    uint64_t BacklogBytes(LinkId egress) const override
    {
        return queues.at(egress);
    }

    uint32_t Random(NodeId /*node*/, uint32_t count) override
    {
        draws++;
        EXPECT_FALSE(numbers.empty());
        const uint32_t number = numbers.front();
        numbers.erase(numbers.begin());
        EXPECT_LT(number, count);
        return number;
    }

    std::map<LinkId, uint64_t> queues = {{10, 0}, {12, 0}, {14, 0}, {16, 0}};
    std::vector<uint32_t> numbers;
    int draws = 0;
};

HopChoice ChoiceAt(int64_t nowNs, uint32_t flow = 7, uint32_t entropy = 0)
{
    return {3, 0, NEXT_LINKS, 4, flow, entropy, nowNs};
}

std::unique_ptr<LoadBalancing> MakeBalancing(const std::string& name, const RdmaConfig& config = {})
{
    return LoadBalancingOf(ParseLoadBalancing(name)).make(config);
}

/// Counts the first transmissions of data packets by link.
class PacketsByLink : public PacketObserver
{
  public:
    void OnFrame(const FrameInfo& frame) override
    {
        count[frame.link] += frame.kind == PacketKind::DATA;
    }

    std::map<LinkId, uint64_t> count;
};

/// Two racks of 8 hosts, 10 Gb/s, and 4 spines by 25 Gb/s; each host of one rack sends 1 MB to one of the other.
struct Permutation
{
    Permutation()
        : fabric(MakeLeafSpine({2, 8, 4, 10 * GBIT, 25 * GBIT, 1000}))
    {
        const std::vector<NodeId>& hosts = fabric.Hosts();
        for (uint32_t i = 0; i < 8; i++)
        {
            flows.push_back({hosts[i], hosts[8 + i], 1'000'000, 0});
        }
        config.congestionControl = CongestionControlType::NONE;
        config.recovery = RecoveryType::SELECTIVE_REPEAT;
        for (const LinkId link : fabric.EgressLinks(fabric.TopOfRack(hosts[0])))
        {
            if (!fabric.IsHost(fabric.Link(link).to))
            {
                uplinks.push_back(link);
            }
        }
    }

    PacketResult Run()
    {
        PacketRunOptions options;
        options.observer = &sent;
        PacketResult result = RunPacketSimulation(fabric, config, flows, options);
        for (const FlowOutcome& flow : result.flows)
        {
            EXPECT_EQ(flow.unfinished, Unfinished::NO);
            longestNs = std::max(longestNs, flow.receiverFctNs);
        }
        return result;
    }

    FabricGraph fabric;
    FlowList flows;
    RdmaConfig config;
    std::vector<LinkId> uplinks;
    PacketsByLink sent;
    int64_t longestNs = 0;
};

/// Takes the first next hop.
class FirstHop : public LoadBalancing
{
  public:
    explicit FirstHop(uint32_t hop = 0)
        : m_hop(hop)
    {
    }

    uint32_t Choose(const HopChoice& choice, BalancingView& /*view*/) override
    {
        EXPECT_GE(choice.count, 2U);
        return m_hop;
    }

  private:
    uint32_t m_hop;
};

} // namespace

TEST(LoadBalancing, SprayingSharesAPermutationEquallyAmongUplinks)
{
    // 8 flows of 1000 packets over 4 uplinks: 2000 on each; a binomial count has a standard deviation of
    // sqrt(8000 * 1/4 * 3/4) = 38.7 packets
    Permutation spray;
    spray.config.loadBalancing = LoadBalancingType::SPRAY;
    const PacketResult result = spray.Run();
    EXPECT_EQ(result.switchDrops, 0U);
    EXPECT_LE(result.retransmissions, 80U) << "overtaking is no loss";
    ASSERT_EQ(spray.uplinks.size(), 4U);
    for (const LinkId link : spray.uplinks)
    {
        EXPECT_NEAR(static_cast<double>(spray.sent.count[link]), 2000, 4 * 38.7 + 80);
    }
    // by ECMP the flows of an uplink are whole, and 3 of 10 Gb/s on one of 25 Gb/s take 1.2 times as long
    Permutation ecmp;
    ecmp.Run();
    uint64_t largest = 0;
    for (const LinkId link : ecmp.uplinks)
    {
        EXPECT_EQ(ecmp.sent.count[link] % 1000, 0U);
        largest = std::max(largest, ecmp.sent.count[link]);
    }
    ASSERT_GE(largest, 3000U);
    EXPECT_GT(ecmp.longestNs, 1000 * 838.4 * 1.19);
    EXPECT_LT(spray.longestNs, 1000 * 838.4 * 1.1);
}

TEST(LoadBalancing, EverySpreadingUsesAllUplinks)
{
    for (const char* name : {"spray", "drill", "entropy"})
    {
        Permutation one;
        one.config.loadBalancing = ParseLoadBalancing(name);
        one.Run();
        EXPECT_TRUE(LoadBalancingOf(one.config.loadBalancing).sharesEvenly);
        for (const LinkId link : one.uplinks)
        {
            EXPECT_NEAR(static_cast<double>(one.sent.count[link]), 2000, 300) << name;
        }
    }
}

TEST(LoadBalancing, FlowletsOfFlowsWithoutGapsKeepTheirPath)
{
    Permutation one;
    one.config.loadBalancing = LoadBalancingType::FLOWLET;
    const PacketResult result = one.Run();
    EXPECT_EQ(result.retransmissions, 0U);
    for (const LinkId link : one.uplinks)
    {
        EXPECT_EQ(one.sent.count[link] % 1000, 0U);
    }
}

TEST(LoadBalancing, TheSameSeedGivesTheSameRun)
{
    const auto run = [](uint64_t seed)
    {
        Permutation one;
        one.config.loadBalancing = LoadBalancingType::SPRAY;
        one.config.seed = seed;
        one.Run();
        return one.sent.count;
    };
    EXPECT_EQ(run(1), run(1));
    EXPECT_NE(run(1), run(2));
}

TEST(LoadBalancing, GoBackNTakesOvertakingForLoss)
{
    Permutation one;
    one.config.loadBalancing = LoadBalancingType::SPRAY;
    one.config.recovery = RecoveryType::GO_BACK_N;
    const PacketResult result = one.Run();
    EXPECT_EQ(result.switchDrops + result.linkLosses, 0U);
    EXPECT_GT(result.retransmissions, 1000U);
}

TEST(LoadBalancing, SprayingGoesRoundALinkThatIsDown)
{
    Permutation one;
    one.config.loadBalancing = LoadBalancingType::SPRAY;
    PacketRunOptions options;
    options.observer = &one.sent;
    options.linkChanges = {{100'000, one.uplinks[1], false}, {400'000, one.uplinks[1], true}};
    const PacketResult result = RunPacketSimulation(one.fabric, one.config, one.flows, options);
    EXPECT_EQ(result.completionOrder.size(), one.flows.size());
    EXPECT_GT(result.linkLosses, 0U);
    EXPECT_LT(one.sent.count[one.uplinks[1]], one.sent.count[one.uplinks[0]]);
    EXPECT_GT(one.sent.count[one.uplinks[1]], 500U);
}

TEST(Drill, TakesTheShorterQueueOfTwoSamples)
{
    ScriptedView view;
    const auto drill = MakeBalancing("drill");
    view.queues = {{10, 3000}, {12, 2000}, {14, 1000}, {16, 0}};
    view.numbers = {0, 1};
    EXPECT_EQ(drill->Choose(ChoiceAt(0), view), 1U);
    // m = 1: the second hop is remembered, and is shorter than the first
    view.numbers = {0, 0};
    EXPECT_EQ(drill->Choose(ChoiceAt(1), view), 1U);
    // a third one that is drawn is shorter, and is remembered in its place
    view.numbers = {2, 0};
    EXPECT_EQ(drill->Choose(ChoiceAt(2), view), 2U);
    view.queues[12] = 1500;
    view.numbers = {0, 1};
    EXPECT_EQ(drill->Choose(ChoiceAt(3), view), 2U);
    // of equal queues, the one drawn first
    view.queues = {{10, 0}, {12, 0}, {14, 0}, {16, 0}};
    view.numbers = {3, 1};
    EXPECT_EQ(drill->Choose(ChoiceAt(4), view), 3U);
}

TEST(Drill, WithoutMemoryOnlyWhatIsDrawnCounts)
{
    RdmaConfig config;
    config.Of<DrillConfig>() = {1, 0};
    ScriptedView view;
    view.queues = {{10, 3000}, {12, 0}, {14, 0}, {16, 0}};
    const auto drill = MakeBalancing("drill", config);
    view.numbers = {1, 0};
    EXPECT_EQ(drill->Choose(ChoiceAt(0), view), 1U);
    EXPECT_EQ(drill->Choose(ChoiceAt(0), view), 0U);
    EXPECT_EQ(view.draws, 2);
}

TEST(Drill, LeavesASlowUplinkToFewerPackets)
{
    // one spine by 2.5 Gb/s, three by 25: spraying would give it a quarter
    const auto share = [](LoadBalancingType type)
    {
        Permutation one;
        one.config.loadBalancing = type;
        PacketRunOptions options;
        options.observer = &one.sent;
        options.linkChanges = {{0, one.uplinks[0], true, 25 * GBIT / 10}};
        RunPacketSimulation(one.fabric, one.config, one.flows, options);
        double all = 0;
        for (const LinkId link : one.uplinks)
        {
            all += static_cast<double>(one.sent.count[link]);
        }
        return static_cast<double>(one.sent.count[one.uplinks[0]]) / all;
    };
    EXPECT_NEAR(share(LoadBalancingType::SPRAY), 0.25, 0.02);
    EXPECT_LT(share(LoadBalancingType::DRILL), 0.1);
}

TEST(Flowlet, APacketAfterTheGapMayTakeAnotherPath)
{
    // gap 50 us: a packet goes with the last one of its flow if it comes at most so long after it
    ScriptedView view;
    view.numbers = {2, 1, 3};
    const auto flowlets = MakeBalancing("flowlet");
    EXPECT_EQ(flowlets->Choose(ChoiceAt(1000), view), 2U);
    EXPECT_EQ(flowlets->Choose(ChoiceAt(51'000), view), 2U) << "exactly the gap";
    EXPECT_EQ(flowlets->Choose(ChoiceAt(101'001), view), 1U) << "1 ns more";
    EXPECT_EQ(flowlets->Choose(ChoiceAt(101'001, 8), view), 3U) << "another flow";
    EXPECT_EQ(flowlets->Choose(ChoiceAt(110'000), view), 1U);
    EXPECT_EQ(view.draws, 3);
    RdmaConfig config;
    config.Of<FlowletConfig>().gapNs = 10;
    const auto shorter = MakeBalancing("flowlet", config);
    view.numbers = {0, 3};
    EXPECT_EQ(shorter->Choose(ChoiceAt(0), view), 0U);
    EXPECT_EQ(shorter->Choose(ChoiceAt(11), view), 3U);
}

TEST(Flowlet, ForgetsFlowletsThatHaveEnded)
{
    // of 100,000 flows with a packet each, 1 us apart, flow 0 has come 50 us before it comes again
    ScriptedView view;
    view.numbers = std::vector<uint32_t>(100'002, 1);
    view.numbers.back() = 2;
    const auto flowlets = MakeBalancing("flowlet");
    for (uint32_t flow = 0; flow < 100'000; flow++)
    {
        view.numbers = {1};
        flowlets->Choose(ChoiceAt(1000 * int64_t{flow}, flow), view);
    }
    view.numbers.clear();
    EXPECT_EQ(flowlets->Choose(ChoiceAt(100'000'000, 99'950), view), 1U) << "50 us ago";
    view.numbers = {2};
    EXPECT_EQ(flowlets->Choose(ChoiceAt(100'000'000, 99'949), view), 2U) << "51 us ago";
}

TEST(Entropy, SendersUseTheEntropiesOfUnmarkedAnswersAgain)
{
    ScriptedView view;
    const auto balancing = MakeBalancing("entropy");
    const auto source = balancing->MakeEntropySource();
    view.numbers = {500, 600, 700};
    EXPECT_EQ(source->Next(1, view), 500U);
    EXPECT_EQ(source->Next(1, view), 600U);
    source->OnAnswer(500, true);
    source->OnAnswer(600, false);
    EXPECT_EQ(source->Next(1, view), 600U);
    EXPECT_EQ(source->Next(1, view), 700U) << "that of the marked packet is not used again";
    // switches hash it with the flow
    std::map<uint32_t, int> hops;
    for (uint32_t entropy = 0; entropy < 4000; entropy++)
    {
        const uint32_t hop = balancing->Choose(ChoiceAt(0, 7, entropy), view);
        EXPECT_EQ(balancing->Choose(ChoiceAt(99, 7, entropy), view), hop);
        hops[hop]++;
    }
    for (uint32_t hop = 0; hop < 4; hop++)
    {
        EXPECT_NEAR(hops[hop], 1000, 120);
    }
}

TEST(LoadBalancing, OneOfYourOwn)
{
    const LoadBalancingType first =
        RegisterLoadBalancing("test-first-hop", [](const RdmaConfig&) { return std::make_unique<FirstHop>(); });
    Permutation one;
    one.config.loadBalancing = first;
    one.Run();
    EXPECT_EQ(one.sent.count[one.uplinks[0]], 8000U);
    EXPECT_EQ(ParseLoadBalancing("test-first-hop"), first);
    EXPECT_THROW(RegisterLoadBalancing("spray", [](const RdmaConfig&) { return std::make_unique<FirstHop>(); }),
                 InputError);
    EXPECT_THROW(RegisterLoadBalancing("test-nothing", {}), InputError);
    one.config.loadBalancing =
        RegisterLoadBalancing("test-no-hop", [](const RdmaConfig&) { return std::make_unique<FirstHop>(4); });
    EXPECT_THROW(RunPacketSimulation(one.fabric, one.config, one.flows), InputError);
}

TEST(LoadBalancing, NamesAndRanges)
{
    try
    {
        ParseLoadBalancing("sprayed");
        FAIL();
    }
    catch (const InputError& error)
    {
        EXPECT_EQ(std::string(error.what())
                      .rfind("unknown load balancing 'sprayed'; there are ecmp, spray, flowlet, "
                             "drill, entropy",
                             0),
                  0U)
            << error.what();
    }
    Permutation one;
    one.config.loadBalancing = LoadBalancingType::DRILL;
    one.config.Of<DrillConfig>().samples = 0;
    EXPECT_THROW(RunPacketSimulation(one.fabric, one.config, one.flows), InputError);
    one.config.loadBalancing = LoadBalancingType::SPRAY;
    EXPECT_NO_THROW(RunPacketSimulation(one.fabric, one.config, one.flows)) << "DRILL is not in use";
    one.config.mode = EngineMode::HPCC;
    EXPECT_THROW(RunPacketSimulation(one.fabric, one.config, one.flows), InputError);
    one.config.loadBalancing = static_cast<LoadBalancingType>(99);
    EXPECT_THROW(RunPacketSimulation(one.fabric, one.config, one.flows), InputError);
}

TEST(LoadBalancing, IsAnOptionAndAnAttribute)
{
    RdmaConfig config;
    ProgramOptions options("test");
    AddParameterOptions(options, config);
    const auto parse = [&options](std::vector<const char*> words)
    {
        words.insert(words.begin(), "test");
        return options.Parse(static_cast<int>(words.size()), words.data());
    };
    parse({"--load-balancing=drill", "--drill-samples=3", "--recovery=selective-repeat"});
    EXPECT_EQ(config.loadBalancing, LoadBalancingType::DRILL);
    EXPECT_EQ(config.Of<DrillConfig>().samples, 3U);
    EXPECT_EQ(config.recovery, RecoveryType::SELECTIVE_REPEAT);
    EXPECT_THROW(parse({"--load-balancing=1"}), InputError);
    EXPECT_THROW(parse({"--recovery="}), InputError);
    RdmaConfig other;
    other.payloadBytes = 500;
    CopyStrategies(config, other);
    EXPECT_EQ(other.loadBalancing, LoadBalancingType::DRILL);
    EXPECT_EQ(other.Of<DrillConfig>().samples, 3U);
    EXPECT_EQ(other.recovery, RecoveryType::SELECTIVE_REPEAT);
    EXPECT_EQ(other.payloadBytes, 500U);
    auto network = ns3::CreateObject<RdmaNetwork>();
    network->SetAttribute("LoadBalancing", ns3::StringValue("entropy"));
    network->SetAttribute("Recovery", ns3::StringValue("selective-repeat"));
    EXPECT_EQ(network->Config().loadBalancing, LoadBalancingType::ENTROPY);
    EXPECT_EQ(network->Config().recovery, RecoveryType::SELECTIVE_REPEAT);
    ns3::StringValue name;
    network->GetAttribute("LoadBalancing", name);
    EXPECT_EQ(name.Get(), "entropy");
}
