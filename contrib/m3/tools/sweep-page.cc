// SPDX-License-Identifier: GPL-2.0-only
#include "sweep-page.h"

#include "core/text-format.h"
#include "report/group-report.h"
#include "report/html-page.h"
#include "report/html-text.h"
#include "report/report-rows.h"
#include "report/slowdown-chart.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

namespace ns3::m3
{

namespace
{

/// Index of the axis of engines.
std::optional<std::size_t> EngineAxis(const SweepResult& sweep)
{
    for (std::size_t a = 0; a < sweep.grid.size(); a++)
    {
        if (sweep.grid[a].IsEngines())
        {
            return a;
        }
    }
    return std::nullopt;
}

const std::string& EngineOfPoint(const SweepResult& sweep, const SweepPageText& text, const SweepPoint& point)
{
    const std::optional<std::size_t> axis = EngineAxis(sweep);
    return axis ? point.values[*axis] : text.engine;
}

/// "window 5000, cc hpcc"; the engine is left out.
std::string ConfigurationText(const SweepResult& sweep, const SweepPoint& point)
{
    std::string text;
    for (std::size_t a = 0; a < sweep.grid.size(); a++)
    {
        if (!sweep.grid[a].IsEngines())
        {
            text += (text.empty() ? "" : ", ") + sweep.grid[a].option + " " + point.values[a];
        }
    }
    return text;
}

bool IsKnown(const SweepPoint& point, std::size_t row)
{
    return !point.rows.empty() && !std::isnan(point.rows[row].p99);
}

/// The best and the worst configuration of each engine by the p99 of all flows.
void WriteLead(const SweepResult& sweep, const SweepPageText& text, HtmlPage& page)
{
    const std::optional<std::size_t> engines = EngineAxis(sweep);
    const std::size_t configurations = sweep.points.size() / (engines ? sweep.grid[*engines].values.size() : 1);
    page << "<h1>p99 slowdown of " << configurations << (configurations == 1 ? " configuration" : " configurations")
         << "</h1>\n<p class=\"lead\">One flow in a hundred takes at least this many times as long as it would in an "
            "empty network. "
         << sweep.points.size() << " answers in " << FormatText("%.1f", text.seconds) << " s.</p>\n";
    const std::vector<std::string> names =
        engines ? sweep.grid[*engines].values : std::vector<std::string>{text.engine};
    const std::size_t all = sweep.points.front().rows.size() - 1;
    for (const std::string& name : names)
    {
        std::vector<const SweepPoint*> answers;
        for (const SweepPoint& point : sweep.points)
        {
            if (EngineOfPoint(sweep, text, point) == name && IsKnown(point, all))
            {
                answers.push_back(&point);
            }
        }
        if (answers.empty())
        {
            continue;
        }
        const auto [best, worst] = std::minmax_element(answers.begin(),
                                                       answers.end(),
                                                       [&](const SweepPoint* a, const SweepPoint* b)
                                                       { return a->rows[all].p99 < b->rows[all].p99; });
        page << "<p class=\"lead\">By " << HtmlText(name) << ": <b>" << SlowdownText((*best)->rows[all].p99) << "</b>";
        const std::string of = HtmlText(ConfigurationText(sweep, **best));
        if (answers.size() > 1)
        {
            page << " at best (" << of << "), <b>" << SlowdownText((*worst)->rows[all].p99) << "</b> at worst ("
                 << HtmlText(ConfigurationText(sweep, **worst)) << ").</p>\n";
        }
        else
        {
            page << (of.empty() ? "" : " (" + of + ")") << ".</p>\n";
        }
    }
}

/// A row per point: its values, p99 with interval, and error against the first engine.
void WriteTable(const SweepResult& sweep, const SweepLines& lines, std::size_t row, HtmlPage& page)
{
    const std::optional<std::size_t> engines = EngineAxis(sweep);
    const bool errors = engines && sweep.grid[*engines].values.size() > 1;
    const std::string name = sweep.points.front().rows[row].name;
    page << "<table class=\"words\" aria-label=\"p99 slowdown, " << (name == "all" ? "all flows" : name)
         << "\">\n<thead><tr><th scope=\"col\">" << HtmlText(sweep.grid[lines.axis].option) << "</th>";
    for (std::size_t a = 0; a < sweep.grid.size(); a++)
    {
        if (a != lines.axis)
        {
            page << "<th scope=\"col\">" << HtmlText(sweep.grid[a].option) << "</th>";
        }
    }
    page << "<th scope=\"col\" class=\"number\">p99" << (errors ? " <span>error</span>" : "")
         << "</th></tr></thead>\n<tbody>\n";
    for (std::size_t i = 0; i < sweep.grid[lines.axis].values.size(); i++)
    {
        for (std::size_t line = 0; line < lines.points.size(); line++)
        {
            const std::size_t at = lines.points[line][i];
            const SweepPoint& point = sweep.points[at];
            page << "<tr><th scope=\"row\" class=\"" << ReportLook(line) << "\">" << HtmlText(point.values[lines.axis])
                 << "</th>";
            for (std::size_t a = 0; a < sweep.grid.size(); a++)
            {
                if (a != lines.axis)
                {
                    page << "<td class=\"word\">" << HtmlText(point.values[a]) << "</td>";
                }
            }
            page << "<td>" << (IsKnown(point, row) ? SlowdownText(point.rows[row].p99) : "-");
            if (errors)
            {
                const std::size_t first = WithFirstValue(sweep.grid, at, *engines);
                const bool hasError = first != at && IsKnown(point, row) && IsKnown(sweep.points[first], row);
                page << " <span>" << (hasError ? HtmlError(point.rows[row].p99, sweep.points[first].rows[row].p99) : "")
                     << "</span>";
            }
            if (IsKnown(point, row) && point.rows[row].interval.low < point.rows[row].interval.high)
            {
                page << "<small>95 %: " << SlowdownText(point.rows[row].interval.low) << " to "
                     << SlowdownText(point.rows[row].interval.high) << "</small>";
            }
            page << "</td></tr>\n";
        }
    }
    page << "</tbody>\n</table>\n";
}

/// The lines of a row's picture.
std::vector<SweepLine> LinesOfRow(const SweepResult& sweep, const SweepLines& lines, std::size_t row)
{
    std::vector<SweepLine> drawn;
    for (const std::vector<std::size_t>& points : lines.points)
    {
        SweepLine& line = drawn.emplace_back();
        for (const std::size_t point : points)
        {
            const bool isKnown = IsKnown(sweep.points[point], row);
            const double unknown = std::nan("");
            line.values.push_back(isKnown ? sweep.points[point].rows[row].p99 : unknown);
            line.intervals.push_back(isKnown ? sweep.points[point].rows[row].interval
                                             : ConfidenceInterval{unknown, unknown});
        }
    }
    return drawn;
}

void WritePictures(const SweepResult& sweep, const SweepPageText& text, HtmlPage& page)
{
    const SweepLines lines = LinesOf(sweep.grid, sweep.points);
    const SweepAxis& axis = sweep.grid[lines.axis];
    page.BeginSection("p99 by flow size");
    page << "<p>Lower is faster. Bars are 95 % intervals of what packets of all flows would have given.";
    if (const std::optional<std::size_t> engines = EngineAxis(sweep); engines && sweep.grid[*engines].values.size() > 1)
    {
        page << " An error is the difference to " << HtmlText(sweep.grid[*engines].values.front())
             << " over its value.";
    }
    page << "</p>\n<ul class=\"legend\">\n";
    for (std::size_t line = 0; line < lines.names.size(); line++)
    {
        page << "<li class=\"" << ReportLook(line)
             << "\"><svg viewBox=\"0 0 30 10\" aria-hidden=\"true\"><line class=\"line\" x1=\"0\" y1=\"5\" x2=\"30\" "
                "y2=\"5\"/>"
             << SweepMark(line, 15, 5) << "</svg>"
             << HtmlText(lines.names[line].empty() ? text.engine : lines.names[line]) << "</li>\n";
    }
    page << "</ul>\n<div class=\"panels\">\n";
    const std::vector<SweepRow>& rows = sweep.points.front().rows;
    for (std::size_t panel = 0; panel < rows.size(); panel++)
    {
        const std::size_t row = (panel + rows.size() - 1) % rows.size(); // all flows first
        if (std::none_of(sweep.points.begin(),
                         sweep.points.end(),
                         [&](const auto& point) { return IsKnown(point, row); }))
        {
            continue;
        }
        const std::string name = rows[row].name == "all" ? "all flows" : rows[row].name;
        page << "<figure class=\"card\"><header><h3>" << name << "</h3><span class=\"soft\">"
             << CountText(rows[row].flows) << " flows</span></header>\n"
             << SweepChart(axis.option, axis.values, LinesOfRow(sweep, lines, row), name);
        WriteTable(sweep, lines, row, page);
        page << "</figure>\n";
    }
    page << "</div>\n";
    page.EndSection();
}

/// The change of the p99 of all flows at each step on the same windows.
void WriteSteps(const SweepResult& sweep, HtmlPage& page)
{
    if (sweep.steps.empty())
    {
        return;
    }
    page.BeginSection("Steps on the same windows");
    page << "<p>Change of the p99 of all flows from one value to the next, with its 95 % interval. Both configurations "
            "were simulated in the same windows, so that their difference is known better than each of them.</p>\n"
            "<div class=\"card\">\n<table class=\"words\" aria-label=\"Change of the p99 of all flows\">\n<thead><tr>";
    for (const SweepAxis& axis : sweep.grid)
    {
        page << "<th scope=\"col\">" << HtmlText(axis.option) << "</th>";
    }
    page << "<th scope=\"col\" class=\"number\">change</th></tr></thead>\n<tbody>\n";
    for (const SweepStep& step : sweep.steps)
    {
        const std::optional<QuantileRatio>& ratio = step.ratios.back();
        page << "<tr>";
        for (std::size_t a = 0; a < sweep.grid.size(); a++)
        {
            const std::string& to = sweep.points[step.to].values[a];
            page << (a == 0 ? "<th scope=\"row\">" : "<td class=\"word\">")
                 << HtmlText(a == step.axis ? sweep.points[step.from].values[a] + " to " + to : to)
                 << (a == 0 ? "</th>" : "</td>");
        }
        page << "<td>" << (ratio ? HtmlError(ratio->ratio, 1) : "-");
        if (ratio)
        {
            page << "<small>95 %: " << HtmlError(ratio->interval.low, 1) << " to " << HtmlError(ratio->interval.high, 1)
                 << (ratio->IsBeyond() ? "" : ", may be none") << "</small>";
        }
        page << "</td></tr>\n";
    }
    page << "</tbody>\n</table>\n</div>\n";
    page.EndSection();
}

/// Completion times of groups by point and kind.
void WriteGroups(const SweepResult& sweep, HtmlPage& page)
{
    constexpr double MEDIAN = 0.5;
    if (sweep.points.front().kinds.empty())
    {
        return;
    }
    page.BeginSection("Groups of tasks");
    page << "<p>The completion time of a group is the time from its first start to its last end.</p>\n"
            "<div class=\"card\">\n<table class=\"words\" aria-label=\"Completion times of groups\">\n<thead><tr>";
    for (const SweepAxis& axis : sweep.grid)
    {
        page << "<th scope=\"col\">" << HtmlText(axis.option) << "</th>";
    }
    page << "<th scope=\"col\">kind</th><th scope=\"col\" class=\"number\">groups</th><th scope=\"col\" "
            "class=\"number\">p50</th><th scope=\"col\" class=\"number\">max</th></tr></thead>\n<tbody>\n";
    for (const SweepPoint& point : sweep.points)
    {
        for (const KindTimes& kind : point.kinds)
        {
            page << "<tr><th scope=\"row\">" << HtmlText(point.values.front()) << "</th>";
            for (std::size_t a = 1; a < point.values.size(); a++)
            {
                page << "<td class=\"word\">" << HtmlText(point.values[a]) << "</td>";
            }
            page << "<td class=\"word\">" << HtmlText(kind.kind) << "</td><td>" << CountText(kind.groups) << "</td><td>"
                 << DurationText(kind.QuantileNs(MEDIAN)) << "</td><td>" << DurationText(kind.QuantileNs(1))
                 << "</td></tr>\n";
        }
    }
    page << "</tbody>\n</table>\n</div>\n";
    page.EndSection();
}

void WriteNotes(const SweepResult& sweep, const SweepPageText& text, HtmlPage& page)
{
    std::set<std::string> notes;
    for (const SweepPoint& point : sweep.points)
    {
        for (const std::string& note : point.notes)
        {
            notes.insert(EngineOfPoint(sweep, text, point) + ": " + note);
        }
    }
    page.BeginSection("Notes");
    page << "<ul class=\"notes\">\n";
    for (const std::string& note : notes)
    {
        page << "<li>" << HtmlText(note) << "</li>\n";
    }
    page << "<li>All configurations have the same flows. Size classes are by payload and hold their lower end, not "
            "their upper.</li>\n</ul>\n";
    page.EndSection();
}

} // namespace

void WriteSweepHtml(const SweepResult& sweep, const SweepPageText& text, std::ostream& out)
{
    const ClassicFormat classic(out);
    HtmlPage page;
    WriteLead(sweep, text, page);
    WritePictures(sweep, text, page);
    WriteSteps(sweep, page);
    WriteGroups(sweep, page);
    page.WriteScenario("The first configuration. The others differ in the options of the grid.",
                       text.facts,
                       text.command);
    WriteNotes(sweep, text, page);
    page.WriteTo("p99 slowdown by configuration", out);
}

} // namespace ns3::m3
