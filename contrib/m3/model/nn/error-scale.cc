// SPDX-License-Identifier: GPL-2.0-only
#include "error-scale.h"

#include "core/random-stream.h"

#include <boost/numeric/ublas/lu.hpp>
#include <boost/numeric/ublas/matrix.hpp>
#include <boost/numeric/ublas/vector.hpp>

#include <algorithm>
#include <cmath>
#include <map>

namespace ns3::m3
{

namespace
{

namespace ublas = boost::numeric::ublas;
using Matrix = ublas::matrix<double>;
using Vector = ublas::vector<double>;

constexpr double FLOOR = 0.02;       // of an error in the regression of its logarithm: 2 % is as good as none
constexpr double RIDGE = 100;        // networks' worth of shrinking
constexpr double SHRINKING = 0.1;    // of the covariance towards the unit matrix
constexpr double MAX_DEVIATIONS = 4; // that a number counts for in the size of the error
constexpr uint32_t FOLDS = 5;

/// A number of a profile in deviations from its mean.
double Standard(const ErrorScale& scale, const NetworkProfile& profile, std::size_t place)
{
    return (static_cast<double>(profile[place]) - static_cast<double>(scale.mean[place])) /
           static_cast<double>(scale.deviation[place]);
}

/// What the size of the error depends on, a constant last.
Vector RegressorsOf(const ErrorScale& scale, const NetworkProfile& profile)
{
    Vector regressors(PROFILE_SIZE + 1);
    for (std::size_t i = 0; i < PROFILE_SIZE; i++)
    {
        regressors(i) = std::clamp(Standard(scale, profile, i), -MAX_DEVIATIONS, MAX_DEVIATIONS);
    }
    regressors(PROFILE_SIZE) = 1;
    return regressors;
}

double SizeOf(const ErrorScale& scale, const NetworkProfile& profile)
{
    const Vector regressors = RegressorsOf(scale, profile);
    double logarithm = 0;
    for (std::size_t i = 0; i < regressors.size(); i++)
    {
        logarithm += regressors(i) * static_cast<double>(scale.slope[i]);
    }
    return std::exp(logarithm);
}

/// Square of the Mahalanobis distance from the mean.
double DistanceOf(const ErrorScale& scale, const NetworkProfile& profile)
{
    std::vector<double> standard(PROFILE_SIZE);
    for (std::size_t i = 0; i < PROFILE_SIZE; i++)
    {
        standard[i] = Standard(scale, profile, i);
    }
    double distance = 0;
    for (std::size_t i = 0; i < PROFILE_SIZE; i++)
    {
        double row = 0;
        for (std::size_t j = 0; j < PROFILE_SIZE; j++)
        {
            row += static_cast<double>(scale.precision[i * PROFILE_SIZE + j]) * standard[j];
        }
        distance += standard[i] * row;
    }
    return distance;
}

void SetScales(const std::vector<HeldOutNetwork>& networks, ErrorScale& scale)
{
    constexpr double MIN_DEVIATION = 1e-3; // of numbers that are the same everywhere
    const auto count = static_cast<double>(networks.size());
    scale.mean.resize(PROFILE_SIZE);
    scale.deviation.resize(PROFILE_SIZE);
    for (std::size_t i = 0; i < PROFILE_SIZE; i++)
    {
        double sum = 0;
        double squares = 0;
        for (const HeldOutNetwork& network : networks)
        {
            sum += static_cast<double>(network.profile[i]);
        }
        const double mean = sum / count;
        for (const HeldOutNetwork& network : networks)
        {
            squares += std::pow(static_cast<double>(network.profile[i]) - mean, 2);
        }
        scale.mean[i] = static_cast<float>(mean);
        scale.deviation[i] = static_cast<float>(std::max(std::sqrt(squares / count), MIN_DEVIATION));
    }
}

/// The solution of a symmetric positive definite system for each column.
Matrix Solve(Matrix system, Matrix right)
{
    ublas::permutation_matrix<std::size_t> order(system.size1());
    ublas::lu_factorize(system, order);
    ublas::lu_substitute(system, order, right);
    return right;
}

/// Fits slope and precision to some of the networks. \param weights of all of them in the regression
void FitTo(const std::vector<HeldOutNetwork>& networks,
           const std::vector<double>& weights,
           const std::vector<std::size_t>& some,
           ErrorScale& scale)
{
    Matrix products = ublas::zero_matrix<double>(PROFILE_SIZE + 1, PROFILE_SIZE + 1);
    Matrix right = ublas::zero_matrix<double>(PROFILE_SIZE + 1, 1);
    Matrix covariance = SHRINKING * ublas::identity_matrix<double>(PROFILE_SIZE);
    for (const std::size_t n : some)
    {
        const HeldOutNetwork& network = networks[n];
        const Vector regressors = RegressorsOf(scale, network.profile);
        noalias(products) += weights[n] * ublas::outer_prod(regressors, regressors);
        ublas::column(right, 0) += weights[n] * std::log(std::abs(network.logError) + FLOOR) * regressors;
        Vector standard(PROFILE_SIZE);
        for (std::size_t i = 0; i < PROFILE_SIZE; i++)
        {
            standard(i) = Standard(scale, network.profile, i);
        }
        noalias(covariance) += ublas::outer_prod(standard, standard) / static_cast<double>(some.size());
    }
    for (std::size_t i = 0; i < PROFILE_SIZE; i++)
    {
        products(i, i) += RIDGE;
    }
    const Matrix slope = Solve(products, right);
    scale.slope.assign(PROFILE_SIZE + 1, 0);
    std::copy(slope.data().begin(), slope.data().end(), scale.slope.begin());
    const Matrix precision = Solve(covariance, ublas::identity_matrix<double>(PROFILE_SIZE));
    scale.precision.assign(PROFILE_SIZE * PROFILE_SIZE, 0);
    std::copy(precision.data().begin(), precision.data().end(), scale.precision.begin());
}

/// What a network would have been told if the fit had not had it.
struct LeftOut
{
    double ratio;    //!< of its error to the size of the error
    double distance; //!< square
};

std::vector<LeftOut>
LeaveOut(const std::vector<HeldOutNetwork>& networks, const std::vector<double>& weights, ErrorScale scale)
{
    constexpr uint64_t SEED = 1;
    RandomStream random(SEED);
    std::vector<uint64_t> fold(networks.size());
    std::generate(fold.begin(), fold.end(), [&] { return random.Integer(0, FOLDS - 1); });
    std::vector<LeftOut> out(networks.size());
    for (uint64_t f = 0; f < FOLDS; f++)
    {
        std::vector<std::size_t> others;
        for (std::size_t n = 0; n < networks.size(); n++)
        {
            if (fold[n] != f)
            {
                others.push_back(n);
            }
        }
        FitTo(networks, weights, others, scale);
        for (std::size_t n = 0; n < networks.size(); n++)
        {
            if (fold[n] == f)
            {
                out[n] = {std::abs(networks[n].logError) / SizeOf(scale, networks[n].profile),
                          DistanceOf(scale, networks[n].profile)};
            }
        }
    }
    return out;
}

/// The value that a share of others is not above, of which it might be one itself.
double ConformalQuantile(std::vector<double> values, double share)
{
    std::sort(values.begin(), values.end());
    const auto count = static_cast<double>(values.size());
    const auto place = static_cast<std::size_t>(std::ceil(share * (count + 1)));
    return values[std::clamp<std::size_t>(place, 1, values.size()) - 1];
}

} // namespace

bool ErrorScale::IsKnown() const
{
    return networks > 0 && mean.size() == PROFILE_SIZE;
}

HeldOutErrors ErrorScale::ErrorsOf(const NetworkProfile& profile) const
{
    if (!IsKnown() || profile.empty())
    {
        return {};
    }
    const double reach = factor * SizeOf(*this, profile);
    HeldOutErrors errors{networks, {std::exp(-reach), std::exp(reach)}, "", true};
    if (DistanceOf(*this, profile) > maxDistance)
    {
        std::size_t farthest = 0;
        for (std::size_t i = 1; i < PROFILE_SIZE; i++)
        {
            if (std::abs(Standard(*this, profile, i)) > std::abs(Standard(*this, profile, farthest)))
            {
                farthest = i;
            }
        }
        errors.unlike = ProfileName(farthest);
    }
    return errors;
}

ErrorScale FitErrorScale(const std::vector<HeldOutNetwork>& networks)
{
    constexpr double COVERAGE = 0.95;
    constexpr double COVERAGE_OF_A_KIND = 0.9;
    constexpr double NOT_NEW = 0.98;
    if (networks.size() < MIN_HELD_OUT)
    {
        return {};
    }
    ErrorScale scale;
    scale.networks = static_cast<uint32_t>(networks.size());
    SetScales(networks, scale);
    std::map<std::string, std::vector<std::size_t>> kinds;
    for (std::size_t n = 0; n < networks.size(); n++)
    {
        kinds[networks[n].kind].push_back(n);
    }
    std::vector<double> weights(networks.size()); // a kind with many networks counts more, but not by their number
    double sum = 0;
    for (const auto& [kind, members] : kinds)
    {
        for (const std::size_t n : members)
        {
            weights[n] = 1 / std::sqrt(static_cast<double>(members.size()));
            sum += weights[n];
        }
    }
    for (double& weight : weights)
    {
        weight *= static_cast<double>(networks.size()) / sum;
    }
    const std::vector<LeftOut> leftOut = LeaveOut(networks, weights, scale);
    const auto ratiosOf = [&](const std::vector<std::size_t>& members)
    {
        std::vector<double> ratios;
        for (const std::size_t n : members)
        {
            ratios.push_back(leftOut[n].ratio);
        }
        return ratios;
    };
    std::vector<std::size_t> all;
    std::vector<double> distances;
    for (std::size_t n = 0; n < networks.size(); n++)
    {
        all.push_back(n);
        distances.push_back(leftOut[n].distance);
    }
    scale.factor = ConformalQuantile(ratiosOf(all), COVERAGE);
    for (const auto& [kind, members] : kinds)
    {
        if (members.size() >= MIN_HELD_OUT)
        {
            scale.factor = std::max(scale.factor, ConformalQuantile(ratiosOf(members), COVERAGE_OF_A_KIND));
        }
    }
    scale.maxDistance = ConformalQuantile(distances, NOT_NEW);
    FitTo(networks, weights, all, scale);
    return scale;
}

} // namespace ns3::m3
