// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PUBLISHED_PATHS_H
#define M3_PUBLISHED_PATHS_H

#include "ns3/m3-route.h"
#include "ns3/m3-scenario-space.h"

#include <cstdint>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-training
/// Ranges that the published ranges leave open.
struct PublishedPathRanges
{
    uint32_t minForeground = 1000;   //!< Minimum number of foreground flows of a path, at least 1.
    uint32_t maxForeground = 20'000; //!< Maximum; the number is drawn log-uniformly.
    double maxMean = 166'000; //!< Maximum mean of the flow sizes, bytes, at least 1000: that of published samples.

    /// \throws InputError naming the value that is out of range
    void Check() const;
};

/// \ingroup m3-training
/// A path with its foreground and background flows, as the published method learns from.
struct PublishedPath
{
    TrainingScenario scenario;    //!< The parking lot, its flows and its configuration.
    Route path;                   //!< The links of the path, from its first to its last host.
    std::vector<uint32_t> enters; //!< Position on the path where a flow enters, 0 for the first host; one per flow.
    std::vector<uint32_t> leaves; //!< Position where it leaves, at most the number of links; one per flow.
    double load = 0;              //!< Of the most loaded link of the path, payload and headers, until the last start.
    double sigma = 0;             //!< Of the logarithms of the gaps between starts.
};

/**
 * Draws path `index` of the space that `seed` names, as the data of the published m3 were made (Li et al., SIGCOMM
 * 2024, section 4.1 and table 2); the same numbers give the same path everywhere.
 *
 * The path has 2, 4 or 6 links in a row, the first and the last of 10 Gb/s, the others of 40 Gb/s, 1 us each. Its
 * foreground flows go from end to end. Between 1 and all of the other pairs of positions have background flows. Those
 * that begin or end at a switch do so at hosts of 10 Gb/s there: in the rack of an end, or behind links of 40 Gb/s, as
 * far from the path as in a three-tier fabric. All pairs have as many flows on average, or each has its own weight. One
 * arrival process draws the pairs of all flows: lognormal gaps of sigma 1 to 2, and a load of 20 to 80 % on the most
 * loaded link of the path, which the flows reach exactly. Sizes are exponential, Gaussian, lognormal or Pareto with
 * means of 1 KB to `ranges.maxMean`, drawn log-uniformly, and at least 50 B.
 *
 * The configuration is for `HPCC` mode: DCTCP (K 5 to 20 KB), DCQCN (Kmin 20 to 50, Kmax 50 to 100 KB at 25 Gb/s, with
 * PFC), HPCC (eta 70 to 95 %, increase 0.5 to 1 Gb/s) or TIMELY (T_low 40 to 60, T_high 100 to 150 us), a window of 5
 * to 30 KB and PFC on or off. A switch of an end has a buffer of 200 to 500 KiB where there is PFC; nothing limits the
 * others, as in the published runs, where the threshold of switches with many ports wraps.
 *
 * \param packetHops approximate maximum of packet transmissions of a packet run of the path; where the foreground
 * flows drawn would take more, there are fewer
 * \throws InputError as PublishedPathRanges::Check
 */
PublishedPath
DrawPublishedPath(uint64_t seed, uint64_t index, double packetHops, const PublishedPathRanges& ranges = {});

/**
 * \ingroup m3-training
 * Draws network `index` of the space that `seed` names, whose sampled paths the published method can learn from, too:
 * there, flows are also slowed off their path, share the links of their hosts, and have longer and shorter routes than
 * those that they meet. A three-tier fabric of two pods with 2 to 4 racks of 2 to 8 hosts at 10 Gb/s, links of 40 Gb/s
 * above them, one plane, or with more than 4 hosts one or two, of at most as many spines as a pod has racks, so that
 * these links are often the most loaded ones. Few hosts, so a pair of them has tens to thousands of flows. The
 * configuration is drawn as that of DrawPublishedPath; matrix, sizes (drawn means from 30 KB on) and burstiness as
 * DrawScenario() says, and a load of 20 to 80 % on the most loaded link. \param packetHops approximate maximum of
 * packet transmissions
 */
TrainingScenario DrawPublishedNetwork(uint64_t seed, uint64_t index, double packetHops);

} // namespace ns3::m3

#endif // M3_PUBLISHED_PATHS_H
