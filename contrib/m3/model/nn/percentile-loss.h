// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PERCENTILE_LOSS_H
#define M3_PERCENTILE_LOSS_H

namespace at
{
class Tensor;
} // namespace at

namespace ns3::m3
{

/**
 * \ingroup m3-nn
 * How far predicted percentiles of slowdowns are from percentiles of a sample: the mean pinball loss of the logarithms
 * (Koenker and Bassett, Regression Quantiles, Econometrica 1978), where each predicted value is compared with all 100
 * values of the sample, each a hundredth of it, at the level (p - 0.5) / 100. It is least where the predictions are the
 * percentiles of all samples together that look alike to the model, so pools of paths have the right tail. The loss of
 * the published m3, the mean of |prediction / sample - 1| percentile by percentile, is least below the medians of each
 * percentile over such samples; both are least at the same predictions where samples that look alike are equal. A
 * prediction x below 1 counts as one of exp(x - 1).
 *
 * \param predicted [..., 100] any numbers \param sample [..., 100] slowdowns, at least 1, rising
 * \return [..., 100], at least 0
 */
at::Tensor PercentileLoss(const at::Tensor& predicted, const at::Tensor& sample);

} // namespace ns3::m3

#endif // M3_PERCENTILE_LOSS_H
