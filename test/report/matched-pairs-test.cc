// SPDX-License-Identifier: GPL-2.0-only
// Quantiles under two configurations, compared on the same sampling units.
#include "core/random-stream.h"
#include "ns3/m3-slowdown-report.h"
#include "report/leave-one-out.h"
#include "report/quantile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

using namespace ns3::m3;

namespace
{

/// Twenty units of two classes and three strata; slowdowns go by the unit, the flow and `scale`.
SlowdownReport ReportOf(uint64_t units, double scale, uint64_t noiseSeed = 1)
{
    SlowdownReport report("windows", SizeClasses{{0, 1000}});
    report.SetFlowCount(0, 40'000);
    report.SetFlowCount(1, 10'000);
    RandomStream random(7);
    RandomStream noise(noiseSeed);
    for (int unit = 0; unit < 20; unit++)
    {
        report.BeginUnit();
        const double ofUnit = 1 + random.Exponential();
        for (int flow = 0; flow < 200; flow++)
        {
            const double slowdown = 2 + ofUnit * random.Exponential() * (1 + 0.02 * noise.Uniform());
            report.Add(flow % 5 == 0, scale * slowdown, 1 + flow % 3, static_cast<uint32_t>(flow % 3));
        }
    }
    report.SetUnits(units);
    report.Finish();
    return report;
}

} // namespace

TEST(LeaveOneOut, QuantilesAreThoseOfTheOtherUnitsWithTheStrataAsLarge)
{
    RandomStream random(3);
    constexpr std::size_t UNITS = 5;
    std::vector<LeaveOneOutValue> values;
    for (int i = 0; i < 300; i++)
    {
        const auto unit = static_cast<uint32_t>(random.Integer(0, UNITS - 1));
        const auto stratum = static_cast<uint32_t>(random.Integer(0, 2));
        values.push_back({random.Exponential(), random.Uniform() + 0.1, unit, {unit == 4 ? 0 : i % 2, stratum}});
    }
    values.push_back({99, 5, 2, {7, 0}}); // a stratum of one unit alone
    for (const double p : {0.02, 0.5, 0.9, 0.99})
    {
        const std::vector<double> quantiles = QuantilesWithoutUnits(values, UNITS, p);
        ASSERT_EQ(quantiles.size(), UNITS);
        for (std::size_t unit = 0; unit < UNITS; unit++)
        {
            std::vector<std::pair<double, double>> others;
            for (const LeaveOneOutValue& value : values)
            {
                double whole = 0;
                double rest = 0;
                for (const LeaveOneOutValue& other : values)
                {
                    whole += other.stratum == value.stratum ? other.weight : 0;
                    rest += other.stratum == value.stratum && other.unit != unit ? other.weight : 0;
                }
                if (value.unit != unit)
                {
                    others.emplace_back(value.value, value.weight * whole / rest);
                }
            }
            std::sort(others.begin(), others.end());
            EXPECT_NEAR(quantiles[unit], WeightedQuantile(others, p), 1e-9) << unit << ' ' << p;
        }
    }
    EXPECT_TRUE(std::isnan(QuantilesWithoutUnits({{1, 1, 0, {0, 0}}}, 1, 0.5).front())) << "nothing is left";
}

TEST(MatchedPairs, WhatUnitsHaveInCommonCancels)
{
    constexpr double P = 0.99;
    const SlowdownReport one = ReportOf(5, 1);
    const SlowdownReport scaled = ReportOf(5, 1.1);
    for (const UnitQuantile& quantile : {one.OverallUnitQuantile(P), one.ClassUnitQuantile(0, P)})
    {
        EXPECT_EQ(quantile.effects.size(), 20U);
        const auto same = RatioOfMatched(quantile, quantile);
        ASSERT_TRUE(same);
        EXPECT_EQ(same->ratio, 1);
        EXPECT_FALSE(same->IsBeyond());
    }
    EXPECT_EQ(one.OverallUnitQuantile(P).value, one.OverallQuantile(P));
    EXPECT_EQ(one.ClassUnitQuantile(1, P).value, one.ClassQuantile(1, P));
    // units that all change alike leave no doubt
    const auto change = RatioOfMatched(scaled.OverallUnitQuantile(P), one.OverallUnitQuantile(P));
    ASSERT_TRUE(change);
    EXPECT_NEAR(change->ratio, 1.1, 1e-12);
    EXPECT_NEAR(change->interval.low, 1.1, 1e-9);
    EXPECT_NEAR(change->interval.high, 1.1, 1e-9);
    EXPECT_TRUE(change->IsBeyond());
    // noise of single flows leaves some, less than two separate samples would
    const SlowdownReport noisy = ReportOf(5, 1, 2);
    const auto noise = RatioOfMatched(noisy.OverallUnitQuantile(P), one.OverallUnitQuantile(P));
    ASSERT_TRUE(noise);
    EXPECT_LT(noise->interval.low, 1);
    EXPECT_GT(noise->interval.high, 1);
    EXPECT_LT(noise->interval.high / noise->ratio - 1, 0.25 * one.SamplingReach(P));
}

TEST(MatchedPairs, TheIntervalIsThatOfLeavingOutWindows)
{
    // Variance of the jackknife with n units: (n - 1) / n sum (R(u) - R)^2, R the logarithm of the ratio; three units,
    // Student's t with two degrees of freedom at 97.5 %: 4.302653. Effects are (n - 1) / n (log Q - log Q(u)).
    const UnitQuantile from{2, 1, {0, 0, 0}};
    const UnitQuantile to{3, 1, {2.0 / 3 * 0.01, 2.0 / 3 * -0.02, 2.0 / 3 * 0.02}};
    const double reach = 4.302653 * std::sqrt(2.0 / 3 * (0.01 * 0.01 + 0.02 * 0.02 + 0.02 * 0.02));
    const auto ratio = RatioOfMatched(to, from);
    ASSERT_TRUE(ratio);
    EXPECT_DOUBLE_EQ(ratio->ratio, 1.5);
    EXPECT_NEAR(std::log(ratio->interval.high / 1.5), reach, 1e-6);
    EXPECT_NEAR(std::log(1.5 / ratio->interval.low), reach, 1e-6);
}

TEST(MatchedPairs, ReportsOfOtherUnitsAreNotCompared)
{
    constexpr double P = 0.99;
    const UnitQuantile one = ReportOf(5, 1).OverallUnitQuantile(P);
    EXPECT_FALSE(RatioOfMatched(ReportOf(6, 1).OverallUnitQuantile(P), one)) << "other units";
    const UnitQuantile unknown = ReportOf(0, 1).OverallUnitQuantile(P);
    EXPECT_FALSE(RatioOfMatched(unknown, unknown)) << "units without a key";
    SlowdownReport withheld = ReportOf(5, 1);
    withheld.WithholdClassIntervals(1, "extrapolated");
    EXPECT_FALSE(RatioOfMatched(withheld.ClassUnitQuantile(1, P), withheld.ClassUnitQuantile(1, P)));
    EXPECT_TRUE(RatioOfMatched(withheld.ClassUnitQuantile(0, P), withheld.ClassUnitQuantile(0, P)));
    withheld.WithholdIntervals("begins on an idle network");
    EXPECT_FALSE(RatioOfMatched(withheld.OverallUnitQuantile(P), one));
    const UnitQuantile alone{2, 1, {0.1}};
    EXPECT_FALSE(RatioOfMatched(alone, alone)) << "one unit tells nothing";
}
