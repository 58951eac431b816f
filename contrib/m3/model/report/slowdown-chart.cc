// SPDX-License-Identifier: GPL-2.0-only
#include "slowdown-chart.h"

#include "html-text.h"

#include "core/text-format.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace ns3::m3
{

namespace
{

constexpr double WIDTH = 360;
constexpr double RIGHT = 348;     //!< end of the plotted area
constexpr double AXIS_SPACE = 38; //!< below it, for tick labels and title

/// A coordinate: one decimal.
std::string At(double value)
{
    return FormatText("%.1f", value);
}

/// A number of an axis, as short as it can be said.
std::string TickText(double value)
{
    return FormatText("%g", value);
}

std::string Line(double x1, double y1, double x2, double y2, const char* look)
{
    return "<line class=\"" + std::string(look) + "\" x1=\"" + At(x1) + "\" y1=\"" + At(y1) + "\" x2=\"" + At(x2) +
           "\" y2=\"" + At(y2) + "\"/>";
}

std::string Text(double x, double y, const char* anchor, const std::string& text)
{
    return "<text x=\"" + At(x) + "\" y=\"" + At(y) + "\" text-anchor=\"" + anchor + "\">" + text + "</text>";
}

std::string Begin(double height, const std::string& label)
{
    return "<svg viewBox=\"0 0 " + At(WIDTH) + " " + At(height) + "\" role=\"img\" aria-label=\"" + label + "\">\n";
}

/// Numbers of a logarithmic axis from 1: 1, 2, 5, 10, ... or, where these are too many, powers of ten.
std::vector<double> LogTicks(double largest)
{
    constexpr double MAX_FOR_FIVES = 200;
    std::vector<double> ticks;
    for (double decade = 1; decade <= largest; decade *= 10)
    {
        for (const double step : {1, 2, 5})
        {
            if (decade * step <= largest && (step == 1 || largest <= MAX_FOR_FIVES))
            {
                ticks.push_back(decade * step);
            }
        }
    }
    return ticks;
}

/// The step of a linear axis, 1, 2 or 5 times a power of ten, that divides a span into at most five parts.
double LinearStep(double span)
{
    constexpr int PARTS = 5;
    double step = std::pow(10, std::floor(std::log10(span / PARTS)));
    for (const double factor : {2.0, 2.5, 2.0})
    {
        step *= span / step > PARTS ? factor : 1;
    }
    return step;
}

/// Points of the curve (quantile, share above), from the smallest value on, or backwards.
template <typename QuantileOf, typename Point>
std::string Curve(const QuantileOf& quantileOf, const Point& point, bool backwards)
{
    std::vector<double> levels{0};
    levels.insert(levels.end(), WrittenQuantiles().begin(), WrittenQuantiles().end());
    if (backwards)
    {
        std::reverse(levels.begin(), levels.end());
    }
    std::string points;
    for (const double p : levels)
    {
        if (const double slowdown = quantileOf(p); !std::isnan(slowdown)) // an interval that is not known is NaN
        {
            points += point(slowdown, 1 - p);
        }
    }
    return points;
}

} // namespace

std::string ReportLook(std::size_t index)
{
    constexpr std::size_t LOOKS = 4;
    return "e" + std::to_string(index % LOOKS);
}

std::string DistributionChart(const std::vector<SlowdownReport>& reports, const ReportRow& row, double largest)
{
    constexpr double LEFT = 50;
    constexpr double TOP = 22;
    constexpr double BOTTOM = 208;
    constexpr double DECADES = 3; // of the share of flows
    constexpr double P99 = 0.99;
    constexpr double SMALLEST_SPAN = 2;
    const double span = std::log(std::max(SMALLEST_SPAN, 1.05 * largest));
    const auto x = [&](double slowdown) { return LEFT + (RIGHT - LEFT) * std::log(slowdown) / span; };
    const auto y = [&](double share) { return TOP - (BOTTOM - TOP) * std::log10(share) / DECADES; };
    const auto point = [&](double slowdown, double share) { return At(x(slowdown)) + "," + At(y(share)) + " "; };

    TextStream out;
    out << Begin(BOTTOM + AXIS_SPACE,
                 "Share of flows above a slowdown, " + (row.all ? "all flows" : row.name) +
                     ". The table below has the median and the 99th percentile.");
    for (const double tick : LogTicks(std::exp(span)))
    {
        out << Line(x(tick), TOP, x(tick), BOTTOM, "grid") << Text(x(tick), BOTTOM + 15, "middle", TickText(tick));
    }
    for (int decade = 0; decade <= DECADES; decade++)
    {
        const double share = std::pow(10, -decade);
        out << Line(LEFT, y(share), RIGHT, y(share), decade == 2 ? "grid p99" : "grid")
            << Text(LEFT - 6, y(share) + 4, "end", TickText(100 * share) + " %");
    }
    out << Text(LEFT, TOP - 10, "start", "of the flows are slower") << Text(RIGHT, y(1 - P99) - 5, "end", "p99")
        << Text((LEFT + RIGHT) / 2, BOTTOM + 32, "middle", "slowdown") << '\n';
    for (std::size_t r = 0; r < reports.size(); r++)
    {
        const SlowdownReport& report = reports[r];
        if (std::isnan(row.Quantile(report, P99)))
        {
            continue;
        }
        out << "<g class=\"" << ReportLook(r) << "\">";
        if (report.HasIntervals())
        {
            out << "<polygon class=\"band\" points=\""
                << Curve([&](double p) { return row.Interval(report, p).low; }, point, false)
                << Curve([&](double p) { return row.Interval(report, p).high; }, point, true) << "\"/>";
        }
        const double p99 = row.Quantile(report, P99);
        out << "<polyline class=\"line\" points=\""
            << Curve([&](double p) { return row.Quantile(report, p); }, point, false)
            << "\"/><circle class=\"dot\" cx=\"" << At(x(p99)) << "\" cy=\"" << At(y(1 - P99))
            << "\" r=\"3.5\"/></g>\n";
    }
    out << "</svg>\n";
    return out.str();
}

std::string ErrorChart(const std::vector<SlowdownReport>& reports, const std::vector<ReportRow>& rows, double p)
{
    constexpr double LEFT = 116;
    constexpr double TOP = 8;
    constexpr double EACH = 22; // height of a dot's band
    constexpr double GAP = 14;  // between rows
    const SlowdownReport& truth = reports.front();
    const double rowHeight = EACH * static_cast<double>(reports.size() - 1) + GAP;
    const double bottom = TOP + rowHeight * static_cast<double>(rows.size());

    /// Errors in percent: of the quantile, and of the ends of its interval.
    struct Mark
    {
        double low;
        double error;
        double high;
    };

    const auto markOf = [&](const SlowdownReport& report, const ReportRow& row)
    {
        const auto percent = [&](double value) { return 100 * (value / row.Quantile(truth, p) - 1); };
        const ConfidenceInterval interval = row.Interval(report, p);
        return Mark{percent(interval.low), percent(row.Quantile(report, p)), percent(interval.high)};
    };
    double lowest = -1;
    double highest = 1;
    for (const ReportRow& row : rows)
    {
        for (std::size_t r = 1; r < reports.size(); r++)
        {
            const Mark mark = markOf(reports[r], row);
            lowest = std::fmin(lowest, std::fmin(mark.low, mark.error));
            highest = std::fmax(highest, std::fmax(mark.high, mark.error));
        }
    }
    const double step = LinearStep(1.1 * (highest - lowest));
    const double first = step * std::floor(lowest / step);
    const double last = step * std::ceil(highest / step);
    const auto x = [&](double percent)
    { return LEFT + (RIGHT - 14 - LEFT) * (percent - first) / (last - first); }; // 14: half of the last label

    TextStream out;
    out << Begin(bottom + AXIS_SPACE, "Errors by flow size. The tables have the values.");
    for (double tick = first; tick < last + step / 2; tick += step)
    {
        const bool zero = std::abs(tick) < step / 2;
        out << Line(x(tick), TOP, x(tick), bottom, zero ? "grid zero" : "grid")
            << Text(x(tick), bottom + 15, "middle", (tick > 0 && !zero ? "+" : "") + TickText(zero ? 0 : tick));
    }
    out << Text(x((first + last) / 2), bottom + 32, "middle", "error, %") << '\n';
    for (std::size_t i = 0; i < rows.size(); i++)
    {
        const double top = TOP + rowHeight * static_cast<double>(i);
        out << Text(LEFT - 8, top + rowHeight / 2 + 4, "end", rows[i].name);
        for (std::size_t r = 1; r < reports.size(); r++)
        {
            const Mark mark = markOf(reports[r], rows[i]);
            if (std::isnan(mark.error))
            {
                continue;
            }
            const double y = top + GAP / 2 + EACH * (static_cast<double>(r) - 0.5);
            out << "<g class=\"" << ReportLook(r) << "\">" << Line(x(0), y, x(mark.error), y, "stem");
            if (!std::isnan(mark.low) && mark.low < mark.high)
            {
                out << Line(x(mark.low), y, x(mark.high), y, "whisker");
            }
            out << "<circle class=\"dot\" cx=\"" << At(x(mark.error)) << "\" cy=\"" << At(y) << "\" r=\"4\"/></g>\n";
        }
        out << Line(LEFT, top + rowHeight, RIGHT, top + rowHeight, "grid") << '\n';
    }
    out << "</svg>\n";
    return out.str();
}

std::string SweepMark(std::size_t index, double x, double y)
{
    constexpr std::size_t EACH = 4; // looks per shape
    constexpr const char* SHAPES[] = {"",
                                      "-3.2,-3.2 3.2,-3.2 3.2,3.2 -3.2,3.2",
                                      "0,-5 5,0 0,5 -5,0",
                                      "0,-4.5 4.5,3.5 -4.5,3.5"};
    const char* const points = SHAPES[index / EACH % std::size(SHAPES)];
    if (!*points)
    {
        return "<circle class=\"dot\" cx=\"" + At(x) + "\" cy=\"" + At(y) + "\" r=\"3.5\"/>";
    }
    return "<polygon class=\"dot\" points=\"" + std::string(points) + "\" transform=\"translate(" + At(x) + " " +
           At(y) + ")\"/>";
}

namespace
{

/// Where points of a SweepChart() lie.
class SweepFrame
{
  public:
    static constexpr double LEFT = 40;
    static constexpr double TOP = 26;
    static constexpr double BOTTOM = 208;

    /// \param values number of them \param lines all lines
    SweepFrame(std::size_t values, const std::vector<SweepLine>& lines)
        : m_values(values)
    {
        constexpr double SMALLEST = 1.5;
        double largest = SMALLEST;
        for (const SweepLine& line : lines)
        {
            for (std::size_t i = 0; i < values; i++)
            {
                largest = std::fmax(largest, std::fmax(line.values[i], line.intervals[i].high));
            }
        }
        m_step = LinearStep(largest - 1);
        m_top = 1 + m_step * std::ceil((largest - 1) / m_step);
    }

    double X(std::size_t value) const
    {
        return LEFT + (RIGHT - LEFT) * (static_cast<double>(value) + 0.5) / static_cast<double>(m_values);
    }

    double Y(double slowdown) const
    {
        return BOTTOM - (BOTTOM - TOP) * (std::max(1.0, slowdown) - 1) / (m_top - 1);
    }

    /// Returns grid lines and numbers of both axes, and their titles.
    std::string Axes(const std::string& option, const std::vector<std::string>& values) const
    {
        constexpr double LETTER = 7; // units that one takes at most
        std::string axes;
        for (double tick = 1; tick < m_top + m_step / 2; tick += m_step)
        {
            axes += Line(LEFT, Y(tick), RIGHT, Y(tick), "grid") + Text(LEFT - 6, Y(tick) + 4, "end", TickText(tick));
        }
        std::size_t letters = 0;
        for (const std::string& value : values)
        {
            letters = std::max(letters, value.size());
        }
        const double room = (RIGHT - LEFT) / static_cast<double>(m_values);
        const auto every = static_cast<std::size_t>(std::ceil(LETTER * static_cast<double>(letters + 1) / room));
        for (std::size_t i = 0; i < m_values; i += std::max<std::size_t>(1, every))
        {
            axes += Text(X(i), BOTTOM + 15, "middle", HtmlText(values[i]));
        }
        return axes + Text(4, TOP - 12, "start", "p99 slowdown") +
               Text((LEFT + RIGHT) / 2, BOTTOM + 32, "middle", HtmlText(option)) + '\n';
    }

  private:
    std::size_t m_values;
    double m_step;
    double m_top;
};

} // namespace

std::string SweepChart(const std::string& option,
                       const std::vector<std::string>& values,
                       const std::vector<SweepLine>& lines,
                       const std::string& name)
{
    const SweepFrame frame(values.size(), lines);
    TextStream out;
    out << Begin(SweepFrame::BOTTOM + AXIS_SPACE,
                 "p99 slowdown over " + HtmlText(option) + ", " + HtmlText(name) + ". The table below has the values.")
        << frame.Axes(option, values);
    for (std::size_t l = 0; l < lines.size(); l++)
    {
        std::string points;
        std::string marks;
        out << "<g class=\"" << ReportLook(l) << "\">";
        for (std::size_t i = 0; i < values.size(); i++)
        {
            const double value = lines[l].values[i];
            if (std::isnan(value))
            {
                continue;
            }
            const ConfidenceInterval& interval = lines[l].intervals[i];
            if (interval.low < interval.high)
            {
                out << Line(frame.X(i), frame.Y(interval.low), frame.X(i), frame.Y(interval.high), "whisker");
            }
            points += At(frame.X(i)) + "," + At(frame.Y(value)) + " ";
            marks += SweepMark(l, frame.X(i), frame.Y(value));
        }
        out << "<polyline class=\"line\" points=\"" << points << "\"/>" << marks << "</g>\n";
    }
    out << "</svg>\n";
    return out.str();
}

} // namespace ns3::m3
