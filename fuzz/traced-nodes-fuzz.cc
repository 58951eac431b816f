// SPDX-License-Identifier: GPL-2.0-only
// ReadTracedNodes; a list that was read and written again gives the same nodes.
#include "fuzz.h"

#include "packet/hpcc/packet-trace.h"

#include <fstream>

namespace ns3::m3
{

bool FuzzOne(const uint8_t* data, std::size_t size)
{
    static const InputFile input;
    static const FabricGraph fabric = []
    {
        FabricGraph star;
        const NodeId hub = star.AddNode(NodeKind::SWITCH);
        star.AddLink(star.AddNode(NodeKind::HOST), hub, 10'000'000'000, 1000);
        star.AddLink(star.AddNode(NodeKind::HOST), hub, 10'000'000'000, 1000);
        return star;
    }();
    return IsRead(
        [&]
        {
            const std::vector<uint32_t> times = ReadTracedNodes(input.With(data, size), fabric);
            Require(times.size() == fabric.NodeCount(), "each node has a number");
            static const std::string written = OutputFolder() / "traced";
            std::ofstream out(written);
            uint64_t count = 0;
            for (const uint32_t one : times)
            {
                count += one;
            }
            out << count << '\n';
            for (NodeId node = 0; node < times.size(); node++)
            {
                for (uint32_t time = 0; time < times[node]; time++)
                {
                    out << node << '\n';
                }
            }
            out.close();
            Require(ReadTracedNodes(written, fabric) == times, "nodes that are written are read again as they were");
        });
}

} // namespace ns3::m3
