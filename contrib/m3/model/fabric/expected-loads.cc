// SPDX-License-Identifier: GPL-2.0-only
#include "expected-loads.h"

#include "next-hops.h"
#include "route-errors.h"

#include "ns3/m3-input-error.h"

#include <cassert>
#include <optional>

namespace ns3::m3
{

namespace
{

/// Hosts that are alike as sources, and as destinations.
struct LoadRack
{
    std::vector<NodeId> leaves;          //!< leaf hosts
    std::vector<NodeId> others;          //!< other hosts
    NodeId top = 0;                      //!< switch of the leaf hosts
    std::optional<NodeId> unlinked = {}; //!< a leaf host whose link is down

    std::size_t Count() const
    {
        return leaves.size() + others.size();
    }

    /// A host that is not this one. \pre there is one
    NodeId HostBut(NodeId host) const
    {
        const std::vector<NodeId>& some = leaves.empty() ? others : leaves;
        return some.front() != host ? some.front() : some.size() > 1 ? some[1] : others.front();
    }
};

LinkId UplinkOf(const FabricGraph& fabric, NodeId leaf)
{
    return fabric.EgressLinks(leaf).front();
}

std::vector<LoadRack> RacksOf(const FabricGraph& fabric, const std::vector<std::vector<NodeId>>& hostsOfRacks)
{
    std::vector<LoadRack> racks;
    for (const std::vector<NodeId>& hosts : hostsOfRacks)
    {
        LoadRack rack;
        for (const NodeId host : hosts)
        {
            if (!IsLeafHost(fabric, host))
            {
                rack.others.push_back(host);
                continue;
            }
            const FabricLink& link = fabric.Link(UplinkOf(fabric, host));
            assert(rack.leaves.empty() || rack.top == link.to);
            rack.top = link.to;
            rack.unlinked = link.up ? rack.unlinked : host;
            rack.leaves.push_back(host);
        }
        racks.push_back(rack);
    }
    return racks;
}

/// Sums up loads, rack by rack as destinations.
class ExpectedLoads
{
  public:
    ExpectedLoads(const FabricGraph& fabric, EngineMode mode, const std::vector<std::vector<NodeId>>& hostsOfRacks)
        : m_fabric(fabric),
          m_tables(fabric, RulesOf(mode)),
          m_racks(RacksOf(fabric, hostsOfRacks)),
          m_demands(m_racks.size()),
          m_sent(m_racks.size(), 0)
    {
    }

    /// Adds what all racks send to one.
    void AddTo(std::size_t dst,
               const std::function<double(std::size_t src, std::size_t dst)>& demand,
               std::vector<double>& load)
    {
        const LoadRack& rack = m_racks[dst];
        double received = 0; // by each leaf host of this rack
        for (std::size_t src = 0; src < m_racks.size(); src++)
        {
            const bool isOwn = src == dst;
            m_demands[src] = isOwn && rack.Count() < 2 ? 0 : demand(src, dst);
            AddTimes(m_demands[src], rack.Count() - isOwn, m_sent[src]);
            AddTimes(m_demands[src], m_racks[src].Count() - isOwn, received);
        }
        if (!rack.leaves.empty())
        {
            AddInside(dst, rack.leaves.front(), rack.top, rack.leaves.size(), load);
        }
        for (const NodeId host : rack.others)
        {
            AddInside(dst, host, host, 1, load);
        }
        for (const NodeId leaf : rack.leaves)
        {
            load[ReverseLink(UplinkOf(m_fabric, leaf))] += received;
        }
    }

    /// Adds what leaf hosts sent to all on their own links.
    void AddSent(std::vector<double>& load) const
    {
        for (std::size_t src = 0; src < m_racks.size(); src++)
        {
            for (const NodeId leaf : m_racks[src].leaves)
            {
                load[UplinkOf(m_fabric, leaf)] += m_sent[src];
            }
        }
    }

  private:
    /// Adds what racks send to hosts of rack `dst` that are joined alike, on all links but those of leaf hosts.
    /// \param host one of them \param root node that they hang on \param times number of them
    void AddInside(std::size_t dst, NodeId host, NodeId root, std::size_t times, std::vector<double>& load)
    {
        const uint32_t innerRoot = m_tables.InnerOf(root);
        m_tables.Search(innerRoot, m_paths);
        const ShortestPaths& paths = m_paths;
        std::vector<double> demandOf(m_tables.InnerCount(), 0);
        for (std::size_t src = 0; src < m_racks.size(); src++)
        {
            if (!(m_demands[src] > 0))
            {
                continue;
            }
            const LoadRack& rack = m_racks[src];
            RequireLinks(rack, m_racks[dst]);
            if (!rack.leaves.empty())
            {
                const uint32_t inner = m_tables.InnerOf(rack.top);
                RequirePath(inner == innerRoot || !paths.hops[inner]->empty(), rack.leaves.front(), host);
                AddTimes(m_demands[src], rack.leaves.size(), demandOf[inner]);
            }
            for (const NodeId other : rack.others)
            {
                const uint32_t inner = m_tables.InnerOf(other);
                RequirePath(other == host || !paths.hops[inner]->empty(), other, host);
                demandOf[inner] += m_demands[src];
            }
        }
        SpreadLoad(paths, times, demandOf, load);
    }

    /// \throws InputError if the link of a leaf host is down
    void RequireLinks(const LoadRack& from, const LoadRack& to) const
    {
        if (from.unlinked)
        {
            RequirePath(false, *from.unlinked, to.HostBut(*from.unlinked));
        }
        if (to.unlinked)
        {
            RequirePath(false, from.HostBut(*to.unlinked), *to.unlinked);
        }
    }

    void RequirePath(bool isThere, NodeId src, NodeId dst) const
    {
        if (!isThere)
        {
            throw InputError(NoPathText(m_fabric, src, dst));
        }
    }

    const FabricGraph& m_fabric;
    NextHopTables m_tables;
    ShortestPaths m_paths; //!< towards the hosts that are added
    std::vector<LoadRack> m_racks;
    std::vector<double> m_demands; //!< of each rack's hosts towards each host of the rack that is added
    std::vector<double> m_sent;    //!< by each leaf host of each rack
};

} // namespace

void AddExpectedLoads(const FabricGraph& fabric,
                      EngineMode mode,
                      const std::vector<std::vector<NodeId>>& racks,
                      const std::function<double(std::size_t src, std::size_t dst)>& demand,
                      std::vector<double>& linkLoad)
{
    ExpectedLoads loads(fabric, mode, racks);
    std::vector<double> load = linkLoad;
    for (std::size_t dst = 0; dst < racks.size(); dst++)
    {
        loads.AddTo(dst, demand, load);
    }
    loads.AddSent(load);
    linkLoad.swap(load);
}

} // namespace ns3::m3
