#ifndef M3_FEATURE_MAP_H
#define M3_FEATURE_MAP_H

#include <array>
#include <cstdint>
#include <vector>

namespace ns3::m3
{

inline constexpr uint32_t FEATURE_BUCKETS = 10; //!< size buckets of a row of the feature map
inline constexpr uint32_t PERCENTILES = 100;    //!< percentiles per bucket, of input and of output
inline constexpr uint32_t OUTPUT_CLASSES = 4;   //!< size classes of the output

/// Payload bytes at which the buckets begin, left-closed (m3's feature map).
inline constexpr std::array<uint64_t, FEATURE_BUCKETS> FEATURE_BUCKET_EDGES =
    {0, 250, 500, 750, 1000, 2000, 5000, 7500, 10000, 50000};

/// Payload bytes at which the output classes begin: the default SizeClasses.
inline constexpr std::array<uint64_t, OUTPUT_CLASSES> OUTPUT_CLASS_EDGES = {0, 1000, 10000, 50000};

/// What the models see of a path: row 0 its foreground flows, row k >= 1 the other flows that cross its k-th link.
struct FeatureMap
{
    uint32_t rows = 0;              //!< links of the path + 1
    uint32_t parameters = 0;        //!< parameters per row
    std::vector<float> percentiles; //!< [rows][FEATURE_BUCKETS][PERCENTILES]: flowSim slowdowns, 0 in an empty bucket
    std::vector<float> bucketShare; //!< [rows][FEATURE_BUCKETS]: flows of the bucket / (1 + flows of the row)
    std::vector<float> parameter;   //!< [rows][parameters]
};

/// Predicted slowdown quantiles of a path: [class][i] at level (i + 0.5) / PERCENTILES, non-decreasing in i, at
/// least 1.
using PathPrediction = std::array<std::array<float, PERCENTILES>, OUTPUT_CLASSES>;

} // namespace ns3::m3

#endif // M3_FEATURE_MAP_H
