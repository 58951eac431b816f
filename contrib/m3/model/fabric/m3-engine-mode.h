// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_ENGINE_MODE_H
#define M3_ENGINE_MODE_H

#include <cstdint>
#include <string>

namespace ns3::m3
{

/// Rules of the packet engine, the routes and the ideal FCT.
enum class EngineMode : uint8_t
{
    STANDARD, //!< the default: 64-bit accounting, exact rates, ports in ascending order
    HPCC      //!< the published HPCC simulator to the nanosecond, for its own input files
};

/// \return the mode of a name, "standard" or "hpcc" \throws InputError for any other text
EngineMode ParseEngineMode(const std::string& name);

/// \return "standard" or "hpcc"
std::string EngineModeName(EngineMode mode);

} // namespace ns3::m3

#endif // M3_ENGINE_MODE_H
