#ifndef M3_MAX_MIN_H
#define M3_MAX_MIN_H

#include <cstdint>
#include <vector>

namespace ns3::m3
{

/**
 * Max-min fair rates of flows that come and go, kept up to date by local repair.
 *
 * A rate vector is max-min fair if and only if every flow has a bottleneck: a saturated link on which no flow has a
 * higher rate, or its own limit (Bertsekas and Gallager, Data Networks, section 6.5.2). Flows that share no saturated
 * link do not feel each other. So when a flow comes or goes only the flows tied to it by a chain of saturated links are
 * solved again, by progressive filling over what the others leave; where that saturates a link which was not, the
 * flows on it are drawn in and the set is solved once more.
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
    explicit MaxMinRates(std::vector<double> capacity);

    /// Adds flow `id` (any small number not in use) on these links. \param limit may be infinity if it has links
    void Add(uint32_t id, const std::vector<uint32_t>& links, double limit);
    void Remove(uint32_t id);

    double Rate(uint32_t id) const
    {
        return m_flows[id].rate;
    }

    /// Flows whose rate the last Add or Remove changed (an added flow included).
    const std::vector<uint32_t>& Changed() const
    {
        return m_changed;
    }

  private:
    struct FlowState
    {
        std::vector<uint32_t> links;
        std::vector<uint32_t> position; //!< per link: index in the link's list of flows
        double limit = 0;
        double rate = 0;
        double solved = -1; //!< rate in the running solve, negative until frozen
        uint64_t mark = 0;  //!< the solve it belongs to
    };

    struct LinkState
    {
        double capacity = 0;
        double used = 0;
        std::vector<std::pair<uint32_t, uint32_t>> flows; //!< (flow, index of this link in the flow's links)
        double left = 0;                                  //!< in the running solve
        uint32_t unfrozen = 0;
        uint64_t mark = 0;
    };

    bool Saturated(const LinkState& link) const;
    void Include(uint32_t flow);
    void IncludeLink(uint32_t link);
    void Solve();
    void Fill();

    std::vector<LinkState> m_links;
    std::vector<FlowState> m_flows;
    std::vector<uint32_t> m_set;      //!< flows being solved
    std::vector<uint32_t> m_setLinks; //!< their links
    std::vector<uint32_t> m_order;    //!< scratch: the set by limit
    std::vector<uint32_t> m_changed;
    uint64_t m_mark = 0;
};

} // namespace ns3::m3

#endif // M3_MAX_MIN_H
