// SPDX-License-Identifier: GPL-2.0-only
#include "engines/plan-windows.h"

#include "ns3/m3-fabric-shapes.h"
#include "ns3/m3-scenario.h"
#include "ns3/m3-workload-helper.h"

#include <gtest/gtest.h>

using namespace ns3::m3;

namespace
{

class PlanOfWindows : public testing::Test
{
  protected:
    PlanOfWindows()
        : fabric(MakeLeafSpine({4, 8, 2, 10'000'000'000, 40'000'000'000, 1000}))
    {
    }

    /// Mice, with an elephant of 5 MB for every so many of them (0: none), spread over a time.
    WindowPlan Plan(uint32_t count, uint32_t mice, int64_t spanNs, const WindowWishes& wishes = {})
    {
        FluidFcts fluid{0, {}};
        flows.clear();
        for (uint32_t i = 0; i < count; i++)
        {
            const bool isElephant = mice > 0 && i % (mice + 1) == 0;
            flows.push_back({i % 32, (i + 9) % 32, isElephant ? 5'000'000U : 500U, spanNs / count * i});
            fluid.fctsNs.push_back(isElephant ? 8e6 : 10e3);
        }
        const Scenario scenario(fabric, {}, flows);
        return PlanWindows(scenario, fluid, {}, wishes);
    }

    double SimulatedShare(const WindowPlan& plan) const
    {
        const auto span = static_cast<double>(flows.back().startNs - flows.front().startNs);
        return plan.windows * MeanRunNs(plan, flows) / span;
    }

    FabricGraph fabric;
    FlowList flows;
};

} // namespace

