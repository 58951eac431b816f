// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_LOAD_BALANCING_H
#define M3_LOAD_BALANCING_H

#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-load-balancing-description.h"

#include <cstdint>
#include <memory>
#include <string>

namespace ns3::m3
{

/// A data packet at a switch that has several next hops on shortest paths, and these hops.
struct HopChoice
{
    NodeId node;         //!< The switch.
    uint32_t group;      //!< Number of the set of links; the same set always has the same.
    const LinkId* links; //!< The next hops, ascending by port.
    uint32_t count;      //!< Number of links, at least 2.
    uint32_t flow;       //!< Flow of the packet: its index in the list.
    uint32_t entropy;    //!< Entropy that its sender chose; 0 where senders choose none.
    int64_t nowNs;       //!< Present time of the run, ns.
};

/// What a load balancing sees of the network beside the packet.
class BalancingView
{
  public:
    virtual ~BalancingView() = default;

    /// Returns the bytes that wait at a port, and those left of the frame that is being sent.
    virtual uint64_t BacklogBytes(LinkId egress) const = 0;

    /// Returns a random number from 0 to count - 1, of the node's own stream. \pre count is above 0
    virtual uint32_t Random(NodeId node, uint32_t count) = 0;
};

/// A sender that chooses the entropy of each of its packets.
class EntropySource
{
  public:
    virtual ~EntropySource() = default;

    /// Returns the entropy of the next packet. \param host of the sender
    virtual uint32_t Next(NodeId host, BalancingView& view) = 0;

    /// An answer has come. \param entropy of the packet that is answered \param isMarked whether that was marked
    virtual void OnAnswer(uint32_t entropy, bool isMarked) = 0;
};

/**
 * \ingroup m3-packet
 * How the switches of one run spread packets over shortest paths: for each data packet at each switch with several next
 * hops it chooses one. A new load balancing is one file with a subclass and one RegisterLoadBalancing()
 * (examples/own-load-balancing.cc). ACKs and NACKs take the way back of the path that the flow's hash gives.
 */
class LoadBalancing
{
  public:
    virtual ~LoadBalancing() = default;

    /// Returns the place in HopChoice::links of the hop that the packet takes.
    virtual uint32_t Choose(const HopChoice& choice, BalancingView& view) = 0;

    /// Returns what chooses the entropy of a flow's packets; null: it is 0.
    virtual std::unique_ptr<EntropySource> MakeEntropySource() const
    {
        return nullptr;
    }
};

/// Registers a load balancing under a name of its own. \return its type, for RdmaConfig::loadBalancing \throws
/// InputError if the name is taken
LoadBalancingType RegisterLoadBalancing(const std::string& name, LoadBalancingMaker make);

} // namespace ns3::m3

#endif // M3_LOAD_BALANCING_H
