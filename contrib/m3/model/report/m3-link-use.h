// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_LINK_USE_H
#define M3_LINK_USE_H

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-report
/// What happened at one directed link during a run. A quantity that an engine does not know is missing.
struct LinkUse
{
    uint32_t link = 0;                    //!< LinkId of the network.
    std::string name;                     //!< As in "host 3 to switch 9".
    std::string place;                    //!< Links that it is one of, as in "uplinks of rack 2".
    std::string kind;                     //!< Places that are alike, as in "uplinks of racks".
    std::string ratio;                    //!< Oversubscription of the place, as in "4:1"; "" where there is none.
    uint64_t bitsPerSecond = 0;           //!< Rate of the link.
    uint64_t dataBytes = 0;               //!< Data packets sent over it, headers and packets sent again included.
    std::optional<uint64_t> controlBytes; //!< ACKs, NACKs and PFC frames sent over it.
    std::optional<uint64_t>
        queueP99Bytes;               //!< For 99 % of the time, the queue of its switch port was at most this long.
    std::optional<int64_t> pausedNs; //!< Time for which PFC paused a class of its port.
    std::optional<uint64_t> marks;   //!< Data packets that its port marked.
    std::optional<uint64_t> losses;  //!< Packets that came over it and were dropped at its end, or lost on it.
    std::optional<double> delayNs;   //!< Delay of all flows that was spent here.
    std::optional<double> tailShare; //!< Share of the delay of the slowest 1 % of flows that was spent here.
};

/**
 * \ingroup m3-report
 * What happened at the links of a network, and where the delay of the slowest flows was spent. The delay of a flow is
 * its FCT less its ideal FCT; that of all links and `elsewhereNs` sum to it.
 *
 * - The packet engine divides the delay of a flow over the links of its route in proportion to the time that its data
 *   packets waited for them: in the queue of a switch port, and at the sender's NIC while pacing and window let them
 *   leave; pauses by PFC included. The delay of a flow whose packets never waited is spent elsewhere: its window or
 *   rate was too small.
 * - flowSim divides it exactly: a link that limits a flow's rate to r for a time t delays it by t (1 - r / C), where C
 *   is the rate of the slowest link of its route.
 * - Parsimon adds up a delay for each link: these are what it gives.
 */
struct LinkUses
{
    double spanNs = 0;          //!< From the first start of a flow to the last end.
    std::vector<LinkUse> links; //!< One per directed link, ascending by LinkUse::link.
    uint64_t tailFlows = 0;     //!< Number of the slowest 1 % of flows, by slowdown, rounded up.
    double tailDelayNs = 0;     //!< Their delay.
    double elsewhereShare = 0;  //!< Share of it that is not spent at a link.

    /// Returns the share of its capacity that a link carried over the span: data and what else is known.
    double Utilisation(const LinkUse& use) const
    {
        const auto bytes = static_cast<double>(use.dataBytes + use.controlBytes.value_or(0));
        return spanNs > 0 ? 8e9 * bytes / (static_cast<double>(use.bitsPerSecond) * spanNs) : 0;
    }

    /// Returns whether it is known where the delay of the slowest flows was spent.
    bool HasTail() const
    {
        return !links.empty() && links.front().tailShare.has_value();
    }
};

} // namespace ns3::m3

#endif // M3_LINK_USE_H
