// SPDX-License-Identifier: GPL-2.0-only
// The engine sampled against packets in full.
#include "ns3/m3-congestion-control.h"
#include "ns3/m3-engine.h"
#include "ns3/m3-fabric-shapes.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-scenario.h"
#include "ns3/m3-workload-helper.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

using namespace ns3::m3;

namespace
{

bool NotesSay(const SlowdownReport& report, const std::string& text)
{
    return std::any_of(report.Notes().begin(),
                       report.Notes().end(),
                       [&](const std::string& note) { return note.find(text) != std::string::npos; });
}

class SampledPackets : public testing::Test
{
  protected:
    SampledPackets()
        : fabric(MakeLeafSpine({4, 8, 2, 10'000'000'000, 40'000'000'000, 1000}))
    {
        WorkloadHelper workload;
        workload.flows = 60'000;
        workload.load = 0.5;
        flows = workload.Generate(fabric);
    }

    SlowdownReport Run(const EngineOptions& options = {}, uint32_t threads = 1) const
    {
        Question question;
        question.threads = threads;
        return Answer(question, options);
    }

    SlowdownReport Answer(const Question& question, const EngineOptions& options) const
    {
        const Scenario scenario(fabric, config, flows);
        const std::unique_ptr<Engine> engine = MakeEngine("sampled");
        for (const auto& [name, value] : options)
        {
            engine->Set(name, value);
        }
        return engine->Run(scenario, question);
    }

    FabricGraph fabric;
    RdmaConfig config;
    FlowList flows;
};

} // namespace

TEST_F(SampledPackets, AreCloseToPacketsInFull)
{
    const Scenario scenario(fabric, config, flows);
    const SlowdownReport truth = MakeEngine("packet")->Run(scenario, {});
    const SlowdownReport report = Run({{"budget", "20%"}});
    EXPECT_EQ(report.Engine(), "sampled");
    EXPECT_EQ(report.FlowCount(), flows.size());
    EXPECT_NEAR(report.OverallQuantile(0.5) / truth.OverallQuantile(0.5), 1, 0.02);
    EXPECT_NEAR(report.OverallQuantile(0.9) / truth.OverallQuantile(0.9), 1, 0.04);
    EXPECT_NEAR(report.OverallQuantile(0.99) / truth.OverallQuantile(0.99), 1, 0.06);
    ASSERT_TRUE(report.HasIntervals());
    const ConfidenceInterval p99 = report.OverallInterval(0.99);
    EXPECT_LT(p99.low, p99.high);
    EXPECT_LT(p99.high / p99.low, 1.3);
    EXPECT_TRUE(NotesSay(report, "windows of")) << "what was simulated";
    EXPECT_TRUE(NotesSay(report, "that m3 expects to be under way"));
    EXPECT_TRUE(NotesSay(report, "against packets: p50 ")) << "the windows check the model";
}

TEST_F(SampledPackets, OfALongTraceRunFlowsimAroundTheWindowsAlone)
{
    const Scenario scenario(fabric, config, flows);
    const SlowdownReport truth = MakeEngine("packet")->Run(scenario, {});
    const SlowdownReport report = Run({{"budget", "20%"}, {"network-flows", "1000"}});
    EXPECT_TRUE(NotesSay(report, "flowSim ran around the windows alone"));
    EXPECT_TRUE(NotesSay(report, "that m3 expects to be under way"));
    EXPECT_EQ(report.FlowCount(), flows.size());
    EXPECT_NEAR(report.OverallQuantile(0.5) / truth.OverallQuantile(0.5), 1, 0.06);
    EXPECT_NEAR(report.OverallQuantile(0.99) / truth.OverallQuantile(0.99), 1, 0.1);
    EXPECT_EQ(Run({{"budget", "20%"}, {"network-flows", "1000"}}, 3).OverallQuantile(0.99),
              report.OverallQuantile(0.99));
}

TEST_F(SampledPackets, DoNotDependOnTheThreads)
{
    const SlowdownReport one = Run({}, 1);
    const SlowdownReport three = Run({}, 3);
    for (const double p : {0.1, 0.5, 0.99})
    {
        EXPECT_EQ(one.OverallQuantile(p), three.OverallQuantile(p));
        EXPECT_EQ(one.OverallInterval(p).low, three.OverallInterval(p).low);
    }
}

TEST_F(SampledPackets, ATargetErrorDrawsMoreWindows)
{
    const SlowdownReport few = Run({{"windows", "8"}});
    ASSERT_GT(few.SamplingReach(0.99), 0.04);
    const SlowdownReport more = Run({{"target-error", "4%"}});
    EXPECT_LE(more.SamplingReach(0.99), 0.04);
}

