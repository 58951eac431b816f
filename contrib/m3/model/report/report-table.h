// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_REPORT_TABLE_H
#define M3_REPORT_TABLE_H

#include <nlohmann/json.hpp>

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-report
/// How the cells of a column are shown.
enum class CellStyle : uint8_t
{
    TEXT,          //!< a text, in quotes in CSV files
    WORD,          //!< a text without commas, as it is in CSV files
    NUMBER,        //!< a number with some digits; CSV and JSON have it as it is, as the two below
    PERCENT,       //!< a share, in percent
    SIGNED_PERCENT //!< the same with its sign
};

/// \ingroup m3-report
/// A column of a table.
struct ReportColumn
{
    std::string name;                  //!< as in CSV and JSON
    CellStyle style = CellStyle::TEXT; //!< how its cells are shown
    int digits = 0;                    //!< after the decimal point, where a page shows it
};

/// \ingroup m3-report
/// A table that is written as a CSV file, as an object in JSON, or on a page.
struct ReportTable
{
    using Cell = nlohmann::ordered_json; //!< a text, a number; null or NaN is a missing value

    std::string name;                    //!< of its file
    std::string caption;                 //!< what it says, a sentence or two
    std::vector<ReportColumn> columns;   //!< in order
    std::vector<std::vector<Cell>> rows; //!< a cell per column
    bool onPage = true;                  //!< pages show it
};

/// Writes a head and a line per row, numbers with six digits; a missing value is an empty field.
void WriteTableCsv(const ReportTable& table, std::ostream& out);

/// Returns a table as a JSON object: name, caption, on_page, columns with name, style and digits, rows.
nlohmann::ordered_json TableJson(const ReportTable& table);

} // namespace ns3::m3

#endif // M3_REPORT_TABLE_H
