// SPDX-License-Identifier: GPL-2.0-only
/*
 * How far the quantiles of a report may be off because flows were sampled in units (windows, paths, flows): intervals
 * by the spread of the units.
 */
#include "leave-one-out.h"
#include "ns3/m3-slowdown-report.h"
#include "quantile.h"

#include <boost/math/distributions/students_t.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

namespace ns3::m3
{

/// Adds what each unit contributes to a class's share of flows at or below a slowdown, beyond its part of the mean: the
/// linear terms of a ratio estimate. \param deviation per unit \param factor of the class
void SlowdownReport::AddLinearDeviations(std::size_t sizeClass,
                                         double slowdown,
                                         double factor,
                                         std::vector<double>& deviation) const
{
    double below = 0;
    double all = 0;
    for (const UnitValue& value : m_unitValues[sizeClass])
    {
        below += value.slowdown <= slowdown ? value.weight : 0;
        all += value.weight;
    }
    factor /= all;
    for (const UnitValue& value : m_unitValues[sizeClass])
    {
        deviation[value.unit] += factor * value.weight * ((value.slowdown <= slowdown) - below / all);
    }
}

/// The same where a class has strata: the difference that leaving out a unit makes (jackknife; Wolter, Introduction to
/// Variance Estimation, chapter 4), for a unit may hold much of a small stratum.
void SlowdownReport::AddJackknifeDeviations(std::size_t sizeClass,
                                            double slowdown,
                                            double factor,
                                            std::vector<double>& deviation) const
{
    struct Part
    {
        double below = 0;
        double all = 0;
    };

    std::map<uint32_t, std::map<uint32_t, Part>> strata; // by stratum and unit
    Part total;
    for (const UnitValue& value : m_unitValues[sizeClass])
    {
        Part& part = strata[value.stratum][value.unit];
        const double below = value.slowdown <= slowdown ? value.weight : 0;
        part.below += below;
        part.all += value.weight;
        total.below += below;
        total.all += value.weight;
    }
    const auto units = static_cast<double>(m_multiplicity.size());
    factor *= (units - 1) / units / total.all;
    for (const auto& [stratum, parts] : strata)
    {
        Part whole;
        for (const auto& [unit, part] : parts)
        {
            whole.below += part.below;
            whole.all += part.all;
        }
        for (const auto& [unit, part] : parts)
        {
            const double rest = whole.all - part.all;
            const double without = rest > 0 ? (whole.below - part.below) / rest : total.below / total.all;
            deviation[unit] += factor * whole.all * (whole.below / whole.all - without);
        }
    }
}

/// Whether some flows were not looked at.
bool SlowdownReport::IsPartial() const
{
    for (std::size_t c = 0; c < m_classes.Count(); c++)
    {
        if (m_flowCount[c] > 0 && ShareLeft(c) > 0)
        {
            return true;
        }
    }
    return false;
}

/// \return the share of a class's flows that were not looked at
double SlowdownReport::ShareLeft(std::size_t sizeClass) const
{
    return m_sampledFlows[sizeClass] && m_flowCount[sizeClass]
               ? 1 - static_cast<double>(m_sampledFlows[sizeClass]) / static_cast<double>(m_flowCount[sizeClass])
               : 1;
}

/// How far the share of flows of some classes, mixed by their flow counts, at or below a slowdown may be off; NaN where
/// flows are left and a single draw cannot tell.
double SlowdownReport::ShareReach(const std::vector<std::size_t>& classes, double slowdown, double level) const
{
    double flows = 0;
    for (std::size_t c : classes)
    {
        flows += m_unitValues[c].empty() ? 0 : static_cast<double>(m_flowCount[c]);
    }
    std::vector<double> deviation(m_multiplicity.size(), 0); // per unit, of its part in the share
    std::vector<bool> counts(m_multiplicity.size(), false);
    bool isStratified = false;
    bool isPartial = false;
    for (std::size_t c : classes)
    {
        if (m_unitValues[c].empty())
        {
            continue;
        }
        const double left = std::max(0.0, ShareLeft(c));
        const double factor = static_cast<double>(m_flowCount[c]) / flows * std::sqrt(left);
        bool hasStrata = false;
        for (const UnitValue& value : m_unitValues[c])
        {
            counts[value.unit] = true;
            hasStrata = hasStrata || value.stratum > 0;
        }
        (this->*(hasStrata ? &SlowdownReport::AddJackknifeDeviations
                           : &SlowdownReport::AddLinearDeviations))(c, slowdown, factor, deviation);
        isStratified = isStratified || hasStrata;
        isPartial = isPartial || left > 0;
    }
    uint32_t draws = 0;
    for (std::size_t unit = 0; unit < counts.size(); unit++)
    {
        draws += counts[unit] ? m_multiplicity[unit] : 0;
    }
    return draws < 2 && isPartial ? std::nan("") : ReachOf(deviation, counts, isStratified, level);
}

/**
 * How far a sum of deviations may be off. \param counts units that are in it \param isStratified they are of strata, of
 * which a few units may hold much, so that the variance itself is uncertain: its degrees of freedom then go by the
 * kurtosis of the deviations (a variance has the relative variance (kurtosis - 1) / n, and 2 / f with f degrees of
 * freedom: Satterthwaite, Biometrics Bulletin 1946)
 */
double SlowdownReport::ReachOf(const std::vector<double>& deviation,
                               const std::vector<bool>& counts,
                               bool isStratified,
                               double level) const
{
    double variance = 0;
    double fourth = 0;
    double draws = 0;
    for (std::size_t unit = 0; unit < deviation.size(); unit++)
    {
        const double draw = deviation[unit] / m_multiplicity[unit];
        variance += m_multiplicity[unit] * draw * draw;
        fourth += m_multiplicity[unit] * draw * draw * draw * draw;
        draws += counts[unit] ? m_multiplicity[unit] : 0;
    }
    const double all = std::max(1.0, draws - 1);
    const double excess = variance > 0 ? draws * fourth / (variance * variance) - 1 : 0;
    const double freedom = isStratified && excess > 0 ? std::clamp(2 * draws / excess, 1.0, all) : all;
    return boost::math::quantile(boost::math::students_t(freedom), (1 + level) / 2) * std::sqrt(variance * draws / all);
}

ConfidenceInterval SlowdownReport::ClassSamplingInterval(std::size_t sizeClass, double p, double level) const
{
    CheckLevel("the level of an interval", level);
    const double quantile = ClassQuantile(sizeClass, p);
    if (m_unitValues[sizeClass].empty())
    {
        return {quantile, quantile};
    }
    const double reach = ShareReach({sizeClass}, quantile, level);
    if (std::isnan(reach))
    {
        return {reach, reach};
    }
    return {ClassQuantile(sizeClass, std::max(0.0, p - reach)), ClassQuantile(sizeClass, std::min(1.0, p + reach))};
}

/// An interval of the quantile of probability p by sampling, with m_queueingError.
ConfidenceInterval SlowdownReport::Widened(const ConfidenceInterval& interval, double p, double quantile) const
{
    const double error = m_queueingError.At(p);
    if (error == 0)
    {
        return interval;
    }
    const double more = error * (quantile - 1);
    return {std::max(1.0, quantile - std::hypot(quantile - interval.low, more)),
            quantile + std::hypot(interval.high - quantile, more)};
}

double SlowdownReport::SamplingReach(double p) const
{
    constexpr double LEVEL = 0.95;
    const double value = OverallQuantile(p);
    const ConfidenceInterval interval = OverallSamplingInterval(p, LEVEL);
    return std::isnan(interval.low) ? std::numeric_limits<double>::infinity()
                                    : std::max(interval.high / value - 1, 1 - interval.low / value);
}

ConfidenceInterval SlowdownReport::OverallSamplingInterval(double p, double level) const
{
    CheckLevel("the level of an interval", level);
    const double quantile = OverallQuantile(p);
    if (!IsSampled() || m_all.empty())
    {
        return {quantile, quantile};
    }
    std::vector<std::size_t> classes(m_classes.Count());
    std::iota(classes.begin(), classes.end(), 0);
    const double reach = ShareReach(classes, quantile, level);
    if (std::isnan(reach))
    {
        return {reach, reach};
    }
    return {OverallQuantile(std::max(0.0, p - reach)), OverallQuantile(std::min(1.0, p + reach))};
}

void SlowdownReport::SetUnits(uint64_t key)
{
    m_units = key;
}

UnitQuantile SlowdownReport::ClassUnitQuantile(std::size_t sizeClass, double p) const
{
    return UnitQuantileOf({sizeClass}, ClassQuantile(sizeClass, p), p);
}

UnitQuantile SlowdownReport::OverallUnitQuantile(double p) const
{
    std::vector<std::size_t> classes;
    for (std::size_t c = 0; c < m_classes.Count(); c++)
    {
        if (m_flowCount[c] > 0)
        {
            classes.push_back(c);
        }
    }
    return UnitQuantileOf(classes, OverallQuantile(p), p);
}

/// A quantile of some classes, mixed by their flow counts, with the effects of units.
UnitQuantile SlowdownReport::UnitQuantileOf(const std::vector<std::size_t>& classes, double quantile, double p) const
{
    UnitQuantile of{quantile, m_units, {}};
    const bool isWithheld = m_intervalsWithheld || (classes.size() == 1 && m_classIntervalsWithheld[classes.front()]);
    if (m_units == 0 || isWithheld || std::isnan(quantile))
    {
        return of;
    }
    std::vector<LeaveOneOutValue> values;
    double sampled = 0;
    double flows = 0;
    for (const std::size_t c : classes)
    {
        double weights = 0;
        for (const UnitValue& value : m_unitValues[c])
        {
            weights += value.weight;
        }
        for (const UnitValue& value : m_unitValues[c])
        {
            values.push_back({value.slowdown,
                              value.weight * static_cast<double>(m_flowCount[c]) / weights,
                              value.unit,
                              {c, value.stratum}});
        }
        sampled += static_cast<double>(m_sampledFlows[c]);
        flows += static_cast<double>(m_flowCount[c]);
    }
    const auto units = static_cast<double>(m_multiplicity.size());
    const double factor = (units - 1) / units * std::sqrt(std::max(0.0, 1 - sampled / flows));
    for (const double without : QuantilesWithoutUnits(std::move(values), m_multiplicity.size(), p))
    {
        of.effects.push_back(factor * std::log(quantile / without));
    }
    return of;
}

} // namespace ns3::m3
