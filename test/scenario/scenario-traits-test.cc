// SPDX-License-Identifier: GPL-2.0-only
// What of a scenario is named as unusual: each thing by itself, and nothing else with it.
#include "ns3/m3-dcqcn.h"
#include "ns3/m3-dctcp.h"
#include "ns3/m3-fabric-shapes.h"
#include "ns3/m3-hpcc.h"
#include "ns3/m3-scenario-traits.h"
#include "ns3/m3-timely.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

using namespace ns3::m3;

namespace
{

const FlowList TWO_FLOWS{{0, 5, 1000, 0}, {1, 6, 2000, 10}};

std::vector<ScenarioTrait>
Traits(const FabricGraph& fabric, const RdmaConfig& config, const FlowList& flows = TWO_FLOWS)
{
    return TraitsOf(fabric, RouteTable(fabric, config.mode), config, flows);
}

/// Hosts at 10 Gb/s, other links at 40 Gb/s.
FabricGraph TwoRates()
{
    return MakeLeafSpine({2, 4, 2});
}

void ExpectOnly(Trait trait, const std::string& text, const std::vector<ScenarioTrait>& traits)
{
    ASSERT_EQ(traits.size(), 1U) << text;
    EXPECT_EQ(traits[0].trait, trait) << traits[0].text;
    EXPECT_NE(traits[0].text.find(text), std::string::npos) << traits[0].text;
}

} // namespace

TEST(ScenarioTraits, AnOrdinaryScenarioHasNone)
{
    for (const auto control : {CongestionControlType::DCTCP,
                               CongestionControlType::DCQCN,
                               CongestionControlType::HPCC,
                               CongestionControlType::TIMELY,
                               CongestionControlType::NONE})
    {
        for (const EngineMode mode : {EngineMode::STANDARD, EngineMode::HPCC})
        {
            RdmaConfig config;
            config.congestionControl = control;
            config.mode = mode;
            config.windowBytes = 1'000'000;
            config.pfc = false;
            EXPECT_TRUE(Traits(TwoRates(), config).empty()) << CongestionControlName(control);
        }
    }
}

