// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_NEXT_HOPS_H
#define M3_NEXT_HOPS_H

#include "mode-rules.h"

#include "ns3/m3-fabric-graph.h"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <unordered_set>
#include <vector>

namespace ns3::m3
{

/// Returns whether a node is a host whose only link leads to a switch: no packet of others passes through it.
inline bool IsLeafHost(const FabricGraph& fabric, NodeId node)
{
    const std::vector<LinkId>& links = fabric.EgressLinks(node);
    return fabric.IsHost(node) && links.size() == 1 && !fabric.IsHost(fabric.Link(links.front()).to);
}

/// \ingroup m3-fabric
/// A link towards a root, and where it leads.
struct NextHop
{
    LinkId link;    //!< The link.
    NodeId to;      //!< The node at its end.
    uint32_t inner; //!< Number of that node among the inner nodes.

    /// Whether both are the same link.
    bool operator==(const NextHop& other) const
    {
        return link == other.link;
    }
};

/// \ingroup m3-fabric
/// The next hops of a node towards a root, in the order in which hashes count them.
using NextHops = std::vector<NextHop>;

/// \ingroup m3-fabric
/// All shortest paths by hops towards one inner node, the root.
struct ShortestPaths
{
    std::vector<const NextHops*> hops; //!< Of each inner node; none where there is no path, and at the root.
    std::vector<uint32_t> order; //!< Inner nodes that have a path, by number, the root and then the nearest first.
};

/**
 * \ingroup m3-fabric
 * Shortest paths towards all roots of a network. Inner nodes are all nodes but leaf hosts (IsLeafHost),
 * whose only way is to their switch: with hosts left out, a network of 49,152 hosts in 3,072 racks has 3,424 nodes to
 * search. Paths towards a root are made when they are asked for first. Equal lists of next hops, which most roots have
 * in common, are kept once, so that paths take 12 bytes per root and inner node.
 *
 * Threads may share it. The graph must outlive it and not change.
 */
class NextHopTables
{
  public:
    NextHopTables(const FabricGraph& fabric, const ModeRules& rules); //!< makes no paths yet
    ~NextHopTables();
    NextHopTables(const NextHopTables&) = delete;
    NextHopTables& operator=(const NextHopTables&) = delete;

    static constexpr uint32_t NOT_INNER = UINT32_MAX; //!< number of a leaf host

    /// Returns the number of a node among the inner nodes, or NOT_INNER.
    uint32_t InnerOf(NodeId node) const
    {
        return m_innerOf[node];
    }

    /// Returns the node of a number.
    NodeId NodeOf(uint32_t inner) const
    {
        return m_nodes[inner];
    }

    /// Returns the number of inner nodes.
    uint32_t InnerCount() const
    {
        return static_cast<uint32_t>(m_nodes.size());
    }

    /// Returns the paths towards an inner node. \param root its number
    const ShortestPaths& Towards(uint32_t root)
    {
        const ShortestPaths* known = m_paths[root].load(std::memory_order_acquire);
        return known ? *known : Make(root);
    }

    /// The same where paths towards all roots are asked for in turn: where these are too many to keep, those that are
    /// not there yet are made in `own`.
    const ShortestPaths& TowardsEach(uint32_t root, ShortestPaths& own);

    /// Finds the paths towards an inner node without keeping them. \param root its number \param paths whatever it was
    void Search(uint32_t root, ShortestPaths& paths);

  private:
    const ShortestPaths& Make(uint32_t root);

    /// Hashes the links of next hops.
    struct HashOfHops
    {
        std::size_t operator()(const NextHops& hops) const;
    };

    const ModeRules& m_rules;
    std::vector<uint32_t> m_innerOf;                        //!< by node
    std::vector<NodeId> m_nodes;                            //!< by inner number
    std::vector<bool> m_forwards;                           //!< by inner number
    std::vector<NextHops> m_neighbours;                     //!< by inner number: those that routes may take, as visited
    std::vector<std::atomic<const ShortestPaths*>> m_paths; //!< by inner number, owned; null until asked for
    std::mutex m_mutex;                                     //!< of what follows
    std::unordered_set<NextHops, HashOfHops> m_lists;       //!< all different lists of next hops
    std::vector<const NextHops*> m_last;                    //!< by inner number: the list that it had last
};

/**
 * Adds what demands at inner nodes put on the links towards a root: at every node what it has divides equally over its
 * next hops.
 * \param times that each link's part is added, one after the other \param demandOf by inner node; what passes through
 * a node is added \param linkLoad by link
 */
void SpreadLoad(const ShortestPaths& paths,
                std::size_t times,
                std::vector<double>& demandOf,
                std::vector<double>& linkLoad);

/// Adds a number to a sum several times, one after the other.
inline void AddTimes(double number, std::size_t times, double& sum)
{
    double now = sum;
    for (std::size_t i = 0; i < times; i++)
    {
        now += number;
    }
    sum = now;
}

} // namespace ns3::m3

#endif // M3_NEXT_HOPS_H
