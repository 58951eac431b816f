// SPDX-License-Identifier: GPL-2.0-only
// ReadSensitivityList of m3-eval, in both modes.
#include "fuzz.h"

#include "tools/eval/eval-list.h"

namespace ns3::m3
{

bool FuzzOne(const uint8_t* data, std::size_t size)
{
    static const InputFile input;
    bool taken = false;
    for (EngineMode mode : {EngineMode::STANDARD, EngineMode::HPCC})
    {
        taken |= IsRead(
            [&]
            {
                const auto cases =
                    eval::ReadSensitivityList({input.With(data, size), mode, 1000, 1}, CongestionControlType::HPCC);
                for (const eval::EvalCase& one : eval::Spread(cases))
                {
                    Require(!one.name.empty() && one.name.find('\n') == std::string::npos, "a name is one line");
                }
            });
    }
    return taken;
}

} // namespace ns3::m3