TEST_F(SampledPackets, FlowsUnderWayMatter)
{
    // flows of 50 KB take up to 1 ms: without a lead, those of a window meet the ones that are under way
    WorkloadHelper workload;
    workload.flows = 60'000;
    workload.load = 0.6;
    workload.sizes = "exponential:50000";
    flows = workload.Generate(fabric);
    const EngineOptions short_lead{{"lead", "1us"}, {"budget", "20%"}};
    const auto with = [&](const std::string& start)
    {
        EngineOptions options = short_lead;
        options.emplace_back("start", start);
        return Run(options);
    };
    const SlowdownReport fluid = with("flowsim");
    const SlowdownReport idle = with("empty");
    EXPECT_GT(fluid.OverallQuantile(0.9), 1.02 * idle.OverallQuantile(0.9));
    EXPECT_TRUE(NotesSay(fluid, "that flowsim expects to be under way"));
    EXPECT_TRUE(NotesSay(idle, "begins on an idle network"));
}

TEST_F(SampledPackets, AShortTraceIsSimulatedAsAWhole)
{
    flows.resize(2000);
    const Scenario scenario(fabric, config, flows);
    const SlowdownReport truth = MakeEngine("packet")->Run(scenario, {});
    const SlowdownReport report = Run();
    EXPECT_TRUE(NotesSay(report, "too short to sample"));
    EXPECT_EQ(report.Engine(), "sampled");
    for (const double p : {0.1, 0.5, 0.99})
    {
        EXPECT_EQ(report.OverallQuantile(p), truth.OverallQuantile(p));
    }
    for (Flow& flow : flows)
    {
        flow.startNs = 5; // all at once: the trace has no time
    }
    flows.resize(300);
    EXPECT_TRUE(NotesSay(Run(), "too short to sample"));
}

TEST_F(SampledPackets, FailuresAreLeftOutOfWindowsAlone)
{
    config.failures = ParseFailures("failures", "10us link-rate 0 32 50%");
    EXPECT_TRUE(NotesSay(Answer({}, {{"start", "flowsim"}, {"budget", "2%"}}), "not taken into account: "));
    flows.resize(2000);
    const SlowdownReport whole = Run();
    EXPECT_TRUE(NotesSay(whole, "too short to sample"));
    EXPECT_FALSE(NotesSay(whole, "not taken into account")) << "all packets are simulated, the failures too";
    const SlowdownReport truth = MakeEngine("packet")->Run(Scenario(fabric, config, flows), {});
    EXPECT_EQ(whole.OverallQuantile(0.99), truth.OverallQuantile(0.99));
    config.failures.clear();
    const SlowdownReport calm = MakeEngine("packet")->Run(Scenario(fabric, config, flows), {});
    EXPECT_NE(whole.OverallQuantile(0.99), calm.OverallQuantile(0.99));
}

TEST_F(SampledPackets, WhereM3CannotSpeakFlowsimSays)
{
    config.congestionControl = CongestionControlType::NONE;
    const SlowdownReport report = Run();
    EXPECT_TRUE(NotesSay(report, "no model was trained with the congestion control none"));
    EXPECT_TRUE(NotesSay(report, "that flowsim expects to be under way"));
}

TEST_F(SampledPackets, AnswerFromTheWindowsThatAreDone)
{
    uint64_t windows = 0; // done, of the round
    uint64_t all = 0;
    Question question;
    question.threads = 1;
    question.progress = [&](uint64_t done, uint64_t total)
    {
        windows = done;
        all = total;
    };
    question.stop = [&] { return all == 12 && windows >= 3; };
    const EngineOptions twelve{{"start", "flowsim"}, {"windows", "12"}};
    const SlowdownReport stopped = Answer(question, twelve);
    EXPECT_TRUE(NotesSay(stopped, "stopped after 3 of 12 windows"));
    EXPECT_TRUE(NotesSay(stopped, "3 windows of "));
    EXPECT_EQ(stopped.FlowCount(), flows.size());
    const SlowdownReport three = Run({{"start", "flowsim"}, {"windows", "3"}});
    EXPECT_FALSE(NotesSay(three, "stopped"));
    for (const double p : {0.1, 0.5, 0.99})
    {
        EXPECT_EQ(stopped.OverallQuantile(p), three.OverallQuantile(p));
        EXPECT_EQ(stopped.OverallInterval(p).high, three.OverallInterval(p).high);
    }
    windows = 0;
    question.stop = [&] { return all == 12 && windows == 12; };
    EXPECT_FALSE(NotesSay(Answer(question, twelve), "stopped")) << "nothing was left to do";
    windows = 0;
    question.threads = 3;
    question.stop = [&] { return all == 12 && windows >= 1; };
    EXPECT_TRUE(NotesSay(Answer(question, twelve), " of 12 windows"));
    question.stop = [] { return true; };
    EXPECT_THROW(Answer(question, twelve), InputError) << "there is no window yet";
    EXPECT_TRUE(MakeEngine("sampled")->CanStop());
    EXPECT_FALSE(MakeEngine("packet")->CanStop());
}

