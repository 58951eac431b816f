// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PINT_H
#define M3_PINT_H

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ns3::m3
{

/**
 * A port's utilisation as PINT's switch keeps it (Ben Basat et al., SIGCOMM 2020, section 4.3): the share of the rate
 * sent, and the queue over the bandwidth-delay product, both smoothed over the base RTT. In double, where the published
 * simulator has tables of logarithms.
 */
class PintPort
{
  public:
    /**
     * Takes note of a packet that leaves.
     * \param queueBytes left behind \param bytesPerNs rate of the port \return utilisation, 1: all of the rate
     */
    double Update(int64_t nowNs, uint64_t packetBytes, uint64_t queueBytes, double bytesPerNs, double baseRttNs)
    {
        const double elapsed = std::min(static_cast<double>(nowNs - m_lastNs), baseRttNs);
        const double bdp = bytesPerNs * baseRttNs;
        m_utilisation = elapsed / baseRttNs * static_cast<double>(queueBytes) / bdp +
                        static_cast<double>(m_lastBytes) / bdp + m_utilisation * (baseRttNs - elapsed) / baseRttNs;
        m_lastNs = nowNs;
        m_lastBytes = packetBytes;
        return m_utilisation;
    }

  private:
    double m_utilisation = 0;
    int64_t m_lastNs = 0;
    uint64_t m_lastBytes = 0;
};

inline constexpr double PINT_UNITS = 512; //!< of a utilisation of 1

/// Logarithm of a utilisation as a packet carries it, rounded up with the probability of its part below 1.
inline uint32_t PintLogarithm(double base, double utilisation, double random)
{
    const double exact = std::log(std::max(1.0, std::ceil(PINT_UNITS * utilisation))) / std::log(base);
    const double whole = std::floor(exact);
    return static_cast<uint32_t>(whole) + (random < exact - whole);
}

/// Utilisation that a logarithm stands for.
inline double PintUtilisation(double base, uint32_t logarithm)
{
    return std::pow(base, logarithm) / PINT_UNITS;
}

} // namespace ns3::m3

#endif // M3_PINT_H
