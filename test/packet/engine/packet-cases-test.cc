// SPDX-License-Identifier: GPL-2.0-only
// Small networks with the completion time of every flow, in packet-cases.txt: every congestion control in both modes,
// PFC, loss, several hops, several rates, links that go down. In `hpcc` mode the engine equals the published simulator
// on its own cases, so these times are that simulator's rules, too; where a time can be derived by hand, a test below
// does so. After a change that means to change them, have the file written anew and look at what differs:
//   M3_PACKET_CASES=new.txt build/bin/m3-test --gtest_also_run_disabled_tests
//   --gtest_filter=PacketCases.DISABLED_Record
#include "packet/engine/star.h"

#include "core/random-stream.h"
#include "fabric/ideal-fct.h"
#include "fabric/routes-of-flows.h"
#include "ns3/m3-dcqcn.h"
#include "ns3/m3-fabric-shapes.h"
#include "ns3/m3-hpcc-pint.h"
#include "ns3/m3-hpcc.h"
#include "ns3/m3-packet-simulation.h"
#include "ns3/m3-timely.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

using namespace ns3::m3;

namespace
{

struct PacketCase
{
    std::string name; //!< network, variant, mode
    FabricGraph fabric;
    RdmaConfig config;
    FlowList flows;
    PacketRunOptions options;
};

/// What a control may be asked for, by name.
std::map<std::string, RdmaConfig> Variants()
{
    std::map<std::string, RdmaConfig> variants;
    for (const char* name : {"dctcp", "dcqcn", "hpcc", "timely", "hpcc-pint", "none"})
    {
        variants[name].congestionControl = ParseCongestionControl(name);
    }
    const auto variant = [&](const std::string& name, const std::string& of, const auto& change)
    {
        variants[name] = variants.at(of);
        change(variants[name]);
    };
    variant("dctcp-fixed-window", "dctcp", [](RdmaConfig& config) { config.variableWindow = false; });
    variant("dctcp-unpaced", "dctcp", [](RdmaConfig& config) { config.rateBound = false; });
    variant("dctcp-capped", "dctcp", [](RdmaConfig& config) { config.maxRateBps = 4 * GBIT; });
    variant("dctcp-own-window", "dctcp", [](RdmaConfig& config) { config.perPairWindow = true; });
    variant("dcqcn-clamped",
            "dcqcn",
            [](RdmaConfig& config)
            {
                config.Of<DcqcnConfig>().clampTarget = true;
                config.Of<DcqcnConfig>().alphaTimerNs = 1000;
                config.Of<DcqcnConfig>().decreaseTimerNs = 4000;
                config.Of<DcqcnConfig>().increaseTimerNs = 5000;
                config.Of<DcqcnConfig>().fastRecoveryTimes = 2;
            });
    variant("dcqcn-whole-packets", // queues of whole packets meet both thresholds exactly
            "dcqcn",
            [](RdmaConfig& config)
            {
                config.Of<DcqcnConfig>().kminBytes = 5 * 1048;
                config.Of<DcqcnConfig>().kmaxBytes = 20 * 1048;
            });
    variant("hpcc-coarse", "hpcc", [](RdmaConfig& config) { config.Of<HpccConfig>().intMulti = 4; });
    variant("hpcc-multi-rate",
            "hpcc",
            [](RdmaConfig& config)
            {
                config.Of<HpccConfig>().multiRate = true;
                config.Of<HpccConfig>().sampleFeedback = true;
            });
    variant("hpcc-once-per-rtt",
            "hpcc",
            [](RdmaConfig& config)
            {
                config.Of<HpccConfig>().fastReact = false;
                config.Of<HpccConfig>().miThreshold = 5;
            });
    variant("timely-eager",
            "timely",
            [](RdmaConfig& config)
            {
                config.Of<TimelyConfig>().tLowNs = 10'000;
                config.Of<TimelyConfig>().tHighNs = 30'000;
            });
    variant("pint-sampled", "hpcc-pint", [](RdmaConfig& config) { config.Of<PintConfig>().probability = 0.25; });
    return variants;
}

/// Drawn once, from a stream of our own, so that no library's choice can change them.
FlowList DrawFlows(const FabricGraph& fabric, uint32_t count, uint64_t maxBytes, int64_t spanNs, uint64_t seed)
{
    RandomStream random(seed);
    const auto& hosts = fabric.Hosts();
    FlowList flows;
    for (uint32_t i = 0; i < count; i++)
    {
        const std::size_t src = random.Integer(0, hosts.size() - 1);
        const std::size_t other = random.Integer(1, hosts.size() - 1);
        flows.push_back({hosts[src],
                         hosts[(src + other) % hosts.size()],
                         random.Integer(1, maxBytes),
                         static_cast<int64_t>(random.Integer(0, static_cast<uint64_t>(spanNs)))});
    }
    std::sort(flows.begin(), flows.end(), [](const Flow& a, const Flow& b) { return a.startNs < b.startNs; });
    return flows;
}

/// Hosts 1 to 8 to host 0 at once, and what comes back and passes by.
FlowList FanIn()
{
    FlowList flows;
    for (NodeId host = 1; host <= 8; host++)
    {
        flows.push_back({host, 0, 60'000 + host * 777, 1000});
    }
    flows.push_back({0, 3, 50'000, 5000});
    flows.push_back({2, 5, 30'500, 20'000});
    return flows;
}

/// Three racks of three hosts at 10 Gb/s, two spines at 40 Gb/s.
FabricGraph SmallRacks()
{
    LeafSpineShape shape;
    shape.racks = 3;
    shape.hostsPerRack = 3;
    shape.spines = 2;
    shape.hostBps = 10 * GBIT;
    shape.fabricBps = 40 * GBIT;
    return MakeLeafSpine(shape);
}

/// Hosts of 10, 25, 40 and 100 Gb/s at two switches.
FabricGraph MixedRates()
{
    FabricGraph fabric;
    for (int host = 0; host < 6; host++)
    {
        fabric.AddNode(NodeKind::HOST);
    }
    const NodeId left = fabric.AddNode(NodeKind::SWITCH);
    const NodeId right = fabric.AddNode(NodeKind::SWITCH);
    const uint64_t rates[] = {10, 25, 40, 100, 10, 25};
    for (NodeId host = 0; host < 6; host++)
    {
        fabric.AddLink(host, host < 3 ? left : right, rates[host] * GBIT, 500 + host * 100);
    }
    fabric.AddLink(left, right, 40 * GBIT, 2000);
    return fabric;
}

/// Two hosts with two ways between their switches.
FabricGraph TwoWaysOfTen()
{
    FabricGraph fabric;
    const NodeId src = fabric.AddNode(NodeKind::HOST);
    const NodeId dst = fabric.AddNode(NodeKind::HOST);
    const NodeId first = fabric.AddNode(NodeKind::SWITCH);
    const NodeId last = fabric.AddNode(NodeKind::SWITCH);
    fabric.AddLink(src, first, 10 * GBIT, 1000);
    fabric.AddLink(dst, last, 10 * GBIT, 1000);
    for (int way = 0; way < 2; way++)
    {
        const NodeId middle = fabric.AddNode(NodeKind::SWITCH);
        fabric.AddLink(first, middle, 10 * GBIT, 1000);
        fabric.AddLink(middle, last, 10 * GBIT, 1000);
    }
    return fabric;
}

constexpr uint64_t SMALL_BUFFER = 120'000; // PFC pauses, at nine ports
constexpr int64_t STOP_NS = 200'000'000;   // in `hpcc` mode a flow that lost its last packets never ends
constexpr EngineMode MODES[] = {EngineMode::HPCC, EngineMode::STANDARD};

std::vector<PacketCase> PacketCases()
{
    std::vector<PacketCase> cases;
    const auto variants = Variants();
    for (const EngineMode mode : MODES)
    {
        const auto add = [&](const std::string& network,
                             const std::string& variant,
                             FabricGraph fabric,
                             const FlowList& flows,
                             const auto& change)
        {
            PacketCase one;
            one.name = network + ' ' + variant + (mode == EngineMode::HPCC ? " hpcc" : " standard");
            one.fabric = std::move(fabric);
            one.config = variants.at(variant);
            one.config.mode = mode;
            one.config.bufferBytes = 2'000'000;
            one.flows = flows;
            one.options.stopNs = STOP_NS;
            one.options.recordPfc = true;
            change(one);
            cases.push_back(std::move(one));
        };
        const auto nothing = [](PacketCase&) {};
        const FlowList crossing = DrawFlows(SmallRacks(), 16, 80'000, 60'000, 7);
        const FlowList mixed = DrawFlows(MixedRates(), 14, 120'000, 40'000, 3);
        for (const auto& [variant, config] : variants)
        {
            add("incast", variant, Star(9, 10 * GBIT), FanIn(), nothing);
            add("racks", variant, SmallRacks(), crossing, nothing);
        }
        for (const char* variant : {"dctcp", "dcqcn", "hpcc", "timely", "hpcc-pint", "none"})
        {
            add("alone", variant, Star(2, 10 * GBIT), {{0, 1, 5000, 0}}, nothing);
            add("mixed-rates", variant, MixedRates(), mixed, nothing);
            add("pauses",
                variant,
                Star(9, 10 * GBIT),
                FanIn(),
                [](PacketCase& one)
                {
                    one.config.bufferBytes = SMALL_BUFFER;
                    one.config.windowBytes = 50'000;
                });
        }
        add("pauses-ack-first",
            "dctcp",
            Star(9, 10 * GBIT),
            FanIn(),
            [](PacketCase& one)
            {
                one.config.bufferBytes = SMALL_BUFFER;
                one.config.windowBytes = 50'000;
                one.config.ackHighPriority = true;
            });
        for (const char* variant : {"dctcp", "hpcc"})
        {
            add("drops",
                variant,
                Star(9, 10 * GBIT),
                FanIn(),
                [](PacketCase& one)
                {
                    one.config.pfc = false;
                    one.config.bufferBytes = SMALL_BUFFER;
                    one.config.windowBytes = 50'000;
                });
            add("errors", variant, Star(9, 10 * GBIT, 1000, 0.01), FanIn(), nothing);
        }
        if (mode == EngineMode::STANDARD)
        {
            for (const char* variant : {"dctcp", "hpcc"})
            {
                add("link-down",
                    variant,
                    TwoWaysOfTen(),
                    {{0, 1, 300'000, 0}, {1, 0, 200'000, 10'000}, {0, 1, 100'000, 50'000}},
                    [](PacketCase& one) {
                        one.options.linkChanges = {{100'000, 4, false}, {400'000, 4, true}};
                    });
            }
        }
    }
    return cases;
}

PacketResult OutcomeOf(const PacketCase& one)
{
    return RunPacketSimulation(one.fabric, one.config, one.flows, one.options);
}

/// A line of the table: name: data packets and ACKs put on wires, packets sent again, dropped by switches and lost on
/// links, marks, PFC frames; then ns from start to end of each flow.
std::string LineOf(const PacketCase& one, const PacketResult& result)
{
    std::ostringstream line;
    line << one.name << ": data " << result.dataHops << " acks " << result.ackHops << " again "
         << result.retransmissions << " dropped " << result.switchDrops << " lost " << result.linkLosses << " marks "
         << result.ecnMarks << " pfc " << result.pfc.size() << " fct";
    for (const FlowOutcome& flow : result.flows)
    {
        flow.unfinished == Unfinished::NO ? line << ' ' << flow.receiverFctNs : line << " -";
    }
    return line.str();
}

/// Ideal FCT of each flow of a case.
std::vector<int64_t> Ideals(const PacketCase& one)
{
    const RouteTable routes(one.fabric, one.config.mode);
    IdealFctsOfFlows next(one.fabric, routes, one.config.HeaderBytes());
    std::vector<int64_t> ideals;
    for (const Flow& flow : one.flows)
    {
        ideals.push_back(next.NextNs(flow.src, flow.dst, flow.sizeBytes));
    }
    return ideals;
}

} // namespace

TEST(PacketCases, HaveTheRecordedTimes)
{
    std::map<std::string, std::string> recorded;
    std::ifstream file(std::string(M3_TEST_DIR) + "/packet/engine/packet-cases.txt");
    for (std::string line; std::getline(file, line);)
    {
        if (!line.empty() && line[0] != '#')
        {
            recorded[line.substr(0, line.find(':'))] = line;
        }
    }
    const auto cases = PacketCases();
    EXPECT_EQ(recorded.size(), cases.size());
    for (const PacketCase& one : cases)
    {
        ASSERT_TRUE(recorded.count(one.name)) << one.name;
        EXPECT_EQ(LineOf(one, OutcomeOf(one)), recorded.at(one.name));
    }
}

TEST(PacketCases, DISABLED_Record)
{
    const char* name = std::getenv("M3_PACKET_CASES");
    ASSERT_TRUE(name) << "M3_PACKET_CASES is the file to write";
    std::ofstream file(name);
    file
        << "# Network, variant, mode: data packets and ACKs put on wires, packets sent again, dropped by switches and\n"
           "# lost on links, marks, PFC frames; ns from start to end of each flow, - if it does not end.\n"
           "# Written by packet-cases-test.cc, which says how to write it anew.\n";
    for (const PacketCase& one : PacketCases())
    {
        file << LineOf(one, OutcomeOf(one)) << '\n';
    }
    ASSERT_TRUE(file.flush());
}

TEST(PacketCases, AFlowAloneBelowAWindowIsIdealUnderEveryControl)
{
    // 5000 B leave before the first ACK is back: nothing can hold them up. By hand: 5 packets of 1000 B and H bytes of
    // headers on the first link, the last of them again on the second, 1 us of delay each
    const std::map<std::string, double> headers =
        {{"dctcp", 48}, {"dcqcn", 48}, {"none", 48}, {"timely", 48 + 8}, {"hpcc", 48 + 42}, {"hpcc-pint", 48 + 2}};
    std::size_t seen = 0;
    for (const PacketCase& one : PacketCases())
    {
        if (one.name.rfind("alone ", 0) != 0)
        {
            continue;
        }
        const std::string control = CongestionControlName(one.config.congestionControl);
        const double packetNs = (1000 + headers.at(control)) * 0.8;
        const int64_t fct = OutcomeOf(one).flows[0].receiverFctNs;
        const int64_t ideal = Ideals(one)[0];
        if (one.config.mode == EngineMode::STANDARD) // rounded up once, or once at either link
        {
            EXPECT_EQ(ideal, static_cast<int64_t>(std::ceil(2000 + 6 * packetNs - 1e-6))) << one.name;
            EXPECT_GE(fct, ideal) << one.name;
            EXPECT_LE(fct, ideal + 1) << one.name;
        }
        else // a whole number of ns loses one, anything else its fraction
        {
            EXPECT_EQ(fct, ideal) << one.name;
            EXPECT_EQ(fct, 2000 + 6 * (static_cast<int64_t>(std::ceil(packetNs - 1e-6)) - 1)) << one.name;
        }
        seen++;
    }
    EXPECT_EQ(seen, 2 * headers.size());
}

TEST(PacketCases, TwoFlowsShareALinkPacketByPacket)
{
    // n packets each from two hosts to a third, nothing in their way: the switch gets both first packets at the same
    // time and sends them in turn, 2 n back to back. The one flow ends with packet 2 n - 1, the other with 2 n
    constexpr uint64_t PACKETS = 50;
    for (const EngineMode mode : MODES)
    {
        RdmaConfig config;
        config.congestionControl = CongestionControlType::NONE;
        config.windowBytes = 0;
        config.mode = mode;
        config.bufferBytes = 2'000'000;
        const FlowList flows = {{1, 0, PACKETS * 1000, 0}, {2, 0, PACKETS * 1000, 0}};
        const PacketResult result = RunPacketSimulation(Star(3, 10 * GBIT), config, flows);
        std::vector<int64_t> fct = {result.flows[0].receiverFctNs, result.flows[1].receiverFctNs};
        std::sort(fct.begin(), fct.end());
        if (mode == EngineMode::HPCC)
        {
            EXPECT_EQ(fct[1], static_cast<int64_t>(2000 + (1 + 2 * PACKETS) * 838));
            EXPECT_EQ(fct[0], fct[1] - 838);
        }
        else
        {
            EXPECT_NEAR(static_cast<double>(fct[1]), 2000 + 838.4 * (1 + 2 * PACKETS), 1);
            EXPECT_NEAR(static_cast<double>(fct[1] - fct[0]), 838.4, 1);
        }
    }
}

TEST(PacketCases, ManyFlowsOfAHostWaitForTheirWindows)
{
    // 100 flows of n packets each from one host, w of each in a window, take turns: in each round trip the NIC sends w
    // packets of every flow back to back and waits for their ACKs. So the last packet leaves n / w - 1 round trips and
    // 100 w - 1 packets after the first. Where 100 w packets take longer than a round trip, the NIC never waits
    constexpr uint64_t FLOWS = 100;
    constexpr uint64_t PACKETS = 120;
    constexpr int64_t DELAY_NS = 1'000'000;
    const FabricGraph fabric = Star(2, 10 * GBIT, DELAY_NS);
    for (const EngineMode mode : MODES)
    {
        RdmaConfig config;
        config.congestionControl = CongestionControlType::NONE;
        config.mode = mode;
        config.bufferBytes = 20'000'000;
        config.windowBytes = 1000;
        const double packetNs = mode == EngineMode::HPCC ? 838 : 838.4;
        const auto roundTripNs =
            static_cast<double>(RunPacketSimulation(fabric, config, {{1, 0, 1000, 0}}).flows[0].senderFctNs);
        ASSERT_GT(roundTripNs, 4.0 * DELAY_NS);
        for (const uint64_t window : {4U, 12U, 60U})
        {
            config.windowBytes = window * 1000;
            const FlowList flows(FLOWS, {1, 0, PACKETS * 1000, 0});
            const PacketResult result = RunPacketSimulation(fabric, config, flows);
            int64_t last = 0;
            for (const FlowOutcome& flow : result.flows)
            {
                ASSERT_EQ(flow.unfinished, Unfinished::NO);
                last = std::max(last, flow.receiverFctNs);
            }
            const double roundNs = std::max(roundTripNs, static_cast<double>(FLOWS * window) * packetNs);
            const double leavesNs = static_cast<double>(PACKETS / window - 1) * roundNs +
                                    static_cast<double>(FLOWS * window - 1) * packetNs;
            EXPECT_NEAR(static_cast<double>(last), leavesNs + 2 * (packetNs + DELAY_NS), 100)
                << window << " packets, " << (mode == EngineMode::HPCC ? "hpcc" : "standard");
        }
    }
}

TEST(PacketCases, UnderPfcTheLinkOfAnIncastIsNeverIdle)
{
    // eight unrestrained senders: from the first packet's arrival at the switch on, its port to host 0 sends all bytes
    // back to back, so the last one ends when all of them are through, whoever was paused meanwhile
    RdmaConfig config;
    config.congestionControl = CongestionControlType::NONE;
    config.windowBytes = 0;
    config.bufferBytes = SMALL_BUFFER;
    FlowList flows;
    uint64_t packets = 0;
    for (NodeId host = 1; host <= 8; host++)
    {
        flows.push_back({host, 0, host * 40'000, 0});
        packets += host * 40;
    }
    PacketRunOptions options;
    options.recordPfc = true;
    const PacketResult result = RunPacketSimulation(Star(9, 10 * GBIT), config, flows, options);
    EXPECT_FALSE(result.pfc.empty());
    EXPECT_EQ(result.switchDrops, 0U);
    EXPECT_EQ(result.dataHops, 2 * packets) << "nothing is sent again";
    int64_t last = 0;
    for (const FlowOutcome& flow : result.flows)
    {
        ASSERT_EQ(flow.unfinished, Unfinished::NO);
        last = std::max(last, flow.receiverFctNs);
    }
    EXPECT_NEAR(static_cast<double>(last), 2000 + 838.4 * static_cast<double>(packets + 1), 1);
}

TEST(PacketCases, EveryCaseIsAboutWhatItIsCalled)
{
    for (const PacketCase& one : PacketCases())
    {
        const std::string network = one.name.substr(0, one.name.find(' '));
        const PacketResult result = OutcomeOf(one);
        if (network.rfind("pauses", 0) == 0)
        {
            EXPECT_FALSE(result.pfc.empty()) << one.name;
        }
        if (network == "errors" || network == "link-down")
        {
            uint64_t unlost = 0;
            for (std::size_t i = 0; i < one.flows.size(); i++)
            {
                unlost += PacketCount(one.flows[i].sizeBytes) * (network == "errors" ? 2 : 4);
            }
            EXPECT_NE(result.dataHops, unlost) << one.name << ": nothing was lost";
        }
        if (network == "drops")
        {
            EXPECT_GT(result.switchDrops, 0U) << one.name;
        }
        const auto ideals = Ideals(one);
        for (std::size_t i = 0; i < ideals.size() && network != "link-down"; i++)
        {
            const FlowOutcome& flow = result.flows[i];
            EXPECT_TRUE(flow.unfinished != Unfinished::NO || flow.receiverFctNs >= ideals[i]) << one.name << ' ' << i;
            EXPECT_TRUE(flow.unfinished == Unfinished::NO || one.config.mode == EngineMode::HPCC) << one.name;
        }
    }
}
