// SPDX-License-Identifier: GPL-2.0-only
#include "text-table.h"

#include "core/text-format.h"

#include <cassert>
#include <iomanip>

namespace ns3::m3
{

void TextTable::AddColumn(const std::string& head, int width, Align align)
{
    m_columns.push_back({head, width, align});
}

void TextTable::AddRow(const std::vector<std::string>& cells)
{
    assert(cells.size() <= m_columns.size());
    m_rows.push_back(cells);
}

void TextTable::AddCell(const std::string& text)
{
    assert(!m_rows.empty() && m_rows.back().size() < m_columns.size());
    m_rows.back().push_back(text);
}

void TextTable::WriteCell(const std::string& text, const Column& column, std::ostream& out) const
{
    out << (column.align == Align::LEFT ? std::left : std::right) << std::setw(column.width) << text;
}

void TextTable::WriteHead(std::ostream& out) const
{
    const ClassicFormat classic(out);
    for (const Column& column : m_columns)
    {
        WriteCell(column.head, column, out);
    }
    out << '\n';
}

void TextTable::WriteRows(std::ostream& out) const
{
    const ClassicFormat classic(out);
    for (const std::vector<std::string>& row : m_rows)
    {
        for (std::size_t i = 0; i < row.size(); i++)
        {
            WriteCell(row[i], m_columns[i], out);
        }
        out << '\n';
    }
}

} // namespace ns3::m3
