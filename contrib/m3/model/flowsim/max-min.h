// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_MAX_MIN_H
#define M3_MAX_MIN_H

#include "ns3/m3-route.h"

#include <boost/container/small_vector.hpp>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace ns3::m3
{

/// Links whose shares are within this factor of that of the tightest link are equally tight: the difference is
/// rounding.
inline constexpr double EQUALLY_TIGHT = 1 + 1e-9;

/**
 * \ingroup m3-flowsim
 * Max-min fair rates of flows that come and go, kept up to date by local repair.
 *
 * A rate vector is max-min fair if and only if every flow has a bottleneck: a saturated link on which no flow has a
 * higher rate, or its own limit (Bertsekas and Gallager, Data Networks, section 6.5.2). Where a flow comes, goes or
 * changes its rate, so do all flows that one of its links is the bottleneck of, and on their links the same holds. They
 * are opened, that is, lose their rates, and progressive filling gives them new ones in ascending order over what all
 * others leave. Where a link fills up at a level that is below the rate of a flow outside, this flow is opened too,
 * with those that its other links are the bottleneck of; all of them are above the levels reached before, which
 * therefore stand. A change stays where it is felt: a few flows, however large the network.
 *
 * \code
 *   MaxMinRates rates({10, 10});
 *   rates.Add(0, {0, 1}, INFINITY);   // 10
 *   rates.Add(1, {0}, INFINITY);      // 5, and flow 0 falls to 5
 * \endcode
 */
class MaxMinRates
{
  public:
    /// An idle network. \param capacity of each link, above 0
    explicit MaxMinRates(const std::vector<double>& capacity);

    /// Adds flow `id` (any small number not in use) on these links. \param limit may be infinity if it has links
    void Add(uint32_t id, const Route& links, double limit);

    /**
     * Makes `id` stand for a number of flows with the same links and limit, which all have the same rate.
     * \param count number of flows, at least 1
     */
    void SetCount(uint32_t id, uint32_t count);

    void Remove(uint32_t id); //!< takes a flow out

    /// Of each of the flows that `id` stands for.
    double Rate(uint32_t id) const
    {
        return m_rate[id];
    }

    /// A link that holds the flow's rate down, or OWN_LIMIT.
    uint32_t Bottleneck(uint32_t id) const
    {
        return m_bottleneck[id];
    }

    /// From now on Changed() also has those whose bottleneck has changed, and of several links that held a flow down
    /// when it got its rate, Bottleneck() is the last in its order.
    void ReportBottlenecks()
    {
        m_reportBottlenecks = true;
    }

    /// Those whose rate the last Add, SetCount or Remove changed (an added one included).
    const std::vector<uint32_t>& Changed() const
    {
        return m_changed;
    }

    static constexpr uint32_t OWN_LIMIT = UINT32_MAX; //!< bottleneck of a flow at its limit

  private:
    /// A link of a flow.
    struct Hop
    {
        uint32_t link;
        uint32_t position; //!< of the flow in the link's list of flows
    };

    struct FlowState
    {
        boost::container::small_vector<Hop, 6> hops;
        double count = 0;
        double limit = 0;
    };

    /// A flow on a link.
    struct Crossing
    {
        uint32_t flow;
        uint32_t index; //!< of this link in the flow's links
    };

    struct alignas(64) LinkState
    {
        double capacity = 0;
        double used = 0;      //!< by flows that are not open
        double openCount = 0; //!< number of open flows, each with its multiplicity
        std::vector<Crossing> flows;
        uint64_t touched = 0; //!< number of the last repair that changed its load
        uint32_t held = 0;    //!< flows it is the bottleneck of, open ones left out

        /// What each of its open flows would get of it.
        double FairShare() const
        {
            return std::max(0.0, capacity - used) / openCount;
        }
    };

    /// What a flow gets, and from what.
    struct Share
    {
        double rate;
        uint32_t bottleneck;
    };

    /// An open flow, or one that was until a moment ago.
    struct Candidate
    {
        double minRate; //!< lower bound of the rate that it will get
        uint32_t flow;
    };

    void Touch(uint32_t link);
    void Open(uint32_t flow);
    void OpenHeld();
    void Repair();
    Share SmallestShare(uint32_t flow) const;
    void Freeze(uint32_t flow, Share share);
    bool OpenFaster(uint32_t link);
    void OrderOpen();
    void Sink(std::size_t at, Candidate candidate);

    std::vector<LinkState> m_links;
    std::vector<FlowState> m_flows;
    // of each flow, close together, as looks over a link's flows need them:
    std::vector<double> m_rate;
    std::vector<uint32_t> m_bottleneck; //!< link that holds its rate down
    std::vector<uint8_t> m_isOpen;      //!< in the running repair, without a rate yet
    std::vector<uint32_t> m_touched;    //!< links whose load the running repair changes and that hold flows
    std::size_t m_settled = 0;          //!< of them, those whose held flows are open
    std::vector<Candidate> m_open;      //!< heap by minRate
    std::size_t m_openCount = 0;        //!< flows
    std::vector<uint32_t> m_changed;
    uint64_t m_repair = 1;
    bool m_reportBottlenecks = false;
};

} // namespace ns3::m3

#endif // M3_MAX_MIN_H
