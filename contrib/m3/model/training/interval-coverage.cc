// SPDX-License-Identifier: GPL-2.0-only
#include "interval-coverage.h"

#include "ns3/m3-slowdown-report.h"
#include "report/quantile.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace ns3::m3
{

namespace
{

constexpr double NONE = std::numeric_limits<double>::quiet_NaN();

/// NaN without values.
double MedianOf(std::vector<double> values)
{
    constexpr double P50 = 0.5;
    std::sort(values.begin(), values.end());
    return values.empty() ? NONE : Quantile(values, P50);
}

} // namespace

std::vector<IntervalErrors> CoverageByKind(const ErrorScale& scale, const std::vector<HeldOutNetwork>& networks)
{
    std::map<std::string, std::vector<const HeldOutNetwork*>> kinds;
    std::vector<const HeldOutNetwork*> all;
    for (const HeldOutNetwork& network : networks)
    {
        kinds[network.kind].push_back(&network);
        all.push_back(&network);
    }
    std::vector<IntervalErrors> table;
    const auto add = [&](const std::string& kind, const std::vector<const HeldOutNetwork*>& members)
    {
        IntervalErrors row{kind, members.size(), 0, 0, NONE};
        std::vector<double> widths;
        for (const HeldOutNetwork* network : members)
        {
            const HeldOutErrors errors = scale.ErrorsOf(network->profile);
            if (!errors.unlike.empty())
            {
                row.unlike++;
                continue;
            }
            const double factor = std::exp(network->logError);
            row.held += errors.truthOverEstimate.low <= factor && factor <= errors.truthOverEstimate.high;
            widths.push_back(errors.truthOverEstimate.high / errors.truthOverEstimate.low);
        }
        row.medianWidth = MedianOf(widths);
        table.push_back(row);
    };
    for (const auto& [kind, members] : kinds)
    {
        add(kind, members);
    }
    add("all", all);
    return table;
}

std::vector<QuantileIntervals> CoverageByQuantile(const ErrorScale& scale, const std::vector<HeldOutNetwork>& networks)
{
    const SizeClasses classes;
    std::vector<HeldOutErrors> errorsOf;
    for (const HeldOutNetwork& network : networks)
    {
        errorsOf.push_back(scale.ErrorsOf(network.profile));
    }
    std::vector<QuantileIntervals> table;
    for (std::size_t row = 0; row < ERROR_ROWS; row++)
    {
        for (std::size_t l = 0; l < ERROR_LEVELS.size(); l++)
        {
            QuantileIntervals of{row == classes.Count() ? "all flows" : classes.Name(row), ERROR_LEVELS[l], 0, 0, NONE};
            std::vector<double> widths;
            for (std::size_t n = 0; n < networks.size(); n++)
            {
                const double reach = errorsOf[n].ReachOf(row, ERROR_LEVELS[l]);
                const double error = std::abs(networks[n].logErrors[row * ERROR_LEVELS.size() + l]);
                if (errorsOf[n].unlike.empty() && !std::isnan(reach) && !std::isnan(error))
                {
                    of.held += error <= reach;
                    widths.push_back(std::exp(2 * reach));
                }
            }
            of.networks = widths.size();
            if (!widths.empty())
            {
                of.medianWidth = MedianOf(widths);
                table.push_back(of);
            }
        }
    }
    return table;
}

} // namespace ns3::m3