TEST_F(SampledPackets, BeginNoFurtherScenarioAfterAStop)
{
    RdmaConfig other = config;
    other.windowBytes = 30'000;
    const Scenario first(fabric, config, flows);
    const Scenario second(fabric, other, flows);
    const std::unique_ptr<Engine> engine = MakeEngine("sampled");
    engine->Set("start", "flowsim");
    engine->Set("windows", "4");
    uint64_t rounds = 0;
    Question question;
    question.threads = 1;
    question.progress = [&](uint64_t done, uint64_t total) { rounds += total == 4 && done == 2; };
    std::vector<std::size_t> answered;
    const auto keep = [&](std::size_t index, const SlowdownReport& report)
    {
        answered.push_back(index);
        EXPECT_EQ(NotesSay(report, "stopped after 2 of 4 windows"), question.stop != nullptr);
    };
    engine->RunEach({&first, &second}, question, keep);
    EXPECT_EQ(answered, (std::vector<std::size_t>{0, 1}));
    answered.clear();
    rounds = 0;
    question.stop = [&] { return rounds > 0; };
    engine->RunEach({&first, &second}, question, keep);
    EXPECT_EQ(answered, (std::vector<std::size_t>{0}));
}

TEST_F(SampledPackets, ScenariosAreComparedOnTheSameWindows)
{
    // without PFC the lead is three times as long, and DCQCN's memory longer: on their own they have other windows
    RdmaConfig lossy = config;
    lossy.pfc = false;
    RdmaConfig dcqcn = config;
    dcqcn.congestionControl = CongestionControlType::DCQCN;
    const Scenario first(fabric, config, flows);
    const Scenario second(fabric, lossy, flows);
    const Scenario third(fabric, dcqcn, flows);
    const std::unique_ptr<Engine> engine = MakeEngine("sampled");
    engine->Set("start", "flowsim");
    engine->Set("lead", "300us"); // shorter than that of flowSim, so that the budget has some windows
    engine->Set("target-error", "12%");
    std::vector<SlowdownReport> reports(3);
    engine->RunEach({&first, &second, &third, &first},
                    {},
                    [&](std::size_t index, const SlowdownReport& report)
                    {
                        if (index == 3)
                        {
                            EXPECT_EQ(report.OverallQuantile(0.99), reports[0].OverallQuantile(0.99));
                            return;
                        }
                        reports[index] = report;
                    });
    const UnitQuantile ofFirst = reports[0].OverallUnitQuantile(0.99);
    for (const SlowdownReport& report : reports)
    {
        const auto ratio = RatioOfMatched(report.OverallUnitQuantile(0.99), ofFirst);
        ASSERT_TRUE(ratio);
        EXPECT_NEAR(ratio->ratio, report.OverallQuantile(0.99) / reports[0].OverallQuantile(0.99), 1e-9);
        EXPECT_EQ(report.OverallUnitQuantile(0.99).effects.size(), ofFirst.effects.size()) << "as many windows";
    }
    EXPECT_TRUE(RatioOfMatched(reports[2].OverallUnitQuantile(0.5), reports[0].OverallUnitQuantile(0.5))->IsBeyond())
        << "the controls differ";
    const SlowdownReport alone = engine->Run(first, {});
    EXPECT_TRUE(RatioOfMatched(alone.OverallUnitQuantile(0.99), alone.OverallUnitQuantile(0.99)));
}

TEST_F(SampledPackets, StopBeforeATargetErrorIsReached)
{
    uint64_t windows = 0;
    uint64_t rounds = 0;
    uint64_t all = 0;
    Question question;
    question.threads = 1;
    question.progress = [&](uint64_t done, uint64_t total)
    {
        if (total == flows.size()) // of flowSim
        {
            return;
        }
        EXPECT_TRUE(total == all ? done == windows + 1 : done == windows) << "windows count on from round to round";
        rounds += total != all;
        windows = done;
        all = total;
    };
    question.stop = [&] { return rounds == 1 && windows == all; };
    const EngineOptions target{{"start", "flowsim"}, {"target-error", "1%"}};
    EXPECT_TRUE(NotesSay(Answer(question, target), "windows, before the target error was reached"));
    EXPECT_EQ(rounds, 1U);
    rounds = windows = all = 0;
    question.stop = [&] { return rounds == 2; };
    EXPECT_TRUE(NotesSay(Answer(question, target), "stopped after "));
    EXPECT_EQ(rounds, 2U);
    EXPECT_LT(windows, all);
}

