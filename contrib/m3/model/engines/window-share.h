// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_WINDOW_SHARE_H
#define M3_WINDOW_SHARE_H

#include "windows-by-packets.h"

#include <vector>

namespace ns3::m3
{

class EstimateShare;

/**
 * Brings the outcomes of windows that processes share to rank 0, with all their digits. Rank r has done the windows r,
 * r + P, r + 2P, ... for P processes.
 * \param mine outcomes of this process \return the outcomes of all windows in order; on other ranks than 0 nothing
 */
std::vector<WindowOutcome> GatherWindows(EstimateShare& share, const std::vector<WindowOutcome>& mine);

} // namespace ns3::m3

#endif // M3_WINDOW_SHARE_H
