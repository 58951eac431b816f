// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FUZZ_TRAFFIC_H
#define M3_FUZZ_TRAFFIC_H

#include "fuzz.h"

#include "ns3/m3-schedule.h"
#include "workload/flow-file.h"

#include <string_view>

namespace ns3::m3
{

/// Eight hosts around a switch.
inline FabricGraph EightHosts()
{
    FabricGraph star;
    const NodeId hub = star.AddNode(NodeKind::SWITCH);
    for (int i = 0; i < 8; i++)
    {
        star.AddLink(star.AddNode(NodeKind::HOST), hub, 10'000'000'000, 1000);
    }
    return star;
}

/**
 * Reads a file of a format whose first word is known, on EightHosts(): what is read passes the check of
 * every engine, or is refused in one line. Files of other formats are not taken.
 */
inline bool IsTrafficTaken(const uint8_t* data, std::size_t size, std::string_view firstWord)
{
    static const InputFile input;
    static const FabricGraph fabric = EightHosts();
    static const RouteTable routes(fabric, EngineMode::STANDARD);
    if (TextOf(data, size).substr(0, firstWord.size()) != firstWord)
    {
        return false;
    }
    return IsRead(
        [&]
        {
            const Schedule schedule = ReadTrafficFile(input.With(data, size), fabric, StartTimes::SECONDS);
            Require(!schedule.Flows().empty(), "a file has flows");
            CheckSchedule(fabric, routes, schedule);
        });
}

} // namespace ns3::m3

#endif // M3_FUZZ_TRAFFIC_H
