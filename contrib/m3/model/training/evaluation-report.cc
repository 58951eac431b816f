// SPDX-License-Identifier: GPL-2.0-only
#include "evaluation-report.h"

#include "core/text-format.h"
#include "ns3/m3-output-paths.h"
#include "ns3/m3-slowdown-report.h"
#include "ns3/m3-text-file.h"
#include "report/run-gnuplot.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <iomanip>
#include <limits>
#include <sstream>

namespace ns3::m3
{

namespace
{

/// A value of a table: a word or a number.
struct Cell
{
    Cell(const std::string& word)
        : text(word),
          isText(true)
    {
    }

    Cell(double value)
        : number(value)
    {
    }

    std::string text;
    double number = 0;
    bool isText = false;
};

/// What is written as a CSV file and as an array of objects in JSON.
struct Table
{
    std::string name;
    std::vector<std::string> columns;
    std::vector<std::vector<Cell>> rows;
};

Table QuantileTable(const Evaluation& evaluation)
{
    Table quantiles{"quantiles",
                    {"group",
                     "class",
                     "quantile",
                     "count",
                     "mean",
                     "median",
                     "p90",
                     "signed_median",
                     "flowsim_mean",
                     "flowsim_median",
                     "flowsim_p90",
                     "flowsim_signed_median"},
                    {}};
    for (const QuantileErrors& row : evaluation.quantiles)
    {
        quantiles.rows.push_back({row.group,
                                  row.sizeClass,
                                  row.level,
                                  static_cast<double>(row.count),
                                  row.model.mean,
                                  row.model.median,
                                  row.model.p90,
                                  row.model.signedMedian,
                                  row.fluid.mean,
                                  row.fluid.median,
                                  row.fluid.p90,
                                  row.fluid.signedMedian});
    }
    return quantiles;
}

Table FlowTable(const Evaluation& evaluation)
{
    Table flows{"flows",
                {"group",
                 "class",
                 "flows",
                 "mean",
                 "flowsim_mean",
                 "p90",
                 "flowsim_p90",
                 "loss",
                 "flowsim_loss",
                 "below_0.5",
                 "below_0.9",
                 "below_0.99"},
                {}};
    for (const FlowErrors& row : evaluation.flows)
    {
        flows.rows.push_back({row.group,
                              row.sizeClass,
                              static_cast<double>(row.flows),
                              row.modelMean,
                              row.fluidMean,
                              row.modelP90,
                              row.fluidP90,
                              row.modelLoss,
                              row.fluidLoss,
                              row.below[0],
                              row.below[1],
                              row.below[2]});
    }
    return flows;
}

Table CalibrationTable(const Evaluation& evaluation)
{
    Table calibration{"calibration", {"quantile", "below"}, {}};
    for (const auto& [level, share] : evaluation.calibration)
    {
        calibration.rows.push_back({level, share});
    }
    return calibration;
}

Table PointTable(const Evaluation& evaluation)
{
    Table points{"points", {"network", "pfc", "control", "class", "p99", "estimate", "flowsim"}, {}};
    for (const P99Point& point : evaluation.points)
    {
        points.rows.push_back({point.network,
                               std::string(point.pfc ? "on" : "off"),
                               point.control,
                               point.sizeClass,
                               point.truth,
                               point.model,
                               point.fluid});
    }
    return points;
}

std::vector<Table> TablesOf(const Evaluation& evaluation)
{
    std::vector<Table> tables = {QuantileTable(evaluation), PointTable(evaluation)};
    if (!evaluation.flows.empty())
    {
        tables.insert(tables.end(), {FlowTable(evaluation), CalibrationTable(evaluation)});
    }
    return tables;
}

void WriteCsv(const Table& table, std::ostream& out)
{
    for (std::size_t i = 0; i < table.columns.size(); i++)
    {
        out << (i ? "," : "") << table.columns[i];
    }
    out << '\n' << std::setprecision(6);
    for (const auto& row : table.rows)
    {
        for (std::size_t i = 0; i < row.size(); i++)
        {
            out << (i ? "," : "");
            if (row[i].isText)
            {
                out << std::quoted(row[i].text);
            }
            else if (!std::isnan(row[i].number))
            {
                out << row[i].number;
            }
        }
        out << '\n';
    }
}

/// A JSON string of printable text.
std::string JsonText(const std::string& text)
{
    TextStream quoted;
    quoted << std::quoted(text);
    return quoted.str();
}

/// By hand: m3-train builds with LibTorch and Boost alone, and Boost of Debian 12 has no JSON.
void WriteJson(const Evaluation& evaluation, const std::vector<Table>& tables, std::ostream& out)
{
    out << "{\n  \"model\": " << JsonText(evaluation.description) << ",\n  \"unit\": " << JsonText(evaluation.unit)
        << ",\n  \"files\": " << evaluation.files << std::setprecision(6);
    for (const Table& table : tables)
    {
        out << ",\n  " << JsonText(table.name) << ": [";
        for (std::size_t r = 0; r < table.rows.size(); r++)
        {
            out << (r ? "," : "") << "\n    {";
            for (std::size_t i = 0; i < table.columns.size(); i++)
            {
                const Cell& cell = table.rows[r][i];
                out << (i ? ", " : "") << JsonText(table.columns[i]) << ": ";
                if (cell.isText)
                {
                    out << JsonText(cell.text);
                }
                else if (std::isnan(cell.number))
                {
                    out << "null";
                }
                else
                {
                    out << cell.number;
                }
            }
            out << '}';
        }
        out << "\n  ]";
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
    double most = 1;
    for (const P99Point& point : evaluation.points)
    {
        most = std::max({most, point.truth, point.model});
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
           << "\nset logscale xy\nset xrange [1:" << 1.1 * most << "]\nset yrange [1:" << 1.1 * most
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

void PrintQuantiles(const Evaluation& evaluation,
                    const std::function<bool(const QuantileErrors&)>& printed,
                    std::ostream& out)
{
    for (const QuantileErrors& row : evaluation.quantiles)
    {
        if (printed(row))
        {
            out << std::left << std::setw(9) << row.group << std::setw(16) << row.sizeClass << 'p' << std::setw(3)
                << std::lround(100 * row.level) << std::right << std::setw(9) << Percent(row.model.mean) << std::setw(9)
                << Percent(row.model.median) << std::setw(9) << Percent(row.model.p90) << std::setw(9)
                << Percent(row.model.signedMedian) << std::setw(12) << Percent(row.fluid.mean) << std::setw(9)
                << Percent(row.fluid.median) << std::setw(9) << row.count << '\n';
        }
    }
}

} // namespace

void PrintEvaluation(const Evaluation& evaluation, std::ostream& out)
{
    const ClassicFormat classic(out);
    const std::string unit = evaluation.unit;
    out << evaluation.description << '\n'
        << evaluation.files << " sample files\n\n"
        << "error of a quantile of slowdown against packets, %, over " << unit << " (fluid: flowSim)\n"
        << std::setw(47) << "m3: mean" << std::setw(9) << "median" << std::setw(9) << "p90" << std::setw(9) << "signed"
        << std::setw(12) << "fluid: mean" << std::setw(9) << "median" << std::setw(9) << unit << '\n';
    PrintQuantiles(
        evaluation,
        [](const QuantileErrors& row) { return row.group == "all"; },
        out);
    out << "  by configuration\n";
    PrintQuantiles(
        evaluation,
        [](const QuantileErrors& row) { return row.group != "all" && row.level > 0.9; },
        out);
    if (evaluation.flows.empty())
    {
        return;
    }
    out << "(mean, median and p90 of the absolute errors; signed: median of the errors; kept flows: those of all size\n"
        << "classes together, of which about equally many were kept, unlike there are in a network)\n\n"
        << "error of the median FCT predicted for a single flow, absolute, %, over flows; pinball loss of its "
           "predicted\n"
        << "distribution, over that of flowSim; flows below the predicted quantiles, %\n"
        << std::setw(36) << "mean: m3" << std::setw(8) << "fluid" << std::setw(7) << "ratio" << std::setw(9)
        << "p90: m3" << std::setw(8) << "fluid" << std::setw(7) << "ratio" << std::setw(9) << "loss: m3" << std::setw(7)
        << "ratio";
    for (const double level : CALIBRATION_LEVELS)
    {
        out << std::setw(7) << 'q' + Fixed(level, level > 0.9 ? 2 : 1);
    }
    out << std::setw(10) << "flows" << '\n';
    for (const FlowErrors& row : evaluation.flows)
    {
        out << std::left << std::setw(9) << row.group << std::setw(16) << row.sizeClass << std::right << std::setw(11)
            << Percent(row.modelMean) << std::setw(8) << Percent(row.fluidMean) << std::setw(7)
            << Fixed(row.modelMean / row.fluidMean, 2) << std::setw(9) << Percent(row.modelP90) << std::setw(8)
            << Percent(row.fluidP90) << std::setw(7) << Fixed(row.modelP90 / row.fluidP90, 2) << std::setw(9)
            << Fixed(row.modelLoss, 4) << std::setw(7) << Fixed(row.modelLoss / row.fluidLoss, 2);
        for (const double share : row.below)
        {
            out << std::setw(7) << Percent(share);
        }
        out << std::setw(10) << row.flows << '\n';
    }
    out << "\ncalibration: share of flows below the predicted quantile\n";
    for (const auto& [level, share] : evaluation.calibration)
    {
        out << "  " << Fixed(level, 4) << ": " << Fixed(share, 4) << '\n';
    }
}

void WriteEvaluation(const Evaluation& evaluation, const std::string& folder)
{
    MakeFolder(folder);
    const std::vector<Table> tables = TablesOf(evaluation);
    for (const Table& table : tables)
    {
        WriteWholeFile(folder + "/" + table.name + ".csv", [&](std::ostream& out) { WriteCsv(table, out); });
    }
    WriteWholeFile(folder + "/evaluation.json", [&](std::ostream& out) { WriteJson(evaluation, tables, out); });
    if (!evaluation.points.empty())
    {
        Draw(evaluation, folder + "/p99");
    }
}

} // namespace ns3::m3
