// SPDX-License-Identifier: GPL-2.0-only
#include "token-attention.h"

#include <torch/csrc/autograd/custom_function.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

namespace ns3::m3
{

namespace
{

/// Lengths of all sides, and how far apart in memory the queries, keys and values of successive tokens are.
struct Sizes
{
    int64_t batch;
    int64_t queries;
    int64_t tokens;
    int64_t width;
    int64_t heads;
    int64_t queryStep;
    int64_t keyStep;
    int64_t valueStep;

    int64_t Each() const
    {
        return width / heads;
    }

    float Scale() const
    {
        return 1 / std::sqrt(static_cast<float>(Each()));
    }
};

/// Four numbers that are added and multiplied together: on every machine in the same order, so with the same result.
using Four = float __attribute__((vector_size(16)));

Four Load(const float* from)
{
    Four numbers;
    std::memcpy(&numbers, from, sizeof numbers);
    return numbers;
}

constexpr int64_t LANES = 16; //!< number of sums side by side, so that no addition waits for the one before

float Dot(const float* a, const float* b, int64_t count)
{
    Four sums[LANES / 4] = {};
    int64_t i = 0;
    for (; i + LANES <= count; i += LANES)
    {
        sums[0] += Load(a + i) * Load(b + i);
        sums[1] += Load(a + i + 4) * Load(b + i + 4);
        sums[2] += Load(a + i + 8) * Load(b + i + 8);
        sums[3] += Load(a + i + 12) * Load(b + i + 12);
    }
    const Four four = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    float sum = (four[0] + four[1]) + (four[2] + four[3]);
    for (; i < count; i++)
    {
        sum += a[i] * b[i];
    }
    return sum;
}

/// Sum of `rows` rows of `count` numbers that begin `step` apart, each times its factor.
void WeightedSum(float* to, const float* from, int64_t step, const float* factors, int64_t rows, int64_t count)
{
    int64_t i = 0;
    for (; i + LANES <= count; i += LANES)
    {
        Four sums[LANES / 4] = {};
        for (int64_t row = 0; row < rows; row++)
        {
            const float* at = from + row * step + i;
            const Four factor = {factors[row], factors[row], factors[row], factors[row]};
            sums[0] += factor * Load(at);
            sums[1] += factor * Load(at + 4);
            sums[2] += factor * Load(at + 8);
            sums[3] += factor * Load(at + 12);
        }
        std::memcpy(to + i, sums, sizeof sums);
    }
    for (; i < count; i++)
    {
        to[i] = 0;
        for (int64_t row = 0; row < rows; row++)
        {
            to[i] += factors[row] * from[row * step + i];
        }
    }
}

void AddScaled(float* to, const float* from, float factor, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
    {
        to[i] += factor * from[i];
    }
}

/// Calls use(sequence, first column of the head, row of the query) for each query of each head, in the order of shares.
template <typename Use>
void ForEachQuery(const Sizes& sizes, const Use& use)
{
    for (int64_t b = 0; b < sizes.batch; b++)
    {
        for (int64_t h = 0; h < sizes.heads; h++)
        {
            for (int64_t q = 0; q < sizes.queries; q++)
            {
                use(b, h * sizes.Each(), b * sizes.queries + q);
            }
        }
    }
}

/// \param shares [batch, heads, queries, tokens]: what each query gives to each token
void Forward(const Sizes& sizes,
             const float* query,
             const float* keys,
             const float* values,
             const float* mask,
             float* shares,
             float* result)
{
    const int64_t each = sizes.Each();
    const float scale = sizes.Scale();
    ForEachQuery(
        sizes,
        [&](int64_t b, int64_t column, int64_t row)
        {
            const float* asking = query + row * sizes.queryStep + column;
            const float* key = keys + b * sizes.tokens * sizes.keyStep + column;
            const float* value = values + b * sizes.tokens * sizes.valueStep + column;
            for (int64_t t = 0; t < sizes.tokens; t++)
            {
                shares[t] = scale * Dot(asking, key + t * sizes.keyStep, each) + mask[b * sizes.tokens + t];
            }
            const float largest = *std::max_element(shares, shares + sizes.tokens);
            float sum = 0;
            for (int64_t t = 0; t < sizes.tokens; t++)
            {
                shares[t] = std::exp(shares[t] - largest);
                sum += shares[t];
            }
            for (int64_t t = 0; t < sizes.tokens; t++)
            {
                shares[t] /= sum;
            }
            WeightedSum(result + row * sizes.width + column, value, sizes.valueStep, shares, sizes.tokens, each);
            shares += sizes.tokens;
        });
}

/// \param ofQuery, ofKeys, ofValues gradients, contiguous, 0 before
void Backward(const Sizes& sizes,
              const float* query,
              const float* keys,
              const float* values,
              const float* shares,
              const float* ofResult,
              float* ofQuery,
              float* ofKeys,
              float* ofValues)
{
    const int64_t each = sizes.Each();
    const float scale = sizes.Scale();
    std::vector<float> ofShares(static_cast<std::size_t>(sizes.tokens));
    ForEachQuery(sizes,
                 [&](int64_t b, int64_t column, int64_t row)
                 {
                     const float* asking = query + row * sizes.queryStep + column;
                     const int64_t place = row * sizes.width + column;
                     float mean = 0;
                     for (int64_t t = 0; t < sizes.tokens; t++)
                     {
                         const int64_t token = b * sizes.tokens + t;
                         const auto at = static_cast<std::size_t>(t);
                         ofShares[at] = Dot(ofResult + place, values + token * sizes.valueStep + column, each);
                         mean += shares[t] * ofShares[at];
                         AddScaled(ofValues + token * sizes.width + column, ofResult + place, shares[t], each);
                     }
                     for (int64_t t = 0; t < sizes.tokens; t++)
                     {
                         const int64_t token = b * sizes.tokens + t;
                         const float ofScore = scale * shares[t] * (ofShares[static_cast<std::size_t>(t)] - mean);
                         AddScaled(ofQuery + place, keys + token * sizes.keyStep + column, ofScore, each);
                         AddScaled(ofKeys + token * sizes.width + column, asking, ofScore, each);
                     }
                     shares += sizes.tokens;
                 });
}

/// The same, copied if tokens do not follow each other at one distance or columns are apart.
torch::Tensor Rows(const torch::Tensor& tokens)
{
    const bool regular = tokens.stride(2) == 1 && tokens.stride(0) == tokens.size(1) * tokens.stride(1);
    return regular ? tokens : tokens.contiguous();
}

class AttentionOnCpu : public torch::autograd::Function<AttentionOnCpu>
{
  public:
    static torch::Tensor forward(torch::autograd::AutogradContext* context,
                                 const torch::Tensor& queryRows,
                                 const torch::Tensor& keyRows,
                                 const torch::Tensor& valueRows,
                                 const torch::Tensor& maskRows,
                                 int64_t heads)
    {
        const torch::Tensor query = Rows(queryRows);
        const torch::Tensor keys = Rows(keyRows);
        const torch::Tensor values = Rows(valueRows);
        const torch::Tensor mask = maskRows.contiguous();
        const Sizes sizes = SizesOf(query, keys, values, heads);
        const torch::Tensor shares = torch::empty({sizes.batch, heads, sizes.queries, sizes.tokens});
        torch::Tensor result = torch::empty(query.sizes());
        Forward(sizes,
                query.data_ptr<float>(),
                keys.data_ptr<float>(),
                values.data_ptr<float>(),
                mask.data_ptr<float>(),
                shares.data_ptr<float>(),
                result.data_ptr<float>());
        context->save_for_backward({query, keys, values, shares});
        return result;
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                   const torch::autograd::variable_list& gradients)
    {
        const auto saved = context->get_saved_variables();
        const torch::Tensor& query = saved[0];
        const torch::Tensor& keys = saved[1];
        const torch::Tensor& values = saved[2];
        const torch::Tensor& shares = saved[3];
        const torch::Tensor ofResult = gradients[0].contiguous();
        const Sizes sizes = SizesOf(query, keys, values, shares.size(1));
        torch::Tensor ofQuery = torch::zeros(query.sizes());
        torch::Tensor ofKeys = torch::zeros(keys.sizes());
        torch::Tensor ofValues = torch::zeros(values.sizes());
        Backward(sizes,
                 query.data_ptr<float>(),
                 keys.data_ptr<float>(),
                 values.data_ptr<float>(),
                 shares.data_ptr<float>(),
                 ofResult.data_ptr<float>(),
                 ofQuery.data_ptr<float>(),
                 ofKeys.data_ptr<float>(),
                 ofValues.data_ptr<float>());
        return {ofQuery, ofKeys, ofValues, torch::Tensor(), torch::Tensor()};
    }

