// SPDX-License-Identifier: GPL-2.0-only
#include "path-index.h"

#include "core/in-order.h"
#include "core/random-stream.h"
#include "fabric/routes-of-flows.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-link-timing.h"

#include <boost/functional/hash.hpp>
#include <boost/sort/spreadsort/integer_sort.hpp>

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <numeric>
#include <unordered_map>

namespace ns3::m3
{

namespace
{

constexpr uint32_t NO_PATH = std::numeric_limits<uint32_t>::max();
constexpr int64_t SHORT_NS = 2'000'000;
constexpr std::size_t FLOWS_PER_BLOCK = 1 << 16; // that a thread looks at in one go

struct RouteHash
{
    std::size_t operator()(const Route& route) const
    {
        return boost::hash_range(route.begin(), route.end());
    }
};

} // namespace

PathIndex::PathIndex(const FabricGraph& fabric, const RouteTable& routes, const FlowList& flows, const Options& options)
    : m_fabric(fabric),
      m_routes(routes),
      m_flows(flows),
      m_elephants(ElephantFlowsOf(flows)),
      m_traffic(fabric.LinkCount()),
      m_usedLink(fabric.LinkCount(), NO_PATH)
{
    if (options.draws == 0 || flows.empty())
    {
        throw InputError("there is no path to draw");
    }
    if (routes.HashesPorts())
    {
        RoutesOfFlows keys(routes);
        for (const Flow& flow : flows)
        {
            m_ports.push_back(keys.NextKey(flow.src, flow.dst, flow.dstPort).srcPort);
        }
    }
    Draw(options);
    LookAtFlows(options.threads);
}

RouteKey PathIndex::KeyOf(uint32_t flow) const
{
    return {m_flows[flow].src,
            m_flows[flow].dst,
            flow,
            m_ports.empty() ? uint16_t{0} : m_ports[flow],
            m_flows[flow].dstPort};
}

void PathIndex::Draw(const Options& options)
{
    RandomStream random(options.seed);
    std::vector<uint32_t> drawn(options.draws);
    for (uint32_t& flow : drawn)
    {
        flow = static_cast<uint32_t>(random.Integer(0, m_flows.size() - 1));
    }
    std::sort(drawn.begin(), drawn.end());
    std::map<Route, uint32_t> known;
    Route route;
    for (const uint32_t flow : drawn)
    {
        m_routes.DataRoute(KeyOf(flow), route);
        const auto [path, isNew] = known.emplace(route, PathCount());
        if (isNew)
        {
            m_paths.push_back(route);
            m_multiplicity.push_back(0);
            for (const LinkId link : route)
            {
                if (m_usedLink[link] == NO_PATH)
                {
                    m_usedLink[link] = static_cast<uint32_t>(m_links.size());
                    m_links.emplace_back();
                }
            }
        }
        m_multiplicity[path->second]++;
    }
    m_foreground.resize(m_paths.size());
}

/// What a thread finds among the flows of a block.
struct PathIndex::Found
{
    using Pairs = std::vector<std::pair<uint32_t, uint32_t>>;

