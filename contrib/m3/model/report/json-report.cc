// SPDX-License-Identifier: GPL-2.0-only
// report.json
#include "report-rows.h"

#include "core/text-format.h"
#include "ns3/m3-report-writer.h"

#include <nlohmann/json.hpp>

#include <cmath>

namespace ns3::m3
{

namespace
{

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
    const ConfidenceInterval truth = report.PredictionInterval();
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

} // namespace ns3::m3
