// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_COLLECTIVE_PLAN_H
#define M3_COLLECTIVE_PLAN_H

#include "ns3/m3-collectives.h"
#include "ns3/m3-schedule.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-workload
/// What a collective does and how.
enum class CollectiveType : uint8_t
{
    RING_ALL_REDUCE,  //!< 2 (N - 1) steps of bytes / N around a ring.
    REDUCE_SCATTER,   //!< The first half of it.
    ALL_GATHER,       //!< The second half of it; bytes are those that every rank has at its end.
    BROADCAST,        //!< The first rank's bytes from rank to rank along the ring; chunks make it a pipeline.
    TREE_ALL_REDUCE,  //!< All bytes up a binary tree and down again; every second channel has the reverse tree.
    HALVING_DOUBLING, //!< An all-reduce by recursive halving and doubling; the number of ranks is a power of 2.
    ALL_TO_ALL,       //!< Every rank sends bytes / N to each other one, all at once.
    HIERARCHICAL      //!< All-reduce: reduce-scatter in each server, ring across servers, all-gather in each server.
};

/// Returns the name of a type in options, as in "ring-allreduce".
std::string CollectiveTypeName(CollectiveType type);

/// \ingroup m3-workload
/// A collective of some ranks. Its bytes are divided among its channels, then its chunks, rounded up.
struct CollectivePlan
{
    CollectiveType type = CollectiveType::RING_ALL_REDUCE; //!< what it does
    uint64_t bytes = 1;                                    //!< of each rank's data, 1 to MAX_FLOW_BYTES
    uint32_t channels = 1;  //!< patterns at once, 1 to 1024; rings begin at different hosts of each server
    uint32_t chunks = 1;    //!< parts of a channel that follow each other, 1 to 1024
    uint32_t perServer = 1; //!< ranks of a server, which divides their number; rings and hierarchies go by it
};

/**
 * Adds a collective to a schedule, as one group. A flow waits for what its sender must have received before, and for
 * the ACK of the same flow of the chunk before. \param ranks hosts, at least two, none twice, server by server \param
 * begin task of each rank whose end its first flows wait for; empty: they start at 0 \param timing delays between steps
 * \param name of its group \return a computation of 0 ns for each rank that is its end of the collective
 * \throws InputError for ranks, bytes, channels, chunks or servers out of their ranges
 */
std::vector<TaskId> AddCollective(Schedule& schedule,
                                  const CollectivePlan& plan,
                                  const std::vector<NodeId>& ranks,
                                  const CollectiveTiming& timing,
                                  const std::string& name,
                                  const std::vector<TaskId>& begin = {});

/// \ingroup m3-workload
/// Collectives one after the other in groups of hosts: what `--collective` says.
struct CollectiveTraffic
{
    std::vector<CollectivePlan> plans; //!< each group's, one after the other
    uint32_t group = 0;                //!< hosts of a group, which divides their number; 0: all hosts
    bool isAcross = false;             //!< groups of every (hosts / group)th host instead of neighbours
    uint32_t repeat = 1;               //!< how often each group runs all plans, 1 to 1,000,000
    int64_t computeNs = 0;             //!< computation of each rank before each collective, 0 to MAX_START_NS
    CollectiveTiming timing;           //!< delays between steps

    /**
     * Reads "TYPE:BYTES" and, behind colons, `group=`, `channels=`, `chunks=`, `server=`, `repeat=`, `compute=`,
     * `latency=` (from what a rank receives to its next send), `across` and `simai` (SimaiTiming() with that latency);
     * several TYPE:BYTES, separated by '+', follow each other. \throws InputError
     */
    static CollectiveTraffic Parse(const std::string& text);
};

/// Adds collectives to a schedule. \param hosts all hosts that take part \throws InputError as AddCollective
void AddCollectiveTraffic(Schedule& schedule, const CollectiveTraffic& traffic, const std::vector<NodeId>& hosts);

} // namespace ns3::m3

#endif // M3_COLLECTIVE_PLAN_H
