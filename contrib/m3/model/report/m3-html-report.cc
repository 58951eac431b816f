// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-html-report.h"

#include "group-chart.h"
#include "group-report.h"
#include "html-page.h"
#include "html-text.h"
#include "report-rows.h"
#include "slowdown-chart.h"
#include "where-page.h"

#include "core/text-format.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace ns3::m3
{

namespace
{

constexpr double MEDIAN = 0.5;
constexpr double P99 = 0.99;

std::string TimeText(double seconds)
{
    constexpr double LONG = 120;
    if (seconds < 0.9995)
    {
        return FormatText("%.3g ms", 1000 * seconds);
    }
    return seconds < LONG ? FormatText("%.3g s", seconds) : FormatText("%.1f min", seconds / 60);
}

/// "3.8 times as fast as packet", "" where a time is unknown.
std::string SpeedText(const SlowdownReport& report, const SlowdownReport& truth)
{
    if (!(report.wallSeconds > 0 && truth.wallSeconds > 0))
    {
        return "";
    }
    constexpr double NO_DECIMALS = 20;
    const double factor = truth.wallSeconds / report.wallSeconds;
    return FormatText(factor < NO_DECIMALS ? "%.1f" : "%.0f", factor) + " times as fast as " + HtmlText(truth.Engine());
}

/// Whether the p99 of all flows has an interval that is more than a point.
bool HasIntervals(const SlowdownReport& report)
{
    const ConfidenceInterval interval = report.OverallInterval(P99);
    return interval.low < interval.high;
}

void WriteLead(const std::vector<SlowdownReport>& reports, HtmlPage& out)
{
    const SlowdownReport& truth = reports.front();
    const SlowdownReport& last = reports.back();
    const double p99 = last.OverallQuantile(P99);
    const double trueP99 = truth.OverallQuantile(P99);
    out << "<h1>How much longer flows take than in an empty network</h1>\n<p class=\"lead\">Of "
        << CountText(last.FlowCount()) << " flows, one in a hundred takes at least <b>" << SlowdownText(p99)
        << "</b> times as long as it would alone: the answer of " << HtmlText(last.Engine()) << " after "
        << TimeText(last.wallSeconds) << ".";
    if (&last != &truth)
    {
        out << " That of " << HtmlText(truth.Engine()) << " after " << TimeText(truth.wallSeconds) << " is "
            << SlowdownText(trueP99) << ": an error of " << HtmlError(p99, trueP99) << ".";
    }
    out << "</p>\n";
}

void WriteEngines(const std::vector<SlowdownReport>& reports, const ReportPageText& text, HtmlPage& out)
{
    const SlowdownReport& truth = reports.front();
    double longest = 0;
    for (const SlowdownReport& report : reports)
    {
        longest = std::max(longest, report.wallSeconds);
    }
    out.BeginSection("Engines");
    out << "<div class=\"cards\">\n";
    for (std::size_t r = 0; r < reports.size(); r++)
    {
        const SlowdownReport& report = reports[r];
        out << "<div class=\"card engine " << ReportLook(r) << "\"><h3>" << HtmlText(report.Engine())
            << "</h3>\n<p class=\"big\">" << TimeText(report.wallSeconds) << "</p>\n<p class=\"soft\">"
            << (r == 0 ? "errors below are against it" : SpeedText(report, truth))
            << "</p>\n<div class=\"bar\"><i style=\"width: " << (longest > 0 ? 100 * report.wallSeconds / longest : 0)
            << "%\"></i></div>\n<p>p99 slowdown " << SlowdownText(report.OverallQuantile(P99));
        if (r > 0)
        {
            out << ", error " << HtmlError(report.OverallQuantile(P99), truth.OverallQuantile(P99));
        }
        out << "</p>\n";
        if (const auto what = text.engines.find(report.Engine()); what != text.engines.end())
        {
            out << "<p class=\"what soft\">" << HtmlText(what->second) << "</p>\n";
        }
        out << "</div>\n";
    }
    out << "</div>\n";
    out.EndSection();
}

/// p50 and p99 by every engine, with errors and intervals.
void WriteTable(const std::vector<SlowdownReport>& reports, const ReportRow& row, std::ostream& out)
{
    const SlowdownReport& truth = reports.front();
    const bool errors = reports.size() > 1;
    const char* const errorHead = errors ? " <span>error</span>" : "";
    out << "<table aria-label=\"p50 and p99 slowdown, " << (row.all ? "all flows" : row.name)
        << "\">\n<thead><tr><th scope=\"col\">engine</th><th scope=\"col\">p50" << errorHead
        << "</th><th scope=\"col\">p99" << errorHead << "</th></tr></thead>\n<tbody>\n";
    for (std::size_t r = 0; r < reports.size(); r++)
    {
        const SlowdownReport& report = reports[r];
        out << "<tr><th scope=\"row\" class=\"" << ReportLook(r) << "\">" << HtmlText(report.Engine()) << "</th>";
        for (const double p : {MEDIAN, P99})
        {
            const double value = row.Quantile(report, p);
            out << "<td>" << SlowdownText(value);
            if (errors)
            {
                out << " <span>" << (r > 0 ? HtmlError(value, row.Quantile(truth, p)) : "") << "</span>";
            }
            if (const ConfidenceInterval interval = row.Interval(report, p); interval.low < interval.high)
            {
                out << "<small>95 %: " << SlowdownText(interval.low) << " to " << SlowdownText(interval.high)
                    << "</small>";
            }
            out << "</td>";
        }
        out << "</tr>\n";
    }
    out << "</tbody>\n</table>\n";
}

void WriteDistributions(const std::vector<SlowdownReport>& reports, HtmlPage& out)
{
    const SlowdownReport& truth = reports.front();
    std::vector<ReportRow> rows;
    double largest = 1;
    for (const ReportRow& row : ReportRows(truth))
    {
        if (row.Flows(truth) == 0)
        {
            continue;
        }
        rows.push_back(row);
        for (const SlowdownReport& report : reports)
        {
            const double last = WrittenQuantiles().back();
            // an interval that is withheld is NaN
            largest = std::fmax(largest, std::fmax(row.Quantile(report, last), row.Interval(report, last).high));
        }
    }
    out.BeginSection("Distributions by flow size");
    out << "<p>Slowdown is the time from the start of a flow to the arrival of its last byte, over that of the same\n"
           "flow on the same route in an empty network. Each curve shows which share of the flows exceeds it; lower\n"
           "and further left is faster. Tables give the median and the 99th percentile.</p>\n"
           "<ul class=\"legend\">\n";
    for (std::size_t r = 0; r < reports.size(); r++)
    {
        out << "<li class=\"" << ReportLook(r)
            << "\"><svg viewBox=\"0 0 30 10\" aria-hidden=\"true\"><line class=\"line\" x1=\"0\" y1=\"5\" "
               "x2=\"30\" y2=\"5\"/></svg>"
            << HtmlText(reports[r].Engine()) << (HasIntervals(reports[r]) ? ", with its 95 % interval" : "")
            << "</li>\n";
    }
    out << "</ul>\n<div class=\"panels\">\n";
    for (const ReportRow& row : rows)
    {
        out << "<figure class=\"card\"><header><h3>" << (row.all ? "all flows" : row.name)
            << "</h3><span class=\"soft\">" << CountText(row.Flows(truth)) << " flows</span></header>\n"
            << DistributionChart(reports, row, largest);
        WriteTable(reports, row, out);
        out << "</figure>\n";
    }
    const bool known = std::any_of(rows.begin(),
                                   rows.end(),
                                   [&](const ReportRow& row) { return !std::isnan(row.Quantile(truth, P99)); });
    if (reports.size() > 1 && known)
    {
        out << "<figure class=\"card\"><header><h3>error of the p99</h3><span class=\"soft\">against "
            << HtmlText(truth.Engine()) << "</span></header>\n"
            << ErrorChart(reports, rows, P99) << "</figure>\n";
    }
    out << "</div>\n";
    out.EndSection();
}

/// Completion times by kind and engine, then timelines of the slowest groups of each engine.
void WriteGroups(const std::vector<SlowdownReport>& reports, HtmlPage& out)
{
    constexpr std::size_t PICTURES = 3; // of each engine
    if (!HasGroups(reports))
    {
        return;
    }
    out.BeginSection("Groups of tasks");
    out << "<p>The completion time of a group is the time from its first start to its last end. In the pictures a row "
           "is "
           "a host:\nblue while it sends, violet while it computes. Orange below that is what is on the critical path "
           "of "
           "the group.</p>\n<div class=\"card\">\n<table class=\"words\" aria-label=\"Completion times of "
           "groups\">\n<thead><tr><th scope=\"col\">kind, engine</th>";
    for (const char* const column : {"groups", "p50", "p99", "max"})
    {
        out << "<th scope=\"col\" class=\"number\">" << column << "</th>";
    }
    out << "</tr></thead>\n<tbody>\n";
    for (std::size_t r = 0; r < reports.size(); r++)
    {
        for (const KindTimes& kind : KindsOf(reports[r]))
        {
            out << "<tr><th scope=\"row\" class=\"" << ReportLook(r) << "\">" << HtmlText(kind.kind) << ", "
                << HtmlText(reports[r].Engine()) << "</th><td>" << CountText(kind.groups) << "</td>";
            for (const double level : {MEDIAN, P99, 1.0})
            {
                out << "<td>" << DurationText(kind.QuantileNs(level)) << "</td>";
            }
            out << "</tr>\n";
        }
    }
    out << "</tbody>\n</table>\n</div>\n<div class=\"panels\">\n";
    for (const SlowdownReport& report : reports)
    {
        std::size_t pictures = 0;
        for (const GroupTimes* group : SlowestGroups(report, report.groups.size()))
        {
            if (!group->bars.empty() && pictures++ < PICTURES)
            {
                out << "<figure class=\"card\"><header><h3>" << HtmlText(report.Engine()) << ": "
                    << HtmlText(group->name) << "</h3></header>\n"
                    << TimelineChart(*group) << "<p class=\"soft\">" << HtmlText(GroupText(*group))
                    << ".</p></figure>\n";
            }
        }
    }
    out << "</div>\n";
    out.EndSection();
}

void WriteNotes(const std::vector<SlowdownReport>& reports, HtmlPage& out)
{
    out.BeginSection("Notes");
    out << "<ul class=\"notes\">\n";
    for (const SlowdownReport& report : reports)
    {
        if (report.Unfinished() > 0)
        {
            out << "<li>" << HtmlText(report.Engine()) << ": " << HtmlText(report.UnfinishedText()) << ".</li>\n";
        }
        if (report.packetCounts)
        {
            out << "<li>" << HtmlText(report.Engine()) << ": " << HtmlText(PacketCountsText(*report.packetCounts))
                << ".</li>\n";
        }
        for (const std::string& note : report.Notes())
        {
            out << "<li>" << HtmlText(report.Engine()) << ": " << HtmlText(note) << "</li>\n";
        }
        if (!report.PredictionText().empty())
        {
            out << "<li>" << HtmlText(report.Engine()) << ": " << HtmlText(report.PredictionText()) << ".</li>\n";
        }
        if (HasIntervals(report))
        {
            out << "<li>" << HtmlText(report.Engine())
                << ": its 95 % intervals hold what packets of all flows would have given.</li>\n";
        }
    }
    if (reports.size() > 1)
    {
        out << "<li>An error is the difference to " << HtmlText(reports.front().Engine()) << " over its value.</li>\n";
    }
    out << "<li>A percentile interpolates between the middles of neighbouring flows. Size classes are by payload and "
           "hold their lower end, not their upper.</li>\n</ul>\n";
    out.EndSection();
}

} // namespace

void WriteReportHtml(const std::vector<SlowdownReport>& reports, const ReportPageText& text, std::ostream& out)
{
    const ClassicFormat classic(out);
    HtmlPage page;
    WriteLead(reports, page);
    WriteEngines(reports, text, page);
    WriteDistributions(reports, page);
    WriteWhereHtml(reports, page);
    WriteGroups(reports, page);
    page.WriteScenario("", text.scenario, text.command);
    WriteNotes(reports, page);
    page.WriteTo("Slowdown of flows by engine", out);
}

} // namespace ns3::m3
