// SPDX-License-Identifier: GPL-2.0-only
#include "report-table.h"

#include "core/text-format.h"

#include <cmath>
#include <iomanip>

namespace ns3::m3
{

namespace
{

constexpr const char* STYLES[] = {"text", "text", "number", "percent", "signed percent"};

void WriteCell(const ReportTable::Cell& cell, CellStyle style, std::ostream& out)
{
    if (cell.is_string())
    {
        const auto text = cell.get<std::string>();
        if (style == CellStyle::WORD)
        {
            out << text;
        }
        else
        {
            out << std::quoted(text);
        }
    }
    else if (cell.is_number_float() && !std::isnan(cell.get<double>()))
    {
        out << cell.get<double>();
    }
    else if (cell.is_number_integer())
    {
        out << cell.dump();
    }
}

} // namespace

void WriteTableCsv(const ReportTable& table, std::ostream& out)
{
    const ClassicFormat classic(out);
    for (std::size_t i = 0; i < table.columns.size(); i++)
    {
        out << (i ? "," : "") << table.columns[i].name;
    }
    out << '\n';
    for (const std::vector<ReportTable::Cell>& row : table.rows)
    {
        for (std::size_t i = 0; i < row.size(); i++)
        {
            out << (i ? "," : "");
            WriteCell(row[i], table.columns[i].style, out);
        }
        out << '\n';
    }
}

nlohmann::ordered_json TableJson(const ReportTable& table)
{
    nlohmann::ordered_json columns = nlohmann::ordered_json::array();
    for (const ReportColumn& column : table.columns)
    {
        columns.push_back(
            {{"name", column.name}, {"style", STYLES[static_cast<int>(column.style)]}, {"digits", column.digits}});
    }
    return {{"name", table.name},
            {"caption", table.caption},
            {"on_page", table.onPage},
            {"columns", columns},
            {"rows", table.rows}};
}

} // namespace ns3::m3
