// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_TOKEN_ATTENTION_H
#define M3_TOKEN_ATTENTION_H

#include <cstdint>

namespace at
{
class Tensor;
} // namespace at

namespace ns3::m3
{

/**
 * Scaled dot-product attention of several heads (Vaswani et al. 2017, section 3.2) for many short sequences. LibTorch
 * would multiply a matrix of some tokens per sequence and head, and takes longer to begin each product than to make it;
 * on the CPU all are made here in one pass, forward and backward. Elsewhere it is LibTorch's products.
 *
 * \param query [batch, queries, width], of the first tokens
 * \param keys, values [batch, tokens, width]; may be the same, or columns of one tensor
 * \param mask [batch, tokens], added to the scores: 0, or minus infinity for padding; the first token is none
 * \param heads divides width: each has width / heads successive columns
 * \return [batch, queries, width]
 */
at::Tensor TokenAttention(const at::Tensor& query,
                          const at::Tensor& keys,
                          const at::Tensor& values,
                          const at::Tensor& mask,
                          int64_t heads);

/// The same by LibTorch's products, on any device.
at::Tensor TokenAttentionByProducts(const at::Tensor& query,
                                    const at::Tensor& keys,
                                    const at::Tensor& values,
                                    const at::Tensor& mask,
                                    int64_t heads);

} // namespace ns3::m3

#endif // M3_TOKEN_ATTENTION_H