TEST_F(SampledPackets, ABudgetOfTimeGivesTheFirstWindowsOfThePlan)
{
    // A window takes longer than 1 ns, and all of them less than an hour.
    const EngineOptions some{{"start", "flowsim"}, {"windows", "6"}, {"flows-per-window", "500"}, {"lead", "50us"}};
    const auto with = [&](const std::string& budget, uint32_t threads = 1)
    {
        EngineOptions options = some;
        options.emplace_back("budget", budget);
        return Run(options, threads);
    };
    const SlowdownReport all = Run(some);
    const SlowdownReport hour = with("1h", 3);
    EXPECT_EQ(hour.OverallQuantile(0.99), all.OverallQuantile(0.99)) << "as many windows, the same answer";
    EXPECT_FALSE(NotesSay(hour, "processor time was spent"));
    const SlowdownReport one = with("1ns");
    EXPECT_TRUE(NotesSay(one, "processor time was spent after 1 windows"));
    EXPECT_TRUE(one.AreIntervalsWithheld()) << "a single window says nothing of others";
    EngineOptions first = some;
    first.emplace_back("windows", "1");
    EXPECT_EQ(Run(first).OverallQuantile(0.99), one.OverallQuantile(0.99)) << "the first of the plan";
    // other threads end the windows that they have begun
    const SlowdownReport threads = with("1ns", 3);
    std::size_t same = 0;
    for (const std::string count : {"1", "2", "3", "4", "5", "6"})
    {
        first.back().second = count;
        same += Run(first).OverallQuantile(0.99) == threads.OverallQuantile(0.99) &&
                (count == "6" || NotesSay(threads, "spent after " + count + " windows"));
    }
    EXPECT_EQ(same, 1U) << "as of that number of windows";
    first.back().second = "1";
    EXPECT_TRUE(Run(first).AreIntervalsWithheld());
    first.emplace_back("target-error", "50%");
    EXPECT_FALSE(Run(first).AreIntervalsWithheld()) << "a single window does not reach any target";
    // without a number of windows more than the usual part of the trace is allowed
    const SlowdownReport half =
        Run({{"start", "flowsim"}, {"flows-per-window", "200"}, {"lead", "50us"}, {"budget", "1h"}});
    const SlowdownReport usual = Run({{"start", "flowsim"}, {"flows-per-window", "200"}, {"lead", "50us"}});
    EXPECT_LT(half.SamplingReach(0.99), usual.SamplingReach(0.99));
}

TEST_F(SampledPackets, HaveNoIntervalWhereSwitchesDropALot)
{
    const EngineOptions some{{"start", "flowsim"}, {"windows", "4"}, {"flows-per-window", "500"}, {"lead", "50us"}};
    config.pfc = false;
    const SlowdownReport few = Run(some);
    EXPECT_TRUE(few.HasIntervals());
    EXPECT_FALSE(NotesSay(few, "switches drop"));
    config.bufferBytes = 100'000; // and nothing makes senders slower
    config.congestionControl = CongestionControlType::NONE;
    const SlowdownReport many = Run(some);
    EXPECT_FALSE(many.HasIntervals());
    EXPECT_TRUE(NotesSay(many, "switches drop"));
}

TEST_F(SampledPackets, RefuseWhatTheyCannotDo)
{
    const std::unique_ptr<Engine> engine = MakeEngine("sampled");
    for (const char* wrong : {"0s", "-3s", "30x", "s", "1e3", "nan", "30 s 5"})
    {
        EXPECT_THROW(engine->Set("budget", wrong), InputError) << wrong;
    }
    EXPECT_THROW(engine->Set("budget", "0"), InputError);
    EXPECT_THROW(engine->Set("budget", "150%"), InputError);
    EXPECT_THROW(engine->Set("lead", "-1us"), InputError);
    EXPECT_THROW(engine->Set("start", "nobody"), InputError);
    EXPECT_THROW(Run({{"start", "parsimon"}}), InputError) << "it does not say how long single flows of many take";
    EXPECT_FALSE(engine->GivesPerFlow());
    config.mode = EngineMode::HPCC;
    EXPECT_THROW(Run(), InputError);
}
