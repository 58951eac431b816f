// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PACKET_SIMULATION_H
#define M3_PACKET_SIMULATION_H

#include "ns3/m3-packet-observer.h"
#include "ns3/m3-packet-outcome.h"
#include "ns3/m3-packet-result.h"
#include "ns3/m3-packet-run-options.h"
#include "ns3/m3-rdma-config.h"

#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-flow.h"

namespace ns3::m3
{

/**
 * Simulates every packet of the flows on the fabric, on ns-3's Simulator, until all flows ended, nothing can happen to
 * the others any more (PacketResult::deadlock), or the run has reached its stop time or the packets or events it may
 * have; the engine behind `--engine=packet` and all training truth. Time
 * 0 of the flows is the Simulator's present time, so runs may follow each other; other events of the Simulator run in
 * between at their times, and later ones stay for the next Simulator::Run(), or for the one in whose event this is
 * called. ns-3's run shifts the random numbers: SeedOfReplication().
 *
 * \throws InputError for a configuration that cannot work (a buffer below reserve and headroom, HPCC without window,
 * a control's missing parameter), for an unconnected pair, a flow from or to a switch, a link change in `HPCC` mode or
 * of an unknown link
 */
PacketResult RunPacketSimulation(const FabricGraph& fabric,
                                 const RdmaConfig& config,
                                 const FlowList& flows,
                                 const PacketRunOptions& options = {});

/**
 * The same without ns-3's Simulator, whose clock stands still, until all flows ended: threads may run several at once.
 * A control that was registered must then be safe to make and to use on several threads.
 *
 * \throws InputError as RunPacketSimulation
 */
PacketResult RunPacketSimulationApart(const FabricGraph& fabric, const RdmaConfig& config, const FlowList& flows);

} // namespace ns3::m3

#endif // M3_PACKET_SIMULATION_H
