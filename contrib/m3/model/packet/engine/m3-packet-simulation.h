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
 * \ingroup m3-packet
 * Simulates every packet of the flows on the fabric, on ns-3's Simulator: the engine behind `--engine=packet` and the
 * truth of training. The run ends when all flows have ended, when nothing can happen to the others any more
 * (PacketResult::deadlock), or when it reaches its stop time or its limit of packets or events.
 *
 * The Simulator's present time is time 0 of the flows, or PacketRunOptions::beginNs, so runs may follow each other.
 * Other events of the Simulator run in between at their times; later ones stay for the next Simulator::Run(), or for
 * the one in whose event this is called. ns-3's run shifts the random numbers: SeedOfReplication().
 *
 * \param config not resolved yet
 * \throws InputError for a configuration that cannot work (a buffer below reserve and headroom, HPCC without window,
 * a control's missing parameter), for an unconnected pair, a flow from or to a switch, a link change in `HPCC` mode or
 * of an unknown link, and where ns-3's time resolution is not 1 ns
 */
PacketResult RunPacketSimulation(const FabricGraph& fabric,
                                 const RdmaConfig& config,
                                 const FlowList& flows,
                                 const PacketRunOptions& options = {});

/**
 * \ingroup m3-packet
 * RunPacketSimulation without ns-3's Simulator, whose clock stands still, until all flows have ended. Several threads
 * may call it at once; a control that was registered must then be safe to make and to use on several threads.
 *
 * \throws InputError as RunPacketSimulation
 */
PacketResult RunPacketSimulationStandalone(const FabricGraph& fabric, const RdmaConfig& config, const FlowList& flows);

} // namespace ns3::m3

#endif // M3_PACKET_SIMULATION_H
