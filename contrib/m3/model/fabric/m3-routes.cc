// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-routes.h"

#include "mode-rules.h"
#include "next-hops.h"
#include "route-errors.h"

#include "ns3/m3-input-error.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <memory>
#include <string>

namespace ns3::m3
{

namespace
{

/// Seed of ns-3's Hash32, with which a multi-homed host chooses its NIC in `HPCC` mode.
constexpr uint32_t NIC_HASH_SEED = 0x8BADF00D;

uint32_t RotateLeft(uint32_t x, int bits)
{
    return (x << bits) | (x >> (32 - bits));
}

/// What MurmurHash3 makes of a word before it goes into the hash.
uint32_t Mixed(uint32_t word)
{
    return RotateLeft(word * 0xcc9e2d51U, 15) * 0x1b873593U;
}

/// The hash with a whole word more.
uint32_t WithBlock(uint32_t hash, uint32_t mixed)
{
    return RotateLeft(hash ^ mixed, 13) * 5 + 0xe6546b64U;
}

/// \param length bytes in all
uint32_t Finished(uint32_t hash, std::size_t length)
{
    hash ^= static_cast<uint32_t>(length);
    hash = (hash ^ (hash >> 16)) * 0x85ebca6bU;
    hash = (hash ^ (hash >> 13)) * 0xc2b2ae35U;
    return hash ^ (hash >> 16);
}

/// MurmurHash3 of the three words that name a flow, for a seed per switch.
class FlowHash
{
  public:
    FlowHash(uint32_t first, uint32_t second, uint32_t third)
        : m_mixed{Mixed(first), Mixed(second), Mixed(third)}
    {
    }

    uint32_t operator()(uint32_t seed) const
    {
        const uint32_t hash = WithBlock(WithBlock(WithBlock(seed, m_mixed[0]), m_mixed[1]), m_mixed[2]);
        return Finished(hash, sizeof m_mixed);
    }

  private:
    uint32_t m_mixed[3];
};

/// Address of a node in the HPCC simulator.
uint32_t HpccAddress(NodeId node)
{
    return 0x0b000001 + ((node / 256) << 16) + ((node % 256) << 8);
}

} // namespace

uint32_t MurmurHash3(const void* data, std::size_t length, uint32_t seed)
{
    const auto* bytes = static_cast<const uint8_t*>(data);
    uint32_t hash = seed;
    const std::size_t blocks = length / 4;
    for (std::size_t i = 0; i < blocks; i++)
    {
        uint32_t word;
        std::memcpy(&word, bytes + 4 * i, 4);
        hash = WithBlock(hash, Mixed(word));
    }
    uint32_t tail = 0;
    for (std::size_t i = length; i > 4 * blocks; i--)
    {
        tail = (tail << 8) | bytes[i - 1];
    }
    return Finished(hash ^ Mixed(tail), length);
}

class RouteTable::Impl
{
  public:
    Impl(const FabricGraph& fabric, EngineMode mode)
        : m_fabric(fabric),
          m_rules(RulesOf(mode)),
          m_access(fabric.NodeCount()),
          m_tables(fabric, m_rules)
    {
        for (const NodeId host : fabric.Hosts())
        {
            m_access[host] = AccessOf(host);
        }
    }

    /// Walks from src to dst; `choose(node, count)` gives the index of the next hop.
    template <typename Choose>
    void Walk(NodeId src, NodeId dst, Route& route, Choose choose)
    {
        constexpr std::size_t USUAL_LINKS = 6; // of three tiers
        route.clear();
        route.reserve(USUAL_LINKS);
        const NodeId root = CheckPair(src, dst);
        NextHop at{0, src, m_tables.InnerOf(src)};
        if (m_access[src].root != src) // the only way, without a look at the tables
        {
            at = UpFrom(src, dst);
            route.push_back(at.link);
        }
        const ShortestPaths& paths = Towards(root);
        while (at.to != root)
        {
            const NextHops& hops = *paths.hops[at.inner];
            if (hops.empty())
            {
                throw InputError(NoPathText(m_fabric, src, dst));
            }
            const auto count = static_cast<uint32_t>(hops.size());
            at = hops[count == 1 ? 0 : choose(at.to, count)];
            route.push_back(at.link);
        }
        if (root != dst)
        {
            if (!m_access[dst].up)
            {
                throw InputError(NoPathText(m_fabric, src, dst));
            }
            route.push_back(ReverseLink(m_access[dst].link));
        }
    }

