// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_TABLE_JSON_H
#define M3_TABLE_JSON_H

#include "report-table.h"

#include <nlohmann/json.hpp>

namespace ns3::m3
{

/// Returns a table as a JSON object: name, caption, on_page, columns with name, style and digits, rows.
nlohmann::ordered_json TableJson(const ReportTable& table);

/// Returns the table that TableJson() wrote; a column of words comes back as one of texts.
/// \throws nlohmann::ordered_json::exception for another value, InputError for an unknown style
ReportTable TableOfJson(const nlohmann::ordered_json& json);

/// Returns a cell as JSON, null for a missing value.
nlohmann::ordered_json CellJson(const ReportCell& cell);

/// Returns a text or a number as a cell; all else is a missing value.
ReportCell CellOfJson(const nlohmann::ordered_json& value);

} // namespace ns3::m3

#endif // M3_TABLE_JSON_H
