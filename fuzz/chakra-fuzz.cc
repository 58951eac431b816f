// SPDX-License-Identifier: GPL-2.0-only
// ReadTrafficFile of Chakra's traces: the first two bytes say how many of the others are of rank 0, the rest are of
// rank 1.
#include "traffic.h"

#include <algorithm>
#include <fstream>

namespace ns3::m3
{

bool FuzzOne(const uint8_t* data, std::size_t size)
{
    static const FabricGraph fabric = EightHosts();
    static const RouteTable routes(fabric, EngineMode::STANDARD);
    constexpr std::size_t HEADER = 2;
    if (size < HEADER)
    {
        return false;
    }
    const std::string_view text = TextOf(data, size).substr(HEADER);
    const std::size_t first = std::min<std::size_t>(text.size(), data[0] + 256U * data[1]);
    const std::filesystem::path file = OutputFolder() / "trace.0.et";
    std::ofstream(file, std::ios::binary) << text.substr(0, first);
    std::ofstream(OutputFolder() / "trace.1.et", std::ios::binary) << text.substr(first);
    return IsRead(
        [&]
        {
            const Schedule schedule = ReadTrafficFile(file.string(), fabric, StartTimes::SECONDS);
            Require(!schedule.Flows().empty(), "traces have flows");
            CheckSchedule(fabric, routes, schedule);
        });
}

} // namespace ns3::m3
