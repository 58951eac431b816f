// SPDX-License-Identifier: GPL-2.0-only
#include "path-maps.h"

#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-link-timing.h"
#include "ns3/m3-rdma-config.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ns3::m3
{

namespace
{

template <typename T>
void Extend(std::vector<T>& all, const std::vector<T>& more)
{
    all.insert(all.end(), more.begin(), more.end());
}

} // namespace

void Append(PathMaps& all, const PathMaps& more)
{
    for (std::size_t path = 0; path < more.Count(); path++)
    {
        all.rowBegin.push_back(all.rowBegin.back() + more.Rows(path));
    }
    Extend(all.slowdown, more.slowdown);
    Extend(all.parameters, more.parameters);
    Extend(all.flows, more.flows);
}

bool IsPublishedPathLength(std::size_t links)
{
    return links == 2 || links == 4 || links == 6;
}

std::array<float, PATH_PARAMETERS>
PathParameters(const FabricGraph& fabric, const Route& path, const RdmaConfig& resolved)
{
    if (!IsPublishedPathLength(path.size()))
    {
        throw InputError("the published model knows paths of 2, 4 and 6 links, this one has " +
                         std::to_string(path.size()));
    }
    if (resolved.perPairWindow && !resolved.windowBytes)
    {
        throw InputError("the published model knows one window for all flows, not one per pair of hosts");
    }
    constexpr double PUBLISHED_BPS = 10e9;
    const uint64_t hostRate = fabric.Link(path.front()).bitsPerSecond;
    const RdmaConfig config = resolved.AtNic(hostRate);
    switch (config.congestionControl)
    {
    case CongestionControlType::DCTCP:
    case CongestionControlType::DCQCN:
    case CongestionControlType::HPCC:
    case CongestionControlType::TIMELY:
        break;
    default:
        throw InputError("the published model knows dctcp, dcqcn, hpcc and timely, not " +
                         CongestionControlName(config.congestionControl));
    }
    int64_t delayNs = 0;
    double buffer = std::numeric_limits<double>::infinity();
    for (LinkId link : path)
    {
        delayNs += fabric.Link(link).delayNs;
        const NodeId node = fabric.Link(link).to;
        if (!fabric.IsHost(node))
        {
            const SwitchBuffer of = BufferOfSwitch(fabric, node, config);
            // where the threshold wraps, so does this sum, to the buffer that was set
            buffer = std::min(buffer, static_cast<double>(of.fixedBytes + of.poolBytes));
        }
    }
    const EcnProfile marking = EcnProfileOfPort(config, hostRate);
    std::array<float, PATH_PARAMETERS> values{};
    WriteInputs<PATH_SCHEMA>(PathFacts{config,
                                       static_cast<double>(hostRate) / PUBLISHED_BPS,
                                       path.size(),
                                       static_cast<double>(delayNs),
                                       buffer,
                                       static_cast<double>(marking.kminBytes),
                                       static_cast<double>(marking.kmaxBytes)},
                             values.data());
    return values;
}

} // namespace ns3::m3
