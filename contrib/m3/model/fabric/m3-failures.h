// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FAILURES_H
#define M3_FAILURES_H

#include "ns3/m3-fabric-graph.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-fabric
/// What happens to a part of the network.
enum class FailureKind : uint8_t
{
    LINK_DOWN, //!< A link goes down, both directions.
    LINK_UP,   //!< A link comes up again.
    NODE_DOWN, //!< A switch or host goes down: all of its links do.
    NODE_UP,   //!< It comes up again, with those of its links that are not down for a reason of their own.
    LINK_RATE, //!< A link has another rate from now on, both directions.
    LINK_LOSS  //!< A link loses packets with another probability from now on, both directions.
};

/**
 * \ingroup m3-fabric
 * Something that happens to a link or node during a run. A link is named by its two nodes; where several links join
 * them, it happens to all.
 */
struct Failure
{
    int64_t timeNs;         //!< Time since the start of the run, ns, at least 0.
    FailureKind kind;       //!< What happens.
    NodeId a;               //!< The node, or one end of the link.
    NodeId b = 0;           //!< The other end of a link.
    uint64_t rateBps = 0;   //!< LINK_RATE: bit/s, up to the rate that the link has at first; 0: see rateShare.
    double rateShare = 1;   //!< LINK_RATE where rateBps is 0: share of the rate that the link has at first, in (0, 1].
    double errorRate = 0;   //!< LINK_LOSS: probability that a packet is lost, in [0, 1).
    std::string where = {}; //!< Place of it for error messages, as in "failures.txt:3"; may be empty.
};

/**
 * \ingroup m3-fabric
 * A full-duplex link that changes at some time, both directions at once: it goes down, comes up or, where one of the
 * last two members is set, stays up or down and has another rate or another error rate.
 */
struct LinkChange
{
    int64_t timeNs;             //!< Time since the start of the run, ns, at least 0.
    LinkId link;                //!< One of its directions.
    bool up;                    //!< The link comes up; false: it goes down.
    uint64_t bitsPerSecond = 0; //!< The rate from now on, at least MIN_LINK_BPS; 0: it stays.
    double errorRate = -1;      //!< The probability of a loss from now on, in [0, 1); below 0: it stays.

    /// Whether the link goes down or comes up.
    bool IsOfState() const
    {
        return bitsPerSecond == 0 && errorRate < 0;
    }
};

/**
 * \ingroup m3-fabric
 * Reads a file of failures: a line for each, `time what a [b] [value]`, in any order.
 *
 * \verbatim
 *   100      link-down 3 9        # a number alone is in us
 *   1.5ms    link-up   3 9
 *   200us    node-down 12
 *   4ms      node-up   12
 *   0        link-rate 3 10 25%   # of the rate that it has at first; or a rate: 10Gbps
 *   0        link-loss 3 10 1e-4
 * \endverbatim
 *
 * Nodes are not looked up: LinkChangesOf() does. \throws InputError naming file, line and field
 */
std::vector<Failure> ReadFailures(const std::string& file);

/// Reads failures from a text as of the lines of such a file, one behind the other with a semicolon or comma between
/// them. \param name of the text for errors, as in "--failure" \throws InputError
std::vector<Failure> ParseFailures(const std::string& name, const std::string& text);

/// Writes a failure as a line that ReadFailures() reads.
std::string FailureText(const Failure& failure);

/**
 * \ingroup m3-fabric
 * Returns what failures do to the links of a network, ascending by time, those of one time in the order of the list. A
 * link is up while neither it nor one of its ends is down.
 * \throws InputError for a node or link that is not there, and a time or value out of its range
 */
std::vector<LinkChange> LinkChangesOf(const FabricGraph& fabric, const std::vector<Failure>& failures);

} // namespace ns3::m3

#endif // M3_FAILURES_H
