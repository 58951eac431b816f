// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_TELEMETRY_H
#define M3_TELEMETRY_H

#include "ns3/m3-fabric-graph.h"

#include <cstdint>

namespace ns3::m3
{

/**
 * \ingroup m3-packet
 * One hop's in-band telemetry (Li et al., HPCC, SIGCOMM 2019, section 4), written when a data packet leaves a switch.
 * In `HPCC` mode the counters are that simulator's: 24 bits of ns, 20 of 128 bytes, 17 of 80 bytes,
 * the latter two times HpccConfig::intMulti.
 */
struct TelemetryRecord
{
    uint64_t time;          //!< ns
    uint64_t txBytes;       //!< sent by the port since the start, this packet left out
    uint64_t bitsPerSecond; //!< of the port
    uint32_t queueBytes;    //!< left behind; with PINT the logarithm of the largest utilisation on the path
    LinkId link;            //!< of the port
};

} // namespace ns3::m3

#endif // M3_TELEMETRY_H
