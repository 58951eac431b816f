// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_TEST_SCHEDULE_EDGES_H
#define M3_TEST_SCHEDULE_EDGES_H

#include "ns3/m3-schedule.h"

#include <string>
#include <tuple>
#include <vector>

namespace ns3::m3
{

/// Who must wait for what: (task, predecessor, event).
inline std::vector<std::tuple<std::string, std::string, TaskEvent>> EdgesOf(const Schedule& schedule)
{
    std::vector<std::tuple<std::string, std::string, TaskEvent>> edges;
    for (const Schedule::Edge& edge : schedule.Dependencies())
    {
        edges.emplace_back(schedule.NameOf(edge.task),
                           schedule.NameOf(edge.dependency.predecessor),
                           edge.dependency.event);
    }
    return edges;
}

} // namespace ns3::m3

#endif // M3_TEST_SCHEDULE_EDGES_H
