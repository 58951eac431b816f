// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_IDEAL_OVER_PATHS_H
#define M3_IDEAL_OVER_PATHS_H

#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-link-timing.h"
#include "ns3/m3-routes.h"

#include <cstdint>

namespace ns3::m3
{

/**
 * \ingroup m3-fabric
 * Returns a time that no transfer goes below whose packets may take any shortest path behind the NIC, in `STANDARD`
 * mode and an empty network. Where all these paths are alike and none of their links is slower than the NIC, it is
 * IdealFctNs() of each of them, less at most one transmission of the last packet, which may overtake others where it is
 * shorter.
 *
 * All shortest paths of a pair have the same number of links. At place k of them, all packets pass over some of
 * the links there, which have R_k bit/s together. The transfer takes at least
 *   first_k + (bits of all packets) / R_k + rest_k
 * for every k, with or without the last packet: first_k is the earliest time at which a packet can begin at place k,
 * rest_k the shortest time that one takes from its last bit there to its last bit at the receiver.
 *
 * \param route of the flow, of which the first link counts: a flow stays at one NIC \param sizeBytes payload, above 0
 * \return ns \throws InputError if it is more than MAX_IDEAL_NS
 */
int64_t IdealFctOverPathsNs(const FabricGraph& fabric,
                            const RouteTable& routes,
                            const Route& route,
                            uint64_t sizeBytes,
                            const PacketFormat& format);

} // namespace ns3::m3

#endif // M3_IDEAL_OVER_PATHS_H
