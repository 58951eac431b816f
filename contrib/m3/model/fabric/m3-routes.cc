// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-routes.h"

#include "mode-rules.h"
#include "route-errors.h"

#include "ns3/m3-input-error.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <limits>
#include <memory>
#include <string>

namespace ns3::m3
{

namespace
{

constexpr uint32_t UNREACHED = std::numeric_limits<uint32_t>::max();

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

/// All shortest paths towards one root: a ToR for the hosts that have one link, to it, or any other host.
struct NextHops
{
    /// A link, and the node it leads to.
    struct Hop
    {
        LinkId link;
        NodeId to;
    };

    std::vector<uint32_t> begin; //!< per node, into hops; one more than nodes
    std::vector<Hop> hops;
    std::vector<NodeId> order; //!< reached nodes, nearest first
};

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
          m_tables(fabric.NodeCount())
    {
        if (m_rules.usesLastParallel)
        {
            FindParallels();
        }
        std::vector<bool> isRoot(fabric.NodeCount(), false);
        for (const NodeId host : fabric.Hosts())
        {
            m_access[host] = AccessOf(host);
            isRoot[m_access[host].root] = true;
        }
        constexpr uint64_t BYTES_OF_NODE = 24; // in a table
        constexpr uint64_t MAX_BYTES = 1'000'000'000;
        const auto roots = static_cast<uint64_t>(std::count(isRoot.begin(), isRoot.end(), true));
        m_keepsAll = roots * fabric.NodeCount() <= MAX_BYTES / BYTES_OF_NODE;
    }

    ~Impl()
    {
        for (const auto& table : m_tables)
        {
            delete table.load();
        }
    }

    const NextHops& Towards(NodeId root)
    {
        const NextHops* known = m_tables[root].load(std::memory_order_acquire);
        if (known)
        {
            return *known;
        }
        auto table = std::make_unique<NextHops>();
        Build(root, *table);
        // another thread may have been faster
        return m_tables[root].compare_exchange_strong(known, table.get(), std::memory_order_acq_rel) ? *table.release()
                                                                                                     : *known;
    }

    /// The same where tables towards all roots are asked for in turn: where these are too many to keep, one that is not
    /// there yet is made in `own`.
    const NextHops& TowardsEach(NodeId root, NextHops& own)
    {
        const NextHops* known = m_tables[root].load(std::memory_order_acquire);
        if (known || m_keepsAll)
        {
            return Towards(root);
        }
        Build(root, own);
        return own;
    }

