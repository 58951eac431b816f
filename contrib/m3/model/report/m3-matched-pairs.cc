// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-matched-pairs.h"

#include <boost/math/distributions/students_t.hpp>

#include <cmath>

namespace ns3::m3
{

std::optional<QuantileRatio> RatioOfMatched(const UnitQuantile& to, const UnitQuantile& from)
{
    constexpr double LEVEL = 0.95;
    if (to.units == 0 || to.units != from.units || to.effects.empty() || to.effects.size() != from.effects.size())
    {
        return {};
    }
    double variance = 0;
    double draws = 0;
    for (std::size_t unit = 0; unit < to.effects.size(); unit++)
    {
        const double difference = to.effects[unit] - from.effects[unit];
        variance += difference * difference;
        draws += to.effects[unit] != 0 || from.effects[unit] != 0; // of other units, nothing is in these quantiles
    }
    if (draws < 2)
    {
        return {};
    }
    const double ratio = to.value / from.value;
    const boost::math::students_t student(draws - 1);
    const double reach =
        std::exp(boost::math::quantile(student, (1 + LEVEL) / 2) * std::sqrt(variance * draws / (draws - 1)));
    return QuantileRatio{ratio, {ratio / reach, ratio * reach}};
}

} // namespace ns3::m3
