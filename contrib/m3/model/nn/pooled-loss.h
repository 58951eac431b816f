// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_POOLED_LOSS_H
#define M3_POOLED_LOSS_H

#include <cstdint>
#include <vector>

namespace at
{
class Tensor;
} // namespace at

namespace ns3::m3
{

/// \ingroup m3-nn
/// Fewest flows of a network in a batch that PooledLoss looks at.
inline constexpr uint32_t MIN_POOLED_FLOWS = 100;

/**
 * \ingroup m3-nn
 * How far the distribution of all flows of a network together is off. The predicted distributions of its flows in the
 * batch are pooled, and so are the true values; both are cut at the same probabilities (0.25, 0.5, 0.75, 0.9, 0.95,
 * 0.98, 0.995), and the means of each part are compared: the mean over parts of the absolute differences, then over
 * networks. The pinball loss of single flows alone leaves what the model does not know of a network in the spread of
 * every flow, which makes the tail of the pool too high.
 *
 * \param quantiles [flows, QUANTILES] predicted, rising \param target [flows, 1] true values
 * \param network of each flow, any numbers; flows of a network follow each other
 * \return a number; 0 if no network has MIN_POOLED_FLOWS flows in the batch
 */
at::Tensor PooledLoss(const at::Tensor& quantiles, const at::Tensor& target, const std::vector<uint32_t>& network);

} // namespace ns3::m3

#endif // M3_POOLED_LOSS_H
