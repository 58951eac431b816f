#include "token-attention.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace ns3::m3
{

namespace
{

/// Lengths of all sides.
struct Sizes
{
    int64_t batch;
    int64_t queries;
    int64_t tokens;
    int64_t width;
    int64_t heads;

    int64_t Each() const
    {
        return width / heads;
    }

    float Scale() const
    {
        return 1 / std::sqrt(static_cast<float>(Each()));
    }
};

/// Four sums side by side, so that the compiler can use vectors without changing the result from build to build.
float Dot(const float* a, const float* b, int64_t count)
{
    constexpr int64_t LANES = 4;
    float sums[LANES] = {};
    int64_t i = 0;
    for (; i + LANES <= count; i += LANES)
    {
        for (int64_t lane = 0; lane < LANES; lane++)
        {
            sums[lane] += a[i + lane] * b[i + lane];
        }
    }
    for (; i < count; i++)
    {
        sums[0] += a[i] * b[i];
    }
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

void AddScaled(float* to, const float* from, float factor, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
    {
        to[i] += factor * from[i];
    }
}

/**
 * Calls use(sequence, place of the query, place of the first key) for each query of each head, in the order of the
 * shares; the next key lies 2 * width further, a key's value width after it.
 */
template <typename Use>
void ForEachQuery(const Sizes& sizes, const Use& use)
{
    const int64_t each = sizes.Each();
    for (int64_t b = 0; b < sizes.batch; b++)
    {
        for (int64_t h = 0; h < sizes.heads; h++)
        {
            for (int64_t q = 0; q < sizes.queries; q++)
            {
                use(b, (b * sizes.queries + q) * sizes.width + h * each, b * sizes.tokens * 2 * sizes.width + h * each);
            }
        }
    }
}

/// \param shares [batch, heads, queries, tokens]: what each query gives to each token
void Forward(const Sizes& sizes,
             const float* query,
             const float* keysAndValues,
             const float* mask,
             float* shares,
             float* result)
{
    const int64_t each = sizes.Each();
    const int64_t step = 2 * sizes.width;
    const float scale = sizes.Scale();
    ForEachQuery(sizes,
                 [&](int64_t b, int64_t place, int64_t row)
                 {
                     const float* keys = keysAndValues + row;
                     for (int64_t t = 0; t < sizes.tokens; t++)
                     {
                         shares[t] = scale * Dot(query + place, keys + t * step, each) + mask[b * sizes.tokens + t];
                     }
                     const float largest = *std::max_element(shares, shares + sizes.tokens);
                     float sum = 0;
                     for (int64_t t = 0; t < sizes.tokens; t++)
                     {
                         shares[t] = std::exp(shares[t] - largest);
                         sum += shares[t];
                     }
                     std::fill_n(result + place, each, 0.0F);
                     for (int64_t t = 0; t < sizes.tokens; t++)
                     {
                         shares[t] /= sum;
                         AddScaled(result + place, keys + t * step + sizes.width, shares[t], each);
                     }
                     shares += sizes.tokens;
                 });
}

/// \param ofQuery, ofKeysAndValues gradients, 0 before
void Backward(const Sizes& sizes,
              const float* query,
              const float* keysAndValues,
              const float* shares,
              const float* ofResult,
              float* ofQuery,
              float* ofKeysAndValues)
{
    const int64_t each = sizes.Each();
    const int64_t step = 2 * sizes.width;
    const float scale = sizes.Scale();
    std::vector<float> ofShares(static_cast<std::size_t>(sizes.tokens));
    ForEachQuery(sizes,
                 [&](int64_t /*b*/, int64_t place, int64_t row)
                 {
                     float mean = 0;
                     for (int64_t t = 0; t < sizes.tokens; t++)
                     {
                         const int64_t value = row + t * step + sizes.width;
                         const auto at = static_cast<std::size_t>(t);
                         ofShares[at] = Dot(ofResult + place, keysAndValues + value, each);
                         mean += shares[t] * ofShares[at];
                         AddScaled(ofKeysAndValues + value, ofResult + place, shares[t], each);
                     }
                     for (int64_t t = 0; t < sizes.tokens; t++)
                     {
                         const int64_t key = row + t * step;
                         const float ofScore = scale * shares[t] * (ofShares[static_cast<std::size_t>(t)] - mean);
                         AddScaled(ofQuery + place, keysAndValues + key, ofScore, each);
                         AddScaled(ofKeysAndValues + key, query + place, ofScore, each);
                     }
                     shares += sizes.tokens;
                 });
}

class AttentionOnCpu : public torch::autograd::Function<AttentionOnCpu>
{
  public:
    static torch::Tensor forward(torch::autograd::AutogradContext* context,
                                 const torch::Tensor& queryRows,
                                 const torch::Tensor& otherRows,
                                 const torch::Tensor& maskRows,
                                 int64_t heads)
    {
        const torch::Tensor query = queryRows.contiguous();
        const torch::Tensor keysAndValues = otherRows.contiguous();
        const torch::Tensor mask = maskRows.contiguous();
        const Sizes sizes{query.size(0), query.size(1), keysAndValues.size(1), query.size(2), heads};
        const torch::Tensor shares = torch::empty({sizes.batch, heads, sizes.queries, sizes.tokens});
        torch::Tensor result = torch::empty_like(query);
        Forward(sizes,
                query.data_ptr<float>(),
                keysAndValues.data_ptr<float>(),
                mask.data_ptr<float>(),
                shares.data_ptr<float>(),
                result.data_ptr<float>());
        context->save_for_backward({query, keysAndValues, shares});
        return result;
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                   const torch::autograd::variable_list& gradients)
    {
        const auto saved = context->get_saved_variables();
        const torch::Tensor& query = saved[0];
        const torch::Tensor& keysAndValues = saved[1];
        const torch::Tensor& shares = saved[2];
        const torch::Tensor ofResult = gradients[0].contiguous();
        const Sizes sizes{query.size(0), query.size(1), keysAndValues.size(1), query.size(2), shares.size(1)};
        torch::Tensor ofQuery = torch::zeros_like(query);
        torch::Tensor ofKeysAndValues = torch::zeros_like(keysAndValues);
        Backward(sizes,
                 query.data_ptr<float>(),
                 keysAndValues.data_ptr<float>(),
                 shares.data_ptr<float>(),
                 ofResult.data_ptr<float>(),
                 ofQuery.data_ptr<float>(),
                 ofKeysAndValues.data_ptr<float>());
        return {ofQuery, ofKeysAndValues, torch::Tensor(), torch::Tensor()};
    }
};

} // namespace

torch::Tensor
TokenAttention(const torch::Tensor& query, const torch::Tensor& keysAndValues, const torch::Tensor& mask, int64_t heads)
{
    return query.device().is_cpu() ? AttentionOnCpu::apply(query, keysAndValues, mask, heads)
                                   : TokenAttentionByProducts(query, keysAndValues, mask, heads);
}

torch::Tensor TokenAttentionByProducts(const torch::Tensor& query,
                                       const torch::Tensor& keysAndValues,
                                       const torch::Tensor& mask,
                                       int64_t heads)
{
    const int64_t batch = query.size(0);
    const int64_t tokens = keysAndValues.size(1);
    const int64_t width = query.size(2);
    const int64_t each = width / heads;
    const auto queries = query.view({batch, query.size(1), heads, each}).transpose(1, 2);
    const auto others = keysAndValues.view({batch, tokens, 2, heads, each}).permute({2, 0, 3, 1, 4});
    const auto scores = torch::matmul(queries, others[0].transpose(-2, -1)) / std::sqrt(static_cast<double>(each));
    const auto shares = torch::softmax(scores + mask.view({batch, 1, 1, tokens}), -1);
    return torch::matmul(shares, others[1]).transpose(1, 2).reshape(query.sizes());
}

} // namespace ns3::m3