    std::vector<uint32_t> flows;      //!< those on the first used link, then those on the second, ...
    std::vector<std::size_t> begin;   //!< per used link: its first in `flows`; last, the end
    std::vector<LastingUse> lasting;  //!< in the order of the list, as the following
    Pairs elephants;                  //!< used link and flow
    Pairs foreground;                 //!< path and flow
    std::vector<LinkTraffic> traffic; //!< per link of the fabric
};

/// Numbers of the paths, by their links.
struct PathIndex::PathNumbers
{
    std::unordered_map<Route, uint32_t, RouteHash> of;
};

PathIndex::Found PathIndex::LookAtBlock(std::size_t block, const PathNumbers& paths) const
{
    Found found;
    found.begin.resize(m_links.size() + 1, 0);
    found.traffic.resize(m_fabric.LinkCount());
    Found::Pairs uses; // used link and flow
    Route route;
    const auto end = static_cast<uint32_t>(std::min((block + 1) * FLOWS_PER_BLOCK, m_flows.size()));
    for (auto id = static_cast<uint32_t>(block * FLOWS_PER_BLOCK); id < end; id++)
    {
        const Flow& flow = m_flows[id];
        const uint64_t packets = PacketCount(flow.sizeBytes);
        m_routes.DataRoute(KeyOf(id), route);
        bool onPathLinks = true;
        for (const LinkId link : route)
        {
            LinkTraffic& traffic = found.traffic[link];
            traffic.flows++;
            traffic.packets += packets;
            traffic.payloadBytes += flow.sizeBytes;
            const uint32_t used = m_usedLink[link];
            if (used == NO_PATH)
            {
                onPathLinks = false;
                continue;
            }
            uses.emplace_back(used, id);
            found.begin[used + 1]++;
            const int64_t longestNs = LongestNs(flow.sizeBytes, link);
            if (longestNs > SHORT_NS)
            {
                found.lasting.push_back({used, {id, flow.startNs, flow.startNs + longestNs}});
            }
            if (flow.sizeBytes >= m_elephants.minBytes)
            {
                found.elephants.emplace_back(used, id);
            }
        }
        const auto path = onPathLinks ? paths.of.find(route) : paths.of.end();
        if (path != paths.of.end())
        {
            found.foreground.emplace_back(path->second, id);
        }
    }
    std::partial_sum(found.begin.begin(), found.begin.end(), found.begin.begin());
    std::vector<std::size_t> next = found.begin;
    found.flows.resize(uses.size());
    for (const auto& [used, id] : uses)
    {
        found.flows[next[used]++] = id;
    }
    return found;
}

void PathIndex::Add(const Found& found)
{
    for (std::size_t used = 0; used < m_links.size(); used++)
    {
        const uint32_t* flows = found.flows.data();
        m_links[used].flows.insert(m_links[used].flows.end(), flows + found.begin[used], flows + found.begin[used + 1]);
    }
    for (const LastingUse& use : found.lasting)
    {
        m_links[use.usedLink].lasting.push_back(use.flow);
    }
    for (const auto& [used, flow] : found.elephants)
    {
        m_links[used].elephants.push_back(flow);
    }
    for (const auto& [path, flow] : found.foreground)
    {
        m_foreground[path].push_back(flow);
    }
    for (LinkId link = 0; link < m_fabric.LinkCount(); link++)
    {
        m_traffic[link].flows += found.traffic[link].flows;
        m_traffic[link].packets += found.traffic[link].packets;
        m_traffic[link].payloadBytes += found.traffic[link].payloadBytes;
    }
}

void PathIndex::LookAtFlows(uint32_t threads)
{
    PathNumbers paths;
    for (uint32_t path = 0; path < PathCount(); path++)
    {
        paths.of.emplace(m_paths[path], path);
    }
    InOrder((m_flows.size() + FLOWS_PER_BLOCK - 1) / FLOWS_PER_BLOCK,
            threads,
            [&](std::size_t block) { return LookAtBlock(block, paths); },
            [&](std::size_t, const Found& found) { Add(found); });
}

uint32_t PathIndex::PathCount() const
{
    return static_cast<uint32_t>(m_paths.size());
}

const Route& PathIndex::PathRoute(uint32_t path) const
{
    return m_paths.at(path);
}

uint32_t PathIndex::Multiplicity(uint32_t path) const
{
    return m_multiplicity.at(path);
}

const std::vector<uint32_t>& PathIndex::ForegroundFlows(uint32_t path) const
{
    return m_foreground.at(path);
}

double PathIndex::WireBytesOf(LinkId link, uint32_t headerBytes) const
{
    const LinkTraffic& traffic = m_traffic.at(link);
    return static_cast<double>(traffic.payloadBytes + traffic.packets * headerBytes);
}

uint64_t PathIndex::FlowsOn(LinkId link) const
{
    return m_traffic.at(link).flows;
}

const std::vector<uint32_t>& PathIndex::FlowIdsOn(LinkId link) const
{
    return m_links.at(m_usedLink.at(link)).flows;
}

/// From the start of a flow until it has surely been sent over a link.
int64_t PathIndex::LongestNs(uint64_t sizeBytes, LinkId link) const
{
    constexpr double NS_PER_BYTE = 8e9;
    return static_cast<int64_t>(SLOWEST * static_cast<double>(sizeBytes) * NS_PER_BYTE /
                                static_cast<double>(m_fabric.Link(link).bitsPerSecond));
}

/// Flows on the links of a route that may be in transfer in some window, ascending.
std::vector<uint32_t>
PathIndex::Touching(const Route& route, const std::vector<TimeWindow>& windows, int64_t elephantLeadNs) const
{
    const auto startsBefore = [this](uint32_t flow, int64_t time) { return m_flows[flow].startNs < time; };
    std::vector<uint32_t> touching;
    for (const LinkId link : route)
    {
        const UsedLink& used = m_links[m_usedLink[link]];
        auto from = used.flows.begin();
        auto fromElephant = used.elephants.begin();
        for (const auto& [begin, end] : windows)
        {
            from = std::lower_bound(from, used.flows.end(), std::max<int64_t>(0, begin - SHORT_NS), startsBefore);
            const auto to =
                end == INT64_MAX ? used.flows.end() : std::lower_bound(from, used.flows.end(), end + 1, startsBefore);
            touching.insert(touching.end(), from, to);
            from = to;
            fromElephant = std::lower_bound(fromElephant, used.elephants.end(), begin - elephantLeadNs, startsBefore);
            const auto toElephant = std::lower_bound(fromElephant, used.elephants.end(), begin, startsBefore);
            touching.insert(touching.end(), fromElephant, toElephant);
            fromElephant = toElephant;
        }
        for (const LastingFlow& flow : used.lasting)
        {
            const auto window =
                std::lower_bound(windows.begin(),
                                 windows.end(),
                                 flow.startNs,
                                 [](const TimeWindow& candidate, int64_t time) { return candidate.second < time; });
            if (window != windows.end() && window->first <= flow.untilNs)
            {
                touching.push_back(flow.id);
            }
        }
    }
    boost::sort::spreadsort::integer_sort(touching.begin(), touching.end());
    touching.erase(std::unique(touching.begin(), touching.end()), touching.end());
    return touching;
}

namespace
{

/// Builds the fabric of a scenario: the path's own nodes, and what hangs on them for the flows that come and go.
class ScenarioBuilder
{
  public:
    ScenarioBuilder(const FabricGraph& network, const Route& route, PathScenario& scenario)
        : m_network(network),
          m_scenario(scenario)
    {
        m_pathNodes.push_back(Add(network.Link(route.front()).from));
        for (LinkId link : route)
        {
            m_pathNodes.push_back(Add(network.Link(link).to));
            m_scenario.path.push_back(Join(m_pathNodes[m_pathNodes.size() - 2], m_pathNodes.back(), link));
        }
    }

