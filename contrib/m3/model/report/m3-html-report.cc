// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-html-report.h"

#include "group-chart.h"
#include "group-report.h"
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

constexpr const char* HEAD = R"html(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="m3 )html" M3_VERSION R"html(">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Slowdown of flows by engine</title>
<style>
:root { --page: #f6f5f2; --card: #ffffff; --ink: #1d2125; --soft: #5b636b; --rule: #dedcd6;
  --c0: #1d2125; --c1: #c2560a; --c2: #1563a8; --c3: #6a4fb3; }
@media (prefers-color-scheme: dark) {
  :root { --page: #14171a; --card: #1d2125; --ink: #e9e7e2; --soft: #a2a9b0; --rule: #363c42;
    --c0: #e9e7e2; --c1: #f0a060; --c2: #6db5f5; --c3: #b7a2f2; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif;
  font-variant-numeric: tabular-nums; }
main { max-width: 1240px; margin: 0 auto; padding: 40px 24px 56px; }
h1 { margin: 0 0 8px; font-size: 32px; line-height: 1.2; letter-spacing: -0.01em; }
h2 { margin: 44px 0 12px; font-size: 21px; line-height: 1.3; }
h3 { margin: 0; font-size: 16px; }
p { margin: 0 0 12px; max-width: 76ch; }
.lead { font-size: 18px; }
.soft { color: var(--soft); }
.cards, .panels { display: grid; gap: 16px; }
.cards { grid-template-columns: repeat(auto-fit, minmax(min(100%, 270px), 1fr)); }
.panels { grid-template-columns: repeat(auto-fill, minmax(min(100%, 330px), 1fr)); margin-top: 16px; }
figure { margin: 0; }
.card { background: var(--card); border: 1px solid var(--rule); border-radius: 8px; padding: 16px 18px; min-width: 0; }
.engine { border-top: 4px solid var(--c); }
.engine .big { font-size: 30px; font-weight: 650; line-height: 1.2; margin: 8px 0 0; }
.engine p { margin: 0; }
.engine .what { margin-top: 8px; font-size: 14px; }
.bar { height: 6px; margin: 12px 0 4px; border-radius: 3px; background: var(--rule); }
.bar i { display: block; height: 100%; min-width: 3px; border-radius: 3px; background: var(--c); }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 330px), 1fr)); gap: 0 32px; margin: 0; }
dl div { display: flex; gap: 12px; padding: 6px 0; border-bottom: 1px solid var(--rule); }
dt { flex: 0 0 132px; color: var(--soft); }
dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
code { display: block; margin-top: 14px; font: 13px/1.5 ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 22px; margin: 0; padding: 0; list-style: none; }
.legend svg { width: 30px; height: 10px; margin-right: 8px; }
.panels svg { display: block; width: 100%; margin: 6px 0 10px; }
.panels header { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 12px; }
table { width: 100%; border-collapse: collapse; font-size: 14px; line-height: 1.35; }
th, td { padding: 5px 0 5px 6px; border-top: 1px solid var(--rule); text-align: right; vertical-align: top; font-weight: 400; white-space: nowrap; }
th:first-child { padding-left: 0; text-align: left; }
th span, td span { display: inline-block; min-width: 62px; color: var(--soft); }
thead th { border-top: 0; color: var(--soft); }
td small { display: block; color: var(--soft); font-size: 12px; }
tbody th::before { content: ""; display: inline-block; width: 9px; height: 9px; margin-right: 7px; border-radius: 50%; background: var(--c); }
.notes { max-width: 84ch; margin: 0; padding-left: 20px; }
.notes li { margin-bottom: 6px; overflow-wrap: anywhere; }
footer { margin-top: 40px; font-size: 14px; color: var(--soft); }
svg text { font: 12px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; fill: var(--soft); }
.grid { stroke: var(--rule); }
.p99 { stroke: var(--soft); stroke-dasharray: 2 3; }
.zero { stroke: var(--soft); }
.line { fill: none; stroke: var(--c); stroke-width: 2; stroke-linejoin: round; }
.band { fill: var(--c); opacity: 0.18; }
.dot { fill: var(--c); stroke: var(--card); }
.stem { stroke: var(--c); opacity: 0.45; }
.whisker { stroke: var(--c); stroke-width: 6; opacity: 0.35; }
.sends { fill: var(--c2); opacity: 0.45; } .computes { fill: var(--c3); opacity: 0.75; } .critical { fill: var(--c1); }
.where h3, .heat h3 { margin-bottom: 8px; }
.where th { white-space: normal; }
.where th, .where td { padding-left: 12px; }
.where th:first-child { padding-left: 0; }
.where th small { display: block; color: var(--soft); font-size: 12px; }
.where tbody th::before { display: none; }
caption, figcaption { padding: 2px 0 4px; text-align: left; font-size: 14px; color: var(--soft); }
.heat svg { max-width: 460px; }
.heat .legend { font-size: 14px; } .heat .legend svg { display: inline-block; width: 30px; margin: 0 8px 0 0; }
.h0, .h1, .h2, .h3, .h4, .h5 { fill: var(--c1); print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.h0 { fill-opacity: 0.1; } .h1 { fill-opacity: 0.25; } .h2 { fill-opacity: 0.42; } .h3 { fill-opacity: 0.6; } .h4 { fill-opacity: 0.8; }
.frame { fill: none; stroke: var(--rule); }
.e0 { --c: var(--c0); } .e1 { --c: var(--c1); } .e2 { --c: var(--c2); } .e3 { --c: var(--c3); }
.e1 .line { stroke-dasharray: 7 3; } .e3 .line { stroke-dasharray: 2 3; }
@media (max-width: 560px) { main { padding: 24px 14px 40px; } h1 { font-size: 26px; } .card { padding: 14px 12px; } dt { flex-basis: 112px; } }
@media print { .card { break-inside: avoid; } }
</style>
</head>
<body>
<main>
)html";

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

