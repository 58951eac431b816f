// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_LEAVE_ONE_OUT_H
#define M3_LEAVE_ONE_OUT_H

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace ns3::m3
{

/// A value of a sampling unit.
struct LeaveOneOutValue
{
    double value;  //!< Of whatever quantile is asked for.
    double weight; //!< Above 0.
    uint32_t unit; //!< Index.
    std::pair<std::size_t, uint32_t>
        stratum; //!< Whose weights add up to the same without a unit that has some of them.
};

/**
 * Returns the WeightedQuantile of values without each unit in turn. Values of the other units stand for those of the
 * unit in their stratum; a stratum that no other unit has is left out with it.
 * \return one value per unit; NaN where no values are left
 */
std::vector<double> QuantilesWithoutUnits(std::vector<LeaveOneOutValue> values, std::size_t units, double p);

} // namespace ns3::m3

#endif // M3_LEAVE_ONE_OUT_H
