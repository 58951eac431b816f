// SPDX-License-Identifier: GPL-2.0-only
// An engine that is registered is listed, found, run and offered like those of the module, and what of a scenario it
// leaves out becomes notes.
#include "engines/built-in-engines.h"
#include "ns3/m3-engine.h"
#include "ns3/m3-estimator.h"
#include "ns3/m3-fabric-shapes.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-scenario.h"
#include "ns3/m3-workload-helper.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <sstream>

using namespace ns3::m3;

namespace
{

constexpr const char* CONSTANT = "constant";

/// Says that every flow has the same slowdown.
class ConstantEngine : public Engine
{
  public:
    explicit ConstantEngine(const EngineInfo& info)
        : Engine(info)
    {
        AddOption("constant-slowdown", "slowdown of every flow", m_slowdown, RealOption(1, 100));
    }

  private:
    SlowdownReport DoRun(const Scenario& scenario, const Question& question) override
    {
        SlowdownReport report(Info().name, question.sizeClasses);
        for (const Flow& flow : scenario.Flows())
        {
            report.Add(question.sizeClasses.ClassOf(flow.sizeBytes), m_slowdown);
        }
        report.Finish();
        return report;
    }

    double m_slowdown = 2;
};

/// The same, but the packet engine answers where that takes no more than a number of events.
class PacketsOrConstantEngine : public ConstantEngine
{
  public:
    PacketsOrConstantEngine(const EngineInfo& info, uint64_t maxEvents)
        : ConstantEngine(info),
          m_packets(MakeLimitedPacketEngine(maxEvents))
    {
    }

    bool GivesPerFlow() const override
    {
        return true;
    }

  private:
    Substitute SubstituteFor(const Scenario& /*scenario*/, const Question& /*question*/) override
    {
        return {m_packets.get(), "packets are few"};
    }

    std::vector<CompletionTime> DoRunPerFlow(const Scenario& scenario, const Question& /*question*/) override
    {
        return std::vector<CompletionTime>(scenario.Flows().size(), {1, 1});
    }

    std::unique_ptr<Engine> m_packets;
};

/// Registers the engine, in this process once.
void RegisterConstant()
{
    static const bool isDone = []
    {
        EngineInfo info;
        info.name = CONSTANT;
        info.text = "every flow alike";
        info.takes = {Trait::PRIORITIES};
        info.partly = {Trait::PAIR_WINDOWS};
        RegisterEngine(MakeEngineEntry<ConstantEngine>(info));
        info.name = "constant-3";
        info.fixed = {{"constant-slowdown", "3"}};
        RegisterEngine(MakeEngineEntry<ConstantEngine>(info));
        return true;
    }();
    EXPECT_TRUE(isDone);
}

FlowList SomeFlows(const FabricGraph& fabric)
{
    WorkloadHelper workload;
    workload.flows = 500;
    return workload.Generate(fabric);
}

std::string RefusalOf(const std::function<void()>& run)
{
    try
    {
        run();
    }
    catch (const InputError& error)
    {
        return error.what();
    }
    return "";
}

} // namespace

TEST(EngineRegistry, HasTheEnginesOfTheModule)
{
    const std::string names = EngineNames();
    EXPECT_EQ(names.find("packet, rerun, flowsim, parsimon, m3, m3-network, m3-windows, m3-paths, sampled, published"),
              0U)
        << names;
    for (const EngineInfo& info : RegisteredEngines())
    {
        EXPECT_FALSE(info.text.empty()) << info.name;
        EXPECT_EQ(MakeEngine(info.name)->Info().name, info.name);
        EXPECT_EQ(FindEngine(info.name).text, info.text);
    }
    EXPECT_EQ(RefusalOf([] { MakeEngine("fluid"); }), "unknown engine 'fluid'; there are " + EngineNames());
    EXPECT_NE(RefusalOf([] { RegisterEngine(MakeEngineEntry<ConstantEngine>(FindEngine("m3"))); }), "");
}

