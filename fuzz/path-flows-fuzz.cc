// SPDX-License-Identifier: GPL-2.0-only
// ReadPathFlowFile of m3-flowsim on a path of 4 links, and the fluid of what it takes.
#include "fuzz.h"

#include "tools/path-flow-file.h"

#include <cmath>

namespace ns3::m3
{

bool FuzzOne(const uint8_t* data, std::size_t size)
{
    static const InputFile input;
    return IsRead(
        [&]
        {
            const std::vector<double> rates{10, 40, 40, 10};
            const auto flows = ReadPathFlowFile(input.With(data, size), 5, rates.front());
            for (double fct : RunFlowSim(rates, flows))
            {
                Require(std::isfinite(fct) && fct >= 0, "a flow ends");
            }
        });
}

} // namespace ns3::m3
