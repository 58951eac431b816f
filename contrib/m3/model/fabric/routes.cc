#include "routes.h"

#include "input-error.h"

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

/// Address of a node in the HPCC simulator.
uint32_t HpccAddress(NodeId node)
{
    return 0x0b000001 + ((node / 256) << 16) + ((node % 256) << 8);
}

/// All shortest paths towards one root: a ToR for the single-homed hosts behind it, or a host.
struct NextHops
{
    std::vector<uint32_t> begin; //!< per node, into links; one more than nodes
    std::vector<LinkId> links;
    std::vector<NodeId> order; //!< reached nodes, nearest first
};

} // namespace

uint32_t MurmurHash3(const void* data, std::size_t length, uint32_t seed)
{
    const auto* bytes = static_cast<const uint8_t*>(data);
    const auto mix = [](uint32_t k) { return RotateLeft(k * 0xcc9e2d51U, 15) * 0x1b873593U; };
    uint32_t hash = seed;
    const std::size_t blocks = length / 4;
    for (std::size_t i = 0; i < blocks; i++)
    {
        uint32_t k;
        std::memcpy(&k, bytes + 4 * i, 4);
        hash = RotateLeft(hash ^ mix(k), 13) * 5 + 0xe6546b64U;
    }
    uint32_t tail = 0;
    for (std::size_t i = length; i > 4 * blocks; i--)
    {
        tail = (tail << 8) | bytes[i - 1];
    }
    hash ^= mix(tail);
    hash ^= static_cast<uint32_t>(length);
    hash = (hash ^ (hash >> 16)) * 0x85ebca6bU;
    hash = (hash ^ (hash >> 13)) * 0xc2b2ae35U;
    return hash ^ (hash >> 16);
}

class RouteTable::Impl
{
  public:
    Impl(const FabricGraph& fabric, EngineMode mode)
        : m_fabric(fabric),
          m_mode(mode),
          m_tables(fabric.NodeCount())
    {
    }

    ~Impl()
    {
        for (const auto& table : m_tables)
        {
            delete table.load();
        }
    }

    EngineMode Mode() const
    {
        return m_mode;
    }

    /// Hosts with a single link to a switch share that switch's table; any other host has its own.
    NodeId Root(NodeId dst) const
    {
        const auto& links = m_fabric.EgressLinks(dst);
        return links.size() == 1 && !m_fabric.IsHost(m_fabric.Link(links[0]).to) ? m_fabric.Link(links[0]).to : dst;
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
        while (node != root)
        {
            const uint32_t count = table.begin[node + 1] - table.begin[node];
            if (count == 0)
            {
                throw InputError("no path from host " + std::to_string(src) + " to host " + std::to_string(dst));
            }
            const LinkId link = table.links[table.begin[node] + (count == 1 ? 0 : choose(node, count))];
            route.push_back(link);
            node = m_fabric.Link(link).to;
        }
        if (root != dst)
        {
            if (!AccessIsUp(dst))
            {
                throw InputError("no path from host " + std::to_string(src) + " to host " + std::to_string(dst));
            }
            route.push_back(ReverseLink(m_fabric.EgressLinks(dst)[0]));
        }
    }

    void DataRoute(const RouteKey& key, Route& route)
    {
        if (m_mode == EngineMode::STANDARD)
        {
            const uint32_t words[3] = {key.src, key.dst, static_cast<uint32_t>(key.flowId)};
            Walk(key.src,
                 key.dst,
                 route,
                 [&words](NodeId node, uint32_t count) { return MurmurHash3(words, sizeof words, node) % count; });
        }
        else
        {
            HpccWalk(key.src, key.dst, key.srcPort, key.dstPort, route);
        }
    }

    void AckRoute(const RouteKey& key, Route& route)
    {
        if (m_mode == EngineMode::STANDARD)
        {
            DataRoute(key, route);
            std::reverse(route.begin(), route.end());
            std::transform(route.begin(), route.end(), route.begin(), ReverseLink);
        }
        else
        {
            HpccWalk(key.dst, key.src, key.dstPort, key.srcPort, route);
        }
    }

    void FirstRoute(NodeId src, NodeId dst, Route& route)
    {
        Walk(src, dst, route, [](NodeId, uint32_t) { return 0U; });
    }

    bool Reachable(NodeId src, NodeId dst)
    {
        if (src == dst)
        {
            return false;
        }
        const NodeId root = CheckPair(src, dst);
        const NextHops& table = Towards(root);
        return table.begin[src + 1] > table.begin[src] && (root == dst || AccessIsUp(dst));
    }

