#ifndef M3_MAX_MIN_H
#define M3_MAX_MIN_H

#include <cstdint>
#include <utility>
#include <vector>

namespace ns3::m3
{

/**
 * Max-min fair rates of flows that come and go, kept up to date by local repair.
 *
 * A rate vector is max-min fair if and only if every flow has a bottleneck: a saturated link on which no flow has a
 * higher rate, or its own limit (Bertsekas and Gallager, Data Networks, section 6.5.2). When a flow comes it is solved
 * alone, when one goes those that its links were the bottleneck of, by progressive filling over what all others leave.
 * Then the links touched are looked over: another flow that has lost its bottleneck, or holds more of a link than a
 * flow that was just given its share of it, is drawn in, and the set is solved once more, until nobody is left to draw
 * in. Then every flow has a bottleneck. A change stays where it is felt: a few flows, however large the network.
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
    void Add(uint32_t id, const std::vector<uint32_t>& links, double limit);

    /**
     * Makes `id` stand for so many flows with the same links and limit, which all have the same rate.
     * \param count at least 1
     */
    void SetCount(uint32_t id, uint32_t count);

    void Remove(uint32_t id); //!< takes a flow out

    /// Of each of the flows that `id` stands for.
    double Rate(uint32_t id) const
    {
        return m_flows[id].rate;
    }

    /// The link that holds the flow's rate down, or OWN_LIMIT.
    uint32_t Bottleneck(uint32_t id) const
    {
        return m_flows[id].bottleneck;
    }

    /// From now on Changed() also has those whose bottleneck has changed.
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
        std::vector<Hop> hops;
        double count = 0;
        double limit = 0;
        double rate = 0;
        double solved = -1;                    //!< rate in the running repair, negative until frozen
        double most = 0;                       //!< in the running repair: its limit, and what links that no other
                                               //!< flow of the set uses leave it
        uint32_t mostBy = OWN_LIMIT;           //!< that link, if one is below the limit
        uint32_t bottleneck = OWN_LIMIT;       //!< link that holds its rate down
        uint32_t solvedBottleneck = OWN_LIMIT; //!< the same in the running repair
        uint64_t mark = 0;                     //!< the repair it belongs to
    };

    /// A flow on a link, with what a look over the link needs to know of it.
    struct Crossing
    {
        double rate; //!< that of the flow
        uint32_t flow;
        uint16_t index; //!< of this link in the flow's links
        bool held;      //!< this link is the flow's bottleneck
        bool inSet;     //!< the flow is in the running repair
    };

    struct LinkState
    {
        double capacity = 0;
        double used = 0;
        std::vector<Crossing> flows;
        uint32_t held = 0; //!< of them, those it is the bottleneck of
        uint32_t heldInSet = 0;
        double left = 0;   //!< in the running repair
        double level = -1; //!< rate at which it froze flows, negative if none
        double fastestInSet = 0;
        double unfrozen = 0;
        uint32_t flowsInSet = 0;
        double solvedUsed = 0;
        uint64_t mark = 0;
    };

    void Begin();
    void IncludeHeldBy(const std::vector<Hop>& hops);
    void Include(uint32_t flow);
    void Commit(uint32_t flow);
    void Repair();
    void Fill();
    void Freeze(uint32_t flow, double rate, uint32_t bottleneck);
    double FindMost(uint32_t flow);
    bool DrawIn(uint32_t link);

    std::vector<LinkState> m_links;
    std::vector<FlowState> m_flows;
    std::vector<uint32_t> m_set;                       //!< flows being solved
    std::vector<uint32_t> m_setLinks;                  //!< their links
    std::vector<std::pair<double, uint32_t>> m_order;  //!< scratch: the most that flows of the set may have, with flow
    std::vector<std::pair<double, uint32_t>> m_shares; //!< scratch: heap of (share, link)
    std::vector<uint32_t> m_changed;
    uint64_t m_mark = 0;
    bool m_reportBottlenecks = false;
};

} // namespace ns3::m3

#endif // M3_MAX_MIN_H
