// SPDX-License-Identifier: GPL-2.0-only
#include "flow-generator.h"

#include "core/text-format.h"
#include "fabric/expected-loads.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-link-timing.h"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace ns3::m3
{

std::vector<double> ExpectedLinkShares(const FabricGraph& fabric, const RouteTable& routes, const TrafficMatrix& matrix)
{
    std::vector<double> shares(fabric.LinkCount(), 0);
    AddExpectedLoads(
        fabric,
        routes.Mode(),
        matrix.Racks(),
        [&matrix](std::size_t src, std::size_t dst) { return matrix.ShareOfHosts(src, dst); },
        shares);
    return shares;
}

FlowList GenerateFlows(const FabricGraph& fabric,
                       const RouteTable& routes,
                       const TrafficMatrix& matrix,
                       const SizeDistribution& sizes,
                       const TrafficSpec& spec)
{
    constexpr uint64_t MAX_FLOWS = 1'000'000'000;
    constexpr uint32_t MAX_SETTABLE_HEADER_BYTES = 65'535;
    if (spec.flows < 1 || spec.flows > MAX_FLOWS)
    {
        throw InputError("flows: must be at least 1 and at most " + std::to_string(MAX_FLOWS) + ", is " +
                         std::to_string(spec.flows));
    }
    if (spec.headerBytes > MAX_SETTABLE_HEADER_BYTES)
    {
        throw InputError("header bytes: must be at most " + std::to_string(MAX_SETTABLE_HEADER_BYTES) + ", is " +
                         std::to_string(spec.headerBytes));
    }
    if (!(spec.load > 0 && spec.load < 1))
    {
        throw InputError("load: must be above 0 and below 1, is " + FormatText("%g", spec.load));
    }
    if (!(spec.lognormalSigma >= 0 && spec.lognormalSigma <= 5))
    {
        throw InputError("sigma: must be in 0..5, is " + FormatText("%g", spec.lognormalSigma));
    }
    RandomStream pairStream(spec.seed * 3);
    RandomStream sizeStream(spec.seed * 3 + 1);
    RandomStream gapStream(spec.seed * 3 + 2);

    FlowList flows(spec.flows);
    double wireBits = 0;
    for (Flow& flow : flows)
    {
        std::tie(flow.src, flow.dst) = matrix.Sample(pairStream);
        flow.sizeBytes = sizes.Sample(sizeStream);
        wireBits += 8.0 * static_cast<double>(WireBytes(flow.sizeBytes, {spec.headerBytes, spec.payloadBytes}));
    }

    const std::vector<double> shares = ExpectedLinkShares(fabric, routes, matrix);
    double secondsPerBit = 0; // on the most loaded link, per bit sent in the network
    for (LinkId link = 0; link < shares.size(); link++)
    {
        secondsPerBit = std::max(secondsPerBit, shares[link] / static_cast<double>(fabric.Link(link).bitsPerSecond));
    }
    const double meanGapNs = 1e9 * secondsPerBit * wireBits / static_cast<double>(spec.flows) / spec.load;
    const double sigma = spec.lognormalSigma;
    double timeNs = 0;
    for (Flow& flow : flows)
    {
        timeNs += meanGapNs *
                  (sigma > 0 ? std::exp(sigma * gapStream.Normal() - sigma * sigma / 2) : gapStream.Exponential());
        flow.startNs = std::llround(timeNs);
    }
    return flows;
}

} // namespace ns3::m3
