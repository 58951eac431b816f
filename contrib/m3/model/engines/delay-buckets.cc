// SPDX-License-Identifier: GPL-2.0-only
#include "delay-buckets.h"

#include <algorithm>
#include <tuple>

namespace ns3::m3
{

DelayBuckets::DelayBuckets(std::vector<DelaySample> samples)
{
    std::sort(samples.begin(),
              samples.end(),
              [](const DelaySample& a, const DelaySample& b)
              { return std::tie(a.sizeBytes, a.delayNs) < std::tie(b.sizeBytes, b.delayNs); });
    m_delays.reserve(samples.size());
    for (const DelaySample& sample : samples)
    {
        const std::size_t begin = m_buckets.empty() ? 0 : m_buckets.back().begin;
        const bool full =
            m_buckets.empty() || (m_delays.size() - begin >= MIN_SAMPLES &&
                                  m_buckets.back().largestBytes >= SIZE_FACTOR * m_buckets.back().smallestBytes &&
                                  sample.sizeBytes > m_buckets.back().largestBytes);
        if (full)
        {
            m_buckets.push_back({sample.sizeBytes, sample.sizeBytes, m_delays.size(), m_delays.size()});
        }
        m_delays.push_back(sample.delayNs);
        m_buckets.back().largestBytes = sample.sizeBytes;
        m_buckets.back().end = m_delays.size();
    }
    if (m_buckets.size() > 1)
    {
        const Bucket last = m_buckets.back();
        if (last.end - last.begin < MIN_SAMPLES || last.largestBytes < SIZE_FACTOR * last.smallestBytes)
        {
            m_buckets.pop_back();
            m_buckets.back().largestBytes = last.largestBytes;
            m_buckets.back().end = last.end;
        }
    }
}

double DelayBuckets::Draw(uint64_t sizeBytes, double uniform) const
{
    if (m_buckets.empty())
    {
        return 0;
    }
    auto bucket = std::upper_bound(m_buckets.begin(),
                                   m_buckets.end(),
                                   sizeBytes,
                                   [](uint64_t size, const Bucket& b) { return size < b.smallestBytes; });
    if (bucket != m_buckets.begin())
    {
        --bucket;
    }
    const std::size_t count = bucket->end - bucket->begin;
    return m_delays[bucket->begin +
                    std::min(count - 1, static_cast<std::size_t>(uniform * static_cast<double>(count)))];
}

} // namespace ns3::m3
