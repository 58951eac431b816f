// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-rdma-config.h"

#include "fabric/first-routes.h"
#include "fabric/ideal-fct.h"
#include "fabric/mode-rules.h"
#include "ns3/m3-control-description.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-load-balancing-description.h"
#include "ns3/m3-recovery-description.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <set>

namespace ns3::m3
{

namespace
{

constexpr uint64_t POOL_BYTES_AT_SCALE_RATE = 20000;
constexpr uint32_t HPCC_HOPS = 5;

/// Bandwidth-delay product in bytes, at most 2^63 - 1.
uint64_t BandwidthDelayBytes(int64_t rttNs, uint64_t bitsPerSecond)
{
    constexpr Uint128 LARGEST = std::numeric_limits<int64_t>::max();
    return static_cast<uint64_t>(std::min(LARGEST, static_cast<Uint128>(rttNs) * bitsPerSecond / 8'000'000'000U));
}

/// A route as the HPCC simulator times it: payload only, no ACK.
struct HpccRoute
{
    uint64_t rttNs;
    uint64_t slowestBps;

    /// Bandwidth-delay product of the slowest link.
    uint64_t BdpBytes() const
    {
        return static_cast<uint64_t>(static_cast<Uint128>(rttNs) * slowestBps / 1'000'000'000U / 8);
    }
};

/// A link and the route behind it. \param rest null if there is none
HpccRoute HpccRouteFrom(const FabricGraph& fabric, LinkId id, const HpccRoute* rest, const PacketFormat& format)
{
    const FabricLink& link = fabric.Link(id);
    const int64_t delaysNs =
        HopDelayNs(fabric, link, format.nodes) + HopDelayNs(fabric, fabric.Link(ReverseLink(id)), format.nodes);
    const uint64_t rtt = static_cast<uint64_t>(delaysNs) + 8'000'000'000U * format.payloadBytes / link.bitsPerSecond;
    return rest ? HpccRoute{rest->rttNs + rtt, std::min(rest->slowestBps, link.bitsPerSecond)}
                : HpccRoute{rtt, link.bitsPerSecond};
}

/// Base RTT and window of all flows in `HPCC` mode, where unset: the largest of any pair.
void SetHpccBase(const FabricGraph& fabric, const RouteTable& routes, RdmaConfig& config)
{
    if (config.baseRttNs && config.windowBytes)
    {
        return;
    }
    const PacketFormat format = config.Format();
    int64_t rttNs = 0;
    uint64_t bdpBytes = 0;
    FoldFirstRoutes<HpccRoute>(
        fabric,
        routes,
        [&](LinkId link, const HpccRoute* rest) { return HpccRouteFrom(fabric, link, rest, format); },
        [&](const HpccRoute& route)
        {
            rttNs = std::max(rttNs, static_cast<int64_t>(route.rttNs));
            bdpBytes = std::max(bdpBytes, route.BdpBytes());
        });
    config.baseRttNs = config.baseRttNs.value_or(rttNs);
    config.windowBytes = config.windowBytes.value_or(bdpBytes);
}

/// \throws InputError for a rate that is set beyond those of links
void CheckRate(const std::optional<uint64_t>& rate)
{
    if (rate && (*rate < MIN_LINK_BPS || *rate > MAX_LINK_BPS))
    {
        throw InputError("rates and their steps must be above 0 and at most 1000 Tb/s");
    }
}

/// \throws InputError for values that cannot work
void CheckResolved(const RdmaConfig& config)
{
    CheckRate(config.hostRateBps);
    std::vector<const ParameterTable*> tables = ControlOf(config.congestionControl).parameters;
    tables.insert(tables.end(), {&TransportParameters(), &SwitchParameters()});
    const LoadBalancingDescription& balancing = LoadBalancingOf(config.loadBalancing);
    tables.insert(tables.end(), balancing.parameters.begin(), balancing.parameters.end());
    const RecoveryDescription& recovery = RecoveryOf(config.recovery);
    tables.insert(tables.end(), recovery.parameters.begin(), recovery.parameters.end());
    for (const ParameterTable* table : tables)
    {
        for (const Parameter& parameter : *table)
        {
            parameter.Check(config);
            const std::optional<ParameterValue> value = parameter.get(config);
            if (value && parameter.kind == ParameterKind::RATE)
            {
                CheckRate(std::get<uint64_t>(*value));
            }
        }
    }
    if (!RulesOf(config.mode).timesNodes && !config.Format().nodes.IsPlain())
    {
        throw InputError("switch-delay, host-delay and cut-through: " + EngineModeName(config.mode) +
                         " mode has neither processing delays nor cut-through switching; standard mode does");
    }
    if (config.mode == EngineMode::HPCC && (balancing.make || recovery.make))
    {
        throw InputError("load-balancing and recovery: hpcc mode has ecmp and go-back-n; standard mode has others");
    }
    if (const auto& check = ControlOf(config.congestionControl).check)
    {
        check(config);
    }
    if (config.parallelPostNs && config.mode != EngineMode::HPCC)
    {
        throw InputError("the order of events of a parallel run is taken in hpcc mode only");
    }
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

PacketFormat RdmaConfig::Format() const
{
    return {HeaderBytes(), payloadBytes, {switchDelayNs, hostDelayNs, cutThroughBytes}};
}

uint64_t RdmaConfig::AckCount(uint64_t sizeBytes) const
{
    const uint64_t packetsOfAck = (ackIntervalBytes + payloadBytes - 1) / payloadBytes;
    return (PacketCount(sizeBytes, payloadBytes) + packetsOfAck - 1) / packetsOfAck;
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
    if (RulesOf(mode).sharesBase)
    {
        Route first;
        routes.FirstRoute(fabric.Link(route.front()).from, fabric.Link(route.back()).to, first);
        const PacketFormat format = Format();
        HpccRoute whole = HpccRouteFrom(fabric, first.back(), nullptr, format);
        for (auto link = std::next(first.rbegin()); link != first.rend(); ++link)
        {
            whole = HpccRouteFrom(fabric, *link, &whole, format);
        }
        return {baseRttNs.value_or(static_cast<int64_t>(whole.rttNs)), windowBytes.value_or(whole.BdpBytes())};
    }
    const int64_t rtt = baseRttNs.value_or(BaseRttNs(fabric, route, Format(), AckBytes()));
    return {rtt, windowBytes.value_or(BandwidthDelayBytes(rtt, BottleneckRate(fabric, route)))};
}

namespace
{

/// \throws InputError for a network that the mode or the configuration has no rules for
void CheckNetwork(const FabricGraph& fabric, const RdmaConfig& config)
{
    if (!RulesOf(config.mode).takesDirectNetworks && (fabric.HasForwardingHosts() || fabric.HasAsymmetricLinks()))
    {
        throw InputError(EngineModeName(config.mode) + " mode has neither hosts that forward nor links with a rate for "
                                                       "each direction; standard mode does");
    }
    if (fabric.HasForwardingHosts() && config.ackHighPriority)
    {
        throw InputError("ack-high-priority: ACKs cannot pass a pause where hosts forward");
    }
}

} // namespace

RdmaConfig RdmaConfig::Resolve(const FabricGraph& fabric, const RouteTable& routes) const
{
    CheckNetwork(fabric, *this);
    RdmaConfig resolved = *this;
    resolved.hostRateBps = hostRateBps ? *hostRateBps : fabric.HostRate();
    for (const Parameter* parameter : AllParameters())
    {
        parameter->Fill(resolved, ScaledBy::HOST_RATE, *resolved.hostRateBps, 0);
    }
    if (!perPairWindow && RulesOf(mode).sharesBase)
    {
        SetHpccBase(fabric, routes, resolved);
    }
    else if (!perPairWindow && !baseRttNs)
    {
        resolved.baseRttNs = MaxBaseRttNs(fabric, routes, Format(), AckBytes());
    }
    CheckResolved(resolved);
    return resolved;
}

RdmaConfig RdmaConfig::AtNic(uint64_t nicBps) const
{
    const uint64_t nic = RulesOf(mode).sharesHostRate ? *hostRateBps : nicBps;
    RdmaConfig config = *this;
    for (const Parameter* parameter : AllParameters())
    {
        parameter->Fill(config, ScaledBy::NIC_RATE, nic, 1); // of a NIC so slow that nothing would be left, 1 bit/s
    }
    if (!windowBytes && !perPairWindow)
    {
        config.windowBytes = std::max<uint64_t>(1, BandwidthDelayBytes(*baseRttNs, nic)); // 0 would be no window
    }
    return config;
}

std::map<uint64_t, RdmaConfig> ConfigsByNic(const FabricGraph& fabric, const RdmaConfig& resolved)
{
    std::map<uint64_t, RdmaConfig> configs;
    for (const NodeId host : fabric.Hosts())
    {
        for (const LinkId link : fabric.EgressLinks(host))
        {
            const uint64_t rate = fabric.Link(link).bitsPerSecond;
            if (configs.find(rate) == configs.end())
            {
                configs.emplace(rate, resolved.AtNic(rate));
            }
        }
    }
    return configs;
}

namespace
{

/// A profile of ports of one rate at a port of another.
EcnProfile ScaledProfile(const EcnProfile& profile, uint64_t portRate, uint64_t ofRate)
{
    return {ScaledToRate(profile.kminBytes, portRate, ofRate),
            ScaledToRate(profile.kmaxBytes, portRate, ofRate),
            profile.pmax};
}

} // namespace

EcnProfile EcnProfileOfPort(const RdmaConfig& config, uint64_t portRate)
{
    constexpr EcnProfile NEVER{std::numeric_limits<uint64_t>::max(), std::numeric_limits<uint64_t>::max(), 0};
    if (!config.ecnByRate.empty())
    {
        const auto profile = config.ecnByRate.find(portRate);
        if (profile != config.ecnByRate.end())
        {
            return profile->second;
        }
        if (RulesOf(config.mode).marksUnnamedRates)
        {
            return {0, 0, 0};
        }
        if (ControlOf(config.congestionControl).marking)
        {
            throw InputError("no ECN thresholds for ports of " + std::to_string(portRate) + " bit/s");
        }
        return NEVER;
    }
    const auto& marking = ControlOf(config.congestionControl).marking;
    if (!marking)
    {
        return NEVER;
    }
    return ScaledProfile(marking(config), portRate, *config.hostRateBps);
}

EcnProfile EcnProfileOfClass(const RdmaConfig& config, uint64_t portRate, uint32_t priority)
{
    const auto own = config.ecnByClass.find(priority);
    return own == config.ecnByClass.end() ? EcnProfileOfPort(config, portRate)
                                          : ScaledProfile(own->second, portRate, *config.hostRateBps);
}

std::string EcnWarning(const FabricGraph& fabric, const RdmaConfig& config)
{
    if (!RulesOf(config.mode).marksUnnamedRates || config.ecnByRate.empty() ||
        !ControlOf(config.congestionControl).marking)
    {
        return "";
    }
    std::set<uint64_t> unnamed;
    for (LinkId id = 0; id < fabric.LinkCount(); id++)
    {
        const FabricLink& link = fabric.Link(id);
        if (!fabric.IsHost(link.from) && config.ecnByRate.find(link.bitsPerSecond) == config.ecnByRate.end())
        {
            unnamed.insert(link.bitsPerSecond);
        }
    }
    std::string rates;
    for (const uint64_t rate : unnamed)
    {
        rates += (rates.empty() ? "" : ", ") + std::to_string(rate);
    }
    return rates.empty() ? ""
                         : "no ECN thresholds (KMIN_MAP, KMAX_MAP) for switch ports of " + rates +
                               " bit/s: they mark every packet that leaves others behind";
}

uint64_t PortHeadroomBytes(const FabricGraph& fabric, LinkId id, const RdmaConfig& config)
{
    const FabricLink& link = fabric.Link(id);
    if (RulesOf(config.mode).keepsHeadroom)
    {
        // in 64 and 32 bits as there: both wrap on links that are long enough
        const uint64_t bdp = link.bitsPerSecond * static_cast<uint64_t>(link.delayNs) / 8 / 1'000'000'000U;
        return static_cast<uint32_t>(bdp * 3);
    }
    if (!config.pfc)
    {
        return 0;
    }
    const int64_t delayNs = 2 * link.delayNs + config.switchDelayNs; // what is being processed comes, too
    const auto flight = static_cast<Uint128>(link.bitsPerSecond) * delayNs / 8'000'000'000U;
    // a pause waits for the frame before it, which takes longer where the way back is slower
    const uint64_t back = fabric.Link(ReverseLink(id)).bitsPerSecond;
    const uint64_t before = config.Format().WireBytes() + 2 * PFC_FRAME_BYTES;
    const uint64_t meanwhile = back < link.bitsPerSecond ? ScaledToRate(before, link.bitsPerSecond, back) + 1 : before;
    return static_cast<uint64_t>(flight) + 2 * config.Format().WireBytes() + meanwhile;
}

SwitchBuffer BufferOfSwitch(const FabricGraph& fabric, NodeId node, const RdmaConfig& config, const ClassUse& use)
{
    SwitchBuffer buffer;
    const auto& ports = fabric.EgressLinks(node);
    for (LinkId egress : ports)
    {
        buffer.fixedBytes +=
            use.classes * PORT_RESERVE_BYTES + use.lossless * PortHeadroomBytes(fabric, ReverseLink(egress), config);
    }
    if (!config.nodeSharedPoolBytes.empty() && config.nodeSharedPoolBytes.at(node) > 0)
    {
        buffer.poolBytes = config.nodeSharedPoolBytes[node];
    }
    else if (!config.bufferBytes)
    {
        buffer.poolBytes = ScaledToRate(POOL_BYTES_AT_SCALE_RATE, fabric.PortCapacity(node), SCALE_RATE);
    }
    else if (!RulesOf(config.mode).bufferWraps && *config.bufferBytes < buffer.fixedBytes + config.payloadBytes)
    {
        throw InputError("switch " + std::to_string(node) + ": a buffer of " + std::to_string(*config.bufferBytes) +
                         " B is too small: reserve and headroom of its " + std::to_string(ports.size()) +
                         " ports take " + std::to_string(buffer.fixedBytes) + " B; the smallest that works is " +
                         std::to_string(buffer.fixedBytes + config.payloadBytes) + " B");
    }
    else
    {
        buffer.poolBytes = *config.bufferBytes - buffer.fixedBytes;
        buffer.wraps = RulesOf(config.mode).bufferWraps && *config.bufferBytes < buffer.fixedBytes;
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
    const bool headroomIsFilled = RulesOf(config.mode).keepsHeadroom && !config.pfc && !given;
    const uint64_t headroom = buffer.fixedBytes - PORT_RESERVE_BYTES * fabric.EgressLinks(node).size();
    return buffer.poolBytes + (headroomIsFilled ? headroom : 0);
}

} // namespace ns3::m3
