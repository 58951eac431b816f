// SPDX-License-Identifier: GPL-2.0-only
#include "mode-rules.h"

#include "ns3/m3-input-error.h"

namespace ns3::m3
{

EngineMode ParseEngineMode(const std::string& name)
{
    for (const EngineMode mode : {EngineMode::STANDARD, EngineMode::HPCC})
    {
        if (name == RulesOf(mode).name)
        {
            return mode;
        }
    }
    throw InputError("unknown mode '" + name + "'; there are standard, hpcc");
}

std::string EngineModeName(EngineMode mode)
{
    return RulesOf(mode).name;
}

} // namespace ns3::m3
