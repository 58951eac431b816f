// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_HOP_SETS_H
#define M3_HOP_SETS_H

#include "ns3/m3-routes.h"

#include <cstdint>
#include <limits>
#include <map>
#include <utility>
#include <vector>

namespace ns3::m3
{

/**
 * \ingroup m3-packet
 * The next hops on shortest paths at each node that forwards, towards each host: asked of the routes at the first use,
 * then kept. Equal sets are one, with one number.
 */
class HopSets
{
  public:
    /// Some next hops.
    struct Set
    {
        const LinkId* links; //!< ascending by port
        uint32_t count;      //!< of them
        uint32_t group;      //!< number of the set
    };

    /// \param fabric must outlive it
    explicit HopSets(const FabricGraph& fabric)
        : m_fabric(fabric),
          m_placeOf(fabric.LinkCount()),
          m_tableOf(fabric.NodeCount(), NONE)
    {
        std::vector<uint32_t> ofNode(fabric.NodeCount());
        for (NodeId node = 0; node < fabric.NodeCount(); node++)
        {
            ofNode[node] = fabric.Forwards(node) ? m_places++ : 0;
        }
        for (LinkId link = 0; link < fabric.LinkCount(); link++)
        {
            m_placeOf[link] = ofNode[fabric.Link(link).to];
        }
    }

    /// Returns the number of the table of a host.
    uint32_t TableOf(NodeId host)
    {
        if (m_tableOf[host] == NONE)
        {
            m_tableOf[host] = static_cast<uint32_t>(m_hosts.size());
            m_hosts.push_back(host);
            m_groups.resize(m_groups.size() + m_places, NONE);
        }
        return m_tableOf[host];
    }

    /// Returns the next hops at the node, one that forwards, at the end of a link; none where there is no way.
    const Set& At(uint32_t table, LinkId link, const RouteTable& routes)
    {
        uint32_t& group = m_groups[std::size_t{table} * m_places + m_placeOf[link]];
        if (group == NONE)
        {
            group = Find(table, link, routes);
        }
        return m_sets[group];
    }

    /// Asks the routes anew, which have changed.
    void Forget()
    {
        m_groups.assign(m_groups.size(), NONE);
    }

  private:
    static constexpr uint32_t NONE = std::numeric_limits<uint32_t>::max();

    uint32_t Find(uint32_t table, LinkId link, const RouteTable& routes)
    {
        std::vector<LinkId> links;
        routes.NextLinks(m_fabric.Link(link).to, m_hosts[table], links);
        const auto [known, isNew] = m_known.try_emplace(std::move(links), static_cast<uint32_t>(m_sets.size()));
        if (isNew)
        {
            m_sets.push_back({known->first.data(), static_cast<uint32_t>(known->first.size()), known->second});
        }
        return known->second;
    }

    const FabricGraph& m_fabric;
    uint32_t m_places = 0;                           //!< nodes that forward
    std::vector<uint32_t> m_placeOf;                 //!< by link: place of the node at its end among those
    std::vector<uint32_t> m_tableOf;                 //!< by host
    std::vector<NodeId> m_hosts;                     //!< by table
    std::vector<uint32_t> m_groups;                  //!< by table and place
    std::map<std::vector<LinkId>, uint32_t> m_known; //!< group of a set
    std::vector<Set> m_sets;                         //!< by group
};

} // namespace ns3::m3

#endif // M3_HOP_SETS_H
