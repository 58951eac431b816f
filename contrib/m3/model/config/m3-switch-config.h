// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_SWITCH_CONFIG_H
#define M3_SWITCH_CONFIG_H

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace ns3::m3
{

inline constexpr uint32_t PFC_FRAME_BYTES = 43;      //!< on the wire
inline constexpr uint64_t PORT_RESERVE_BYTES = 4096; //!< reserved for each ingress port

/// RED-style marking of a port: none below kmin, certain above kmax, linear up to pmax in between.
struct EcnProfile
{
    uint64_t kminBytes = 0; //!< minimum queue at which packets are marked
    uint64_t kmaxBytes = 0; //!< minimum queue at which all packets are marked
    double pmax = 1;        //!< probability just below kmax
};

/**
 * How switches work. Names, units, ranges and defaults of the values that have one for all switches stand in
 * SwitchParameters(). \ingroup m3-config
 */
struct SwitchConfig
{
    bool pfc = true;                     //!< priority flow control
    std::optional<uint64_t> bufferBytes; //!< per switch; unset: by its ports (docs/guide.md)
    /// Per node, shared pool beyond reserve and headroom, overrides bufferBytes where not empty (path scenarios).
    std::vector<uint64_t> nodeSharedPoolBytes;
    /// Port rate -> profile; empty: what the congestion control asks for, scaled.
    std::map<uint64_t, EcnProfile> ecnByRate;
};

} // namespace ns3::m3

#endif // M3_SWITCH_CONFIG_H
