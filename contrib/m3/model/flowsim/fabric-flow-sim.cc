// SPDX-License-Identifier: GPL-2.0-only
#include "fabric-flow-sim.h"

#include "failing-fabric.h"
#include "split-routes.h"

#include "fabric/ideal-fct.h"
#include "fabric/ideal-over-paths.h"
#include "fabric/mode-rules.h"
#include "fabric/routes-of-flows.h"
#include "ns3/m3-link-timing.h"
#include "ns3/m3-schedule.h"
#include "workload/task-clock.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <queue>
#include <unordered_map>
#include <utility>

namespace ns3::m3
{

namespace
{

std::vector<double> LinkGbps(const FabricGraph& fabric)
{
    std::vector<double> gbps;
    for (LinkId link = 0; link < fabric.LinkCount(); link++)
    {
        gbps.push_back(static_cast<double>(fabric.Link(link).bitsPerSecond) / 1e9);
    }
    return gbps;
}

/// \param fluid with its route, set to the flow
void SetFluidFlow(const Flow& flow, const PacketFormat& format, FluidFlow& fluid)
{
    fluid.bits = 8.0 * static_cast<double>(WireBytes(flow.sizeBytes, format));
    fluid.startNs = static_cast<double>(flow.startNs);
    fluid.rateLimit = std::numeric_limits<double>::infinity();
    fluid.priority = 0;
}

UncongestedFct Uncongested(const FabricGraph& fabric,
                           uint64_t sizeBytes,
                           const PacketFormat& format,
                           EngineMode mode,
                           const FluidFlow& fluid)
{
    return {static_cast<double>(IdealFctNs(fabric, fluid.links, sizeBytes, format, mode)),
            fluid.bits / (static_cast<double>(BottleneckRate(fabric, fluid.links)) / 1e9)};
}

/// Lets a flow use all its shortest paths. \param fluid on the one that its hash gives
void SplitFlow(const FabricGraph& fabric,
               const RouteTable& routes,
               const SplitRoutes& split,
               uint64_t sizeBytes,
               const PacketFormat& format,
               FluidFlow& fluid,
               UncongestedFct& uncongested)
{
    const Route route = std::exchange(fluid.links, {});
    split.Split(route, fluid);
    double gbps = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < fluid.links.size(); i++)
    {
        gbps = std::min(gbps, static_cast<double>(fabric.Link(fluid.links[i]).bitsPerSecond) / 1e9 / fluid.shares[i]);
    }
    uncongested.unloadedNs = fluid.bits / gbps;
    uncongested.idealNs = static_cast<double>(IdealFctOverPathsNs(fabric, routes, route, sizeBytes, format));
}

/// Remembers what held down the flow that ends.
class LimitObserver final : public FluidObserver
{
  public:
    void OnArrival(uint32_t /*flow*/, double /*nowNs*/) override
    {
    }

    void OnEnd(uint32_t /*flow*/, double /*nowNs*/) override
    {
    }

    bool WantsLimits() const override
    {
        return true;
    }

    void OnLimited(uint32_t /*flow*/, const std::vector<Limited>& limited) override
    {
        m_limited = limited;
    }

    /// Delay of the flow that has ended, by link of its route. \param unloadedNs its fluid FCT on an idle network
    std::vector<double> DelaysNs(double unloadedNs) const
    {
        double bits = 0;
        for (const Limited& limited : m_limited)
        {
            bits += limited.bits;
        }
        std::vector<double> delays;
        for (std::size_t link = 0; link + 1 < m_limited.size(); link++)
        {
            delays.push_back(m_limited[link].timeNs - m_limited[link].bits * unloadedNs / bits);
        }
        return delays;
    }

  private:
    std::vector<Limited> m_limited; //!< the last one is of the flow's own rate limit, which there is none of
};

/// Feeds flowSim and remembers the flows in transfer.
class FabricSource final : public FluidSource
{
  public:
    FabricSource(const FabricGraph& fabric,
                 const RouteTable& routes,
                 const FlowList& list,
                 const PacketFormat& format,
                 bool hasClasses,
                 const SplitRoutes* split)
        : m_fabric(fabric),
          m_split(split),
          m_table(routes),
          m_routes(routes),
          m_list(list),
          m_format(format),
          m_hasClasses(hasClasses)
    {
    }

