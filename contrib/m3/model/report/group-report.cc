// SPDX-License-Identifier: GPL-2.0-only
// Completion times of groups of tasks: for the terminal, and groups.csv.
#include "group-report.h"

#include "quantile.h"
#include "report-rows.h"
#include "text-table.h"

#include "core/text-format.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace ns3::m3
{

namespace
{

constexpr std::size_t PRINTED_KINDS = 12;
constexpr int KIND_WIDTH = 34;
constexpr int COUNT_WIDTH = 9;
constexpr int TIME_WIDTH = 11;

/// Quantiles of a kind that are shown: its groups may be few.
std::vector<double> LevelsOf(const KindTimes& kind)
{
    constexpr double MEDIAN = 0.5;
    constexpr double P99 = 0.99;
    constexpr std::size_t FEW = 3;
    return kind.ns.size() <= 1     ? std::vector<double>{1}
           : kind.ns.size() <= FEW ? std::vector<double>{MEDIAN, 1}
                                   : std::vector<double>{MEDIAN, P99, 1};
}

std::string LevelText(double level, std::size_t groups)
{
    return groups <= 1 ? "" : level == 1 ? ", max" : level < 0.9 ? ", p50" : ", p99";
}

const KindTimes* KindOf(const std::vector<KindTimes>& kinds, const std::string& name)
{
    const auto found =
        std::find_if(kinds.begin(), kinds.end(), [&](const KindTimes& kind) { return kind.kind == name; });
    return found == kinds.end() ? nullptr : &*found;
}

} // namespace

double KindTimes::QuantileNs(double p) const
{
    return ns.empty() ? std::numeric_limits<double>::quiet_NaN() : Quantile(ns, p);
}

std::vector<KindTimes> KindsOf(const SlowdownReport& report)
{
    std::vector<KindTimes> kinds;
    std::map<std::string, std::size_t> places;
    for (const GroupTimes& group : report.groups)
    {
        const auto [place, isNew] = places.emplace(group.kind, kinds.size());
        if (isNew)
        {
            kinds.push_back({group.kind, 0, 0, {}});
        }
        KindTimes& kind = kinds[place->second];
        kind.groups++;
        kind.unfinished += group.unfinished > 0;
        if (group.unfinished == 0)
        {
            kind.ns.push_back(group.CompletionNs());
        }
    }
    for (KindTimes& kind : kinds)
    {
        std::sort(kind.ns.begin(), kind.ns.end());
    }
    return kinds;
}

bool HasGroups(const std::vector<SlowdownReport>& reports)
{
    return std::any_of(reports.begin(),
                       reports.end(),
                       [](const SlowdownReport& report) { return !report.groups.empty(); });
}

std::string DurationText(double ns)
{
    constexpr double MICRO = 1e3;
    constexpr double MILLI = 1e6;
    constexpr double SECOND = 1e9;
    if (std::isnan(ns))
    {
        return "-";
    }
    return ns < MICRO    ? FormatText("%.0f ns", ns)
           : ns < MILLI  ? FormatText("%.4g us", ns / MICRO)
           : ns < SECOND ? FormatText("%.4g ms", ns / MILLI)
                         : FormatText("%.4g s", ns / SECOND);
}

std::string GroupText(const GroupTimes& group)
{
    if (group.unfinished > 0)
    {
        return group.name + ": " + std::to_string(group.unfinished) + " of " + std::to_string(group.tasks) +
               " tasks did not end";
    }
    std::string text = group.name + " takes " + DurationText(group.CompletionNs()) + " from " +
                       DurationText(group.startNs) + " on; host " + std::to_string(group.straggler) + " is last, " +
                       DurationText(group.behindNs) + " behind the median host; its critical path";
    if (!group.path.empty())
    {
        text += " of " + std::to_string(group.path.size()) + " tasks";
    }
    return text + ": transfer " + DurationText(group.transferNs) + ", compute " + DurationText(group.computeNs) +
           ", waiting " + DurationText(group.waitingNs);
}

std::vector<const GroupTimes*> SlowestGroups(const SlowdownReport& report, std::size_t max)
{
    std::vector<const GroupTimes*> groups;
    for (const GroupTimes& group : report.groups)
    {
        if (!group.path.empty())
        {
            groups.push_back(&group);
        }
    }
    std::stable_sort(groups.begin(),
                     groups.end(),
                     [](const GroupTimes* a, const GroupTimes* b) { return a->CompletionNs() > b->CompletionNs(); });
    groups.resize(std::min(groups.size(), max));
    return groups;
}

void PrintGroups(const std::vector<SlowdownReport>& reports, std::ostream& out)
{
    const auto first = std::find_if(reports.begin(),
                                    reports.end(),
                                    [](const SlowdownReport& report) { return !report.groups.empty(); });
    if (first == reports.end())
    {
        return;
    }
    TextTable table;
    table.AddColumn("completion time of groups", KIND_WIDTH, TextTable::Align::LEFT);
    table.AddColumn("groups", COUNT_WIDTH);
    std::vector<std::vector<KindTimes>> kindsOf;
    for (const SlowdownReport& report : reports)
    {
        kindsOf.push_back(KindsOf(report));
        table.AddColumn(report.Engine(), TIME_WIDTH);
        if (&report != &*first)
        {
            table.AddColumn("error", TIME_WIDTH);
        }
    }
    const std::vector<KindTimes>& kinds = kindsOf[static_cast<std::size_t>(first - reports.begin())];
    for (std::size_t k = 0; k < std::min(PRINTED_KINDS, kinds.size()); k++)
    {
        for (const double level : LevelsOf(kinds[k]))
        {
            table.AddRow({kinds[k].kind + LevelText(level, kinds[k].ns.size()), std::to_string(kinds[k].groups)});
            for (std::size_t r = 0; r < reports.size(); r++)
            {
                const KindTimes* kind = KindOf(kindsOf[r], kinds[k].kind);
                const double ns = kind ? kind->QuantileNs(level) : std::nan("");
                table.AddCell(DurationText(ns));
                if (&reports[r] != &*first)
                {
                    table.AddCell(ErrorText(ns, kinds[k].QuantileNs(level)));
                }
            }
        }
    }
    out << '\n';
    table.WriteHead(out);
    table.WriteRows(out);
    if (kinds.size() > PRINTED_KINDS)
    {
        out << "and " << kinds.size() - PRINTED_KINDS << " more kinds\n";
    }
    for (const SlowdownReport& report : reports)
    {
        for (const GroupTimes* group : SlowestGroups(report, 1))
        {
            out << report.Engine() << ": " << GroupText(*group) << '\n';
        }
        const auto isUnfinished = [](const GroupTimes& group) { return group.unfinished > 0; };
        if (const auto unfinished = std::count_if(report.groups.begin(), report.groups.end(), isUnfinished))
        {
            out << report.Engine() << ": " << unfinished << " of " << report.groups.size()
                << " groups did not finish\n";
        }
    }
}

ReportTable GroupTable(const std::vector<SlowdownReport>& reports)
{
    ReportTable table;
    table.columns = {{"engine", CellStyle::WORD}, {"kind"}, {"group"}};
    for (const char* name : {"tasks",
                             "unfinished",
                             "start_ns",
                             "completion_ns",
                             "straggler",
                             "behind_ns",
                             "transfer_ns",
                             "compute_ns",
                             "waiting_ns"})
    {
        table.columns.push_back({name, CellStyle::NUMBER});
    }
    const bool hasPasses = std::any_of(reports.begin(),
                                       reports.end(),
                                       [](const SlowdownReport& report) { return report.passes.has_value(); });
    if (hasPasses)
    {
        table.columns.push_back({"passes", CellStyle::NUMBER});
        table.columns.push_back({"last_change", CellStyle::NUMBER});
    }
    const auto whole = [](double ns) { return std::isnan(ns) ? ReportCell() : ReportCell(std::llround(ns)); };
    for (const SlowdownReport& report : reports)
    {
        for (const GroupTimes& group : report.groups)
        {
            table.rows.push_back({report.Engine(),
                                  group.kind,
                                  group.name,
                                  group.tasks,
                                  group.unfinished,
                                  whole(group.startNs),
                                  whole(group.CompletionNs()),
                                  group.unfinished > 0 ? ReportCell() : ReportCell(group.straggler),
                                  whole(group.behindNs),
                                  whole(group.transferNs),
                                  whole(group.computeNs),
                                  whole(group.waitingNs)});
            if (hasPasses)
            {
                std::vector<ReportCell>& row = table.rows.back();
                row.resize(table.columns.size());
                if (report.passes)
                {
                    row[row.size() - 2] = report.passes->passes;
                    row[row.size() - 1] = report.passes->change;
                }
            }
        }
    }
    return table;
}

void WriteGroupsCsv(const std::vector<SlowdownReport>& reports, std::ostream& out)
{
    WriteTableCsv(GroupTable(reports), out);
}

} // namespace ns3::m3
