// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_ROUTES_H
#define M3_ROUTES_H

#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-link-timing.h"
#include "ns3/m3-route.h"

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-fabric
/// Properties of a flow that ECMP hashes.
struct RouteKey
{
    NodeId src = 0;         //!< source host
    NodeId dst = 0;         //!< destination host
    uint64_t flowId = 0;    //!< hashed in `STANDARD` mode (its low 32 bits)
    uint16_t srcPort = 0;   //!< hashed in `HPCC` mode: 10000, 10001, ... counted per ordered (src, dst) pair
    uint16_t dstPort = 100; //!< hashed in `HPCC` mode
};

/// \ingroup m3-fabric
/// A node and the first of the links by which its shortest paths to a host go on.
struct HopTowards
{
    NodeId from; //!< The node.
    LinkId link; //!< The link.
};

/**
 * \ingroup m3-fabric
 * Equal-cost multi-path routes: all shortest paths by hops, through switches and hosts that forward, one path
 * per flow by hash.
 *
 * `STANDARD`: next hops in ascending port order; index = MurmurHash3_x86_32 over (source, destination,
 * flow id), each a little-endian uint32, seeded with the node's id, modulo the number of next hops; a multi-homed
 * source host chooses in the same way; ACKs take the reverse route.
 * `HPCC`: next hops in descending order of the neighbour's id; 12-byte key of addresses
 * and ports; the ACK's own header is hashed for the way back.
 *
 * Next-hop tables are built per destination rack on first use, so construction is cheap. Threads may share it. The
 * graph must outlive this object and not change.
 */
class RouteTable
{
  public:
    RouteTable(const FabricGraph& fabric, EngineMode mode); //!< makes no table yet
    ~RouteTable();
    RouteTable(const RouteTable&) = delete;
    RouteTable& operator=(const RouteTable&) = delete;

    /// Returns the mode whose rules it follows.
    EngineMode Mode() const
    {
        return m_mode;
    }

    /// Returns whether routes depend on the flow's ports; ACKs then have routes of their own, else the reverse route.
    bool HashesPorts() const;

    /// Writes the links of the flow's data to `route` (cleared first). \throws InputError if unreachable
    void DataRoute(const RouteKey& key, Route& route) const;

    /// Writes the links of the flow's ACKs, from key.dst to key.src. \throws InputError if unreachable
    void AckRoute(const RouteKey& key, Route& route) const;

    /// Writes the route of the first next hop at every node, the representative of the pair. \throws InputError
    void FirstRoute(NodeId src, NodeId dst, Route& route) const;

    /// Writes the way that a packet of the flow takes on from a switch: its data, or its ACKs. \return whether there is
    /// one
    bool RestOfRoute(NodeId from, const RouteKey& key, bool data, Route& route) const;

    /// Writes the links by which shortest paths to a host go on from a node, ascending by port; none where there is no
    /// path, or the node is the host.
    void NextLinks(NodeId from, NodeId dst, std::vector<LinkId>& links) const;

    /// Writes the first next hop towards a host of each node that has a path, the nearest nodes first. Left out are the
    /// host itself, its switch if that is its only link, and other hosts with a switch as their only link: each of
    /// these has but one way.
    void FirstHops(NodeId dst, std::vector<HopTowards>& hops) const;

    /// Returns whether a path exists. False for src == dst.
    bool Reachable(NodeId src, NodeId dst) const;

    /**
     * Adds the load that ECMP gives on average: at every node the demand towards `dst` divides equally over its next
     * hops. \param demands (source host, demand in any unit) \param linkLoad one value per directed link, added to
     * \throws InputError if a source cannot reach dst, or one of them is no host
     */
    void AddExpectedLoad(NodeId dst,
                         const std::vector<std::pair<NodeId, double>>& demands,
                         std::vector<double>& linkLoad) const;

  private:
    class Impl;
    EngineMode m_mode;
    std::unique_ptr<Impl> m_impl;
};

/// MurmurHash3_x86_32 (Austin Appleby, public domain algorithm) of `length` bytes, by which routes are chosen.
uint32_t MurmurHash3(const void* data, std::size_t length, uint32_t seed);

} // namespace ns3::m3

#endif // M3_ROUTES_H
