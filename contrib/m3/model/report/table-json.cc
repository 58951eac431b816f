// SPDX-License-Identifier: GPL-2.0-only
#include "table-json.h"

#include "core/text-format.h"
#include "ns3/m3-input-error.h"

#include <algorithm>
#include <iterator>

namespace ns3::m3
{

namespace
{

using Json = nlohmann::ordered_json;

/// Names of styles, by CellStyle.
constexpr const char* STYLES[] = {"text", "text", "number", "percent", "signed percent"};

/// Returns the style of a name; of two with the same name the first. \throws InputError
CellStyle StyleOf(const std::string& name)
{
    const auto* const known = std::find(std::begin(STYLES), std::end(STYLES), name);
    if (known == std::end(STYLES))
    {
        throw InputError("a table has a column of the unknown style " + Quoted(name));
    }
    return static_cast<CellStyle>(known - std::begin(STYLES));
}

} // namespace

Json CellJson(const ReportCell& cell)
{
    return std::visit(
        [](const auto& value) -> Json
        {
            if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::monostate>)
            {
                return nullptr;
            }
            else
            {
                return value;
            }
        },
        cell.Get());
}

Json TableJson(const ReportTable& table)
{
    Json columns = Json::array();
    for (const ReportColumn& column : table.columns)
    {
        columns.push_back(
            {{"name", column.name}, {"style", STYLES[static_cast<int>(column.style)]}, {"digits", column.digits}});
    }
    Json rows = Json::array();
    for (const std::vector<ReportCell>& row : table.rows)
    {
        Json cells = Json::array();
        std::transform(row.begin(), row.end(), std::back_inserter(cells), CellJson);
        rows.push_back(std::move(cells));
    }
    return {{"name", table.name},
            {"caption", table.caption},
            {"on_page", table.onPage},
            {"columns", columns},
            {"rows", rows}};
}

ReportTable TableOfJson(const Json& json)
{
    ReportTable table;
    table.name = json.at("name");
    table.caption = json.at("caption");
    table.onPage = json.at("on_page");
    for (const Json& column : json.at("columns"))
    {
        table.columns.push_back({column.at("name"), StyleOf(column.at("style")), column.at("digits")});
    }
    for (const Json& row : json.at("rows"))
    {
        std::transform(row.begin(), row.end(), std::back_inserter(table.rows.emplace_back()), CellOfJson);
    }
    return table;
}

ReportCell CellOfJson(const Json& value)
{
    return value.is_string()            ? ReportCell(value.get<std::string>())
           : value.is_number_float()    ? ReportCell(value.get<double>())
           : value.is_number_unsigned() ? ReportCell(value.get<uint64_t>())
           : value.is_number_integer()  ? ReportCell(value.get<int64_t>())
                                        : ReportCell();
}

} // namespace ns3::m3
