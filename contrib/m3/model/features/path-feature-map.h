// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PATH_FEATURE_MAP_H
#define M3_PATH_FEATURE_MAP_H

#include <cstdint>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-features
/// A flow on a path of hosts 0 .. H - 1 in a row, where link i joins host i and host i + 1.
struct PathFlow
{
    uint32_t src = 0;       //!< position at which it enters the path
    uint32_t dst = 0;       //!< position at which it leaves, above src
    uint64_t sizeBytes = 0; //!< payload, at least 1
    double slowdown = 1;    //!< at least 1
};

inline constexpr uint32_t MAP_BUCKETS = 10;      //!< of flow size in a row of the feature map
inline constexpr uint32_t MAP_PERCENTILES = 100; //!< of slowdown in a bucket: 1, 2, .. 100, the last the maximum
inline constexpr uint32_t LABEL_BUCKETS = 4;     //!< of flow size in the labels: those of the default size classes

/// \ingroup m3-features
/// Percentiles of slowdown by row and size bucket.
struct PercentileMap
{
    uint32_t rows = 0;           //!< foreground, then links
    uint32_t buckets = 0;        //!< of flow size
    std::vector<float> slowdown; //!< [rows][buckets][MAP_PERCENTILES]
    std::vector<double> share;   //!< [rows][buckets]: part of a row's flows that is in the bucket
};

/**
 * The feature map of the published m3 (Li et al., SIGCOMM 2024, section 3.3): row 0 has the foreground flows, those
 * that go from host 0 to host H - 1; row 1 + i the other flows that cross link i. A bucket holds the percentiles of its
 * flows' slowdowns, a percentile p of n flows being the one of rank round((n - 1) p / 100), half to even; an empty
 * bucket zeros. Buckets begin at 0, 250, 500, 750, 1000, 2000, 5000, 7500, 10000 and 50000 bytes. A share is a float
 * count over 1 + all flows of the row, as published.
 *
 * Time is linear in flows times links but for one sort of all flows.
 *
 * \param hosts of the path, at least 2
 * \throws InputError naming the flow whose positions, size or slowdown are out of range
 */
PercentileMap MakePathFeatureMap(uint32_t hosts, const std::vector<PathFlow>& flows);

/**
 * What the published model learns to give: one row, the percentiles of the foreground flows' slowdowns in LABEL_BUCKETS
 * size buckets, which begin at 0, 1000, 10000 and 50000 bytes; an empty bucket ones. A share is a float count over all
 * foreground flows. Parameters and errors as MakePathFeatureMap.
 */
PercentileMap MakePathLabels(uint32_t hosts, const std::vector<PathFlow>& flows);

/// Foreground flows in each of the LABEL_BUCKETS. Parameters and errors as MakePathFeatureMap.
std::vector<uint32_t> CountByLabelBucket(uint32_t hosts, const std::vector<PathFlow>& flows);

/**
 * Slowdown that the published m3 computes from a completion time of flowSim on a path of 3, 5 or 7 hosts whose first
 * and last link have 10 Gb/s and all others 40 Gb/s: fluid time plus a base delay over wire time plus the same delay.
 *
 * \param src, dst as in PathFlow \param fluidFctNs completion time without delays, ns
 * \return at least 1
 * \throws InputError for another number of hosts, positions out of range, a size of 0
 */
double PublishedPathSlowdown(uint32_t hosts, uint32_t src, uint32_t dst, uint64_t sizeBytes, double fluidFctNs);

} // namespace ns3::m3

#endif // M3_PATH_FEATURE_MAP_H
