// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_HPCC_ADDRESSES_H
#define M3_HPCC_ADDRESSES_H

#include "ns3/m3-fabric-graph.h"

#include <cstdint>

namespace ns3::m3
{

/// Address of a host in the HPCC simulator: 11.0.0.1, with the number of the host in the two bytes in the middle.
inline uint32_t HpccHostAddress(NodeId host)
{
    return 0x0b000001U + (host / 256 << 16) + (host % 256 << 8);
}

/// Address of a port in the HPCC simulator, which numbers links in the order of the topology file, and their ends.
inline uint32_t HpccPortAddress(LinkId egress)
{
    constexpr uint32_t SUBNETS = 254; // 1 to 254 in the third byte
    const uint32_t number = egress / 2;
    return 0x0a000001U + ((number / SUBNETS + 1) << 16) + ((number % SUBNETS + 1) << 8) + egress % 2;
}

} // namespace ns3::m3

#endif // M3_HPCC_ADDRESSES_H
