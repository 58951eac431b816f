// SPDX-License-Identifier: GPL-2.0-only
#include "label-file.h"

#include "ns3/m3-input-error.h"
#include "ns3/m3-text-file.h"

#include <map>

namespace ns3::m3
{

namespace
{

/// Returns the place of a column in the first line. \throws InputError if it is not there
std::size_t FindColumn(TextReader& reader, const std::string& name)
{
    if (!reader.Next())
    {
        throw InputError(reader.File() + ": is empty; its first line has the names of the columns");
    }
    for (std::size_t field = 0; field < reader.Fields(); field++)
    {
        if (reader.Text(field) == name)
        {
            return field;
        }
    }
    reader.Fail(name, "is no column of this file");
}

} // namespace

FlowLabels ReadFlowLabels(const std::string& source, std::size_t flows)
{
    const std::size_t colon = source.rfind(':');
    const bool hasColumn = colon != std::string::npos && source.find('/', colon) == std::string::npos;
    TextReader reader(source.substr(0, hasColumn ? colon : std::string::npos), ',');
    FlowLabels labels;
    labels.by = hasColumn ? source.substr(colon + 1) : "label";
    const std::size_t column = hasColumn ? FindColumn(reader, labels.by) : 0;
    const std::size_t fields = hasColumn ? reader.Fields() : 1;
    std::map<std::string, uint32_t> numbers;
    while (reader.Next())
    {
        if (reader.Fields() != fields)
        {
            reader.Fail("label",
                        "has " + std::to_string(reader.Fields()) + " fields instead of " + std::to_string(fields));
        }
        const auto next = static_cast<uint32_t>(labels.labels.size());
        const auto [place, isNew] = numbers.emplace(reader.Text(column), next);
        if (isNew)
        {
            labels.labels.push_back({reader.Text(column).empty() ? "(none)" : reader.Text(column), "", ""});
        }
        labels.ofFlow.push_back(place->second);
    }
    if (labels.ofFlow.size() != flows)
    {
        throw InputError(reader.File() + ": has labels of " + std::to_string(labels.ofFlow.size()) +
                         " flows; there are " + std::to_string(flows));
    }
    return labels;
}

} // namespace ns3::m3