  private:
    static Sizes
    SizesOf(const torch::Tensor& query, const torch::Tensor& keys, const torch::Tensor& values, int64_t heads)
    {
        return {query.size(0),
                query.size(1),
                keys.size(1),
                query.size(2),
                heads,
                query.stride(1),
                keys.stride(1),
                values.stride(1)};
    }
};

} // namespace

torch::Tensor TokenAttention(const torch::Tensor& query,
                             const torch::Tensor& keys,
                             const torch::Tensor& values,
                             const torch::Tensor& mask,
                             int64_t heads)
{
    return query.device().is_cpu() ? AttentionOnCpu::apply(query, keys, values, mask, heads)
                                   : TokenAttentionByProducts(query, keys, values, mask, heads);
}

torch::Tensor TokenAttentionByProducts(const torch::Tensor& query,
                                       const torch::Tensor& keys,
                                       const torch::Tensor& values,
                                       const torch::Tensor& mask,
                                       int64_t heads)
{
    const int64_t each = query.size(2) / heads;
    const auto byHead = [&](const torch::Tensor& rows) {
        return rows.reshape({rows.size(0), rows.size(1), heads, each}).transpose(1, 2);
    };
    const auto scores =
        torch::matmul(byHead(query), byHead(keys).transpose(-2, -1)) / std::sqrt(static_cast<double>(each));
    const auto shares = torch::softmax(scores + mask.view({mask.size(0), 1, 1, mask.size(1)}), -1);
    return torch::matmul(shares, byHead(values)).transpose(1, 2).reshape(query.sizes());
}

} // namespace ns3::m3
