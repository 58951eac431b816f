// SPDX-License-Identifier: GPL-2.0-only
#include "path-flow-file.h"

#include "ns3/m3-link-timing.h"
#include "ns3/m3-text-file.h"

#include <numeric>

namespace ns3::m3
{

std::vector<FluidFlow> ReadPathFlowFile(const std::string& file, uint32_t hosts, double rateLimit)
{
    constexpr uint32_t HEADER_BYTES = 48;
    constexpr uint64_t LARGEST_SIZE = 1'000'000'000'000'000; // 1 PB, as in a flow file
    constexpr double LATEST = 1e18;
    std::vector<FluidFlow> flows;
    TextReader reader(file);
    double before = 0;
    while (reader.Next())
    {
        if (reader.Fields() != 5)
        {
            reader.Fail("flow", "needs 5 fields: id src dst size_bytes start_ns");
        }
        reader.Integer(0, "id", flows.size(), flows.size());
        const uint64_t src = reader.Integer(1, "src", 0, hosts - 2);
        const uint64_t dst = reader.Integer(2, "dst", 1, hosts - 1);
        if (dst <= src)
        {
            reader.Fail("dst", "must be above src");
        }
        const uint64_t size = reader.Integer(3, "size", 1, LARGEST_SIZE);
        const double start = reader.Number(4, "start", 0, LATEST);
        if (start < before)
        {
            reader.Fail("start", "falls");
        }
        before = start;
        Route links(dst - src);
        std::iota(links.begin(), links.end(), static_cast<uint32_t>(src));
        flows.push_back({links, 8.0 * static_cast<double>(WireBytes(size, HEADER_BYTES)), start, rateLimit});
    }
    return flows;
}

} // namespace ns3::m3
