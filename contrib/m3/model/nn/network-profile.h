// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_NETWORK_PROFILE_H
#define M3_NETWORK_PROFILE_H

#include "features/feature-schema.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ns3::m3
{

struct FlowFeatures;

/**
 * \ingroup m3-nn
 * What networks are compared by: PROFILE_SIZE numbers, each a mean over the flows of a network. First the inputs of
 * FLOW_SCHEMA; then those of HOP_SCHEMA, of each flow the largest on its route; then the logarithms of the mean
 * slowdown by flowSim and by the model, the mean logarithms of a flow's predicted median and of its p99 over that
 * median, the logarithm of the number of flows, and how far the smallest shared buffer on a route lies below the
 * bandwidth-delay product (LOG_POOL), with PFC and without.
 */
using NetworkProfile = std::vector<float>;

inline constexpr std::size_t PROFILE_SIZE = FLOW_INPUTS + HOP_INPUTS + 7; //!< Numbers of a NetworkProfile.

/// What to call a number of a profile. \param place below PROFILE_SIZE
const char* ProfileName(std::size_t place);

/// \ingroup m3-nn
/// Computes a NetworkProfile, some flows after others.
class ProfileMeans
{
  public:
    /**
     * Adds flows.
     * \param predicted [flows][QUANTILES] slowdowns \param weights one for each flow: flows of the network that it
     * stands for, above 0
     */
    void Add(const FlowFeatures& features, const std::vector<float>& predicted, const std::vector<double>& weights);

    /// Returns the profile; empty without flows.
    NetworkProfile Profile() const;

  private:
    std::vector<double> m_sums = std::vector<double>(PROFILE_SIZE, 0); //!< before logarithms of means are taken
    double m_weight = 0;
};

} // namespace ns3::m3

#endif // M3_NETWORK_PROFILE_H
