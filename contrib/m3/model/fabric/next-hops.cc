// SPDX-License-Identifier: GPL-2.0-only
#include "next-hops.h"

#include <boost/functional/hash.hpp>

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

namespace ns3::m3
{

namespace
{

constexpr uint32_t UNREACHED = std::numeric_limits<uint32_t>::max();

/// Returns for each directed link whether routes do not take it since a later one joins the same nodes.
std::vector<bool> EarlierParallels(const FabricGraph& fabric)
{
    std::vector<bool> isEarlier(fabric.LinkCount());
    std::vector<LinkId> lastTo(fabric.NodeCount());
    for (NodeId node = 0; node < fabric.NodeCount(); node++)
    {
        for (const LinkId link : fabric.EgressLinks(node)) // ascending
        {
            lastTo[fabric.Link(link).to] = link;
        }
        for (const LinkId link : fabric.EgressLinks(node))
        {
            isEarlier[link] = lastTo[fabric.Link(link).to] != link;
        }
    }
    return isEarlier;
}

} // namespace

std::size_t NextHopTables::HashOfHops::operator()(const NextHops& hops) const
{
    std::size_t hash = hops.size();
    for (const NextHop& hop : hops)
    {
        boost::hash_combine(hash, hop.link);
    }
    return hash;
}

NextHopTables::NextHopTables(const FabricGraph& fabric, const ModeRules& rules)
    : m_rules(rules),
      m_innerOf(fabric.NodeCount(), NOT_INNER)
{
    for (NodeId node = 0; node < fabric.NodeCount(); node++)
    {
        if (!IsLeafHost(fabric, node))
        {
            m_innerOf[node] = InnerCount();
            m_nodes.push_back(node);
            m_forwards.push_back(fabric.Forwards(node));
        }
    }
    const std::vector<bool> isPassedOver =
        rules.usesLastParallel ? EarlierParallels(fabric) : std::vector<bool>(fabric.LinkCount());
    m_neighbours.resize(InnerCount());
    for (uint32_t inner = 0; inner < InnerCount(); inner++)
    {
        NextHops& neighbours = m_neighbours[inner];
        for (const LinkId link : fabric.EgressLinks(m_nodes[inner]))
        {
            const NodeId to = fabric.Link(link).to;
            if (m_innerOf[to] != NOT_INNER && fabric.Link(link).up && !isPassedOver[link])
            {
                neighbours.push_back({link, to, m_innerOf[to]});
            }
        }
        if (rules.ordersHopsByNode)
        {
            std::sort(neighbours.begin(),
                      neighbours.end(),
                      [](const NextHop& a, const NextHop& b)
                      { return std::pair(a.to, a.link) > std::pair(b.to, b.link); });
        }
    }
    m_paths = std::vector<std::atomic<const ShortestPaths*>>(InnerCount());
    m_last.resize(InnerCount(), &*m_lists.emplace().first);
}

NextHopTables::~NextHopTables()
{
    for (const auto& paths : m_paths)
    {
        delete paths.load();
    }
}

const ShortestPaths& NextHopTables::TowardsEach(uint32_t root, ShortestPaths& own)
{
    constexpr uint64_t BYTES_OF_NODE = sizeof(const NextHops*) + sizeof(uint32_t);
    constexpr uint64_t MAX_BYTES = 500'000'000; // of all paths
    const ShortestPaths* known = m_paths[root].load(std::memory_order_acquire);
    if (known || uint64_t{InnerCount()} * InnerCount() <= MAX_BYTES / BYTES_OF_NODE)
    {
        return Towards(root);
    }
    Search(root, own);
    return own;
}

const ShortestPaths& NextHopTables::Make(uint32_t root)
{
    auto paths = std::make_unique<ShortestPaths>();
    Search(root, *paths);
    const ShortestPaths* known = nullptr; // another thread may have been faster
    return m_paths[root].compare_exchange_strong(known, paths.get(), std::memory_order_acq_rel) ? *paths.release()
                                                                                                : *known;
}

void NextHopTables::Search(uint32_t root, ShortestPaths& paths)
{
    // breadth-first; only nodes that forward (and the root) are expanded
    std::vector<uint32_t> distance(InnerCount(), UNREACHED);
    std::vector<uint32_t> rank(InnerCount(), 0); // place in the order of visits
    paths.order.assign(1, root);
    distance[root] = 0;
    for (std::size_t i = 0; i < paths.order.size(); i++)
    {
        const uint32_t node = paths.order[i];
        rank[node] = static_cast<uint32_t>(i);
        if (node != root && !m_forwards[node])
        {
            continue;
        }
        for (const NextHop& next : m_neighbours[node])
        {
            if (distance[next.inner] == UNREACHED)
            {
                distance[next.inner] = distance[node] + 1;
                paths.order.push_back(next.inner);
            }
        }
    }
    NextHops hops;
    const std::lock_guard lock(m_mutex);
    paths.hops.assign(InnerCount(), &*m_lists.emplace().first);
    for (std::size_t i = 1; i < paths.order.size(); i++)
    {
        const uint32_t node = paths.order[i];
        hops.clear();
        for (const NextHop& next : m_neighbours[node])
        {
            if (distance[next.inner] + 1 == distance[node] && (next.inner == root || m_forwards[next.inner]))
            {
                hops.push_back(next);
            }
        }
        if (m_rules.ordersHopsByNode)
        {
            std::sort(hops.begin(),
                      hops.end(),
                      [&rank](const NextHop& a, const NextHop& b)
                      { return std::pair(rank[a.inner], b.link) < std::pair(rank[b.inner], a.link); });
        }
        if (hops != *m_last[node])
        {
            m_last[node] = &*m_lists.insert(hops).first;
        }
        paths.hops[node] = m_last[node];
    }
}

void SpreadLoad(const ShortestPaths& paths,
                std::size_t times,
                std::vector<double>& demandOf,
                std::vector<double>& linkLoad)
{
    for (auto node = paths.order.rbegin(); node != paths.order.rend(); ++node)
    {
        const NextHops& hops = *paths.hops[*node];
        if (demandOf[*node] == 0 || hops.empty())
        {
            continue;
        }
        const double share = demandOf[*node] / static_cast<double>(hops.size());
        for (const NextHop& hop : hops)
        {
            AddTimes(share, times, linkLoad[hop.link]);
            demandOf[hop.inner] += share;
        }
    }
}

} // namespace ns3::m3
