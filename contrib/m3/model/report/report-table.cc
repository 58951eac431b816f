// SPDX-License-Identifier: GPL-2.0-only
#include "report-table.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <iomanip>
#include <limits>

namespace ns3::m3
{

namespace
{

/// Writes a cell that holds a number, an integer with all its digits.
void WriteNumber(const ReportCell& cell, std::ostream& out)
{
    std::visit(
        [&out](const auto& value)
        {
            if constexpr (std::is_arithmetic_v<std::decay_t<decltype(value)>>)
            {
                out << value;
            }
        },
        cell.Get());
}

void WriteCsvCell(const ReportCell& cell, CellStyle style, std::ostream& out)
{
    if (const auto* text = std::get_if<std::string>(&cell.Get()))
    {
        if (style == CellStyle::WORD)
        {
            out << *text;
        }
        else
        {
            out << std::quoted(*text, '"', '"'); // RFC 4180 doubles quotes
        }
    }
    else if (!cell.IsMissing())
    {
        WriteNumber(cell, out);
    }
}

void WriteJsonCell(const ReportCell& cell, std::ostream& out)
{
    if (const auto* text = std::get_if<std::string>(&cell.Get()))
    {
        out << JsonText(*text);
    }
    else if (cell.IsMissing())
    {
        out << "null";
    }
    else
    {
        WriteNumber(cell, out);
    }
}

bool IsPercent(const ReportColumn& column)
{
    return column.style == CellStyle::PERCENT || column.style == CellStyle::SIGNED_PERCENT;
}

bool IsTextual(const ReportColumn& column)
{
    return column.style == CellStyle::TEXT || column.style == CellStyle::WORD;
}

std::string MarkdownCell(const ReportCell& cell, const ReportColumn& column)
{
    if (const auto* text = std::get_if<std::string>(&cell.Get()))
    {
        return *text;
    }
    if (cell.IsMissing())
    {
        return "-";
    }
    const double number = cell.Number() * (column.style == CellStyle::NUMBER ? 1 : 100);
    return column.style == CellStyle::SIGNED_PERCENT ? FormatText("%+.*f", column.digits, number)
                                                     : FormatText("%.*f", column.digits, number);
}

/// "p99_error" to "p99 error", in percent where it is.
std::string MarkdownHead(const ReportColumn& column)
{
    std::string name = column.name;
    std::replace(name.begin(), name.end(), '_', ' ');
    return name + (IsPercent(column) ? ", %" : "");
}

} // namespace

double ReportCell::Number() const
{
    return std::visit(
        [](const auto& value)
        {
            if constexpr (std::is_arithmetic_v<std::decay_t<decltype(value)>>)
            {
                return static_cast<double>(value);
            }
            return std::numeric_limits<double>::quiet_NaN();
        },
        m_value);
}

bool ReportCell::IsMissing() const
{
    const auto* number = std::get_if<double>(&m_value);
    return std::holds_alternative<std::monostate>(m_value) || (number && std::isnan(*number));
}

CsvWriter::CsvWriter(std::vector<ReportColumn> columns, std::ostream& out)
    : m_columns(std::move(columns)),
      m_out(out),
      m_classic(out)
{
    for (std::size_t i = 0; i < m_columns.size(); i++)
    {
        m_out << (i ? "," : "") << m_columns[i].name;
    }
    m_out << '\n';
}

void CsvWriter::Write(const ReportCell* cells, std::size_t count)
{
    assert(count == m_columns.size());
    for (std::size_t i = 0; i < count; i++)
    {
        if (i > 0)
        {
            m_out << ',';
        }
        WriteCsvCell(cells[i], m_columns[i].style, m_out);
    }
    m_out << '\n';
}

void WriteTableCsv(const ReportTable& table, std::ostream& out)
{
    CsvWriter writer(table.columns, out);
    for (const std::vector<ReportCell>& row : table.rows)
    {
        writer.Write(row);
    }
}

void WriteTableRowsJson(const ReportTable& table, int indent, std::ostream& out)
{
    const ClassicFormat classic(out);
    const std::string space(static_cast<std::size_t>(indent), ' ');
    out << '[';
    for (std::size_t r = 0; r < table.rows.size(); r++)
    {
        out << (r ? "," : "") << '\n' << space << '{';
        for (std::size_t i = 0; i < table.columns.size(); i++)
        {
            out << (i ? ", " : "") << JsonText(table.columns[i].name) << ": ";
            WriteJsonCell(table.rows[r][i], out);
        }
        out << '}';
    }
    out << '\n' << space.substr(std::min<std::size_t>(2, space.size())) << ']';
}

void WriteTableMarkdown(const ReportTable& table, std::ostream& out)
{
    out << table.caption << "\n\n|";
    for (const ReportColumn& column : table.columns)
    {
        out << ' ' << MarkdownHead(column) << " |";
    }
    out << "\n|";
    for (const ReportColumn& column : table.columns)
    {
        out << (IsTextual(column) ? "---|" : "--:|");
    }
    for (const std::vector<ReportCell>& row : table.rows)
    {
        out << "\n|";
        for (std::size_t i = 0; i < row.size(); i++)
        {
            out << ' ' << MarkdownCell(row[i], table.columns.at(i)) << " |";
        }
    }
    out << "\n\n";
}

std::string JsonText(const std::string& text)
{
    TextStream quoted;
    quoted << std::quoted(text);
    return quoted.str();
}

} // namespace ns3::m3
