// SPDX-License-Identifier: GPL-2.0-only
#include "error-scale.h"

#include "core/random-stream.h"
#include "features/flow-features.h"

#include <boost/numeric/ublas/lu.hpp>
#include <boost/numeric/ublas/matrix.hpp>
#include <boost/numeric/ublas/vector.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <string>

namespace ns3::m3
{

namespace
{

namespace ublas = boost::numeric::ublas;
using Matrix = ublas::matrix<double>;
using Vector = ublas::vector<double>;

constexpr double FLOOR = 0.02;       // of an error of the p99 in the regression of its logarithm: as good as none
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

/// The value that a share of others is not above, of which it might be one itself.
double ConformalQuantile(std::vector<double> values, double share)
{
    const auto count = static_cast<double>(values.size());
    const auto place = static_cast<std::size_t>(std::ceil(share * (count + 1)));
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(std::clamp<std::size_t>(place, 1, values.size()) - 1);
    std::nth_element(values.begin(), at, values.end());
    return *at;
}

constexpr double COVERAGE = 0.95;

/// The networks that are nearest to one. \param places [networks][PROFILE_SIZE] \param regressors of the one \param
/// takes whether a network counts
template <typename Takes>
std::vector<std::size_t> NearestTo(const std::vector<float>& places, const Vector& regressors, const Takes& takes)
{
    const double* const numbers = &regressors(0);
    std::vector<std::pair<double, std::size_t>> distances;
    for (std::size_t n = 0; n < places.size() / PROFILE_SIZE; n++)
    {
        if (!takes(n))
        {
            continue;
        }
        const float* const place = places.data() + n * PROFILE_SIZE;
        double distance = 0;
        for (std::size_t i = 0; i < PROFILE_SIZE; i++)
        {
            const double apart = numbers[i] - static_cast<double>(place[i]);
            distance += apart * apart;
        }
        distances.emplace_back(distance, n);
    }
    const std::size_t count = std::min<std::size_t>(NEAREST, distances.size());
    std::partial_sort(distances.begin(), distances.begin() + static_cast<std::ptrdiff_t>(count), distances.end());
    std::vector<std::size_t> nearest;
    for (std::size_t i = 0; i < count; i++)
    {
        nearest.push_back(distances[i].second);
    }
    return nearest;
}

/// The ratio that most of some networks are not above. \param ratios [networks] of one quantile \return NaN where too
/// few of them tell
double RatioOf(const std::vector<std::size_t>& some, const float* ratios)
{
    std::vector<double> known;
    for (const std::size_t n : some)
    {
        if (!std::isnan(ratios[n]))
        {
            known.push_back(static_cast<double>(ratios[n]));
        }
    }
    return known.size() < MIN_HELD_OUT ? std::numeric_limits<double>::quiet_NaN() : ConformalQuantile(known, COVERAGE);
}

/// The ratio that most of all networks are not above.
double RatioOfAll(const float* ratios, std::size_t networks)
{
    std::vector<std::size_t> every(networks);
    std::iota(every.begin(), every.end(), std::size_t{0});
    return RatioOf(every, ratios);
}

/// The ratio that most of the nearest networks are not above, or most of all where too few of the nearest tell; not far
/// below that of all: nearest networks without any error do not promise none. \param all RatioOfAll
double RatioNearby(const std::vector<std::size_t>& nearest, const float* ratios, double all)
{
    constexpr double LEAST = 0.25; // of that of all
    if (all == 0)
    {
        return 1; // nearly all estimates are exact
    }
    const double nearby = RatioOf(nearest, ratios);
    return std::isnan(nearby) ? all : std::max(nearby, LEAST * all);
}

/// The size of an error. \param slope of its logarithm, PROFILE_SIZE + 1 numbers
double SizeOf(const Vector& regressors, const float* slope)
{
    double logarithm = 0;
    for (std::size_t i = 0; i < regressors.size(); i++)
    {
        logarithm += regressors(i) * static_cast<double>(slope[i]);
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

/// Share of the flows that are under a control that inputs name, 1 in networks of those controls, 0 in others.
double ShareOfNamedControls(const std::vector<float>& profile)
{
    double share = 0;
    for (const uint32_t place : {IS_DCTCP, IS_DCQCN, IS_HPCC, IS_TIMELY, IS_UNCONTROLLED})
    {
        share += static_cast<double>(profile[place]);
    }
    return share;
}

/// Whether errors are known under other controls alone, of which inputs, one by one, tell nothing.
bool IsOfOtherControl(const ErrorScale& scale, const NetworkProfile& profile)
{
    constexpr double ALL = 0.999;
    const double known = ShareOfNamedControls(scale.mean);
    const double asked = ShareOfNamedControls(profile);
    return (known > ALL && asked < 1 - ALL) || (known == 0 && asked > ALL);
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

/// What is fitted to.
struct HeldOutSet
{
    const std::vector<HeldOutNetwork>& networks;
    std::vector<Vector> regressors;                        //!< by network
    std::vector<double> weights;                           //!< by network, in regressions
    std::vector<uint64_t> folds;                           //!< by network
    std::map<std::string, std::vector<std::size_t>> kinds; //!< networks of each
    std::vector<float> places;                             //!< as ErrorScale has them
    std::vector<std::vector<std::size_t>> nearest;         //!< by network, of other folds; empty where places are
};

constexpr uint64_t NO_FOLD = FOLDS;

/// Fits the slope of the logarithm of an error's size. \param errors by network, NaN where they are not known \param
/// floor of an error \param without a fold that is left out, or NO_FOLD
std::vector<float> SlopeOf(const HeldOutSet& set, const std::vector<double>& errors, double floor, uint64_t without)
{
    Matrix products = ublas::zero_matrix<double>(PROFILE_SIZE + 1, PROFILE_SIZE + 1);
    Matrix right = ublas::zero_matrix<double>(PROFILE_SIZE + 1, 1);
    for (std::size_t n = 0; n < errors.size(); n++)
    {
        if (std::isnan(errors[n]) || set.folds[n] == without)
        {
            continue;
        }
        const Vector& regressors = set.regressors[n];
        const double logarithm = std::log(std::abs(errors[n]) + floor);
        for (std::size_t i = 0; i <= PROFILE_SIZE; i++)
        {
            const double weighted = set.weights[n] * regressors(i);
            right(i, 0) += weighted * logarithm;
            for (std::size_t j = 0; j <= i; j++)
            {
                products(i, j) += weighted * regressors(j);
            }
        }
    }
    for (std::size_t i = 0; i <= PROFILE_SIZE; i++)
    {
        products(i, i) += i < PROFILE_SIZE ? RIDGE : 0;
        for (std::size_t j = 0; j < i; j++)
        {
            products(j, i) = products(i, j);
        }
    }
    const Matrix solution = Solve(products, right);
    return std::vector<float>(solution.data().begin(), solution.data().end());
}

/// Fits the precision to all networks but those of a fold.
void SetPrecision(const HeldOutSet& set, uint64_t without, ErrorScale& scale)
{
    Matrix covariance = SHRINKING * ublas::identity_matrix<double>(PROFILE_SIZE);
    const auto some = static_cast<double>(
        std::count_if(set.folds.begin(), set.folds.end(), [&](uint64_t fold) { return fold != without; }));
    for (std::size_t n = 0; n < set.networks.size(); n++)
    {
        if (set.folds[n] == without)
        {
            continue;
        }
        Vector standard(PROFILE_SIZE);
        for (std::size_t i = 0; i < PROFILE_SIZE; i++)
        {
            standard(i) = Standard(scale, set.networks[n].profile, i);
        }
        noalias(covariance) += ublas::outer_prod(standard, standard) / some;
    }
    const Matrix precision = Solve(covariance, ublas::identity_matrix<double>(PROFILE_SIZE));
    scale.precision.assign(precision.data().begin(), precision.data().end());
}

/// Distances that networks would have been told of if the fit had not had them, squares.
std::vector<double> LeftOutDistances(const HeldOutSet& set, ErrorScale scale)
{
    std::vector<double> distances(set.networks.size());
    for (uint64_t fold = 0; fold < FOLDS; fold++)
    {
        SetPrecision(set, fold, scale);
        for (std::size_t n = 0; n < set.networks.size(); n++)
        {
            if (set.folds[n] == fold)
            {
                distances[n] = DistanceOf(scale, set.networks[n].profile);
            }
        }
    }
    return distances;
}

/// The size of an error, and how many times it is at most.
struct FittedSize
{
    std::vector<float> slope;
    double factor;
    std::vector<float> ratios; //!< of errors to their sizes, by network
};

/// Fits both. \param errors by network, NaN where they are not known \param followed errors whose size they follow
/// \param floor of these \return a factor NaN where fewer than MIN_HELD_OUT are known
FittedSize
FitSize(const HeldOutSet& set, const std::vector<double>& errors, const std::vector<double>& followed, double floor)
{
    constexpr double COVERAGE_OF_A_KIND = 0.9;
    const auto isKnown = [](double error) { return !std::isnan(error); };
    if (std::count_if(errors.begin(), errors.end(), isKnown) < static_cast<std::ptrdiff_t>(MIN_HELD_OUT))
    {
        return {std::vector<float>(PROFILE_SIZE + 1, 0),
                std::numeric_limits<double>::quiet_NaN(),
                std::vector<float>(errors.size(), std::numeric_limits<float>::quiet_NaN())};
    }
    std::vector<double> ratios(errors.size()); // to sizes by fits that did not have the network
    for (uint64_t fold = 0; fold < FOLDS; fold++)
    {
        const std::vector<float> slope = SlopeOf(set, followed, floor, fold);
        for (std::size_t n = 0; n < errors.size(); n++)
        {
            ratios[n] =
                set.folds[n] == fold ? std::abs(errors[n]) / SizeOf(set.regressors[n], slope.data()) : ratios[n];
        }
    }
    const std::vector<float> unscaled(ratios.begin(), ratios.end());
    const double ratioOfAll = RatioOfAll(unscaled.data(), unscaled.size());
    for (std::size_t n = 0; n < set.nearest.size(); n++)
    {
        ratios[n] /= RatioNearby(set.nearest[n], unscaled.data(), ratioOfAll);
    }
    std::vector<double> all;
    double factor = 0;
    for (const auto& [kind, members] : set.kinds)
    {
        std::vector<double> known;
        for (const std::size_t n : members)
        {
            if (isKnown(ratios[n]))
            {
                known.push_back(ratios[n]);
            }
        }
        all.insert(all.end(), known.begin(), known.end());
        if (known.size() >= MIN_HELD_OUT)
        {
            factor = std::max(factor, ConformalQuantile(known, COVERAGE_OF_A_KIND));
        }
    }
    return {SlopeOf(set, followed, floor, NO_FOLD), std::max(factor, ConformalQuantile(all, COVERAGE)), unscaled};
}

/// Median reach over networks.
double MedianReach(const HeldOutSet& set, const FittedSize& fitted)
{
    std::vector<double> reaches;
    const double all = RatioOfAll(fitted.ratios.data(), fitted.ratios.size());
    for (std::size_t n = 0; n < set.regressors.size(); n++)
    {
        const double nearby = set.nearest.empty() ? 1 : RatioNearby(set.nearest[n], fitted.ratios.data(), all);
        reaches.push_back(fitted.factor * nearby * SizeOf(set.regressors[n], fitted.slope.data()));
    }
    std::nth_element(reaches.begin(), reaches.begin() + reaches.size() / 2, reaches.end());
    return reaches[reaches.size() / 2];
}

/// Fits to the errors of all quantiles of all rows. Their size is fitted to them or, where that gives narrower
/// intervals (of some quantiles too few networks tell), follows that of the p99 of all flows.
void FitQuantiles(const HeldOutSet& set, const std::vector<double>& ofP99, ErrorScale& scale)
{
    constexpr double QUANTILE_FLOOR = 0.005; // of an error: medians are off by less than tails
    constexpr std::size_t COUNT = ERROR_ROWS * ERROR_LEVELS.size();
    for (std::size_t i = 0; i < COUNT; i++)
    {
        std::vector<double> errors;
        for (const HeldOutNetwork& network : set.networks)
        {
            errors.push_back(network.logErrors.size() == COUNT ? network.logErrors[i]
                                                               : std::numeric_limits<double>::quiet_NaN());
        }
        const FittedSize own = FitSize(set, errors, errors, QUANTILE_FLOOR);
        const FittedSize common = FitSize(set, errors, ofP99, FLOOR);
        const FittedSize& fitted = MedianReach(set, common) < MedianReach(set, own) ? common : own;
        scale.factors.push_back(fitted.factor);
        scale.slopes.insert(scale.slopes.end(), fitted.slope.begin(), fitted.slope.end());
        if (!set.places.empty())
        {
            scale.ratios.insert(scale.ratios.end(), fitted.ratios.begin(), fitted.ratios.end());
        }
    }
}

/// Finds the networks that are nearest to each, where there are many.
void SetNearest(HeldOutSet& set)
{
    if (set.networks.size() < MANY_HELD_OUT)
    {
        return;
    }
    for (const Vector& regressors : set.regressors)
    {
        set.places.insert(set.places.end(), regressors.begin(), regressors.begin() + PROFILE_SIZE);
    }
    for (std::size_t n = 0; n < set.networks.size(); n++)
    {
        set.nearest.push_back(NearestTo(set.places,
                                        set.regressors[n],
                                        [&](std::size_t other) { return set.folds[other] != set.folds[n]; }));
    }
}

/// \param scale with mean and deviation
HeldOutSet SetOf(const std::vector<HeldOutNetwork>& networks, const ErrorScale& scale)
{
    constexpr uint64_t SEED = 1;
    RandomStream random(SEED);
    HeldOutSet set{networks, {}, std::vector<double>(networks.size()), {}, {}, {}, {}};
    for (std::size_t n = 0; n < networks.size(); n++)
    {
        set.kinds[networks[n].kind].push_back(n);
        set.regressors.push_back(RegressorsOf(scale, networks[n].profile));
        set.folds.push_back(random.Integer(0, FOLDS - 1));
    }
    double sum = 0;
    for (const auto& [kind, members] : set.kinds)
    {
        for (const std::size_t n : members)
        {
            // a kind with many networks counts more, but not by their number
            set.weights[n] = 1 / std::sqrt(static_cast<double>(members.size()));
            sum += set.weights[n];
        }
    }
    for (double& weight : set.weights)
    {
        weight *= static_cast<double>(networks.size()) / sum;
    }
    SetNearest(set);
    return set;
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
    const Vector regressors = RegressorsOf(*this, profile);
    const std::vector<std::size_t> nearest = NearestTo(places, regressors, [](std::size_t) { return true; });
    const auto nearby = [&](std::size_t row)
    {
        if (places.empty())
        {
            return 1.0;
        }
        const float* const ofRow = &ratios[row * networks];
        return RatioNearby(nearest, ofRow, RatioOfAll(ofRow, networks));
    };
    const double reach = factor * nearby(0) * SizeOf(regressors, slope.data());
    HeldOutErrors errors{networks, {std::exp(-reach), std::exp(reach)}, "", true, factors};
    for (std::size_t i = 0; i < factors.size(); i++)
    {
        errors.reaches[i] *= nearby(1 + i) * SizeOf(regressors, &slopes[i * regressors.size()]);
    }
    if (IsOfOtherControl(*this, profile))
    {
        errors.unlike = "congestion control";
    }
    else if (DistanceOf(*this, profile) > maxDistance)
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
    constexpr double NOT_NEW = 0.98;
    if (networks.size() < MIN_HELD_OUT)
    {
        return {};
    }
    ErrorScale scale;
    scale.networks = static_cast<uint32_t>(networks.size());
    SetScales(networks, scale);
    const HeldOutSet set = SetOf(networks, scale);
    std::vector<double> errors;
    for (const HeldOutNetwork& network : networks)
    {
        errors.push_back(network.logError);
    }
    const FittedSize fitted = FitSize(set, errors, errors, FLOOR);
    scale.slope = fitted.slope;
    scale.factor = fitted.factor;
    scale.places = set.places;
    if (!set.places.empty())
    {
        scale.ratios = fitted.ratios;
    }
    FitQuantiles(set, errors, scale);
    scale.maxDistance = ConformalQuantile(LeftOutDistances(set, scale), NOT_NEW);
    SetPrecision(set, NO_FOLD, scale);
    return scale;
}

} // namespace ns3::m3