    const FluidFlow* Next() override
    {
        if (m_next == m_list.size())
        {
            return nullptr;
        }
        const Flow& flow = m_list[m_next];
        m_routes.Next(flow.src, flow.dst, m_fluid.links, flow.dstPort);
        SetFluidFlow(flow, m_format, m_fluid);
        m_fluid.priority = m_hasClasses ? flow.priorityGroup : 0;
        UncongestedFct uncongested = Uncongested(m_fabric, flow.sizeBytes, m_format, m_table.Mode(), m_fluid);
        if (m_split)
        {
            SplitFlow(m_fabric, m_table, *m_split, flow.sizeBytes, m_format, m_fluid, uncongested);
        }
        m_active.emplace(m_next, uncongested);
        if (m_keepsRoutes)
        {
            m_activeRoutes.emplace(m_next, m_fluid.links);
        }
        m_next++;
        return &m_fluid;
    }

    /// \param flow has ended
    UncongestedFct Take(uint32_t flow)
    {
        return m_active.extract(flow).mapped();
    }

    /// Route of a flow that has not been taken. It is kept where KeepRoutes() was called before.
    Route TakeRoute(uint32_t flow)
    {
        return m_activeRoutes.extract(flow).mapped();
    }

    void KeepRoutes()
    {
        m_keepsRoutes = true;
    }

  private:
    const FabricGraph& m_fabric;
    const SplitRoutes* m_split; //!< null: each flow takes one path
    const RouteTable& m_table;
    RoutesOfFlows m_routes;
    const FlowList& m_list;
    PacketFormat m_format;
    bool m_hasClasses;
    uint32_t m_next = 0;
    FluidFlow m_fluid;
    std::unordered_map<uint32_t, UncongestedFct> m_active;
    bool m_keepsRoutes = false;
    std::unordered_map<uint32_t, Route> m_activeRoutes;
};

/// Feeds flowSim with the flows of a schedule as they become due.
class ScheduleSource final : public FluidSource
{
  public:
    ScheduleSource(const FabricGraph& fabric,
                   const RouteTable& routes,
                   const Schedule& schedule,
                   const PacketFormat& format,
                   uint32_t ackBytes,
                   bool hasClasses,
                   const std::vector<double>* factors,
                   const SplitRoutes* split)
        : m_fabric(fabric),
          m_split(split),
          m_routes(routes),
          m_schedule(schedule),
          m_format(format),
          m_ackBytes(ackBytes),
          m_hasClasses(hasClasses),
          m_factors(factors),
          m_clock(schedule),
          m_flows(schedule.Flows().size())
    {
        RoutesOfFlows keys(routes);
        for (const Flow& flow : schedule.Flows())
        {
            m_keys.push_back(keys.NextKey(flow.src, flow.dst, flow.dstPort));
        }
        m_clock.Begin([this](uint32_t flow, double startNs) { AddDue(flow, startNs); });
    }

    const FluidFlow* Next() override
    {
        if (m_next)
        {
            m_order.push_back(m_next->flow);
        }
        m_next = Earliest();
        return Prepared();
    }

    const FluidFlow* AfterEnd(const FluidFlow* next) override
    {
        if (m_due.empty() || (m_next && !(*m_next > m_due.top())))
        {
            return next;
        }
        if (m_next)
        {
            m_due.push(*m_next);
        }
        m_next = Earliest();
        return Prepared();
    }

