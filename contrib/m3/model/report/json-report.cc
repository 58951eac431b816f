// SPDX-License-Identifier: GPL-2.0-only
// report.json
#include "group-report.h"
#include "report-rows.h"
#include "table-json.h"
#include "where-report.h"

#include "core/text-format.h"
#include "ns3/m3-report-writer.h"

#include <nlohmann/json.hpp>

#include <cmath>

namespace ns3::m3
{

namespace
{

/// A group, with its critical path where it is kept.
nlohmann::ordered_json GroupJson(const GroupTimes& group)
{
    nlohmann::ordered_json json;
    json["kind"] = group.kind;
    json["group"] = group.name;
    json["tasks"] = group.tasks;
    if (group.unfinished > 0)
    {
        json["unfinished"] = group.unfinished;
        return json;
    }
    json["start_ns"] = group.startNs;
    json["completion_ns"] = group.CompletionNs();
    json["straggler"] = group.straggler;
    json["behind_ns"] = group.behindNs;
    json["transfer_ns"] = group.transferNs;
    json["compute_ns"] = group.computeNs;
    json["waiting_ns"] = group.waitingNs;
    for (const CriticalStep& step : group.path)
    {
        json["critical_path"].push_back({{"task", step.task},
                                         {"start_ns", step.startNs},
                                         {"waited_ns", step.waitedNs},
                                         {step.isCompute ? "compute_ns" : "transfer_ns", step.busyNs}});
    }
    return json;
}

/// The rows of a table as objects, without the engine.
nlohmann::ordered_json RowsJson(const ReportTable& table)
{
    auto rows = nlohmann::ordered_json::array();
    for (const std::vector<ReportCell>& row : table.rows)
    {
        nlohmann::ordered_json object;
        for (std::size_t column = 0; column < row.size(); column++)
        {
            if (table.columns[column].name != "engine")
            {
                object[table.columns[column].name] = CellJson(row[column]);
            }
        }
        rows.push_back(std::move(object));
    }
    return rows;
}

/// What happened at links.
nlohmann::ordered_json LinksJson(const SlowdownReport& report)
{
    const LinkUses& uses = *report.links;
    nlohmann::ordered_json json;
    json["text"] = WorstLinksText(uses);
    json["span_ns"] = uses.spanNs;
    if (uses.HasTail())
    {
        json["tail_flows"] = uses.tailFlows;
        json["tail_delay_ns"] = uses.tailDelayNs;
        json["tail_delay_share_at_no_link"] = uses.elsewhereShare;
    }
    json["links"] = RowsJson(LinkTable({report}));
    return json;
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
    if (report.passes)
    {
        engine["passes"] = {{"count", report.passes->passes},
                            {"last_change", report.passes->change},
                            {"largest_change", report.passes->largestChange},
                            {"settled", report.passes->IsSettled()}};
    }
    for (const GroupTimes& group : report.groups)
    {
        engine["groups"].push_back(GroupJson(group));
    }
    if (report.links)
    {
        engine["where"] = LinksJson(report);
    }
    if (!report.byLabel.empty())
    {
        engine["labels"] = RowsJson(LabelTable({report}));
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
