// SPDX-License-Identifier: GPL-2.0-only
#include "dense-max-min.h"

#include "max-min.h"

#include <algorithm>
#include <limits>

namespace ns3::m3
{

namespace
{

/// Calls `use` with the index of every bit.
template <typename Use>
inline void ForEachBit(uint64_t bits, Use use)
{
    for (; bits; bits &= bits - 1)
    {
        use(static_cast<uint32_t>(__builtin_ctzll(bits)));
    }
}

} // namespace

DenseMaxMinRates::DenseMaxMinRates(const std::vector<double>& capacity)
    : m_capacity(capacity),
      m_count(capacity.size(), 0),
      m_flowsOf(capacity.size(), 0),
      m_left(capacity.size()),
      m_unfrozenCount(capacity.size())
{
}

void DenseMaxMinRates::Add(uint32_t id, const Route& links, double limit)
{
    const Bits bit = Bits{1} << id;
    m_active |= bit;
    m_rate[id] = 0;
    m_number[id] = 1;
    m_limit[id] = limit;
    m_linksOf[id] = 0;
    m_route[id] = links;
    for (uint32_t link : links)
    {
        m_linksOf[id] |= Bits{1} << link;
        m_flowsOf[link] |= bit;
        m_count[link]++;
    }
    m_busy |= m_linksOf[id];
    Solve();
}

void DenseMaxMinRates::SetCount(uint32_t id, uint32_t count)
{
    const double more = count - m_number[id];
    m_number[id] = count;
    ForEachBit(m_linksOf[id], [&](uint32_t link) { m_count[link] += more; });
    Solve();
}

void DenseMaxMinRates::Remove(uint32_t id)
{
    const Bits bit = Bits{1} << id;
    m_active &= ~bit;
    m_rate[id] = 0;
    ForEachBit(m_linksOf[id],
               [&](uint32_t link)
               {
                   m_count[link] -= m_number[id];
                   m_flowsOf[link] &= ~bit;
                   m_busy &= m_flowsOf[link] ? ~Bits{0} : ~(Bits{1} << link);
               });
    Solve();
}

/// Of the links that would give an unfrozen flow no more than `rate` but for rounding, the last in its order.
uint32_t DenseMaxMinRates::LastAsTight(uint32_t id, double rate, uint32_t bottleneck) const
{
    const auto asTight = [&](uint32_t link)
    { return link == bottleneck || m_left[link] <= rate * EQUALLY_TIGHT * m_unfrozenCount[link]; };
    return *std::find_if(m_route[id].rbegin(), m_route[id].rend(), asTight);
}

/// Gives unfrozen flows their rate.
void DenseMaxMinRates::Freeze(Bits flows, double rate, uint32_t bottleneck)
{
    m_unfrozen &= ~flows;
    ForEachBit(flows,
               [&](uint32_t id)
               {
                   const uint32_t held =
                       m_reportBottlenecks && bottleneck != OWN_LIMIT ? LastAsTight(id, rate, bottleneck) : bottleneck;
                   const double number = m_number[id];
                   const double all = number * rate;
                   ForEachBit(m_linksOf[id],
                              [&](uint32_t link)
                              {
                                  m_left[link] -= all;
                                  m_unfrozenCount[link] -= number;
                              });
                   const bool moved = m_reportBottlenecks && m_bottleneck[id] != held;
                   m_bottleneck[id] = held;
                   if (m_rate[id] != rate || moved)
                   {
                       m_rate[id] = rate;
                       m_changed.push_back(id);
                   }
               });
}

void DenseMaxMinRates::Solve()
{
    m_changed.clear();
    m_unfrozen = m_active;
    m_open = m_busy;
    std::copy(m_capacity.begin(), m_capacity.end(), m_left.begin());
    std::copy(m_count.begin(), m_count.end(), m_unfrozenCount.begin());
    while (m_unfrozen)
    {
        double share = std::numeric_limits<double>::infinity();
        uint32_t tightest = 0;
        ForEachBit(m_open,
                   [&](uint32_t link)
                   {
                       if ((m_flowsOf[link] & m_unfrozen) == 0)
                       {
                           m_open &= ~(Bits{1} << link);
                           return;
                       }
                       const double here = std::max(0.0, m_left[link]) / m_unfrozenCount[link];
                       tightest = here < share ? link : tightest;
                       share = std::min(share, here);
                   });
        // freezing flows at limits below it makes no share smaller
        Bits limited = 0;
        ForEachBit(m_unfrozen, [&](uint32_t id) { limited |= m_limit[id] <= share ? Bits{1} << id : 0; });
        if (limited)
        {
            ForEachBit(limited, [&](uint32_t id) { Freeze(Bits{1} << id, m_limit[id], OWN_LIMIT); });
        }
        else
        {
            Freeze(m_flowsOf[tightest] & m_unfrozen, share, tightest);
        }
    }
}

} // namespace ns3::m3