    /// A flow has ended in the fluid. \param place of it in the order in which flows started \return flow and slowdown
    std::pair<uint32_t, double> End(uint32_t place, double fluidFctNs)
    {
        const uint32_t flow = m_order[place];
        const UncongestedFct uncongested = m_flows[flow].uncongested;
        const double slowdown = uncongested.Slowdown(fluidFctNs);
        const double start = m_clock.StartOf(flow);
        const auto due = [this](uint32_t next, double startNs) { AddDue(next, startNs); };
        const double factor = m_factors ? (*m_factors)[flow] : 1;
        const double received = std::max(start + fluidFctNs, start + factor * slowdown * uncongested.idealNs);
        m_flows[flow].receivedNs = received;
        m_flows[flow].sentNs = received + m_flows[flow].ackNs;
        m_clock.Happened(flow, TaskEvent::RECEIVED, received, due);
        m_clock.Happened(flow, TaskEvent::SENT, received + m_flows[flow].ackNs, due);
        return {flow, slowdown};
    }

    /// What the route of a flow is hashed from. \param place of it in the order in which flows start; it is one that
    /// has started, or the next one
    const RouteKey& KeyAt(uint32_t place) const
    {
        return m_keys[place < m_order.size() ? m_order[place] : m_next->flow];
    }

    /// Route of a flow. It is one without changes.
    Route RouteOf(uint32_t flow) const
    {
        Route route;
        m_routes.DataRoute(m_keys[flow], route);
        return route;
    }

    /// Fluid FCT of a flow that has started on an idle network, ns.
    double UnloadedNs(uint32_t flow) const
    {
        return m_flows[flow].uncongested.unloadedNs;
    }

    /// When tasks ran. \pre no flow can go on
    TaskTimes Times() const
    {
        TaskTimes times{m_clock.Starts(), {}, {}};
        std::replace(times.startNs.begin(),
                     times.startNs.end(),
                     TaskClock<double>::NOT_DUE,
                     std::numeric_limits<double>::quiet_NaN());
        for (const State& flow : m_flows)
        {
            times.receivedNs.push_back(flow.receivedNs);
            times.sentNs.push_back(flow.sentNs);
        }
        for (std::size_t place = m_flows.size(); place < m_schedule.TaskCount(); place++)
        {
            const auto duration = m_schedule.Computes()[place - m_flows.size()].durationNs;
            times.receivedNs.push_back(times.startNs[place] + static_cast<double>(duration));
            times.sentNs.push_back(times.receivedNs.back());
        }
        return times;
    }

  private:
    struct Due
    {
        double startNs;
        uint32_t flow;

        bool operator>(const Due& other) const
        {
            return std::pair(startNs, flow) > std::pair(other.startNs, other.flow);
        }
    };

    struct State
    {
        UncongestedFct uncongested{};
        double ackNs = 0;
        double receivedNs = std::numeric_limits<double>::quiet_NaN();
        double sentNs = std::numeric_limits<double>::quiet_NaN();
    };

    void AddDue(uint32_t flow, double startNs)
    {
        m_due.push({startNs, flow});
    }

    std::optional<Due> Earliest()
    {
        if (m_due.empty())
        {
            return {};
        }
        const Due due = m_due.top();
        m_due.pop();
        return due;
    }

    /// The next flow as flowSim takes it, not in the place of the one before.
    const FluidFlow* Prepared()
    {
        if (!m_next)
        {
            return nullptr;
        }
        const uint32_t id = m_next->flow;
        m_side = 1 - m_side;
        FluidFlow& fluid = m_fluid[m_side];
        m_routes.DataRoute(m_keys[id], fluid.links);
        const Flow& flow = m_schedule.Flows()[id];
        SetFluidFlow(flow, m_format, fluid);
        fluid.startNs = m_next->startNs;
        fluid.priority = m_hasClasses ? flow.priorityGroup : 0;
        m_flows[id].uncongested = Uncongested(m_fabric, flow.sizeBytes, m_format, m_routes.Mode(), fluid);
        m_flows[id].ackNs = LastAckNs(m_fabric, fluid.links, m_ackBytes, m_format.nodes);
        if (m_split)
        {
            SplitFlow(m_fabric, m_routes, *m_split, flow.sizeBytes, m_format, fluid, m_flows[id].uncongested);
        }
        return &fluid;
    }

