// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_GROUP_CHART_H
#define M3_GROUP_CHART_H

#include "ns3/m3-group-times.h"

#include <string>

namespace ns3::m3
{

/**
 * Draws when each host of a group sent (class `sends`) and computed (`computes`), a row per host, with the critical
 * path on top (`critical`), as an SVG element for a page. At most 32 hosts: those of the critical path first.
 * \pre the group has bars
 */
std::string TimelineChart(const GroupTimes& group);

} // namespace ns3::m3

#endif // M3_GROUP_CHART_H