    void DataRoute(const RouteKey& key, Route& route)
    {
        if (m_rules.hashesPorts)
        {
            HpccWalk(key.src, key.dst, key.srcPort, key.dstPort, route);
        }
        else
        {
            const FlowHash hash(key.src, key.dst, static_cast<uint32_t>(key.flowId));
            Walk(key.src, key.dst, route, [&hash](NodeId node, uint32_t count) { return hash(node) % count; });
        }
    }

    void AckRoute(const RouteKey& key, Route& route)
    {
        if (m_rules.hashesPorts)
        {
            HpccWalk(key.dst, key.src, key.dstPort, key.srcPort, route);
        }
        else
        {
            DataRoute(key, route);
            std::reverse(route.begin(), route.end());
            std::transform(route.begin(), route.end(), route.begin(), ReverseLink);
        }
    }

    void FirstRoute(NodeId src, NodeId dst, Route& route)
    {
        Walk(src, dst, route, [](NodeId, uint32_t) { return 0U; });
    }

    bool RestOfRoute(NodeId from, const RouteKey& key, bool data, Route& route)
    {
        const FlowHash hash = !m_rules.hashesPorts ? FlowHash(key.src, key.dst, static_cast<uint32_t>(key.flowId))
                              : data               ? HpccHash(key.src, key.dst, key.srcPort, key.dstPort)
                                                   : HpccHash(key.dst, key.src, key.dstPort, key.srcPort);
        const NodeId dst = data ? key.dst : key.src;
        const NodeId root = m_access[dst].root;
        const ShortestPaths& paths = Towards(root);
        route.clear();
        for (NextHop at{0, from, m_tables.InnerOf(from)}; at.to != root; route.push_back(at.link))
        {
            const NextHops& hops = *paths.hops[at.inner];
            if (hops.empty())
            {
                return false;
            }
            at = hops[hash(at.to) % hops.size()];
        }
        if (root != dst)
        {
            route.push_back(ReverseLink(m_access[dst].link));
        }
        return root == dst || m_access[dst].up;
    }

    void NextLinks(NodeId from, NodeId dst, std::vector<LinkId>& links)
    {
        CheckHost(dst);
        const NodeId root = m_access[dst].root;
        links.clear();
        if (root != dst && !m_access[dst].up)
        {
            return;
        }
        if (from == root && root != dst)
        {
            links.push_back(ReverseLink(m_access[dst].link));
            return;
        }
        if (!IsReached(from, root, Towards(root)))
        {
            return;
        }
        if (m_tables.InnerOf(from) == NextHopTables::NOT_INNER)
        {
            links.push_back(m_access[from].link);
            return;
        }
        for (const NextHop& hop : *Towards(root).hops[m_tables.InnerOf(from)])
        {
            links.push_back(hop.link);
        }
    }

    void FirstHops(NodeId dst, std::vector<HopTowards>& hops)
    {
        CheckHost(dst);
        hops.clear();
        const NodeId root = m_access[dst].root;
        if (root != dst && !m_access[dst].up)
        {
            return;
        }
        ShortestPaths own;
        const ShortestPaths& paths = m_tables.TowardsEach(m_tables.InnerOf(root), own);
        for (const uint32_t inner : paths.order)
        {
            if (m_tables.NodeOf(inner) != root)
            {
                hops.push_back({m_tables.NodeOf(inner), paths.hops[inner]->front().link});
            }
        }
    }

    bool Reachable(NodeId src, NodeId dst)
    {
        if (src == dst)
        {
            return false;
        }
        const NodeId root = CheckPair(src, dst);
        return IsReached(src, root, Towards(root)) && (root == dst || m_access[dst].up);
    }

    void
    AddExpectedLoad(NodeId dst, const std::vector<std::pair<NodeId, double>>& demands, std::vector<double>& linkLoad)
    {
        CheckHost(dst);
        const NodeId root = m_access[dst].root;
        ShortestPaths own;
        const ShortestPaths& paths = m_tables.TowardsEach(m_tables.InnerOf(root), own);
        for (const auto& [src, demand] : demands)
        {
            CheckPair(src, dst);
            if (!IsReached(src, root, paths))
            {
                throw InputError(NoPathText(m_fabric, src, dst));
            }
        }
        std::vector<double> demandOf(m_tables.InnerCount(), 0);
        double total = 0;
        for (const auto& [src, demand] : demands)
        {
            const bool isLeaf = m_access[src].root != src;
            demandOf[m_tables.InnerOf(m_access[src].root)] += demand;
            linkLoad[m_access[src].link] += isLeaf ? demand : 0;
            total += demand;
        }
        SpreadLoad(paths, 1, demandOf, linkLoad);
        if (root != dst)
        {
            linkLoad[ReverseLink(m_access[dst].link)] += total;
        }
    }

