// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_DELAY_BUCKETS_H
#define M3_DELAY_BUCKETS_H

#include <cstdint>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-engines
/// What a flow met on one link: its delay there, FCT less ideal FCT, divided by its packets.
struct DelaySample
{
    uint64_t sizeBytes; //!< payload
    float delayNs;      //!< per packet, at least 0
};

/**
 * \ingroup m3-engines
 * Packet-normalised delays of the flows of one link by flow size (Parsimon, NSDI 2023, section 3): flows of about the
 * same size wait alike, and dividing by packets lets one bucket serve a range of sizes. A bucket grows from the
 * smallest flow that is in none until it has MIN_SAMPLES and spans a factor SIZE_FACTOR in size; flows of equal size
 * share one, and what is left over at the end joins the last.
 */
class DelayBuckets
{
  public:
    static constexpr std::size_t MIN_SAMPLES = 100; //!< minimum number of samples of a bucket, where the link has them
    static constexpr uint64_t SIZE_FACTOR = 2;      //!< minimum ratio of a bucket's largest size to its smallest

    /// Flows of similar size.
    struct Bucket
    {
        uint64_t smallestBytes; //!< of its flows
        uint64_t largestBytes;  //!< of them
        std::size_t begin;      //!< of its delays among all
        std::size_t end;        //!< behind the last of them
    };

    /// No samples: every draw is 0.
    DelayBuckets() = default;
    explicit DelayBuckets(std::vector<DelaySample> samples); //!< in any order

    /// In ascending order of size.
    const std::vector<Bucket>& Buckets() const
    {
        return m_buckets;
    }

    /**
     * A delay of the bucket of a size: that with the largest smallest size not above it, else the first.
     * \param uniform in [0, 1), picks one of the bucket's delays \return ns per packet
     */
    double Draw(uint64_t sizeBytes, double uniform) const;

  private:
    std::vector<Bucket> m_buckets;
    std::vector<float> m_delays; //!< bucket after bucket
};

} // namespace ns3::m3

#endif // M3_DELAY_BUCKETS_H