TEST_F(PlanOfWindows, OneKindServesFlowsThatAllEndInItsTail)
{
    const WindowPlan plan = Plan(400'000, 0, 400'000'000);
    ASSERT_EQ(plan.kinds.size(), 1U);
    EXPECT_EQ(plan.kinds[0].share, 1);
    EXPECT_GE(plan.kinds[0].tailNs, 13'000) << "1.3 times as long as by flowSim";
    // a window lasts twice as long as its tail, 1 flow/us
    EXPECT_NEAR(static_cast<double>(plan.kinds[0].flows), 2e-3 * static_cast<double>(plan.kinds[0].tailNs), 1);
    EXPECT_LE(SimulatedShare(plan), 0.1);
    EXPECT_FALSE(IsNearlyWhole(plan, flows));
}

TEST_F(PlanOfWindows, ElephantsAmongMiceHaveWindowsOfTheirOwn)
{
    // one flow in 201 takes 8 ms, 10.4 with the reserve: 8 windows of 10.4 ms with tails of 10.4 and leads of 3.1 ms
    // are half a budget of a tenth of 4 s
    const WindowPlan plan = Plan(400'000, 200, 4'000'000'000);
    ASSERT_EQ(plan.kinds.size(), 2U);
    EXPECT_LT(plan.kinds[0].tailNs, 1'000'000);
    EXPECT_NEAR(static_cast<double>(plan.kinds[1].tailNs), 10.4e6, 1e3);
    EXPECT_NEAR(static_cast<double>(plan.kinds[1].leadNs), 0.3 * 10.4e6, 1e3);
    EXPECT_NEAR(plan.kinds[0].share + plan.kinds[1].share, 1, 1e-12);
    EXPECT_GE(plan.kinds[1].share * plan.windows, 7.9);
    EXPECT_LE(SimulatedShare(plan), 0.1);
    EXPECT_FALSE(plan.Counts(0, 4'000'000));
}

TEST_F(PlanOfWindows, ABudgetThatIsTooSmallForLongTailsGoesToShortOnes)
{
    EXPECT_EQ(Plan(400'000, 200, 400'000'000).kinds.size(), 1U);
    WindowWishes wishes;
    wishes.budget = 0.02;
    EXPECT_EQ(Plan(400'000, 200, 4'000'000'000, wishes).kinds.size(), 1U);
    wishes = {};
    wishes.flowsPerWindow = 100;
    const WindowPlan plan = Plan(400'000, 200, 4'000'000'000, wishes);
    ASSERT_EQ(plan.kinds.size(), 1U) << "the user says how long windows are";
    EXPECT_EQ(plan.kinds[0].flows, 100U);
}

TEST_F(PlanOfWindows, WindowsAreAsLongAsALongLeadWhereTheBudgetHasRoom)
{
    WindowWishes wishes;
    wishes.leadNs = 4'500'000; // 4.5 ms, 1 flow/us
    wishes.budget = 0.1;
    EXPECT_EQ(Plan(400'000, 0, 400'000'000, wishes).kinds[0].flows, Plan(400'000, 0, 400'000'000).kinds[0].flows)
        << "eight windows of 40 ms have 5 ms each, less the lead and the tail";
    wishes.budget = 0.5;
    EXPECT_NEAR(static_cast<double>(Plan(400'000, 0, 400'000'000, wishes).kinds[0].flows), 4500, 1);
}

TEST_F(PlanOfWindows, AShortTraceHasALargerPartOfItSimulated)
{
    // a window takes about 1.6 ms: a tenth of 200 ms has room for 12, 24 take a fifth; of 80 ms they would take half
    const WindowPlan plan = Plan(200'000, 0, 200'000'000);
    EXPECT_NEAR(plan.windows, 24, 1);
    EXPECT_GT(SimulatedShare(plan), 0.12);
    EXPECT_LT(SimulatedShare(plan), 0.29);
    const WindowPlan shorter = Plan(80'000, 0, 80'000'000);
    EXPECT_LT(shorter.windows, 24U);
    EXPECT_GT(shorter.windows, 8U);
    EXPECT_NEAR(SimulatedShare(shorter), 0.3, 0.02);
    WindowWishes wishes;
    wishes.budget = 0.1; // is what the user wants
    EXPECT_LE(SimulatedShare(Plan(200'000, 0, 200'000'000, wishes)), 0.1);
}

TEST_F(PlanOfWindows, WishesAreKept)
{
    WindowWishes wishes;
    wishes.windows = 21;
    wishes.leadNs = 77'000;
    EXPECT_EQ(Plan(400'000, 200, 4'000'000'000, wishes).windows, 21U);
    EXPECT_EQ(Plan(400'000, 200, 4'000'000'000, wishes).kinds[1].leadNs, 77'000);
    wishes = {};
    wishes.budget = 0.3;
    const WindowPlan plan = Plan(400'000, 200, 4'000'000'000, wishes);
    EXPECT_NEAR(SimulatedShare(plan), 0.3, 0.01);
    EXPECT_EQ(plan.maxWindows, plan.windows);
    wishes.hasTargetError = true;
    wishes.budget = 0;
    EXPECT_GT(Plan(400'000, 200, 4'000'000'000, wishes).maxWindows, 2 * plan.windows / 2);
    wishes.windows = 100'000;
    EXPECT_TRUE(IsNearlyWhole(Plan(100'000, 0, 100'000'000, wishes), flows));
}

TEST_F(PlanOfWindows, ScenariosThatAreComparedHaveTheLongestLeadsAndTails)
{
    WindowWishes wishes;
    wishes.hasTargetError = true;
    const WindowPlan one = Plan(400'000, 0, 400'000'000, wishes);
    wishes.startsFromFluid = true; // four times the lead
    const WindowPlan other = Plan(400'000, 0, 400'000'000, wishes);
    ASSERT_GT(other.kinds[0].leadNs, one.kinds[0].leadNs);
    for (const auto& plans : {std::vector<WindowPlan>{one, other}, {other, one}})
    {
        const WindowPlan common = CommonPlan(plans, flows, wishes);
        ASSERT_EQ(common.kinds.size(), 1U);
        EXPECT_EQ(common.kinds[0].leadNs, other.kinds[0].leadNs);
        EXPECT_EQ(common.kinds[0].tailNs, one.kinds[0].tailNs);
        EXPECT_LE(SimulatedShare(common), SimulatedShare(plans[0]) + 1e-9) << "no more than the first plan,";
        EXPECT_GT(SimulatedShare(common) * (common.windows + 1) / common.windows, SimulatedShare(plans[0]))
            << "to a window";
        EXPECT_GT(common.maxWindows, common.windows);
    }
    WindowPlan two = other;
    two.kinds.push_back({500, 1'000'000, 5'000'000, 0.25});
    two.kinds[0].share = 0.75;
    const WindowPlan common = CommonPlan({one, two}, flows, wishes);
    ASSERT_EQ(common.kinds.size(), 2U) << "elephants of one scenario have windows in all";
    EXPECT_EQ(common.kinds[1].tailNs, 5'000'000);
    EXPECT_GE(common.windows, 16U);
    wishes.windows = 5;
    const WindowPlan five = Plan(400'000, 0, 400'000'000, wishes);
    EXPECT_EQ(CommonPlan({five, five}, flows, wishes).windows, 5U) << "the user has said so";
}
