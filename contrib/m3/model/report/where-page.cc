// SPDX-License-Identifier: GPL-2.0-only
// The section of a page that says where and why flows are slow.
#include "where-page.h"

#include "group-report.h"
#include "html-text.h"
#include "report-rows.h"
#include "where-report.h"

#include "core/text-format.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string>

namespace ns3::m3
{

namespace
{

constexpr std::size_t SHOWN = 10;
constexpr uint32_t STEPS = 6;
constexpr std::size_t MAX_FIELDS = 48; // of a row or column

/// Steps of colour for values from a smallest to a largest one.
class HeatScale
{
  public:
    HeatScale(double low, double high)
        : m_low(low),
          m_ratio(std::pow(high / low, 1.0 / STEPS))
    {
    }

    uint32_t StepOf(double value) const
    {
        constexpr double ROUNDING = 1e-9;
        return m_ratio <= 1
                   ? 0
                   : std::min(STEPS - 1, static_cast<uint32_t>(std::log(value / m_low) / std::log(m_ratio) + ROUNDING));
    }

    /// Returns the lower end of a step; that of the last one plus one is the upper end of all.
    double Low(uint32_t step) const
    {
        return m_low * std::pow(m_ratio, step);
    }

    /// Returns the number of steps that differ.
    uint32_t Steps() const
    {
        return m_ratio <= 1 ? 1 : STEPS;
    }

  private:
    double m_low;
    double m_ratio;
};

HeatScale ScaleOf(const LabelSlowdowns& slowdowns)
{
    double low = INFINITY;
    double high = 0;
    for (const LabelSlowdown& row : slowdowns.rows)
    {
        low = std::fmin(low, row.p99);
        high = std::fmax(high, row.p99);
    }
    return {low, high};
}

bool HasFinished(const LabelSlowdowns& slowdowns)
{
    return std::any_of(slowdowns.rows.begin(),
                       slowdowns.rows.end(),
                       [](const auto& row) { return !std::isnan(row.p99); });
}

bool ArePairs(const LabelSlowdowns& slowdowns)
{
    return std::all_of(slowdowns.rows.begin(),
                       slowdowns.rows.end(),
                       [](const auto& row) { return !row.label.from.empty(); });
}

/// The senders and receivers of pairs in the order of their numbers, as labels ascend by both.
struct HeatAxis
{
    std::vector<std::string> names;
    std::map<std::string, std::size_t> places;
    std::size_t perField = 1; //!< neighbours that a field stands for

    std::size_t Fields() const
    {
        return (names.size() + perField - 1) / perField;
    }

