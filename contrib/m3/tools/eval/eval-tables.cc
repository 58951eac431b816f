// SPDX-License-Identifier: GPL-2.0-only
#include "eval-tables.h"

#include "eval-rivals.h"

#include "core/text-format.h"
#include "report/quantile.h"
#include "report/table-json.h"
#include "report/text-table.h"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <limits>

namespace ns3::m3::eval
{

namespace
{

constexpr double NOTHING = std::numeric_limits<double>::quiet_NaN();

/// A table whose lines begin with an engine, and which has no heads.
TextTable EngineLines(const EvalAnswers& all, int width)
{
    TextTable table;
    table.AddColumn("", 12, TextTable::Align::LEFT);
    for (std::size_t row = 0; row <= AllFlows(all); row++)
    {
        table.AddColumn("", width);
    }
    return table;
}

/// Prints the p99 by the packet engine and the errors of the others, a line per engine.
void PrintCase(const EvalAnswers& all, std::size_t oneCase)
{
    TextTable table = EngineLines(all, 9);
    table.AddColumn("", 0); // the time
    for (std::size_t e = 0; e < all.engines.size(); e++)
    {
        table.AddRow({"  " + all.engines[e].name});
        for (std::size_t row = 0; row <= AllFlows(all); row++)
        {
            const double value =
                e == 0 ? all.Find(oneCase, e)->rows[row].At(TAIL) : 100 * ErrorOf(all, oneCase, e, row, TAIL);
            table.AddCell(std::isnan(value) ? " -" : FormatText(e == 0 ? " %.2f" : " %+.1f%%", value)); // no flows: -
        }
        table.AddCell(FormatText("  %.1f s", all.Find(oneCase, e)->seconds));
    }
    std::cout << all.cases[oneCase].name << '\n';
    table.WriteRows(std::cout);
}

/// Prints the summary of the errors over the cases of a group, a line per engine.
void PrintSummary(const EvalAnswers& all, const std::string& group)
{
    TextTable table = EngineLines(all, 0);
    for (std::size_t e = 1; e < all.engines.size(); e++)
    {
        table.AddRow({"  " + all.engines[e].name});
        for (std::size_t row = 0; row <= AllFlows(all); row++)
        {
            const ErrorSummary summary(ErrorsOf(all, group, e, row, TAIL));
            table.AddCell(summary.count == 0 ? FormatText("  %21s", "-")
                                             : FormatText("  %5.1f (%+5.1f, %5.1f)",
                                                          100 * summary.mean,
                                                          100 * summary.signedMean,
                                                          100 * summary.worst));
        }
    }
    std::cout << '\n'
              << group << ", " << all.Complete(group).size()
              << " scenarios: mean |error| of p99 in % (signed mean, worst), per class and of all flows\n";
    table.WriteRows(std::cout);
}

/// Intervals of a quantile over the scenarios of a group.
struct IntervalSummary
{
    IntervalSummary(const EvalAnswers& all,
                    const std::string& group,
                    std::size_t engine,
                    std::size_t row,
                    double level,
                    ConfidenceInterval EvalAnswer::Row::*interval)
    {
        std::vector<double> reaches;
        for (const std::size_t c : all.Complete(group))
        {
            const EvalAnswer::Row& values = all.Find(c, engine)->rows[row];
            const double truth = all.Find(c, 0)->rows[row].At(level);
            const ConfidenceInterval& range = values.*interval;
            if (!(range.high > range.low) || std::isnan(truth)) // a point, or none
            {
                continue;
            }
            held += range.low <= truth && truth <= range.high;
            reaches.push_back((range.high - range.low) / 2 / values.At(level));
        }
        count = reaches.size();
        held /= static_cast<double>(count);
        std::sort(reaches.begin(), reaches.end());
        reach = reaches.empty() ? NOTHING : Quantile(reaches, 0.5);
    }

