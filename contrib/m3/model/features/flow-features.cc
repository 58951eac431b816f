// SPDX-License-Identifier: GPL-2.0-only
#include "flow-features.h"

#include "feature-schema.h"

#include "ns3/m3-link-timing.h"

#include <algorithm>
#include <cstddef>

namespace ns3::m3
{

namespace
{

/// Appends values. Capacity grows by a quarter, not twofold: these are most of the memory of a training.
void AppendValues(std::vector<float>& values, const std::vector<float>& more)
{
    constexpr std::size_t PART = 4;
    const std::size_t size = values.size() + more.size();
    if (size > values.capacity())
    {
        values.reserve(std::max(size, values.capacity() + values.capacity() / PART));
    }
    values.insert(values.end(), more.begin(), more.end());
}

} // namespace

void Append(FlowFeatures& features, const FlowFeatures& more)
{
    if (features.hopBegin.empty())
    {
        features.hopBegin.push_back(0);
    }
    const uint32_t offset = features.hopBegin.back();
    for (std::size_t i = 1; i < more.hopBegin.size(); i++)
    {
        features.hopBegin.push_back(offset + more.hopBegin[i]);
    }
    AppendValues(features.flow, more.flow);
    AppendValues(features.hop, more.hop);
}

namespace
{

/// Share of packets that the links of a route lose.
double LossShare(const FabricGraph& fabric, const FluidFlow& flow)
{
    double arrives = 1;
    for (const LinkId link : flow.links)
    {
        arrives *= 1 - fabric.Link(link).errorRate;
    }
    return 1 - arrives;
}

} // namespace

void FillFlowInputs(const FabricGraph& fabric,
                    const RdmaConfig& resolved,
                    const HopSettings& settings,
                    const FlowList& flows,
                    const std::vector<uint32_t>& selection,
                    const FluidRun& run,
                    FlowFeatures& features)
{
    const std::map<uint64_t, RdmaConfig> configs = ConfigsByNic(fabric, resolved);
    const auto is = [&](CongestionControlType type) { return resolved.congestionControl == type; };
    features.flow.resize(selection.size() * FLOW_INPUTS);
    float* row = features.flow.data();
    for (const uint32_t flow : selection)
    {
        const FluidFlow& fluid = run.fluid.flows[flow];
        const uint64_t nicRate = NicRateOf(fabric, fluid);
        const EcnProfile ecn = EcnProfileOfPort(resolved, nicRate);
        const UncongestedFct uncongested = UncongestedFctOf(fabric, flows, run.fluid, flow);
        const FlowFacts facts{configs.at(nicRate),
                              settings.rttNs,
                              static_cast<double>(nicRate),
                              BdpBytes(nicRate, settings.rttNs),
                              settings.WindowBytes(nicRate),
                              static_cast<double>(ecn.kminBytes),
                              static_cast<double>(ecn.kmaxBytes),
                              ecn.pmax,
                              is(CongestionControlType::DCTCP),
                              is(CongestionControlType::DCQCN),
                              is(CongestionControlType::HPCC),
                              is(CongestionControlType::TIMELY),
                              is(CongestionControlType::NONE),
                              flows[flow].sizeBytes,
                              static_cast<double>(PacketCount(flows[flow].sizeBytes, resolved.payloadBytes)),
                              fluid.bits / 8,
                              static_cast<double>(fluid.links.size()),
                              uncongested.idealNs,
                              uncongested.Slowdown(run.fluidFctNs[flow]),
                              fluid.bits / uncongested.unloadedNs * 1e9,
                              RouteRttNs(fabric, settings, fluid),
                              LossShare(fabric, fluid)};
        WriteInputs<FLOW_SCHEMA>(facts, row);
        row += FLOW_INPUTS;
    }
}

FlowFeatures ViewFluid(const FabricGraph& fabric,
                       const RouteTable& routes,
                       const RdmaConfig& config,
                       const FlowList& flows,
                       const std::vector<uint32_t>& selection,
                       const FluidRun& run)
{
    const HopSettings settings(fabric, routes, config);
    FlowFeatures features = ViewHops(fabric, settings, flows, selection, run);
    FillFlowInputs(fabric, config, settings, flows, selection, run, features);
    return features;
}

} // namespace ns3::m3
