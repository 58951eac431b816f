// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PATH_SCHEMA_H
#define M3_PATH_SCHEMA_H

#include "input-row.h"

#include "ns3/m3-hpcc.h"
#include "ns3/m3-link-timing.h"
#include "ns3/m3-rdma-config.h"
#include "ns3/m3-timely.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>

namespace ns3::m3
{

/// \ingroup m3-features
/// What the parameters of a path are computed of. The published network has hosts of 10 Gb/s.
struct PathFacts
{
    const RdmaConfig& config; //!< Configuration as the NIC at the path's beginning has it.
    double scale;             //!< Rate of the path's first link over 10 Gb/s; divides bytes and rates.
    std::size_t links;        //!< Number of links of the path.
    double delayNs;           //!< Sum of their delays.
    double bufferBytes;       //!< Buffer of the path's smallest switch.
    double kminBytes;         //!< ECN threshold (Kmin, or K) of a port of the first link's rate.
    double kmaxBytes;         //!< Kmax of such a port.

    /// Whether flows run under a control.
    bool Under(CongestionControlType control) const
    {
        return config.congestionControl == control;
    }

    /// Kilobytes as on hosts of 10 Gb/s.
    float Kilobytes(double bytes) const
    {
        return static_cast<float>(bytes / 1000 / scale);
    }

    /// The same of a DCQCN threshold, which the published model knows at 25 Gb/s.
    double DcqcnKilobytes(double bytes) const
    {
        constexpr double SHARE = 0.4; // of 10 Gb/s in 25 Gb/s
        return Kilobytes(bytes) / SHARE;
    }
};

/// Parameters of a path that the published model is told, one row each: name and unit, scale, what computes it.
inline constexpr InputRow<PathFacts> PATH_SCHEMA[] = {
    {"3 hosts", InputScale::PLAIN, [](const PathFacts& p) { return p.links == 2 ? 1.0 : 0.0; }},
    {"5 hosts", InputScale::PLAIN, [](const PathFacts& p) { return p.links == 4 ? 1.0 : 0.0; }},
    {"7 hosts", InputScale::PLAIN, [](const PathFacts& p) { return p.links == 6 ? 1.0 : 0.0; }},
    {"BDP in MTU",
     InputScale::PLAIN,
     [](const PathFacts& p) { return 2 * p.delayNs * 10e9 / 8e9 / MTU_PAYLOAD_BYTES; }},
    {"buffer in 10 KiB",
     InputScale::PLAIN,
     [](const PathFacts& p) { return std::min(1000.0, p.bufferBytes / 10240 / p.scale); }},
    {"window in KB",
     InputScale::PLAIN,
     [](const PathFacts& p) -> double { return p.Kilobytes(static_cast<double>(*p.config.windowBytes)); }},
    {"PFC on", InputScale::PLAIN, [](const PathFacts& p) { return p.config.pfc ? 1.0 : 0.0; }},
    {"PFC off", InputScale::PLAIN, [](const PathFacts& p) { return p.config.pfc ? 0.0 : 1.0; }},
    {"DCTCP", InputScale::PLAIN, [](const PathFacts& p) { return p.Under(CongestionControlType::DCTCP) ? 1.0 : 0.0; }},
    {"DCQCN", InputScale::PLAIN, [](const PathFacts& p) { return p.Under(CongestionControlType::DCQCN) ? 1.0 : 0.0; }},
    {"HPCC", InputScale::PLAIN, [](const PathFacts& p) { return p.Under(CongestionControlType::HPCC) ? 1.0 : 0.0; }},
    {"TIMELY",
     InputScale::PLAIN,
     [](const PathFacts& p) { return p.Under(CongestionControlType::TIMELY) ? 1.0 : 0.0; }},
    {"DCTCP K in KB",
     InputScale::PLAIN,
     [](const PathFacts& p) -> double { return p.Under(CongestionControlType::DCTCP) ? p.Kilobytes(p.kminBytes) : 0; }},
    {"DCQCN Kmin in KB",
     InputScale::PLAIN,
     [](const PathFacts& p) { return p.Under(CongestionControlType::DCQCN) ? p.DcqcnKilobytes(p.kminBytes) : 0; }},
    {"DCQCN Kmax in KB",
     InputScale::PLAIN,
     [](const PathFacts& p) { return p.Under(CongestionControlType::DCQCN) ? p.DcqcnKilobytes(p.kmaxBytes) : 0; }},
    {"HPCC eta in %",
     InputScale::PLAIN,
     [](const PathFacts& p) { return p.Under(CongestionControlType::HPCC) ? 100 * p.config.Of<HpccConfig>().eta : 0; }},
    {"HPCC increase in 10 Mb/s",
     InputScale::PLAIN,
     [](const PathFacts& p)
     {
         return p.Under(CongestionControlType::HPCC)
                    ? static_cast<double>(*p.config.Of<HpccConfig>().aiBps) / 10e6 / p.scale
                    : 0;
     }},
    {"TIMELY T_low in us",
     InputScale::PLAIN,
     [](const PathFacts& p) -> double {
         return p.Under(CongestionControlType::TIMELY) ? static_cast<float>(p.config.Of<TimelyConfig>().tLowNs) / 1000
                                                       : 0;
     }},
    {"TIMELY T_high in us",
     InputScale::PLAIN,
     [](const PathFacts& p) -> double
     {
         return p.Under(CongestionControlType::TIMELY) ? static_cast<float>(p.config.Of<TimelyConfig>().tHighNs) / 1000
                                                       : 0;
     }},
};

inline constexpr uint32_t PATH_PARAMETERS = std::size(PATH_SCHEMA); //!< Number of parameters of a path.

} // namespace ns3::m3

#endif // M3_PATH_SCHEMA_H
