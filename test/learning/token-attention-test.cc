// Attention over short sequences against LibTorch's products, results and gradients. Linked with LibTorch, unlike the
// other tests.
#include "ns3/token-attention.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

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
        const auto others = torch::randn({shape.batch, shape.tokens, 2 * shape.width}) * 3;
        const auto run = [&](auto attention)
        {
            auto q = query.clone().requires_grad_();
            auto kv = others.clone().requires_grad_();
            auto result = attention(q, kv, mask, shape.heads);
            (result * weights).sum().backward();
            return std::vector<torch::Tensor>{result.detach(), q.grad(), kv.grad()};
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

TEST(TokenAttention, DoesNotSeePadding)
{
    torch::manual_seed(4);
    const auto query = torch::randn({2, 3, 8});
    auto others = torch::randn({2, 5, 16});
    auto mask = torch::zeros({2, 5});
    mask.slice(1, 3) = -std::numeric_limits<float>::infinity();
    const auto before = TokenAttention(query, others, mask, 2);
    others.slice(1, 3) = 1000;
    EXPECT_TRUE(torch::equal(before, TokenAttention(query, others, mask, 2)));
    EXPECT_TRUE(torch::equal(before,
                             TokenAttention(query,
                                            others.slice(1, 0, 3), // not contiguous
                                            mask.slice(1, 0, 3),
                                            2)));
}
