// SPDX-License-Identifier: GPL-2.0-only
// What happened at links, and slowdowns by label: sentences, for the terminal, links.csv and labels.csv.
#include "where-report.h"

#include "group-report.h"
#include "quantile.h"
#include "report-rows.h"
#include "text-table.h"

#include "core/text-format.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <tuple>

namespace ns3::m3
{

namespace
{

constexpr std::size_t PRINTED = 10;
constexpr uint64_t FLOWS_OF_P99 = 10; // a label of fewer has no p99 to speak of

/// A cell of what may be unknown.
template <typename Value>
ReportCell CellOf(const std::optional<Value>& value)
{
    return value ? ReportCell(*value) : ReportCell();
}

/// The largest of some named shares. \pre not empty
std::pair<std::string, double> Largest(const std::map<std::string, double>& shares)
{
    return *std::max_element(shares.begin(),
                             shares.end(),
                             [](const auto& a, const auto& b) { return a.second < b.second; });
}

/// A place with its oversubscription, as in "4:1 uplinks of rack 2".
std::string PlaceText(const LinkUse& use)
{
    return (use.ratio.empty() ? "" : use.ratio + ' ') + use.place;
}

void PrintLinks(const SlowdownReport& report, std::ostream& out)
{
    const LinkUses& uses = *report.links;
    const std::vector<const LinkUse*> worst = WorstLinks(uses, PRINTED);
    if (worst.empty())
    {
        return;
    }
    out << '\n' << report.Engine() << ": " << WorstLinksText(uses) << '\n';
    constexpr int NAME_WIDTH = 26;
    constexpr int PLACE_WIDTH = 34;
    constexpr int WIDTH = 10;
    const bool hasPackets = worst.front()->pausedNs.has_value();
    TextTable table;
    table.AddColumn("link", NAME_WIDTH, TextTable::Align::LEFT);
    table.AddColumn("one of the", PLACE_WIDTH, TextTable::Align::LEFT);
    if (uses.HasTail())
    {
        table.AddColumn("tail delay", WIDTH + 2);
    }
    table.AddColumn("used", WIDTH);
    for (const char* head : {"queue p99", "paused", "marks", "losses"})
    {
        if (hasPackets)
        {
            table.AddColumn(head, WIDTH + 1);
        }
    }
    for (const LinkUse* use : worst)
    {
        table.AddRow({use->name, PlaceText(*use)});
        if (uses.HasTail())
        {
            table.AddCell(ShareText(*use->tailShare));
        }
        table.AddCell(ShareText(uses.Utilisation(*use)));
        if (hasPackets)
        {
            table.AddCell(use->queueP99Bytes ? BytesText(static_cast<double>(*use->queueP99Bytes)) : "-");
            table.AddCell(*use->pausedNs > 0 ? DurationText(static_cast<double>(*use->pausedNs)) : "0");
            table.AddCell(CountText(*use->marks));
            table.AddCell(CountText(*use->losses));
        }
    }
    table.WriteHead(out);
    table.WriteRows(out);
}

void PrintLabels(const SlowdownReport& report, const LabelSlowdowns& slowdowns, std::ostream& out)
{
    const std::vector<const LabelSlowdown*> worst = WorstLabels(slowdowns, PRINTED);
    if (worst.empty())
    {
        return;
    }
    out << '\n' << report.Engine() << ": " << WorstLabelsText(slowdowns) << '\n';
    if (worst.size() == 1) // the sentence has it
    {
        return;
    }
    constexpr int NAME_WIDTH = 34;
    constexpr int WIDTH = 10;
    TextTable table;
    table.AddColumn(slowdowns.by, NAME_WIDTH, TextTable::Align::LEFT);
    for (const char* head : {"flows", "mean", "p50", "p99", "max"})
    {
        table.AddColumn(head, WIDTH);
    }
    for (const LabelSlowdown* row : worst)
    {
        table.AddRow({row->label.name, CountText(row->flows)});
        for (const double value : {row->mean, row->p50, row->p99, row->max})
        {
            table.AddCell(SlowdownText(value));
        }
    }
    table.WriteHead(out);
    table.WriteRows(out);
}

} // namespace

bool HasLinks(const std::vector<SlowdownReport>& reports)
{
    return std::any_of(reports.begin(), reports.end(), [](const auto& report) { return report.links.has_value(); });
}

bool HasLabels(const std::vector<SlowdownReport>& reports)
{
    return std::any_of(reports.begin(), reports.end(), [](const auto& report) { return !report.byLabel.empty(); });
}

std::vector<const LinkUse*> WorstLinks(const LinkUses& uses, std::size_t max)
{
    std::vector<const LinkUse*> links;
    for (const LinkUse& use : uses.links)
    {
        if (use.dataBytes > 0)
        {
            links.push_back(&use);
        }
    }
    std::sort(links.begin(),
              links.end(),
              [&](const LinkUse* a, const LinkUse* b)
              {
                  return std::tuple(-a->tailShare.value_or(0), -uses.Utilisation(*a), a->link) <
                         std::tuple(-b->tailShare.value_or(0), -uses.Utilisation(*b), b->link);
              });
    links.resize(std::min(links.size(), max));
    return links;
}

std::vector<const LabelSlowdown*> WorstLabels(const LabelSlowdowns& slowdowns, std::size_t max)
{
    const auto finished = [](const LabelSlowdown& row) { return row.flows - row.unfinished; };
    const bool someHaveMany = std::any_of(slowdowns.rows.begin(),
                                          slowdowns.rows.end(),
                                          [&](const auto& row) { return finished(row) >= FLOWS_OF_P99; });
    std::vector<const LabelSlowdown*> rows;
    for (const LabelSlowdown& row : slowdowns.rows)
    {
        if (finished(row) >= (someHaveMany ? FLOWS_OF_P99 : 1))
        {
            rows.push_back(&row);
        }
    }
    std::stable_sort(rows.begin(),
                     rows.end(),
                     [](const LabelSlowdown* a, const LabelSlowdown* b) { return a->p99 > b->p99; });
    rows.resize(std::min(rows.size(), max));
    return rows;
}

std::string WorstLinksText(const LinkUses& uses)
{
    const std::vector<const LinkUse*> worst = WorstLinks(uses, 1);
    if (worst.empty())
    {
        return "";
    }
    if (!uses.HasTail())
    {
        return "The most used link, " + worst.front()->name + " (one of the " + PlaceText(*worst.front()) +
               "), carries " + ShareText(uses.Utilisation(*worst.front())) + " of its capacity.";
    }
    const std::string tail = "the delay of the slowest 1 % of flows (" + CountText(uses.tailFlows) + ")";
    if (!(uses.tailDelayNs > 0))
    {
        return "The slowest 1 % of flows (" + CountText(uses.tailFlows) + ") are not delayed.";
    }
    std::map<std::string, double> places;
    std::map<std::string, double> kinds;
    for (const LinkUse& use : uses.links)
    {
        places[PlaceText(use)] += *use.tailShare;
        kinds[use.kind] += *use.tailShare;
    }
    constexpr double MOST = 0.5;
    constexpr double MENTIONED = 0.005;
    const auto [place, placeShare] = Largest(places);
    const auto [kind, kindShare] = Largest(kinds);
    const std::string elsewhere = uses.elsewhereShare < MENTIONED
                                      ? ""
                                      : " " + ShareText(uses.elsewhereShare) +
                                            " is spent at no link: packets did not wait, windows or rates were small.";
    if (placeShare == 0)
    {
        return "None of " + tail + " is spent at a link: packets did not wait, windows or rates were small.";
    }
    if (placeShare >= MOST)
    {
        return "The " + place + " hold " + ShareText(placeShare) + " of " + tail + "." + elsewhere;
    }
    return "The " + kind + " hold " + ShareText(kindShare) + " of " + tail + "; of all places, the " + place +
           " hold most: " + ShareText(placeShare) + "." + elsewhere;
}

std::string WorstLabelsText(const LabelSlowdowns& slowdowns)
{
    const std::vector<const LabelSlowdown*> rows = WorstLabels(slowdowns, std::numeric_limits<std::size_t>::max());
    if (rows.empty())
    {
        return "";
    }
    const LabelSlowdown& worst = *rows.front();
    if (rows.size() == 1)
    {
        return "The p99 of the " + CountText(worst.flows) + " flows of " + worst.label.name + " is " +
               SlowdownText(worst.p99) + ".";
    }
    std::vector<double> all;
    for (const LabelSlowdown* row : rows)
    {
        all.push_back(row->p99);
    }
    std::sort(all.begin(), all.end());
    return "The slowest of " + CountText(rows.size()) + " labels by " + slowdowns.by + " is " + worst.label.name +
           ": the p99 of its " + CountText(worst.flows) + " flows is " + SlowdownText(worst.p99) + ", and " +
           SlowdownText(Quantile(all, 0.5)) + " is the median of all.";
}

std::string BytesText(double bytes)
{
    constexpr double STEP = 1000;
    const char* const units[] = {"B", "KB", "MB", "GB", "TB"};
    std::size_t unit = 0;
    while (bytes >= STEP - 0.5 && unit + 1 < std::size(units))
    {
        bytes /= STEP;
        unit++;
    }
    return FormatText(unit == 0 || bytes >= 100 ? "%.0f %s" : bytes >= 10 ? "%.1f %s" : "%.2f %s", bytes, units[unit]);
}

std::string RateText(uint64_t bitsPerSecond)
{
    return bitsPerSecond >= 1'000'000'000 ? FormatText("%.4g Gb/s", static_cast<double>(bitsPerSecond) / 1e9)
                                          : FormatText("%.4g Mb/s", static_cast<double>(bitsPerSecond) / 1e6);
}

std::string ShareText(double share)
{
    constexpr double WHOLE = 0.0995;
    return share == 0       ? "0 %"
           : share < 0.0005 ? "< 0.1 %"
           : share >= WHOLE ? FormatText("%.0f %%", 100 * share)
                            : FormatText("%.1f %%", 100 * share);
}

void PrintWhere(const std::vector<SlowdownReport>& reports, std::ostream& out)
{
    for (const SlowdownReport& report : reports)
    {
        if (report.links)
        {
            PrintLinks(report, out);
        }
        for (const LabelSlowdowns& slowdowns : report.byLabel)
        {
            PrintLabels(report, slowdowns, out);
        }
    }
    if (HasLinks(reports) || HasLabels(reports))
    {
        out << '\n';
    }
}

ReportTable LinkTable(const std::vector<SlowdownReport>& reports)
{
    ReportTable table;
    table.name = "links";
    table.columns = {{"engine", CellStyle::WORD},
                     {"link", CellStyle::NUMBER},
                     {"name"},
                     {"place"},
                     {"oversubscription", CellStyle::WORD},
                     {"rate_bps", CellStyle::NUMBER},
                     {"span_ns", CellStyle::NUMBER},
                     {"data_bytes", CellStyle::NUMBER},
                     {"control_bytes", CellStyle::NUMBER},
                     {"utilisation", CellStyle::NUMBER},
                     {"queue_p99_bytes", CellStyle::NUMBER},
                     {"paused_ns", CellStyle::NUMBER},
                     {"marked_packets", CellStyle::NUMBER},
                     {"lost_packets", CellStyle::NUMBER},
                     {"delay_ns", CellStyle::NUMBER},
                     {"tail_delay_share", CellStyle::NUMBER}};
    for (const SlowdownReport& report : reports)
    {
        if (!report.links)
        {
            continue;
        }
        for (const LinkUse& use : report.links->links)
        {
            table.rows.push_back({report.Engine(),
                                  use.link,
                                  use.name,
                                  use.place,
                                  use.ratio,
                                  use.bitsPerSecond,
                                  static_cast<uint64_t>(std::llround(report.links->spanNs)),
                                  use.dataBytes,
                                  CellOf(use.controlBytes),
                                  report.links->Utilisation(use),
                                  CellOf(use.queueP99Bytes),
                                  CellOf(use.pausedNs),
                                  CellOf(use.marks),
                                  CellOf(use.losses),
                                  CellOf(use.delayNs),
                                  CellOf(use.tailShare)});
        }
    }
    return table;
}

ReportTable LabelTable(const std::vector<SlowdownReport>& reports)
{
    ReportTable table;
    table.name = "labels";
    table.columns = {{"engine", CellStyle::WORD},
                     {"by", CellStyle::TEXT},
                     {"label"},
                     {"flows", CellStyle::NUMBER},
                     {"unfinished", CellStyle::NUMBER},
                     {"mean_slowdown", CellStyle::NUMBER},
                     {"p50_slowdown", CellStyle::NUMBER},
                     {"p99_slowdown", CellStyle::NUMBER},
                     {"max_slowdown", CellStyle::NUMBER}};
    for (const SlowdownReport& report : reports)
    {
        for (const LabelSlowdowns& slowdowns : report.byLabel)
        {
            for (const LabelSlowdown& row : slowdowns.rows)
            {
                table.rows.push_back({report.Engine(),
                                      slowdowns.by,
                                      row.label.name,
                                      row.flows,
                                      row.unfinished,
                                      row.mean,
                                      row.p50,
                                      row.p99,
                                      row.max});
            }
        }
    }
    return table;
}

void WriteLinksCsv(const std::vector<SlowdownReport>& reports, std::ostream& out)
{
    WriteTableCsv(LinkTable(reports), out);
}

void WriteLabelsCsv(const std::vector<SlowdownReport>& reports, std::ostream& out)
{
    WriteTableCsv(LabelTable(reports), out);
}

} // namespace ns3::m3