    NodeId PathNode(std::size_t position) const
    {
        return m_pathNodes[position];
    }

    /**
     * The host at which a flow enters or leaves the path.
     * \param position of the path's switch where it does
     * \param outside the part of its route that is cut away, from the path outwards (reversed links where it enters)
     * \param links set to those from the path's switch to the host
     */
    NodeId StubHost(std::size_t position, const Route& outside, Route& links)
    {
        const LinkId first = outside.front();
        const NodeId neighbour = m_network.Link(first).to;
        const NodeId host = m_network.Link(outside.back()).to;
        Stub& access = m_access[first];
        if (access.node == NO_PATH)
        {
            access.node = Add(neighbour);
            access.link = Join(m_pathNodes[position], access.node, first);
        }
        links.assign(1, access.link);
        if (neighbour == host)
        {
            return access.node;
        }
        Stub& stub = m_behind[{first, host}];
        if (stub.node == NO_PATH)
        {
            int64_t delay = 0;
            for (std::size_t i = 1; i < outside.size(); i++)
            {
                delay += m_network.Link(outside[i]).delayNs;
            }
            stub.node = Add(host);
            const uint64_t rate = m_network.Link(outside.back()).bitsPerSecond;
            stub.link = m_scenario.fabric.AddLink(access.node, stub.node, rate, delay);
            StandFor({outside.begin() + 1, outside.end()});
        }
        links.push_back(stub.link);
        return stub.node;
    }

  private:
    /// A node that stands for one of the network.
    struct Stub
    {
        NodeId node = NO_PATH;
        LinkId link = 0; //!< that leads to it
    };

    NodeId Add(NodeId original)
    {
        m_scenario.originalNode.push_back(original);
        const NodeId node = m_scenario.fabric.AddNode(m_network.IsHost(original) ? NodeKind::HOST : NodeKind::SWITCH);
        if (m_network.IsServerSwitch(original))
        {
            m_scenario.fabric.SetServerSwitch(node);
        }
        return node;
    }

    LinkId Join(NodeId a, NodeId b, LinkId original)
    {
        const FabricLink& link = m_network.Link(original);
        const LinkId joined = m_scenario.fabric.AddLink(a,
                                                        b,
                                                        link.bitsPerSecond,
                                                        link.delayNs,
                                                        link.errorRate,
                                                        m_network.Link(ReverseLink(original)).bitsPerSecond);
        StandFor({original});
        return joined;
    }

