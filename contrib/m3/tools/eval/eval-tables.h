// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_EVAL_TABLES_H
#define M3_EVAL_TABLES_H

#include "eval-answers.h"
#include "eval-result.h"

#include <string>
#include <vector>

namespace ns3::m3::eval
{

// Engine 0 of the answers is the packet engine; errors of the others are relative to it. Only cases with all answers
// count.

/// Relative error of a quantile; NaN where either lacks it. \param row index of a size class, or of all flows
double ErrorOf(const EvalAnswers& all, std::size_t oneCase, std::size_t engine, std::size_t row, double level);

/// Mean of a value of an engine's answers to the cases of a group.
double MeanOf(const EvalAnswers& all, const std::string& group, std::size_t engine, double EvalAnswer::*member);

/// Summary of the errors of several cases.
struct ErrorSummary
{
    /// \param errors relative; NaN are left out
    explicit ErrorSummary(const std::vector<double>& errors);

    std::size_t count;
    double mean;       //!< of the absolute errors; this and those below NaN without errors
    double median;     //!< of the absolute errors
    double p90;        //!< of the absolute errors
    double worst;      //!< of the absolute errors
    double signedMean; //!< of the errors
    double within10;   //!< share of absolute errors of at most 10 %
};

/// Errors of the p99 of all flows or of a size class over the cases of a group.
std::vector<double>
ErrorsOf(const EvalAnswers& all, const std::string& group, std::size_t engine, std::size_t row, double level);

/// Index of the row of all flows.
std::size_t AllFlows(const EvalAnswers& all);

/// "group, engine, count, mean, ..." of a summary.
std::vector<ReportColumn> SummaryColumns();
std::vector<ReportCell> SummaryRow(const std::string& group, const std::string& engine, const ErrorSummary& summary);

/// Adds a column for the errors of each engine but packets.
void AddErrorColumns(const EvalAnswers& all, CellStyle style, ReportTable& table);
/// Adds a cell to each of these: errors of the p99. \param row index of a size class, or of all flows
void AddErrorCells(const EvalAnswers& all, std::size_t oneCase, std::size_t row, std::vector<ReportCell>& cells);

/// Errors of the p99 of all flows by group and engine.
ReportTable OverallTable(const EvalAnswers& all);
/// Mean absolute and signed error of p50 and p99 by size class.
ReportTable ClassTable(const EvalAnswers& all);
/// How often intervals of p50 and p99 hold the value of the packet engine, and how far they reach; a row per
/// group, class and engine that has any.
ReportTable IntervalTable(const EvalAnswers& all);
/// Times and speed-up over the packet engine.
ReportTable TimeTable(const EvalAnswers& all);
/// A row per case, size class and engine, for the CSV file; with the facts of the cases.
ReportTable RowsTable(const EvalAnswers& all);
/// The cases where the p99 of all flows is furthest off by the judged engine, with the errors of all, and published
/// ones that are facts of the cases (`published_...`).
ReportTable WorstTable(const EvalAnswers& all);
/// The errors of all cases, the worst first, for the CSV file.
ReportTable ScenariosTable(const EvalAnswers& all);

/// Returns the engine whose worst cases are shown: that with EngineRole::ESTIMATE, or the first to be compared.
std::size_t JudgedEngine(const EvalAnswers& all);

/// Returns the complete cases in descending order of the judged engine's error of the p99 of all flows.
std::vector<std::size_t> WorstFirst(const EvalAnswers& all);

/// Prints each case with the packet-level p99 and the errors of the others, and a summary of the errors.
void PrintCases(const EvalAnswers& all);

} // namespace ns3::m3::eval

#endif // M3_EVAL_TABLES_H
