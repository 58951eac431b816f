// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_START_TIMES_H
#define M3_START_TIMES_H

#include <cstdint>

namespace ns3::m3
{

/// \ingroup m3-workload
/// How start times stand in a flow file.
enum class StartTimes : uint8_t
{
    SECONDS,     //!< decimal seconds, rounded to the nearest ns
    NANOSECONDS, //!< whole ns
    HPCC_SECONDS //!< decimal seconds, converted as the HPCC simulator does (HpccSecondsToNs)
};

} // namespace ns3::m3

#endif // M3_START_TIMES_H