    std::size_t FieldOf(const std::string& name) const
    {
        return places.at(name) / perField;
    }
};

/// Orders names by length, then by letters, so that "rack 9" comes before "rack 10".
HeatAxis AxisOf(const LabelSlowdowns& slowdowns)
{
    HeatAxis axis;
    for (const LabelSlowdown& row : slowdowns.rows)
    {
        axis.names.push_back(row.label.from);
        axis.names.push_back(row.label.to);
    }
    std::sort(axis.names.begin(),
              axis.names.end(),
              [](const std::string& a, const std::string& b)
              { return std::pair(a.size(), a) < std::pair(b.size(), b); });
    axis.names.erase(std::unique(axis.names.begin(), axis.names.end()), axis.names.end());
    for (std::size_t place = 0; place < axis.names.size(); place++)
    {
        axis.places[axis.names[place]] = place;
    }
    axis.perField = (axis.names.size() + MAX_FIELDS - 1) / MAX_FIELDS;
    return axis;
}

/// A row of links: name, place and rate below it; share of the delay; use; queue, and what else packets met.
void WriteLinkRow(const LinkUses& uses, const LinkUse& use, std::ostream& out)
{
    out << "<tr><th scope=\"row\">" << HtmlText(use.name) << "<small>"
        << HtmlText((use.ratio.empty() ? "" : use.ratio + ' ') + use.place) << ", " << RateText(use.bitsPerSecond)
        << "</small></th>";
    if (uses.HasTail())
    {
        out << "<td>" << ShareText(*use.tailShare) << "</td>";
    }
    out << "<td>" << ShareText(uses.Utilisation(use)) << "</td>";
    if (use.pausedNs)
    {
        out << "<td>" << (use.queueP99Bytes ? BytesText(static_cast<double>(*use.queueP99Bytes)) : "no switch port");
        if (*use.pausedNs > 0)
        {
            out << "<small>paused " << DurationText(static_cast<double>(*use.pausedNs)) << "</small>";
        }
        if (*use.marks > 0)
        {
            out << "<small>" << CountText(*use.marks) << " marked</small>";
        }
        if (*use.losses > 0)
        {
            out << "<small>" << CountText(*use.losses) << " lost</small>";
        }
        out << "</td>";
    }
    out << "</tr>\n";
}

void WriteLinks(const SlowdownReport& report, std::ostream& out)
{
    const LinkUses& uses = *report.links;
    const std::vector<const LinkUse*> worst = WorstLinks(uses, SHOWN);
    if (worst.empty())
    {
        return;
    }
    out << "<div class=\"card where\">\n<h3>" << HtmlText(report.Engine()) << ": links</h3>\n<p>"
        << HtmlText(WorstLinksText(uses)) << "</p>\n<table>\n<caption>The " << worst.size() << " links that "
        << (uses.HasTail() ? "hold most of the delay of the slowest 1 % of flows" : "are used most")
        << "</caption>\n<thead><tr><th scope=\"col\">link</th>"
        << (uses.HasTail() ? "<th scope=\"col\">share of delay</th>" : "") << "<th scope=\"col\">used</th>"
        << (worst.front()->pausedNs ? "<th scope=\"col\">queue, p99 of time</th>" : "") << "</tr></thead>\n<tbody>\n";
    for (const LinkUse* use : worst)
    {
        WriteLinkRow(uses, *use, out);
    }
    out << "</tbody>\n</table>\n</div>\n";
}

void WriteLabels(const SlowdownReport& report, const LabelSlowdowns& slowdowns, std::ostream& out)
{
    const std::vector<const LabelSlowdown*> worst = WorstLabels(slowdowns, SHOWN);
    if (worst.empty())
    {
        return;
    }
    const std::string head = HtmlText(report.Engine()) + ": by " + HtmlText(slowdowns.by);
    if (ArePairs(slowdowns))
    {
        out << "<figure class=\"card heat\"><h3>" << head << "</h3>\n<figcaption>p99 slowdown from the row's "
            << "sender to the column's receiver</figcaption>\n"
            << PairHeatMap(slowdowns) << PairHeatLegend(slowdowns) << "</figure>\n";
    }
    out << "<div class=\"card where\">\n<h3>" << head << "</h3>\n<p>" << HtmlText(WorstLabelsText(slowdowns))
        << "</p>\n";
    if (worst.size() == 1) // the sentence has it
    {
        out << "</div>\n";
        return;
    }
    out << "<table>\n<caption>The " << worst.size()
        << " with the largest p99 slowdown</caption>\n<thead><tr><th scope=\"col\">" << HtmlText(slowdowns.by)
        << "</th><th scope=\"col\">flows</th><th scope=\"col\">p50</th><th scope=\"col\">p99</th></tr></thead>\n"
        << "<tbody>\n";
    for (const LabelSlowdown* row : worst)
    {
        out << "<tr><th scope=\"row\">" << HtmlText(row->label.name) << "</th><td>" << CountText(row->flows)
            << "</td><td>" << SlowdownText(row->p50) << "</td><td>" << SlowdownText(row->p99) << "</td></tr>\n";
    }
    out << "</tbody>\n</table>\n</div>\n";
}

} // namespace

std::string PairHeatMap(const LabelSlowdowns& slowdowns)
{
    constexpr double SIDE = 300;
    constexpr double LEFT = 26;
    constexpr double TOP = 18;
    const HeatAxis axis = AxisOf(slowdowns);
    const HeatScale scale = ScaleOf(slowdowns);
    std::map<std::pair<std::size_t, std::size_t>, const LabelSlowdown*> fields;
    for (const LabelSlowdown& row : slowdowns.rows)
    {
        const LabelSlowdown*& field = fields[{axis.FieldOf(row.label.from), axis.FieldOf(row.label.to)}];
        if (!std::isnan(row.p99) && (!field || row.p99 > field->p99))
        {
            field = &row;
        }
    }
    const double step = SIDE / static_cast<double>(axis.Fields());
    std::string svg = FormatText("<svg viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"Heat map of the p99 "
                                 "slowdown by %s. %s The table has the ten worst.\">\n",
                                 LEFT + SIDE + 4,
                                 TOP + SIDE + 4,
                                 HtmlText(slowdowns.by).c_str(),
                                 HtmlText(WorstLabelsText(slowdowns)).c_str());
    // numbers at the axes, as many as have room
    const auto every = std::max<std::size_t>(1, static_cast<std::size_t>(std::ceil(28 / step)));
    for (std::size_t field = 0; field < axis.Fields(); field += every)
    {
        const std::string& name = axis.names[field * axis.perField];
        const std::string number = name.substr(name.rfind(' ') + 1);
        const double middle = (static_cast<double>(field) + 0.5) * step;
        svg += FormatText("<text x=\"%.1f\" y=\"%.0f\" text-anchor=\"middle\">%s</text>"
                          "<text x=\"%.0f\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n",
                          LEFT + middle,
                          TOP - 5,
                          HtmlText(number).c_str(),
                          LEFT - 5,
                          TOP + middle + 4,
                          HtmlText(number).c_str());
    }
    for (const auto& [place, row] : fields)
    {
        if (row)
        {
            svg += FormatText("<rect class=\"h%u\" x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\"><title>%s: "
                              "%s</title></rect>\n",
                              scale.StepOf(row->p99),
                              LEFT + static_cast<double>(place.second) * step,
                              TOP + static_cast<double>(place.first) * step,
                              step * 0.94,
                              step * 0.94,
                              HtmlText(row->label.name).c_str(),
                              SlowdownText(row->p99).c_str());
        }
    }
    return svg + FormatText("<rect class=\"frame\" x=\"%.0f\" y=\"%.0f\" width=\"%.0f\" height=\"%.0f\"/>\n</svg>\n",
                            LEFT,
                            TOP,
                            SIDE,
                            SIDE);
}

std::string PairHeatLegend(const LabelSlowdowns& slowdowns)
{
    const HeatScale scale = ScaleOf(slowdowns);
    std::string list = "<ul class=\"legend\">\n";
    for (uint32_t step = 0; step < scale.Steps(); step++)
    {
        const std::string range = scale.Steps() == 1
                                      ? SlowdownText(scale.Low(0))
                                      : SlowdownText(scale.Low(step)) + " to " + SlowdownText(scale.Low(step + 1));
        list += FormatText("<li><svg viewBox=\"0 0 30 10\" aria-hidden=\"true\"><rect class=\"h%u\" width=\"30\" "
                           "height=\"10\"/></svg>%s</li>\n",
                           step,
                           range.c_str());
    }
    const HeatAxis axis = AxisOf(slowdowns);
    if (axis.perField > 1)
    {
        list += "<li>a field is the largest of " + std::to_string(axis.perField) + " by " +
                std::to_string(axis.perField) + " pairs</li>\n";
    }
    return list + "</ul>\n";
}

void WriteWhereHtml(const std::vector<SlowdownReport>& reports, HtmlPage& out)
{
    if (!HasLinks(reports) && !HasLabels(reports))
    {
        return;
    }
    out.BeginSection("Where flows are slow");
    if (HasLinks(reports))
    {
        out << "<p>The delay of a flow is its completion time less that in an empty network. A link has the share of "
               "the delay of\nthe slowest 1 % of flows that was spent there, and the share of its capacity that it "
               "carried.</p>\n";
    }
    out << "<div class=\"panels\">\n";
    for (const SlowdownReport& report : reports)
    {
        if (report.links)
        {
            WriteLinks(report, out);
        }
    }
    for (const SlowdownReport& report : reports)
    {
        for (const LabelSlowdowns& slowdowns : report.byLabel)
        {
            if (HasFinished(slowdowns))
            {
                WriteLabels(report, slowdowns, out);
            }
        }
    }
    out << "</div>\n";
    out.EndSection();
}

} // namespace ns3::m3
