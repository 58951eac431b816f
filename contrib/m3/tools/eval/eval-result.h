// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_EVAL_RESULT_H
#define M3_EVAL_RESULT_H

#include "eval-case.h"
#include "eval-provenance.h"

#include "report/report-table.h"

#include <string>
#include <vector>

namespace ns3::m3::eval
{

/// A plot that gnuplot draws.
struct EvalPicture
{
    std::string name; //!< of its file
    std::string caption;
    std::string script; //!< data and commands, after `set terminal` and `set output`
    uint32_t width = 800;
    uint32_t height = 420;
};

/// The result of a suite.
struct EvalResult
{
    std::string section; //!< of the page: a short name of letters and hyphens
    std::string title;
    std::string text;      //!< a paragraph on what was done
    Provenance provenance; //!< where it comes from
    std::vector<ReportTable> tables;
    std::vector<EvalPicture> pictures;
};

/// Writes NAME.csv per table, NAME.png per picture and result.json (all but the pictures) into a folder.
void WriteResult(const EvalResult& result, const std::string& folder);

/**
 * Puts results into a page: copies result.json (tables that are shown) and pictures of each folder to a folder SECTION
 * in that beside the page which has its name without extension, and writes the page of all that lie there. Each section
 * of the page has one picture and a short table; all tables lie as CSV files beside result.json.
 * \throws InputError for a folder without a whole result.json
 */
void UpdatePage(const std::vector<std::string>& folders, const std::string& page);

/// Writes the outputs of the options --out and --page.
void WriteResult(const EvalResult& result, const std::string& folder, const std::string& page);

} // namespace ns3::m3::eval

#endif // M3_EVAL_RESULT_H