    const FabricGraph& m_fabric;
    const SplitRoutes* m_split; //!< null: each flow takes one path
    const RouteTable& m_routes;
    const Schedule& m_schedule;
    PacketFormat m_format;
    uint32_t m_ackBytes;
    bool m_hasClasses;
    const std::vector<double>* m_factors; //!< null: all are 1
    TaskClock<double> m_clock;
    std::vector<State> m_flows;
    std::vector<RouteKey> m_keys;
    std::priority_queue<Due, std::vector<Due>, std::greater<>> m_due;
    std::optional<Due> m_next; //!< that flowSim has been given and not started
    std::array<FluidFlow, 2> m_fluid;
    std::size_t m_side = 0;
    std::vector<uint32_t> m_order; //!< flows as they started
};

} // namespace

double UncongestedFct::Slowdown(double fluidFctNs) const
{
    return std::max(1.0, (idealNs + fluidFctNs - unloadedNs) / idealNs);
}

UncongestedFct
UncongestedFctOf(const FabricGraph& fabric, const FlowList& flows, const FabricFluid& fluid, std::size_t flow)
{
    return Uncongested(fabric, flows[flow].sizeBytes, fluid.format, fluid.mode, fluid.flows[flow]);
}

std::optional<FluidClasses> FluidClassesOf(const FabricGraph& fabric, const RdmaConfig& config, const FlowList& flows)
{
    const auto isOther = [&flows](const Flow& flow) { return flow.priorityGroup != flows.front().priorityGroup; };
    if (std::none_of(flows.begin(), flows.end(), isOther))
    {
        return {};
    }
    if (!RulesOf(config.mode).ownClassOfAcks)
    {
        return FluidClasses{config.strictClasses, ClassWeights(config.packedClassWeights), {}};
    }
    FluidClasses classes;
    for (LinkId link = 0; link < fabric.LinkCount(); link++)
    {
        classes.oneClass.push_back(fabric.IsHost(fabric.Link(link).from));
    }
    return classes;
}

void TellClasses(const FabricGraph& fabric, const RdmaConfig& config, const FlowList& flows, FabricFluid& fluid)
{
    fluid.classes = FluidClassesOf(fabric, config, flows);
    for (std::size_t id = 0; fluid.classes && id < flows.size(); id++)
    {
        fluid.flows[id].priority = flows[id].priorityGroup;
    }
}

FabricFluid MakeFabricFluid(const FabricGraph& fabric,
                            const RouteTable& routes,
                            const FlowList& flows,
                            const PacketFormat& format,
                            const std::vector<RouteKey>* keys)
{
    RoutesOfFlows next(routes, keys);
    return MakeFabricFluid(
        fabric,
        [&](std::size_t flow, Route& route)
        { next.Next(flows[flow].src, flows[flow].dst, route, flows[flow].dstPort); },
        flows,
        format,
        routes.Mode());
}

FabricFluid MakeFabricFluid(const FabricGraph& fabric,
                            const std::function<void(std::size_t flow, Route& route)>& routeOf,
                            const FlowList& flows,
                            const PacketFormat& format,
                            EngineMode mode)
{
    FabricFluid fluid{format, mode, LinkGbps(fabric), std::vector<FluidFlow>(flows.size())};
    for (std::size_t i = 0; i < flows.size(); i++)
    {
        routeOf(i, fluid.flows[i].links);
        SetFluidFlow(flows[i], format, fluid.flows[i]);
    }
    return fluid;
}

std::vector<double> FabricFlowSimSlowdowns(const FabricGraph& fabric, const FlowList& flows, const FabricFluid& fluid)
{
    std::vector<double> values = RunFlowSim(fluid.linkGbps, fluid.flows);
    for (std::size_t i = 0; i < values.size(); i++)
    {
        values[i] = UncongestedFctOf(fabric, flows, fluid, i).Slowdown(values[i]);
    }
    return values;
}