    void
    AddExpectedLoad(NodeId dst, const std::vector<std::pair<NodeId, double>>& demands, std::vector<double>& linkLoad)
    {
        const NodeId root = Root(dst);
        const NextHops& table = Towards(root);
        std::vector<double> demandOf(m_fabric.NodeCount(), 0);
        double total = 0;
        for (const auto& [src, demand] : demands)
        {
            CheckPair(src, dst);
            if (table.begin[src + 1] == table.begin[src])
            {
                throw InputError("no path from host " + std::to_string(src) + " to host " + std::to_string(dst));
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
                linkLoad[table.links[i]] += share;
                demandOf[m_fabric.Link(table.links[i]).to] += share;
            }
        }
        if (root != dst)
        {
            linkLoad[ReverseLink(m_fabric.EgressLinks(dst)[0])] += total;
        }
    }

  private:
    /// Whether the only link of a single-homed host is up.
    bool AccessIsUp(NodeId host) const
    {
        return m_fabric.Link(m_fabric.EgressLinks(host)[0]).up;
    }

    /// \return the root of dst. \throws InputError unless both are different hosts
    NodeId CheckPair(NodeId src, NodeId dst) const
    {
        for (NodeId node : {src, dst})
        {
            if (node >= m_fabric.NodeCount() || !m_fabric.IsHost(node))
            {
                throw InputError("node " + std::to_string(node) + " is not a host");
            }
        }
        if (src == dst)
        {
            throw InputError("source and destination are both host " + std::to_string(src));
        }
        return Root(dst);
    }

    void HpccWalk(NodeId src, NodeId dst, uint16_t srcPort, uint16_t dstPort, Route& route)
    {
        const uint32_t words[3] = {HpccAddress(src),
                                   HpccAddress(dst),
                                   static_cast<uint32_t>(srcPort) | static_cast<uint32_t>(dstPort) << 16};
        Walk(src,
             dst,
             route,
             [&](NodeId node, uint32_t count)
             { return MurmurHash3(words, sizeof words, node == src ? NIC_HASH_SEED : node) % count; });
    }

    /// A node's links in the order in which the search visits the neighbours.
    std::vector<LinkId> VisitOrder(NodeId node) const
    {
        std::vector<LinkId> links = m_fabric.EgressLinks(node);
        if (m_mode == EngineMode::HPCC)
        {
            std::sort(links.begin(),
                      links.end(),
                      [this](LinkId a, LinkId b)
                      { return std::pair(m_fabric.Link(a).to, a) > std::pair(m_fabric.Link(b).to, b); });
        }
        return links;
    }

    /// Breadth-first from the root; only switches (and the root) are expanded.
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
            if (node != root && m_fabric.IsHost(node))
            {
                continue;
            }
            for (LinkId link : VisitOrder(node))
            {
                const NodeId next = m_fabric.Link(link).to;
                if (distance[next] == UNREACHED && m_fabric.Link(link).up)
                {
                    distance[next] = distance[node] + 1;
                    table.order.push_back(next);
                }
            }
        }
        table.begin.reserve(nodes + 1);
        for (NodeId node = 0; node < nodes; node++)
        {
            const std::size_t first = table.links.size();
            table.begin.push_back(first);
            for (LinkId link : m_fabric.EgressLinks(node))
            {
                const NodeId next = m_fabric.Link(link).to;
                const bool forwards = (next == root || !m_fabric.IsHost(next)) && m_fabric.Link(link).up;
                if (node != root && distance[node] != UNREACHED && forwards && distance[next] + 1 == distance[node])
                {
                    table.links.push_back(link);
                }
            }
            if (m_mode == EngineMode::HPCC)
            {
                std::sort(table.links.begin() + static_cast<std::ptrdiff_t>(first),
                          table.links.end(),
                          [&](LinkId a, LinkId b) {
                              return std::pair(rank[m_fabric.Link(a).to], b) < std::pair(rank[m_fabric.Link(b).to], a);
                          });
            }
        }
        table.begin.push_back(table.links.size());
    }

    const FabricGraph& m_fabric;
    EngineMode m_mode;
    std::vector<std::atomic<const NextHops*>> m_tables; //!< per root, owned; null until asked for
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

bool RouteTable::Reachable(NodeId src, NodeId dst) const
{
    return m_impl->Reachable(src, dst);
}

void RouteTable::AddExpectedLoad(NodeId dst,
                                 const std::vector<std::pair<NodeId, double>>& demands,
                                 std::vector<double>& linkLoad) const
{
    m_impl->AddExpectedLoad(dst, demands, linkLoad);
}

} // namespace ns3::m3
