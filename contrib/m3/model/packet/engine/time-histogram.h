// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_TIME_HISTOGRAM_H
#define M3_TIME_HISTOGRAM_H

#include <cstdint>
#include <vector>

namespace ns3::m3
{

/**
 * \ingroup m3-packet
 * For how long a number of bytes was which value. Values are kept in bins: of one byte below 64, then 32 bins of equal
 * width for each power of 2, so that a quantile, the upper end of its bin, is at most 1/32 too high and never too low.
 */
class TimeHistogram
{
  public:
    /// Adds a value that lasted for a time. \param ns at least 0
    void Add(uint64_t bytes, int64_t ns)
    {
        const std::size_t bin = BinOf(bytes);
        if (bin >= m_ns.size())
        {
            m_ns.resize(bin + 1);
        }
        m_ns[bin] += ns;
        m_allNs += ns;
    }

    /// Adds the times of another one.
    void Add(const TimeHistogram& other)
    {
        if (other.m_ns.size() > m_ns.size())
        {
            m_ns.resize(other.m_ns.size());
        }
        for (std::size_t bin = 0; bin < other.m_ns.size(); bin++)
        {
            m_ns[bin] += other.m_ns[bin];
        }
        m_allNs += other.m_allNs;
    }

    /// Returns the smallest end of a bin that the value was not above for a share of the time; 0 without any time.
    /// \param share above 0 and at most 1
    uint64_t Quantile(double share) const
    {
        double left = share * static_cast<double>(m_allNs);
        for (std::size_t bin = 0; bin < m_ns.size(); bin++)
        {
            left -= static_cast<double>(m_ns[bin]);
            if (left <= 0 && m_ns[bin] > 0)
            {
                return LastOf(bin);
            }
        }
        return 0;
    }

    /// Returns the sum of all times, ns.
    int64_t AllNs() const
    {
        return m_allNs;
    }

  private:
    static constexpr uint32_t BITS = 5; //!< of the bins of a power of 2

    static std::size_t BinOf(uint64_t bytes)
    {
        if (bytes < 2U << BITS)
        {
            return bytes;
        }
        const auto shift = static_cast<uint32_t>(63 - __builtin_clzll(bytes)) - BITS;
        return (static_cast<std::size_t>(shift) << BITS) + (bytes >> shift);
    }

    static uint64_t LastOf(std::size_t bin)
    {
        if (bin < 2U << BITS)
        {
            return bin;
        }
        const std::size_t shift = (bin >> BITS) - 1;
        return ((((bin & ((1U << BITS) - 1)) | 1U << BITS) + 1) << shift) - 1;
    }

    std::vector<int64_t> m_ns; //!< by bin
    int64_t m_allNs = 0;
};

} // namespace ns3::m3

#endif // M3_TIME_HISTOGRAM_H
