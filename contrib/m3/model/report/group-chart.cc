// SPDX-License-Identifier: GPL-2.0-only
#include "group-chart.h"

#include "group-report.h"

#include "core/text-format.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

namespace ns3::m3
{

namespace
{

constexpr std::size_t MAX_ROWS = 32;
constexpr double CHART_WIDTH = 360;
constexpr double BARS_BEGIN = 62;
constexpr double BARS_END = 354;
constexpr double ROW_HEIGHT = 14;
constexpr double TOP = 6;
constexpr double FOOT = 22;

/// Sorts intervals of a row and joins those that a picture does not tell apart.
std::vector<std::pair<double, double>> Joined(std::vector<std::pair<double, double>> intervals, double smallest)
{
    std::sort(intervals.begin(), intervals.end());
    std::vector<std::pair<double, double>> joined;
    for (const auto& [begin, end] : intervals)
    {
        if (!joined.empty() && begin <= joined.back().second + smallest)
        {
            joined.back().second = std::max(joined.back().second, end);
        }
        else
        {
            joined.emplace_back(begin, end);
        }
    }
    return joined;
}

/// The hosts of a picture, ascending: those of the critical path, then the others.
std::vector<uint32_t> RowsOf(const GroupTimes& group)
{
    std::map<uint32_t, bool> hosts; // whether on the critical path
    for (const TimelineBar& bar : group.bars)
    {
        hosts[bar.host] |= bar.isCritical;
    }
    std::vector<uint32_t> rows;
    for (const bool critical : {true, false})
    {
        for (const auto& [host, isCritical] : hosts)
        {
            if (isCritical == critical && rows.size() < MAX_ROWS)
            {
                rows.push_back(host);
            }
        }
    }
    std::sort(rows.begin(), rows.end());
    return rows;
}

} // namespace

std::string TimelineChart(const GroupTimes& group)
{
    const std::vector<uint32_t> rows = RowsOf(group);
    const double height = TOP + ROW_HEIGHT * static_cast<double>(rows.size()) + FOOT;
    const double span = std::max(1.0, group.CompletionNs());
    const double perNs = (BARS_END - BARS_BEGIN) / span;
    constexpr double SMALLEST = 0.4; // of a bar, and of a gap between two
    std::string svg = FormatText("<svg viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"When hosts send and "
                                 "compute. The text below names the straggler and the critical path.\">\n",
                                 CHART_WIDTH,
                                 height);
    for (std::size_t row = 0; row < rows.size(); row++)
    {
        const double top = TOP + ROW_HEIGHT * static_cast<double>(row);
        svg += FormatText("<text x=\"%.0f\" y=\"%.1f\" text-anchor=\"end\">host %u</text>\n",
                          BARS_BEGIN - 6,
                          top + ROW_HEIGHT - 3,
                          rows[row]);
        for (const char* look : {"sends", "computes", "critical"})
        {
            const bool computes = std::string_view(look) == "computes";
            const bool critical = std::string_view(look) == "critical";
            std::vector<std::pair<double, double>> intervals;
            for (const TimelineBar& bar : group.bars)
            {
                if (bar.host == rows[row] && (critical ? bar.isCritical : bar.isCompute == computes))
                {
                    intervals.emplace_back(bar.startNs, bar.endNs);
                }
            }
            for (const auto& [begin, end] : Joined(std::move(intervals), SMALLEST / perNs))
            {
                svg += FormatText("<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>",
                                  look,
                                  BARS_BEGIN + (begin - group.startNs) * perNs,
                                  top + (critical ? ROW_HEIGHT - 5 : 1),
                                  std::max(SMALLEST, (end - begin) * perNs),
                                  critical ? 4.0 : ROW_HEIGHT - 2);
            }
        }
        svg += '\n';
    }
    const double foot = height - FOOT + 14;
    svg += FormatText("<text x=\"%.0f\" y=\"%.1f\" text-anchor=\"start\">0</text>", BARS_BEGIN, foot);
    svg += FormatText("<text x=\"%.0f\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n</svg>\n",
                      BARS_END,
                      foot,
                      DurationText(span).c_str());
    return svg;
}

} // namespace ns3::m3
