#include "ns3/quantile.h"
#include "ns3/random-stream.h"
#include "ns3/report-writer.h"

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
        EXPECT_THROW(SizeClasses::Parse(wrong), std::invalid_argument) << wrong;
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
    EXPECT_EQ(header, "engine,class,flows,quantile,slowdown");
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
