// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-label-slowdowns.h"

#include "quantile.h"

#include "ns3/m3-input-error.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace ns3::m3
{

LabelSlowdowns SlowdownsByLabel(const FlowLabels& labels, const std::vector<double>& slowdowns)
{
    if (labels.ofFlow.size() != slowdowns.size())
    {
        throw InputError("labels by " + labels.by + " are those of " + std::to_string(labels.ofFlow.size()) +
                         " flows; there are " + std::to_string(slowdowns.size()));
    }
    std::vector<std::vector<double>> values(labels.labels.size());
    std::vector<uint64_t> flows(labels.labels.size());
    for (std::size_t flow = 0; flow < slowdowns.size(); flow++)
    {
        const uint32_t label = labels.ofFlow[flow];
        if (label == FlowLabels::NONE)
        {
            continue;
        }
        if (label >= labels.labels.size())
        {
            throw InputError("flow " + std::to_string(flow) + " has a label by " + labels.by + " that is not there");
        }
        flows[label]++;
        if (!std::isnan(slowdowns[flow]))
        {
            values[label].push_back(slowdowns[flow]);
        }
    }
    LabelSlowdowns result{labels.by, {}};
    for (std::size_t label = 0; label < values.size(); label++)
    {
        if (flows[label] == 0)
        {
            continue;
        }
        constexpr double NOTHING = std::numeric_limits<double>::quiet_NaN();
        LabelSlowdown row{labels.labels[label], flows[label], 0, NOTHING, NOTHING, NOTHING, NOTHING};
        std::vector<double>& sorted = values[label];
        std::sort(sorted.begin(), sorted.end());
        row.unfinished = row.flows - sorted.size();
        if (!sorted.empty())
        {
            row.mean = std::accumulate(sorted.begin(), sorted.end(), 0.0) / static_cast<double>(sorted.size());
            row.p50 = Quantile(sorted, 0.5);
            row.p99 = Quantile(sorted, 0.99);
            row.max = sorted.back();
        }
        result.rows.push_back(std::move(row));
    }
    return result;
}

} // namespace ns3::m3
