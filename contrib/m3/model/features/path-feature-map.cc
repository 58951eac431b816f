// SPDX-License-Identifier: GPL-2.0-only
#include "path-feature-map.h"

#include "ns3/m3-input-error.h"
#include "ns3/m3-link-timing.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>

namespace ns3::m3
{

namespace
{

constexpr std::array<uint64_t, MAP_BUCKETS> MAP_EDGES = {0, 250, 500, 750, 1000, 2000, 5000, 7500, 10'000, 50'000};
constexpr std::array<uint64_t, LABEL_BUCKETS> LABEL_EDGES = {0, 1000, 10'000, 50'000};

template <std::size_t N>
std::size_t BucketOf(uint64_t sizeBytes, const std::array<uint64_t, N>& edges)
{
    return static_cast<std::size_t>(std::upper_bound(edges.begin(), edges.end(), sizeBytes) - edges.begin() - 1);
}

void CheckPath(uint32_t hosts, const std::vector<PathFlow>& flows)
{
    if (hosts < 2)
    {
        throw InputError("a path has at least 2 hosts");
    }
    for (std::size_t i = 0; i < flows.size(); i++)
    {
        const PathFlow& flow = flows[i];
        const char* wrong = flow.src >= flow.dst || flow.dst >= hosts                                    ? "positions"
                            : flow.sizeBytes == 0                                                        ? "size"
                            : !(flow.slowdown >= 1) || flow.slowdown > std::numeric_limits<float>::max() ? "slowdown"
                                                                                                         : nullptr;
        if (wrong)
        {
            throw InputError("flow " + std::to_string(i) + " of the path: its " + wrong + " cannot be used");
        }
    }
}

/// The bits of a float of at least 1: they order as the floats do.
uint64_t OrderedBits(float value)
{
    uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
}

float FloatOfBits(uint64_t ordered)
{
    const auto bits = static_cast<uint32_t>(ordered);
    float value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

/// Fills one bucket. \param sorted slowdowns of its flows, ascending, not empty
void WritePercentiles(const std::vector<float>& sorted, float* out)
{
    const auto last = static_cast<double>(sorted.size() - 1);
    for (uint32_t p = 1; p <= MAP_PERCENTILES; p++)
    {
        // std::nearbyint rounds half to even
        const double rank = std::nearbyint(last * (static_cast<double>(p) / MAP_PERCENTILES));
        out[p - 1] = sorted[static_cast<std::size_t>(rank)];
    }
}

/**
 * \param rows of the map: 1 for the foreground flows alone, else one per host
 * \param one added to a row's flows where shares are taken
 */
template <std::size_t N>
PercentileMap MakeMap(uint32_t hosts,
                      const std::vector<PathFlow>& flows,
                      const std::array<uint64_t, N>& edges,
                      uint32_t rows,
                      float ofEmptyBucket,
                      double one)
{
    CheckPath(hosts, flows);
    constexpr uint32_t FLOW_BITS = 32;
    constexpr uint64_t LOW_BITS = (uint64_t{1} << FLOW_BITS) - 1;
    // flows of each bucket as slowdown above, index below: one sort serves all rows
    std::array<std::vector<uint64_t>, N> byBucket;
    for (std::size_t i = 0; i < flows.size(); i++)
    {
        byBucket[BucketOf(flows[i].sizeBytes, edges)].push_back(
            OrderedBits(static_cast<float>(flows[i].slowdown)) << FLOW_BITS | i);
    }
    PercentileMap map;
    map.rows = rows;
    map.buckets = N;
    map.slowdown.assign(std::size_t{rows} * N * MAP_PERCENTILES, ofEmptyBucket);
    map.share.assign(std::size_t{rows} * N, 0);
    std::vector<double> total(rows, 0);
    std::vector<std::vector<float>> ofRow(rows);
    for (std::size_t bucket = 0; bucket < N; bucket++)
    {
        std::sort(byBucket[bucket].begin(), byBucket[bucket].end());
        for (auto& values : ofRow)
        {
            values.clear();
        }
        for (uint64_t entry : byBucket[bucket])
        {
            const PathFlow& flow = flows[entry & LOW_BITS];
            const float slowdown = FloatOfBits(entry >> FLOW_BITS);
            if (flow.src == 0 && flow.dst == hosts - 1)
            {
                ofRow[0].push_back(slowdown);
                continue;
            }
            for (uint32_t link = flow.src; link < std::min(flow.dst, rows - 1); link++)
            {
                ofRow[1 + link].push_back(slowdown);
            }
        }
        for (uint32_t row = 0; row < rows; row++)
        {
            if (!ofRow[row].empty())
            {
                WritePercentiles(ofRow[row], &map.slowdown[(row * N + bucket) * MAP_PERCENTILES]);
            }
            map.share[row * N + bucket] = static_cast<float>(ofRow[row].size());
            total[row] += static_cast<double>(ofRow[row].size());
        }
    }
    for (uint32_t row = 0; row < rows; row++)
    {
        for (std::size_t bucket = 0; bucket < N && total[row] + one > 0; bucket++)
        {
            map.share[row * N + bucket] /= total[row] + one;
        }
    }
    return map;
}

} // namespace

PercentileMap MakePathFeatureMap(uint32_t hosts, const std::vector<PathFlow>& flows)
{
    return MakeMap(hosts, flows, MAP_EDGES, hosts, 0, 1);
}

PercentileMap MakePathLabels(uint32_t hosts, const std::vector<PathFlow>& flows)
{
    return MakeMap(hosts, flows, LABEL_EDGES, 1, 1, 0);
}

std::vector<uint32_t> CountByLabelBucket(uint32_t hosts, const std::vector<PathFlow>& flows)
{
    CheckPath(hosts, flows);
    std::vector<uint32_t> counts(LABEL_BUCKETS, 0);
    for (const PathFlow& flow : flows)
    {
        counts[BucketOf(flow.sizeBytes, LABEL_EDGES)] += flow.src == 0 && flow.dst == hosts - 1;
    }
    return counts;
}

double PublishedPathSlowdown(uint32_t hosts, uint32_t src, uint32_t dst, uint64_t sizeBytes, double fluidFctNs)
{
    constexpr double GBPS = 10; // of the path's ends
    constexpr double LINK_NS = 1000;
    if ((hosts != 3 && hosts != 5 && hosts != 7) || src >= dst || dst >= hosts || sizeBytes == 0)
    {
        throw InputError("the published slowdown is defined for flows of at least 1 B on paths of 3, 5 or 7 hosts");
    }
    // delay of what lies between an inner position and its host beyond the first link
    const auto extraNs = [&](uint32_t position)
    { return LINK_NS * std::max(0.0, std::min<double>(position, hosts - 1 - position) - 1); };
    const bool whole = src == 0 && dst == hosts - 1;
    const bool inner = src != 0 && dst != hosts - 1;
    const double links = dst - src + (whole ? 0.0 : 1.0) + (inner ? 1.0 : 0.0);
    const double packetBits =
        8 * static_cast<double>(std::min<uint64_t>(sizeBytes, MTU_PAYLOAD_BYTES) + DATA_HEADER_BYTES);
    const double base = LINK_NS * links + (whole ? packetBits / GBPS : 0) + packetBits / (4 * GBPS) * (links - 2) -
                        (inner ? packetBits / GBPS : 0) + extraNs(src) + extraNs(dst);
    const double wireBits = 8 * static_cast<double>(WireBytes(sizeBytes, DATA_HEADER_BYTES));
    return std::max(1.0, (fluidFctNs + base) / (wireBits / GBPS + base));
}

} // namespace ns3::m3
