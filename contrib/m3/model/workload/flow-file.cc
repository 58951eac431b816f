// SPDX-License-Identifier: GPL-2.0-only
#include "flow-file.h"

#include "flow-formats.h"

#include <iterator>
#include <utility>

namespace ns3::m3
{

Schedule ReadTrafficFile(const std::string& file, const FabricGraph& fabric, StartTimes times, InputNotes* notes)
{
    const TrafficFormat* format = TRAFFIC_FORMATS;
    for (const TrafficFormat& one : TRAFFIC_FORMATS)
    {
        const std::size_t length = one.ending.size();
        const bool isNamed = length > 0 && file.size() > length && file.substr(file.size() - length) == one.ending;
        format = isNamed ? &one : format;
    }
    TextReader reader(file, format->separator);
    if (format == TRAFFIC_FORMATS && reader.Next())
    {
        for (const TrafficFormat& one : TRAFFIC_FORMATS)
        {
            format = one.ending.empty() && reader.Text(0) == one.firstWord ? &one : format;
        }
        reader.Again();
    }
    return format->read(reader, fabric, times, notes);
}

FlowList ReadFlowFile(const std::string& file, const FabricGraph& fabric, StartTimes times, InputNotes* notes)
{
    Schedule schedule = ReadTrafficFile(file, fabric, times, notes);
    if (!schedule.Dependencies().empty())
    {
        throw InputError(file, 0, "", "its flows wait for others; a list of flows with their starts is needed here");
    }
    return std::move(schedule).TakeFlows();
}

std::string FlowFormatsText()
{
    std::string text = TRAFFIC_FORMATS[0].text;
    for (const TrafficFormat* format = TRAFFIC_FORMATS + 1; format != std::end(TRAFFIC_FORMATS); format++)
    {
        text += (format + 1 == std::end(TRAFFIC_FORMATS) ? ", or " : ", ") + std::string(format->text) +
                (format->ending.empty() ? " (begins with " + std::string(format->firstWord)
                                        : " (" + std::string(format->name)) +
                ")";
    }
    return text;
}

} // namespace ns3::m3
