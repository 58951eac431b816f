// SPDX-License-Identifier: GPL-2.0-only
// What is known of the errors of an engine's model, and the intervals of a report that follow from it.
#include "core/text-format.h"
#include "ns3/m3-slowdown-report.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ns3::m3
{

namespace
{

constexpr double TAIL = 0.99;
constexpr double LEVEL = 0.95;
constexpr ConfidenceInterval UNKNOWN{std::numeric_limits<double>::quiet_NaN(),
                                     std::numeric_limits<double>::quiet_NaN()};

} // namespace

double HeldOutErrors::ReachOf(std::size_t row, double p) const
{
    constexpr double NONE = std::numeric_limits<double>::quiet_NaN();
    const auto above = std::lower_bound(ERROR_LEVELS.begin(), ERROR_LEVELS.end(), p);
    if (reaches.empty() || above == ERROR_LEVELS.end())
    {
        return NONE;
    }
    const auto next = static_cast<std::size_t>(above - ERROR_LEVELS.begin());
    const double* values = &reaches[row * ERROR_LEVELS.size()];
    if (next == 0 || ERROR_LEVELS[next] == p)
    {
        return values[next];
    }
    const double share = (p - ERROR_LEVELS[next - 1]) / (ERROR_LEVELS[next] - ERROR_LEVELS[next - 1]);
    return (1 - share) * values[next - 1] + share * values[next];
}

void SlowdownReport::SetHeldOutErrors(const HeldOutErrors& errors, const std::string& kind)
{
    m_isEstimate = true;
    m_heldOutErrors = errors;
    m_heldOutKind = kind;
}

bool SlowdownReport::KnowsErrorsOfLikeNetworks() const
{
    return m_heldOutErrors.networks > 0 && m_heldOutErrors.followNetwork && m_heldOutErrors.unlike.empty();
}

bool SlowdownReport::HasIntervals() const
{
    const bool hasErrors = m_isEstimate && !m_allFlowsKnown;
    return !m_intervalsWithheld && (hasErrors ? m_heldOutErrors.networks > 0 : IsSampled());
}

/// The packet-level quantile over that of the engine, on 95 % of held-out networks; NaN where it is not known.
ConfidenceInterval SlowdownReport::TruthOverEstimate(std::size_t row, double p) const
{
    if (m_heldOutErrors.networks == 0)
    {
        return UNKNOWN;
    }
    const bool isAll = row == m_classes.Count();
    if (isAll && p == TAIL)
    {
        return m_heldOutErrors.truthOverEstimate;
    }
    if (!isAll && m_classes.edges != SizeClasses().edges)
    {
        return UNKNOWN; // errors are those of other classes
    }
    const double reach = m_heldOutErrors.ReachOf(isAll ? ERROR_ROWS - 1 : row, p);
    return {std::exp(-reach), std::exp(reach)};
}

/// An interval of the packet-level quantile. \param row a class; beyond the last: all \param sampled by sampling
ConfidenceInterval SlowdownReport::IntervalOf(std::size_t row,
                                              double p,
                                              double quantile,
                                              const ConfidenceInterval& sampled,
                                              double level) const
{
    if (m_intervalsWithheld || std::isnan(sampled.low))
    {
        return UNKNOWN;
    }
    if (!m_isEstimate || m_allFlowsKnown)
    {
        return Widened(sampled, p, quantile);
    }
    const ConfidenceInterval own = level == LEVEL ? TruthOverEstimate(row, p) : UNKNOWN;
    if (std::isnan(own.low))
    {
        return UNKNOWN;
    }
    const double middle = quantile * std::sqrt(own.low * own.high);
    const double reach = std::log(own.high / own.low) / 2;
    return {std::max(1.0, middle * std::exp(-std::hypot(std::log(quantile / sampled.low), reach))),
            middle * std::exp(std::hypot(std::log(sampled.high / quantile), reach))};
}

ConfidenceInterval SlowdownReport::ClassInterval(std::size_t sizeClass, double p, double level) const
{
    const ConfidenceInterval sampled = ClassSamplingInterval(sizeClass, p, level);
    return m_classIntervalsWithheld[sizeClass] ? UNKNOWN
                                               : IntervalOf(sizeClass, p, ClassQuantile(sizeClass, p), sampled, level);
}

ConfidenceInterval SlowdownReport::OverallInterval(double p, double level) const
{
    return IntervalOf(m_classes.Count(), p, OverallQuantile(p), OverallSamplingInterval(p, level), level);
}

ConfidenceInterval SlowdownReport::PredictionInterval() const
{
    return m_isEstimate ? OverallInterval(TAIL) : UNKNOWN;
}

std::string SlowdownReport::PredictionText() const
{
    if (m_intervalsWithheld)
    {
        return "no interval is given, for the reasons above";
    }
    const ConfidenceInterval truth = PredictionInterval();
    if (!m_isEstimate || std::isnan(OverallQuantile(TAIL)))
    {
        return "";
    }
    if (std::isnan(truth.low))
    {
        return "no interval is given: the errors of this model on held-out networks are not known";
    }
    const std::string range =
        FormatText("p99 of all flows: 95 %% prediction interval %.2f to %.2f", truth.low, truth.high);
    return m_allFlowsKnown ? range + "; no flow meets another"
                           : range + ", from the errors on " + CountText(m_heldOutErrors.networks) +
                                 " held-out networks " + m_heldOutKind;
}

} // namespace ns3::m3
