// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_CHAKRA_NODE_H
#define M3_CHAKRA_NODE_H

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-workload
/// Sorts of nodes in the execution traces of Chakra that are read.
enum class ChakraNodeType : uint8_t
{
    METADATA = 1,
    MEMORY_LOAD = 2,
    MEMORY_STORE = 3,
    COMPUTATION = 4,
    SEND = 5,
    RECEIVE = 6,
    COLLECTIVE = 7
};

/// \ingroup m3-workload
/// A node of an execution trace: what a rank does, as far as it is read.
struct ChakraNode
{
    uint64_t id = 0;                    //!< number by which others of the rank name it
    ChakraNodeType type = {};           //!< what it does
    std::vector<uint64_t> dependencies; //!< nodes that it waits for, of control and of data
    int64_t durationNs = 0;             //!< 0 where the trace has none
    std::optional<int64_t> bytes;       //!< comm_size
    std::optional<int64_t> collective;  //!< comm_type
    std::optional<int64_t> from;        //!< comm_src, a rank
    std::optional<int64_t> to;          //!< comm_dst, a rank
    int64_t tag = 0;                    //!< comm_tag
    std::string group;                  //!< pg_name; "" for all ranks
    bool isPartOfDimensions = false;    //!< involved_dim leaves out dimensions of a network
};

/**
 * Reads an execution trace of one rank (Chakra's schema 0.0.4, a metadata message and then the nodes, each behind its
 * length). \throws InputError naming file, node and what is wrong: a garbled or cut off file, a type that is not read,
 * two nodes of one id, a duration of more than 1e9 s
 */
std::vector<ChakraNode> ReadChakraNodes(const std::string& file);

} // namespace ns3::m3

#endif // M3_CHAKRA_NODE_H
