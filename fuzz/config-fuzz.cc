// SPDX-License-Identifier: GPL-2.0-only
// ReadHpccConfig; what it takes is resolved for a small network and divides its switch's buffer, or is refused there.
#include "fuzz.h"

#include "packet/hpcc/hpcc-files.h"

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
        star.AddLink(star.AddNode(NodeKind::HOST), hub, 25'000'000'000, 2000);
        return star;
    }();
    HpccRun run;
    if (!IsRead([&] { run = ReadHpccConfig(input.With(data, size), {"topology", "flows"}); }))
    {
        return false;
    }
    const RouteTable routes(fabric, run.config.mode);
    IsRead(
        [&]
        {
            const RdmaConfig config = run.config.Resolve(fabric, routes);
            BufferOfSwitch(fabric, 0, config);
            for (LinkId link = 0; link < fabric.LinkCount(); link++)
            {
                const EcnProfile ecn = EcnProfileOfPort(config, fabric.Link(link).bitsPerSecond);
                Require(ecn.pmax >= 0, "a marking probability is not negative");
            }
        });
    return true;
}

} // namespace ns3::m3
