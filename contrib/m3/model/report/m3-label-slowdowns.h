// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_LABEL_SLOWDOWNS_H
#define M3_LABEL_SLOWDOWNS_H

#include <cstdint>
#include <string>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-report
/// A label of flows.
struct FlowLabel
{
    std::string name; //!< As in "rack 0 to rack 3", "class 3".
    std::string from; //!< Of a pair, where it begins, as in "rack 0"; "" for other labels.
    std::string to;   //!< Of a pair, where it ends.
};

/// \ingroup m3-report
/// A label for each flow of a list.
struct FlowLabels
{
    static constexpr uint32_t NONE = UINT32_MAX; //!< A flow without label.

    std::string by;                //!< What they tell apart, one word, as in "rack-pair".
    std::vector<FlowLabel> labels; //!< All labels.
    std::vector<uint32_t> ofFlow;  //!< Index in `labels` by flow, or NONE.
};

/// \ingroup m3-report
/// Slowdowns of the flows with one label. Quantiles are NaN where no flow finished.
struct LabelSlowdown
{
    FlowLabel label;         //!< The label.
    uint64_t flows = 0;      //!< Flows with it.
    uint64_t unfinished = 0; //!< Flows of these without a completion time.
    double mean = 0;         //!< Mean slowdown of the others.
    double p50 = 0;          //!< Median.
    double p99 = 0;          //!< 99th percentile.
    double max = 0;          //!< Largest one.
};

/// \ingroup m3-report
/// Slowdowns by label. Percentiles are those of Quantile(): of fewer than 50 flows, the p99 is the largest value.
struct LabelSlowdowns
{
    std::string by;                  //!< FlowLabels::by
    std::vector<LabelSlowdown> rows; //!< Labels with flows, in the order of FlowLabels::labels.
};

/// Returns slowdowns by label. \param slowdowns one per flow, NaN of those that did not finish
LabelSlowdowns SlowdownsByLabel(const FlowLabels& labels, const std::vector<double>& slowdowns);

} // namespace ns3::m3

#endif // M3_LABEL_SLOWDOWNS_H
