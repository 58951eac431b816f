// SPDX-License-Identifier: GPL-2.0-only
#include "lone-flow-fct.h"

#include "ns3/m3-packet-simulation.h"

#include "fabric/ideal-fct.h"
#include "ns3/m3-control-description.h"
#include "ns3/m3-link-timing.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ns3::m3
{

namespace
{

/// The size that a flow is run with in place of its own.
uint64_t StandInBytes(uint64_t sizeBytes, uint32_t payloadBytes)
{
    constexpr uint64_t LARGEST = 16'000'000;
    constexpr uint64_t FEW_PACKETS = 100;
    constexpr uint64_t FILL_STEP = 125; // of the last packet
    constexpr int STEPS_LOG2 = 4;       // steps of a power of 2
    const uint64_t size = std::min(sizeBytes, LARGEST);
    if (size <= FEW_PACKETS * payloadBytes)
    {
        return (size + FILL_STEP - 1) / FILL_STEP * FILL_STEP;
    }
    const uint64_t step = uint64_t{1} << (std::ilogb(static_cast<double>(size)) - STEPS_LOG2);
    return (size + step / 2) / step * step;
}

} // namespace

LoneFlowFct::LoneFlowFct(const FabricGraph& fabric, const RouteTable& routes, const RdmaConfig& config)
    : m_fabric(fabric),
      m_routes(routes),
      m_config(config)
{
}

double LoneFlowFct::Slowdown(uint64_t sizeBytes, const Route& route)
{
    std::vector<uint64_t> kind;
    for (const LinkId id : route)
    {
        const FabricLink& link = m_fabric.Link(id);
        const uint64_t back = m_fabric.Link(ReverseLink(id)).bitsPerSecond;
        kind.insert(kind.end(), {link.bitsPerSecond, back, static_cast<uint64_t>(link.delayNs)});
        kind.push_back(m_fabric.IsHost(link.from) ? 0 : SharedPoolBytes(m_fabric, link.from, m_config));
    }
    const auto [known, isNew] =
        m_known.try_emplace({std::move(kind), StandInBytes(sizeBytes, m_config.payloadBytes)}, 1);
    if (isNew && IsHeldBack(route))
    {
        known->second = RunAlone(known->first.second, route);
    }
    return known->second;
}

/// Whether a flow that is alone on the route may be held back by its window or control.
bool LoneFlowFct::IsHeldBack(const Route& route) const
{
    const auto& keepsLineRate = ControlOf(m_config.congestionControl).keepsLineRate;
    const uint64_t nic = m_fabric.Link(route.front()).bitsPerSecond;
    if (!keepsLineRate || m_config.maxRateBps || BottleneckRate(m_fabric, route) < nic)
    {
        return true;
    }
    const int64_t rtt = BaseRttNs(m_fabric, route, m_config.Format(), m_config.AckBytes());
    if (!keepsLineRate(m_config, rtt))
    {
        return true;
    }
    for (std::size_t hop = 1; hop < route.size(); hop++)
    {
        constexpr uint64_t QUEUED_PACKETS = 2; // at most, of a flow that nothing slows down
        const EcnProfile marks = EcnProfileOfPort(m_config, m_fabric.Link(route[hop]).bitsPerSecond);
        if (marks.kminBytes < QUEUED_PACKETS * m_config.Format().WireBytes() && marks.pmax > 0)
        {
            return true;
        }
    }
    const uint64_t window = m_config.AtNic(nic).BaseOfPair(m_fabric, m_routes, route).windowBytes;
    const double bdp = static_cast<double>(nic) / 8e9 * static_cast<double>(rtt);
    return window > 0 && static_cast<double>(window) < std::floor(bdp);
}

/// The packet engine on a copy of the route alone.
double LoneFlowFct::RunAlone(uint64_t sizeBytes, const Route& route) const
{
    FabricGraph line;
    RdmaConfig config = m_config;
    config.ecnByRate.clear();
    config.nodeSharedPoolBytes.clear();
    const auto addNode = [&](NodeId node)
    {
        constexpr uint64_t UNLIMITED = std::numeric_limits<uint32_t>::max();
        const bool isHost = m_fabric.IsHost(node);
        const uint64_t pool = isHost ? 0 : SharedPoolBytes(m_fabric, node, m_config);
        config.nodeSharedPoolBytes.push_back(isHost ? 0 : std::clamp<uint64_t>(pool, 1, UNLIMITED));
        return line.AddNode(isHost ? NodeKind::HOST : NodeKind::SWITCH);
    };
    NodeId last = addNode(m_fabric.Link(route.front()).from);
    for (const LinkId id : route)
    {
        const FabricLink& link = m_fabric.Link(id);
        const NodeId next = addNode(link.to);
        const uint64_t back = m_fabric.Link(ReverseLink(id)).bitsPerSecond;
        line.AddLink(last, next, link.bitsPerSecond, link.delayNs, 0, back);
        config.ecnByRate[back] = EcnProfileOfPort(m_config, back);
        config.ecnByRate[link.bitsPerSecond] = EcnProfileOfPort(m_config, link.bitsPerSecond);
        last = next;
    }
    const PacketResult result = RunPacketSimulationStandalone(line, config, {{0, last, sizeBytes, 0}});
    const FlowOutcome& flow = result.flows.front();
    if (flow.unfinished != Unfinished::NO)
    {
        return std::nan("");
    }
    Route own;
    RouteTable(line, config.mode).FirstRoute(0, last, own);
    const int64_t ideal = IdealFctNs(line, own, sizeBytes, config.Format(), config.mode);
    return std::max(1.0, static_cast<double>(flow.receiverFctNs) / static_cast<double>(ideal));
}

} // namespace ns3::m3
