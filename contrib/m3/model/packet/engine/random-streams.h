// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_RANDOM_STREAMS_H
#define M3_RANDOM_STREAMS_H

#include "ns3/m3-rdma-config.h"

#include "ns3/rng-stream.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace ns3::m3
{

/**
 * \ingroup m3-packet
 * A stream of ns-3's generator (MRG32k3a) for each directed link, made at its first use.
 */
class RandomStreams
{
  public:
    /// Link i draws from stream RdmaConfig::firstStream + offset + i of the configured seed and run.
    RandomStreams(const RdmaConfig& config, uint32_t links, uint64_t offset)
        : m_seed(SeedOf(config.seed)),
          m_first(config.firstStream + offset),
          m_run(config.run),
          m_streams(links)
    {
    }

    /// \return a random number in (0, 1), the next of the link's stream
    double Draw(LinkId link)
    {
        auto& stream = m_streams[link];
        if (!stream)
        {
            stream = std::make_unique<RngStream>(m_seed, m_first + link, m_run);
        }
        return stream->RandU01();
    }

  private:
    /// MRG32k3a takes seeds from 1 to 4294944442.
    static uint32_t SeedOf(uint64_t seed)
    {
        constexpr uint32_t LARGEST = 4294944442U;
        const auto remainder = static_cast<uint32_t>(seed % LARGEST);
        return remainder ? remainder : LARGEST;
    }

    uint32_t m_seed;
    uint64_t m_first;
    uint64_t m_run;
    std::vector<std::unique_ptr<RngStream>> m_streams; //!< per directed link, null before its first use
};

} // namespace ns3::m3

#endif // M3_RANDOM_STREAMS_H
