// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_ENGINES_GROUP_TIMES_H
#define M3_ENGINES_GROUP_TIMES_H

#include "flowsim/fabric-flow-sim.h"
#include "ns3/m3-group-times.h"
#include "ns3/m3-schedule.h"

#include <vector>

namespace ns3::m3
{

/**
 * Gives when the groups of a schedule ran, in their order, with the critical paths of the three slowest of each kind,
 * and bars of the slowest of each of the first six kinds. Groups without tasks are left out. \param times of a run of
 * the schedule
 */
std::vector<GroupTimes> GroupsOf(const Schedule& schedule, const TaskTimes& times);

} // namespace ns3::m3

#endif // M3_ENGINES_GROUP_TIMES_H
