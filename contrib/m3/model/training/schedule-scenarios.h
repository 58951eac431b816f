// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_SCHEDULE_SCENARIOS_H
#define M3_SCHEDULE_SCENARIOS_H

#include "ns3/m3-packet-result.h"
#include "ns3/m3-scenario-space.h"
#include "ns3/m3-scenario.h"
#include "ns3/m3-schedule.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-training
/// A network with flows that wait for others and a configuration, drawn for training.
struct ScheduleScenario
{
    FabricGraph fabric;      //!< The network.
    Schedule schedule;       //!< Its traffic.
    RdmaConfig config;       //!< Its configuration; unset values have their defaults.
    std::string description; //!< One line for people.
};

/**
 * Draws scenario `index` of the schedules that `seed` names; the same two numbers give the same scenario everywhere.
 *
 * Networks: half of them leaf-spine and three-tier fabrics as of DrawScenario(), half of them servers of 2 to 8 hosts
 * with a switch in each server, one switch for the hosts of each place in a server and one above these. In half of
 * all networks some hosts have links that are 2 to 10 times as slow. Configurations are those of DrawScenario(), half
 * of them of the paper's ranges.
 *
 * Traffic: in three of four scenarios one or two collectives of any type, again and again in groups of hosts, with
 * channels, chunks, computations and delays; else clients in a closed loop with fan-outs of 1 to 16.
 *
 * \param packetHops approximate maximum of packet transmissions \param hosts range of the number of hosts
 * \throws InputError as HostRange::Check
 */
ScheduleScenario DrawScheduleScenario(uint64_t seed, uint64_t index, double packetHops, const HostRange& hosts = {});

/// \ingroup m3-training
/// The flows of a packet run of a schedule as a list.
struct ListedRun
{
    FlowList flows;               //!< Those that started, by start.
    ScheduledFlows scheduled;     //!< What they have from the schedule.
    std::vector<bool> finished;   //!< Per flow of the list.
    std::vector<double> slowdown; //!< The same, at least 1; 0 of flows that did not finish.
};

/// Lists the flows of a packet run of a schedule with the starts and FCTs that they had. \param config resolved \param
/// result of the run
ListedRun ListFlows(const FabricGraph& fabric,
                    const RouteTable& routes,
                    const RdmaConfig& config,
                    const Schedule& schedule,
                    const PacketResult& result);

} // namespace ns3::m3

#endif // M3_SCHEDULE_SCENARIOS_H