    /// Notes what the link that was added last stands for.
    void StandFor(const Route& originals)
    {
        m_scenario.originalLinks.push_back(originals);
        Route back;
        for (auto link = originals.rbegin(); link != originals.rend(); ++link)
        {
            back.push_back(ReverseLink(*link));
        }
        m_scenario.originalLinks.push_back(back);
    }

    const FabricGraph& m_network;
    PathScenario& m_scenario;
    std::vector<NodeId> m_pathNodes;
    std::unordered_map<LinkId, Stub> m_access; //!< by the link that leaves the path: the node behind it
    /// By that link and a host: the host behind that node.
    std::unordered_map<std::pair<LinkId, NodeId>, Stub, boost::hash<std::pair<LinkId, NodeId>>> m_behind;
};

/// Makes room for so many flows.
void Reserve(PathScenario& scenario, std::size_t flows, std::size_t links)
{
    scenario.flows.reserve(flows);
    scenario.foreground.reserve(flows);
    for (auto* perFlow : {&scenario.enters, &scenario.leaves, &scenario.originalFlow})
    {
        perFlow->reserve(flows);
    }
    scenario.linkBegin.reserve(flows + 1);
    scenario.links.reserve(links);
}

} // namespace

PathScenario PathIndex::Scenario(uint32_t path, const std::vector<TimeWindow>& windows, int64_t elephantLeadNs) const
{
    const Route& route = m_paths.at(path);
    PathScenario scenario;
    ScenarioBuilder builder(m_fabric, route, scenario);
    Route whole;
    Route outside;
    Route stubs;
    std::vector<std::size_t> positionOf(m_fabric.LinkCount(), route.size()); // on the path
    for (std::size_t i = 0; i < route.size(); i++)
    {
        positionOf[route[i]] = i;
    }
    const std::vector<uint32_t> touching = Touching(route, windows, elephantLeadNs);
    Reserve(scenario, touching.size(), touching.size() * route.size());
    for (std::size_t i = 0; i < touching.size(); i++)
    {
        constexpr std::size_t AHEAD = 8; // a flow of the whole list is seldom in the cache
        __builtin_prefetch(&m_flows[touching[std::min(i + AHEAD, touching.size() - 1)]]);
        const uint32_t id = touching[i];
        m_routes.DataRoute(KeyOf(id), whole);
        const auto begin = whole.begin();
        const auto end = whole.end();
        for (auto at = begin; at != end;)
        {
            const std::size_t enters = positionOf[*at];
            if (enters == route.size())
            {
                ++at;
                continue;
            }
            // a maximal run of path links
            auto last = at;
            std::size_t leaves = enters + 1;
            while (last + 1 != end && leaves < route.size() && *(last + 1) == route[leaves])
            {
                ++last;
                ++leaves;
            }
            scenario.linkBegin.push_back(scenario.links.size());
            NodeId src = builder.PathNode(enters);
            if (at != begin)
            {
                outside.clear();
                for (auto link = at; link != begin;)
                {
                    outside.push_back(ReverseLink(*--link));
                }
                src = builder.StubHost(enters, outside, stubs);
                std::transform(stubs.rbegin(), stubs.rend(), std::back_inserter(scenario.links), ReverseLink);
            }
            for (std::size_t position = enters; position < leaves; position++)
            {
                scenario.links.push_back(scenario.path[position]);
            }
            NodeId dst = builder.PathNode(leaves);
            if (last + 1 != end)
            {
                outside.assign(last + 1, end);
                dst = builder.StubHost(leaves, outside, stubs);
                scenario.links.insert(scenario.links.end(), stubs.begin(), stubs.end());
            }
            scenario.flows.push_back({src, dst, m_flows[id].sizeBytes, m_flows[id].startNs, m_flows[id].priorityGroup});
            scenario.foreground.push_back(enters == 0 && leaves == route.size());
            scenario.enters.push_back(static_cast<uint32_t>(enters));
            scenario.leaves.push_back(static_cast<uint32_t>(leaves));
            scenario.originalFlow.push_back(id);
            at = last + 1;
        }
    }
    scenario.linkBegin.push_back(scenario.links.size());
    return scenario;
}

} // namespace ns3::m3
