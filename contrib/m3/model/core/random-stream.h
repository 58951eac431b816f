// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_RANDOM_STREAM_H
#define M3_RANDOM_STREAM_H

#include <boost/random/exponential_distribution.hpp>
#include <boost/random/mersenne_twister.hpp>
#include <boost/random/normal_distribution.hpp>
#include <boost/random/uniform_01.hpp>
#include <boost/random/uniform_int_distribution.hpp>

#include <cmath>
#include <cstdint>

namespace ns3::m3
{

/// \ingroup m3-core
/// Seeded random numbers. Boost's distributions, unlike those of the standard library, give the same numbers
/// everywhere.
class RandomStream
{
  public:
    /// The same seed, the same numbers.
    explicit RandomStream(uint64_t seed)
        : m_engine(seed)
    {
    }

    /// In [0, 1).
    double Uniform()
    {
        return boost::random::uniform_01<double>()(m_engine);
    }

    /// In [low, high).
    double Uniform(double low, double high)
    {
        return low + (high - low) * Uniform();
    }

    /// Uniform in the logarithm. \pre 0 < low <= high
    double LogUniform(double low, double high)
    {
        return std::exp(Uniform(std::log(low), std::log(high)));
    }

    /// In [low, high].
    uint64_t Integer(uint64_t low, uint64_t high)
    {
        return boost::random::uniform_int_distribution<uint64_t>(low, high)(m_engine);
    }

    /// Standard normal.
    double Normal()
    {
        return boost::random::normal_distribution<double>()(m_engine);
    }

    /// Of mean 1.
    double Exponential()
    {
        return boost::random::exponential_distribution<double>()(m_engine);
    }

  private:
    boost::random::mt19937_64 m_engine;
};

} // namespace ns3::m3

#endif // M3_RANDOM_STREAM_H
