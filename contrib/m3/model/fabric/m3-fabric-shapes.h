// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FABRIC_SHAPES_H
#define M3_FABRIC_SHAPES_H

#include "ns3/m3-fabric-graph.h"

#include <cstdint>

namespace ns3::m3
{

/**
 * \ingroup m3-fabric
 * The three-tier fabric of Meta's data centres as in the m3 and Parsimon papers (Andreyev, "Introducing data center
 * fabric", 2014). Each rack has one ToR; a ToR links to every fabric switch of its pod, one per plane; the fabric
 * switch of plane i links to all spines of plane i. The default is m3-compare's: 64 hosts, 2:1.
 */
struct ThreeTierShape
{
    uint32_t pods = 2;                   //!< at least 1
    uint32_t racksPerPod = 4;            //!< at least 1
    uint32_t hostsPerRack = 8;           //!< at least 1
    uint32_t planes = 2;                 //!< fabric switches per pod, at least 1
    uint32_t spinesPerPlane = 2;         //!< at least 1; with a single pod there are no spines
    uint64_t hostBps = 10'000'000'000;   //!< rate of host links
    uint64_t fabricBps = 40'000'000'000; //!< rate of all others
    int64_t delayNs = 1000;              //!< propagation delay of every link
};

/// \ingroup m3-fabric
/// The leaf-spine fabric: every ToR (leaf) links to every spine.
struct LeafSpineShape
{
    uint32_t racks = 4;                  //!< at least 1
    uint32_t hostsPerRack = 8;           //!< at least 1
    uint32_t spines = 2;                 //!< at least 1
    uint64_t hostBps = 10'000'000'000;   //!< rate of host links
    uint64_t fabricBps = 40'000'000'000; //!< rate of links between leaf and spine
    int64_t delayNs = 1000;              //!< propagation delay of every link
};

/**
 * Node ids: hosts rack by rack (host h of rack r is r * hostsPerRack + h, rack r of pod p is p * racksPerPod + r), then
 * the ToRs, the fabric switches pod by pod, the spines plane by plane. A switch's ports lead down first, in order.
 * \throws InputError for a count or rate of 0, a negative delay, more than 50 million nodes or links
 */
FabricGraph MakeThreeTier(const ThreeTierShape& shape);

/// Node ids: hosts rack by rack, the leaves, the spines. \throws InputError for a count or rate of 0, a negative delay,
/// more than 50 million nodes or links
FabricGraph MakeLeafSpine(const LeafSpineShape& shape);

} // namespace ns3::m3

#endif // M3_FABRIC_SHAPES_H
