// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_TEXT_TABLE_H
#define M3_TEXT_TABLE_H

#include <ostream>
#include <string>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-report
/// A table of texts in columns, for the terminal.
class TextTable
{
  public:
    /// Where a text stands that is narrower than its column.
    enum class Align
    {
        LEFT,
        RIGHT
    };

    /// Adds a column. \param width its minimum number of bytes; a longer text makes its own line wider
    void AddColumn(const std::string& head, int width, Align align = Align::RIGHT);

    /// Begins a row. \param cells its first ones
    void AddRow(const std::vector<std::string>& cells = {});

    /// Adds a cell to the last row, whose column is that of its place.
    void AddCell(const std::string& text);

    /// Writes the heads of the columns, one line.
    void WriteHead(std::ostream& out) const;

    /// Writes the rows, a line each.
    void WriteRows(std::ostream& out) const;

  private:
    struct Column
    {
        std::string head;
        int width;
        Align align;
    };

    void WriteCell(const std::string& text, const Column& column, std::ostream& out) const;

    std::vector<Column> m_columns;
    std::vector<std::vector<std::string>> m_rows;
};

} // namespace ns3::m3

#endif // M3_TEXT_TABLE_H
