// SPDX-License-Identifier: GPL-2.0-only
#include "report-rows.h"

#include "core/text-format.h"

#include <cmath>

namespace ns3::m3
{

uint64_t ReportRow::Flows(const SlowdownReport& report) const
{
    return all ? report.FlowCount() : report.FlowCount(sizeClass);
}

double ReportRow::Quantile(const SlowdownReport& report, double p) const
{
    return all ? report.OverallQuantile(p) : report.ClassQuantile(sizeClass, p);
}

ConfidenceInterval ReportRow::Interval(const SlowdownReport& report, double p) const
{
    return all ? report.OverallInterval(p) : report.ClassInterval(sizeClass, p);
}

ConfidenceInterval ReportRow::SamplingInterval(const SlowdownReport& report, double p) const
{
    return all ? report.OverallSamplingInterval(p) : report.ClassSamplingInterval(sizeClass, p);
}

std::vector<ReportRow> ReportRows(const SlowdownReport& report)
{
    std::vector<ReportRow> rows;
    for (std::size_t i = 0; i < report.Classes().Count(); i++)
    {
        rows.push_back({report.Classes().Name(i), i, false});
    }
    rows.push_back({"all", 0, true});
    return rows;
}

const std::vector<double>& WrittenQuantiles()
{
    static const std::vector<double> quantiles = []
    {
        std::vector<double> values;
        for (int percent = 1; percent <= 99; percent++)
        {
            values.push_back(percent / 100.0);
        }
        values.insert(values.end(), {0.995, 0.998, 0.999});
        return values;
    }();
    return quantiles;
}

std::vector<WrittenValue> WrittenValues(const SlowdownReport& report, const ReportRow& row)
{
    const ConfidenceInterval none{std::nan(""), std::nan("")};
    std::vector<WrittenValue> values;
    for (const double level : WrittenQuantiles())
    {
        const double slowdown = row.Quantile(report, level);
        if (!std::isnan(slowdown))
        {
            values.push_back({level, slowdown, report.HasIntervals() ? row.Interval(report, level) : none});
        }
    }
    return values;
}

std::string SlowdownText(double value)
{
    if (std::isnan(value))
    {
        return "-";
    }
    return FormatText(value < 100 ? "%.2f" : "%.0f", value);
}

std::string IntervalText(const ConfidenceInterval& interval)
{
    if (std::isnan(interval.low))
    {
        return "-";
    }
    return interval.low == interval.high ? "no sampling"
                                         : SlowdownText(interval.low) + " .. " + SlowdownText(interval.high);
}

std::string ErrorText(double value, double truth)
{
    if (std::isnan(value) || std::isnan(truth) || truth == 0)
    {
        return "-";
    }
    constexpr double SHOWN = 0.05; // what is smaller is 0.0, without a sign of its own
    const double percent = 100 * (value / truth - 1);
    return FormatText("%+.1f %%", std::abs(percent) < SHOWN ? 0 : percent);
}

} // namespace ns3::m3
