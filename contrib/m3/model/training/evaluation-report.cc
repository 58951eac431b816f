// SPDX-License-Identifier: GPL-2.0-only
#include "evaluation-report.h"

#include "core/text-format.h"
#include "ns3/m3-output-paths.h"
#include "ns3/m3-slowdown-report.h"
#include "ns3/m3-text-file.h"
#include "report/report-table.h"
#include "report/run-gnuplot.h"
#include "report/text-table.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <limits>

namespace ns3::m3
{

namespace
{

/// Columns of words first, then of numbers.
std::vector<ReportColumn> ColumnsOf(const std::vector<std::string>& texts, const std::vector<std::string>& numbers)
{
    std::vector<ReportColumn> columns;
    for (const std::string& name : texts)
    {
        columns.push_back({name, CellStyle::TEXT});
    }
    for (const std::string& name : numbers)
    {
        columns.push_back({name, CellStyle::NUMBER});
    }
    return columns;
}

/// A number of networks or flows, which files hold with six digits.
ReportCell CountCell(uint64_t count)
{
    return static_cast<double>(count);
}

ReportTable QuantileTable(const Evaluation& evaluation)
{
    ReportTable table;
    table.name = "quantiles";
    table.columns = ColumnsOf({"group", "class"},
                              {"quantile",
                               "count",
                               "mean",
                               "median",
                               "p90",
                               "signed_median",
                               "flowsim_mean",
                               "flowsim_median",
                               "flowsim_p90",
                               "flowsim_signed_median"});
    for (const QuantileErrors& row : evaluation.quantiles)
    {
        std::vector<ReportCell>& cells = table.rows.emplace_back();
        cells = {row.group, row.sizeClass, row.level, CountCell(row.count)};
        for (const ErrorSummary& of : {row.model, row.fluid})
        {
            cells.insert(cells.end(), {of.mean, of.median, of.p90, of.signedMedian});
        }
    }
    return table;
}

ReportTable FlowTable(const Evaluation& evaluation)
{
    ReportTable table;
    table.name = "flows";
    table.columns = ColumnsOf({"group", "class"},
                              {"flows",
                               "mean",
                               "flowsim_mean",
                               "p90",
                               "flowsim_p90",
                               "loss",
                               "flowsim_loss",
                               "below_0.5",
                               "below_0.9",
                               "below_0.99"});
    for (const FlowErrors& row : evaluation.flows)
    {
        table.rows.push_back({row.group,
                              row.sizeClass,
                              CountCell(row.flows),
                              row.modelMean,
                              row.fluidMean,
                              row.modelP90,
                              row.fluidP90,
                              row.modelLoss,
                              row.fluidLoss});
        table.rows.back().insert(table.rows.back().end(), row.below.begin(), row.below.end());
    }
    return table;
}

ReportTable CalibrationTable(const Evaluation& evaluation)
{
    ReportTable table;
    table.name = "calibration";
    table.columns = ColumnsOf({}, {"quantile", "below"});
    for (const auto& [level, share] : evaluation.calibration)
    {
        table.rows.push_back({level, share});
    }
    return table;
}

ReportTable IntervalTable(const Evaluation& evaluation)
{
    ReportTable table;
    table.name = "intervals";
    table.columns = ColumnsOf({"kind"}, {"networks", "unlike", "held", "high_over_low"});
    for (const IntervalErrors& row : evaluation.intervals)
    {
        table.rows.push_back(
            {row.kind, CountCell(row.networks), CountCell(row.unlike), CountCell(row.held), row.medianWidth});
    }
    return table;
}

ReportTable QuantileIntervalTable(const Evaluation& evaluation)
{
    ReportTable table;
    table.name = "quantile-intervals";
    table.columns = ColumnsOf({"class"}, {"quantile", "networks", "held", "high_over_low"});
    for (const QuantileIntervals& row : evaluation.quantileIntervals)
    {
        table.rows.push_back({row.sizeClass, row.level, CountCell(row.networks), CountCell(row.held), row.medianWidth});
    }
    return table;
}

ReportTable PointTable(const Evaluation& evaluation)
{
    ReportTable table;
    table.name = "points";
    table.columns = ColumnsOf({"network", "pfc", "control", "class"}, {"p99", "estimate", "flowsim"});
    for (const P99Point& point : evaluation.points)
    {
        table.rows.push_back({point.network,
                              point.pfc ? "on" : "off",
                              point.control,
                              point.sizeClass,
                              point.truth,
                              point.model,
                              point.fluid});
    }
    return table;
}

std::vector<ReportTable> TablesOf(const Evaluation& evaluation)
{
    std::vector<ReportTable> tables = {QuantileTable(evaluation), PointTable(evaluation)};
    if (!evaluation.flows.empty())
    {
        tables.insert(tables.end(), {FlowTable(evaluation), CalibrationTable(evaluation)});
    }
    if (!evaluation.intervals.empty())
    {
        tables.push_back(IntervalTable(evaluation));
        tables.push_back(QuantileIntervalTable(evaluation));
    }
    return tables;
}

/// Without a library: m3-train builds with LibTorch and Boost alone, and Boost of Debian 12 has no JSON.
void WriteJson(const Evaluation& evaluation, const std::vector<ReportTable>& tables, std::ostream& out)
{
    constexpr int ROW_INDENT = 4;
    out << "{\n  \"model\": " << JsonText(evaluation.description) << ",\n  \"unit\": " << JsonText(evaluation.unit)
        << ",\n  \"files\": " << evaluation.files;
    for (const ReportTable& table : tables)
    {
        out << ",\n  " << JsonText(table.name) << ": ";
        WriteTableRowsJson(table, ROW_INDENT, out);
    }
    out << "\n}\n";
}

/// Points of the picture that look alike.
struct Series
{
    const char* title;
    const char* colour;
    int mark; //!< gnuplot's point type
    double (*value)(const P99Point& point);
};

/// Predicted against true p99, a panel per size class.
void Draw(const Evaluation& evaluation, const std::string& stem)
{
    constexpr double NONE = std::numeric_limits<double>::quiet_NaN();
    const Series series[] = {
        {"flowSim", "#1b6ca8", 1, [](const P99Point& point) { return point.fluid; }},
        {"m3, PFC on", "#d95f02", 7, [](const P99Point& point) { return point.pfc ? point.model : NONE; }},
        {"m3, PFC off", "#222222", 6, [](const P99Point& point) { return point.pfc ? NONE : point.model; }},
    };
    std::vector<std::string> classes;
    for (const QuantileErrors& row : evaluation.quantiles)
    {
        if (row.group == "all" && row.level == 0.99)
        {
            classes.push_back(row.sizeClass);
        }
    }
    double largest = 1;
    for (const P99Point& point : evaluation.points)
    {
        largest = std::max({largest, point.truth, point.model});
    }
    TextStream script;
    script << "set encoding utf8\n";
    std::vector<std::string> plots(classes.size());
    for (std::size_t c = 0; c < classes.size(); c++)
    {
        for (const Series& of : series)
        {
            const std::string name = "$data" + std::to_string(c) + "_" + std::to_string(&of - series);
            TextStream data;
            for (const P99Point& point : evaluation.points)
            {
                if (point.sizeClass == classes[c] && !std::isnan(of.value(point)))
                {
                    data << point.truth << ' ' << of.value(point) << '\n';
                }
            }
            if (!data.str().empty())
            {
                script << name << " << EOD\n" << data.str() << "EOD\n";
                plots[c] += ", " + name + " using 1:2 with points pt " + std::to_string(of.mark) + " ps 0.6 lc rgb '" +
                            of.colour + "' title '" + of.title + "'";
            }
        }
    }
    script << "set multiplot layout 2,3 title " << GnuplotText("p99 slowdown of " + std::string(evaluation.unit))
           << "\nset logscale xy\nset xrange [1:" << 1.1 * largest << "]\nset yrange [1:" << 1.1 * largest
           << "]\nset size ratio -1\nset xlabel 'packets'\nset ylabel 'predicted'\n"
           << "set grid lc rgb '#dddddd'\nset key top left\n";
    for (std::size_t c = 0; c < classes.size(); c++)
    {
        script << "set title " << GnuplotText(classes[c]) << "\nplot x with lines lc rgb '#888888' notitle" << plots[c]
               << '\n';
    }
    script << "unset multiplot\n";
    for (const std::string& file : {stem + ".png", stem + ".svg"})
    {
        RunGnuplot(GnuplotTerminal(file) + script.str(), file);
    }
}

std::string Fixed(double value, int digits)
{
    if (std::isnan(value))
    {
        return "-";
    }
    return FormatText("%.*f", digits, value);
}

std::string Percent(double value)
{
    return Fixed(100 * value, 1);
}

TextTable QuantileText(const Evaluation& evaluation, const std::function<bool(const QuantileErrors&)>& printed)
{
    TextTable table;
    table.AddColumn("", 9, TextTable::Align::LEFT);
    table.AddColumn("", 16, TextTable::Align::LEFT);
    table.AddColumn("", 4, TextTable::Align::LEFT);
    table.AddColumn("m3: mean", 9);
    table.AddColumn("median", 9);
    table.AddColumn("p90", 9);
    table.AddColumn("signed", 9);
    table.AddColumn("fluid: mean", 12);
    table.AddColumn("median", 9);
    table.AddColumn(evaluation.unit, 9);
    for (const QuantileErrors& row : evaluation.quantiles)
    {
        if (printed(row))
        {
            table.AddRow({row.group,
                          row.sizeClass,
                          'p' + std::to_string(std::lround(100 * row.level)),
                          Percent(row.model.mean),
                          Percent(row.model.median),
                          Percent(row.model.p90),
                          Percent(row.model.signedMedian),
                          Percent(row.fluid.mean),
                          Percent(row.fluid.median),
                          std::to_string(row.count)});
        }
    }
    return table;
}

TextTable FlowText(const Evaluation& evaluation)
{
    TextTable table;
    table.AddColumn("", 9, TextTable::Align::LEFT);
    table.AddColumn("", 16, TextTable::Align::LEFT);
    table.AddColumn("mean: m3", 11);
    table.AddColumn("fluid", 8);
    table.AddColumn("ratio", 7);
    table.AddColumn("p90: m3", 9);
    table.AddColumn("fluid", 8);
    table.AddColumn("ratio", 7);
    table.AddColumn("loss: m3", 9);
    table.AddColumn("ratio", 7);
    for (const double level : CALIBRATION_LEVELS)
    {
        table.AddColumn('q' + Fixed(level, level > 0.9 ? 2 : 1), 7);
    }
    table.AddColumn("flows", 10);
    for (const FlowErrors& row : evaluation.flows)
    {
        table.AddRow({row.group,
                      row.sizeClass,
                      Percent(row.modelMean),
                      Percent(row.fluidMean),
                      Fixed(row.modelMean / row.fluidMean, 2),
                      Percent(row.modelP90),
                      Percent(row.fluidP90),
                      Fixed(row.modelP90 / row.fluidP90, 2),
                      Fixed(row.modelLoss, 4),
                      Fixed(row.modelLoss / row.fluidLoss, 2)});
        for (const double share : row.below)
        {
            table.AddCell(Percent(share));
        }
        table.AddCell(std::to_string(row.flows));
    }
    return table;
}

void PrintQuantiles(const Evaluation& evaluation, std::ostream& out)
{
    const TextTable all = QuantileText(evaluation, [](const QuantileErrors& row) { return row.group == "all"; });
    out << "error of a quantile of slowdown against the packet engine, %, over " << evaluation.unit
        << " (fluid: flowSim)\n"
        << std::string(9, ' '); // the heads stand to the right of their columns
    all.WriteHead(out);
    all.WriteRows(out);
    out << "  by configuration\n";
    QuantileText(evaluation, [](const QuantileErrors& row) { return row.group != "all" && row.level > 0.9; })
        .WriteRows(out);
}

void PrintFlows(const Evaluation& evaluation, std::ostream& out)
{
    out << "(mean, median and p90 of the absolute errors; signed: median of the errors)\n\n"
        << "absolute error of the median FCT predicted for a single flow, %, over flows; pinball loss of its "
           "predicted\n"
        << "distribution, over that of flowSim; flows below the predicted quantiles, % (kept flows: those of all size\n"
        << "classes together, of which samples keep about the same number, unlike a network)\n";
    const TextTable table = FlowText(evaluation);
    table.WriteHead(out);
    table.WriteRows(out);
    out << "\ncalibration: share of flows below the predicted quantile\n";
    for (const auto& [level, share] : evaluation.calibration)
    {
        out << "  " << Fixed(level, 4) << ": " << Fixed(share, 4) << '\n';
    }
}

void PrintIntervals(const Evaluation& evaluation, std::ostream& out)
{
    out << "\n95 % prediction intervals of the p99 of all flows, by kind of network: networks; those without one, "
           "since "
           "they are\nunlike what the errors are known of; of the others those whose interval holds the packet "
           "engine's "
           "p99, %;\nmedian of upper over lower end\n";
    TextTable table;
    table.AddColumn("", 20, TextTable::Align::LEFT);
    table.AddColumn("networks", 10);
    table.AddColumn("unlike", 8);
    table.AddColumn("held", 8);
    table.AddColumn("width", 8);
    for (const IntervalErrors& row : evaluation.intervals)
    {
        const uint64_t given = row.networks - row.unlike;
        table.AddRow({row.kind,
                      std::to_string(row.networks),
                      std::to_string(row.unlike),
                      given > 0 ? Percent(static_cast<double>(row.held) / static_cast<double>(given)) : "-",
                      given > 0 ? Fixed(row.medianWidth, 2) : "-"});
    }
    table.WriteHead(out);
    table.WriteRows(out);
}

void PrintQuantileIntervals(const Evaluation& evaluation, std::ostream& out)
{
    out << "\n95 % intervals of other quantiles, by size class: networks that have one and enough flows; of them those "
           "whose\ninterval holds the packet engine's quantile, %; median of upper over lower end\n";
    TextTable table;
    table.AddColumn("", 20, TextTable::Align::LEFT);
    table.AddColumn("quantile", 10);
    table.AddColumn("networks", 10);
    table.AddColumn("held", 8);
    table.AddColumn("width", 8);
    for (const QuantileIntervals& row : evaluation.quantileIntervals)
    {
        table.AddRow({row.sizeClass,
                      Fixed(row.level, 2),
                      std::to_string(row.networks),
                      Percent(static_cast<double>(row.held) / static_cast<double>(row.networks)),
                      Fixed(row.medianWidth, 2)});
    }
    table.WriteHead(out);
    table.WriteRows(out);
}

} // namespace

void PrintEvaluation(const Evaluation& evaluation, std::ostream& out)
{
    const ClassicFormat classic(out);
    out << evaluation.description << '\n' << evaluation.files << " sample files\n\n";
    PrintQuantiles(evaluation, out);
    if (!evaluation.flows.empty())
    {
        PrintFlows(evaluation, out);
    }
    if (!evaluation.intervals.empty())
    {
        PrintIntervals(evaluation, out);
        PrintQuantileIntervals(evaluation, out);
    }
}

void WriteEvaluation(const Evaluation& evaluation, const std::string& folder)
{
    MakeFolder(folder);
    const std::vector<ReportTable> tables = TablesOf(evaluation);
    for (const ReportTable& table : tables)
    {
        WriteWholeFile(folder + "/" + table.name + ".csv", [&](std::ostream& out) { WriteTableCsv(table, out); });
    }
    WriteWholeFile(folder + "/evaluation.json", [&](std::ostream& out) { WriteJson(evaluation, tables, out); });
    if (!evaluation.points.empty())
    {
        Draw(evaluation, folder + "/p99");
    }
}

} // namespace ns3::m3