/// ErrorText with the minus sign of print and a space that does not break.
std::string PageError(double value, double truth)
{
    std::string text = ErrorText(value, truth);
    if (const std::size_t space = text.find(' '); space != std::string::npos)
    {
        text.replace(space, 1, "&nbsp;");
    }
    if (text.front() == '-')
    {
        text.replace(0, 1, "&minus;");
    }
    return text;
}

/// Whether not all flows were looked at.
bool HasIntervals(const SlowdownReport& report)
{
    const ConfidenceInterval interval = report.OverallInterval(P99);
    return interval.low < interval.high;
}

void WriteLead(const std::vector<SlowdownReport>& reports, std::ostream& out)
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
            << SlowdownText(trueP99) << ": an error of " << PageError(p99, trueP99) << ".";
    }
    out << "</p>\n";
}

void WriteEngines(const std::vector<SlowdownReport>& reports, const ReportPageText& text, std::ostream& out)
{
    const SlowdownReport& truth = reports.front();
    double longest = 0;
    for (const SlowdownReport& report : reports)
    {
        longest = std::max(longest, report.wallSeconds);
    }
    out << "<section>\n<h2>Engines</h2>\n<div class=\"cards\">\n";
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
            out << ", error " << PageError(report.OverallQuantile(P99), truth.OverallQuantile(P99));
        }
        out << "</p>\n";
        if (const auto what = text.engines.find(report.Engine()); what != text.engines.end())
        {
            out << "<p class=\"what soft\">" << HtmlText(what->second) << "</p>\n";
        }
        out << "</div>\n";
    }
    out << "</div>\n</section>\n";
}

void WriteScenario(const ReportPageText& text, std::ostream& out)
{
    out << "<section>\n<h2>Scenario</h2>\n<div class=\"card\">\n<dl>\n";
    for (const auto& [name, value] : text.scenario)
    {
        out << "<div><dt>" << HtmlText(name) << "</dt><dd>" << HtmlText(value) << "</dd></div>\n";
    }
    out << "</dl>\n";
    if (!text.command.empty())
    {
        out << "<code>" << HtmlText(text.command) << "</code>\n";
    }
    out << "</div>\n</section>\n";
}

