// SPDX-License-Identifier: GPL-2.0-only
// ReadRackWeights, and the pairs of hosts drawn from it on a network of 4 racks.
#include "fuzz.h"

#include "ns3/m3-fabric-shapes.h"
#include "workload/traffic-matrix.h"

namespace ns3::m3
{

bool FuzzOne(const uint8_t* data, std::size_t size)
{
    static const InputFile input;
    static const FabricGraph fabric = MakeLeafSpine({4, 2, 1});
    return IsRead(
        [&]
        {
            const RackWeights weights = ReadRackWeights(input.With(data, size));
            const TrafficMatrix matrix(fabric, weights.rows, weights.blocks);
            RandomStream random(1);
            for (int i = 0; i < 20; i++)
            {
                const auto [src, dst] = matrix.Sample(random);
                Require(src != dst && fabric.IsHost(src) && fabric.IsHost(dst), "two hosts are drawn");
            }
            double sum = 0;
            for (std::size_t pair = 0; pair < 16; pair++)
            {
                const std::size_t pairsOfHosts = 2 * (2 - (pair / 4 == pair % 4));
                sum += matrix.ShareOfHosts(pair / 4, pair % 4) * static_cast<double>(pairsOfHosts);
            }
            Require(sum > 0.999 && sum < 1.001, "the shares of all pairs are 1 together");
        });
}

} // namespace ns3::m3