TEST(ScenarioTraits, EachSettingIsNamedAlone)
{
    struct Case
    {
        Trait trait;
        std::string text;
        CongestionControlType control;
        std::function<void(RdmaConfig&)> set;
    };

    using Type = CongestionControlType;
    const std::vector<Case> cases{
        {Trait::LINK_CHANGES,
         "3 times",
         Type::DCTCP,
         [](RdmaConfig& c) {
             c.failures = std::vector<Failure>(3, {0, FailureKind::NODE_UP, 0});
         }},
        {Trait::RATE_CAP, "5000000000", Type::DCTCP, [](RdmaConfig& c) { c.maxRateBps = 5'000'000'000; }},
        {Trait::SMALL_WINDOW, "windows of 2000 B", Type::HPCC, [](RdmaConfig& c) { c.windowBytes = 2000; }},
        {Trait::ACK_PRIORITY, "ACKs", Type::TIMELY, [](RdmaConfig& c) { c.ackHighPriority = true; }},
        {Trait::PAIR_WINDOWS, "each pair", Type::DCTCP, [](RdmaConfig& c) { c.perPairWindow = true; }},
        {Trait::PACED_AT_CAP, "paced", Type::DCQCN, [](RdmaConfig& c) { c.rateBound = false; }},
        {Trait::LOAD_BALANCING,
         "load balancing by drill",
         Type::DCTCP,
         [](RdmaConfig& c) { c.loadBalancing = LoadBalancingType::DRILL; }},
        {Trait::RECOVERY,
         "recovery by selective-repeat",
         Type::DCTCP,
         [](RdmaConfig& c)
         {
             c.pfc = false;
             c.recovery = RecoveryType::SELECTIVE_REPEAT;
         }},
        {Trait::CONTROL_PARAMETERS,
         "DCTCP gain 0.5",
         Type::DCTCP,
         [](RdmaConfig& c) { c.Of<DctcpConfig>().gain = 0.5; }},
        {Trait::CONTROL_PARAMETERS, "DCQCN gain", Type::DCQCN, [](RdmaConfig& c) { c.Of<DcqcnConfig>().gain = 0.5; }},
        {Trait::CONTROL_PARAMETERS,
         "hyper",
         Type::DCQCN,
         [](RdmaConfig& c) { c.Of<DcqcnConfig>().haiBps = 1'000'000; }},
        {Trait::CONTROL_PARAMETERS,
         "alpha timer",
         Type::DCQCN,
         [](RdmaConfig& c) { c.Of<DcqcnConfig>().alphaTimerNs = 1000; }},
        {Trait::CONTROL_PARAMETERS,
         "decrease",
         Type::DCQCN,
         [](RdmaConfig& c) { c.Of<DcqcnConfig>().decreaseTimerNs = 4000; }},
        {Trait::CONTROL_PARAMETERS,
         "recovery",
         Type::DCQCN,
         [](RdmaConfig& c) { c.Of<DcqcnConfig>().fastRecoveryTimes = 5; }},
        {Trait::CONTROL_PARAMETERS,
         "clamp",
         Type::DCQCN,
         [](RdmaConfig& c) { c.Of<DcqcnConfig>().clampTarget = true; }},
        {Trait::CONTROL_PARAMETERS,
         "MI threshold 5",
         Type::HPCC,
         [](RdmaConfig& c) { c.Of<HpccConfig>().miThreshold = 5; }},
        {Trait::CONTROL_PARAMETERS,
         "fast react 0",
         Type::HPCC,
         [](RdmaConfig& c) { c.Of<HpccConfig>().fastReact = false; }},
        {Trait::CONTROL_PARAMETERS,
         "multi-rate",
         Type::HPCC,
         [](RdmaConfig& c) { c.Of<HpccConfig>().multiRate = true; }},
        {Trait::CONTROL_PARAMETERS,
         "feedback",
         Type::HPCC,
         [](RdmaConfig& c) { c.Of<HpccConfig>().sampleFeedback = true; }},
        {Trait::CONTROL_PARAMETERS, "beta", Type::TIMELY, [](RdmaConfig& c) { c.Of<TimelyConfig>().beta = 0.5; }},
        {Trait::CONTROL_PARAMETERS,
         "hyper",
         Type::TIMELY,
         [](RdmaConfig& c) { c.Of<TimelyConfig>().haiBps = 1'000'000; }},
        {Trait::CONTROL_INPUTS, "variable window", Type::DCTCP, [](RdmaConfig& c) { c.variableWindow = false; }},
        {Trait::CONTROL_INPUTS, "minimum rate", Type::DCTCP, [](RdmaConfig& c) { c.minRateBps = 1'000'000; }},
        {Trait::CONTROL_INPUTS,
         "DCTCP increase",
         Type::DCTCP,
         [](RdmaConfig& c) { c.Of<DctcpConfig>().aiBps = 1'000'000; }},
        {Trait::CONTROL_INPUTS, "pmax 0.5", Type::DCQCN, [](RdmaConfig& c) { c.Of<DcqcnConfig>().pmax = 0.5; }},
        {Trait::CONTROL_INPUTS,
         "DCQCN increase",
         Type::DCQCN,
         [](RdmaConfig& c) { c.Of<DcqcnConfig>().aiBps = 1'000'000; }},
        {Trait::CONTROL_INPUTS,
         "TIMELY increase",
         Type::TIMELY,
         [](RdmaConfig& c) { c.Of<TimelyConfig>().aiBps = 1'000'000; }},
    };
    for (const Case& one : cases)
    {
        RdmaConfig config;
        config.congestionControl = one.control;
        one.set(config);
        SCOPED_TRACE(one.text);
        ExpectOnly(one.trait, one.text, Traits(TwoRates(), config));
    }
    // of another control it is nothing
    RdmaConfig config;
    config.congestionControl = CongestionControlType::HPCC;
    config.Of<DctcpConfig>().gain = 0.5;
    config.Of<TimelyConfig>().beta = 0.5;
    EXPECT_TRUE(Traits(TwoRates(), config).empty());
}

TEST(ScenarioTraits, ASetHasWhatItWasMadeOfAndWhatWasAdded)
{
    constexpr TraitSet FEW{Trait::RATE_CAP, Trait::PRIORITIES};
    constexpr TraitSet MORE = FEW.With({Trait::LINK_ERRORS, Trait::RATE_CAP});
    EXPECT_TRUE(MORE.Has(Trait::RATE_CAP) && MORE.Has(Trait::PRIORITIES) && MORE.Has(Trait::LINK_ERRORS));
    EXPECT_FALSE(MORE.Has(Trait::SMALL_WINDOW) || FEW.Has(Trait::LINK_ERRORS));
}

TEST(ScenarioTraits, TimersOfDcqcnBelongTogether)
{
    // in training an increase timer of 300 us comes with 1 and 4 us, one of 55 us with 50 and 50 us
    RdmaConfig config;
    config.congestionControl = CongestionControlType::DCQCN;
    config.Of<DcqcnConfig>().increaseTimerNs = 300'000;
    config.Of<DcqcnConfig>().alphaTimerNs = 1000;
    config.Of<DcqcnConfig>().decreaseTimerNs = 4000;
    ExpectOnly(Trait::CONTROL_INPUTS, "increase timer", Traits(TwoRates(), config));
    config.Of<DcqcnConfig>().alphaTimerNs = 50'000;
    const auto traits = Traits(TwoRates(), config);
    ASSERT_EQ(traits.size(), 2U);
    EXPECT_EQ(traits[0].trait, Trait::CONTROL_PARAMETERS);
}

TEST(ScenarioTraits, ThresholdsOutOfProportionAreNamed)
{
    const uint64_t host = 10'000'000'000;
    RdmaConfig config;
    config.ecnByRate = {{host, {15'000, 15'000, 1}}, {4 * host, {60'000, 60'000, 1}}};
    EXPECT_TRUE(Traits(TwoRates(), config).empty()) << "as the models take them to be";
    config.ecnByRate[4 * host].kminBytes = 15'000;
    ExpectOnly(Trait::PORT_THRESHOLDS, "proportion", Traits(TwoRates(), config));
    config.ecnByRate[4 * host] = {60'000, 60'000, 0.5};
    ExpectOnly(Trait::PORT_THRESHOLDS, "proportion", Traits(TwoRates(), config));
    config.congestionControl = CongestionControlType::HPCC; // does not look at marks
    EXPECT_TRUE(Traits(TwoRates(), config).empty());
}

TEST(ScenarioTraits, LinksThatLosePacketsAreCounted)
{
    FabricGraph fabric;
    for (const NodeKind kind : {NodeKind::HOST, NodeKind::HOST, NodeKind::SWITCH})
    {
        fabric.AddNode(kind);
    }
    fabric.AddLink(0, 2, 10'000'000'000, 1000);
    const LinkId losing = fabric.AddLink(1, 2, 10'000'000'000, 1000, 0.25);
    const FlowList flows{{0, 1, 100, 0}};
    ExpectOnly(Trait::LINK_ERRORS, "2 of 4 directed links, error rate up to 0.25", Traits(fabric, {}, flows));
    fabric.AddLink(1, 2, 10'000'000'000, 1000); // another one beside it
    fabric.SetLinkUp(losing, false);
    EXPECT_TRUE(Traits(fabric, {}, flows).empty()) << "no packet takes it";
}

TEST(ScenarioTraits, ClassesOfFlowsAreNamedWhereTheyDiffer)
{
    FlowList flows = TWO_FLOWS;
    for (const uint8_t group : {1, 3, 7})
    {
        flows[0].priorityGroup = flows[1].priorityGroup = group;
        EXPECT_TRUE(Traits(TwoRates(), {}, flows).empty()) << "alone in the network, any class is alike";
    }
    flows[0].priorityGroup = 5;
    ExpectOnly(Trait::PRIORITIES, "(5, 7)", Traits(TwoRates(), {}, flows));
    flows[0].priorityGroup = flows[1].priorityGroup = 0;
    EXPECT_TRUE(Traits(TwoRates(), {}, flows).empty()) << "of one class, whichever it is";
    RdmaConfig lossy;
    lossy.lossyClasses = 1;
    ExpectOnly(Trait::PRIORITIES, "(0)", Traits(TwoRates(), lossy, flows));
}

TEST(ScenarioTraits, WhatTheGraphDoesNotHoldIsPassedOn)
{
    FabricGraph fabric = TwoRates();
    fabric.AddRemark({"rates and delays are read", false});
    EXPECT_TRUE(Traits(fabric, {}).empty());
    fabric.AddRemark({"devices with wheels", true});
    ExpectOnly(Trait::LEFT_OUT, "devices with wheels", Traits(fabric, {}));
}