/// p50 and p99 by every engine, with errors and intervals.
void WriteTable(const std::vector<SlowdownReport>& reports, const ReportRow& row, std::ostream& out)
{
    const SlowdownReport& truth = reports.front();
    const bool errors = reports.size() > 1;
    const char* const errorHead = errors ? " <span>error</span>" : "";
    out << "<table>\n<thead><tr><th>engine</th><th>p50" << errorHead << "</th><th>p99" << errorHead
        << "</th></tr></thead>\n<tbody>\n";
    for (std::size_t r = 0; r < reports.size(); r++)
    {
        const SlowdownReport& report = reports[r];
        out << "<tr><th class=\"" << ReportLook(r) << "\">" << HtmlText(report.Engine()) << "</th>";
        for (const double p : {MEDIAN, P99})
        {
            const double value = row.Quantile(report, p);
            out << "<td>" << SlowdownText(value);
            if (errors)
            {
                out << " <span>" << (r > 0 ? PageError(value, row.Quantile(truth, p)) : "") << "</span>";
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

void WriteDistributions(const std::vector<SlowdownReport>& reports, std::ostream& out)
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
    out << "<section>\n<h2>Distributions by flow size</h2>\n"
           "<p>Slowdown is the time from the start of a flow to the arrival of its last byte, over that of the same\n"
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
    out << "</div>\n</section>\n";
}

/// Completion times by kind and engine, then timelines of the slowest groups of each engine.
void WriteGroups(const std::vector<SlowdownReport>& reports, std::ostream& out)
{
    constexpr std::size_t PICTURES = 3; // of each engine
    if (!HasGroups(reports))
    {
        return;
    }
    out << "<section>\n<h2>Groups of tasks</h2>\n<p>The completion time of a group is the time from its first start to "
           "its last end.\nIn the pictures a row is a host: blue while it sends, violet while it computes, orange "
           "below "
           "that\nwhat is on the critical path of the group.</p>\n<div class=\"card\">\n<table>\n<thead><tr><th>kind, "
           "engine</th><th>groups</th><th>p50</th><th>p99</th><th>max</th></tr></thead>\n<tbody>\n";
    for (std::size_t r = 0; r < reports.size(); r++)
    {
        for (const KindTimes& kind : KindsOf(reports[r]))
        {
            out << "<tr><th class=\"" << ReportLook(r) << "\">" << HtmlText(kind.kind) << ", "
                << HtmlText(reports[r].Engine()) << "</th><td>" << CountText(kind.groups) << "</td>";
            for (const double level : {MEDIAN, P99, 1.0})
            {
                out << "<td>" << DurationText(kind.QuantileNs(level)) << "</td>";
            }
            out << "</tr>\n";
        }
    }
    out << "</tbody>\n</table>\n</div>\n";
    for (const SlowdownReport& report : reports)
    {
        std::size_t pictures = 0;
        for (const GroupTimes* group : SlowestGroups(report, report.groups.size()))
        {
            if (!group->bars.empty() && pictures++ < PICTURES)
            {
                out << "<figure class=\"card\" style=\"margin-top: 16px\"><header><h3>" << HtmlText(report.Engine())
                    << ": " << HtmlText(group->name) << "</h3></header>\n"
                    << TimelineChart(*group) << "<p class=\"soft\">" << HtmlText(GroupText(*group))
                    << ".</p></figure>\n";
            }
        }
    }
    out << "</section>\n";
}

void WriteNotes(const std::vector<SlowdownReport>& reports, std::ostream& out)
{
    out << "<section>\n<h2>Notes</h2>\n<ul class=\"notes\">\n";
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
                << " sampled the flows. Its 95 % intervals hold what all flows would have given by "
                   "it.</li>\n";
        }
    }
    if (reports.size() > 1)
    {
        out << "<li>An error is the difference to " << HtmlText(reports.front().Engine()) << " over its value.</li>\n";
    }
    out << "<li>A percentile interpolates between the middles of neighbouring flows. Size classes are by payload and "
           "hold their lower end, not their upper.</li>\n</ul>\n</section>\n";
}

} // namespace

void WriteReportHtml(const std::vector<SlowdownReport>& reports, const ReportPageText& text, std::ostream& out)
{
    const ClassicFormat classic(out);
    out << HEAD;
    WriteLead(reports, out);
    WriteEngines(reports, text, out);
    WriteDistributions(reports, out);
    WriteWhereHtml(reports, out);
    WriteGroups(reports, out);
    WriteScenario(text, out);
    WriteNotes(reports, out);
    out << "<footer>Made by m3 " << M3_VERSION << " for ns-3.</footer>\n</main>\n</body>\n</html>\n";
}

} // namespace ns3::m3
