// SPDX-License-Identifier: GPL-2.0-only
// Attention over short sequences against LibTorch's products, results and gradients. Linked with LibTorch, unlike the
// other tests.
#include "nn/token-attention.h"

#include <gtest/gtest.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <limits>

using namespace ns3::m3;

namespace
{

/// 0, or minus infinity for the tokens from a drawn one on; the first is always there.
torch::Tensor DrawMask(int64_t batch, int64_t tokens)
{
    auto mask = torch::zeros({batch, tokens});
    for (int64_t row = 0; row < batch; row++)
    {
        const auto valid = torch::randint(1, tokens + 1, {1}).item<int64_t>();
        mask[row].slice(0, valid) = -std::numeric_limits<float>::infinity();
    }
    return mask;
}

} // namespace

TEST(TokenAttention, IsThatOfTheProductsWithItsGradients)
{
    struct Shape
    {
        int64_t batch, queries, tokens, width, heads;
    };

    torch::manual_seed(3);
    for (const Shape& shape : {Shape{1, 1, 1, 4, 1},
                               Shape{5, 1, 7, 64, 4},
                               Shape{5, 7, 7, 64, 4},
                               Shape{3, 2, 12, 18, 3},
                               Shape{2, 4, 4, 7, 7}})
    {
        const auto mask = DrawMask(shape.batch, shape.tokens);
        const auto weights = torch::randn({shape.batch, shape.queries, shape.width}); // of the results in a loss
        const auto query = torch::randn({shape.batch, shape.queries, shape.width}) * 3;
        const auto keys = torch::randn({shape.batch, shape.tokens, shape.width}) * 3;
        const auto values = torch::randn({shape.batch, shape.tokens, shape.width}) * 3;
        const auto run = [&](auto attention)
        {
            auto q = query.clone().requires_grad_();
            auto k = keys.clone().requires_grad_();
            auto v = values.clone().requires_grad_();
            auto result = attention(q, k, v, mask, shape.heads);
            (result * weights).sum().backward();
            return std::vector<torch::Tensor>{result.detach(), q.grad(), k.grad(), v.grad()};
        };
        const auto mine = run(TokenAttention);
        const auto products = run(TokenAttentionByProducts);
        for (std::size_t i = 0; i < mine.size(); i++)
        {
            EXPECT_TRUE(torch::allclose(mine[i], products[i], 1e-4, 1e-5))
                << shape.queries << " queries, " << shape.tokens << " tokens, width " << shape.width << ", output "
                << i;
        }
    }
}

// keys and values that are one tensor, or columns of one, with their gradients
TEST(TokenAttention, TakesPartsOfATensor)
{
    torch::manual_seed(5);
    const auto mask = DrawMask(3, 6);
    const auto rows = torch::randn({3, 6, 20});
    for (const auto& columns : {std::pair{0, 8}, std::pair{4, 4}})
    {
        const auto run = [&](auto attention)
        {
            auto tokens = rows.clone().requires_grad_();
            const auto part = [&tokens](int64_t first) { return tokens.slice(2, first, first + 8); };
            auto result = attention(part(12), part(columns.first), part(columns.second), mask, 2);
            result.square().sum().backward();
            return std::vector<torch::Tensor>{result.detach(), tokens.grad()};
        };
        const auto mine = run(TokenAttention);
        const auto products = run(TokenAttentionByProducts);
        EXPECT_TRUE(torch::allclose(mine[0], products[0], 1e-4, 1e-5)) << columns.first;
        EXPECT_TRUE(torch::allclose(mine[1], products[1], 1e-4, 1e-5)) << columns.first;
    }
}

TEST(TokenAttention, DoesNotSeePadding)
{
    torch::manual_seed(4);
    const auto query = torch::randn({2, 3, 8});
    auto tokens = torch::randn({2, 5, 8});
    auto mask = torch::zeros({2, 5});
    mask.slice(1, 3) = -std::numeric_limits<float>::infinity();
    const auto before = TokenAttention(query, tokens, tokens, mask, 2);
    tokens.slice(1, 3) = 1000;
    EXPECT_TRUE(torch::equal(before, TokenAttention(query, tokens, tokens, mask, 2)));
    const auto valid = tokens.slice(1, 0, 3); // not contiguous
    EXPECT_TRUE(torch::equal(before, TokenAttention(query, valid, valid, mask.slice(1, 0, 3), 2)));
}
