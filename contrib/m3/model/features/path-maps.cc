// SPDX-License-Identifier: GPL-2.0-only
#include "path-maps.h"

#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-hpcc.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-link-timing.h"
#include "ns3/m3-rdma-config.h"
#include "ns3/m3-timely.h"

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
    constexpr double MOST_BUFFER = 1000;
    constexpr double BUFFER_UNIT = 10240;
    const uint64_t hostRate = fabric.Link(path.front()).bitsPerSecond;
    const RdmaConfig config = resolved.AtNic(hostRate);
    const double scale = static_cast<double>(hostRate) / PUBLISHED_BPS;
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
            buffer = std::min(buffer, static_cast<double>(of.fixedBytes + of.poolBytes) / BUFFER_UNIT);
        }
    }
    const auto kilobytes = [scale](uint64_t bytes)
    { return static_cast<float>(static_cast<double>(bytes) / 1000 / scale); };
    std::array<float, PATH_PARAMETERS> values{};
    values[path.size() / 2 - 1] = 1;
    values[3] = static_cast<float>(2 * static_cast<double>(delayNs) * PUBLISHED_BPS / 8e9 / MTU_PAYLOAD_BYTES);
    values[4] = static_cast<float>(std::min(MOST_BUFFER, buffer / scale));
    values[5] = kilobytes(*config.windowBytes);
    values[config.pfc ? 6 : 7] = 1;
    const EcnProfile marking = EcnProfileOfPort(config, hostRate);
    constexpr double DCQCN_SHARE = 0.4; // of the parameter, at a port of 10 Gb/s: it is meant for 25 Gb/s
    switch (config.congestionControl)
    {
    case CongestionControlType::DCTCP:
        values[8] = 1;
        values[12] = kilobytes(marking.kminBytes);
        break;
    case CongestionControlType::DCQCN:
        values[9] = 1;
        values[13] = static_cast<float>(kilobytes(marking.kminBytes) / DCQCN_SHARE);
        values[14] = static_cast<float>(kilobytes(marking.kmaxBytes) / DCQCN_SHARE);
        break;
    case CongestionControlType::HPCC:
        values[10] = 1;
        values[15] = static_cast<float>(100 * config.Of<HpccConfig>().eta);
        values[16] = static_cast<float>(static_cast<double>(*config.Of<HpccConfig>().aiBps) / 10e6 / scale);
        break;
    case CongestionControlType::TIMELY:
        values[11] = 1;
        values[17] = static_cast<float>(config.Of<TimelyConfig>().tLowNs) / 1000;
        values[18] = static_cast<float>(config.Of<TimelyConfig>().tHighNs) / 1000;
        break;
    default:
        throw InputError("the published model knows dctcp, dcqcn, hpcc and timely, not " +
                         CongestionControlName(config.congestionControl));
    }
    return values;
}

} // namespace ns3::m3