    std::size_t count = 0;
    double held = 0;  //!< share
    double reach = 0; //!< median of half the width over the estimate
};

} // namespace

double MeanOf(const EvalAnswers& all, const std::string& group, std::size_t engine, double EvalAnswer::*member)
{
    double sum = 0;
    const std::vector<std::size_t> cases = all.Complete(group);
    for (const std::size_t c : cases)
    {
        sum += (*all.Find(c, engine)).*member;
    }
    return sum / static_cast<double>(cases.size());
}

double ErrorOf(const EvalAnswers& all, std::size_t oneCase, std::size_t engine, std::size_t row, double level)
{
    return all.Find(oneCase, engine)->rows.at(row).At(level) / all.Find(oneCase, 0)->rows.at(row).At(level) - 1;
}

ErrorSummary::ErrorSummary(const std::vector<double>& errors)
    : mean(0),
      signedMean(0),
      within10(0)
{
    std::vector<double> absolute;
    for (const double error : errors)
    {
        if (std::isnan(error))
        {
            continue;
        }
        absolute.push_back(std::abs(error));
        mean += std::abs(error);
        signedMean += error;
        within10 += std::abs(error) <= 0.1;
    }
    count = absolute.size();
    const auto number = static_cast<double>(count);
    mean /= number;
    signedMean /= number;
    within10 /= number;
    std::sort(absolute.begin(), absolute.end());
    median = absolute.empty() ? NOTHING : Quantile(absolute, 0.5);
    p90 = absolute.empty() ? NOTHING : Quantile(absolute, 0.9);
    worst = absolute.empty() ? NOTHING : absolute.back();
}

std::vector<double>
ErrorsOf(const EvalAnswers& all, const std::string& group, std::size_t engine, std::size_t row, double level)
{
    std::vector<double> errors;
    for (const std::size_t c : all.Complete(group))
    {
        errors.push_back(ErrorOf(all, c, engine, row, level));
    }
    return errors;
}

std::size_t AllFlows(const EvalAnswers& all)
{
    const std::vector<std::size_t> complete = all.Complete();
    return complete.empty() ? 0 : all.Find(complete.front(), 0)->rows.size() - 1;
}

std::vector<ReportColumn> SummaryColumns()
{
    return {{"group"},
            {"engine"},
            {"scenarios", CellStyle::NUMBER},
            {"mean", CellStyle::PERCENT, 1},
            {"median", CellStyle::PERCENT, 1},
            {"p90", CellStyle::PERCENT, 1},
            {"worst", CellStyle::PERCENT, 1},
            {"signed_mean", CellStyle::SIGNED_PERCENT, 1},
            {"within_10_percent", CellStyle::PERCENT, 0}};
}

std::vector<ReportCell> SummaryRow(const std::string& group, const std::string& engine, const ErrorSummary& summary)
{
    return {group,
            engine,
            summary.count,
            summary.mean,
            summary.median,
            summary.p90,
            summary.worst,
            summary.signedMean,
            summary.within10};
}

ReportTable OverallTable(const EvalAnswers& all)
{
    ReportTable table{
        "errors",
        "Errors of the p99 of all flows over scenarios: mean, median, p90 and maximum of the absolute errors.",
        SummaryColumns(),
        {}};
    for (const std::string& group : all.Groups())
    {
        for (std::size_t e = 1; e < all.engines.size(); e++)
        {
            table.rows.push_back(
                SummaryRow(group, all.engines[e].name, ErrorSummary(ErrorsOf(all, group, e, AllFlows(all), TAIL))));
        }
    }
    return table;
}

ReportTable ClassTable(const EvalAnswers& all)
{
    ReportTable table{
        "classes",
        "Errors by size class: mean absolute errors of p50 and p99, signed mean and maximum of the error of p99.",
        {{"group"},
         {"class"},
         {"engine"},
         {"scenarios", CellStyle::NUMBER},
         {"p50_mean", CellStyle::PERCENT, 1},
         {"p50_signed_mean", CellStyle::SIGNED_PERCENT, 1},
         {"p99_mean", CellStyle::PERCENT, 1},
         {"p99_signed_mean", CellStyle::SIGNED_PERCENT, 1},
         {"p99_worst", CellStyle::PERCENT, 1}},
        {}};
    for (const std::string& group : all.Groups())
    {
        for (std::size_t row = 0; row <= AllFlows(all); row++)
        {
            for (std::size_t e = 1; e < all.engines.size(); e++)
            {
                const ErrorSummary middle(ErrorsOf(all, group, e, row, MEDIAN));
                const ErrorSummary tail(ErrorsOf(all, group, e, row, TAIL));
                table.rows.push_back({group,
                                      all.Find(all.Complete().front(), 0)->rows[row].name,
                                      all.engines[e].name,
                                      tail.count,
                                      middle.mean,
                                      middle.signedMean,
                                      tail.mean,
                                      tail.signedMean,
                                      tail.worst});
            }
        }
    }
    return table;
}

ReportTable IntervalTable(const EvalAnswers& all)
{
    ReportTable table{
        "intervals",
        "How often 95 % intervals hold the quantile of the packet engine, and the median of how far they "
        "reach to either side of the estimate. They stand for what is sampled, and by engines with packets "
        "for what windows begin with; not for the error of a model.",
        {{"group"}, {"class"}, {"engine"}},
        {}};
    for (const char* level : {"p50", "p99"})
    {
        table.columns.push_back({std::string(level) + "_intervals", CellStyle::NUMBER});
        table.columns.push_back({std::string(level) + "_held", CellStyle::PERCENT, 1});
        table.columns.push_back({std::string(level) + "_reach", CellStyle::PERCENT, 1});
    }
    for (const std::string& group : all.Groups())
    {
        for (std::size_t row = 0; row <= AllFlows(all); row++)
        {
            for (std::size_t e = 1; e < all.engines.size(); e++)
            {
                const IntervalSummary middle(all, group, e, row, MEDIAN, &EvalAnswer::Row::p50);
                const IntervalSummary tail(all, group, e, row, TAIL, &EvalAnswer::Row::p99);
                if (middle.count + tail.count > 0)
                {
                    table.rows.push_back({group,
                                          all.Find(all.Complete().front(), 0)->rows[row].name,
                                          all.engines[e].name,
                                          middle.count,
                                          middle.held,
                                          middle.reach,
                                          tail.count,
                                          tail.held,
                                          tail.reach});
                }
            }
        }
    }
    return table;
}

ReportTable TimeTable(const EvalAnswers& all)
{
    ReportTable table{"times",
                      "Mean elapsed time and processor time of a scenario, and speed-up over the packet engine.",
                      {{"group"},
                       {"engine"},
                       {"threads", CellStyle::NUMBER},
                       {"seconds", CellStyle::NUMBER, 2},
                       {"cpu_seconds", CellStyle::NUMBER, 2},
                       {"speed_up", CellStyle::NUMBER, 1},
                       {"cpu_speed_up", CellStyle::NUMBER, 1}},
                      {}};
    for (const std::string& group : all.Groups())
    {
        const double packets = MeanOf(all, group, 0, &EvalAnswer::seconds);
        const double packetsCpu = MeanOf(all, group, 0, &EvalAnswer::cpuSeconds);
        for (std::size_t e = 0; e < all.engines.size(); e++)
        {
            const bool threaded = FindEngine(all.engines[e].engine).usesThreads;
            const double seconds = MeanOf(all, group, e, &EvalAnswer::seconds);
            const double cpu = MeanOf(all, group, e, &EvalAnswer::cpuSeconds);
            table.rows.push_back({group,
                                  all.engines[e].name,
                                  threaded ? all.Find(all.Complete(group).front(), e)->threads : 1,
                                  seconds,
                                  cpu,
                                  packets / seconds,
                                  packetsCpu / cpu});
        }
    }
    return table;
}

ReportTable RowsTable(const EvalAnswers& all)
{
    ReportTable table{"rows", "Every answer.", {{"group"}, {"scenario"}}, {}, false};
    const Json names = all.cases.front().facts;
    for (const auto& [name, value] : names.items())
    {
        table.columns.push_back({name, value.is_number() ? CellStyle::NUMBER : CellStyle::TEXT, 3});
    }
    for (const char* name : {"class", "engine"})
    {
        table.columns.push_back({name});
    }
    for (const char* name : {"flows",
                             "p50",
                             "packet_p50",
                             "p99",
                             "p99_low",
                             "p99_high",
                             "packet_p99",
                             "p50_error",
                             "p99_error",
                             "unfinished",
                             "seconds",
                             "cpu_seconds"})
    {
        table.columns.push_back({name, CellStyle::NUMBER, 3});
    }
    for (const std::size_t c : all.Complete())
    {
        for (std::size_t row = 0; row <= AllFlows(all); row++)
        {
            for (std::size_t e = 0; e < all.engines.size(); e++)
            {
                const EvalAnswer& answer = *all.Find(c, e);
                const EvalAnswer::Row& truth = all.Find(c, 0)->rows[row];
                const EvalAnswer::Row& values = answer.rows[row];
                table.rows.push_back({all.cases[c].group, all.cases[c].name});
                std::vector<ReportCell>& cells = table.rows.back();
                for (const auto& [name, value] : names.items())
                {
                    cells.push_back(CellOfJson(all.cases[c].facts.at(name)));
                }
                const std::vector<ReportCell> rest{values.name,
                                                   all.engines[e].name,
                                                   values.flows,
                                                   values.At(MEDIAN),
                                                   truth.At(MEDIAN),
                                                   values.At(TAIL),
                                                   values.p99.low,
                                                   values.p99.high,
                                                   truth.At(TAIL),
                                                   ErrorOf(all, c, e, row, MEDIAN),
                                                   ErrorOf(all, c, e, row, TAIL),
                                                   answer.unfinished,
                                                   answer.seconds,
                                                   answer.cpuSeconds};
                cells.insert(cells.end(), rest.begin(), rest.end());
            }
        }
    }
    return table;
}

std::size_t JudgedEngine(const EvalAnswers& all)
{
    const std::size_t judged = all.EngineIndex(EngineOfRole(EngineRole::ESTIMATE));
    return judged < all.engines.size() ? judged : 1;
}

std::vector<std::size_t> WorstFirst(const EvalAnswers& all)
{
    const std::size_t engine = JudgedEngine(all);
    std::vector<std::size_t> cases = all.Complete();
    const auto error = [&](std::size_t c) { return std::abs(ErrorOf(all, c, engine, AllFlows(all), TAIL)); };
    std::stable_sort(cases.begin(), cases.end(), [&](std::size_t a, std::size_t b) { return error(a) > error(b); });
    return cases;
}

ReportTable ScenariosTable(const EvalAnswers& all)
{
    ReportTable table{"scenarios",
                      "Errors of the p99 of all flows, scenario by scenario.",
                      {{"scenario"}, {"packet_p99", CellStyle::NUMBER, 2}},
                      {},
                      false};
    AddErrorColumns(all, CellStyle::SIGNED_PERCENT, table);
    std::vector<std::string> published;
    for (const auto& [name, value] : all.cases.front().facts.items())
    {
        if (name.rfind("published_", 0) == 0)
        {
            published.push_back(name);
            table.columns.push_back({name, CellStyle::SIGNED_PERCENT, 1});
        }
    }
    for (const std::size_t c : WorstFirst(all))
    {
        table.rows.push_back({all.cases[c].name, all.Find(c, 0)->All().At(TAIL)});
        AddErrorCells(all, c, AllFlows(all), table.rows.back());
        for (const std::string& name : published)
        {
            table.rows.back().push_back(CellOfJson(all.cases[c].facts.at(name)));
        }
    }
    return table;
}

ReportTable WorstTable(const EvalAnswers& all)
{
    constexpr std::size_t MAX_ROWS = 5;
    ReportTable table = ScenariosTable(all);
    table.name = "worst";
    table.caption =
        "Scenarios with the largest errors of the p99 of all flows by " + all.engines[JudgedEngine(all)].name + ".";
    table.rows.resize(std::min(table.rows.size(), MAX_ROWS));
    table.onPage = true;
    return table;
}

void AddErrorColumns(const EvalAnswers& all, CellStyle style, ReportTable& table)
{
    for (std::size_t e = 1; e < all.engines.size(); e++)
    {
        table.columns.push_back({all.engines[e].name, style, 1});
    }
}

void AddErrorCells(const EvalAnswers& all, std::size_t oneCase, std::size_t row, std::vector<ReportCell>& cells)
{
    for (std::size_t e = 1; e < all.engines.size(); e++)
    {
        cells.emplace_back(ErrorOf(all, oneCase, e, row, TAIL));
    }
}

void PrintCases(const EvalAnswers& all)
{
    std::cout << "p99 slowdown by the packet engine, and the errors of the others, per size class and of all flows\n\n";
    for (const std::string& group : all.Groups())
    {
        for (const std::size_t c : all.Complete(group))
        {
            PrintCase(all, c);
        }
        PrintSummary(all, group);
        PrintRivals(all, group);
        std::cout << '\n';
    }
    std::cout.flush();
}

} // namespace ns3::m3::eval
