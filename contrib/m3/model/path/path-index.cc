#include "path-index.h"

#include "ns3/random-stream.h"
#include "ns3/routes-of-flows.h"

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>

namespace ns3::m3
{

PathIndex::PathIndex(const FabricGraph& fabric, const RouteTable& routes, const FlowList& flows)
    : m_fabric(fabric),
      m_flows(flows),
      m_flowsOfLink(fabric.LinkCount())
{
    std::map<Route, uint32_t> known;
    RoutesOfFlows routesOfFlows(routes);
    Route route;
    m_routeBegin.push_back(0);
    for (uint32_t id = 0; id < flows.size(); id++)
    {
        routesOfFlows.Next(flows[id].src, flows[id].dst, route);
        m_routeLinks.insert(m_routeLinks.end(), route.begin(), route.end());
        m_routeBegin.push_back(m_routeLinks.size());
        for (LinkId link : route)
        {
            m_flowsOfLink[link].push_back(id);
        }
        const auto [path, isNew] = known.emplace(route, static_cast<uint32_t>(m_paths.size()));
        if (isNew)
        {
            m_paths.push_back(route);
            m_foreground.emplace_back();
        }
        m_foreground[path->second].push_back(id);
    }
}

uint32_t PathIndex::PathCount() const
{
    return static_cast<uint32_t>(m_paths.size());
}

const Route& PathIndex::PathRoute(uint32_t path) const
{
    return m_paths.at(path);
}

const std::vector<uint32_t>& PathIndex::ForegroundFlows(uint32_t path) const
{
    return m_foreground.at(path);
}

std::vector<SampledPath> PathIndex::Sample(uint32_t draws, uint64_t seed) const
{
    std::vector<uint64_t> upTo; // flows on paths 0..i
    for (const auto& flows : m_foreground)
    {
        upTo.push_back((upTo.empty() ? 0 : upTo.back()) + flows.size());
    }
    std::map<uint32_t, uint32_t> multiplicity;
    RandomStream random(seed);
    for (uint32_t i = 0; i < draws && !upTo.empty(); i++)
    {
        const uint64_t drawn = random.Integer(1, upTo.back());
        multiplicity[static_cast<uint32_t>(std::lower_bound(upTo.begin(), upTo.end(), drawn) - upTo.begin())]++;
    }
    std::vector<SampledPath> sampled;
    for (const auto& [path, times] : multiplicity)
    {
        sampled.push_back({path, times});
    }
    return sampled;
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
     */
    NodeId StubHost(std::size_t position, const Route& outside)
    {
        const LinkId first = outside.front();
        const NodeId neighbour = m_network.Link(first).to;
        const NodeId host = m_network.Link(outside.back()).to;
        const auto [access, isNewAccess] = m_access.try_emplace({position, neighbour, first}, 0);
        if (isNewAccess)
        {
            access->second = Add(neighbour);
            Join(m_pathNodes[position], access->second, first);
        }
        if (neighbour == host)
        {
            return access->second;
        }
        const auto [stub, isNew] = m_stubs.try_emplace({access->second, host}, 0);
        if (isNew)
        {
            int64_t delay = 0;
            for (std::size_t i = 1; i < outside.size(); i++)
            {
                delay += m_network.Link(outside[i]).delayNs;
            }
            stub->second = Add(host);
            m_scenario.fabric.AddLink(access->second,
                                      stub->second,
                                      m_network.Link(outside.back()).bitsPerSecond,
                                      delay);
        }
        return stub->second;
    }

  private:
    NodeId Add(NodeId original)
    {
        m_scenario.originalNode.push_back(original);
        return m_scenario.fabric.AddNode(m_network.IsHost(original) ? NodeKind::HOST : NodeKind::SWITCH);
    }

    LinkId Join(NodeId a, NodeId b, LinkId original)
    {
        const FabricLink& link = m_network.Link(original);
        return m_scenario.fabric.AddLink(a, b, link.bitsPerSecond, link.delayNs, link.errorRate);
    }

    const FabricGraph& m_network;
    PathScenario& m_scenario;
    std::vector<NodeId> m_pathNodes;
    std::map<std::tuple<std::size_t, NodeId, LinkId>, NodeId> m_access; //!< by position, neighbour and link to it
    std::map<std::pair<NodeId, NodeId>, NodeId> m_stubs;                //!< by access switch and real host
};

} // namespace

PathScenario PathIndex::Scenario(uint32_t path) const
{
    const Route& route = m_paths.at(path);
    PathScenario scenario;
    ScenarioBuilder builder(m_fabric, route, scenario);

    std::vector<uint32_t> touching;
    for (LinkId link : route)
    {
        touching.insert(touching.end(), m_flowsOfLink[link].begin(), m_flowsOfLink[link].end());
    }
    std::sort(touching.begin(), touching.end());
    touching.erase(std::unique(touching.begin(), touching.end()), touching.end());

    Route outside;
    for (uint32_t id : touching)
    {
        const auto begin = m_routeLinks.begin() + static_cast<std::ptrdiff_t>(m_routeBegin[id]);
        const auto end = m_routeLinks.begin() + static_cast<std::ptrdiff_t>(m_routeBegin[id + 1]);
        for (auto at = begin; at != end;)
        {
            const auto position = std::find(route.begin(), route.end(), *at);
            if (position == route.end())
            {
                ++at;
                continue;
            }
            // a maximal run of path links
            auto last = at;
            auto lastPosition = position;
            while (last + 1 != end && lastPosition + 1 != route.end() && *(last + 1) == *(lastPosition + 1))
            {
                ++last;
                ++lastPosition;
            }
            const auto enters = static_cast<std::size_t>(position - route.begin());
            const auto leaves = static_cast<std::size_t>(lastPosition - route.begin()) + 1;
            NodeId src = builder.PathNode(enters);
            if (at != begin)
            {
                outside.clear();
                for (auto link = at; link != begin;)
                {
                    outside.push_back(ReverseLink(*--link));
                }
                src = builder.StubHost(enters, outside);
            }
            NodeId dst = builder.PathNode(leaves);
            if (last + 1 != end)
            {
                outside.assign(last + 1, end);
                dst = builder.StubHost(leaves, outside);
            }
            scenario.flows.push_back({src, dst, m_flows[id].sizeBytes, m_flows[id].startNs});
            scenario.foreground.push_back(enters == 0 && leaves == route.size());
            scenario.enters.push_back(static_cast<uint32_t>(enters));
            scenario.leaves.push_back(static_cast<uint32_t>(leaves));
            scenario.originalFlow.push_back(id);
            at = last + 1;
        }
    }
    return scenario;
}

} // namespace ns3::m3
