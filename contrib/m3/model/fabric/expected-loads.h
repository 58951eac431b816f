// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_EXPECTED_LOADS_H
#define M3_EXPECTED_LOADS_H

#include "ns3/m3-engine-mode.h"
#include "ns3/m3-fabric-graph.h"

#include <cstddef>
#include <functional>
#include <vector>

namespace ns3::m3
{

/**
 * \ingroup m3-fabric
 * Adds the load that ECMP gives on average for demands between all hosts of racks: what RouteTable::AddExpectedLoad
 * adds for each host as destination, but with a search for each rack, not each host. Time grows with the number of
 * racks times that of switches, hosts and links; memory with the number of links. \param mode whose rules routes follow
 * \param racks hosts of each rack; those that have one link, to a switch, have it to the same one \param demand returns
 * what each host of rack `src` sends to each other host of rack `dst`, in any unit, at least 0 \param linkLoad one
 * value per directed link, added to \throws InputError if a host cannot reach one that it sends to; linkLoad is then as
 * before
 */
void AddExpectedLoads(const FabricGraph& fabric,
                      EngineMode mode,
                      const std::vector<std::vector<NodeId>>& racks,
                      const std::function<double(std::size_t src, std::size_t dst)>& demand,
                      std::vector<double>& linkLoad);

} // namespace ns3::m3

#endif // M3_EXPECTED_LOADS_H
