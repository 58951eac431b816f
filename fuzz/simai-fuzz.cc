// SPDX-License-Identifier: GPL-2.0-only
// ReadTrafficFile of SimAI's workloads.
#include "traffic.h"

namespace ns3::m3
{

bool FuzzOne(const uint8_t* data, std::size_t size)
{
    return IsTrafficTaken(data, size, "HYBRID_TRANSFORMER_FWD_IN_BCKWD");
}

} // namespace ns3::m3
