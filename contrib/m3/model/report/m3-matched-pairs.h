// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_MATCHED_PAIRS_H
#define M3_MATCHED_PAIRS_H

#include <cstdint>
#include <optional>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-report
/// Interval that holds a value with some probability.
struct ConfidenceInterval
{
    double low;  //!< lower end
    double high; //!< upper end
};

/// \ingroup m3-report
/// A quantile of slowdowns with what it owes to each sampling unit.
struct UnitQuantile
{
    double value = 0;   //!< The quantile; NaN without values.
    uint64_t units = 0; //!< Key of the units (SlowdownReport::SetUnits); 0: no others have them.
    /// Per unit of n, what it adds to the logarithm: (n - 1) / n times the difference to that without the unit; empty
    /// where it is not known.
    std::vector<double> effects;
};

/// \ingroup m3-report
/// A quantile under a configuration, over that under another one.
struct QuantileRatio
{
    double ratio;                //!< Above 0.
    ConfidenceInterval interval; //!< Of 95 %.

    /// Returns whether the two differ by more than sampling explains: the interval does not hold 1.
    bool IsBeyond() const
    {
        return interval.low > 1 || interval.high < 1;
    }
};

/**
 * Compares two quantiles of the same units (matched pairs: Ekman and Stenstroem, Enhancing multiprocessor architecture
 * simulation speed using matched-pair comparison, ISPASS 2005). What a unit does to both cancels: the variance is that
 * of the differences of its effects.
 * \return nothing for quantiles of other units, without values, and of less than two units with effects
 */
std::optional<QuantileRatio> RatioOfMatched(const UnitQuantile& to, const UnitQuantile& from);

} // namespace ns3::m3

#endif // M3_MATCHED_PAIRS_H
