// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PATH_FLOW_FILE_H
#define M3_PATH_FLOW_FILE_H

#include "flowsim/flow-sim.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ns3::m3
{

/**
 * Reads the flows of a path of hosts in a row: a line `id src dst size_bytes start_ns` per flow, ids counting up from
 * 0, src below dst, in ascending order of start. A flow uses the links from src to dst. \param hosts of the path, at
 * least 2 \param rateLimit of every flow in Gb/s \throws InputError naming file, line and field
 */
std::vector<FluidFlow> ReadPathFlowFile(const std::string& file, uint32_t hosts, double rateLimit);

} // namespace ns3::m3

#endif // M3_PATH_FLOW_FILE_H
