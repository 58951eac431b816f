// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_SCENARIO_SPACE_H
#define M3_SCENARIO_SPACE_H

#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-flow.h"
#include "ns3/m3-rdma-config.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-training
/// A network with its traffic and configuration, drawn for training.
struct TrainingScenario
{
    FabricGraph fabric;      //!< The network.
    FlowList flows;          //!< Its traffic, by start time.
    RdmaConfig config;       //!< Its configuration; unset values have their defaults.
    double meanSize;         //!< Mean of the distribution of flow sizes, bytes.
    std::string description; //!< One line for people.
    std::string kind;        //!< Kind of DrawScenarioOfKinds(); empty: of DrawScenario().
};

/// \ingroup m3-training
/// Range of the number of hosts of drawn networks.
struct HostRange
{
    uint32_t min = 4;   //!< Number of hosts of the smallest networks, at least 4.
    uint32_t max = 128; //!< Number of hosts of the largest networks, at most 512.

    /// \throws InputError unless the range is within 4 to 512 and its ends are a factor of two apart
    void Check() const;
};

/**
 * Draws scenario `index` of the space that `seed` names; the same two numbers give the same scenario everywhere.
 *
 * The space: leaf-spine and three-tier fabrics of 4 to 128 hosts or another range, more small ones than large; host
 * links of 10 to 400 Gb/s, others 1 to 4 times as fast; delays of 0.2 to 5 us, in a fifth of the networks up to 4 times
 * longer or shorter per link; any oversubscription that results. Uniform, skewed and incast-like rack matrices; in
 * skewed ones a host of the same rack is 0.1 to 1000 times as likely a destination as one of another rack. Sizes:
 * WebSearch, AliStorage, GoogleRPC, FbHdp, in a third of the networks tables with 3 to 9 random points from 60 B to 30
 * MB and means up to 1 MB, or exponential, lognormal, Pareto, Gaussian, constant with means of 1 to 600 KB. Poisson and
 * lognormal arrivals (sigma 0.5 to 2.2), load 10 to 85 %. DCTCP, DCQCN, HPCC, TIMELY with the published parameter
 * ranges and somewhat beyond; windows of 0.3 to 3 BDP; PFC on and off; shared pools of 5 to 80 KB per 10 Gb/s. Half
 * of the networks are of the paper's kind: 10 Gb/s to hosts, 40 Gb/s between switches, 1 us, windows of 5 to 30 KB,
 * its ranges of parameters, half of them without PFC, mostly the default buffers, means of at least 30 KB where sizes
 * are drawn. Held out for evaluation: WebServer, Hadoop, CacheFollower, the matrices A, B, C.
 *
 * Variants of a scenario have its network, flows and congestion control; the rest of the configuration is drawn anew,
 * so that a model can tell what a parameter does from what else differs between networks.
 *
 * \param seed names the space \param index of the scenario in it \param hosts range of the number of hosts
 * \param packetHops approximate maximum of packet transmissions of a packet run of the scenario, which sets the number
 * of flows \param variant of the scenario, 0 for the scenario itself
 * \throws InputError if the size tables are not there, and as HostRange::Check
 */
TrainingScenario
DrawScenario(uint64_t seed, uint64_t index, double packetHops, const HostRange& hosts = {}, uint32_t variant = 0);

/// Draws a scenario on a given network: only configuration and traffic are drawn, as above. \throws InputError as
/// above, and if two hosts of the network are not connected
TrainingScenario
DrawScenario(uint64_t seed, uint64_t index, double packetHops, const FabricGraph& network, uint32_t variant = 0);

/// Returns the names of all kinds of scenarios beyond those of DrawScenario().
std::vector<std::string> ScenarioKindNames();

/**
 * Draws a scenario beyond those of DrawScenario(): of a kind of traffic (incasts beside other flows or alone, bursts to
 * a rack, permutations, all to all, few flows, mice, elephants with mice, on-off hosts, a growing load), of a kind of
 * networks (hosts and uplinks of unequal rates, fat trees with k from 4 to 16, two-homed hosts, rings and tori of
 * switches, delays from 25 ns to 10 ms with rates from 1 to 800 Gb/s, links that lose packets), or of configurations
 * (no PFC and small buffers at high load, packets of 256 to 9000 B with few ACKs). One in four is of two kinds. All
 * else is drawn as there. Flows of packets that are lost and synchronised ones are so on purpose.
 *
 * \param seed, index, packetHops, hosts as in DrawScenario(); fat trees have 16 to 1024 hosts in any case
 * \param kinds names to draw from, at least one; each has its weight
 * \throws InputError for an unknown name, and as DrawScenario
 */
TrainingScenario DrawScenarioOfKinds(uint64_t seed,
                                     uint64_t index,
                                     double packetHops,
                                     const std::vector<std::string>& kinds,
                                     const HostRange& hosts = {});

} // namespace ns3::m3

#endif // M3_SCENARIO_SPACE_H
