// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_LINK_CLUSTERS_H
#define M3_LINK_CLUSTERS_H

#include "link-decomposition.h"

#include <cstdint>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-parts
/// What decides how long flows wait at a link.
struct LinkTraits
{
    uint64_t bitsPerSecond;    //!< its rate
    int64_t delayNs;           //!< its propagation delay
    bool firstHop;             //!< it is its source's access link
    double load;               //!< as LoadedLink
    double ackShare;           //!< as LoadedLink
    double meanRttNs;          //!< of the base RTTs of its flows
    std::vector<double> sizes; //!< percentiles of the payload of its flows, bytes
    std::vector<double> gaps;  //!< percentiles of the time between two successive starts, ns; empty for a single flow
};

/// Traits of a link of the network; percentiles are the TRAIT_PERCENTILES mid-points of the distribution.
LinkTraits
TraitsOf(const FabricGraph& fabric, const FlowList& flows, const LinkDecomposition& network, const LoadedLink& loaded);

inline constexpr uint32_t TRAIT_PERCENTILES = 100; //!< of sizes and gaps

/**
 * Weighted mean absolute percentage error of one list of percentiles against another: sum |a - b| / sum a. Infinite
 * where the lists differ in length or only `a` is all 0.
 */
double WeightedError(const std::vector<double>& a, const std::vector<double>& b);

/// \ingroup m3-parts
/// How far links may differ that share a simulation.
struct ClusterLimits
{
    double load = 0.005;       //!< difference of loads and of ACK shares
    double distribution = 0.1; //!< WeightedError of sizes and of gaps; relative difference of mean RTTs
};

/**
 * Groups links whose flows wait alike, so that one simulation serves a group (Parsimon, NSDI 2023, section 4: load,
 * flow sizes and inter-arrival times alike, the distributions by the weighted mean absolute percentage error of their
 * percentiles). Greedy: the first link that is in no group stands for all later ones that differ from it by at most
 * the limits. Links of different rate or delay, access links and others never share; beyond the paper, ACK shares and
 * mean RTTs must be alike too.
 * \return per link, the index of the one that stands for it
 */
std::vector<uint32_t> ClusterLinks(const std::vector<LinkTraits>& links, const ClusterLimits& limits = {});

} // namespace ns3::m3

#endif // M3_LINK_CLUSTERS_H
