// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FABRIC_GRAPH_H
#define M3_FABRIC_GRAPH_H

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ns3::m3
{

using NodeId = uint32_t; //!< 0 .. FabricGraph::NodeCount() - 1
using LinkId = uint32_t; //!< a directed link: 0 .. FabricGraph::LinkCount() - 1

inline constexpr uint64_t MIN_LINK_BPS = 1;                     //!< slowest link, bit/s
inline constexpr uint64_t MAX_LINK_BPS = 1'000'000'000'000'000; //!< fastest link: 1 Pb/s
inline constexpr int64_t MAX_LINK_DELAY_NS = 1'000'000'000'000; //!< longest propagation delay of a link: 1000 s
inline constexpr uint64_t MAX_LINK_BYTES =
    1'000'000'000'000'000; //!< maximum number of bytes on a link, rate times delay: 1 PB

/// Returns the directed link in the other direction of the same full-duplex link.
inline LinkId ReverseLink(LinkId link)
{
    return link ^ 1U;
}

/// \ingroup m3-fabric
/// Kind of a node of the fabric.
enum class NodeKind : uint8_t
{
    HOST,           //!< sends and receives flows, never forwards
    SWITCH,         //!< forwards
    FORWARDING_HOST //!< a host that forwards, too
};

/// \ingroup m3-fabric
/// One direction of a full-duplex point-to-point link.
struct FabricLink
{
    NodeId from;            //!< the node whose egress port drives this direction
    NodeId to;              //!< the node at the other end
    uint64_t bitsPerSecond; //!< rate, MIN_LINK_BPS to MAX_LINK_BPS
    int64_t delayNs;        //!< propagation delay, 0 to MAX_LINK_DELAY_NS
    uint32_t port;          //!< 0-based port number at `from`: position among its links in the order of AddLink
    double errorRate;       //!< probability that a packet is lost on it, in [0, 1)
    bool up = true;         //!< whether routes take it; the same in both directions
};

/// \ingroup m3-fabric
/// A remark on a property of the network's source that the graph does not have.
struct FabricRemark
{
    std::string text;    //!< A clause for a report, without a full stop.
    bool changesResults; //!< Whether completion times differ because of it.
};

/**
 * \ingroup m3-fabric
 * The network that every engine works on: hosts, switches and full-duplex links with rate and delay.
 * Plain C++; made from ns-3 nodes (fabric-from-nodes.h), from a topology file (topology-file.h), or by hand:
 *
 * \code
 *   FabricGraph fabric;
 *   NodeId a = fabric.AddNode(NodeKind::HOST);
 *   NodeId s = fabric.AddNode(NodeKind::SWITCH);
 *   NodeId b = fabric.AddNode(NodeKind::HOST);
 *   fabric.AddLink(a, s, 10'000'000'000, 1000);
 *   fabric.AddLink(s, b, 10'000'000'000, 1000);
 * \endcode
 */
class FabricGraph
{
  public:
    /// \return the new node's id; ids count up from 0
    NodeId AddNode(NodeKind kind);

    /**
     * Joins two nodes by a full-duplex link. \param backBps rate from b to a, where it is another one. These ranges
     * hold for every network; within them, no sum or product that the engines form of a network and of flows that pass
     * CheckFlows overflows. \return the directed link a -> b, an even number; b -> a is ReverseLink() of it \throws
     * InputError for an unknown node, a
     * == b, a rate outside [MIN_LINK_BPS, MAX_LINK_BPS], a delay outside [0, MAX_LINK_DELAY_NS], a product of both
     * above MAX_LINK_BYTES, an error rate outside [0, 1)
     */
    LinkId AddLink(NodeId a,
                   NodeId b,
                   uint64_t bitsPerSecond,
                   int64_t delayNs,
                   double errorRate = 0,
                   std::optional<uint64_t> backBps = {});

    /// Says that a switch stands inside a server, as an NVSwitch does (SwitchConfig::serverSwitchEcn). \throws
    /// InputError for a host or an unknown node
    void SetServerSwitch(NodeId node);

    /// Returns whether a node is a switch inside a server.
    bool IsServerSwitch(NodeId node) const
    {
        return m_serverSwitches[node];
    }

    /// Takes a full-duplex link down or brings it up, both directions; routes computed before do not change. \pre the
    /// link exists
    void SetLinkUp(LinkId link, bool up);

    /// Adds a remark, which every report on this network has.
    void AddRemark(const FabricRemark& remark);
    /// Returns the remarks in the order in which they were added.
    const std::vector<FabricRemark>& Remarks() const;

    /// Returns the number of hosts and switches.
    uint32_t NodeCount() const
    {
        return static_cast<uint32_t>(m_kinds.size());
    }

    /// Returns the number of directed links: two for each full-duplex link.
    uint32_t LinkCount() const
    {
        return static_cast<uint32_t>(m_links.size());
    }

    /// Returns whether a node is a host; else it is a switch.
    bool IsHost(NodeId node) const
    {
        return m_kinds[node] != NodeKind::SWITCH;
    }

    /// Returns what a node is.
    NodeKind Kind(NodeId node) const
    {
        return m_kinds[node];
    }

    /// Returns whether packets may pass through a node on their way to another one.
    bool Forwards(NodeId node) const
    {
        return m_kinds[node] != NodeKind::HOST;
    }

    /// Returns whether a host forwards.
    bool HasForwardingHosts() const
    {
        return m_hasForwardingHosts;
    }

    /// Returns whether a link has different rates in its two directions.
    bool HasAsymmetricLinks() const
    {
        return m_hasAsymmetricLinks;
    }

    /// \pre the link exists
    const FabricLink& Link(LinkId link) const
    {
        return m_links[link];
    }

    /// Returns the links that leave a node, in port order: EgressLinks(n)[p] is the link driven by port p.
    const std::vector<LinkId>& EgressLinks(NodeId node) const
    {
        return m_egress[node];
    }

    /// Returns the sum of the rates of a node's ports, bit/s, at most 2^64 - 1.
    uint64_t PortCapacity(NodeId node) const;

    /// Returns the hosts in ascending order of id.
    const std::vector<NodeId>& Hosts() const;

    /// Returns the switch that a host's port 0 leads to, its rack's ToR; the host itself where it leads to another
    /// host: a rack of its own. \throws InputError if the host has no link
    NodeId TopOfRack(NodeId host) const;

    /**
     * Returns the most frequent rate among the links of hosts, the lower one of two equally frequent: thresholds "at
     * host-rate ports" are given for it. It does not depend on the order of nodes or links. Values of a flow are scaled
     * by the rate of its own NIC instead. \throws InputError if no host has a link
     */
    uint64_t HostRate() const;

  private:
    std::vector<NodeKind> m_kinds;
    std::vector<bool> m_serverSwitches; //!< by node
    std::vector<FabricLink> m_links;
    std::vector<std::vector<LinkId>> m_egress;
    std::vector<NodeId> m_hosts;
    std::vector<FabricRemark> m_remarks;
    bool m_hasForwardingHosts = false;
    bool m_hasAsymmetricLinks = false;
};

} // namespace ns3::m3

#endif // M3_FABRIC_GRAPH_H
