// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_DENSE_MAX_MIN_H
#define M3_DENSE_MAX_MIN_H

#include "ns3/m3-route.h"

#include <cstdint>
#include <vector>

namespace ns3::m3
{

/**
 * \ingroup m3-flowsim
 * Max-min fair rates of few flows on few links, such as the bundles of a path: progressive filling from the start at
 * every change (Bertsekas and Gallager, Data Networks, section 6.5.2), with flows and links as bits of a word. The same
 * interface and the same rates as MaxMinRates.
 */
class DenseMaxMinRates
{
  public:
    static constexpr std::size_t MAX_SIZE = 64;       //!< links, and flow ids
    static constexpr uint32_t OWN_LIMIT = UINT32_MAX; //!< bottleneck of a flow at its limit

    /// \pre At most MAX_SIZE links.
    explicit DenseMaxMinRates(const std::vector<double>& capacity);

    /// \param id below MAX_SIZE. The others as in MaxMinRates.
    void Add(uint32_t id, const Route& links, double limit);
    void SetCount(uint32_t id, uint32_t count); //!< as in MaxMinRates, as all that follow
    void Remove(uint32_t id);                   //!< takes an id out

    /// Rate of each flow that `id` stands for.
    double Rate(uint32_t id) const
    {
        return m_rate[id];
    }

    /// A link that holds it down, or OWN_LIMIT.
    uint32_t Bottleneck(uint32_t id) const
    {
        return m_bottleneck[id];
    }

    /// As in MaxMinRates.
    void ReportBottlenecks()
    {
        m_reportBottlenecks = true;
    }

    /// Those whose rate the last change has changed.
    const std::vector<uint32_t>& Changed() const
    {
        return m_changed;
    }

  private:
    using Bits = uint64_t;

    void Solve();
    void Freeze(Bits flows, double rate, uint32_t bottleneck);
    uint32_t LastAsTight(uint32_t id, double rate, uint32_t bottleneck) const;

    std::vector<double> m_capacity;
    std::vector<double> m_count; //!< by link: number of flows, each with its multiplicity
    Bits m_active = 0;           //!< flows
    Bits m_busy = 0;             //!< links with flows
    std::vector<Bits> m_flowsOf; //!< by link
    double m_rate[MAX_SIZE] = {};
    double m_number[MAX_SIZE] = {}; //!< of flows that an id stands for
    double m_limit[MAX_SIZE] = {};
    Bits m_linksOf[MAX_SIZE] = {};
    Route m_route[MAX_SIZE]; //!< the same in their order
    uint32_t m_bottleneck[MAX_SIZE] = {};
    bool m_reportBottlenecks = false;
    std::vector<uint32_t> m_changed;

    // of the running solution
    std::vector<double> m_left;
    std::vector<double> m_unfrozenCount; //!< by link
    Bits m_unfrozen = 0;
    Bits m_open = 0; //!< links with unfrozen flows
};

} // namespace ns3::m3

#endif // M3_DENSE_MAX_MIN_H
