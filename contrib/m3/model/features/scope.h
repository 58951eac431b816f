// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_SCOPE_H
#define M3_SCOPE_H

#include <cstdint>

namespace ns3::m3
{

/// \ingroup m3-features
/// The part of a scenario that flowSim runs on, and that the features of a flow are made from.
enum class Scope : uint8_t
{
    AUTO,    //!< One of the others, by expected cost.
    NETWORK, //!< The whole network and trace.
    WINDOWS, //!< The whole network in sampled windows of time, for long traces.
    PATHS    //!< Sampled paths (parts/path-index.h), for traces that are too large for one run of flowSim.
};

} // namespace ns3::m3

#endif // M3_SCOPE_H
