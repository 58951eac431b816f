// SPDX-License-Identifier: GPL-2.0-only
#include "core/random-stream.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-report-writer.h"
#include "report/quantile.h"
#include "report/report-rows.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <sstream>

using namespace ns3::m3;

TEST(Quantile, InterpolatesBetweenMidPoints)
{
    const std::vector<double> sorted{10, 20, 30, 40};
    EXPECT_DOUBLE_EQ(Quantile(sorted, 0.125), 10);
    EXPECT_DOUBLE_EQ(Quantile(sorted, 0.25), 15);
    EXPECT_DOUBLE_EQ(Quantile(sorted, 0.5), 25);
    EXPECT_DOUBLE_EQ(Quantile(sorted, 0.875), 40);
    EXPECT_DOUBLE_EQ(Quantile(sorted, 0), 10);
    EXPECT_DOUBLE_EQ(Quantile(sorted, 1), 40);
    EXPECT_DOUBLE_EQ(Quantile({7}, 0.3), 7);
}

TEST(Quantile, OfUniformNumbersIsTheLevel)
{
    RandomStream random(3);
    std::vector<double> values(100'000);
    std::generate(values.begin(), values.end(), [&] { return random.Uniform(); });
    std::sort(values.begin(), values.end());
    for (double p : {0.01, 0.5, 0.9, 0.99, 0.999})
    {
        EXPECT_NEAR(Quantile(values, p), p, 0.01);
    }
}

TEST(WeightedQuantile, EqualWeightsGiveTheQuantile)
{
    RandomStream random(4);
    std::vector<double> values(57);
    std::generate(values.begin(), values.end(), [&] { return random.Exponential(); });
    std::sort(values.begin(), values.end());
    std::vector<std::pair<double, double>> weighted;
    for (double value : values)
    {
        weighted.emplace_back(value, 0.25);
    }
    for (double p = 0; p <= 1; p += 0.01)
    {
        EXPECT_NEAR(WeightedQuantile(weighted, p), Quantile(values, p), 1e-12);
    }
}

TEST(WeightedQuantile, ValuesOfNoWeightAreNotThere)
{
    const std::vector<std::pair<double, double>> sorted = {{1, 0}, {10, 1}, {15, 0}, {20, 3}, {30, 0}};
    EXPECT_EQ(WeightedQuantile(sorted, 0), 10);
    EXPECT_EQ(WeightedQuantile(sorted, 1), 20);
    // their middles are at 0.5 and 2.5 of 4
    EXPECT_DOUBLE_EQ(WeightedQuantile(sorted, 0.125), 10);
    EXPECT_DOUBLE_EQ(WeightedQuantile(sorted, 0.25), 12.5);
    EXPECT_DOUBLE_EQ(WeightedQuantile(sorted, 0.625), 20);
}

TEST(SizeClasses, AreLeftClosed)
{
    const SizeClasses classes;
    EXPECT_EQ(classes.ClassOf(1), 0U);
    EXPECT_EQ(classes.ClassOf(999), 0U);
    EXPECT_EQ(classes.ClassOf(1000), 1U);
    EXPECT_EQ(classes.ClassOf(49'999), 2U);
    EXPECT_EQ(classes.ClassOf(50'000), 3U);
    EXPECT_EQ(classes.ClassOf(UINT64_MAX), 3U);
    EXPECT_EQ(SizeClasses::Parse("0,500").Count(), 2U);
    for (const char* wrong : {"", "5", "0,5,5", "0,9,8", "0,x", "0,-3"})
    {
        EXPECT_THROW(SizeClasses::Parse(wrong), InputError) << wrong;
    }
}

TEST(SlowdownReport, MixesClassesByTheirFlows)
{
    // class 0 has 99 % of the flows but only one value per 10; the mixture goes by flows, not by values
    SlowdownReport report("m3");
    for (int i = 0; i < 100; i++)
    {
        report.Add(0, 1 + i / 1000.0);
        report.Add(3, 50 + i / 1000.0);
    }
    report.SetFlowCount(0, 990);
    report.SetFlowCount(3, 10);
    report.Finish();
    EXPECT_EQ(report.FlowCount(), 1000U);
    EXPECT_NEAR(report.OverallQuantile(0.5), 1.05, 0.002);
    EXPECT_LT(report.OverallQuantile(0.985), 1.2);
    EXPECT_GT(report.OverallQuantile(0.995), 50);
    EXPECT_NEAR(report.OverallMean(), 0.99 * 1.0495 + 0.01 * 50.0495, 1e-9);
    EXPECT_TRUE(std::isnan(report.ClassQuantile(1, 0.5)));
}

TEST(SlowdownReport, IntervalsHoldTheQuantileOfAllFlows)
{
    // two classes of 4000 and 1000 flows, of which 300 and 200 are drawn without replacement
    RandomStream random(4);
    constexpr std::size_t FLOWS[] = {4000, 1000};
    constexpr std::size_t DRAWN[] = {300, 200};
    std::vector<double> population[2];
    SlowdownReport all("all");
    for (std::size_t c = 0; c < 2; c++)
    {
        for (std::size_t i = 0; i < FLOWS[c]; i++)
        {
            population[c].push_back(1 + random.LogUniform(0.1, 10) * (1.0 + static_cast<double>(c)));
            all.Add(c, population[c].back());
        }
    }
    all.Finish();
    EXPECT_FALSE(all.IsSampled());
    EXPECT_EQ(all.OverallInterval(0.9).low, all.OverallQuantile(0.9));
    constexpr int REPETITIONS = 400;
    for (double p : {0.5, 0.9, 0.97})
    {
        int held[3] = {0, 0, 0};
        for (int repetition = 0; repetition < REPETITIONS; repetition++)
        {
            SlowdownReport report("some");
            for (std::size_t c = 0; c < 2; c++)
            {
                for (std::size_t i = 0; i < DRAWN[c]; i++)
                {
                    std::swap(population[c][i], population[c][random.Integer(i, FLOWS[c] - 1)]);
                    report.BeginUnit();
                    report.Add(c, population[c][i]);
                }
                report.SetFlowCount(c, FLOWS[c]);
                report.SetSampledFlows(c, DRAWN[c]);
            }
            report.Finish();
            const auto holds = [](const ConfidenceInterval& interval, double value)
            { return interval.low <= value && value <= interval.high; };
            held[0] += holds(report.ClassInterval(0, p), all.ClassQuantile(0, p));
            held[1] += holds(report.ClassInterval(1, p), all.ClassQuantile(1, p));
            held[2] += holds(report.OverallInterval(p), all.OverallQuantile(p));
        }
        for (int count : held)
        {
            EXPECT_GE(count, 0.9 * REPETITIONS) << p;
            EXPECT_LE(count, 0.99 * REPETITIONS) << p;
        }
    }
}

TEST(SlowdownReport, IntervalsCountDrawsNotTheirFlows)
{
    // paths of many flows that are all alike tell no more than one flow each
    RandomStream random(9);
    constexpr int REPETITIONS = 400;
    constexpr std::size_t PATHS = 1000;
    constexpr std::size_t DRAWS = 100;
    std::vector<double> ofPath;
    SlowdownReport all("all");
    for (std::size_t i = 0; i < PATHS; i++)
    {
        ofPath.push_back(1 + random.Exponential());
        all.Add(0, ofPath.back());
    }
    all.Finish();
    int held = 0;
    for (int repetition = 0; repetition < REPETITIONS; repetition++)
    {
        std::vector<uint32_t> multiplicity(PATHS, 0);
        for (std::size_t i = 0; i < DRAWS; i++)
        {
            multiplicity[random.Integer(0, PATHS - 1)]++;
        }
        SlowdownReport report("some");
        for (std::size_t path = 0; path < PATHS; path++)
        {
            if (multiplicity[path] > 0)
            {
                report.BeginUnit(multiplicity[path]);
                for (int flow = 0; flow < 20; flow++)
                {
                    report.Add(0, ofPath[path], multiplicity[path] / 20.0);
                }
            }
        }
        report.Finish();
        const ConfidenceInterval interval = report.ClassInterval(0, 0.8);
        held += interval.low <= all.ClassQuantile(0, 0.8) && all.ClassQuantile(0, 0.8) <= interval.high;
    }
    EXPECT_GE(held, 0.9 * REPETITIONS);
    EXPECT_LE(held, 0.99 * REPETITIONS);
}

TEST(SlowdownReport, ExpectsPacketsWhereTheyWereOnOtherNetworks)
{
    RandomStream random(3);
    SlowdownReport whole("m3");
    SlowdownReport drawn("m3");
    for (int i = 0; i < 2000; i++)
    {
        const double slowdown = 1 + random.Uniform();
        whole.Add(0, slowdown);
        drawn.BeginUnit();
        drawn.Add(0, slowdown);
    }
    whole.Finish();
    drawn.Finish();
    const ConfidenceInterval sampled = drawn.OverallInterval(0.99);
    EXPECT_TRUE(std::isnan(whole.PredictionInterval().low));
    EXPECT_TRUE(std::isnan(whole.PredictionInterval().high));
    EXPECT_EQ(whole.PredictionText(), "");
    const double p99 = whole.OverallQuantile(0.99);
    for (const ConfidenceInterval ratio : {ConfidenceInterval{0.8, 1.3}, {1.1, 1.2}, {0.7, 0.9}})
    {
        whole.SetHeldOutErrors({20, ratio}, "with PFC");
        drawn.SetHeldOutErrors({20, ratio}, "with PFC");
        EXPECT_NEAR(whole.PredictionInterval().low, p99 * ratio.low, 1e-9) << "nothing is sampled";
        EXPECT_NEAR(whole.PredictionInterval().high, p99 * ratio.high, 1e-9);
        EXPECT_LT(drawn.PredictionInterval().low, whole.PredictionInterval().low);
        EXPECT_GT(drawn.PredictionInterval().high, whole.PredictionInterval().high);
    }
    SlowdownReport none("m3");
    none.Finish();
    none.SetHeldOutErrors({20, {0.8, 1.3}}, "with PFC");
    EXPECT_TRUE(std::isnan(none.PredictionInterval().low)) << "no flows";
    EXPECT_EQ(none.PredictionText(), "");
    // one error alone counts as it is, two count less than their sum
    drawn.SetHeldOutErrors({20, {1, 1}}, "");
    EXPECT_EQ(drawn.OverallSamplingInterval(0.99).low, sampled.low);
    EXPECT_NEAR(drawn.PredictionInterval().low, sampled.low, 1e-9);
    EXPECT_NEAR(drawn.PredictionInterval().high, sampled.high, 1e-9);
    drawn.SetHeldOutErrors({20, {0.99, 1.01}}, "");
    EXPECT_GT(drawn.PredictionInterval().low, sampled.low * 0.99);
    whole.SetHeldOutErrors({20, {0.01, 1.5}}, "with PFC");
    EXPECT_EQ(whole.PredictionInterval().low, 1) << "no flow is faster than ideal";
    EXPECT_NE(whole.PredictionText().find("from the errors on 20 held-out networks with PFC"), std::string::npos)
        << whole.PredictionText();
}

TEST(SlowdownReport, IntervalsOfAModelAreThoseOfItsErrors)
{
    // two classes with slowdowns 1 to 2 and 1 to 3; errors of the first are known at three levels
    SlowdownReport report("m3");
    for (int i = 0; i <= 1000; i++)
    {
        report.BeginUnit();
        report.Add(0, 1 + i / 1000.0);
        report.Add(1, 1 + i / 500.0);
    }
    report.Finish();
    const ConfidenceInterval sampled = report.ClassInterval(0, 0.5);
    EXPECT_TRUE(report.HasIntervals());
    report.SetHeldOutErrors({}, ""); // a model of which nothing is known
    EXPECT_FALSE(report.HasIntervals());
    EXPECT_TRUE(std::isnan(report.ClassInterval(0, 0.5).low));
    EXPECT_TRUE(std::isnan(report.OverallInterval(0.99).low));
    EXPECT_NE(report.PredictionText().find("no interval is given: the errors of this model"), std::string::npos);
    HeldOutErrors errors{100, {0.8, 1.25}};
    report.SetHeldOutErrors(errors, "with PFC"); // of the p99 of all flows alone
    EXPECT_TRUE(report.HasIntervals());
    EXPECT_FALSE(std::isnan(report.OverallInterval(0.99).low));
    EXPECT_TRUE(std::isnan(report.OverallInterval(0.98).low));
    EXPECT_TRUE(std::isnan(report.ClassInterval(0, 0.99).low));
    errors.reaches.assign(ERROR_ROWS * ERROR_LEVELS.size(), std::nan(""));
    errors.reaches[0] = 0.1; // p25
    errors.reaches[1] = 0.3; // p50
    errors.reaches[5] = 0.6; // p99
    report.SetHeldOutErrors(errors, "of many kinds");
    const auto reachAt = [&](double p)
    {
        const double quantile = report.ClassQuantile(0, p);
        const double bySampling = std::log(report.ClassSamplingInterval(0, p).high / quantile);
        const double both = std::log(report.ClassInterval(0, p).high / quantile);
        return std::sqrt(both * both - bySampling * bySampling); // independent errors
    };
    EXPECT_NEAR(reachAt(0.5), 0.3, 1e-9);
    EXPECT_NEAR(reachAt(0.25), 0.1, 1e-9);
    EXPECT_NEAR(reachAt(0.1), 0.1, 1e-9) << "that of the lowest that is known";
    EXPECT_NEAR(reachAt(0.3), 0.1 + 0.2 * 0.2, 1e-9) << "a fifth of the way from one to the next";
    EXPECT_NEAR(reachAt(0.99), 0.6, 1e-9);
    EXPECT_TRUE(std::isnan(report.ClassInterval(0, 0.6).low)) << "that of the p75 is not known";
    EXPECT_TRUE(std::isnan(report.ClassInterval(0, 0.999).low)) << "beyond what was measured";
    EXPECT_TRUE(std::isnan(report.ClassInterval(1, 0.5).low));
    EXPECT_TRUE(std::isnan(report.ClassInterval(0, 0.5, 0.9).low)) << "95 % intervals alone are known";
    EXPECT_EQ(report.ClassSamplingInterval(0, 0.5).low, sampled.low);
    report.SetKnownFlows(10, 10); // no model was asked
    EXPECT_EQ(report.ClassInterval(0, 0.5).high, sampled.high);
    EXPECT_EQ(report.ClassInterval(1, 0.99, 0.9).low, report.ClassSamplingInterval(1, 0.99, 0.9).low);

    SlowdownReport others("m3", {{0, 5000}}); // classes that no error was measured in
    others.Add(0, 2);
    others.Finish();
    errors.reaches.assign(ERROR_ROWS * ERROR_LEVELS.size(), 0.1);
    others.SetHeldOutErrors(errors, "of many kinds");
    EXPECT_TRUE(std::isnan(others.ClassInterval(0, 0.5).low));
    EXPECT_NEAR(others.OverallInterval(0.5).high, 2 * std::exp(0.1), 1e-9);
}

TEST(ReportWriter, WritesTheSameNumbersEverywhere)
{
    SlowdownReport report("packet");
    RandomStream random(1);
    for (int i = 0; i < 1000; i++)
    {
        report.Add(0, 1 + random.Exponential());
    }
    report.SetUnfinished(3);
    report.Finish();
    std::stringstream csv;
    WriteReportCsv({report}, csv);
    std::stringstream text;
    WriteReportJson({report}, text);
    const auto json = nlohmann::json::parse(text);
    EXPECT_EQ(json[0]["engine"], "packet");
    EXPECT_EQ(json[0]["unfinished"], 3);
    EXPECT_NEAR(json[0]["classes"][0]["quantiles"]["0.99"].get<double>(), report.ClassQuantile(0, 0.99), 1e-9);
    std::string header;
    std::getline(csv, header);
    EXPECT_EQ(header, "engine,class,flows,quantile,slowdown,low,high");
    std::size_t lines = 0;
    for (std::string line; std::getline(csv, line);)
    {
        lines++;
    }
    EXPECT_EQ(lines, 2 * 102U); // the class and all
    std::ostringstream table;
    PrintComparison({report, report}, table);
    EXPECT_NE(table.str().find("+0.0 %"), std::string::npos);
    EXPECT_NE(table.str().find("3 flows did not finish"), std::string::npos);
}

TEST(ReportWriter, ShowsSmallErrorsWithoutASignOfTheirOwn)
{
    // 1 / 1.0004 - 1 = -0.04 %, which rounds to 0.0; 1 / 1.0006 - 1 = -0.06 %
    EXPECT_EQ(ErrorText(1, 1.0004), "+0.0 %");
    EXPECT_EQ(ErrorText(1, 1.0006), "-0.1 %");
    EXPECT_EQ(ErrorText(1.1, 1), "+10.0 %");
}

TEST(PacketCounts, AreSaidInWords)
{
    EXPECT_EQ(PacketCountsText({}), "no packet lost or sent again");
    EXPECT_EQ(PacketCountsText({1, 0, 2}), "1 packet sent again, 0 dropped by switches, 2 lost on links");
    EXPECT_EQ(PacketCountsText({0, 3, 0}), "0 packets sent again, 3 dropped by switches, 0 lost on links");
}

TEST(SlowdownReport, AQueueingErrorWidensIntervalsBySquares)
{
    // the median of 1.5 .. 8.5 is 5: 10 % of the 4 that queues add is 0.4, whatever sampling adds
    SlowdownReport report;
    for (int unit = 0; unit < 50; unit++)
    {
        report.BeginUnit();
        for (int i = 0; i < 8; i++)
        {
            report.Add(0, 1.5 + (i * 7 + unit) % 8);
        }
    }
    report.Finish();
    const double median = report.OverallQuantile(0.5);
    const ConfidenceInterval sampled = report.OverallInterval(0.5);
    const ConfidenceInterval sampledTop = report.OverallInterval(0.995);
    report.SetQueueingError({0.02, 0.08 / 0.49}); // of the median 0.02 + (0.99 - 0.5) 0.08 / 0.49 = 0.1
    const ConfidenceInterval wider = report.OverallInterval(0.5);
    EXPECT_NEAR(median - wider.low, std::hypot(median - sampled.low, 0.1 * (median - 1)), 1e-9);
    EXPECT_NEAR(wider.high - median, std::hypot(sampled.high - median, 0.1 * (median - 1)), 1e-9);
    EXPECT_EQ(report.ClassInterval(0, 0.5).low, wider.low);
    const double top = report.OverallQuantile(0.995); // above the p99: 0.02
    EXPECT_NEAR(top - report.OverallInterval(0.995).low, std::hypot(top - sampledTop.low, 0.02 * (top - 1)), 1e-9);
    report.SetQueueingError({5, 0});
    EXPECT_EQ(report.OverallInterval(0.5).low, 1) << "no slowdown is less";
}

TEST(SlowdownReport, IntervalsOfStrataAreThoseOfLeavingOutUnits)
{
    // 1000 flows, 800 of stratum 0; six units with five values of each stratum. P: sum of the strata's parts of the
    // trace times their shares at or below the quantile; P(u): the same without unit u. Jackknife variance 5 / 6 sum of
    // (P(u) - P)^2; Student's t with five degrees of freedom at 97.5 %: 2.570582.
    constexpr int UNITS = 6;
    constexpr int VALUES = 5;
    constexpr double PART[] = {0.8, 0.2};
    SlowdownReport report;
    report.SetFlowCount(0, 1000);
    double values[2][UNITS][VALUES];
    uint32_t random = 12345;
    for (int unit = 0; unit < UNITS; unit++)
    {
        report.BeginUnit();
        for (uint32_t stratum : {0U, 1U})
        {
            for (double& value : values[stratum][unit])
            {
                random = random * 1664525 + 1013904223;
                value = 1 + static_cast<double>(random >> 8) / 0x1p24 * (stratum ? 9 : 3);
                report.Add(0, value, 1000 * PART[stratum] / (UNITS * VALUES), stratum);
            }
        }
    }
    report.Finish();
    const double p = 0.6;
    const double quantile = report.OverallQuantile(p);
    const auto share = [&](int without)
    {
        double sum = 0;
        for (const int stratum : {0, 1})
        {
            double below = 0;
            double all = 0;
            for (int unit = 0; unit < UNITS; unit++)
            {
                for (const double value : values[stratum][unit])
                {
                    below += unit != without && value <= quantile;
                    all += unit != without;
                }
            }
            sum += PART[stratum] * below / all;
        }
        return sum;
    };
    double squares = 0;
    for (int unit = 0; unit < UNITS; unit++)
    {
        squares += std::pow(share(unit) - share(-1), 2);
    }
    const double reach = 2.570582 * std::sqrt(5.0 / 6 * squares);
    ASSERT_GT(reach, 0.02);
    const ConfidenceInterval interval = report.OverallInterval(p);
    EXPECT_NEAR(interval.low, report.OverallQuantile(p - reach), 1e-5);
    EXPECT_NEAR(interval.high, report.OverallQuantile(p + reach), 1e-5);
}

TEST(SlowdownReport, WhereFewUnitsHoldTheTailTheSpreadItselfIsUncertain)
{
    // Forty units with five flows of 2 in stratum 0, of which the first alone has also three of 9 (stratum 1 is the
    // other half of the trace: 2 in each). The deviations are 39 times d and once -39 d: kurtosis 39.025 (n = 40), so
    // 80 / 38.025 = 2.1039 degrees of freedom, in place of 39 with 2.0227; t at 97.5 % with 2.1039 is 4.11 (2: 4.303,
    // 2.5: 3.558).
    constexpr int UNITS = 40;
    const auto build = [](bool hasStrata)
    {
        SlowdownReport report;
        report.SetFlowCount(0, 100'000);
        for (int unit = 0; unit < UNITS; unit++)
        {
            report.BeginUnit();
            for (int i = 0; i < 5; i++)
            {
                report.Add(0, unit == 0 && i < 3 ? 9 : 2 + 0.01 * i + 0.0001 * unit, 1, 0);
                report.Add(0, 1.5, 1, hasStrata ? 1 : 0);
            }
        }
        report.Finish();
        return report;
    };
    const auto reachOf = [](const SlowdownReport& report)
    {
        // flows at or below a value just below 9: 397 of 400; the share that the interval of this level ends at
        const double p = 0.9915;
        const double low = report.OverallInterval(p).low;
        double share = p;
        while (report.OverallQuantile(share) > low)
        {
            share -= 1e-5;
        }
        return p - share;
    };
    const double stratified = reachOf(build(true));
    const double plain = reachOf(build(false));
    EXPECT_NEAR(stratified / plain, 4.11 / 2.0227, 0.12);
}

TEST(SlowdownReport, ASingleUnitTellsNothingOfOthers)
{
    const auto build = [](int units, uint64_t flows)
    {
        SlowdownReport report;
        report.SetFlowCount(0, flows);
        for (int unit = 0; unit < units; unit++)
        {
            report.BeginUnit();
            for (int i = 0; i < 10; i++)
            {
                report.Add(0, 1 + i + unit);
            }
        }
        report.SetSampledFlows(0, 10 * static_cast<uint64_t>(units));
        report.Finish();
        return report;
    };
    const SlowdownReport one = build(1, 1000);
    EXPECT_TRUE(std::isnan(one.OverallInterval(0.5).low));
    EXPECT_TRUE(std::isnan(one.ClassInterval(0, 0.5).high));
    EXPECT_EQ(one.SamplingReach(0.5), std::numeric_limits<double>::infinity());
    ASSERT_EQ(one.Notes().size(), 1U);
    const SlowdownReport all = build(1, 10);
    EXPECT_EQ(all.OverallInterval(0.5).low, all.OverallQuantile(0.5)) << "all flows were looked at";
    EXPECT_EQ(all.Notes().size(), 0U);
    const SlowdownReport two = build(2, 1000);
    EXPECT_LT(two.OverallInterval(0.5).low, two.OverallInterval(0.5).high);
}

TEST(SlowdownReport, ANoteIsThereOnce)
{
    SlowdownReport report;
    report.AddNote("a");
    report.AddNote("b");
    report.AddNote("a");
    EXPECT_EQ(report.Notes(), (std::vector<std::string>{"a", "b"}));
}
