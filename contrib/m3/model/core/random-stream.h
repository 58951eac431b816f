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

/// A uniform number in [0, 1) of a seed and an index: what is drawn for one index does not depend on others
/// (SplitMix64: Steele, Lea and Flood, Fast Splittable Pseudorandom Number Generators, OOPSLA 2014).
inline double UniformOf(uint64_t seed, uint64_t index)
{
    const auto mix = [](uint64_t bits)
    {
        bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
        bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
        return bits ^ (bits >> 31);
    };
    constexpr uint64_t GAMMA = 0x9e3779b97f4a7c15;
    return static_cast<double>(mix(mix(seed + GAMMA) + GAMMA * (index + 1)) >> 11) * 0x1p-53;
}

} // namespace ns3::m3

#endif // M3_RANDOM_STREAM_H