double LastAckNs(const FabricGraph& fabric, const Route& route, uint32_t ackBytes, const NodeTiming& nodes)
{
    double ns = 0;
    for (std::size_t hop = 0; hop < route.size(); hop++)
    {
        const FabricLink& link = fabric.Link(ReverseLink(route[hop]));
        const uint64_t bytes = hop == 0
                                   ? ackBytes
                                   : nodes.BytesBeforeSending(ackBytes,
                                                              link.bitsPerSecond,
                                                              fabric.Link(ReverseLink(route[hop - 1])).bitsPerSecond);
        ns += static_cast<double>(HopDelayNs(fabric, link, nodes)) +
              8e9 * static_cast<double>(bytes) / static_cast<double>(link.bitsPerSecond);
    }
    return ns;
}

TaskTimes ScheduleFlowSim(const FabricGraph& fabric,
                          const RouteTable& routes,
                          const Schedule& schedule,
                          const PacketFormat& format,
                          uint32_t ackBytes,
                          const std::function<void(uint32_t flow, double slowdown)>& ended,
                          const std::function<void(uint64_t finishedFlows)>& progress,
                          const FluidClasses* classes,
                          const std::vector<LinkChange>& changes,
                          const std::vector<double>* factors,
                          bool splits,
                          const FluidDelayTeller& delayed)
{
    LimitObserver limits;
    std::optional<SplitRoutes> split;
    if (splits && changes.empty())
    {
        split.emplace(fabric, routes, schedule.Flows());
    }
    ScheduleSource
        source(fabric, routes, schedule, format, ackBytes, classes != nullptr, factors, split ? &*split : nullptr);
    std::optional<FailingFabric> failing;
    if (!changes.empty())
    {
        failing.emplace(
            fabric,
            routes.Mode(),
            [&source](uint32_t place) { return source.KeyAt(place); },
            changes);
    }
    StreamFlowSim(
        LinkGbps(fabric),
        source,
        [&](uint32_t place, double fctNs)
        {
            const auto [flow, slowdown] = source.End(place, fctNs);
            ended(flow, slowdown);
            if (delayed)
            {
                delayed(flow, source.RouteOf(flow), limits.DelaysNs(source.UnloadedNs(flow)));
            }
        },
        progress,
        delayed ? &limits : nullptr,
        classes,
        failing ? &*failing : nullptr,
        split.has_value());
    return source.Times();
}

FluidStatistics StreamFabricFlowSim(const FabricGraph& fabric,
                                    const RouteTable& routes,
                                    const FlowList& flows,
                                    const PacketFormat& format,
                                    const std::function<void(uint32_t flow, double slowdown)>& ended,
                                    const std::function<void(uint64_t finishedFlows)>& progress,
                                    const FluidClasses* classes,
                                    const std::vector<LinkChange>& changes,
                                    bool splits,
                                    const FluidDelayTeller& delayed)
{
    LimitObserver limits;
    std::optional<FailingFabric> failing;
    std::optional<SplitRoutes> split;
    if (splits && changes.empty())
    {
        split.emplace(fabric, routes, flows);
    }
    if (!changes.empty())
    {
        std::vector<RouteKey> keys;
        RoutesOfFlows next(routes);
        for (const Flow& flow : flows)
        {
            keys.push_back(next.NextKey(flow.src, flow.dst, flow.dstPort));
        }
        failing.emplace(
            fabric,
            routes.Mode(),
            [keys = std::move(keys)](uint32_t flow) { return keys[flow]; },
            changes);
    }
    FabricSource source(fabric, routes, flows, format, classes != nullptr, split ? &*split : nullptr);
    if (delayed)
    {
        source.KeepRoutes();
    }
    return StreamFlowSim(
        LinkGbps(fabric),
        source,
        [&](uint32_t flow, double fctNs)
        {
            const UncongestedFct uncongested = source.Take(flow);
            ended(flow, uncongested.Slowdown(fctNs));
            if (delayed)
            {
                delayed(flow, source.TakeRoute(flow), limits.DelaysNs(uncongested.unloadedNs));
            }
        },
        progress,
        delayed ? &limits : nullptr,
        classes,
        failing ? &*failing : nullptr,
        split.has_value());
}

} // namespace ns3::m3
