// SPDX-License-Identifier: GPL-2.0-only
// What the HPCC simulator writes at the end of a run.
#include "hpcc-addresses.h"
#include "hpcc-files.h"

#include "core/text-format.h"
#include "fabric/ideal-fct.h"
#include "fabric/mode-rules.h"
#include "fabric/routes-of-flows.h"

namespace ns3::m3
{

namespace
{

/// The HPCC simulator's ideal FCTs (packets of all flows have headers of 48 bytes, and no hop but the slowest counts).
class HpccIdeals
{
  public:
    /// \param later the network once links have gone down
    HpccIdeals(const FabricGraph& fabric, const FabricGraph& later, const RdmaConfig& config)
        : m_fabric(fabric),
          m_later(later),
          m_routes(fabric, config.mode),
          m_laterRoutes(later, config.mode),
          m_wraps(RulesOf(config.mode).cutsIdealOfFile),
          m_config(config)
    {
        m_config.mode = EngineMode::HPCC;
        m_config.baseRttNs.reset();
    }

    /// In ns. `HPCC` mode: modulo 2^64 / 10^9 s at the slowest link's rate, as there. \param isLater the slowest link
    /// is that of the later network's route, if there is one; the RTT stays that of the first route
    uint64_t Of(const Flow& flow, bool isLater)
    {
        constexpr uint32_t HEADER = 48; // also with telemetry
        Route route;
        m_routes.FirstRoute(flow.src, flow.dst, route);
        const auto rtt = static_cast<uint64_t>(m_config.BaseOfPair(m_fabric, m_routes, route).rttNs);
        if (isLater && m_laterRoutes.Reachable(flow.src, flow.dst))
        {
            m_laterRoutes.FirstRoute(flow.src, flow.dst, route);
        }
        const uint64_t rate = BottleneckRate(m_later, route);
        const auto product =
            static_cast<Uint128>(WireBytes(flow.sizeBytes, {HEADER, m_config.payloadBytes})) * 8'000'000'000U;
        const bool isCut = m_wraps && product >> 64 != 0;
        m_cut += isCut;
        return rtt + static_cast<uint64_t>((isCut ? static_cast<uint64_t>(product) : product) / rate);
    }

    /// How many of them lacked what does not fit into 64 bits.
    uint64_t Cut() const
    {
        return m_cut;
    }

  private:
    const FabricGraph& m_fabric;
    const FabricGraph& m_later;
    const RouteTable m_routes;
    const RouteTable m_laterRoutes;
    const bool m_wraps;
    RdmaConfig m_config;
    uint64_t m_cut = 0;
};

/// The network as its links are once all changes have come.
FabricGraph AfterChanges(FabricGraph fabric, const std::vector<LinkChange>& changes)
{
    for (const LinkChange& change : changes)
    {
        fabric.SetLinkUp(change.link, change.up);
    }
    return fabric;
}

} // namespace

uint64_t WriteHpccFct(const FabricGraph& fabric,
                      const RdmaConfig& config,
                      const FlowList& flows,
                      const PacketResult& result,
                      const std::vector<LinkChange>& changes,
                      const std::string& file)
{
    const RouteTable routes(fabric, config.mode);
    RoutesOfFlows keys(routes);
    std::vector<RouteKey> keyOfFlow;
    for (const Flow& flow : flows)
    {
        keyOfFlow.push_back(keys.NextKey(flow.src, flow.dst, flow.dstPort));
    }
    const FabricGraph later = AfterChanges(fabric, changes);
    HpccIdeals ideals(fabric, later, config);
    const int64_t changeNs =
        changes.empty() || !RulesOf(config.mode).renewsIdealOfFile ? INT64_MAX : changes.front().timeNs;
    WriteWholeFile(file,
                   [&](std::ostream& out)
                   {
                       for (uint32_t id : result.completionOrder)
                       {
                           const Flow& flow = flows[id];
                           const int64_t start = result.taskStartsNs.empty() ? flow.startNs : result.taskStartsNs[id];
                           const bool isLater = start + result.flows[id].senderFctNs >= changeNs;
                           out << FormatText("%08x %08x %u %u %llu %lld %lld %llu %lld\n",
                                             HpccHostAddress(flow.src),
                                             HpccHostAddress(flow.dst),
                                             unsigned{keyOfFlow[id].srcPort},
                                             unsigned{keyOfFlow[id].dstPort},
                                             static_cast<unsigned long long>(flow.sizeBytes),
                                             static_cast<long long>(start),
                                             static_cast<long long>(result.flows[id].senderFctNs),
                                             static_cast<unsigned long long>(ideals.Of(flow, isLater)),
                                             static_cast<long long>(result.flows[id].receiverFctNs));
                       }
                   });
    return ideals.Cut();
}

void WriteHpccPfc(const FabricGraph& fabric, const PacketResult& result, const std::string& file)
{
    WriteWholeFile(file,
                   [&](std::ostream& out)
                   {
                       for (const PfcEvent& event : result.pfc)
                       {
                           out << event.timeNs << ' ' << event.node << ' ' << !fabric.IsHost(event.node) << ' '
                               << event.port + 1 << ' ' << event.pause << '\n';
                       }
                   });
}

} // namespace ns3::m3
