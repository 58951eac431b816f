// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_QUANTILE_H
#define M3_QUANTILE_H

#include <utility>
#include <vector>

namespace ns3::m3
{

/**
 * Quantile of a sample: linear interpolation between order statistics that stand at the mid-points (k - 0.5) / n,
 * k = 1 .. n; the smallest and largest value outside these (Hyndman and Fan 1996, definition 5).
 * \param sorted ascending, not empty
 * \param p in [0, 1]
 */
double Quantile(const std::vector<double>& sorted, double p);

/**
 * The same for a weighted sample: an order statistic stands at the mid-point of its own share of the total weight;
 * equal weights give Quantile().
 * \param sorted (value, weight) ascending by value, not empty, weights >= 0, at least one above 0
 */
double WeightedQuantile(const std::vector<std::pair<double, double>>& sorted, double p);

/// \param what it is, as in "a quantile" \throws InputError naming it where the level is not in [0, 1]
void CheckLevel(const char* what, double level);

} // namespace ns3::m3

#endif // M3_QUANTILE_H
