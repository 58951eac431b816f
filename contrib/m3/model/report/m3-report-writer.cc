// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-report-writer.h"

#include "report-rows.h"
#include "run-gnuplot.h"

#include "core/text-format.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <iomanip>

namespace ns3::m3
{

void PrintComparison(const std::vector<SlowdownReport>& reports, std::ostream& out)
{
    const ClassicFormat classic(out);
    const SlowdownReport& truth = reports.front();
    constexpr int NAME = 18;
    constexpr int FLOWS = 9;
    constexpr int VALUE = 9;
    constexpr int ERROR = 10;
    constexpr int INTERVAL = 16;
    for (const double p : {0.5, 0.99})
    {
        out << (p < 0.9 ? "p50" : "p99") << " slowdown\n"
            << std::left << std::setw(NAME) << "flow size" << std::right << std::setw(FLOWS) << "flows";
        for (const SlowdownReport& report : reports)
        {
            out << std::setw(VALUE) << report.Engine();
            if (&report != &truth)
            {
                out << std::setw(ERROR) << "error";
            }
            if (report.HasIntervals())
            {
                out << std::setw(INTERVAL) << "95 % of samples";
            }
        }
        out << '\n';
        for (const ReportRow& row : ReportRows(truth))
        {
            out << std::left << std::setw(NAME) << row.name << std::right << std::setw(FLOWS) << row.Flows(truth);
            for (const SlowdownReport& report : reports)
            {
                out << std::setw(VALUE) << SlowdownText(row.Quantile(report, p));
                if (&report != &truth)
                {
                    out << std::setw(ERROR) << ErrorText(row.Quantile(report, p), row.Quantile(truth, p));
                }
                if (report.HasIntervals())
                {
                    const ConfidenceInterval interval = row.Interval(report, p);
                    out << std::setw(INTERVAL) << SlowdownText(interval.low) + " .. " + SlowdownText(interval.high);
                }
            }
            out << '\n';
        }
        out << '\n';
    }
    out << std::left << std::setw(NAME) << "time" << std::right << std::setw(FLOWS) << "";
    for (const SlowdownReport& report : reports)
    {
        out << std::setw(VALUE) << FormatText("%.2f s", report.wallSeconds);
        if (&report != &truth)
        {
            out << std::setw(ERROR) << FormatText("%.1f x", truth.wallSeconds / report.wallSeconds);
        }
    }
    out << '\n';
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

void WriteReportCsv(const std::vector<SlowdownReport>& reports, std::ostream& out)
{
    const ClassicFormat classic(out);
    out << "engine,class,flows,quantile,slowdown,low,high\n";
    for (const SlowdownReport& report : reports)
    {
        for (const ReportRow& row : ReportRows(report))
        {
            for (double p : WrittenQuantiles())
            {
                const double value = row.Quantile(report, p);
                if (!std::isnan(value))
                {
                    const ConfidenceInterval interval = row.Interval(report, p);
                    out << report.Engine() << ",\"" << row.name << "\"," << row.Flows(report) << ',' << p << ','
                        << value << ',' << IntervalFields(interval) << '\n';
                }
            }
        }
    }
}

void WriteReportJson(const std::vector<SlowdownReport>& reports, std::ostream& out)
{
    auto engines = nlohmann::ordered_json::array();
    for (const SlowdownReport& report : reports)
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
        for (const ReportRow& row : ReportRows(report))
        {
            nlohmann::ordered_json values;
            values["class"] = row.name;
            values["flows"] = row.Flows(report);
            for (double p : WrittenQuantiles())
            {
                const double value = row.Quantile(report, p);
                if (!std::isnan(value))
                {
                    const std::string key = FormatText("%g", p);
                    const ConfidenceInterval interval = row.Interval(report, p);
                    values["quantiles"][key] = value;
                    if (report.HasIntervals())
                    {
                        values["intervals"][key] = {interval.low, interval.high};
                    }
                }
            }
            engine["classes"].push_back(values);
        }
        engines.push_back(engine);
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
