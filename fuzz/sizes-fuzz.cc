// SPDX-License-Identifier: GPL-2.0-only
// ParseSizeDistribution, of a table file and, where the input is one short line, of a text as typed.
#include "fuzz.h"

#include "workload/size-distribution.h"

#include <cmath>

namespace ns3::m3
{

bool FuzzOne(const uint8_t* data, std::size_t size)
{
    static const InputFile input;
    const auto draw = [](const std::string& text)
    {
        const auto sizes = ParseSizeDistribution(text);
        RandomStream random(1);
        for (int i = 0; i < 10; i++)
        {
            Require(sizes->Sample(random) >= 1, "a size is at least 1 byte");
        }
        Require(std::isfinite(sizes->Mean()) && sizes->Mean() > 0, "the mean is finite and above 0");
    };
    const std::string_view text = TextOf(data, size);
    constexpr std::size_t SHORT = 64;
    bool taken = false;
    if (size < SHORT && text.find_first_of("\n/") == std::string_view::npos)
    {
        taken = IsRead([&] { draw(std::string(text)); });
    }
    return IsRead([&] { draw(input.With(data, size)); }) || taken;
}

} // namespace ns3::m3
