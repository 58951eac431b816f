// SPDX-License-Identifier: GPL-2.0-only
#include "lone-flows.h"

#include "core/in-order.h"
#include "fabric/ideal-fct.h"
#include "fabric/routes-of-flows.h"
#include "ns3/m3-control-description.h"
#include "ns3/m3-link-timing.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace ns3::m3
{

namespace
{

/// How much longer than in flowSim a flow that meets no other may take: what its control and window hold it back.
double HoldBack(const LoneFlowsInput& input, double rttNs)
{
    constexpr double MARGIN = 1.1;
    constexpr double UNKNOWN_CONTROL = 3;
    const RdmaConfig& config = input.scenario.Resolved();
    const auto& share = ControlOf(config.congestionControl).idleRateShare;
    const double factor = share ? MARGIN / share(config) : UNKNOWN_CONTROL;
    uint64_t fastest = 0;
    for (const NodeId host : input.scenario.Fabric().Hosts())
    {
        for (const LinkId link : input.scenario.Fabric().EgressLinks(host))
        {
            fastest = std::max(fastest, input.scenario.Fabric().Link(link).bitsPerSecond);
        }
    }
    const auto window = static_cast<double>(config.AtNic(fastest).windowBytes.value_or(0));
    return window > 0 ? factor * std::max(1.0, static_cast<double>(fastest) / 8e9 * rttNs / window) : factor;
}

/// The links of a flow's data and ACKs, as places in a table. In `STANDARD` mode ACKs take the reverse route, so both
/// directions of a link are one place.
class Places
{
  public:
    explicit Places(const LoneFlowsInput& input)
        : m_input(input),
          m_keys(input.scenario.Routes(), input.scenario.RouteKeys()),
          m_byLink(input.scenario.Routes().HashesPorts())
    {
    }

    std::size_t Count() const
    {
        return m_byLink ? m_input.scenario.Fabric().LinkCount() : m_input.scenario.Fabric().LinkCount() / 2;
    }

    /// Calls use(place) for each. \param id the next one of the list \param route its data's \return whether a packet
    /// may be lost there
    template <typename Use>
    bool ForEach(uint32_t id, const Route& route, Use use)
    {
        bool loses = false;
        const auto visit = [&](LinkId link)
        {
            const FabricGraph& fabric = m_input.scenario.Fabric();
            loses |= fabric.Link(link).errorRate > 0 || fabric.Link(ReverseLink(link)).errorRate > 0;
            use(m_byLink ? link : link / 2);
        };
        std::for_each(route.begin(), route.end(), visit);
        if (m_byLink)
        {
            const Flow& flow = m_input.flows[id];
            m_input.scenario.Routes().AckRoute(m_keys.NextKey(flow.src, flow.dst, flow.dstPort), m_ackRoute);
            std::for_each(m_ackRoute.begin(), m_ackRoute.end(), visit);
        }
        return loses;
    }

  private:
    const LoneFlowsInput& m_input;
    RoutesOfFlows m_keys;
    bool m_byLink;
    Route m_ackRoute;
};

/// A base RTT that no pair of hosts exceeds.
double LargestRttNs(const Scenario& scenario)
{
    return static_cast<double>(std::max(scenario.Resolved().baseRttNs.value_or(0), scenario.LargestRttNs()));
}

/**
 * Finds the flows that touch another one. A place remembers the flow that lasts longest among those so far: if the next
 * one starts before its end, both touch. Any other flow that the next one meets overlaps the remembered one, too, and
 * was found when the later of these two came.
 * \param endNs when a flow has left its links
 */
template <typename End>
std::vector<bool> FindTouching(const LoneFlowsInput& input, const FluidRun& run, End endNs)
{
    struct Last
    {
        double endNs = -1;
        uint32_t flow = 0;
    };

    Places places(input);
    std::vector<Last> last(places.Count());
    std::vector<bool> touching(input.flows.size(), false);
    for (uint32_t id = 0; id < input.flows.size(); id++)
    {
        const auto start = static_cast<double>(input.flows[id].startNs);
        const double end = endNs(id);
        bool touches = false;
        const auto visit = [&](std::size_t place)
        {
            Last& before = last[place];
            if (before.flow != id && start < before.endNs)
            {
                touching[before.flow] = true;
                touches = true;
            }
            if (end > before.endNs)
            {
                before = {end, id};
            }
        };
        if (places.ForEach(id, run.fluid.flows[id].links, visit) || touches)
        {
            touching[id] = true;
        }
    }
    return touching;
}

} // namespace

std::vector<bool>
FindLoneFlows(const LoneFlowsInput& input, const FluidRun& run, const std::vector<uint32_t>& selection)
{
    constexpr double LATE = 2.5;              // a flow that meets others, over its time in flowSim
    constexpr double TIMEOUTS_NS = 4'000'000; // the same where packets are dropped
    const double rtt = LargestRttNs(input.scenario);
    const double holdBack = HoldBack(input, rtt);
    const auto start = [&](uint32_t id) { return static_cast<double>(input.flows[id].startNs); };
    const std::vector<bool> first =
        FindTouching(input, run, [&](uint32_t id) { return start(id) + holdBack * run.fluidFctNs[id] + rtt; });
    std::vector<bool> lone(selection.size(), false);
    if (std::all_of(selection.begin(), selection.end(), [&](uint32_t id) { return first[id]; }))
    {
        return lone;
    }
    const double lossNs = input.scenario.Resolved().pfc ? 0 : TIMEOUTS_NS;
    const std::vector<bool> second = FindTouching(input,
                                                  run,
                                                  [&](uint32_t id) {
                                                      return start(id) + rtt +
                                                             (first[id] ? LATE : 1) * holdBack * run.fluidFctNs[id] +
                                                             (first[id] ? rtt + lossNs : 0);
                                                  });
    for (std::size_t i = 0; i < selection.size(); i++)
    {
        lone[i] = !second[selection[i]];
    }
    return lone;
}

namespace
{

/// A time in which a flow lasts.
struct Span
{
    int64_t beginNs;
    int64_t endNs;
};

/// A selected flow on a place.
struct Watched
{
    Span span;
    uint32_t selected;       //!< place in the selection
    int64_t latestEndNs = 0; //!< of this and those before it
};

/// Merged spans: whether a time overlaps one of them.
class SpanUnion
{
  public:
    explicit SpanUnion(const std::vector<Span>& byBegin)
    {
        for (const Span& span : byBegin)
        {
            if (!m_spans.empty() && span.beginNs <= m_spans.back().endNs)
            {
                m_spans.back().endNs = std::max(m_spans.back().endNs, span.endNs);
            }
            else
            {
                m_spans.push_back(span);
            }
        }
    }

    bool Overlaps(const Span& span) const
    {
        const auto after = std::lower_bound(m_spans.begin(),
                                            m_spans.end(),
                                            span.beginNs,
                                            [](const Span& one, int64_t time) { return one.endNs < time; });
        return after != m_spans.end() && after->beginNs <= span.endNs;
    }

  private:
    std::vector<Span> m_spans;
};

/// Looks for lone flows among some of a long list, without flowSim.
class LoneSearch
{
  public:
    LoneSearch(const LoneFlowsInput& input, const std::vector<uint32_t>& selection)
        : m_input(input),
          m_selection(selection),
          m_keys(KeysOf()),
          m_rtt(LargestRttNs(input.scenario)),
          m_holdBack(HoldBack(input, m_rtt)),
          m_byLink(input.scenario.Routes().HashesPorts()),
          m_lone(selection.size(), true)
    {
        for (LinkId link = 0; link < input.scenario.Fabric().LinkCount(); link++)
        {
            m_slowest = std::min(m_slowest, static_cast<double>(input.scenario.Fabric().Link(link).bitsPerSecond));
        }
    }

    /// Rules out flows that meet the next or last flow on a link of their data: nearly all of them in a busy network.
    void LookAtNeighbours(const PathIndex& index)
    {
        Route route;
        for (std::size_t i = 0; i < m_selection.size(); i++)
        {
            const uint32_t id = m_selection[i];
            m_input.scenario.Routes().DataRoute(KeyOf(id), route);
            const Span own = AloneSpan(id, route);
            for (const LinkId link : route)
            {
                const std::vector<uint32_t>& on = index.FlowIdsOn(link);
                const auto place = std::lower_bound(on.begin(), on.end(), id);
                const auto next = place == on.end() ? on.end() : place + 1;
                const bool meetsNext = next != on.end() && m_input.flows[*next].startNs <= own.endNs;
                const bool meetsLast = place != on.begin() && SentByNs(*(place - 1)) >= own.beginNs;
                if (meetsNext || meetsLast)
                {
                    m_lone[i] = false;
                    break;
                }
            }
        }
    }

    /// Rules out those that others touch.
    void LookAtAll(uint32_t threads)
    {
        if (!Watch())
        {
            return;
        }
        constexpr std::size_t BLOCK = 1 << 16;
        InOrder((m_input.flows.size() + BLOCK - 1) / BLOCK,
                threads,
                [&](std::size_t block)
                {
                    const std::size_t end = std::min((block + 1) * BLOCK, m_input.flows.size());
                    return Touched(static_cast<uint32_t>(block * BLOCK), static_cast<uint32_t>(end));
                },
                [&](std::size_t, const std::vector<uint32_t>& touched)
                {
                    for (const uint32_t selected : touched)
                    {
                        m_lone[selected] = false;
                    }
                });
    }

    std::vector<bool> Take()
    {
        return std::move(m_lone);
    }

  private:
    std::vector<RouteKey> KeysOf() const
    {
        std::vector<RouteKey> keys;
        if (m_input.scenario.Routes().HashesPorts()) // else they are made when they are needed
        {
            keys.reserve(m_input.flows.size());
            RoutesOfFlows next(m_input.scenario.Routes());
            for (const Flow& flow : m_input.flows)
            {
                keys.push_back(next.NextKey(flow.src, flow.dst, flow.dstPort));
            }
        }
        return keys;
    }

    RouteKey KeyOf(uint32_t id) const
    {
        return m_keys.empty() ? RouteKey{m_input.flows[id].src, m_input.flows[id].dst, id} : m_keys[id];
    }

    double WireBits(uint32_t id) const
    {
        return 8.0 * static_cast<double>(WireBytes(m_input.flows[id].sizeBytes, m_input.scenario.Resolved().Format()));
    }

    /// While the flow lasts if it is alone.
    Span AloneSpan(uint32_t id, const Route& route) const
    {
        const double ns = WireBits(id) / static_cast<double>(BottleneckRate(m_input.scenario.Fabric(), route)) * 1e9;
        const int64_t start = m_input.flows[id].startNs;
        return {start, start + static_cast<int64_t>(m_holdBack * ns + m_rtt)};
    }

    /// Before which a flow surely has not left the NIC of its source.
    int64_t SentByNs(uint32_t id) const
    {
        const Flow& flow = m_input.flows[id];
        const auto capacity = static_cast<double>(m_input.scenario.Fabric().PortCapacity(flow.src));
        return flow.startNs + static_cast<int64_t>(WireBits(id) / capacity * 1e9);
    }

    /// While a flow lasts at most.
    Span LongestSpan(uint32_t id) const
    {
        const double ns = PathIndex::SLOWEST * m_holdBack * WireBits(id) / m_slowest * 1e9;
        const int64_t start = m_input.flows[id].startNs;
        return {start, start + static_cast<int64_t>(ns + 2 * m_rtt)};
    }

    /// Calls use(place) for the places of a flow's data and ACKs.
    template <typename Use>
    void ForEachPlace(uint32_t id, Route& route, Use use) const
    {
        const RouteKey key = KeyOf(id);
        m_input.scenario.Routes().DataRoute(key, route);
        const auto visit = [&](LinkId link) { use(m_byLink ? link : link / 2, link); };
        std::for_each(route.begin(), route.end(), visit);
        if (m_byLink)
        {
            m_input.scenario.Routes().AckRoute(key, route);
            std::for_each(route.begin(), route.end(), visit);
        }
    }

    /// Notes what is left on its places. \return whether anything is
    bool Watch()
    {
        m_watched.resize(m_input.scenario.Fabric().LinkCount());
        std::vector<Span> spans;
        Route route;
        for (uint32_t i = 0; i < m_selection.size(); i++)
        {
            if (!m_lone[i])
            {
                continue;
            }
            const uint32_t id = m_selection[i];
            m_input.scenario.Routes().DataRoute(KeyOf(id), route);
            const Span span = AloneSpan(id, route);
            spans.push_back(span);
            ForEachPlace(id,
                         route,
                         [&](std::size_t place, LinkId link)
                         {
                             std::vector<Watched>& watched = m_watched[place];
                             const int64_t before = watched.empty() ? 0 : watched.back().latestEndNs;
                             watched.push_back({span, i, std::max(before, span.endNs)});
                             const FabricGraph& fabric = m_input.scenario.Fabric();
                             if (fabric.Link(link).errorRate > 0 || fabric.Link(ReverseLink(link)).errorRate > 0)
                             {
                                 m_lone[i] = false;
                             }
                         });
        }
        m_union = SpanUnion(spans);
        return !spans.empty();
    }

    /// Selected flows that some of the list touch.
    std::vector<uint32_t> Touched(uint32_t first, uint32_t end) const
    {
        std::vector<uint32_t> touched;
        Route route;
        for (uint32_t id = first; id < end; id++)
        {
            const Span span = LongestSpan(id);
            if (!m_union.Overlaps(span))
            {
                continue;
            }
            ForEachPlace(id,
                         route,
                         [&](std::size_t place, LinkId)
                         {
                             const std::vector<Watched>& watched = m_watched[place];
                             auto one = std::upper_bound(watched.begin(),
                                                         watched.end(),
                                                         span.endNs,
                                                         [](int64_t time, const Watched& other)
                                                         { return time < other.span.beginNs; });
                             while (one != watched.begin() && (--one)->latestEndNs >= span.beginNs)
                             {
                                 if (one->span.endNs >= span.beginNs && m_selection[one->selected] != id)
                                 {
                                     touched.push_back(one->selected);
                                 }
                             }
                         });
        }
        return touched;
    }

    const LoneFlowsInput& m_input;
    const std::vector<uint32_t>& m_selection;
    std::vector<RouteKey> m_keys;
    double m_rtt;
    double m_holdBack;
    bool m_byLink;
    double m_slowest = std::numeric_limits<double>::max(); //!< Rate of the slowest link, bit/s.
    std::vector<bool> m_lone;
    std::vector<std::vector<Watched>> m_watched; //!< Per place, by begin.
    SpanUnion m_union{{}};
};

} // namespace

std::vector<bool> FindLoneFlows(const LoneFlowsInput& input,
                                const PathIndex& index,
                                const std::vector<uint32_t>& selection,
                                uint32_t threads)
{
    LoneSearch search(input, selection);
    search.LookAtNeighbours(index);
    search.LookAtAll(threads);
    return search.Take();
}

} // namespace ns3::m3
