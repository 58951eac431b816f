// SPDX-License-Identifier: GPL-2.0-only
// ReadTrafficFile of GOAL.
#include "traffic.h"

namespace ns3::m3
{

bool FuzzOne(const uint8_t* data, std::size_t size)
{
    return IsTrafficTaken(data, size, "num_ranks");
}

} // namespace ns3::m3
