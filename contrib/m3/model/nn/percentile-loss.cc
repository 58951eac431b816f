// SPDX-License-Identifier: GPL-2.0-only
#include "percentile-loss.h"

#include <torch/types.h>

namespace ns3::m3
{

torch::Tensor PercentileLoss(const torch::Tensor& predicted, const torch::Tensor& sample)
{
    const int64_t count = sample.size(-1);
    const auto values = torch::log(sample).contiguous();
    // goes on below 1 with the same slope
    const auto quantiles = torch::where(predicted.ge(1), torch::log(torch::clamp_min(predicted, 1.0)), predicted - 1);
    const auto levels = (torch::arange(count, quantiles.options()) + 0.5) / count;
    // all distances at once: how many values of the sample are below a prediction, and the sums of these and the others
    const auto place = torch::searchsorted(values, quantiles.detach().contiguous());
    const auto sums = torch::cat({torch::zeros_like(values.slice(-1, 0, 1)), values.cumsum(-1)}, -1);
    const auto sumBelow = sums.gather(-1, place);
    const auto sumAbove = sums.slice(-1, count) - sumBelow;
    const auto below = place.to(quantiles.dtype());
    const auto tooHigh = below * quantiles - sumBelow;
    const auto tooLow = sumAbove - (count - below) * quantiles;
    return ((1 - levels) * tooHigh + levels * tooLow) / count;
}

} // namespace ns3::m3
