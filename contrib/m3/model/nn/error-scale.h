// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_ERROR_SCALE_H
#define M3_ERROR_SCALE_H

#include "network-profile.h"

#include "ns3/m3-slowdown-report.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-nn
/// What an estimate of a network that no training saw was off by.
struct HeldOutNetwork
{
    NetworkProfile profile; //!< of the network, PROFILE_SIZE numbers
    double logError = 0;    //!< logarithm of the packet-level p99 of all flows over the estimated one
    /// [ERROR_ROWS][ERROR_LEVELS] the same of other quantiles, NaN where the network does not tell; empty: of none.
    std::vector<double> logErrors{};
    std::string kind; //!< of the network, as scenario kinds are called; networks of one kind are alike
};

/// Fewest networks that an ErrorScale is fitted to.
inline constexpr uint32_t MIN_HELD_OUT = 40;

/// Fewest networks of which those that are nearest to another one are asked.
inline constexpr uint32_t MANY_HELD_OUT = 400;

/// Networks that are nearest to another one.
inline constexpr uint32_t NEAREST = 200;

/**
 * \ingroup m3-nn
 * How far the p99 of all flows of an estimate is expected to be off, and whether the network is unlike all whose
 * errors are known. The logarithm of the error's size is a linear function of the profile, whose numbers are taken in
 * deviations from their mean, fitted by ridge regression; the interval is the estimate times and over exp(factor *
 * size). The factor is conformal (Papadopoulos, Gammerman and Vovk, Normalized nonconformity measures for regression,
 * 2008): it holds 95 % of the held-out networks, and 90 % of each kind that has MIN_HELD_OUT of them, by fits that did
 * not have the network. The errors of other quantiles, and of size classes, have factors of their own, and sizes of
 * their own where these give narrower intervals. A network is new where its Mahalanobis distance, with a covariance
 * shrunk towards the unit matrix, is larger than that of 98 % of held-out networks from the others.
 */
struct ErrorScale
{
    uint32_t networks = 0;        //!< number of held-out networks; 0: errors are not known, and all others are empty
    std::vector<float> mean;      //!< [PROFILE_SIZE, of the m3 that fitted it] over networks
    std::vector<float> deviation; //!< [PROFILE_SIZE] standard deviation over networks, above 0
    std::vector<float> slope;     //!< [PROFILE_SIZE + 1] of the logarithm of the size, its constant last
    double factor = 0;            //!< of the size, above 0
    /// [ERROR_ROWS][ERROR_LEVELS] factors of other quantiles; NaN where fewer than MIN_HELD_OUT networks tell; empty:
    /// not known.
    std::vector<double> factors{};
    std::vector<float> slopes{};  //!< [ERROR_ROWS][ERROR_LEVELS][PROFILE_SIZE + 1] the same as slope, of them
    std::vector<float> precision; //!< [PROFILE_SIZE][PROFILE_SIZE] inverse of the covariance
    double maxDistance = 0;       //!< square of the distance from which a network is new
    /// [networks][PROFILE_SIZE] profiles of the networks, in deviations from the mean; empty: there are too few.
    std::vector<float> places{};
    /// [1 + ERROR_ROWS x ERROR_LEVELS][networks] errors of the p99 of all flows, then those of the quantiles, over
    /// their sizes by fits that did not have the network; NaN where it does not tell; empty as places.
    std::vector<float> ratios{};

    /// Returns whether errors are known, by profiles as this m3 has them.
    bool IsKnown() const;

    /// Returns the errors to expect. \param profile of a network; empty: it has no flows, and errors are not known
    HeldOutErrors ErrorsOf(const NetworkProfile& profile) const;
};

/// Fits to held-out networks. \return without networks where there are fewer than MIN_HELD_OUT
ErrorScale FitErrorScale(const std::vector<HeldOutNetwork>& networks);

} // namespace ns3::m3

#endif // M3_ERROR_SCALE_H
