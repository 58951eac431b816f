// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-packet-outcome.h"

#include "core/text-format.h"
#include "fabric/mode-rules.h"
#include "ns3/m3-text-file.h"
#include "report/quantile.h"
#include "report/report-table.h"

#include <algorithm>
#include <map>
#include <utility>

namespace ns3::m3
{

namespace
{

std::string MeaningOf(Unfinished reason, EngineMode mode, bool starts)
{
    switch (reason)
    {
    case Unfinished::NO:
        break;
    case Unfinished::STOP_TIME:
        return starts ? "the run ended first" : "the run stops before they start";
    case Unfinished::NO_PROGRESS:
        return RulesOf(mode).lossText;
    case Unfinished::UNREACHABLE:
        return "links are down and no way is left";
    case Unfinished::WAITING:
        return "what they wait for did not finish";
    case Unfinished::BEFORE:
        return "the run begins after their start";
    case Unfinished::DEADLOCK:
        return "ports that PFC has paused wait for each other";
    }
    return "";
}

/// "2 stop-time (flows 1, 2)"
std::string NumberedFlows(const std::vector<std::size_t>& ids, Unfinished reason)
{
    constexpr std::size_t NAMED = 5;
    std::string text =
        std::to_string(ids.size()) + " " + UnfinishedName(reason) + (ids.size() == 1 ? " (flow " : " (flows ");
    for (std::size_t i = 0; i < ids.size() && i < NAMED; i++)
    {
        text += (i ? ", " : "") + std::to_string(ids[i]);
    }
    return text + (ids.size() > NAMED ? ", ...)" : ")");
}

} // namespace

std::string UnfinishedName(Unfinished reason)
{
    switch (reason)
    {
    case Unfinished::NO:
        break;
    case Unfinished::STOP_TIME:
        return "stop-time";
    case Unfinished::NO_PROGRESS:
        return "no-progress";
    case Unfinished::UNREACHABLE:
        return "unreachable";
    case Unfinished::WAITING:
        return "waiting";
    case Unfinished::BEFORE:
        return "before";
    case Unfinished::DEADLOCK:
        return "deadlock";
    }
    return "finished";
}

std::string UnfinishedText(const PacketResult& result)
{
    std::map<Unfinished, uint64_t> counts;
    for (const FlowOutcome& flow : result.flows)
    {
        counts[flow.unfinished]++;
    }
    counts.erase(Unfinished::NO);
    std::string text;
    for (const auto& [reason, flows] : counts)
    {
        text += (text.empty() ? "" : ", ") + std::to_string(flows) + " " + UnfinishedName(reason);
    }
    return text;
}

std::vector<std::string>
UnfinishedLines(EngineMode mode, const FlowList& flows, const PacketResult& result, int64_t stopNs)
{
    std::map<std::pair<Unfinished, bool>, std::vector<std::size_t>> idsOf;
    for (std::size_t id = 0; id < flows.size(); id++)
    {
        idsOf[{result.flows[id].unfinished, flows[id].startNs < stopNs}].push_back(id);
    }
    std::vector<std::string> lines;
    for (const auto& [kind, ids] : idsOf)
    {
        if (kind.first != Unfinished::NO)
        {
            lines.push_back(NumberedFlows(ids, kind.first) + ": " + MeaningOf(kind.first, mode, kind.second));
        }
    }
    return lines;
}

std::string DeadlockText(const FabricGraph& fabric, const PacketResult& result)
{
    if (result.deadlock.empty())
    {
        return "";
    }
    std::string text = "PFC deadlock: paused ports wait for each other in a circle:";
    for (LinkId egress : result.deadlock)
    {
        const FabricLink& link = fabric.Link(egress);
        text += " node " + std::to_string(link.from) + " port " + std::to_string(link.port) + " ->";
    }
    return text + " node " + std::to_string(fabric.Link(result.deadlock.front()).from);
}

std::string RecoveryText(const PacketResult& result)
{
    std::vector<double> went;
    for (const FlowRecovery& recovery : result.recoveries)
    {
        if (recovery.recoveryNs >= 0)
        {
            went.push_back(static_cast<double>(recovery.recoveryNs));
        }
    }
    if (result.recoveries.empty())
    {
        return "";
    }
    constexpr double NS_PER_US = 1e3;
    std::sort(went.begin(), went.end());
    std::string text = FormatText("failures cut %zu times the route of a flow", result.recoveries.size());
    if (!went.empty())
    {
        text += FormatText("; time until it went on: p50 %.1f us, p99 %.1f us, at most %.1f us",
                           Quantile(went, 0.5) / NS_PER_US,
                           Quantile(went, 0.99) / NS_PER_US,
                           went.back() / NS_PER_US);
    }
    return text + (went.size() == result.recoveries.size()
                       ? ""
                       : FormatText("; %zu times it did not", result.recoveries.size() - went.size()));
}

void WriteRecoveries(const PacketResult& result, const std::string& file)
{
    WriteWholeFile(file,
                   [&](std::ostream& out)
                   {
                       CsvWriter table({{"flow", CellStyle::NUMBER},
                                        {"failure_ns", CellStyle::NUMBER},
                                        {"recovery_ns", CellStyle::NUMBER}},
                                       out);
                       for (const FlowRecovery& recovery : result.recoveries)
                       {
                           table.Write({recovery.flow, recovery.failureNs, recovery.recoveryNs});
                       }
                   });
}

PacketCounts CountsOf(const PacketResult& result)
{
    return {result.retransmissions, result.switchDrops, result.linkLosses};
}

} // namespace ns3::m3
