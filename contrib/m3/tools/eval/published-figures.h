// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PUBLISHED_FIGURES_H
#define M3_PUBLISHED_FIGURES_H

#include <array>
#include <cstdint>

namespace ns3::m3::eval
{

// Figures of the artefacts of m3 (Li et al., SIGCOMM 2024), recomputed from its raw results; Parsimon (Zhao et al.,
// NSDI 2023) is as that evaluation ran it.

/// Errors of the p99 of all flows over the 192 scenarios of section 5.2, 10 million flows each.
struct PublishedErrors
{
    const char* engine; //!< as in tables here
    double mean;        //!< this and the next three: of the absolute errors
    double median;
    double p90;
    double worst;
    double signedMean;
    double within10; //!< share of absolute errors of at most 10 %
    double seconds;  //!< mean elapsed time
};

inline constexpr std::array<PublishedErrors, 2> PUBLISHED_SENSITIVITY = {
    {{"m3", 0.0993, 0.0906, 0.207, 0.323, -0.082, 0.53, 36},
     {"parsimon", 0.183, 0.103, 0.418, 1.46, 0.182, 0.48, 207}}};

/// A published system that is rebuilt here: figures of ours stand beside its own.
struct Rival
{
    const char* engine; //!< that is ours
    const char* name;   //!< of the published one, as in PUBLISHED_SENSITIVITY
    const char* fact;   //!< of a case: its published error
};

inline constexpr std::array<Rival, 2> RIVALS = {
    {{"published", "m3", "published_m3"}, {"parsimon", "parsimon", "published_parsimon"}}};

/// Mean elapsed time of the HPCC simulator on them, s.
inline constexpr double PUBLISHED_PACKET_SECONDS = 40.5 * 3600;

/// Absolute errors of the p99 of all flows by m3 with other congestion controls.
struct PublishedControl
{
    const char* control; //!< as CongestionControlName
    double median;
    double p90;
};

inline constexpr std::array<PublishedControl, 3> PUBLISHED_CONTROLS = {
    {{"dcqcn", 0.091, 0.26}, {"hpcc", 0.081, 0.287}, {"timely", 0.167, 0.33}}};

/// p99 slowdown of all flows of the 6,144 hosts of section 5.3, and the errors of m3 by size class.
struct PublishedMix
{
    const char* name;
    uint64_t windowBytes;
    double packets;
    double parsimon;
    double m3;
    std::array<double, 4> m3ClassErrors;
};

inline constexpr std::array<PublishedMix, 2> PUBLISHED_LARGE = {
    {{"mix 0", 10'000, 2.043, 4.284, 2.097, {0.128, -0.072, -0.203, -0.175}},
     {"mix 1", 18'000, 2.443, 2.721, 2.345, {0.015, -0.118, -0.072, -0.278}}}};

/// Mean absolute error of the p99 over the points of a curve of section 5.4, by m3: of all flows, by size class.
struct PublishedCurve
{
    const char* parameter; //!< as the curve is called here
    double mean;
    const char* remark;
};

inline constexpr std::array<PublishedCurve, 2> PUBLISHED_CURVES = {
    {{"eta", 0.066, "half of the true slope in the smallest size class"},
     {"window", 0.057, "packets have their minimum at 10 KB, which m3 misses"}}};

} // namespace ns3::m3::eval

#endif // M3_PUBLISHED_FIGURES_H
