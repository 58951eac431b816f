// SPDX-License-Identifier: GPL-2.0-only
// ReadTrafficFile of schedules on 8 hosts around a switch; what was read is written and read again as it was, and every
// engine's check takes or refuses it in one line.
#include "traffic.h"

#include "ns3/m3-text-file.h"

#include <fstream>
#include <sstream>

namespace ns3::m3
{

namespace
{

std::string Content(const std::string& file)
{
    std::stringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

} // namespace

bool FuzzOne(const uint8_t* data, std::size_t size)
{
    static const InputFile input;
    static const FabricGraph fabric = EightHosts();
    static const RouteTable routes(fabric, EngineMode::STANDARD);
    return IsRead(
        [&]
        {
            const Schedule schedule = ReadTrafficFile(input.With(data, size), fabric, StartTimes::SECONDS);
            static const std::string first = OutputFolder() / "schedule";
            static const std::string second = OutputFolder() / "again";
            WriteSchedule(schedule, first);
            WriteSchedule(ReadTrafficFile(first, fabric, StartTimes::SECONDS), second);
            Require(Content(first) == Content(second), "schedules written are read again as they were");
            CheckSchedule(fabric, routes, schedule);
        });
}

} // namespace ns3::m3
