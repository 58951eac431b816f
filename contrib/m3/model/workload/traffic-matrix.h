// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_TRAFFIC_MATRIX_H
#define M3_TRAFFIC_MATRIX_H

#include "core/random-stream.h"

#include "ns3/m3-fabric-graph.h"

#include <string>
#include <utility>
#include <vector>

namespace ns3::m3
{

/**
 * \ingroup m3-workload
 * A weight for each ordered pair of racks, to draw sources and destinations from; within a pair, hosts are drawn
 * uniformly and never send to themselves. A rack is the hosts of one ToR; racks are numbered by their lowest host.
 */
class TrafficMatrix
{
  public:
    /**
     * \param weights [source rack][destination rack], at least 0; a matrix smaller than the fabric is used in turn:
     * rack r takes row and column r modulo its size
     * \throws InputError for a matrix that is empty, not square, larger than the fabric, negative, without any weight
     * on pairs that can send, or of weights whose sum is no finite number
     */
    TrafficMatrix(const FabricGraph& fabric, const std::vector<std::vector<double>>& weights);

    /// Every ordered pair of different hosts alike.
    static TrafficMatrix Uniform(const FabricGraph& fabric);

    /// Draws source and destination host.
    std::pair<NodeId, NodeId> Sample(RandomStream& random) const;

    /// Share of the flows that go from each host to dst: (source host, share), shares above 0 only.
    std::vector<std::pair<NodeId, double>> SharesTo(NodeId dst) const;

  private:
    explicit TrafficMatrix(const FabricGraph& fabric); //!< racks alone
    void Accumulate();

    /// Weight of a pair of racks, 0 where it cannot send.
    double Weight(std::size_t srcRack, std::size_t dstRack) const;

    std::vector<std::vector<NodeId>> m_racks;   //!< hosts by rack
    std::vector<uint32_t> m_rackOf;             //!< per node
    std::vector<std::vector<double>> m_weights; //!< as given; empty: all pairs of hosts alike
    std::vector<std::size_t> m_rowOf;           //!< of the weights, per rack
    std::vector<double> m_upTo; //!< sum of the weights of all pairs up to the end of each block of them, rows first
    double m_total = 0;         //!< sum of all, above 0
};

/**
 * Reads rack weights from JSON: `matrix.inner[source][destination]`. \param nameOrFile a file, or A, B, C for the
 * published matrices of the data folder
 * \throws InputError naming file and field
 */
std::vector<std::vector<double>> ReadRackWeights(const std::string& nameOrFile);

} // namespace ns3::m3

#endif // M3_TRAFFIC_MATRIX_H