    /// Walks from src to dst; `choose(node, count)` gives the index of the next hop.
    template <typename Choose>
    void Walk(NodeId src, NodeId dst, Route& route, Choose choose)
    {
        constexpr std::size_t USUAL_LINKS = 6; // of three tiers
        route.clear();
        route.reserve(USUAL_LINKS);
        const NodeId root = CheckPair(src, dst);
        const NextHops& table = Towards(root);
        NodeId node = src;
        if (m_access[src].root != src && m_access[src].up) // the only way, without a look at the table
        {
            route.push_back(m_access[src].link);
            node = m_access[src].root;
        }
        while (node != root)
        {
            const uint32_t count = table.begin[node + 1] - table.begin[node];
            if (count == 0)
            {
                throw InputError(NoPathText(m_fabric, src, dst));
            }
            const NextHops::Hop hop = table.hops[table.begin[node] + (count == 1 ? 0 : choose(node, count))];
            route.push_back(hop.link);
            node = hop.to;
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
        const NextHops& table = Towards(root);
        route.clear();
        for (NodeId node = from; node != root; node = m_fabric.Link(route.back()).to)
        {
            const uint32_t count = table.begin[node + 1] - table.begin[node];
            if (count == 0)
            {
                return false;
            }
            route.push_back(table.hops[table.begin[node] + hash(node) % count].link);
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
        const NextHops& table = Towards(root);
        for (uint32_t i = table.begin[from]; i < table.begin[from + 1]; i++)
        {
            links.push_back(table.hops[i].link);
        }
    }

    bool Reachable(NodeId src, NodeId dst)
    {
        if (src == dst)
        {
            return false;
        }
        const NodeId root = CheckPair(src, dst);
        const NextHops& table = Towards(root);
        return table.begin[src + 1] > table.begin[src] && (root == dst || m_access[dst].up);
    }

    void
    AddExpectedLoad(NodeId dst, const std::vector<std::pair<NodeId, double>>& demands, std::vector<double>& linkLoad)
    {
        CheckHost(dst);
        const NodeId root = m_access[dst].root;
        NextHops own;
        const NextHops& table = TowardsEach(root, own);
        std::vector<double> demandOf(m_fabric.NodeCount(), 0);
        double total = 0;
        for (const auto& [src, demand] : demands)
        {
            CheckPair(src, dst);
            if (table.begin[src + 1] == table.begin[src])
            {
                throw InputError(NoPathText(m_fabric, src, dst));
            }
            demandOf[src] += demand;
            total += demand;
        }
        for (auto node = table.order.rbegin(); node != table.order.rend(); ++node)
        {
            const uint32_t first = table.begin[*node];
            const uint32_t last = table.begin[*node + 1];
            if (demandOf[*node] == 0 || first == last)
            {
                continue;
            }
            const double share = demandOf[*node] / (last - first);
            for (uint32_t i = first; i < last; i++)
            {
                linkLoad[table.hops[i].link] += share;
                demandOf[table.hops[i].to] += share;
            }
        }
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
        const auto& links = m_fabric.EgressLinks(host);
        if (links.size() != 1 || m_fabric.IsHost(m_fabric.Link(links[0]).to))
        {
            return {host, 0, false};
        }
        return {m_fabric.Link(links[0]).to, links[0], m_fabric.Link(links[0]).up};
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

    /// Marks the links that routes do not take since a later one joins the same nodes.
    void FindParallels()
    {
        std::vector<LinkId> lastTo(m_fabric.NodeCount());
        for (NodeId node = 0; node < m_fabric.NodeCount(); node++)
        {
            for (const LinkId link : m_fabric.EgressLinks(node)) // ascending
            {
                lastTo[m_fabric.Link(link).to] = link;
            }
            for (const LinkId link : m_fabric.EgressLinks(node))
            {
                if (lastTo[m_fabric.Link(link).to] != link)
                {
                    m_isPassedOver.resize(m_fabric.LinkCount());
                    m_isPassedOver[link] = true;
                }
            }
        }
    }

    bool IsPassedOver(LinkId link) const
    {
        return !m_isPassedOver.empty() && m_isPassedOver[link];
    }

    /// A node's links in the order in which the search visits the neighbours.
    std::vector<LinkId> VisitOrder(NodeId node) const
    {
        std::vector<LinkId> links = m_fabric.EgressLinks(node);
        if (m_rules.ordersHopsByNode)
        {
            std::sort(links.begin(),
                      links.end(),
                      [this](LinkId a, LinkId b)
                      { return std::pair(m_fabric.Link(a).to, a) > std::pair(m_fabric.Link(b).to, b); });
        }
        return links;
    }

    /// Breadth-first from the root; only nodes that forward (and the root) are expanded.
    void Build(NodeId root, NextHops& table) const
    {
        const uint32_t nodes = m_fabric.NodeCount();
        std::vector<uint32_t> distance(nodes, UNREACHED);
        std::vector<uint32_t> rank(nodes, 0); // position in the order of visits
        distance[root] = 0;
        table.order.push_back(root);
        for (std::size_t i = 0; i < table.order.size(); i++)
        {
            const NodeId node = table.order[i];
            rank[node] = static_cast<uint32_t>(i);
            if (node != root && !m_fabric.Forwards(node))
            {
                continue;
            }
            for (LinkId link : VisitOrder(node))
            {
                const NodeId next = m_fabric.Link(link).to;
                if (distance[next] == UNREACHED && m_fabric.Link(link).up && !IsPassedOver(link))
                {
                    distance[next] = distance[node] + 1;
                    table.order.push_back(next);
                }
            }
        }
        table.begin.reserve(nodes + 1);
        for (NodeId node = 0; node < nodes; node++)
        {
            const std::size_t first = table.hops.size();
            table.begin.push_back(first);
            for (LinkId link : m_fabric.EgressLinks(node))
            {
                const NodeId next = m_fabric.Link(link).to;
                const bool forwards =
                    (next == root || m_fabric.Forwards(next)) && m_fabric.Link(link).up && !IsPassedOver(link);
                if (node != root && distance[node] != UNREACHED && forwards && distance[next] + 1 == distance[node])
                {
                    table.hops.push_back({link, next});
                }
            }
            if (m_rules.ordersHopsByNode)
            {
                std::sort(table.hops.begin() + static_cast<std::ptrdiff_t>(first),
                          table.hops.end(),
                          [&rank](NextHops::Hop a, NextHops::Hop b)
                          { return std::pair(rank[a.to], b.link) < std::pair(rank[b.to], a.link); });
            }
        }
        table.begin.push_back(table.hops.size());
    }

    const FabricGraph& m_fabric;
    const ModeRules& m_rules;
    std::vector<bool> m_isPassedOver;                   //!< per directed link; empty where no link is
    std::vector<Access> m_access;                       //!< per host
    std::vector<std::atomic<const NextHops*>> m_tables; //!< per root, owned; null until asked for
    bool m_keepsAll = true;                             //!< all tables together take a moderate amount of memory
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
