// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-report-writer.h"

#include "report-rows.h"
#include "report-table.h"
#include "run-gnuplot.h"
#include "text-table.h"

#include "core/text-format.h"

#include <nlohmann/json.hpp>

#include <cmath>

namespace ns3::m3
{

namespace
{

constexpr int NAME_WIDTH = 18;
constexpr int FLOWS_WIDTH = 9;
constexpr int VALUE_WIDTH = 9;
constexpr int ERROR_WIDTH = 10;
constexpr int INTERVAL_WIDTH = 16;

/// Prints a quantile of each report by size class. \param p its level
void PrintQuantiles(const std::vector<SlowdownReport>& reports, double p, std::ostream& out)
{
    const SlowdownReport& truth = reports.front();
    TextTable table;
    table.AddColumn("flow size", NAME_WIDTH, TextTable::Align::LEFT);
    table.AddColumn("flows", FLOWS_WIDTH);
    for (const SlowdownReport& report : reports)
    {
        table.AddColumn(report.Engine(), VALUE_WIDTH);
        if (&report != &truth)
        {
            table.AddColumn("error", ERROR_WIDTH);
        }
        if (report.HasIntervals())
        {
            table.AddColumn("95 % of samples", INTERVAL_WIDTH);
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
                const ConfidenceInterval interval = row.Interval(report, p);
                table.AddCell(SlowdownText(interval.low) + " .. " + SlowdownText(interval.high));
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
        table.AddColumn(FormatText("%.2f s", report.wallSeconds), VALUE_WIDTH);
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
        if (!report.TruthText().empty())
        {
            out << report.Engine() << ": " << report.TruthText() << '\n';
        }
    }
}

/// A quantile that files hold.
struct WrittenValue
{
    double level;
    double slowdown;
    ConfidenceInterval interval; //!< of the slowdown
};

/// The values of a row that a report has at the levels of files.
std::vector<WrittenValue> WrittenValues(const SlowdownReport& report, const ReportRow& row)
{
    std::vector<WrittenValue> values;
    for (const double level : WrittenQuantiles())
    {
        const double slowdown = row.Quantile(report, level);
        if (!std::isnan(slowdown))
        {
            values.push_back({level, slowdown, row.Interval(report, level)});
        }
    }
    return values;
}

/// What a report says but for its classes.
nlohmann::ordered_json EngineJson(const SlowdownReport& report)
{
    nlohmann::ordered_json engine;
    engine["engine"] = report.Engine();
    engine["seconds"] = report.wallSeconds;
    engine["unfinished"] = report.Unfinished();
    if (report.packetCounts)
    {
        engine["packets_sent_again"] = report.packetCounts->retransmissions;
        engine["dropped_by_switches"] = report.packetCounts->switchDrops;
        engine["lost_on_links"] = report.packetCounts->linkLosses;
    }
    if (!report.Notes().empty())
    {
        engine["notes"] = report.Notes();
    }
    if (report.AreIntervalsWithheld())
    {
        engine["intervals_withheld"] = true;
    }
    const ConfidenceInterval truth = report.TruthInterval();
    if (!std::isnan(truth.low))
    {
        engine["expected_packet_p99"] = {truth.low, truth.high};
    }
    return engine;
}

nlohmann::ordered_json ClassJson(const SlowdownReport& report, const ReportRow& row)
{
    nlohmann::ordered_json values;
    values["class"] = row.name;
    values["flows"] = row.Flows(report);
    for (const auto& [level, slowdown, interval] : WrittenValues(report, row))
    {
        const std::string key = FormatText("%g", level);
        values["quantiles"][key] = slowdown;
        if (report.HasIntervals())
        {
            values["intervals"][key] = {interval.low, interval.high};
        }
    }
    return values;
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
    PrintRemarks(reports, out);
}

void WriteReportCsv(const std::vector<SlowdownReport>& reports, std::ostream& out)
{
    ReportTable table;
    table.columns = {{"engine", CellStyle::WORD},
                     {"class"},
                     {"flows", CellStyle::NUMBER},
                     {"quantile", CellStyle::NUMBER},
                     {"slowdown", CellStyle::NUMBER},
                     {"low", CellStyle::NUMBER},
                     {"high", CellStyle::NUMBER}};
    for (const SlowdownReport& report : reports)
    {
        for (const ReportRow& row : ReportRows(report))
        {
            for (const auto& [level, value, interval] : WrittenValues(report, row))
            {
                table.rows.push_back(
                    {report.Engine(), row.name, row.Flows(report), level, value, interval.low, interval.high});
            }
        }
    }
    WriteTableCsv(table, out);
}

void WriteReportJson(const std::vector<SlowdownReport>& reports, std::ostream& out)
{
    auto engines = nlohmann::ordered_json::array();
    for (const SlowdownReport& report : reports)
    {
        engines.push_back(EngineJson(report));
        for (const ReportRow& row : ReportRows(report))
        {
            engines.back()["classes"].push_back(ClassJson(report, row));
        }
    }
    const ClassicFormat classic(out);
    out << engines.dump(2) << '\n';
}

void DrawReport(const std::vector<SlowdownReport>& reports, const std::string& stem)
{
    const std::vector<ReportRow> rows = ReportRows(reports.front());
    TextStream script;
    script << "set encoding utf8\n";
    for (std::size_t r = 0; r < reports.size(); r++)
    {
        for (std::size_t c = 0; c < rows.size(); c++)
        {
            script << "$data" << r << '_' << c << " << EOD\n";
            for (double p : WrittenQuantiles())
            {
                const double value = rows[c].Quantile(reports[r], p);
                if (!std::isnan(value))
                {
                    script << value << ' ' << 1 - p << '\n';
                }
            }
            script << "EOD\n";
        }
    }
    constexpr const char* COLOURS[] = {"#222222", "#d95f02", "#1b6ca8", "#7570b3"};
    script << "set multiplot layout 2,3 title 'Slowdown of flows (FCT / ideal FCT)'\n"
           << "set logscale xy\nset yrange [0.001:1]\nset xlabel 'slowdown'\nset ylabel 'share of flows above'\n"
           << "set grid lc rgb '#dddddd'\nset key top right\n";
    for (std::size_t c = 0; c < rows.size(); c++)
    {
        if (rows[c].Flows(reports.front()) == 0)
        {
            continue;
        }
        script << "set title "
               << GnuplotText(rows[c].name + ", " + std::to_string(rows[c].Flows(reports.front())) + " flows")
               << "\nplot ";
        for (std::size_t r = 0; r < reports.size(); r++)
        {
            script << (r ? ", " : "") << "$data" << r << '_' << c << " using 1:2 with lines lw 2 lc rgb '"
                   << COLOURS[r % std::size(COLOURS)] << "' title " << GnuplotText(reports[r].Engine());
        }
        script << '\n';
    }
    script << "unset multiplot\n";
    for (const std::string& file : {stem + ".png", stem + ".svg"})
    {
        RunGnuplot(GnuplotTerminal(file) + script.str(), file);
    }
}

} // namespace ns3::m3