TEST(EngineRegistry, AnEngineAnswersItselfWhereItsSubstituteGivesUp)
{
    EngineInfo info;
    info.name = "packets or constant";
    const FabricGraph fabric = MakeLeafSpine({});
    const FlowList flows{{0, 1, 20'000'000, 0}, {1, 0, 20'000'000, 0}}; // 20,000 packets over two links each
    const RdmaConfig config;
    const Scenario scenario(fabric, config, flows);
    const auto noteOf = [](const SlowdownReport& report)
    { return report.Notes().empty() ? "" : report.Notes().back(); };

    PacketsOrConstantEngine enough(info, 10'000'000);
    const SlowdownReport packets = enough.Run(scenario, {});
    EXPECT_EQ(packets.Engine(), info.name);
    EXPECT_LT(packets.OverallQuantile(1), 1.5) << "each direction has its link to itself, but for ACKs";
    EXPECT_EQ(noteOf(packets), "packets are few");
    EXPECT_GT(enough.RunPerFlow(scenario, {}).front().receiverNs, 1);

    PacketsOrConstantEngine tooFew(info, 100'000);
    const SlowdownReport constant = tooFew.Run(scenario, {});
    EXPECT_EQ(constant.OverallQuantile(1), 2);
    EXPECT_EQ(noteOf(constant), "packet was tried first and given up: its packets take more than 100,000 events");
    EXPECT_EQ(tooFew.RunPerFlow(scenario, {}).front().receiverNs, 1);
}

TEST(EngineRegistry, OneEngineHasEachRole)
{
    EXPECT_EQ(EngineOfRole(EngineRole::TRUTH), "packet");
    EXPECT_EQ(EngineOfRole(EngineRole::BASELINE), "flowsim");
    EXPECT_EQ(EngineOfRole(EngineRole::ESTIMATE), "m3");
    EXPECT_EQ(EnginesWithRoles(), "packet,flowsim,m3");
    std::set<EngineRole> roles;
    for (const EngineInfo& info : RegisteredEngines())
    {
        EXPECT_TRUE(info.role == EngineRole::NONE || roles.insert(info.role).second) << info.name;
    }
    EngineInfo second;
    second.name = "second truth";
    second.role = EngineRole::TRUTH;
    EXPECT_NE(RefusalOf([&] { RegisterEngine(MakeEngineEntry<ConstantEngine>(second)); }), "");
    EXPECT_NE(RefusalOf([] { MakeEngine("second truth"); }), "");
}

TEST(EngineRegistry, ARegisteredEngineIsListedAndRuns)
{
    RegisterConstant();
    EXPECT_NE(EngineNames().find(", constant, constant-3"), std::string::npos) << EngineNames();
    M3Estimator estimator(MakeLeafSpine({2, 4, 2}));
    const FlowList flows = SomeFlows(estimator.Fabric());
    const SlowdownReport report = estimator.Run(CONSTANT, flows);
    EXPECT_EQ(report.FlowCount(), flows.size());
    EXPECT_EQ(report.OverallQuantile(0.99), 2);
    EXPECT_TRUE(report.Notes().empty());
    EXPECT_NE(RefusalOf([&] { estimator.RunPerFlow(CONSTANT, flows); }), "");
    EXPECT_NE(RefusalOf([&] { estimator.Run(CONSTANT, {}); }), "");
    std::vector<double> p99;
    estimator.RunConfigurations(CONSTANT,
                                flows,
                                std::vector<RdmaConfig>(3),
                                [&](std::size_t, const SlowdownReport& one)
                                { p99.push_back(one.OverallQuantile(0.99)); });
    EXPECT_EQ(p99, std::vector<double>(3, 2.0));
}

TEST(EngineRegistry, ItsOptionsAreOffered)
{
    RegisterConstant();
    EngineOptions given;
    ProgramOptions program("A program.");
    AddEngineOptions(program,
                     {{"flows-per-class", "77"}},
                     [&](const std::string& option, const std::string& text)
                     {
                         EngineSet().Set(option, text);
                         given.emplace_back(option, text);
                     });
    std::ostringstream help;
    program.WriteHelp("program", help);
    EXPECT_NE(help.str().find("--constant-slowdown=NUMBER"), std::string::npos) << help.str();
    EXPECT_NE(help.str().find("slowdown of every flow [2]"), std::string::npos) << help.str();
    EXPECT_NE(help.str().find("m3 engine corrects [77]"), std::string::npos) << "the program's default: " << help.str();
    EXPECT_EQ(help.str().find("--paths="), help.str().rfind("--paths=")) << "of two engines, once";
    program.Set("constant-slowdown", "4.5");
    EXPECT_NE(RefusalOf([&] { program.Set("constant-slowdown", "0.5"); }).find("--constant-slowdown"),
              std::string::npos);
    ASSERT_EQ(given, (EngineOptions{{"constant-slowdown", "4.5"}}));

    M3Estimator estimator(MakeLeafSpine({2, 4, 2}));
    const FlowList flows = SomeFlows(estimator.Fabric());
    estimator.Set(given[0].first, given[0].second);
    EXPECT_EQ(estimator.Run(CONSTANT, flows).OverallQuantile(0.5), 4.5);
    EXPECT_EQ(estimator.Run("constant-3", flows).OverallQuantile(0.5), 3) << "a variant keeps what it fixes";
    EXPECT_NE(RefusalOf([&] { estimator.Set("constant", "1"); }), "");
}

TEST(EngineRegistry, WhatItDoesNotTakeIntoAccountBecomesNotes)
{
    RegisterConstant();
    M3Estimator estimator(MakeLeafSpine({2, 4, 2}));
    estimator.config.perPairWindow = true;
    estimator.config.ackHighPriority = true;
    FlowList flows = SomeFlows(estimator.Fabric());
    flows[3].priorityGroup = 5;
    const std::vector<std::string> expected{
        "not taken into account: ACKs at hosts that pass a pause",
        "not fully taken into account: a base RTT and window for each pair of hosts"};
    EXPECT_EQ(estimator.Run(CONSTANT, flows).Notes(), expected);
}

TEST(EngineRegistry, ATrainedEngineHasNoIntervalsBesideSuchNotes)
{
    RegisterConstant();
    EngineInfo info;
    info.name = "trained-constant";
    info.text = "every flow alike, learned";
    info.takes = {};
    info.isTrained = true;
    RegisterEngine(MakeEngineEntry<ConstantEngine>(info));
    M3Estimator estimator(MakeLeafSpine({2, 4, 2}));
    const FlowList flows = SomeFlows(estimator.Fabric());
    EXPECT_FALSE(estimator.Run(info.name, flows).AreIntervalsWithheld());
    estimator.config.ackHighPriority = true;
    EXPECT_TRUE(estimator.Run(info.name, flows).AreIntervalsWithheld());
    EXPECT_FALSE(estimator.Run(CONSTANT, flows).AreIntervalsWithheld());
    estimator.config = {};
    EXPECT_TRUE(estimator.Run(info.name, FlowList(flows.begin(), flows.begin() + 10)).AreIntervalsWithheld())
        << "training has no traffic of ten flows";
}

TEST(Scenario, IsCheckedWhenItIsMade)
{
    const FabricGraph fabric = MakeLeafSpine({2, 4, 2});
    const FlowList flows = SomeFlows(fabric);
    const RdmaConfig config;
    const Scenario scenario(fabric, config, flows);
    EXPECT_EQ(&scenario.Flows(), &flows);
    EXPECT_EQ(scenario.Resolved().hostRateBps, fabric.HostRate());
    EXPECT_FALSE(scenario.Config().hostRateBps) << "as the user gave it";
    EXPECT_TRUE(scenario.Traits().empty());
    EXPECT_NE(RefusalOf([&] { Scenario(fabric, config, FlowList()); }).find("no flows"), std::string::npos);
    const FlowList backwards{{0, 1, 1000, 5}, {0, 1, 1000, 4}};
    EXPECT_NE(RefusalOf([&] { Scenario(scenario, backwards); }), "");
    RdmaConfig tooSmall;
    tooSmall.bufferBytes = 1000;
    EXPECT_NE(RefusalOf([&] { Scenario(fabric, tooSmall, flows); }), "");
}
