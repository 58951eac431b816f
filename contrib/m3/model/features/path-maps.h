// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PATH_MAPS_H
#define M3_PATH_MAPS_H

#include "path-feature-map.h"
#include "path-schema.h"

#include "ns3/m3-route.h"

#include <array>
#include <cstdint>
#include <vector>

namespace ns3::m3
{

class FabricGraph;
struct RdmaConfig;

inline constexpr uint32_t MAP_ROW_INPUTS = MAP_BUCKETS * MAP_PERCENTILES; //!< values in a row of a map
inline constexpr uint32_t PATH_LABELS = LABEL_BUCKETS * MAP_PERCENTILES;  //!< values that the model gives for a path

/// \ingroup m3-features
/// What the published model is told of paths (path-feature-map.h).
struct PathMaps
{
    std::vector<uint32_t> rowBegin{0}; //!< where the rows of a path begin in `slowdown`; one more than paths
    std::vector<float> slowdown;       //!< [rows of all paths][MAP_ROW_INPUTS], at least 1, 0 in an empty bucket
    std::vector<float> parameters;     //!< [paths][PATH_PARAMETERS], at least 0
    std::vector<uint32_t> flows;       //!< [paths][LABEL_BUCKETS]: foreground flows

    /// How many paths there are.
    std::size_t Count() const
    {
        return rowBegin.size() - 1;
    }

    /// Number of rows of a path's map, which is that of its hosts: 2 or more.
    uint32_t Rows(std::size_t path) const
    {
        return rowBegin[path + 1] - rowBegin[path];
    }
};

/// Adds paths behind others.
void Append(PathMaps& all, const PathMaps& more);

/// \ingroup m3-features
/// Paths with what a model of them is to give.
struct LabelledPaths
{
    PathMaps maps;             //!< inputs
    std::vector<float> labels; //!< [paths][LABEL_BUCKETS][MAP_PERCENTILES], at least 1; 1 where a bucket has no flows
};

/**
 * The 19 parameters of the published model: one-hot path of 3, 5 or 7 hosts; BDP of the path in MTU; buffer in units of
 * 10 KiB; window in KB; PFC on, PFC off; one-hot DCTCP, DCQCN, HPCC, TIMELY; DCTCP K in KB; DCQCN Kmin and Kmax in KB
 * per 25 Gb/s; HPCC eta in % and additive increase in 10 Mb/s; TIMELY T_low and T_high in us; those of other controls
 * 0. The published network has hosts of 10 Gb/s; on others, bytes and rates are divided by the rate of
 * the path's first link / 10 Gb/s. The buffer is that of the path's smallest switch, at most 1000 units.
 *
 * \param resolved configuration, seen by the NIC that the path begins with
 * \throws InputError for a path of other than 2, 4 or 6 links, another congestion control, or a window per pair
 */
std::array<float, PATH_PARAMETERS>
PathParameters(const FabricGraph& fabric, const Route& path, const RdmaConfig& resolved);

/// Whether the published model knows paths of this number of links: 2, 4 or 6.
bool IsPublishedPathLength(std::size_t links);

} // namespace ns3::m3

#endif // M3_PATH_MAPS_H
