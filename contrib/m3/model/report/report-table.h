// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_REPORT_TABLE_H
#define M3_REPORT_TABLE_H

#include "core/text-format.h"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <ostream>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
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
/// A cell of a table: a text, a number, or a missing value.
class ReportCell
{
  public:
    using Value = std::variant<std::monostate, std::string, double, int64_t, uint64_t>; //!< missing, or one of these

    ReportCell() = default; //!< A missing value.

    /// Makes a text.
    ReportCell(std::string text)
        : m_value(std::move(text))
    {
    }

    /// Makes a text.
    ReportCell(const char* text)
        : m_value(std::string(text))
    {
    }

    ReportCell(std::nullptr_t) = delete;

    /// \param number NaN is a missing value
    template <typename Number,
              typename = std::enable_if_t<std::is_arithmetic_v<Number> && !std::is_same_v<Number, bool>>>
    ReportCell(Number number)
    {
        using Stored = std::conditional_t<std::is_floating_point_v<Number>,
                                          double,
                                          std::conditional_t<std::is_signed_v<Number>, int64_t, uint64_t>>;
        m_value = Stored{number};
    }

    /// Returns what the cell holds.
    const Value& Get() const
    {
        return m_value;
    }

    /// Returns the text of a cell that holds one. \throws std::bad_variant_access for others
    const std::string& Text() const
    {
        return std::get<std::string>(m_value);
    }

    /// Returns the number of a cell; NaN for a missing value and a text.
    double Number() const;

    /// Whether the cell holds no value.
    bool IsMissing() const;

  private:
    Value m_value;
};

/// \ingroup m3-report
/// A table that is written as a CSV file, as JSON, or on a page.
struct ReportTable
{
    std::string name;                          //!< of its file
    std::string caption;                       //!< what it says, a sentence or two
    std::vector<ReportColumn> columns;         //!< in order
    std::vector<std::vector<ReportCell>> rows; //!< a cell per column
    bool onPage = true;                        //!< pages show it
};

/// \ingroup m3-report
/// Writes rows as CSV while they come: numbers with six digits, a missing value as an empty field. While it lives, the
/// stream formats so.
class CsvWriter
{
  public:
    /// Writes the head. \param out must live longer
    CsvWriter(std::vector<ReportColumn> columns, std::ostream& out);

    /// Writes a line. \param row a cell per column
    void Write(const std::vector<ReportCell>& row)
    {
        Write(row.data(), row.size());
    }

    /// Writes a line. \param row a cell per column
    void Write(std::initializer_list<ReportCell> row)
    {
        Write(row.begin(), row.size());
    }

  private:
    void Write(const ReportCell* cells, std::size_t count);

    std::vector<ReportColumn> m_columns;
    std::ostream& m_out;
    ClassicFormat m_classic;
};

/// Writes a table as CsvWriter does.
void WriteTableCsv(const ReportTable& table, std::ostream& out);

/// Writes the rows as a JSON array of objects, whose keys are the names of the columns: numbers with six digits, null
/// for a missing value. \param indent spaces before a row and, less two, before the closing bracket
void WriteTableRowsJson(const ReportTable& table, int indent, std::ostream& out);

/// Writes a table in Markdown below its caption: percentages and digits as the columns have them, "-" for a missing
/// value.
void WriteTableMarkdown(const ReportTable& table, std::ostream& out);

/// Returns a text of printable characters as a JSON string, in quotes.
std::string JsonText(const std::string& text);

} // namespace ns3::m3

#endif // M3_REPORT_TABLE_H
