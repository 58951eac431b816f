// SPDX-License-Identifier: GPL-2.0-only
#include "core/random-stream.h"
#include "ns3/m3-html-report.h"
#include "report/report-rows.h"
#include "report/slowdown-chart.h"

#include <gtest/gtest.h>

#include <cmath>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>

using namespace ns3::m3;

namespace
{

/// Slowdowns of flows in the classes 0 and 2, `factor` times those of another report of the same seed.
SlowdownReport MakeReport(const std::string& engine, double factor, bool sampled)
{
    SlowdownReport report(engine);
    RandomStream random(5);
    for (int i = 0; i < 3000; i++)
    {
        if (sampled)
        {
            report.BeginUnit();
        }
        report.Add(i % 3 ? 0 : 2, factor * (1 + 2 * random.Exponential()));
    }
    report.wallSeconds = factor;
    report.Finish();
    return report;
}

std::string PageOf(const std::vector<SlowdownReport>& reports, const ReportPageText& text = {})
{
    std::ostringstream out;
    WriteReportHtml(reports, text, out);
    return out.str();
}

bool Has(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

/// Tags that are opened and not closed in order, or the other way round; "" if all are.
std::string Unbalanced(const std::string& page)
{
    static const std::regex tag("<(/?)([a-z0-9]+)((?:\"[^\"]*\"|[^\"<>])*?)(/?)>");
    const std::set<std::string> empty{"meta"};
    std::vector<std::string> open;
    for (std::sregex_iterator i(page.begin(), page.end(), tag); i != std::sregex_iterator(); ++i)
    {
        const std::string name = (*i)[2];
        if ((*i)[1].length() == 0 && (*i)[4].length() == 0 && !empty.count(name))
        {
            open.push_back(name);
        }
        else if ((*i)[1].length() > 0)
        {
            if (open.empty() || open.back() != name)
            {
                return "</" + name + "> at " + std::to_string(i->position());
            }
            open.pop_back();
        }
    }
    return open.empty() ? "" : open.back();
}

/// Attribute of the first element that a pattern finds.
double Find(const std::string& text, const std::string& pattern)
{
    std::smatch match;
    return std::regex_search(text, match, std::regex(pattern)) ? std::stod(match[1]) : std::nan("");
}

} // namespace

TEST(HtmlReport, HoldsTheNumbersOfTheReports)
{
    const SlowdownReport truth = MakeReport("packet", 2, false);
    const SlowdownReport estimate = MakeReport("m3", 1.5, true);
    ReportPageText text;
    text.scenario = {{"Network", "64 hosts"}};
    text.command = "m3-compare --load=0.6";
    text.engines = {{"m3", "a model"}};
    const std::string page = PageOf({truth, estimate}, text);
    EXPECT_EQ(Unbalanced(page), "");
    for (const std::string part : {"64 hosts", "m3-compare --load=0.6", "a model", "3,000 flows", "2,000 flows"})
    {
        EXPECT_TRUE(Has(page, part)) << part;
    }
    // three quarters of the truth, in a time of three quarters
    EXPECT_TRUE(Has(page, "&minus;25.0&nbsp;%"));
    EXPECT_TRUE(Has(page, "1.3 times as fast as packet"));
    for (const std::size_t sizeClass : {0, 2})
    {
        EXPECT_TRUE(Has(page, "<td>" + SlowdownText(truth.ClassQuantile(sizeClass, 0.99)) + " <"));
        const ConfidenceInterval interval = estimate.ClassInterval(sizeClass, 0.5);
        EXPECT_LT(interval.low, interval.high);
        EXPECT_TRUE(Has(page, "95 %: " + SlowdownText(interval.low) + " to " + SlowdownText(interval.high)));
    }
    EXPECT_TRUE(Has(page, "[10 KB, 50 KB)"));
    EXPECT_FALSE(Has(page, "[50 KB, inf)")) << "no flow is of this size";
    EXPECT_TRUE(Has(page, "error of the p99"));
}

TEST(HtmlReport, StandsAlone)
{
    const std::string page = PageOf({MakeReport("packet", 2, false)});
    EXPECT_TRUE(Has(page, "default-src 'none'"));
    for (const std::string part : {"<script", "<link", "<img", "src=", "url(", "@import", "http:", "https:"})
    {
        EXPECT_FALSE(Has(page, part)) << part;
    }
    EXPECT_FALSE(std::regex_search(page, std::regex("href=(?!\"#section-[0-9]+\")")))
        << "links lead to its own sections";
    EXPECT_FALSE(Has(page, "error of the p99")) << "nothing to compare with";
    EXPECT_EQ(Unbalanced(page), "");
}

TEST(HtmlReport, EscapesWhatUsersName)
{
    SlowdownReport report("<i>own</i>");
    report.Add(0, 1);
    report.AddNote("a < b & \"c\"");
    report.SetUnfinished(12345);
    report.Finish();
    ReportPageText text;
    text.scenario = {{"<dt>", "</dd><script>alert(1)</script>.txt"}};
    text.command = "m3-compare '--flows=<a href=x>'";
    text.engines = {{"<i>own</i>", "<b>bold</b>"}};
    const std::string page = PageOf({report, report}, text);
    EXPECT_EQ(Unbalanced(page), "");
    for (const std::string part : {"<i>own", "<script", "<a href=x", "<b>bold", "a < b"})
    {
        EXPECT_FALSE(Has(page, part)) << part;
    }
    EXPECT_TRUE(Has(page, "&lt;/dd&gt;&lt;script&gt;alert(1)&lt;/script&gt;.txt"));
    EXPECT_TRUE(Has(page, "a &lt; b &amp; &quot;c&quot;"));
    EXPECT_TRUE(Has(page, "12,345 flows did not finish"));
}

TEST(HtmlReport, LivesWithoutValues)
{
    SlowdownReport none("packet"); // no flow of it finished
    none.SetFlowCount(0, 10);
    none.SetUnfinished(10);
    SlowdownReport some("m3");
    some.Add(0, 3);
    some.Finish();
    const std::string page = PageOf({none, some});
    EXPECT_EQ(Unbalanced(page), "");
    EXPECT_FALSE(Has(page, "nan"));
    EXPECT_TRUE(Has(page, "<td>3.00 <"));
}

TEST(DistributionChart, PutsThePercentileWhereTheAxesSay)
{
    const SlowdownReport report = MakeReport("packet", 1, false);
    const ReportRow row = ReportRows(report).front();
    const std::string chart = DistributionChart({report}, row, 40);
    EXPECT_EQ(Unbalanced(chart), "");
    const double one = Find(chart, "<text x=\"([0-9.]+)\"[^>]*>1</text>");
    const double ten = Find(chart, "<text x=\"([0-9.]+)\"[^>]*>10</text>");
    const double slowdown = std::pow(10, (Find(chart, "cx=\"([0-9.]+)\"") - one) / (ten - one));
    EXPECT_NEAR(slowdown, report.ClassQuantile(0, 0.99), 0.01 * slowdown);
    // half way of the axis' first decade in shares are 10^-0.5 of the flows
    const double all = Find(chart, "y=\"([0-9.]+)\"[^>]*>100 %</text>");
    const double tenth = Find(chart, "y=\"([0-9.]+)\"[^>]*>10 %</text>");
    const double percent = Find(chart, "y=\"([0-9.]+)\"[^>]*>1 %</text>");
    EXPECT_NEAR(percent - tenth, tenth - all, 0.11);
    // curves go right and down, and stay on the picture
    std::smatch points;
    ASSERT_TRUE(std::regex_search(chart, points, std::regex("points=\"([^\"]+)\"")));
    std::istringstream list(points[1]);
    double x = 0;
    double y = 0;
    char comma = 0;
    for (double nextX = 0, nextY = 0; list >> nextX >> comma >> nextY; x = nextX, y = nextY)
    {
        EXPECT_GE(nextX, x);
        EXPECT_GE(nextY, y);
    }
    EXPECT_LT(x, 360);
    EXPECT_NEAR(y - all, 3 * (tenth - all), 5);
}

TEST(ErrorChart, PutsErrorsWhereTheAxisSays)
{
    for (const double factor : {0.2, 0.97, 1.1, 7.0})
    {
        const SlowdownReport truth = MakeReport("packet", 8, false);
        const SlowdownReport estimate = MakeReport("m3", 8 * factor, true);
        const std::string chart = ErrorChart({truth, estimate}, ReportRows(truth), 0.99);
        EXPECT_EQ(Unbalanced(chart), "");
        EXPECT_FALSE(Has(chart, "nan"));
        const double zero = Find(chart, "<text x=\"([0-9.]+)\"[^>]*>0</text>");
        std::smatch tick;
        ASSERT_TRUE(std::regex_search(chart, tick, std::regex("<text x=\"([0-9.]+)\"[^>]*>([+-][0-9.]+)</text>")));
        const double perPercent = (std::stod(tick[1]) - zero) / std::stod(tick[2]);
        EXPECT_NEAR((Find(chart, "cx=\"([0-9.]+)\"") - zero) / perPercent, 100 * (factor - 1), 0.2 / perPercent);
    }
}

TEST(SweepChart, PutsValuesAndIntervalsWhereTheAxesSay)
{
    const double unknown = std::nan("");
    const SweepLine line{{2, 5, unknown}, {{1.5, 3}, {5, 5}, {unknown, unknown}}};
    const std::string chart = SweepChart("window <b>", {"5000", "10000", "30000"}, {line, line}, "all flows");
    EXPECT_EQ(Unbalanced(chart), "");
    EXPECT_FALSE(Has(chart, "nan"));
    EXPECT_TRUE(Has(chart, "p99 slowdown over window &lt;b&gt;, all flows."));
    const double one = Find(chart, "<line class=\"grid\"[^>]* y1=\"([0-9.]+)\"[^>]*/><text[^>]*>1</text>");
    const double three = Find(chart, "<line class=\"grid\"[^>]* y1=\"([0-9.]+)\"[^>]*/><text[^>]*>3</text>");
    const double perUnit = (three - one) / 2;
    std::smatch dot;
    ASSERT_TRUE(std::regex_search(chart, dot, std::regex("cx=\"([0-9.]+)\" cy=\"([0-9.]+)\"")));
    EXPECT_NEAR((std::stod(dot[2]) - one) / perUnit + 1, 2, 0.02) << "2 of the first value";
    EXPECT_EQ(std::stod(dot[1]), Find(chart, "<text x=\"([0-9.]+)\"[^>]*>5000</text>"));
    std::smatch whisker;
    ASSERT_TRUE(std::regex_search(chart, whisker, std::regex("whisker\"[^>]* y1=\"([0-9.]+)\"[^>]* y2=\"([0-9.]+)\"")));
    EXPECT_NEAR((std::stod(whisker[1]) - one) / perUnit + 1, 1.5, 0.02);
    EXPECT_NEAR((std::stod(whisker[2]) - one) / perUnit + 1, 3, 0.02);
    const std::regex each("whisker|<circle");
    EXPECT_EQ(std::distance(std::sregex_iterator(chart.begin(), chart.end(), each), std::sregex_iterator()), 2 * 3)
        << "no interval where it is a point, no mark where the value is unknown";
}

TEST(SweepChart, ManyLinesAndLongValuesStayReadable)
{
    std::set<std::string> looks;
    for (std::size_t line = 0; line < 16; line++)
    {
        looks.insert(ReportLook(line) + SweepMark(line, 0, 0));
    }
    EXPECT_EQ(looks.size(), 16U);
    std::vector<std::string> values;
    for (int i = 0; i < 40; i++)
    {
        values.push_back("1000000" + std::to_string(i));
    }
    const SweepLine line{std::vector<double>(40, 2), std::vector<ConfidenceInterval>(40, {2, 2})};
    const std::string chart = SweepChart("window", values, {line}, "all flows");
    EXPECT_TRUE(Has(chart, ">10000000</text>"));
    EXPECT_FALSE(Has(chart, ">10000001</text>")) << "its neighbour has no room";
}
