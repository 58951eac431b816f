#include "rdma-config.h"

#include "shared-buffer.h"

#include "ns3/ideal-fct.h"
#include "ns3/input-error.h"

#include <algorithm>
#include <limits>

namespace ns3::m3
{

namespace
{

constexpr uint64_t SCALE_RATE = 10'000'000'000; //!< host rate for which the defaults of docs/guide.md are given
constexpr uint64_t POOL_BYTES_AT_SCALE_RATE = 20000;
constexpr uint32_t HPCC_HOPS = 5;

uint64_t Scaled(uint64_t value, uint64_t rate, uint64_t baseRate)
{
    return static_cast<uint64_t>(static_cast<long double>(value) * rate / baseRate);
}

/// Whether a control looks at ECN marks; one that was registered may.
bool ReadsMarks(CongestionControlType control)
{
    return control == CongestionControlType::DCTCP || control == CongestionControlType::DCQCN ||
           control >= CongestionControlType::REGISTERED;
}

/// Base RTT and BDP as the HPCC simulator computes them: payload only, no ACK.
struct HpccPair
{
    int64_t rttNs;
    uint64_t bdpBytes;
};

HpccPair HpccBaseOf(const FabricGraph& fabric, const Route& route)
{
    uint64_t rtt = 0;
    for (LinkId id : route)
    {
        const FabricLink& link = fabric.Link(id);
        rtt += 2 * static_cast<uint64_t>(link.delayNs) + 8'000'000'000U * MTU_PAYLOAD_BYTES / link.bitsPerSecond;
    }
    const auto bits = static_cast<Uint128>(rtt) * BottleneckRate(fabric, route) / 1'000'000'000U;
    return {static_cast<int64_t>(rtt), static_cast<uint64_t>(bits / 8)};
}

} // namespace

uint32_t RdmaConfig::TelemetryBytes() const
{
    switch (TelemetryOf(congestionControl))
    {
    case Telemetry::TIME_STAMP:
        return 8;
    case Telemetry::HOPS:
        return 2 + 8 * HPCC_HOPS;
    case Telemetry::PINT:
        return 2;
    case Telemetry::NONE:
        break;
    }
    return 0;
}

uint32_t RdmaConfig::HeaderBytes() const
{
    return DATA_HEADER_BYTES + TelemetryBytes();
}

uint32_t RdmaConfig::AckBytes() const
{
    constexpr uint32_t HEADERS = 34;
    constexpr uint32_t SMALLEST = 26;
    return HEADERS + std::max(SMALLEST, 12 + TelemetryBytes());
}

PairBase RdmaConfig::BaseOfPair(const FabricGraph& fabric, const RouteTable& routes, const Route& route) const
{
    if (baseRttNs && windowBytes)
    {
        return {*baseRttNs, *windowBytes};
    }
    if (mode == EngineMode::HPCC)
    {
        Route first;
        routes.FirstRoute(fabric.Link(route.front()).from, fabric.Link(route.back()).to, first);
        const HpccPair pair = HpccBaseOf(fabric, first);
        return {baseRttNs.value_or(pair.rttNs), windowBytes.value_or(pair.bdpBytes)};
    }
    const int64_t rtt = baseRttNs.value_or(BaseRttNs(fabric, route, HeaderBytes(), AckBytes()));
    const auto bdp = static_cast<Uint128>(rtt) * BottleneckRate(fabric, route) / 8'000'000'000U;
    return {rtt, windowBytes.value_or(static_cast<uint64_t>(bdp))};
}

RdmaConfig RdmaConfig::Resolve(const FabricGraph& fabric, const RouteTable& routes) const
{
    RdmaConfig resolved = *this;
    const uint64_t hostRate = fabric.HostRate();
    const auto fill = [hostRate](auto& value, uint64_t atScaleRate)
    {
        if (!value)
        {
            value = Scaled(atScaleRate, hostRate, SCALE_RATE);
        }
    };
    fill(resolved.minRateBps, SCALE_RATE / 100);
    fill(resolved.dctcpKBytes, 15'000);
    fill(resolved.dctcpAiBps, 615'000'000);
    fill(resolved.dcqcnKminBytes, 10'000);
    fill(resolved.dcqcnKmaxBytes, 40'000);
    fill(resolved.dcqcnAiBps, 2'000'000);
    fill(resolved.dcqcnHaiBps, 20'000'000);
    fill(resolved.hpccAiBps, 50'000'000);
    fill(resolved.timelyAiBps, 10'000'000);
    fill(resolved.timelyHaiBps, 50'000'000);
    if (!perPairWindow && (!baseRttNs || !windowBytes))
    {
        int64_t rtt = 0;
        uint64_t bdp = 0;
        if (mode == EngineMode::HPCC)
        {
            ForEachRepresentativePair(fabric,
                                      routes,
                                      [&](NodeId, NodeId, const Route& route)
                                      {
                                          const HpccPair pair = HpccBaseOf(fabric, route);
                                          rtt = std::max(rtt, pair.rttNs);
                                          bdp = std::max(bdp, pair.bdpBytes);
                                      });
        }
        else
        {
            rtt = baseRttNs.value_or(MaxBaseRttNs(fabric, routes, HeaderBytes(), AckBytes()));
            bdp = static_cast<uint64_t>(static_cast<Uint128>(rtt) * hostRate / 8'000'000'000U);
        }
        resolved.baseRttNs = baseRttNs.value_or(rtt);
        resolved.windowBytes = windowBytes.value_or(bdp);
    }
    const bool isHpcc =
        congestionControl == CongestionControlType::HPCC || congestionControl == CongestionControlType::HPCC_PINT;
    if (isHpcc && resolved.windowBytes && *resolved.windowBytes == 0)
    {
        throw InputError("HPCC needs a window above 0; leave it unset for the path's bandwidth-delay product");
    }
    if (*resolved.dcqcnKminBytes > *resolved.dcqcnKmaxBytes || !(dcqcnPmax >= 0 && dcqcnPmax <= 1))
    {
        throw InputError("DCQCN needs Kmin at most Kmax and a marking probability of at most 1");
    }
    if (isHpcc && !(hpccEta > 0 && hpccEta <= 1))
    {
        throw InputError("HPCC's target utilisation must be above 0 and at most 1");
    }
    if (congestionControl == CongestionControlType::HPCC_PINT && !resolved.baseRttNs)
    {
        throw InputError("HPCC-PINT's switches need a base RTT; set one where every pair has its own");
    }
    if (!(pintLogBase > 1) || !(pintProbability > 0 && pintProbability <= 1))
    {
        throw InputError("PINT needs a base above 1 and a probability above 0 and at most 1");
    }
    return resolved;
}

EcnProfile EcnProfileOfPort(const RdmaConfig& config, uint64_t portRate, uint64_t hostRate)
{
    constexpr EcnProfile NEVER{std::numeric_limits<uint64_t>::max(), std::numeric_limits<uint64_t>::max(), 0};
    if (!config.ecnByRate.empty())
    {
        const auto profile = config.ecnByRate.find(portRate);
        if (profile != config.ecnByRate.end())
        {
            return profile->second;
        }
        if (config.mode == EngineMode::HPCC)
        {
            return {0, 0, 0};
        }
        if (ReadsMarks(config.congestionControl))
        {
            throw InputError("no ECN thresholds for ports of " + std::to_string(portRate) + " bit/s");
        }
        return NEVER;
    }
    if (config.congestionControl == CongestionControlType::DCTCP ||
        config.congestionControl >= CongestionControlType::REGISTERED)
    {
        const uint64_t k = Scaled(*config.dctcpKBytes, portRate, hostRate);
        return {k, k, 1};
    }
    if (config.congestionControl == CongestionControlType::DCQCN)
    {
        return {Scaled(*config.dcqcnKminBytes, portRate, hostRate),
                Scaled(*config.dcqcnKmaxBytes, portRate, hostRate),
                config.dcqcnPmax};
    }
    return NEVER;
}

uint64_t PortHeadroomBytes(const FabricLink& link, const RdmaConfig& config)
{
    if (config.mode == EngineMode::HPCC)
    {
        const uint64_t bdp = link.bitsPerSecond * static_cast<uint64_t>(link.delayNs) / 8 / 1'000'000'000U;
        return static_cast<uint32_t>(bdp * 3);
    }
    if (!config.pfc)
    {
        return 0;
    }
    const auto flight = static_cast<Uint128>(link.bitsPerSecond) * (2 * link.delayNs) / 8'000'000'000U;
    return static_cast<uint64_t>(flight) + 3 * (MTU_PAYLOAD_BYTES + config.HeaderBytes()) + 2 * PFC_FRAME_BYTES;
}

SwitchBuffer BufferOfSwitch(const FabricGraph& fabric, NodeId node, const RdmaConfig& config)
{
    SwitchBuffer buffer;
    const auto& ports = fabric.EgressLinks(node);
    for (LinkId egress : ports)
    {
        buffer.fixedBytes += PORT_RESERVE_BYTES + PortHeadroomBytes(fabric.Link(ReverseLink(egress)), config);
    }
    if (!config.nodeSharedPoolBytes.empty() && config.nodeSharedPoolBytes.at(node) > 0)
    {
        buffer.poolBytes = config.nodeSharedPoolBytes[node];
    }
    else if (!config.bufferBytes)
    {
        buffer.poolBytes = Scaled(POOL_BYTES_AT_SCALE_RATE, fabric.PortCapacity(node), SCALE_RATE);
    }
    else if (config.mode == EngineMode::STANDARD && *config.bufferBytes < buffer.fixedBytes + MTU_PAYLOAD_BYTES)
    {
        throw InputError("switch " + std::to_string(node) + ": a buffer of " + std::to_string(*config.bufferBytes) +
                         " B is too small: reserve and headroom of its " + std::to_string(ports.size()) +
                         " ports take " + std::to_string(buffer.fixedBytes) + " B; the smallest that works is " +
                         std::to_string(buffer.fixedBytes + MTU_PAYLOAD_BYTES) + " B");
    }
    else
    {
        buffer.poolBytes = *config.bufferBytes - buffer.fixedBytes;
        buffer.wraps = config.mode == EngineMode::HPCC && *config.bufferBytes < buffer.fixedBytes;
    }
    return buffer;
}

uint64_t SharedPoolBytes(const FabricGraph& fabric, NodeId node, const RdmaConfig& config)
{
    const SwitchBuffer buffer = BufferOfSwitch(fabric, node, config);
    if (buffer.wraps)
    {
        return std::numeric_limits<uint64_t>::max();
    }
    const bool given = !config.nodeSharedPoolBytes.empty() && config.nodeSharedPoolBytes[node] > 0;
    const bool headroomIsFilled = config.mode == EngineMode::HPCC && !config.pfc && !given;
    const uint64_t headroom = buffer.fixedBytes - PORT_RESERVE_BYTES * fabric.EgressLinks(node).size();
    return buffer.poolBytes + (headroomIsFilled ? headroom : 0);
}

} // namespace ns3::m3
