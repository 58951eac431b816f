// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_SIZE_DISTRIBUTION_H
#define M3_SIZE_DISTRIBUTION_H

#include "core/random-stream.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-workload
/// Distribution of flow sizes in bytes of payload.
class SizeDistribution
{
  public:
    virtual ~SizeDistribution() = default;

    /// \return a size of at least 1 byte
    virtual uint64_t Sample(RandomStream& random) const = 0;

    /// Bytes, before rounding to whole bytes.
    virtual double Mean() const = 0;
};

/// A point of a cumulative distribution: the share in percent of flows of at most this many bytes.
using CdfPoint = std::pair<double, double>;

/**
 * Piecewise linear between points; the first point with a share above 0 is an atom unless a point of 0 % precedes it
 * at a size above 0.
 * \param points ascending in both, the last at 100 percent \throws InputError otherwise
 */
std::unique_ptr<SizeDistribution> MakeTableDistribution(const std::vector<CdfPoint>& points);

/**
 * Makes a distribution from a specification: the name of a table in the data folder (WebServer, Hadoop,
 * CacheFollower, WebSearch, AliStorage, GoogleRPC, FbHdp, in any case), a table file (`bytes percent` a line), or one
 * of `constant:BYTES`, `exponential:MEAN`, `lognormal:MEAN,SIGMA` (sigma of the logarithm), `pareto:MEAN,SHAPE` (shape
 * above 1), `gaussian:MEAN,DEVIATION` (drawn again while below 1 byte).
 * \throws InputError that lists the specifications
 */
std::unique_ptr<SizeDistribution> ParseSizeDistribution(const std::string& text);

/**
 * Returns the folder of the size tables and matrices: that of the environment variable M3_DATA_DIR, or else `traces`
 * of the installed module or of the source tree that this library was built from.
 */
std::string DataFolder();

} // namespace ns3::m3

#endif // M3_SIZE_DISTRIBUTION_H
