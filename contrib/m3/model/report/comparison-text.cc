// SPDX-License-Identifier: GPL-2.0-only
// Reports side by side, for the terminal.
#include "group-report.h"
#include "report-rows.h"
#include "text-table.h"
#include "where-report.h"

#include "core/text-format.h"
#include "ns3/m3-report-writer.h"

#include <algorithm>

namespace ns3::m3
{

namespace
{

constexpr int NAME_WIDTH = 18;
constexpr int FLOWS_WIDTH = 9;
constexpr int VALUE_WIDTH = 9;
constexpr int ERROR_WIDTH = 10;
constexpr int INTERVAL_WIDTH = 16;
constexpr double SHORT = 0.1; //!< s, below which times are shown in ms

/// Width of the column of a report's values, whose head is the engine's name.
int WidthOf(const SlowdownReport& report)
{
    return std::max(VALUE_WIDTH, static_cast<int>(report.Engine().size()) + 1);
}

/// Prints a quantile of each report by size class. \param p its level
void PrintQuantiles(const std::vector<SlowdownReport>& reports, double p, std::ostream& out)
{
    const SlowdownReport& truth = reports.front();
    TextTable table;
    table.AddColumn("flow size", NAME_WIDTH, TextTable::Align::LEFT);
    table.AddColumn("flows", FLOWS_WIDTH);
    for (const SlowdownReport& report : reports)
    {
        table.AddColumn(report.Engine(), WidthOf(report));
        if (&report != &truth)
        {
            table.AddColumn("error", ERROR_WIDTH);
        }
        if (report.HasIntervals())
        {
            table.AddColumn("95 % interval", INTERVAL_WIDTH);
        }
    }
    for (const ReportRow& row : ReportRows(truth))
    {
        table.AddRow();
        table.AddCell(row.name);
        table.AddCell(std::to_string(row.Flows(truth)));
        for (const SlowdownReport& report : reports)
        {
            table.AddCell(SlowdownText(row.Quantile(report, p)));
            if (&report != &truth)
            {
                table.AddCell(ErrorText(row.Quantile(report, p), row.Quantile(truth, p)));
            }
            if (report.HasIntervals())
            {
                table.AddCell(IntervalText(row.Interval(report, p)));
            }
        }
    }
    table.WriteHead(out);
    table.WriteRows(out);
}

void PrintTimes(const std::vector<SlowdownReport>& reports, std::ostream& out)
{
    TextTable table;
    table.AddColumn("time", NAME_WIDTH, TextTable::Align::LEFT);
    table.AddColumn("", FLOWS_WIDTH);
    for (const SlowdownReport& report : reports)
    {
        table.AddColumn(report.wallSeconds < SHORT ? FormatText("%.1f ms", 1000 * report.wallSeconds)
                                                   : FormatText("%.2f s", report.wallSeconds),
                        WidthOf(report));
        if (&report != &reports.front())
        {
            table.AddColumn(FormatText("%.1f x", reports.front().wallSeconds / report.wallSeconds), ERROR_WIDTH);
        }
    }
    table.WriteHead(out);
}

/// Prints what there is to say of each report beside its numbers.
void PrintRemarks(const std::vector<SlowdownReport>& reports, std::ostream& out)
{
    const ClassicFormat classic(out);
    for (const SlowdownReport& report : reports)
    {
        if (report.Unfinished() > 0)
        {
            out << report.Engine() << ": " << report.UnfinishedText() << '\n';
        }
        if (report.packetCounts)
        {
            out << report.Engine() << ": " << PacketCountsText(*report.packetCounts) << '\n';
        }
        for (const std::string& note : report.Notes())
        {
            out << report.Engine() << ": " << note << '\n';
        }
        if (!report.PredictionText().empty())
        {
            out << report.Engine() << ": " << report.PredictionText() << '\n';
        }
    }
}

} // namespace

void PrintComparison(const std::vector<SlowdownReport>& reports, std::ostream& out)
{
    for (const double p : {0.5, 0.99})
    {
        out << (p < 0.9 ? "p50" : "p99") << " slowdown\n";
        PrintQuantiles(reports, p, out);
        out << '\n';
    }
    PrintTimes(reports, out);
    PrintGroups(reports, out);
    PrintWhere(reports, out);
    PrintRemarks(reports, out);
}

} // namespace ns3::m3
