// SPDX-License-Identifier: GPL-2.0-only
// ReadFlowFile with starts of each kind, on 8 hosts around a switch; what was read and written in ns is read again as
// it was.
#include "traffic.h"

#include <algorithm>

namespace ns3::m3
{

namespace
{

bool AreEqual(const FlowList& a, const FlowList& b)
{
    return std::equal(a.begin(),
                      a.end(),
                      b.begin(),
                      b.end(),
                      [](const Flow& x, const Flow& y) {
                          return x.src == y.src && x.dst == y.dst && x.sizeBytes == y.sizeBytes &&
                                 x.startNs == y.startNs;
                      });
}

} // namespace

bool FuzzOne(const uint8_t* data, std::size_t size)
{
    static const InputFile input;
    static const FabricGraph fabric = EightHosts();
    bool taken = false;
    for (StartTimes times : {StartTimes::SECONDS, StartTimes::NANOSECONDS, StartTimes::HPCC_SECONDS})
    {
        taken |= IsRead(
            [&]
            {
                const FlowList flows = ReadFlowFile(input.With(data, size), fabric, times);
                Require(!flows.empty(), "a file has flows");
                static const std::string written = OutputFolder() / "flows";
                WriteFlowFile(flows, written, StartTimes::NANOSECONDS);
                Require(AreEqual(ReadFlowFile(written, fabric, StartTimes::NANOSECONDS), flows),
                        "flows written are read again as they were");
            });
    }
    return taken;
}

} // namespace ns3::m3
