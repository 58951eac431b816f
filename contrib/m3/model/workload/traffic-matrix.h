// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_TRAFFIC_MATRIX_H
#define M3_TRAFFIC_MATRIX_H

#include "core/random-stream.h"

#include "ns3/m3-fabric-graph.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-workload
/// How the rows and columns of a matrix are those of racks.
struct RackBlocks
{
    /// Number of successive racks that share a row and a column, such as those of a pod; at least 1.
    uint32_t racksPerRow = 1;
    /// Weight of each rack with itself, in the place of the matrix's entry; at least 0.
    std::optional<double> sameRack = {};
};

/// \ingroup m3-workload
/// Weights of pairs of racks as a file has them.
struct RackWeights
{
    std::vector<std::vector<double>> rows; //!< [source][destination]
    RackBlocks blocks;                     //!< racks of each row
};

/**
 * \ingroup m3-workload
 * A weight for each ordered pair of racks, to draw sources and destinations from; within a pair, hosts are drawn
 * uniformly and never send to themselves. A rack is the hosts of one ToR; racks are numbered by their lowest host.
 * Memory is linear in racks and in the entries of the matrix, not in pairs of racks.
 */
class TrafficMatrix
{
  public:
    /**
     * \param weights [source][destination], at least 0; rack r has row and column r / blocks.racksPerRow, modulo the
     * size of the matrix: one that is smaller than the fabric is used in turn
     * \throws InputError for a matrix that is empty, not square, for more racks than the fabric has, negative, without
     * any weight on pairs that can send, or of weights whose sum is no finite number
     */
    TrafficMatrix(const FabricGraph& fabric,
                  const std::vector<std::vector<double>>& weights,
                  const RackBlocks& blocks = {});

    /// Every ordered pair of different hosts alike.
    static TrafficMatrix Uniform(const FabricGraph& fabric);

    /// Draws source and destination host.
    std::pair<NodeId, NodeId> Sample(RandomStream& random) const;

    /// Returns the hosts of each rack.
    const std::vector<std::vector<NodeId>>& Racks() const
    {
        return m_racks;
    }

    /// Returns the share of all flows that each host of a rack sends to each other host of a rack. \pre there is such a
    /// pair of hosts
    double ShareOfHosts(std::size_t srcRack, std::size_t dstRack) const;

  private:
    explicit TrafficMatrix(const FabricGraph& fabric); //!< racks alone
    void Accumulate();
    void AccumulateRows();

    /// Weight of a pair of racks, 0 where it cannot send.
    double Weight(std::size_t srcRack, std::size_t dstRack) const;

    /// Sum of the weights of a rack with the first `count` racks.
    double WeightOfFirst(std::size_t srcRack, std::size_t count) const;

    /// The rack of a source's row that a number falls to.
    std::size_t DestinationAt(std::size_t srcRack, double drawn) const;

    /// Row of a rack in the matrix.
    std::size_t RowOf(std::size_t rack) const
    {
        return rack / m_blocks.racksPerRow % m_weights.size();
    }

    std::vector<std::vector<NodeId>> m_racks;   //!< hosts by rack
    std::vector<std::vector<double>> m_weights; //!< as given; empty: all pairs of hosts alike
    RackBlocks m_blocks;                        //!< of them
    std::vector<std::vector<double>> m_ofFirst; //!< [row][count]: sum of the first entries of each row of the weights
    std::vector<double> m_hostsOfFirst;         //!< [count]: hosts of the first racks
    std::vector<double> m_upTo;                 //!< sum of the weights of all racks up to each, as sources
    double m_total = 0;                         //!< sum of all, above 0
};

/**
 * Reads rack weights from JSON: `matrix.inner[source][destination]`, and where it has them `matrix.racks_per_row` and
 * `matrix.same_rack` (RackBlocks). \param nameOrFile a file, or A, B, C for the published matrices of the data folder
 * \throws InputError naming file and field
 */
RackWeights ReadRackWeights(const std::string& nameOrFile);

} // namespace ns3::m3

#endif // M3_TRAFFIC_MATRIX_H
