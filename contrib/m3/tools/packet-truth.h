// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PACKET_TRUTH_H
#define M3_PACKET_TRUTH_H

#include "ns3/m3-scenario-space.h"
#include "ns3/m3-scenario.h"
#include "training/schedule-scenarios.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace ns3::m3
{

/// A drawn network with its flows and their packet-level outcome.
struct PacketTruth
{
    TrainingScenario scenario;    //!< what ran; of a schedule the flows that started, with the starts that they had
    ScheduledFlows scheduled;     //!< of a schedule what its flows have from it; else empty
    RouteTable routes;            //!< of the network
    RdmaConfig config;            //!< resolved
    std::vector<bool> usable;     //!< per flow: it finished
    std::vector<double> slowdown; //!< per usable flow

    /**
     * Runs a scenario. While it takes far more transmissions than it was drawn for, because of retransmissions or of
     * many long timeouts, only the first quarter of its flows is kept and it starts again. \param packetHops that it
     * was drawn for
     */
    PacketTruth(TrainingScenario drawn, double packetHops);

    /// Runs a schedule; while it takes far more, one that is drawn for a quarter. \param draw a schedule for a number
    /// of transmissions, always with the same network and configuration
    PacketTruth(const std::function<ScheduleScenario(double packetHops)>& draw, double packetHops);

    PacketTruth(const PacketTruth&) = delete; //!< routes refer to its network
    PacketTruth& operator=(const PacketTruth&) = delete;

    /// Returns what routes are hashed from, null where that is counted in the list of flows.
    const std::vector<RouteKey>* RouteKeys() const
    {
        return scheduled.keys.empty() ? nullptr : &scheduled.keys;
    }

    /// Returns whether all of some flows finished.
    bool Usable(const std::vector<uint32_t>& flows) const;
};

/// Draws the flows to keep as samples: an equal share of each size class, or all flows of a class that has fewer.
std::vector<uint32_t>
SelectFlows(const FlowList& flows, const std::vector<bool>& usable, uint32_t maxFlows, uint64_t seed);

} // namespace ns3::m3

#endif // M3_PACKET_TRUTH_H
