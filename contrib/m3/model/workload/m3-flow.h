// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FLOW_H
#define M3_FLOW_H

#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-routes.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace ns3::m3
{

inline constexpr uint64_t MAX_FLOW_BYTES = 1'000'000'000'000'000;      //!< largest payload of a flow: 1 PB
inline constexpr int64_t MAX_START_NS = 1'000'000'000'000'000'000;     //!< latest start: 10^9 s
inline constexpr int64_t MAX_ALL_IDEAL_NS = 1'000'000'000'000'000'000; //!< ideal FCTs of all flows together: 31 years
inline constexpr uint64_t MAX_ALL_FLOW_BYTES = 1'000'000'000'000'000'000; //!< payload of all flows together: 1 EB

/// \ingroup m3-workload
/// A transfer: the flow type of generators, files and engines.
struct Flow
{
    NodeId src;         //!< sending host
    NodeId dst;         //!< receiving host, not src
    uint64_t sizeBytes; //!< payload, 1 to MAX_FLOW_BYTES
    int64_t startNs;    //!< 0 to MAX_START_NS
    /// Class 0 to 7, the `pg` of the HPCC simulator's files. Engines that run packets tell classes apart; reports say
    /// where others do not.
    uint8_t priorityGroup = 3;
    uint16_t dstPort = 100; //!< UDP port of the destination: in `HPCC` mode routes are hashed from it, too
};

/**
 * Flows in ascending order of start. A flow's id is its position here: it names the flow in results and is hashed for
 * its route.
 */
using FlowList = std::vector<Flow>;

/**
 * Checks what every engine requires of flows: hosts of the fabric, different and connected, sizes and starts within
 * their ranges, starts that do not fall; all together, at most MAX_ALL_FLOW_BYTES and MAX_ALL_IDEAL_NS of ideal FCTs.
 * So their bytes fit into 64 bits, and so do their times, even where they have to wait for each other. \throws
 * InputError naming the flow and what is wrong with it
 */
void CheckFlows(const FabricGraph& fabric, const RouteTable& routes, const FlowList& flows);

/// Checks what CheckFlows() checks of a flow by itself. \throws InputError that says what is wrong with it
void CheckFlow(const FabricGraph& fabric, const RouteTable& routes, const Flow& flow);

/// \ingroup m3-workload
/// Whether flows must ascend by their start.
enum class FlowOrder : uint8_t
{
    BY_START, //!< They must.
    ANY       //!< Some wait for others (Schedule): a start is the earliest one, and they have any order.
};

/// CheckFlows() of flows with some order and names. \param nameOf returns the name of the flow at a position
void CheckFlowsInOrder(const FabricGraph& fabric,
                       const RouteTable& routes,
                       const FlowList& flows,
                       FlowOrder order,
                       const std::function<std::string(std::size_t flow)>& nameOf);

/**
 * Returns the same flows with perturbed start times: every second flow starts 1 ns later where that keeps their order.
 * The difference that this makes to the packet engine is chance; no estimate can be expected to be closer to it.
 */
FlowList PerturbStartTimes(FlowList flows);

/// \ingroup m3-workload
/// The elephant flows of a list: the largest ones, which carry nine tenths of all bytes.
struct ElephantFlows
{
    uint64_t minBytes; //!< minimum size: the largest power of 2 for which they carry 9/10 of all bytes
    double meanBytes;  //!< byte-weighted mean size: sum of the squared sizes of all flows over their sum

    /// Returns the transmission time of the byte-weighted mean flow, ns. \param bitsPerSecond rate, above 0
    double MeanNs(uint64_t bitsPerSecond) const
    {
        return meanBytes * 8e9 / static_cast<double>(bitsPerSecond);
    }
};

/// Returns the elephant flows of a list. \pre The list has at least one flow.
ElephantFlows ElephantFlowsOf(const FlowList& flows);

} // namespace ns3::m3

#endif // M3_FLOW_H
