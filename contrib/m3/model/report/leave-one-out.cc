// SPDX-License-Identifier: GPL-2.0-only
#include "leave-one-out.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace ns3::m3
{

namespace
{

/// A value, its stratum by index.
struct RankedValue
{
    double value;
    double weight;
    uint32_t unit;
    std::size_t stratum;
};

/// Quantile of values in descending order. \param factors of the weights, by stratum \param without unit left out
double QuantileWithout(const std::vector<RankedValue>& values,
                       const std::vector<double>& factors,
                       std::size_t without,
                       double target)
{
    double above = 0;  // weight of the values so far
    double place = 0;  // of the one before: the middle of its weight
    double before = 0; // that value
    bool isFirst = true;
    for (const RankedValue& value : values)
    {
        const double weight = value.unit == without ? 0 : value.weight * factors[value.stratum];
        if (weight == 0)
        {
            continue;
        }
        const double middle = above + weight / 2;
        if (middle >= target)
        {
            return isFirst ? value.value : before + (value.value - before) * (target - place) / (middle - place);
        }
        above += weight;
        place = middle;
        before = value.value;
        isFirst = false;
    }
    return isFirst ? std::nan("") : before;
}

} // namespace

std::vector<double> QuantilesWithoutUnits(std::vector<LeaveOneOutValue> values, std::size_t units, double p)
{
    std::sort(values.begin(), values.end(), [](const auto& a, const auto& b) { return a.value > b.value; });
    std::map<std::pair<std::size_t, uint32_t>, std::size_t> indices;
    std::vector<double> whole;             // weight by stratum
    std::vector<std::vector<double>> part; // the same by stratum and unit
    std::vector<RankedValue> ranked;
    ranked.reserve(values.size());
    for (const LeaveOneOutValue& value : values)
    {
        const std::size_t stratum = indices.emplace(value.stratum, indices.size()).first->second;
        if (stratum == whole.size())
        {
            whole.push_back(0);
            part.emplace_back(units, 0);
        }
        whole[stratum] += value.weight;
        part[stratum][value.unit] += value.weight;
        ranked.push_back({value.value, value.weight, value.unit, stratum});
    }
    constexpr double ROUNDING = 1e-9;
    std::vector<double> quantiles;
    for (std::size_t unit = 0; unit < units; unit++)
    {
        std::vector<double> factors;
        double total = 0;
        for (std::size_t stratum = 0; stratum < whole.size(); stratum++)
        {
            const double rest = whole[stratum] - part[stratum][unit];
            factors.push_back(rest > ROUNDING * whole[stratum] ? whole[stratum] / rest : 0);
            total += factors.back() > 0 ? whole[stratum] : 0;
        }
        quantiles.push_back(QuantileWithout(ranked, factors, unit, (1 - p) * total));
    }
    return quantiles;
}

} // namespace ns3::m3