  private:
    static constexpr NodeId NO_HOST = std::numeric_limits<NodeId>::max();

    /// How a host is joined to the network.
    struct Access
    {
        NodeId root = NO_HOST; //!< whose table leads there: with one link, to a switch, that switch, else the host
        LinkId link = 0;       //!< where the root is not the host: its only one
        bool up = false;       //!< whether it is up
    };

    Access AccessOf(NodeId host) const
    {
        if (!IsLeafHost(m_fabric, host))
        {
            return {host, 0, false};
        }
        const FabricLink& link = m_fabric.Link(m_fabric.EgressLinks(host).front());
        return {link.to, m_fabric.EgressLinks(host).front(), link.up};
    }

    void CheckHost(NodeId node) const
    {
        if (node >= m_access.size() || m_access[node].root == NO_HOST)
        {
            throw InputError(NoHostText(m_fabric, node));
        }
    }

    /// \return the root of dst. \throws InputError unless both are different hosts
    NodeId CheckPair(NodeId src, NodeId dst) const
    {
        CheckHost(src);
        CheckHost(dst);
        if (src == dst)
        {
            throw InputError("source and destination are both host " + std::to_string(src));
        }
        return m_access[dst].root;
    }

    static FlowHash HpccHash(NodeId src, NodeId dst, uint16_t srcPort, uint16_t dstPort)
    {
        return {HpccAddress(src),
                HpccAddress(dst),
                static_cast<uint32_t>(srcPort) | static_cast<uint32_t>(dstPort) << 16};
    }

    void HpccWalk(NodeId src, NodeId dst, uint16_t srcPort, uint16_t dstPort, Route& route)
    {
        const FlowHash hash = HpccHash(src, dst, srcPort, dstPort);
        Walk(src,
             dst,
             route,
             [&](NodeId node, uint32_t count) { return hash(node == src ? NIC_HASH_SEED : node) % count; });
    }

    /// The way of a host with one link to its switch. \throws InputError if it is down
    NextHop UpFrom(NodeId src, NodeId dst) const
    {
        const Access& access = m_access[src];
        if (!access.up)
        {
            throw InputError(NoPathText(m_fabric, src, dst));
        }
        return {access.link, access.root, m_tables.InnerOf(access.root)};
    }

    const ShortestPaths& Towards(NodeId root)
    {
        return m_tables.Towards(m_tables.InnerOf(root));
    }

    /// Whether there is a path from a node to a root that is another one. \param paths towards the root
    bool IsReached(NodeId from, NodeId root, const ShortestPaths& paths) const
    {
        const Access& access = m_access[from];
        const bool isLeaf = m_tables.InnerOf(from) == NextHopTables::NOT_INNER;
        const NodeId inner = isLeaf ? access.root : from;
        return (!isLeaf || access.up) && ((isLeaf && inner == root) || !paths.hops[m_tables.InnerOf(inner)]->empty());
    }

    const FabricGraph& m_fabric;
    const ModeRules& m_rules;
    std::vector<Access> m_access; //!< per host
    NextHopTables m_tables;
};

RouteTable::RouteTable(const FabricGraph& fabric, EngineMode mode)
    : m_mode(mode),
      m_impl(std::make_unique<Impl>(fabric, mode))
{
}

RouteTable::~RouteTable() = default;

void RouteTable::DataRoute(const RouteKey& key, Route& route) const
{
    m_impl->DataRoute(key, route);
}

void RouteTable::AckRoute(const RouteKey& key, Route& route) const
{
    m_impl->AckRoute(key, route);
}

void RouteTable::FirstRoute(NodeId src, NodeId dst, Route& route) const
{
    m_impl->FirstRoute(src, dst, route);
}

bool RouteTable::RestOfRoute(NodeId from, const RouteKey& key, bool data, Route& route) const
{
    return m_impl->RestOfRoute(from, key, data, route);
}

void RouteTable::NextLinks(NodeId from, NodeId dst, std::vector<LinkId>& links) const
{
    m_impl->NextLinks(from, dst, links);
}

void RouteTable::FirstHops(NodeId dst, std::vector<HopTowards>& hops) const
{
    m_impl->FirstHops(dst, hops);
}

bool RouteTable::Reachable(NodeId src, NodeId dst) const
{
    return m_impl->Reachable(src, dst);
}

bool RouteTable::HashesPorts() const
{
    return RulesOf(m_mode).hashesPorts;
}

void RouteTable::AddExpectedLoad(NodeId dst,
                                 const std::vector<std::pair<NodeId, double>>& demands,
                                 std::vector<double>& linkLoad) const
{
    m_impl->AddExpectedLoad(dst, demands, linkLoad);
}

} // namespace ns3::m3
