// SPDX-License-Identifier: GPL-2.0-only
// ReadTopologyFile; what was read and written is read again as it was.
#include "fuzz.h"

#include "fabric/topology-file.h"

namespace ns3::m3
{

namespace
{

bool AreEqual(const FabricGraph& a, const FabricGraph& b)
{
    bool equal = a.NodeCount() == b.NodeCount() && a.LinkCount() == b.LinkCount() && a.Hosts() == b.Hosts();
    for (LinkId id = 0; equal && id < a.LinkCount(); id++)
    {
        const FabricLink& x = a.Link(id);
        const FabricLink& y = b.Link(id);
        equal = x.from == y.from && x.to == y.to && x.bitsPerSecond == y.bitsPerSecond && x.delayNs == y.delayNs &&
                x.errorRate == y.errorRate;
    }
    return equal;
}

} // namespace

bool FuzzOne(const uint8_t* data, std::size_t size)
{
    static const InputFile input;
    return IsRead(
        [&]
        {
            const FabricGraph fabric = ReadTopologyFile(input.With(data, size));
            static const std::string written = OutputFolder() / "topology";
            WriteTopologyFile(fabric, written);
            Require(AreEqual(ReadTopologyFile(written), fabric), "a topology written is read again as it was");
        });
}

} // namespace ns3::m3
